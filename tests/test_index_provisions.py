from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from index.gazette import parse
from index.provisions import address_of, innermost, provisions
from index.records import Cell, Notice, Provision, ProvisionKind, Span
from tests.gazette_samples import address, bundled, document, notice, odd_texts

REGULATION = notice(
    """临河市供水办法
第一章 总则
第一条 为了供水，制定本办法。
第二条 供水单位应当：
（一）保证水质；
（二）不得中断，但下列情形除外：
1.检修；
2.灾害。
第三条 第一款在此。
第二款在此，包括：
（一）甲事；
（二）乙事。
第三款在此。
第二章 罚则
第一节 一般规定
第四条之一 处以罚款。
""",
    title="临河市供水办法",
)
PLAN = notice(
    """供水方案
一、总体要求
（一）指导思想。要落实责任。
1.分项。要办甲事。
（1）更细。要办乙事。
①最细。要办丙事。
说明段落在此。
二、主要任务
任务在此。
附件1
供水名单
一、甲类
第一水厂。
附件2
第一条 附件的条。
附件的款。
"""
)
EMERGENCY = notice(
    "应急预案\n1 总则\n1.1 编制目的\n为了供水。\n6 响应\n6.3.4 响应终止\n终止后上报。\n7 附则\n本预案施行。\n"
)
GRID = notice(
    "表1 各区情况（单位：万元）\n地区\t行业\t\t合计\n\t工业\t农业\t\n甲区\t1\t2\t3\n乙区\t4\t\t5\n说明在此。\n"
    "地区\t人数\n甲区\t7\n乙区\t8\n"
)
FLATTENED = notice("决策目录\n序号\n1\n2\n决策事项\n供水方案\n供热方案\n承办单位\n市水利局\n市住建局\n2024年6月1日\n")
ROSTER = notice(
    "领导小组名单\n组　长：王　伟　副市长\n成　员：\n张三丰　水利局局长\n赵　六　财政局局长\n办公室设在市水利局。\n"
)


def shape(of: Notice) -> list[tuple[int, str, str]]:
    return [(p.depth, p.kind.value, p.address) for p in provisions(of)]


def words(of: Notice, cells: tuple[Cell, ...]) -> dict[str, str]:
    return {cell.column: of.text[cell.span.start : cell.span.end] for cell in cells}


def rows(of: Notice) -> list[Provision]:
    return [p for p in provisions(of) if p.kind is ProvisionKind.ROW]


# ── addresses ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_regulation_is_a_tree_of_chapters_articles_paragraphs_and_items() -> None:
    assert shape(REGULATION) == [
        (0, "title", "标题"),
        (0, "chapter", "第一章"),
        (1, "article", "第一条"),
        (1, "article", "第二条"),
        (2, "item", "第二条第（一）项"),
        (2, "item", "第二条第（二）项"),
        (3, "subitem", "第二条第（二）项第1目"),
        (3, "subitem", "第二条第（二）项第2目"),
        (1, "article", "第三条"),
        (2, "paragraph", "第三条第二款"),
        (2, "item", "第三条第二款第（一）项"),
        (2, "item", "第三条第二款第（二）项"),
        (2, "paragraph", "第三条第三款"),
        (0, "chapter", "第二章"),
        (1, "section", "第二章第一节"),
        (2, "article", "第四条之一"),
    ]


@pytest.mark.parametrize(
    ("cited", "said"),
    [
        ("为了供水，制定", "第一条"),  # an article of one paragraph is cited as the article, not as 第一款
        ("保证水质", "第二条第（一）项"),  # nor is its item cited below a 第一款
        ("检修", "第二条第（二）项第1目"),
        ("第二款在此", "第三条第二款"),  # 款 are not numbered in print: paragraphs are counted
        ("乙事", "第三条第二款第（二）项"),
        ("第三款在此", "第三条第三款"),  # items are no paragraphs
        ("处以罚款", "第四条之一"),
    ],
)
def test_words_are_cited_the_way_people_say_it(cited: str, said: str) -> None:
    assert address(provisions(REGULATION), REGULATION, cited) == said


def test_the_first_paragraph_of_an_article_that_has_several_is_cited_as_such() -> None:
    tree = provisions(REGULATION)

    def cited(first: str, last: str = "") -> str:
        start = REGULATION.text.index(first)
        return address_of(tree, Span(start, REGULATION.text.index(last or first) + len(last or first)))

    assert cited("第一款在此。") == "第三条第一款"
    assert cited("第一款在此。", "第三款在此。") == "第三条"  # all of it
    assert cited("第二款在此") == "第三条第二款"
    assert cited("为了供水，制定") == "第一条"
    assert address_of((), Span(0, 1)) == ""
    last = notice("临河市供水办法\n第九条 本办法自发布之日起施行。\n附件：1.申请表\n（参考样表）\n2.登记表\n")
    start = last.text.index("本办法自")
    assert address_of(provisions(last), Span(start, start + 4)) == "第九条"  # what is attached is no 款


@pytest.mark.parametrize(
    ("cited", "said"),
    [
        ("要落实责任", "一、（一）"),
        ("要办甲事", "一、（一）1."),
        ("要办乙事", "一、（一）1.（1）"),
        ("要办丙事", "一、（一）1.（1）①"),
        ("任务在此", "二、"),
        ("供水名单", "附件1 第1段"),
        ("第一水厂", "附件1 一、"),
        ("附件的条", "附件2 第一条"),
        ("附件的款", "附件2 第一条第二款"),
    ],
)
def test_a_plan_is_cited_by_its_headings_and_an_attachment_by_its_number(cited: str, said: str) -> None:
    assert address(provisions(PLAN), PLAN, cited) == said


def test_decimals_are_cited_alone() -> None:
    tree = provisions(EMERGENCY)
    assert address(tree, EMERGENCY, "为了供水") == "1.1"
    assert address(tree, EMERGENCY, "终止后上报") == "6.3.4"
    assert address(tree, EMERGENCY, "本预案施行") == "7"
    assert [p.heading for p in tree if p.kind is ProvisionKind.HEADING] == [
        *("总则", "编制目的", "响应", "响应终止", "附则")
    ]


def test_plain_paragraphs_are_counted() -> None:
    plain = notice("甲段在此。\n乙段在此。")
    assert shape(plain) == [(0, "paragraph", "第1段"), (0, "paragraph", "第2段")]


def test_the_covering_letter_and_the_signature_have_names() -> None:
    letter = notice(
        "供水通知\n临政发〔2024〕7号\n各县、区人民政府：\n现将办法印发给你们。\n临河市人民政府\n2024年6月1日\n（此件公开发布）\n"
    )
    assert [a for _, _, a in shape(letter)] == ["标题", "文号", "主送机关", "第1段", "落款", "落款", "公开属性"]


def test_an_article_that_ends_with_a_colon_names_no_recipients() -> None:
    assert REGULATION.recipients == ()


def test_an_article_may_have_ten_thousand_paragraphs() -> None:
    long = notice("供水办法\n第一条 甲事如下：\n" + "乙事在此。\n" * 10_000)
    assert provisions(long)[-1].address == "第一条第10001款"


# ── tables and rosters ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_table_with_two_header_rows_and_merged_cells() -> None:
    first = rows(GRID)[:4]
    assert [words(GRID, row.cells) for row in first[2:]] == [
        {"地区": "甲区", "行业工业": "1", "行业农业": "2", "合计": "3"},
        {"地区": "乙区", "行业工业": "4", "合计": "5"},  # the empty cell is none, and moves no other
    ]
    assert [row.address for row in first[2:]] == ["表1各区情况“甲区”行", "表1各区情况“乙区”行"]


def test_a_table_with_one_header_row_and_no_caption() -> None:
    assert [words(GRID, row.cells) for row in rows(GRID)[4:]] == [
        {"地区": "地区", "人数": "人数"},
        {"地区": "甲区", "人数": "7"},
        {"地区": "乙区", "人数": "8"},
    ]
    assert rows(GRID)[-1].address == "“乙区”行"  # “说明在此。” is no caption


def test_a_table_printed_column_by_column_is_read_row_by_row() -> None:
    assert [(row.address, words(FLATTENED, row.cells)) for row in rows(FLATTENED)] == [
        ("决策目录第1行", {"序号": "1", "决策事项": "供水方案", "承办单位": "市水利局"}),
        ("决策目录第2行", {"序号": "2", "决策事项": "供热方案", "承办单位": "市住建局"}),
    ]
    assert shape(FLATTENED)[-1] == (0, "signature", "落款")  # the date is no cell


def test_a_role_holds_for_the_names_below_it() -> None:
    roster = [
        (p.heading, ROSTER.text[p.span.start : p.span.end])
        for p in provisions(ROSTER)
        if p.kind is ProvisionKind.ROSTER
    ]
    assert roster == [
        ("组长", "组长：王伟　副市长"),
        ("成员", "成员："),
        ("成员", "张三丰　水利局局长"),
        ("成员", "赵六　财政局局长"),
    ]
    assert provisions(ROSTER)[-1].kind is ProvisionKind.PARAGRAPH


def test_innermost_is_the_deepest_that_holds_an_offset() -> None:
    tree = provisions(REGULATION)
    at = REGULATION.text.index("检修")
    found = innermost(tree, at)
    assert found is not None
    assert found.kind is ProvisionKind.SUBITEM
    assert innermost(tree, len(REGULATION.text)) is None


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────────


def assert_lawful(of: Notice) -> None:
    tree = provisions(of)
    for i, provision in enumerate(tree):
        assert provision.span.end <= len(of.text)
        assert provision.depth == (0 if provision.parent is None else tree[provision.parent].depth + 1)
        if provision.parent is not None:
            assert provision.parent < i
            above = tree[provision.parent].span
            assert above.start <= provision.span.start <= provision.span.end <= above.end
        table = tree[provision.parent].span if provision.parent is not None else provision.span
        for cell in provision.cells:
            assert of.text[cell.span.start : cell.span.end].strip()
            assert table.start <= cell.span.start <= cell.span.end <= table.end
    for line in re.finditer(r"[^\n]+", of.text):
        held = innermost(tree, line.start())
        assert held is not None, line
        assert held.span.start <= line.start() < line.end() <= held.span.end, line


@settings(deadline=None, max_examples=80)
@given(odd_texts())
def test_every_provision_lies_within_its_parent_and_every_paragraph_in_one(text: str) -> None:
    for held in parse(document(text)):
        assert_lawful(held)


def test_every_provision_of_the_gazettes_lies_within_its_parent() -> None:
    for _, found in bundled():
        for held in found:
            assert_lawful(held)
