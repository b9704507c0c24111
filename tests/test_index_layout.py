"""Repair: each trap once, by hand; then the laws that hold for any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.layout import repair
from index.records import Span
from tests.gazette_samples import LINE_BREAKS, bundled, odd_texts

WRAPPED = (  # 16 characters a line, a blank line after each
    "第一条 为了规范城市供水管理工作，\n\n保障城市生产生活用水和其他各项用\n\n水，维护供水单位和用户的合法权益，\n\n"
    "根据有关法律法规，结合本市实际，\n\n制定本办法。\n\n第二条 本市行政区域内城市供水的\n\n"
    "规划建设经营使用和监督管理工作，\n\n适用本办法，共涉及居民2636 户。\n\n"
)


def paragraphs(source: str) -> list[str]:
    layout = repair(source)
    return [layout.body.text[p.start : p.end] for p in layout.paragraphs]


# ── wraps and page breaks ───────────────────────────────────────────────────────────────────────────────────────


def test_hard_wraps_are_joined_and_articles_stay_apart() -> None:
    assert paragraphs(WRAPPED) == [
        "第一条 为了规范城市供水管理工作，保障城市生产生活用水和其他各项用水，维护供水单位和用户的合法权益，"
        "根据有关法律法规，结合本市实际，制定本办法。",
        "第二条 本市行政区域内城市供水的规划建设经营使用和监督管理工作，适用本办法，共涉及居民2636户。",
    ]


def test_a_line_that_begins_with_a_count_heads_nothing() -> None:
    wrapped = WRAPPED + "\n\n全省安排的第二批改革事项共\n\n18 项，确定推广以下16项。"
    assert paragraphs(wrapped)[-1] == "全省安排的第二批改革事项共18项，确定推广以下16项。"


def test_what_little_ends_a_roles_line_is_joined_to_it() -> None:
    wrapped = WRAPPED + "\n\n组 长：市发展和改革委员会主要负\n\n责人。\n\n成员单位：市水务局。"
    assert paragraphs(wrapped)[-2:] == ["组长：市发展和改革委员会主要负责人。", "成员单位：市水务局。"]


def test_a_line_set_wide_loses_its_spaces_and_names_nobody() -> None:
    wide = " 应 当 参 照 《供 水 应 急 预\n\n案》，编制本地区的供水应\n\n急预案，报批。"
    assert paragraphs(f"{WRAPPED}\n\n第三条 各部门\n\n{wide}")[-1] == (
        "应当参照《供水应急 预案》，编制本地区的供水应急预案，报批。"
    )


def test_whole_paragraphs_are_left_as_they_are() -> None:
    source = "各级各部门要落实责任。\n市民政局负责监督。\n本通知自印发之日起施行。"
    assert paragraphs(source) == source.split("\n")


@pytest.mark.parametrize(
    ("source", "whole"),
    [
        ("全市改造小区三百个，推荐1\n\n人为代表。", "全市改造小区三百个，推荐1人为代表。"),
        ("全市改造小区三百个，覆盖率达到\n\n80%以上。", "全市改造小区三百个，覆盖率达到80%以上。"),
        ("全市改造小区三百个，\n 并验收。", "全市改造小区三百个，并验收。"),
        ("根据《城市供水\n\n条例》制定。", "根据《城市供水条例》制定。"),  # an open bracket
        ("依照临政发〔2024〕\n\n12号执行，", "依照临政发〔2024〕12号执行，"),
        ("第一条 供水单位应当依照第\n\n五条的规定办理。", "第一条 供水单位应当依照第五条的规定办理。"),
    ],
)
def test_a_page_break_inside_a_sentence_is_closed(source: str, whole: str) -> None:
    assert paragraphs(source) == [whole]


def test_characters_repeated_across_a_break_are_dropped_from_the_second_page() -> None:
    source = "各级各部门要严格落实责任，确保完成\n\n完成年度目标任务。"
    layout = repair(source)
    assert layout.body.text == "各级各部门要严格落实责任，确保完成年度目标任务。"
    place = layout.body.text.index("完成年度")
    # 完成 of the first page, then 年度 of the second
    assert layout.body.origins.source_span(Span(place, place + 4)) == Span(source.index("完成"), source.index("目标"))


def test_one_character_is_repeated_only_where_punctuation_follows() -> None:
    assert paragraphs("各部门，由民政、财政\n\n政，共同落实。") == ["各部门，由民政、财政，共同落实。"]
    assert paragraphs("各部门，由县、区、市\n\n市场监管局落实。") == ["各部门，由县、区、市市场监管局落实。"]


def test_nothing_is_dropped_after_a_full_stop() -> None:
    assert paragraphs("要完成任务。\n任务。由市政府下达。") == ["要完成任务。", "任务。由市政府下达。"]


def test_latin_words_are_joined_with_a_space_that_stands_for_the_line_break() -> None:
    source = "本市采用标准，即 Water<br>\nQuality 标准。"
    layout = repair(source)
    assert layout.body.text == "本市采用标准，即Water Quality标准。"
    assert source[layout.body.origins.source_offset(layout.body.text.index(" "))] == "\n"


# ── furniture ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "furniture",
    [
        "·市政府文件·",
        "•市政府文件•",
        "临河市人民政府公报",
        "临河市人民政府公报 2024·4",
        "20242024··44临河市人民政府公报",
        "临河市人民政府公报（总第 12 期）",
        "临\n河\n市\n人\n民\n政\n府\n公\n报",
        "—12—",
        "- 12 -",
        "－ 12 －",
        "第12页",
        "第 12 页 / 共 40 页",
        "12",
        "·12·",
    ],
)
def test_furniture_inside_a_sentence_is_removed(furniture: str) -> None:
    source = f"各级各部门要严格落实工作责任，\n{furniture}\n确保完成年度目标任务。"
    assert paragraphs(source) == ["各级各部门要严格落实工作责任，确保完成年度目标任务。"]


def test_furniture_between_a_heading_and_its_text_is_removed() -> None:
    source = "一、总体要求\n·市政府文件·\n要严格落实责任，完成任务。"
    assert paragraphs(source) == ["一、总体要求", "要严格落实责任，完成任务。"]


def test_lines_that_recur_with_a_rising_number_are_furniture_whatever_they_say() -> None:
    page = "各级各部门要落实责任。\n市民政局、市财政局要加强监督。\n全市要完成任务。\n" * 4
    assert "".join(paragraphs("".join(f"政务公开 {n}\n{page}" for n in (3, 4, 5)))) == page.replace("\n", "") * 3
    assert "政务公开3" in paragraphs(f"政务公开 3\n{page}")  # once is a heading


def test_a_number_of_a_table_is_no_page_number() -> None:
    assert paragraphs("序号\n1\n2\n3\n决策事项\n供水方案\n供热方案\n供气方案") == [
        *("序号", "1", "2", "3", "决策事项", "供水方案", "供热方案", "供气方案")
    ]


def test_the_number_of_an_item_is_no_page_number() -> None:
    assert paragraphs("要做到以下几点：\n1.\n落实责任。") == ["要做到以下几点：", "1.", "落实责任。"]


def test_the_word_gazette_in_a_sentence_is_no_header() -> None:
    source = "本办法在临河市人民政府公报上公布。"
    assert paragraphs(source) == [source]


def test_markup_goes_and_headings_keep_their_depth() -> None:
    layout = repair("# 一、总则\n\n### （一）范围\n供水<sup>2</sup>面积**大**\u200b。\n- 甲项\n* 乙项")
    assert layout.body.text == "一、总则\n（一）范围\n供水2面积大。\n甲项\n乙项"
    assert layout.levels == (1, 3, 0, 0, 0)


# ── doubled titles ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("供水管理实施方案供水管理实施方案", "供水管理实施方案"),
        ("《《供水管理办法供水管理办法》》政策解读政策解读", "《供水管理办法》政策解读"),
        ("供水管理实施方案供水管理实施办法", "供水管理实施方案供水管理实施办法"),
        ("研究研究", "研究研究"),  # too short to be a title
        ("哈哈哈哈哈哈", "哈哈哈哈哈哈"),  # a laugh
    ],
)
def test_a_doubled_title_loses_its_second_half(printed: str, meant: str) -> None:
    assert paragraphs(f"{printed}\n正文在此。") == [meant, "正文在此。"]


def test_what_is_left_of_a_doubled_title_is_its_first_half() -> None:
    source = "供水管理实施方案供水管理实施方案\n正文在此。"
    assert repair(source).body.origins.source_span(Span(0, 8)) == Span(0, 8)


# ── what must not be joined, and spaces ─────────────────────────────────────────────────────────────────────────


def test_signature_date_and_mark_stand_alone() -> None:
    source = "特此通知。\n\n临河市人民政府\n\n2024年6月13日\n\n（此件公开发布）\n\n临河市供水办法"
    assert paragraphs(source) == source.split("\n\n")


def test_rows_with_tabs_keep_their_cells() -> None:
    source = "地区\t人数\t金额\n甲区\t\t12\n\t合计\t12"
    assert paragraphs(source) == source.split("\n")


def test_names_and_labels_lose_their_padding_and_columns_stay_apart() -> None:
    assert paragraphs("组　长：王　伟　副市长\n成　员：张三丰　水利局局长") == [
        "组长：王伟　副市长",
        "成员：张三丰　水利局局长",
    ]
    assert paragraphs("目　　录") == ["目录"]


def test_spaces_round_digits_and_latin_words_go() -> None:
    assert paragraphs("任务 2636 户，共 35 蒸吨/小时，PM 2.5 达标。") == ["任务2636户，共35蒸吨/小时，PM 2.5达标。"]


def test_the_space_after_a_number_that_heads_a_paragraph_stays() -> None:
    assert paragraphs("第三条 供水。\n2.1 组织机构\n3 预警") == ["第三条 供水。", "2.1 组织机构", "3 预警"]


@pytest.mark.parametrize("nothing", ["", "\n\n", " \t　\r\n", "\u200b", "—12—", "\x1c\x85\u2028"])
def test_nothing_gives_no_paragraphs(nothing: str) -> None:
    layout = repair(nothing)
    assert (layout.body.text, layout.paragraphs, layout.levels) == ("", (), ())


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────────


def assert_lawful(source: str) -> None:
    layout = repair(source)
    body = layout.body
    runs = [*zip(body.origins.starts, body.origins.sources, strict=True), (len(body.text), len(source))]
    for (start, at), (end, following) in pairwise(runs):
        assert start < end, "an empty run"
        assert at + end - start <= following, "not a subsequence"
        for character, original in zip(body.text[start:end], source[at : at + end - start], strict=True):
            assert character == original or (character in "\n " and original in LINE_BREAKS), (character, original)
    assert [body.text[p.start : p.end] for p in layout.paragraphs] == (body.text.split("\n") if body.text else [])
    assert len(layout.levels) == len(layout.paragraphs)
    assert all(body.text[p.start : p.end].strip() for p in layout.paragraphs)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_repaired_from_its_own_characters(source: str) -> None:
    assert_lawful(source)


@settings(deadline=None, max_examples=120)
@given(odd_texts())
@example("供水管理实施方案Aa供水管理实施方案Aa\nab")
@example("甲，Aa\u200b\nab")
def test_torn_gazettes_are_repaired_from_their_own_characters(source: str) -> None:
    assert_lawful(source)


def test_the_gazettes_are_repaired_from_their_own_characters() -> None:
    for document, _ in bundled():
        assert_lawful(document.text)


def test_repair_is_at_rest_with_what_it_made() -> None:
    once = repair(WRAPPED).body.text
    assert repair(once).body.text == once


def test_the_rest_of_an_item_is_joined_over_a_page_break_where_it_ends_like_one() -> None:
    """An item of a list in whole paragraphs, cut in a word by the page; a heading's own paragraph ends a sentence."""
    rest = "人住院记录（出院小结、病历首页）、结算单据、医疗费用发票的原件及复印件，门诊慢特病和门诊特药收费票据等；"
    cut = f"（二）提出申请之月前12个月内，患者本\n\n{rest}\n\n（三）填写申请表，并承诺所填信息真实；\n"
    assert "患者本人住院记录" in repair(cut).body.text
    headed = "（二）加强领导，落实责任\n\n各县（区）要把这项工作摆上重要议事日程，层层落实责任。\n"
    assert "责任\n各县" in repair(headed).body.text
