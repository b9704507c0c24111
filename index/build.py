"""The indexing story: files → documents → notices → chunks → words and vectors → a new library generation.

paths → found files → documents, unchanged ones as they are ┐
the library in use → documents elsewhere, kept              ┴→ notices → chunks → engines → swapped in
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index.catalogue import Catalogue, CatalogueWriter, Relation
from index.chunk import chunk
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
from index.files.read import FORMATS_READ, FoundFile, find_files, read_file
from index.gazette import parse
from index.hits import Facets
from index.holdings import GAZETTEER, tokeniser_name
from index.lexical import LexicalIndex, LexicalRow
from index.library import Draft, Files, Library, built_by, write_generation
from index.lsa import LatentSemanticEmbedder
from index.nearness import Nearness
from index.pieces import PieceStore
from index.provisions import provisions
from index.query import Gazetteer
from index.records import Chunk, Document, Notice, Provision, RelationKind
from index.references import Resolver

if TYPE_CHECKING:
    from index.embed import Embedder
    from index.pieces import Ids

REFIT_FROM = 1.5  # times the chunks that the latent-semantic embedder was fitted on
_CUT_AT_ONCE = 5_000  # texts
_NAMED = 10  # files named in a message; the rest are counted

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


@dataclass(slots=True)
class _Plan:
    """The documents of the new generation, and how they came there."""

    same_parser: bool  # else notices are parsed anew, also those of unchanged documents
    documents: dict[str, Document] = field(default_factory=dict)  # by source
    kept: set[str] = field(default_factory=set)  # sources whose notices the library in use has parsed already
    added: int = 0
    refreshed: int = 0
    unchanged: int = 0
    dropped: int = 0
    problems: list[str] = field(default_factory=list)
    elsewhere: dict[str, dict[str, str]] = field(default_factory=dict)  # sha256 by source, of a file not given now


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
    progress: Progress | None = None,
) -> BuildReport:
    """Bring a library folder up to date with these files and folders (none: the bundled corpus).

    Documents of other places stay, unless `only`; what has vanished below the paths goes, what cannot be read now stays
    as it was. Notices of unchanged documents are taken over as they are. `embedder`: None for latent semantics, fitted
    on the library; `questions`: None for none, what it raises goes on. Raises NothingToIndex where no path holds a
    readable document and the library would be left as it is; LibraryError where it cannot be written, or cannot be
    read and would lose what other places gave.
    """
    report = progress or _silent
    paths = list(paths) or [bundled_corpus()]
    with write_generation(folder) as draft:  # from here on no other build changes what the plan is made from
        previous, before, problems = _previous(folder, paths, only)
        plan = _plan(paths, previous, before, only, report)
        plan.problems[:0] = problems
        if not plan.documents or not (plan.added + plan.refreshed + plan.unchanged + plan.dropped):
            raise NothingToIndex("\n".join([*plan.problems, f"没有可以加入的文件。{FORMATS_READ}"]))
        parsed = list(_parsed(plan, previous, report))
        asked = list(_asked(parsed, questions, report)) if questions else []
        _write(draft, plan, parsed, asked, embedder or _latent(previous), report)
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


def _previous(folder: Path, paths: Sequence[Path], only: bool) -> tuple[Library | None, dict[str, Document], list[str]]:
    """The library in use, its documents by source, and problems.

    One that cannot be read is built anew where `paths` are all that it shall hold, or held; else its error goes on.
    """
    try:
        library = Library.open(folder)
        return library, {document.source: document for document in library.catalogue.documents()}, []
    except (LibraryMissing, LibraryDamaged, LibraryMismatch) as exc:
        known = _known(folder)
        if isinstance(exc, LibraryMissing):
            if not known:
                return None, {}, []
            exc = LibraryDamaged(f"公文库缺少文件 {folder / 'current'}。{REBUILD}")  # there was one
        bundled = set(os.listdir(bundled_corpus()))
        if only or (paths == [bundled_corpus()] and known and known.keys() <= bundled):
            return None, {}, [f"原有的公文库不能用，只按这次给出的文件重新建立。原因：{str(exc).removesuffix(REBUILD)}"]
        held = f"库中原有 {_listed(list(known.values()))}。" if known else ""
        raise type(exc)(f"{exc}不加 --only 会丢失库中的其他文件，所以没有改动。{held}") from exc


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


def _plan(
    paths: Sequence[Path], previous: Library | None, before: dict[str, Document], only: bool, report: Progress
) -> _Plan:
    plan = _Plan(same_parser=previous is not None and previous.manifest.built_by == built_by())
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
    for source, document in before.items():
        if source in plan.documents:
            continue
        above = [root for root in roots if _is_below(document.path, root)]
        gone = os.path.realpath(document.path) in read or any(_is_gone(document.path, root) for root in above)
        if document.sha256 in by_content or (gone if above else only):
            plan.dropped += 1
            continue
        plan.documents[source] = document
        plan.kept.add(source)
        if above:
            unread.append(source)
    if unread:
        plan.problems.append(f"{_listed(unread)}这次没有读到，库里保留上次读到的内容。")
    return plan


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


def _take(plan: _Plan, document: Document, before: dict[str, Document], by_content: dict[str, str], only: bool) -> None:
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
    plan.documents[document.source] = document


def _differs_elsewhere(plan: _Plan, old: Document, document: Document) -> bool:
    """Does another file than the document's, from which the library has this source, still hold something else?"""
    if old.sha256 == document.sha256 or os.path.realpath(old.path) == os.path.realpath(document.path):
        return False
    if old.path not in plan.elsewhere:
        try:
            found = read_file(FoundFile(Path(old.path), old.source)).documents
            plan.elsewhere[old.path] = {each.source: each.sha256 for each in found}
        except UnreadableFile:
            return os.path.lexists(old.path)
    return plan.elsewhere[old.path].get(old.source, document.sha256) != document.sha256


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


# ── what they hold ──────────────────────────────────────────────────────────────────────────────────────────────


def _parsed(plan: _Plan, previous: Library | None, report: Progress) -> Iterator[_Parsed]:
    """The notices of all documents, in the order of their sources."""
    for done, (source, document) in enumerate(sorted(plan.documents.items())):
        report(done, len(plan.documents), "识别公文")
        if plan.same_parser and source in plan.kept and previous is not None:
            catalogue = previous.catalogue
            for notice in catalogue.notices(source=source):
                chunks = tuple(catalogue.chunks(catalogue.rows_of(notice.id)))
                yield _Parsed(notice, catalogue.provisions(notice.id), chunks)
        else:
            for notice in parse(document):
                tree = provisions(notice)
                yield _Parsed(notice, tree, tuple(chunk(notice, tree)))
    report(len(plan.documents), len(plan.documents), "识别公文")


def _relations(parsed: Sequence[_Parsed]) -> Iterator[Relation]:
    """What the notices of the library say of each other, each pair once a kind."""
    notices = [p.notice for p in parsed]
    resolve = Resolver(notices)
    for notice in notices:
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


def _asked(parsed: Sequence[_Parsed], questions: Questions, report: Progress) -> Iterator[str]:
    """The questions of every chunk, in the order of the rows."""
    total = sum(len(p.chunks) for p in parsed)
    parts = ((p.notice, part) for p in parsed for part in p.chunks)
    for done, (notice, part) in enumerate(parts):
        report(done, total, "设想问题")
        yield " ".join(questions(notice, part))
    report(total, total, "设想问题")


def _write(
    draft: Draft,
    plan: _Plan,
    parsed: Sequence[_Parsed],
    asked: Sequence[str],
    embedder: Embedder | None,
    report: Progress,
) -> None:
    texts = [search_text(p.notice, c) for p in parsed for c in p.chunks]
    report(0, 3, "写入目录")
    with CatalogueWriter(draft.files.catalogue) as catalogue:
        gazetteer = Gazetteer.of(p.notice for p in parsed)
        catalogue.add_meta(GAZETTEER, json.dumps([gazetteer.cities, gazetteer.counties], ensure_ascii=False))
        for _, document in sorted(plan.documents.items()):
            catalogue.add_document(document)
        for p in parsed:
            catalogue.add_notice(p.notice, p.tree, p.chunks)
        for relation in _relations(parsed):
            catalogue.add_relation(relation)
        content, counts = catalogue.digest, catalogue.counts
    report(1, 3, "建立词索引")
    LexicalIndex.build(draft.files.words, _rows(parsed, texts, asked))
    PieceStore.build(draft.files.pieces, _pieces(texts))
    report(2, 3, "建立向量索引")
    if embedder is None or _outgrown(embedder, len(texts)):
        embedder = LatentSemanticEmbedder.fit(texts)
    if isinstance(embedder, LatentSemanticEmbedder):
        embedder.save(draft.files.embedder)
    DenseIndex.build(embedder.embed_texts(texts)).save(draft.files.vectors)
    report(3, 3, "建立向量索引")
    draft.describe(
        content=content if not any(asked) else hashlib.sha256("\n".join([content, *asked]).encode()).hexdigest(),
        tokeniser=tokeniser_name(),
        embedder=embedder.name,
        counts={"documents": len(plan.documents), **counts},
        corpus={document.source: document.sha256 for _, document in sorted(plan.documents.items())},
    )


def search_text(notice: Notice, part: Chunk) -> str:
    """What a chunk is found by: its own words, and what says what they are about."""
    return "\n".join([part.text, f"{notice.title} {notice.place}", *part.headings])


def _pieces(texts: Sequence[str]) -> Iterator[Ids]:
    """Of each text, some thousands at a time."""
    near = Nearness.load()
    for at in range(0, len(texts), _CUT_AT_ONCE):
        yield from near.pieces(texts[at : at + _CUT_AT_ONCE])


def _rows(parsed: Sequence[_Parsed], texts: Sequence[str], asked: Sequence[str]) -> Iterator[LexicalRow]:
    row = 0
    for p in parsed:
        facets = Facets.of(p.notice)
        for part in p.chunks:
            yield LexicalRow(
                row, p.notice.title, " ".join(part.headings), texts[row], facets, asked[row] if asked else ""
            )
            row += 1


def _outgrown(embedder: Embedder, chunks: int) -> bool:
    """Has the library grown by half, or shrunk as much, since its own embedder was fitted?"""
    if not isinstance(embedder, LatentSemanticEmbedder):
        return False
    return not embedder.fitted_on / REFIT_FROM < chunks < embedder.fitted_on * REFIT_FROM


def _silent(done: int, total: int, step: str) -> None:
    """No progress is shown."""
