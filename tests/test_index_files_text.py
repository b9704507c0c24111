import codecs
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.errors import BrokenFile, UnreadableFile, WrongEncoding
from index.files.text import decode

NOTICE = "关于印发《办法》的通知\r\n\n各县（区）人民政府：\n　　现将办法印发给你们。\t2024 年\n"


@pytest.mark.parametrize(
    "raw",
    [
        NOTICE.encode(),
        NOTICE.encode("utf-8-sig"),
        NOTICE.encode("utf-16"),
        codecs.BOM_UTF16_BE + NOTICE.encode("utf-16-be"),
        NOTICE.encode("utf-16-le"),
        NOTICE.encode("utf-16-be"),
        NOTICE.encode("gb2312"),
        NOTICE.encode("gbk"),
        NOTICE.encode("gb18030"),
        b"\x84\x31\x95\x33" + NOTICE.encode("gb18030"),  # GB18030 with a byte order mark
    ],
)
def test_the_encodings_of_chinese_files_are_read_and_line_ends_kept(raw: bytes) -> None:
    assert decode(raw, "通知.txt") == NOTICE


@pytest.mark.parametrize("text", ["市", "（2024）——", "hello", "上𠮷\n", "", "吉林省临时性救助", "民國政府公告"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_short_texts_are_read(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    ("encoding", "text", "named"),
    [
        ("big5", "臺北市政府公告：本市各機關學校應於期限內辦理登記，請市民多加利用。", "Big5"),
        ("shift_jis", "市役所からのお知らせです。来週の水曜日はお休みです。", "Shift_JIS"),
        ("euc_jp", "市役所からのお知らせです。来週の水曜日はお休みです。", "EUC-JP"),
        ("euc_kr", "대한민국은 민주공화국이다. 서울특별시는 다음 달부터 버스 요금을 인상한다.", "EUC-KR"),
        ("latin-1", "Les élèves de l'école où naît l'été", "既不是 UTF-8"),
        ("cp1251", "Все люди рождаются свободными и равными", "既不是 UTF-8"),
        ("utf-32", "关于印发", "UTF-32"),
    ],
)
def test_other_encodings_are_named_not_shown_as_garbage(encoding: str, text: str, named: str) -> None:
    with pytest.raises(WrongEncoding, match="另存为 UTF-8") as refused:
        decode(text.encode(encoding), "公告.txt")
    assert named in str(refused.value)
    assert "“公告.txt”" in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (NOTICE.encode() + "市".encode()[:2], "UTF-8，但第 5 行"),
        ((NOTICE + "市").encode("gb18030")[:-1], "GB18030，但第 5 行"),
        (b"\xff\xfe" + NOTICE.encode("utf-16-le") + b"\x00", "UTF-16，但第 "),
        (b"\xff\xfe\x00\xd8\x41\x00", "UTF-16，但第 3 个字节"),
    ],
)
def test_damage_is_located(raw: bytes, named: str) -> None:
    with pytest.raises(WrongEncoding) as refused:
        decode(raw, "通知.txt")
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (b"%PDF-1.7\n", "PDF 文件"),
        (b"PK\x03\x04\x14\x00", "压缩文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "旧版 Office"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"\x00\x01\x02\x03\x04", "空字节"),
        (b"\x01\x02\x03\x04 a", "控制字符"),
        (codecs.BOM_UTF8 + "市\0".encode(), "不是文本"),
    ],
)
def test_what_is_no_text_is_refused(raw: bytes, named: str) -> None:
    with pytest.raises(BrokenFile, match=named):
        decode(raw, "a.txt")


def test_form_feeds_and_a_rare_control_character_are_text() -> None:
    assert decode("第一页\f第二页，完\x1a".encode(), "a.txt") == "第一页\f第二页，完\x1a"


@settings(deadline=None)
@given(st.binary(max_size=300))
@example(b"\x83\x36\xc7\x38")
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(UnreadableFile):
        text = decode(raw, "a.txt")
        assert "\0" not in text
        assert text.encode("utf-8").decode("utf-8") == text  # no lone surrogates


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_any_utf_8_text_is_read_untouched(text: str) -> None:
    assert decode(codecs.BOM_UTF8 + text.encode(), "a.txt") == text
