import io
import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.files.jsonl
from index.errors import UnreadableFile, WrongEncoding
from index.files.jsonl import read_jsonl
from index.records import Document


def read(raw: str | bytes) -> tuple[list[Document], list[str]]:
    return read_jsonl(io.BytesIO(raw.encode() if isinstance(raw, str) else raw), "公文.jsonl", "/库/公文.jsonl")


def line(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False) + "\n"


GOOD = line(id="n1", title="通知", text=" 正文\r\n第二行 ")


def test_a_line_is_one_notice_and_its_text_untouched() -> None:
    assert read("\ufeff\n" + GOOD) == (
        [
            Document(
                source="n1",
                text=" 正文\r\n第二行 ",
                sha256=sha256(GOOD.rstrip("\n").encode()).hexdigest(),
                format="jsonl",
                title="通知",
                one_notice=True,
                path="/库/公文.jsonl",
            )
        ],
        [],
    )


def test_the_last_line_needs_no_end_and_the_title_may_be_absent() -> None:
    documents, problems = read(GOOD + line(id="n2", text="乙") + line(id="n3", text="丙", title=None).rstrip())
    assert [(one.source, one.title) for one in documents] == [("n1", "通知"), ("n2", ""), ("n3", "")]
    assert problems == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"id": "x", "text": "断\n', "不是完整的 JSON"),
        ("[" * 100_000 + "\n", "不是完整的 JSON"),
        ("9" * 5000 + "\n", "不是完整的 JSON"),
        ("[1]\n", "不是 JSON 对象"),
        (line(text="甲"), "缺少 id"),
        (line(id=7, text="甲"), "id 不是字符串"),
        (line(id=" ", text="甲"), "id 为空或含有控制字符"),
        (line(id="a\nb", text="甲"), "id 为空或含有控制字符"),
        (line(id="n1", text="甲"), "id“n1”与第 1 行重复"),
        (line(id="x"), "缺少 text"),
        (line(id="x", text=["甲"]), "text 不是字符串"),
        (line(id="x", text=" \n"), "text 没有内容"),
        (line(id="x", text="甲\0"), "text 含有无法保存的字符"),
        ('{"id": "x", "text": "\\ud83d"}\n', "text 含有无法保存的字符"),
        (line(id="x", text="甲", title=3), "title 不是字符串"),
        ('{"id": "x", "text": "é"}\n'.encode("latin-1").decode("utf-8", "surrogateescape"), "文字编码"),
    ],
)
def test_a_bad_line_is_named_and_costs_none_of_the_others(bad: str, reason: str) -> None:
    raw = (GOOD + bad + line(id="n3", text="丙")).encode("utf-8", "surrogateescape")
    documents, problems = read(raw)
    assert [one.source for one in documents] == ["n1", "n3"]
    assert len(problems) == 1
    assert problems[0].startswith(f"文件“公文.jsonl”第 2 行没有读取：{reason}")
    assert '{"id": "编号", "title": "标题", "text": "正文"}' in problems[0]


def test_many_bad_lines_are_counted() -> None:
    _, problems = read(GOOD + "坏\n" * 50)
    assert len(problems) == 21
    assert problems[-1].startswith("文件“公文.jsonl”还有 30 行没有读取。")


def test_lines_in_gb18030_are_read() -> None:
    documents, problems = read(GOOD.encode("gb18030"))
    assert (documents[0].text, problems) == (" 正文\r\n第二行 ", [])


def test_utf_16_is_named() -> None:
    with pytest.raises(WrongEncoding, match="UTF-16"):
        read(GOOD.encode("utf-16"))


def test_a_line_without_end_is_skipped_without_being_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.files.jsonl, "MAX_LINE_BYTES", 200)
    documents, problems = read(line(id="big", text="甲" * 500) + GOOD)
    assert [one.source for one in documents] == ["n1"]
    assert len(problems) == 1
    assert "第 1 行没有读取：超过" in problems[0]


@pytest.mark.parametrize("raw", ["", "\n \n", "坏\n", "甲,乙\n"])
def test_a_file_without_a_good_line_is_refused(raw: str) -> None:
    with pytest.raises(UnreadableFile, match=r"“公文\.jsonl”里没有一行可读"):
        read(raw)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(raw)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_around_a_good_line_cost_it_nothing(raw: bytes) -> None:
    documents, _ = read(b"\n".join((b"{}", raw, GOOD.encode())))
    assert [one.source for one in documents] == ["n1"]
