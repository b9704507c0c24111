from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.provisions import provisions
from index.records import Passage, Provision, ProvisionKind, Span
from qa.choose import laid_out
from qa.cited import cited
from qa.units import LONG, Unit, clauses, units
from tests.gazette_samples import odd_texts
from tests.qa_fakes import passages

HEAD = "衡水市人民政府\n关于加强内河管理的通知\n衡政发〔2024〕15号\n各县（市、区）人民政府：\n"
FOOT = "\n衡水市人民政府\n2024年8月9日\n"


def read(body: str) -> list[Unit]:
    """The units of a notice with this body."""
    return units_of(passages(HEAD + body + FOOT, max_chars=400))


def units_of(found: list[Passage]) -> list[Unit]:
    trees = {p.notice.id: provisions(p.notice) for p in found}
    return units(found, trees.__getitem__)


def words_of(unit: Unit, part: str) -> str:
    """The notice's words under the unit's `lead` or `remark`."""
    span = getattr(unit, part)
    return "" if span is None else unit.notice.text[span.start : span.end]


def test_each_sentence_of_an_article_is_a_unit_and_a_label_stays_with_what_it_names() -> None:
    found = read("第一条 河道清淤每年一次。淤泥不得外运。\n第二条 清淤费。每方30元。")
    assert [(u.address, u.text) for u in found if u.kind is ProvisionKind.ARTICLE] == [
        ("第一条", "第一条 河道清淤每年一次。"),
        ("第一条", "淤泥不得外运。"),
        ("第二条", "第二条 清淤费。每方30元。"),
    ]


def test_an_item_knows_the_head_sentence_that_governs_it() -> None:
    found = read("第一条 有下列情形之一的，不予清淤：\n（一）河床为岩石的；\n（二）水深不足一米的。")
    head, item = (next(u for u in found if words in u.text) for words in ("不予清淤", "岩石"))
    assert (item.address, item.kind) == ("第一条第（一）项", ProvisionKind.ITEM)
    assert words_of(item, "lead") == "第一条 有下列情形之一的，不予清淤："
    assert "加强内河管理" in item.around
    assert head.lead is None


def test_a_line_on_who_leads_a_group_leans_on_the_heading_that_names_it() -> None:
    found = read("一、清淤现场\n（一）后勤保障组\n组长：县长。\n主要职责：供电、照明。\n（二）工作要求\n组长：须到场。")
    owned = {u.text: words_of(u, "owner") for u in found}
    assert owned["组长：县长。"] == owned["主要职责：供电、照明。"] == "后勤保障组"
    assert owned["组长：须到场。"] == ""  # 工作要求 is no body


def test_an_amount_leans_on_a_label_that_names_what_it_is_for() -> None:
    found = read(
        "一、奖励\n1.创新药。指一类药。\n获批的，给予200万元奖励。\n2.加快清淤。抓紧干。\n完成的，给予3万元奖励。"
    )
    owned = {u.text: words_of(u, "owner") for u in found}
    assert owned["获批的，给予200万元奖励。"] == "创新药"
    assert owned["完成的，给予3万元奖励。"] == ""  # the line of 加快清淤 does not say what that is


def test_what_falls_under_a_grade_leans_on_the_heading_that_names_the_grade() -> None:
    found = read("4.1 二级响应\n有下列情形的：\n（1）没了三个人的；\n（2）伤了十个人的。\n4.2 物资\n（1）备足沙袋。")
    owned = {u.text: words_of(u, "owner") for u in found}
    assert owned["（1）没了三个人的；"] == owned["（2）伤了十个人的。"] == "二级响应"
    assert owned["有下列情形的："] == owned["（1）备足沙袋。"] == ""


def test_a_paragraph_that_says_who_sees_to_it_holds_for_those_before_it_under_its_heading() -> None:
    found = read("（一）清淤\n河道每年清淤。\n责任单位：市水务局牵头。\n（二）植树\n河岸植树。")
    seen_to = {u.text: words_of(u, "seen_to") for u in found}
    assert seen_to["（一）清淤"] == seen_to["河道每年清淤。"] == "责任单位：市水务局牵头。"
    assert seen_to["责任单位：市水务局牵头。"] == seen_to["河岸植树。"] == ""
    assert words_of(next(u for u in found if u.text.startswith("责任")), "owner") == "清淤"


def test_a_remark_holds_for_what_stands_between_it_and_the_one_before() -> None:
    found = read(
        "主河道应当每年清淤一次以上。淤泥全部运往砖厂。（市水务局牵头负责）河岸植树（含灌木带）。（市林业局负责）"
    )
    assert [(u.text, words_of(u, "remark")) for u in found if u.kind is ProvisionKind.PARAGRAPH][-3:] == [
        ("主河道应当每年清淤一次以上。", "（市水务局牵头负责）"),
        ("淤泥全部运往砖厂。", "（市水务局牵头负责）"),
        ("河岸植树（含灌木带）。", "（市林业局负责）"),  # a bracket that names nobody is no remark
    ]


def test_a_row_is_read_whole_and_cell_by_cell() -> None:
    found = read("附表 清淤价格表（单位：元/立方米）\n河道\tI级\tIII级\n青苇河\t31\t17\n白露河\t42\t19")
    rows = [u for u in found if u.kind is ProvisionKind.ROW]
    assert [u.text for u in rows] == [  # the head row says nothing by itself
        "青苇河 31 17",
        "青苇河I级：31（元/立方米）",
        "青苇河III级：17（元/立方米）",
        "白露河 42 19",
        "白露河I级：42（元/立方米）",
        "白露河III级：19（元/立方米）",
    ]
    # the row's head, what names the column, the cell: a reader can check that 17 stands under III级
    assert [rows[2].notice.text[s.start : s.end] for s in rows[2].parts] == ["青苇河", "河道\tI级\tIII级", "17"]
    assert rows[2].around.endswith("三级")


def test_a_cell_under_two_head_rows_rests_on_both() -> None:
    found = read("附表 价格区间表\n河道\tI级\t\n\t最高\t最低\n青苇河\t31\t17\n白露河\t42\t19")
    cell = next(u for u in found if u.text == "青苇河I级最低：17")
    assert [cell.notice.text[s.start : s.end] for s in cell.parts] == ["青苇河", "河道\tI级", "最高\t最低", "17"]


def test_a_long_sentence_is_read_in_stretches_that_lose_nothing() -> None:
    sentence = "，".join(f"第{i}号闸门每天早晚各巡查一次" for i in range(20)) + "。"
    parts = [u for u in read(sentence) if "闸门" in u.text]
    assert len(parts) > 2
    assert all(len(u.text) <= LONG for u in parts)
    assert {i for u in parts for i in range(u.span.start, u.span.end)} == set(
        range(parts[0].span.start, parts[0].span.start + len(sentence))
    )


def test_a_unit_that_two_passages_hold_comes_once_and_from_the_better_one() -> None:
    found = passages(HEAD + "第一条 河道清淤每年一次。" + FOOT)
    assert units_of([*found, *found]) == units_of(found)


@settings(max_examples=60, deadline=None)
@given(odd_texts(), st.integers(20, 400))
def test_a_unit_is_the_notices_own_words(text: str, max_chars: int) -> None:
    for unit in units_of(passages(text, max_chars=max_chars)):
        own = unit.notice.text[unit.span.start : unit.span.end]
        assert unit.text.strip()
        assert unit.kind is ProvisionKind.ROW or unit.text == own


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "做到“手机点一点，服务送上门”，全市（含县，区）推行；办好",
            ["做到“手机点一点，服务送上门”，", "全市（含县，区）推行；", "办好"],
        ),
        ("落实《甲，乙》，完成", ["落实《甲，乙》，", "完成"]),
        ("“没有闭合，完", ["“没有闭合，", "完"]),
    ],
)
def test_no_clause_ends_within_quotes_or_brackets(text: str, parts: list[str]) -> None:
    assert [text[span.start : span.end] for span in clauses(text, Span(0, len(text)))] == parts


def test_a_penalty_is_read_with_what_it_names_by_number() -> None:
    found = read(
        "第一条 任何人不得有下列行为：\n（一）向河道倾倒垃圾；\n（二）在堤上放牧。\n"
        "第二条 违反本办法第一条第（一）项规定的，处二百元罚款。\n有前款行为，拒不改正的，处五百元罚款。\n"
        "第三条 违反国家规定的，从其规定。"
    )
    named = {u.text: [u.notice.text[each.start : each.end] for each in u.cited] for u in found}
    assert named["第二条 违反本办法第一条第（一）项规定的，处二百元罚款。"] == ["（一）向河道倾倒垃圾；"]
    assert named["有前款行为，拒不改正的，处五百元罚款。"][0].startswith("第二条 违反本办法")
    assert named["第三条 违反国家规定的，从其规定。"] == []
    penalty = next(u for u in found if "二百元" in u.text)
    assert "倾倒垃圾" in penalty.around
    assert laid_out(penalty)[1].endswith("（（一）向河道倾倒垃圾；）")


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("违反本条例第十五条、第十七条规定的", ["第十五条", "第十七条"]),
        ("有本条例第二十条第（四）、（五）项规定行为的", ["第二十条第（四）项", "第二十条第（五）项"]),
        ("违反本办法第12条第二款第三项规定", ["第十二条第二款第（三）项"]),
        ("违反本规定第九条第一款的", ["第九条"]),
        ("依照《食品安全法》第三十条处罚", []),
        ("违反本条例第99999条规定的", []),
    ],
)
def test_what_a_clause_names_by_number(text: str, addresses: list[str]) -> None:
    tree = [Provision(ProvisionKind.ARTICLE, each, "", Span(at, at + 1), None, 0) for at, each in enumerate(addresses)]
    held = passages(HEAD + "第一条 河道清淤每年一次。" + FOOT, max_chars=400)[0].notice
    assert [span.start for span in cited(held, tree, None, text)] == [each.span.start for each in tree]
