"""The indexing story: files → documents → notices → chunks → words and vectors → a new library generation.

paths → found files → documents, unchanged ones as they are ┐
the library in use → documents elsewhere, kept              ┴→ notices → catalogue → words, pieces, vectors → swapped in

No more than some hundreds of notices are in memory: documents are laid aside while it is decided which are taken, and
what was written to the catalogue is read back from it for the engines.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from index.catalogue import Catalogue, CatalogueWriter
from index.chunk import chunk
from index.contextual import ContextualEmbedder
from index.dense import DenseIndex
from index.errors import (
    REBUILD,
    LibraryDamaged,
    LibraryError,
    LibraryMismatch,
    LibraryMissing,
    NothingToIndex,
    UnreadableFile,
)
from index.excerpt import sentences as cut_sentences
from index.files.read import FORMATS, FORMATS_READ, FoundFile, find_files, read_file
from index.gazette import parse
from index.hits import Facets
from index.holdings import GAZETTEER, tokeniser_name
from index.lexical import LexicalIndex, LexicalRow
from index.library import Draft, Files, Library, built_by, write_generation
from index.lsa import LatentSemanticEmbedder
from index.nearness import Nearness
from index.pieces import PieceStore
from index.provisions import provisions
from index.query import PlaceCounts
from index.records import Chunk, Document, Notice, Provision, Relation, RelationKind, RepairedText, SourceMap
from index.references import Resolver
from index.sentences import SentenceWriter
from index.spool import Spool
from index.static import StaticEmbedder

if TYPE_CHECKING:
    from index.embed import Embedder, Vectors
    from index.pieces import Ids

REFIT_FROM = 1.5  # times the chunks that the latent-semantic embedder was fitted on
_AT_ONCE = 2_000  # texts that are cut into pieces, or embedded
_Row = tuple[str, Sequence[tuple[int, int]]]  # a text that is searched, and where its chunk's sentences stand in it
_NAMED = 10  # files named in a message; the rest are counted

_NO_TEXT = RepairedText("", SourceMap.of(()))
_T = TypeVar("_T")
Progress = Callable[[int, int, str], None]  # done, total, the step's name in Chinese
Questions = Callable[[Notice, Chunk], Sequence[str]]
"""The questions that a chunk may answer: it is found by them, and never quoted for them."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build read and what the library holds now. Counts of documents; `problems` one Chinese line each."""

    library_id: str
    documents: int
    notices: int
    chunks: int
    added: int
    refreshed: int
    unchanged: int
    dropped: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A notice with its tree and chunks."""

    notice: Notice
    tree: tuple[Provision, ...]
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A document without its text: what it was read from, and where the text waits (None: in the library in use)."""

    sha256: str
    path: str
    place: int | None = None


@dataclass(slots=True)
class _Plan:
    """The documents of the new generation, and how they came there."""

    previous: Library | None  # the one in use
    spool: Spool
    documents: dict[str, _Taken] = field(default_factory=dict)  # by source
    kept: set[str] = field(default_factory=set)  # sources whose notices the library in use has parsed already
    added: int = 0
    refreshed: int = 0
    unchanged: int = 0
    dropped: int = 0
    problems: list[str] = field(default_factory=list)
    elsewhere: dict[str, dict[str, str]] = field(default_factory=dict)  # sha256 by source, of a file not given now

    @property
    def same_parser(self) -> bool:
        """Else notices are parsed anew, also those of unchanged documents."""
        return self.previous is not None and self.previous.manifest.built_by == built_by()

    def document(self, source: str) -> Document:
        """With its text."""
        place = self.documents[source].place
        if place is not None:
            return self.spool.get(place)
        assert self.previous is not None
        return self.previous.catalogue.document(source)


def bundled_corpus() -> Path:
    """The folder of the five gazettes that come with wenzheng."""
    return Path(__file__).with_name("corpus")


def build_library(
    paths: Sequence[Path],
    folder: Path,
    *,
    only: bool = False,
    embedder: Embedder | None = None,
    questions: Questions | None = None,
    keep_files: bool = True,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring a library folder up to date with these files and folders (none: the bundled corpus).

    Documents of other places stay, unless `only`; what has vanished below the paths goes, what cannot be read now stays
    as it was. Notices of unchanged documents are taken over as they are. `embedder`: None for latent semantics, fitted
    on the library; `questions`: None for none, what it raises goes on; `keep_files`: with copies of the files, for
    readers to have. Raises NothingToIndex where no path holds a readable document and the library would be left as it
    is; LibraryError where it cannot be written, or cannot be read and would lose what other places gave.
    """
    report = progress or _silent
    paths = list(paths) or [bundled_corpus()]
    # within the draft no other build changes what the plan is made from
    with write_generation(folder) as draft, closing(Spool(draft.files.folder)) as spool:
        previous, before, problems = _previous(folder, paths, only)
        plan = _Plan(previous, spool)
        _choose(plan, paths, before, only, report)
        plan.problems[:0] = problems
        if not plan.documents or not (plan.added + plan.refreshed + plan.unchanged + plan.dropped):
            raise NothingToIndex("\n".join([*plan.problems, f"没有可以加入的文件。{FORMATS_READ}"]))
        _write(draft, plan, embedder or _latent(previous), questions, report)
        if keep_files:
            _keep_files(draft, plan, report)
        manifest = draft.manifest
        assert manifest is not None
    counts = manifest.counts
    return BuildReport(
        manifest.id,
        counts["documents"],
        counts["notices"],
        counts["chunks"],
        plan.added,
        plan.refreshed,
        plan.unchanged,
        plan.dropped,
        tuple(plan.problems),
    )


def _previous(folder: Path, paths: Sequence[Path], only: bool) -> tuple[Library | None, dict[str, _Taken], list[str]]:
    """The library in use, its documents by source, and problems.

    One that cannot be read is built anew where `paths` are all that it shall hold, or held; else its error goes on.
    """
    try:
        library = Library.open(folder)
        read_from = library.catalogue.paths()
        held = {source: _Taken(sha256, read_from[source]) for source, sha256 in library.catalogue.hashes().items()}
        return library, held, []
    except (LibraryMissing, LibraryDamaged, LibraryMismatch) as exc:
        known = _known(folder)
        if isinstance(exc, LibraryMissing):
            if not known:
                return None, {}, []
            exc = LibraryDamaged(f"公文库缺少文件 {folder / 'current'}。{REBUILD}")  # there was one
        bundled = set(os.listdir(bundled_corpus()))
        if only or (paths == [bundled_corpus()] and known and known.keys() <= bundled):
            return None, {}, [f"原有的公文库不能用，只按这次给出的文件重新建立。原因：{str(exc).removesuffix(REBUILD)}"]
        lost = f"库中原有 {_listed(list(known.values()))}。" if known else ""
        raise type(exc)(f"{exc}不加 --only 会丢失库中的其他文件，所以没有改动。{lost}") from exc


def _known(folder: Path) -> dict[str, str]:
    """Where the documents of a library that cannot be used came from, by source, as far as can still be read."""
    known: dict[str, str] = {}
    for generation in sorted(folder.glob("generations/[0-9]*"))[-1:]:
        files = Files(generation)
        with suppress(OSError, ValueError, KeyError, TypeError):  # cut short, or of another version
            known |= {source: source for source in json.loads(files.manifest.read_bytes())["corpus"]}
        with suppress(LibraryDamaged):
            known |= {source: path or source for source, path in Catalogue(files.catalogue).paths().items()}
    return known


def _listed(names: Sequence[str]) -> str:
    more = f"等 {len(names)} 份文件" if len(names) > _NAMED else ""
    return "、".join(f"“{name}”" for name in names[:_NAMED]) + more


# ── which documents ─────────────────────────────────────────────────────────────────────────────────────────────


def _choose(plan: _Plan, paths: Sequence[Path], before: dict[str, _Taken], only: bool, report: Progress) -> None:
    """Take what is given now, and keep of what was there before what has not vanished."""
    found = find_files(paths)
    plan.problems.extend(found.problems)
    by_content: dict[str, str] = {}
    read: set[str] = set()  # real paths of the files read whole
    for done, file in enumerate(found.files):
        report(done, len(found.files), "读取文件")
        for document in _read(file, plan.problems, read):
            _take(plan, document, before, by_content, only)
    report(len(found.files), len(found.files), "读取文件")
    roots = [os.path.abspath(path) for path in paths]
    unread: list[str] = []
    for source, old in before.items():
        if source in plan.documents:
            continue
        above = [root for root in roots if _is_below(old.path, root)]
        gone = os.path.realpath(old.path) in read or any(_is_gone(old.path, root) for root in above)
        if old.sha256 in by_content or (gone if above else only):
            plan.dropped += 1
            continue
        plan.documents[source] = old
        plan.kept.add(source)
        if above:
            unread.append(source)
    if unread:
        plan.problems.append(f"{_listed(unread)}这次没有读到，库里保留上次读到的内容。")


def _read(file: FoundFile, problems: list[str], read: set[str]) -> Sequence[Document]:
    try:
        result = read_file(file)
    except UnreadableFile as exc:
        problems.append(str(exc))
        return ()
    problems.extend(result.problems)
    if not (result.problems and result.documents[0].format == "jsonl"):  # a line that is missed may be a bad one
        read.add(os.path.realpath(file.path))
    return result.documents


def _take(plan: _Plan, document: Document, before: dict[str, _Taken], by_content: dict[str, str], only: bool) -> None:
    """Take a document into the plan: once for the same bytes, and once for a source."""
    if document.sha256 in by_content:
        return
    old = before.get(document.source)
    twin = plan.documents.get(document.source)
    if twin is None and old is not None and not only and _differs_elsewhere(plan, old, document):
        twin = old  # of another folder, indexed in another run
    if twin is not None:
        plan.problems.append(
            f"“{document.source}”有两份内容不同的文件：{twin.path} 与 {document.path}。"
            "已采用前一份；请给后一份改名后再加入。"
        )
        return
    by_content[document.sha256] = document.source
    if old is not None and old.sha256 == document.sha256:
        plan.unchanged += 1
        plan.kept.add(document.source)
    elif old is not None:
        plan.refreshed += 1
    else:
        plan.added += 1
    plan.documents[document.source] = _Taken(document.sha256, document.path, plan.spool.put(document))


def _differs_elsewhere(plan: _Plan, old: _Taken, document: Document) -> bool:
    """Does another file than the document's, from which the library has this source, still hold something else?"""
    if old.sha256 == document.sha256 or os.path.realpath(old.path) == os.path.realpath(document.path):
        return False
    if old.path not in plan.elsewhere:
        try:
            found = read_file(FoundFile(Path(old.path), document.source)).documents
            plan.elsewhere[old.path] = {each.source: each.sha256 for each in found}
        except UnreadableFile:
            return os.path.lexists(old.path)
    return plan.elsewhere[old.path].get(document.source, document.sha256) != document.sha256


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _is_gone(path: str, root: str) -> bool:
    """Is there no such file any more below a folder that is there? Not where that cannot be found out."""
    here, top = Path(path), Path(root)
    while here != top:
        try:
            os.lstat(here)
        except NotADirectoryError:
            return True
        except FileNotFoundError:
            if here.parent.is_dir():
                return True
            here = here.parent  # a folder is gone, or a link leads nowhere
        except OSError:
            return False
        else:
            return False
    return False


def _keep_files(draft: Draft, plan: _Plan, report: Progress) -> None:
    """Copies of the files behind the documents; what cannot be copied is told and harms nothing."""
    files = {t.sha256: t for t in plan.documents.values() if FORMATS.get(Path(t.path).suffix.lower()) != "jsonl"}
    missing: list[str] = []
    for taken in _told(files.values(), len(files), "留存原件", report):
        if draft.originals.keep(taken.sha256, Path(taken.path), again=taken.place is not None):
            draft.kept.add(taken.sha256)
        elif taken.place is not None:  # of what lies elsewhere and has gone there never was more than the text
            missing.append(Path(taken.path).name)
    if missing:
        plan.problems.append(f"{_listed(missing)}没有留存原件副本（磁盘空间不足，或文件刚被改动）；不影响提问和阅读。")


# ── what they hold ──────────────────────────────────────────────────────────────────────────────────────────────


def _parsed(plan: _Plan, report: Progress) -> Iterator[_Parsed]:
    """The notices of all documents, in the order of their sources."""
    for done, source in enumerate(sorted(plan.documents)):
        report(done, len(plan.documents), "识别公文")
        if plan.same_parser and source in plan.kept and plan.previous is not None:
            catalogue = plan.previous.catalogue
            for notice in catalogue.notices(source=source):
                chunks = tuple(catalogue.chunks(catalogue.rows_of(notice.id)))
                yield _Parsed(notice, catalogue.provisions(notice.id), chunks)
        else:
            for notice in parse(plan.document(source)):
                tree = provisions(notice)
                yield _Parsed(notice, tree, tuple(chunk(notice, tree)))
    report(len(plan.documents), len(plan.documents), "识别公文")


class _Sayings:
    """What the notices of the library say of each other, gathered as they pass, without their texts."""

    def __init__(self) -> None:
        self._notices: list[Notice] = []

    def add(self, notice: Notice) -> None:
        self._notices.append(replace(notice, body=_NO_TEXT))

    def relations(self) -> Iterator[Relation]:
        """Each pair once a kind."""
        resolve = Resolver(self._notices)
        for notice in self._notices:
            if notice.explains:
                yield Relation(RelationKind.EXPLAINS, notice.id, notice.explains)
            seen: set[tuple[RelationKind, str]] = set()
            for place, reference in enumerate(notice.references):
                other = resolve(notice, reference)
                if other and (reference.kind, other.id) not in seen:
                    seen.add((reference.kind, other.id))
                    yield Relation(reference.kind, notice.id, other.id, place)


# ── the engines ─────────────────────────────────────────────────────────────────────────────────────────────────


def _latent(previous: Library | None) -> LatentSemanticEmbedder | None:
    """The library's own embedder, to fold new chunks into; None where there is none."""
    if previous is None or not previous.files.embedder.is_dir():
        return None
    try:
        return LatentSemanticEmbedder.load(previous.files.embedder)
    except LibraryError:
        return None


def _write(draft: Draft, plan: _Plan, embedder: Embedder | None, questions: Questions | None, report: Progress) -> None:
    content, counts = _write_catalogue(draft.files.catalogue, plan, report)
    chunks = counts["chunks"]
    with closing(Catalogue(draft.files.catalogue)) as catalogue:
        asked = list(_told(_asked(catalogue, questions), chunks, "设想问题", report)) if questions else []
        LexicalIndex.build(draft.files.words, _told(_rows(catalogue, asked), chunks, "建立词索引", report))
        PieceStore.build(draft.files.pieces, _told(_pieces(_texts(catalogue)), chunks, "切分词块", report))
        if embedder is None or _outgrown(embedder, chunks):
            embedder = LatentSemanticEmbedder.fit(list(_texts(catalogue)))
        if isinstance(embedder, LatentSemanticEmbedder):
            embedder.save(draft.files.embedder)
        rows = _told(_with_sentences(catalogue), chunks, "计算向量", report)
        with SentenceWriter(draft.files.sentences) as sentences:
            vectors = _embedded(rows, embedder, PieceStore.load(draft.files.pieces), sentences)
            DenseIndex.build(chain([embedder.embed_texts([])], vectors)).save(draft.files.vectors)
    draft.describe(
        content=content if not any(asked) else hashlib.sha256("\n".join([content, *asked]).encode()).hexdigest(),
        tokeniser=tokeniser_name(),
        embedder=embedder.name,
        counts={"documents": len(plan.documents), **counts},
        corpus={source: taken.sha256 for source, taken in sorted(plan.documents.items())},
    )


def _write_catalogue(path: Path, plan: _Plan, report: Progress) -> tuple[str, dict[str, int]]:
    """Its digest, and how many notices and chunks it holds."""
    places, sayings = PlaceCounts(), _Sayings()
    with CatalogueWriter(path) as catalogue:
        for source in sorted(plan.documents):
            catalogue.add_document(plan.document(source))
        for p in _parsed(plan, report):
            catalogue.add_notice(p.notice, p.tree, p.chunks)
            places.add(p.notice)
            sayings.add(p.notice)
        for relation in sayings.relations():
            catalogue.add_relation(relation)
        gazetteer = places.gazetteer()
        catalogue.add_meta(GAZETTEER, json.dumps([gazetteer.cities, gazetteer.counties], ensure_ascii=False))
        return catalogue.digest, catalogue.counts


def search_text(notice: Notice, part: Chunk) -> str:
    """What a chunk is found by: its own words, and what says what they are about."""
    return "\n".join([part.text, f"{notice.title} {notice.place}", *part.headings])


def _texts(catalogue: Catalogue) -> Iterator[str]:
    """Of each row, in order."""
    return (search_text(notice, part) for notice, chunks in catalogue.held() for part in chunks)


def _with_sentences(catalogue: Catalogue) -> Iterator[_Row]:
    """The same, each with where the sentences of its chunk stand in it, which comes first."""
    for notice, chunks in catalogue.held():
        yield from ((search_text(notice, part), cut_sentences(part.text)) for part in chunks)


def _embedded(
    rows: Iterable[_Row], embedder: Embedder, pieces: PieceStore, sentences: SentenceWriter
) -> Iterator[Vectors]:
    """Batches of the rows' vectors; those of their sentences are written down on the way."""
    import numpy as np

    static = embedder if isinstance(embedder, StaticEmbedder) else None
    if static and static.cutter.name != Nearness.load().cutter.name:
        static = None  # else it takes what has been cut
    numbers = count()
    for batch in _by_thousands(rows):
        texts, parts = [text for text, _ in batch], [stretches for _, stretches in batch]
        if isinstance(embedder, ContextualEmbedder):
            read = embedder.embed_amid(texts, parts)
            yield np.stack([vector for vector, _ in read])
            of_parts = [vectors for _, vectors in read]
        else:
            if static:
                yield static.embed_pieces([pieces.of(row) for row in islice(numbers, len(batch))])
            else:
                yield embedder.embed_texts(texts)
            each = embedder.embed_texts([text[a:b] for text, stretches in batch for a, b in stretches])
            of_parts = np.split(each, np.cumsum([len(stretches) for stretches in parts])[:-1])
        for vectors in of_parts:
            sentences.add(vectors)


def _pieces(texts: Iterable[str]) -> Iterator[Ids]:
    near = Nearness.load()
    return chain.from_iterable(map(near.pieces, _by_thousands(texts)))


def _asked(catalogue: Catalogue, questions: Questions) -> Iterator[str]:
    """The questions of every chunk, in the order of the rows."""
    return (" ".join(questions(notice, part)) for notice, chunks in catalogue.held() for part in chunks)


def _rows(catalogue: Catalogue, asked: Sequence[str]) -> Iterator[LexicalRow]:
    numbers = count()
    for notice, chunks in catalogue.held():
        facets = Facets.of(notice)
        for part in chunks:
            row, headings = next(numbers), " ".join(part.headings)
            said = asked[row] if asked else ""
            yield LexicalRow(row, notice.title, headings, search_text(notice, part), facets, said)


def _by_thousands(items: Iterable[_T]) -> Iterator[list[_T]]:
    """Some thousands at a time, the last time what is left."""
    rest = iter(items)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _told(items: Iterable[_T], total: int, step: str, report: Progress) -> Iterator[_T]:
    """The items as they are; their progress is shown."""
    for done, item in enumerate(items):
        if not done % _AT_ONCE:
            report(done, total, step)
        yield item
    report(total, total, step)


def _outgrown(embedder: Embedder, chunks: int) -> bool:
    """Has the library grown by half, or shrunk as much, since its own embedder was fitted?"""
    if not isinstance(embedder, LatentSemanticEmbedder):
        return False
    return not embedder.fitted_on / REFIT_FROM < chunks < embedder.fitted_on * REFIT_FROM


def _silent(done: int, total: int, step: str) -> None:
    """No progress is shown."""
