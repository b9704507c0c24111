"""The story: paths → document files → Documents.

found = find_files(paths)              # walks folders, opens nothing
for file in found.files:
    sha256 = file_sha256(file)         # the same as last time? then there is nothing to read
    result = read_file(file)           # or raises UnreadableFile, which harms no other file
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from math import ceil
from pathlib import Path

from index.errors import BrokenFile, UnreadableFile, UnsupportedFormat, system_reason
from index.files.docx import read_docx
from index.files.html import read_html
from index.files.jsonl import read_jsonl
from index.files.names import is_plain, shown
from index.files.pdf import read_pdf
from index.files.text import decode
from index.records import Document

MAX_FILE_BYTES = 50 * 2**20
MAX_JSONL_BYTES = 2**30
FORMATS = {
    ".txt": "txt",
    ".md": "md",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".jsonl": "jsonl",
}
FORMATS_READ = "可读的格式有 TXT、MD、HTML、DOCX、带文字层的 PDF 和 JSONL。"
_LITTER = frozenset(("__macosx", "thumbs.db", "desktop.ini"))  # what systems leave behind; like names with a dot
_NAMED = 3  # files of one format named in a message; the rest are counted


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to read. `source` is its name, or its path below the folder that was given, with `/`."""

    path: Path  # absolute
    source: str


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files below some paths, each once, and a message for each thing that cannot be read."""

    files: tuple[FoundFile, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What one file held: one Document, of a .jsonl file many; and a message for each part that was left out."""

    documents: tuple[Document, ...]
    problems: tuple[str, ...] = ()


def find_files(paths: Sequence[Path]) -> FoundFiles:
    """Files in the order of `paths`, within a folder by source. Opens no file.

    Files given by name are found whatever their format; of a folder's files those of other formats become problems,
    one a format. Hidden files and wenzheng's own libraries are passed over. Links are followed, and no folder is
    entered twice.
    """
    files: list[FoundFile] = []
    problems: list[str] = []
    entered: set[str] = set()  # real paths of folders
    found: set[tuple[str, bool]] = set()  # real paths of files, and whether their format is read
    for path in paths:
        absolute = Path(os.path.abspath(path))
        try:
            is_folder = stat.S_ISDIR(absolute.stat().st_mode)
        except (OSError, ValueError) as exc:  # ValueError: NUL in the name
            problems.append(_failure(exc, shown(str(path))))
            continue
        if is_folder:
            known, told = _is_entered(absolute, entered), len(problems)
            below, others = _walk(absolute, entered, problems)
            problems += _unread_messages(shown(str(path)), _unseen(others, found))
            if not (below or others or known or len(problems) > told):
                problems.append(f"文件夹“{shown(str(path))}”里没有可读的文件。请确认文件已放在其中。")
        else:
            below = [FoundFile(absolute, absolute.name)]
        new: list[FoundFile] = []
        for file in _unseen(below, found):
            if is_plain(file.source):
                new.append(file)
            else:
                problems.append(f"文件名“{shown(file.source)}”含有控制字符，或不是 UTF-8，不能读取。请改名后再试。")
        files += sorted(new, key=lambda file: file.source)
    return FoundFiles(tuple(files), tuple(problems))


def file_sha256(file: FoundFile) -> str:
    """SHA-256 of the file's bytes, in hex. Raises UnreadableFile, for a file too large without reading it."""
    with _opened(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_file(file: FoundFile) -> ReadResult:
    """What the file holds: at least one Document, none of them blank. Raises UnreadableFile."""
    name, path = file.source, str(file.path)
    file_format = _format(file)
    with _opened(file) as stream:
        if file_format == "jsonl":
            lines, bad_lines = read_jsonl(stream, name, path)
            return ReadResult(tuple(lines), tuple(bad_lines))
        raw = stream.read()
    if not raw.strip():
        raise BrokenFile(f"文件“{name}”是空的。请确认它已完整保存。")
    page_starts: tuple[int, ...] = ()
    problems: tuple[str, ...] = ()
    if file_format == "html":
        text = read_html(raw, name)
    elif file_format == "docx":
        text = read_docx(raw, name)
    elif file_format == "pdf":
        pdf = read_pdf(raw, name)
        text, page_starts = pdf.text, pdf.page_starts
        if pdf.picture_pages:
            pages = "、".join(map(str, pdf.picture_pages))
            problems = (f"文件“{name}”第 {pages} 页是图片，几乎没有文字；如是扫描页，其内容没有读到。",)
    else:
        text = decode(raw, name)
        if not text.strip():
            raise BrokenFile(f"文件“{name}”里只有空白。请确认它已完整保存。")
    sha256 = hashlib.sha256(raw).hexdigest()
    return ReadResult((Document(name, text, sha256, file_format, page_starts, path=path),), problems)


def _format(file: FoundFile) -> str:
    suffix = file.path.suffix.lower()
    if suffix not in FORMATS:
        raise UnsupportedFormat(f"文件“{file.source}”的格式不能读取。{FORMATS_READ}{_way_out(suffix)}")
    return FORMATS[suffix]


@contextmanager
def _opened(file: FoundFile) -> Iterator[BufferedReader]:
    """The file, open for reading, if it is one that can be read; failures to read become UnreadableFile."""
    limit = MAX_JSONL_BYTES if _format(file) == "jsonl" else MAX_FILE_BYTES
    try:
        status = file.path.stat()
        if not stat.S_ISREG(status.st_mode):  # to open a pipe would wait for ever
            raise UnreadableFile(f"“{file.source}”不是普通文件，不能读取。")
        if status.st_size > limit:
            size, most = ceil(status.st_size / 2**20), limit // 2**20
            raise BrokenFile(f"文件“{file.source}”有 {size} MB，超过 {most} MB 的上限。请拆分成较小的文件后再试。")
        with file.path.open("rb") as stream:
            yield stream
    except OSError as exc:
        raise UnreadableFile(_failure(exc, file.source)) from exc


def _failure(exc: OSError | ValueError, name: str) -> str:
    if isinstance(exc, PermissionError):
        return f"没有权限读取“{name}”。请检查它的访问权限后再试。"
    if isinstance(exc, FileNotFoundError | NotADirectoryError | ValueError):
        return f"找不到“{name}”。请检查路径是否正确，文件是否已被移走。"
    return f"读取“{name}”失败（{system_reason(exc)}）。请检查路径和磁盘后再试。"


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _walk(root: Path, entered: set[str], problems: list[str]) -> tuple[list[FoundFile], list[FoundFile]]:
    """The files below a folder that may be read, and those of other formats.

    Links come last: a file or folder is better known by its own name than by that of a link to it.
    """
    files: list[FoundFile] = []
    linked: list[FoundFile] = []
    others: list[FoundFile] = []
    waiting = deque([(root, "")])
    while waiting:
        folder, prefix = waiting.popleft()
        if (real := os.path.realpath(folder)) in entered:
            continue
        entered.add(real)
        if _is_library(folder):
            continue
        try:
            with os.scandir(folder) as entries:
                visible = sorted((entry for entry in entries if not _is_litter(entry.name)), key=lambda one: one.name)
        except OSError as exc:
            problems.append(_failure(exc, shown(prefix.rstrip("/") or str(root))))
            continue
        for entry in visible:
            path, source = Path(entry.path), prefix + entry.name
            try:
                is_folder, is_link = entry.is_dir(), entry.is_symlink()
            except OSError as exc:  # a link to itself
                problems.append(_failure(exc, shown(source)))
                continue
            if is_folder:
                waiting.insert(len(waiting) if is_link else 0, (path, source + "/"))
            elif path.suffix.lower() in FORMATS:
                (linked if is_link else files).append(FoundFile(path, source))
            else:
                others.append(FoundFile(path, source))
    return files + linked, others


def _unseen(files: Sequence[FoundFile], found: set[tuple[str, bool]]) -> list[FoundFile]:
    """The files that were not found before, by this or another name; they are now."""
    unseen: list[FoundFile] = []
    for file in files:
        # a link of an unread format must not hide the readable file that it leads to
        known_as = os.path.realpath(file.path), file.path.suffix.lower() in FORMATS
        if known_as not in found:
            found.add(known_as)
            unseen.append(file)
    return unseen


def _is_entered(folder: Path, entered: set[str]) -> bool:
    """Was this folder, or one below it, walked through already?"""
    real = os.path.realpath(folder)
    return any(one == real or one.startswith(real.rstrip("/") + "/") for one in entered)


def _is_library(folder: Path) -> bool:
    """Whether this is a library of wenzheng's (index/library.py), whose files are no notices."""
    current = folder / "current"
    return os.path.isdir(folder / "generations") and (os.path.isfile(current) or os.path.islink(current))


def _is_litter(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _LITTER


def _unread_messages(folder: str, unread: Sequence[FoundFile]) -> Iterator[str]:
    by_suffix: dict[str, list[str]] = defaultdict(list)
    for file in unread:
        by_suffix[file.path.suffix.lower()].append(file.source)
    for suffix, sources in sorted(by_suffix.items()):
        sources.sort()
        names = "".join(f"“{shown(source)}”" for source in sources[:_NAMED])
        which = names + ("等" if len(sources) > _NAMED else "")
        kind = f" {shown(suffix)} " if suffix else "没有扩展名的"
        yield f"文件夹“{folder}”里有 {len(sources)} 个{kind}文件不能读取：{which}。{FORMATS_READ}{_way_out(suffix)}"


def _way_out(suffix: str) -> str:
    if suffix in (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz"):
        return "请先解压，再提供其中的文件。"
    if suffix in (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp"):
        return "请提供带文字层的 PDF 或 DOCX。"
    return "请另存为 DOCX 或带文字层的 PDF。"
