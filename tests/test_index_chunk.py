from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunk import MAX_CHARS, chunk
from index.gazette import parse
from index.provisions import provisions
from index.records import Notice, Span
from index.text import squeeze
from tests.gazette_samples import bundled, document, notice, odd_texts

SENTENCE_END = re.compile(r"[。！？；]+[”’』」）)》〉]*$")
CLAUSE_END = re.compile(r"[，、：,:]+$")


def texts(of: Notice, max_chars: int) -> list[str]:
    return [c.text for c in chunk(of, max_chars=max_chars)]


# ── by hand ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_paragraphs_are_gathered_up_to_the_limit() -> None:
    held = notice("供水办法\n甲乙丙丁戊。\n己庚辛壬癸。\n子丑寅卯辰。")
    assert texts(held, 16) == ["供水办法\n甲乙丙丁戊。\n己庚辛壬癸。\n", "子丑寅卯辰。"]  # 4 + 6 + 6 characters
    assert texts(held, 15) == ["供水办法\n甲乙丙丁戊。\n", "己庚辛壬癸。\n子丑寅卯辰。"]
    assert texts(held, 100) == [held.text]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    held = notice("供水办法\n甲乙丙丁。戊己庚辛！“壬癸子丑。”寅卯辰巳；午未。")
    assert texts(held, 12) == ["供水办法\n", "甲乙丙丁。戊己庚辛！", "“壬癸子丑。”寅卯辰巳；", "午未。"]


def test_a_long_sentence_is_cut_between_clauses_and_a_long_clause_at_half_the_limit() -> None:
    held = notice("供水办法\n甲乙丙，丁戊己，庚辛壬癸。\n子丑寅卯辰巳午未申酉戌亥")
    assert texts(held, 8) == ["供水办法\n", "甲乙丙，丁戊己，", "庚辛壬癸。\n", "子丑寅卯辰巳午未", "申酉戌亥"]


def test_a_line_break_never_stands_alone() -> None:
    held = notice("临河市供水办法临河市供水办法\n甲乙丙丁。")  # 7 characters of furniture before the line break
    assert texts(held, 12) == ["临河市供水办法\n", "甲乙丙丁。"]


def test_a_table_row_is_never_cut() -> None:
    row = "甲区\t" + "水" * 30
    held = notice(f"供水办法\n地区\t内容\n{row}\n乙区\t无")
    assert f"{row}\n" in texts(held, 20)


def test_a_heading_begins_a_new_chunk_once_the_one_before_is_full_enough() -> None:
    held = notice("供水方案\n一、目标\n甲乙丙丁戊己庚辛壬癸。\n二、任务\n子丑寅卯。")
    assert texts(held, 30) == ["供水方案\n一、目标\n甲乙丙丁戊己庚辛壬癸。\n", "二、任务\n子丑寅卯。"]  # 19 > 0.55 × 30
    assert texts(held, 40) == [held.text]  # 19 < 0.55 × 40


def test_an_attachment_begins_a_chunk_of_its_own() -> None:
    held = notice("供水方案\n甲段。\n附件1\n名单。\n附件2\n表格。")
    assert texts(held, 400) == ["供水方案\n甲段。\n", "附件1\n名单。\n", "附件2\n表格。"]


def test_a_chunk_carries_its_address_and_the_headings_above_all_of_it() -> None:
    held = notice(
        "供水方案\n一、总体要求\n（一）工作目标\n甲乙丙丁戊己庚辛壬癸，子丑寅卯辰巳午未申酉戌亥。\n"
        "（二）工作原则\n金木水火土，东南西北中，春夏秋冬，琴棋书画。\n二、主要任务\n任务在此。"
    )
    first, second, third = chunk(held, max_chars=42)
    assert (first.address, first.headings) == ("标题", ())  # the title stands under no heading
    assert (second.address, second.headings) == ("一、（二）", ("总体要求", "工作原则"))
    assert (third.address, third.headings) == ("二、", ("主要任务",))


def test_the_headings_are_context_and_no_part_of_the_text() -> None:
    held = notice("供水方案\n一、总体要求\n甲乙丙丁戊己庚辛。壬癸子丑寅卯辰巳。午未申酉戌亥金木。")
    assert [(c.headings, c.text) for c in chunk(held, max_chars=19)[1:]] == [
        (("总体要求",), "甲乙丙丁戊己庚辛。壬癸子丑寅卯辰巳。"),
        (("总体要求",), "午未申酉戌亥金木。"),
    ]


def test_furniture_inside_a_chunk_counts() -> None:
    header = "·临河市人民政府文件选登·"  # 13 characters, removed from within the sentence
    held = notice(f"供水办法\n甲乙丙丁，\n{header}\n戊己庚辛。")
    assert held.text == "供水办法\n甲乙丙丁，戊己庚辛。"
    assert texts(held, 25) == ["供水办法\n", "甲乙丙丁，戊己庚辛。"]  # 10 characters, 13 of furniture, two line breaks
    assert texts(held, 24) == ["供水办法\n甲乙丙丁，", "戊己庚辛。"]


def test_ids_are_made_from_content() -> None:
    held = notice("供水办法\n甲段。\n乙段。")
    ids = [c.id for c in chunk(held, max_chars=5)]
    assert ids == [c.id for c in chunk(held, max_chars=5)]
    assert len(set(ids)) == len(ids) == 3


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────────


def size(text: str) -> int:
    return len(squeeze(text))


def assert_lawful(of: Notice, max_chars: int) -> None:
    """Chunks tile the notice, hold what they may, and cut no sentence that is not longer than a chunk itself."""
    chunks = chunk(of, provisions(of), max_chars)
    assert "".join(c.text for c in chunks) == of.text
    end = 0
    for c in chunks:
        assert (c.span.start, c.notice_id) == (end, of.id)
        assert c.text == of.text[c.span.start : c.span.end] != ""
        end = c.span.end
        assert size(c.text) <= max_chars or "\t" in c.text
        if c.text.endswith("\n") or end == len(of.text) or SENTENCE_END.search(c.text):
            continue
        before = re.split(r"(?<=[。！？；\n])(?![。！？；”’』」）)》〉])", of.text[:end])[-1]
        after = re.match(r"[^。！？；\n]*[。！？；]*[”’』」）)》〉]*", of.text[end:])
        assert after is not None
        cut = Span(end - len(before), end + after.end())
        source = of.source_span(cut)
        assert size(of.text[cut.start : cut.end]) > max_chars or len(source) > max_chars, before + after.group()


@settings(deadline=None, max_examples=80)
@given(odd_texts(), st.sampled_from((12, 40, MAX_CHARS)))
def test_chunks_of_any_text_tile_it(text: str, max_chars: int) -> None:
    for held in parse(document(text)):
        assert_lawful(held, max_chars)


@settings(deadline=None, max_examples=100)
@given(st.text("甲乙，。；”\n 1", max_size=300), st.sampled_from((12, 40)))
def test_chunks_of_any_sentences_tile_them(text: str, max_chars: int) -> None:
    for held in parse(document(text)):
        assert_lawful(held, max_chars)


def test_chunks_of_the_gazettes_tile_their_notices() -> None:
    for _, found in bundled():
        for held in found:
            assert_lawful(held, MAX_CHARS)


def test_no_chunk_of_the_gazettes_holds_more_than_500_characters_of_the_source() -> None:
    for source, found in bundled():
        for held in found:
            for c in chunk(held):
                span = held.source_span(c.span)
                assert size(source.text[span.start : span.end]) <= 500 or "\t" in c.text, (source.source, c.text)


# ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────

LETTER = "临河市人民政府关于供水的通知\n各县：\n"
HOSTILE = {  # each took minutes, or would not have ended, with patterns that backtrack
    "equal characters": "水" * 50_000,
    "equal digits": "1" * 50_000,
    "spaces inside a line": "甲甲" + " " * 50_000 + "乙乙",
    "a header that is none": ("临河公报" + "1 " * 35 + "甲\n") * 200,
    "mastheads on a line": "公报" * 38 + "甲\n",
    "a page number that is none": "-" + " " * 50_000 + "甲1",
    "a title printed often": "同市政府方案" * 4_000 + "甲乙",
    "brackets": "（" * 20_000 + "《" * 20_000 + "）" * 20_000 + "甲",
    "dots in a table of contents": "目录\n" + "." * 50_000 + "甲\n",
    "padded names": "甲 " * 20_000 + "x",
    "one paragraph of many lines": "这是一个没有结尾的句子，一直写到这里还没有完\n" * 2_000,
    "tables side by side": "序号\n1\n2\n" * 2_000,
    "merged cells": "甲" + "\t" * 20_000 + "\n\t甲\n乙\t1\n丙\t2\n",
    "a rule after spaces": LETTER + "自发布之日起" + " " * 20_000 + "某",
    "many rules": LETTER + "自发布之日起施行，" * 4_000,
    "a term after spaces": LETTER + "有效期" + " " * 50_000 + "某",
    "titles within titles": LETTER + "同时废止《" + "〈甲〉" * 5_000,
    "titles without end": LETTER + "同时废止" + "《甲" * 10_000,
    "many repeals": LETTER + "同时废止" + "".join(f"《甲{i}》、" for i in range(6_000)),
    "a mayor after spaces": "临河市令\n第1号\n市长" + " " * 50_000 + "张三张三张三张三\n2024年1月1日\n甲。",
    "an attachment after spaces": LETTER + "附件" + " " * 50_000 + "某\n",
    "many attachments": LETTER + "附件：1.甲\n" + "".join(f"{i % 99}.甲{i}\n" for i in range(2_000)),
    "attachments without text": "附件\n" * 4_000,
    "websites": LETTER + "附件：1.甲\n1.（" + "见网站" * 10_000,
    "a long article": "甲\n第一条 甲。\n" + "乙。\n" * 4_000,
    "a long number": "甲\n第" + "一" * 20_000 + "章 甲\n" + "乙。\n" * 1_000,
    "explainers": "".join(f"临河市人民政府关于甲{i}的通知\n《甲{i}》政策解读\n" for i in range(1_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long(name: str) -> None:
    started = time.process_time()
    for held in parse(document(HOSTILE[name])):
        chunk(held)
    assert time.process_time() - started < 5  # a fraction of a second on an idle machine
