"""What of a notice can be downloaded: under which name, as what kind of content. Pure.

A file of somebody else's is only ever handed over to be saved: never as something that a browser would draw here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from index.records import Notice
from ui.render import titled, visible, well_formed

OF_LINES = "jsonl"  # a file of many notices, of which no copy is kept
_KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_ANY_KIND = "application/octet-stream"  # HTML and text are of any encoding, and are not to be drawn
_SUFFIXES = {"html": (".html", ".htm")}
_FORBIDDEN = re.compile('[\\s\ufffd<>:"/\\\\|?*%;\x7f]+')  # in names on one system or another
_NAME_MAX_CHARS = 80


@dataclass(frozen=True, slots=True)
class Original:
    """The file that a notice was read from, as far as the library has it."""

    format: str  # txt, md, html, pdf, docx, jsonl
    size_bytes: int | None = None  # None where no copy is kept

    @property
    def said(self) -> str:
        """PDF，1.2 MB."""
        return f"{self.format.upper()}，{_size(self.size_bytes or 0)}"


def content_kind(file_format: str) -> str:
    """The content type under which a file is handed over."""
    return _KINDS.get(file_format, _ANY_KIND)


def original_name(source: str, file_format: str) -> str:
    """Under which name the original is saved: the last part of its source, with a suffix of its format."""
    name = PurePosixPath(source).name
    suffixes = _SUFFIXES.get(file_format, (f".{file_format}",))
    suffix = next((each for each in suffixes if name.lower().endswith(each)), "")
    return _safe(name[: len(name) - len(suffix)]) + (suffix or suffixes[0])


def text_name(notice: Notice) -> str:
    """Under which name its own text is saved."""
    return f"{_safe(notice.title)}.txt"


def text_of(notice: Notice) -> str:
    """Its repaired text, and under it where it comes from."""
    number = f"（{notice.document_number}）" if notice.document_number else ""
    told = f"出处：{titled(notice.title)}{number}，公报文件 {notice.source}。以公报原文为准。"
    return well_formed(f"{notice.text}\n\n────\n{told}\n")


def _safe(name: str) -> str:
    """Fit for a header and for any disk: no control, no quote, no path, no dot in front."""
    cleaned = _FORBIDDEN.sub("_", visible(name)).strip("._ ")
    return cleaned[:_NAME_MAX_CHARS] or "公报文件"


def _size(size_bytes: int) -> str:
    if size_bytes < 1000:
        return f"{size_bytes} 字节"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f} KB"
    return f"{size_bytes / 1_000_000:.1f} MB"
