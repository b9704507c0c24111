"""PDF → the words of its text layer, page by page. The door to pypdfium2, which two threads may not use at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING
from unicodedata import category

from index.errors import BrokenFile, UnsupportedFormat

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_HEAD_BYTES = 1024  # within which a PDF must begin
_TAIL_BYTES = 4096  # within which it must end: some servers append a few words
_FEW_LETTERS = 20  # a page: on pictures, fewer are stamps and page numbers
_PICTURE_SHARE = 0.25  # of the page's area
_GARBLED_SHARE = 0.3
_HYPHENS = re.compile("[\u0002\ufffe]")  # pdfium's signs for a hyphen at the end of a line, which it takes away


@dataclass(frozen=True, slots=True)
class PdfText:
    """The pages' texts, one after the other, and where each page begins."""

    text: str
    page_starts: tuple[int, ...]
    picture_pages: tuple[int, ...]  # pages, from 1, that are a picture with hardly a word: likely scanned


def read_pdf(raw: bytes, name: str) -> PdfText:
    """The text layer; lines end with \\n, and so does every page that holds words, but the last page.

    Words outside the visible page are left out. Raises BrokenFile for a cut, damaged or encrypted file,
    UnsupportedFormat where there is no text layer, or one without meaning.
    """
    if b"%PDF-" not in raw[:_HEAD_BYTES]:
        raise BrokenFile(f"文件“{name}”不是 PDF，或开头已损坏。请重新下载或导出后再试。")
    if b"%%EOF" not in raw[-_TAIL_BYTES:]:  # pdfium would repair it and lose pages without a word
        raise BrokenFile(f"文件“{name}”不完整：缺少 PDF 的结尾，可能没有下载完。请重新下载或导出后再试。")
    texts, pictures = _pages(raw, name)
    letters = [_letters(text) for text in texts]
    if not any(letters) or (pictures and max(letters) < _FEW_LETTERS):
        raise UnsupportedFormat(f"文件“{name}”读不出文字：它是扫描件。请提供带文字层的 PDF 或 DOCX。")
    if sum(_meaningless(char) for text in texts for char in text) > _GARBLED_SHARE * sum(letters):
        raise UnsupportedFormat(
            f"文件“{name}”的文字层是乱码（字体没有标明对应的文字）。请提供 DOCX，或重新导出的 PDF。"
        )
    ends = list(accumulate(map(len, texts), initial=0))
    return PdfText("".join(texts), tuple(ends[:-1]), tuple(pictures))


def _pages(raw: bytes, name: str) -> tuple[list[str], list[int]]:
    """The text of each page, and the numbers of the pages that are pictures."""
    import pypdfium2

    texts: list[str] = []
    pictures: list[int] = []
    try:
        with pypdfium2.PdfDocument(raw) as document:
            for number in range(1, len(document) + 1):
                page = document[number - 1]
                text = _page_text(page)
                texts.append(text + "\n" if text and number < len(document) else text)
                if _letters(text) < _FEW_LETTERS and _is_picture(page):
                    pictures.append(number)
                page.close()
    except pypdfium2.PdfiumError as exc:
        if exc.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise BrokenFile(f"文件“{name}”加了密码，不能读取。请去掉密码后再试。") from exc
        where = f"第 {len(texts) + 1} 页" if texts else ""
        raise BrokenFile(f"文件“{name}”{where}已损坏，不能读取。请重新下载或导出后再试。") from exc
    return texts, pictures


def _page_text(page: PdfPage) -> str:
    words = page.get_textpage()
    try:
        # bounded, because the plain call holds words outside the page
        text: str = words.get_text_bounded()
    finally:
        words.close()
    return _HYPHENS.sub("-", text).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").rstrip("\n")


def _is_picture(page: PdfPage) -> bool:
    """Pictures cover a quarter of the page or more."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    width, height = page.get_size()
    covered: float = 0
    for picture in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = picture.get_bounds()
        covered += (right - left) * (top - bottom)
    return bool(covered >= _PICTURE_SHARE * width * height)


def _letters(text: str) -> int:
    return sum(not char.isspace() for char in text)


def _meaningless(char: str) -> bool:
    return char == "\ufffd" or (category(char) in ("Cc", "Cn", "Co") and not char.isspace())
