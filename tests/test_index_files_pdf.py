import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.errors import BrokenFile, UnreadableFile, UnsupportedFormat
from index.files.pdf import read_pdf

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
ONE_PIXEL = b"P6 1 1 255 \x80\x80\x80"


def pdf(*pages: str, pictures: frozenset[int] = frozenset(), **options: Any) -> bytes:
    """One page a text, lines parted by \\n; pages whose number is in `pictures` are covered by one."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(500, 700), **options)
    for number, text in enumerate(pages, 1):
        canvas.setFont("STSong-Light", 12)
        if number in pictures:
            canvas.drawImage(ImageReader(io.BytesIO(ONE_PIXEL)), 0, 0, 500, 700)
        canvas.rect(10, 10, 100, 50)
        for line, words in enumerate(text.split("\n")):
            canvas.drawString(50, 650 - 20 * line, words)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_each_page_knows_where_it_begins() -> None:
    read = read_pdf(pdf("第一条 为了\n规范管理", "", "第二条 本办法"), "通知.pdf")
    assert read.text == "第一条 为了\n规范管理\n第二条 本办法"
    assert read.page_starts == (0, 12, 12)  # page 2 is bare
    assert read.picture_pages == ()


def test_a_hyphen_at_the_end_of_a_line_is_kept() -> None:
    assert read_pdf(pdf("见附件 Form-\nA 和附表"), "a.pdf").text == "见附件 Form-A 和附表"


def test_words_outside_the_page_are_left_out() -> None:
    assert read_pdf(pdf("页内" + "　" * 60 + "页外"), "a.pdf").text.strip() == "页内"


@pytest.mark.parametrize(
    ("pages", "pictures"),
    [
        (("", ""), frozenset()),  # nothing but a rectangle
        (("", ""), frozenset((1, 2))),
        (("— 1 —", "— 2 —"), frozenset((1, 2))),  # pictures with page numbers over them
    ],
)
def test_a_scan_is_named(pages: tuple[str, ...], pictures: frozenset[int]) -> None:
    with pytest.raises(UnsupportedFormat) as refused:
        read_pdf(pdf(*pages, pictures=pictures), "通知.pdf")
    assert str(refused.value) == "文件“通知.pdf”读不出文字：它是扫描件。请提供带文字层的 PDF 或 DOCX。"


def test_a_short_notice_is_no_scan() -> None:
    assert read_pdf(pdf("放假一天"), "a.pdf").text == "放假一天"
    assert read_pdf(pdf("放假一天，请相互转告，特此通知。" * 2, pictures=frozenset([1])), "a.pdf").picture_pages == ()


def test_single_scanned_pages_are_told() -> None:
    read = read_pdf(pdf("关于印发办法的通知，请遵照执行。" * 2, "", "附件", pictures=frozenset((2, 3))), "a.pdf")
    assert read.picture_pages == (2, 3)


def test_a_text_layer_without_meaning_is_refused() -> None:
    with pytest.raises(UnsupportedFormat, match="乱码"):
        read_pdf(pdf("\ue000\ue001\ue002\ue003甲"), "a.pdf")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (pdf("正文", encrypt=StandardEncryption("secret", canPrint=0)), "加了密码"),
        (pdf("正文")[: len(pdf("正文")) // 2], "不完整"),
        (b"<html>404</html>", "不是 PDF"),
        (b"%PDF-1.7\n%%EOF", "已损坏"),
    ],
)
def test_what_cannot_be_opened_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(BrokenFile, match=reason) as refused:
        read_pdf(raw, "通知.pdf")
    assert "“通知.pdf”" in str(refused.value)


def test_a_file_that_only_forbids_printing_is_read() -> None:
    raw = pdf("正文", encrypt=StandardEncryption("", ownerPassword="secret", canPrint=0))
    assert read_pdf(raw, "a.pdf").text == "正文"


GOOD = pdf("第一条", "第二条")


@settings(deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=6))
def test_a_damaged_file_is_read_or_refused(at: int, damage: bytes) -> None:
    try:
        read = read_pdf(GOOD[:at] + damage + GOOD[at + len(damage) :], "a.pdf")
    except UnreadableFile:
        return
    assert read.text.strip()
    assert list(read.page_starts) == sorted(read.page_starts)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_pdf(b"%PDF-1.4\n" + raw + b"\n%%EOF", "a.pdf")
