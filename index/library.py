"""The library folder: generations, manifest, atomic swap.

    library/
      current                    which generation answers, and the sha256 of its manifest
      .lock                      held by the one build that may write
      generations/0007-3f2a…/    number and id: manifest.json, catalogue.sqlite, words/, vectors.faiss, embedder/
      generations/.building/     a build at work, or what a dead one left; the next build clears it away
      originals/                 copies of what was indexed (index/originals.py), where they are kept

A generation is written beside the one in use and takes over when `current` is replaced, in one step. Whatever kills a
build, `current` names a whole generation. Every file is verified against the manifest before any is read.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path

from index.catalogue import Catalogue
from index.dense import DenseIndex
from index.errors import REBUILD, LibraryDamaged, LibraryError, LibraryMismatch, LibraryMissing, system_reason
from index.lexical import LexicalIndex, is_lock
from index.originals import Originals
from index.pieces import PieceStore
from index.sentences import SentenceVectors

FORMAT = 4  # of the folder; raised when this program cannot read older ones, or older programs cannot read this one
_NAME = re.compile(r"(\d{4,})-([0-9a-f]{12})")  # of a generation: number and id
_CURRENT = re.compile(rf"({_NAME.pattern}) ([0-9a-f]{{64}})\n")
_BUILDING = ".building"
_PACKAGES = ("wenzheng", "tantivy", "faiss-cpu", "numpy")
_REASONS = {
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EEXIST: "路径中有一段不是文件夹",
}  # in writing; others as system_reason has them


def default_folder() -> Path:
    """WENZHENG_LIBRARY where it is set, else the platform's folder for data of programs."""
    from platformdirs import user_data_path

    named = os.environ.get("WENZHENG_LIBRARY")
    return Path(named) if named else user_data_path("wenzheng") / "library"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is and what built it. Its `id` goes with every answer."""

    id: str  # made from content: what the catalogue holds, tokeniser and embedder; the same on every machine
    format: int
    tokeniser: str
    embedder: str
    counts: dict[str, int]  # documents, notices, chunks, …
    corpus: dict[str, str]  # file that was read → sha256
    built_by: dict[str, str]  # package → version
    files: dict[str, str]  # path below the generation, with / → sha256


@dataclass(frozen=True, slots=True)
class Files:
    """Where the parts of a generation lie."""

    folder: Path

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"

    @property
    def catalogue(self) -> Path:
        return self.folder / "catalogue.sqlite"

    @property
    def words(self) -> Path:
        """A folder, of tantivy."""
        return self.folder / "words"

    @property
    def pieces(self) -> Path:
        """A folder, of index/pieces.py."""
        return self.folder / "pieces"

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors.faiss"

    @property
    def sentences(self) -> Path:
        """A folder, of index/sentences.py."""
        return self.folder / "sentences"

    @property
    def embedder(self) -> Path:
        """A folder, of an embedder that was fitted on the library; absent for one that came from elsewhere."""
        return self.folder / "embedder"


class Library:
    """One generation, verified and open for reading; safe with threads. What a newer one replaces stays usable as long
    as its parts were opened before.
    """

    def __init__(self, folder: Path, files: Files, manifest: Manifest) -> None:
        self.folder = folder
        self.files = files
        self.manifest = manifest

    @classmethod
    def open(cls, folder: Path) -> Library:
        """The generation in use, every file compared with its hash. LibraryMissing, LibraryMismatch, LibraryDamaged;
        LibraryError where it may not be read.
        """
        while True:
            name, manifest_hash = _current(folder)
            files = Files(folder / "generations" / name)
            try:
                return cls(folder, files, _verified(files, manifest_hash))
            except LibraryDamaged:
                if _current(folder)[0] == name:  # else a build replaced it at this moment and cleared it away
                    raise

    def current(self) -> Library:
        """This library, or the one that has replaced it since. Reads one small file: call it before each search."""
        return self if _current(self.folder)[0] == self.files.folder.name else Library.open(self.folder)

    def require(self, *, tokeniser: str, embedder: str) -> None:
        """LibraryMismatch unless it was built with these: a question never meets another model's words or vectors."""
        for what, built, asked in (
            ("分词方式", self.manifest.tokeniser, tokeniser),
            ("嵌入模型", self.manifest.embedder, embedder),
        ):
            if built != asked:
                raise LibraryMismatch(
                    f"{self.folder} 建库时的{what}是 {built}，现在的设置是 {asked}。请重新运行 `wenzheng index`。"
                )

    @property
    def originals(self) -> Originals:
        """Copies of the files that were indexed."""
        return _originals(self.folder)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.files.catalogue)

    @cached_property
    def lexical(self) -> LexicalIndex:
        return LexicalIndex.open(self.files.words)

    @cached_property
    def pieces(self) -> PieceStore:
        return PieceStore.load(self.files.pieces)

    @cached_property
    def dense(self) -> DenseIndex:
        return DenseIndex.load(self.files.vectors)

    @cached_property
    def sentences(self) -> SentenceVectors:
        return SentenceVectors.load(self.files.sentences, self.dense.dim)


class Draft:
    """A generation that is being written: put the parts where `files` says, then describe it."""

    def __init__(self, files: Files, originals: Originals) -> None:
        self.files = files
        self.originals = originals
        self.kept: set[str] = set()  # hashes of the originals that shall stay once it has taken over
        self.manifest: Manifest | None = None

    def describe(
        self,
        *,
        content: str,  # CatalogueWriter.digest
        tokeniser: str,
        embedder: str,
        counts: Mapping[str, int],
        corpus: Mapping[str, str],
    ) -> Manifest:
        """Say what was built, after all parts are written; they are hashed here."""
        identity = json.dumps([FORMAT, content, tokeniser, embedder])
        self.manifest = Manifest(
            id=hashlib.sha256(identity.encode()).hexdigest()[:12],
            format=FORMAT,
            tokeniser=tokeniser,
            embedder=embedder,
            counts=dict(counts),
            corpus=dict(corpus),
            built_by=built_by(),
            files={
                path.relative_to(self.files.folder).as_posix(): _hash(path)
                for path in sorted(self.files.folder.rglob("*"))
                if path.is_file() and not is_lock(path)
            },
        )
        return self.manifest


@contextmanager
def write_generation(folder: Path) -> Iterator[Draft]:
    """A draft to write the parts of a new generation into; at the end of the block it takes over.

    Where the block fails, or the process is killed, the old generation goes on answering. LibraryError where another
    build is at work, or where the folder cannot be written to: a full disk, no permission.
    """
    try:
        with _locked(folder):
            draft = Draft(Files(folder / "generations" / _BUILDING), _originals(folder))
            shutil.rmtree(draft.files.folder, ignore_errors=True)  # what a killed build left
            draft.files.folder.mkdir(parents=True)
            try:
                yield draft
                _take_over(folder, draft)
            finally:
                shutil.rmtree(draft.files.folder, ignore_errors=True)
    except OSError as exc:
        raise LibraryError(
            f"写不进公文库文件夹 {folder}：{_reason(exc)}。请腾出空间、检查权限或用 --library 换一个文件夹，"
            "再运行 `wenzheng index`；原有的公文库没有改动。"
        ) from exc


def _take_over(folder: Path, draft: Draft) -> None:
    """The draft becomes a generation, `current` names it, and the others go. Only the renaming of `current` counts."""
    if draft.manifest is None:
        raise ValueError("the draft was not described")
    text = json.dumps(asdict(draft.manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
    draft.files.manifest.write_bytes(text)
    _share(draft.files)
    for path in (*draft.files.folder.rglob("*"), draft.files.folder):
        _sync(path)
    generations = folder / "generations"
    taken = [int(found[1]) for found in map(_NAME.fullmatch, os.listdir(generations)) if found]
    name = f"{max(taken, default=0) + 1:04d}-{draft.manifest.id}"
    os.rename(draft.files.folder, generations / name)
    _sync(generations)
    new = folder / "current.new"
    new.write_text(f"{name} {hashlib.sha256(text).hexdigest()}\n", encoding="ascii")
    _sync(new)
    os.replace(new, folder / "current")
    _sync(folder)
    for other in generations.iterdir():
        if other.name != name:
            shutil.rmtree(other, ignore_errors=True)  # who reads them still has their files open
    draft.originals.retain(draft.kept)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Holds the one lock of a library. The system lets go of it when the process ends, however it ends."""
    import fcntl  # here, since reading a library does without

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise LibraryError(f"另一个 `wenzheng index` 正在更新 {folder}。请等它结束后再运行。") from exc
        yield


def _originals(folder: Path) -> Originals:
    return Originals(folder / "originals")


def _current(folder: Path) -> tuple[str, str]:
    """The name of the generation in use, and its manifest's hash."""
    try:
        text = (folder / "current").read_text(encoding="ascii")
    except FileNotFoundError as exc:
        raise LibraryMissing(f"{folder} 里没有公文库。请先运行 `wenzheng index`，或用 --library 指明文件夹。") from exc
    except NotADirectoryError as exc:
        raise LibraryMissing(f"{folder} 不是文件夹。请用 --library 指明公文库所在的文件夹。") from exc
    except PermissionError as exc:
        raise _forbidden(folder / "current") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise LibraryDamaged(f"{folder / 'current'} 读不出来。{REBUILD}") from exc
    found = _CURRENT.fullmatch(text)
    if found is None:
        raise LibraryDamaged(f"{folder / 'current'} 的内容不完整或被改动。{REBUILD}")
    return found[1], found[4]


def _verified(files: Files, manifest_hash: str) -> Manifest:
    """The manifest, after it and every file it lists were compared with their hashes."""
    _verify(files.manifest, manifest_hash)
    try:
        values = dict(json.loads(files.manifest.read_bytes()))
    except (ValueError, TypeError) as exc:
        raise LibraryDamaged(f"公文库的文件 {files.manifest} 不完整或被改动。{REBUILD}") from exc
    if (found := values.get("format", "不明")) != FORMAT:
        raise LibraryMismatch(f"{files.folder} 由另一版本的问政建立（格式 {found}，本版本读格式 {FORMAT}）。{REBUILD}")
    if odd := sorted({each.name for each in fields(Manifest)} ^ values.keys()):
        raise LibraryMismatch(
            f"{files.folder} 由另一版本的问政建立（清单 manifest.json 缺少或多出 {'、'.join(odd)}）。{REBUILD}"
        )
    manifest = Manifest(**values)
    for name, expected in manifest.files.items():
        _verify(files.folder / name, expected)
    return manifest


def _verify(path: Path, expected: str) -> None:
    try:
        found = _hash(path)
    except PermissionError as exc:
        raise _forbidden(path) from exc
    except OSError as exc:
        raise LibraryDamaged(f"公文库缺少文件 {path}，或读不出来。{REBUILD}") from exc
    if found != expected:
        raise LibraryDamaged(f"公文库的文件 {path} 不完整或被改动。{REBUILD}")


def _forbidden(path: Path) -> LibraryError:
    """Not LibraryDamaged: nothing is lost, and indexing again would not help."""
    return LibraryError(f"没有权限读取公文库的文件 {path}。请检查它的访问权限，或用 --library 换一个文件夹。")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _share(files: Files) -> None:
    """Give every file the permissions that the umask allows, as the manifest has them; tantivy keeps some private."""
    allowed = stat.S_IMODE(files.manifest.stat().st_mode)
    for path in files.folder.rglob("*"):
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) != allowed:
            path.chmod(allowed)


def _sync(path: Path) -> None:
    """Make sure that the file, or the names in the folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def built_by() -> dict[str, str]:
    """The versions of this program and of the libraries whose files lie in a generation."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # run from its folder, not installed
            found[package] = ""
    return found


def _reason(exc: OSError) -> str:
    if exc.errno is None:  # sqlite, tantivy, faiss and numpy each say it in their own words
        if re.search(r"space|full|requested and \d+ written", str(exc)):
            exc = OSError(errno.ENOSPC, str(exc))
        elif number := re.search(r"os error (\d+)", str(exc)):
            exc = OSError(int(number[1]), str(exc))
    return _REASONS.get(exc.errno or 0) or system_reason(exc)
