"""Whom to pass on to: only names that the notice itself holds, those nearest to the cited words."""

from __future__ import annotations

import pytest

from index.provisions import provisions
from index.records import Notice, RepairedText, SourceMap, Span
from tests.page_samples import bundled, hostile_notice, notice_titled
from ui.agent.units import units


def named(notice: Notice, words: str) -> list[tuple[str, str]]:
    start = notice.text.index(words)
    found = units([(notice, provisions(notice), Span(start, start + len(words)))])
    return [(unit.role, unit.name) for unit in found]


def test_behind_a_label_at_the_end_of_the_paragraph() -> None:
    notice = notice_titled("建设旅游热点门户城市")
    assert named(notice, "培育“大同院子”民宿品牌") == [
        ("责任", name)
        for name in (
            *("平城区人民政府", "市规自局", "市商务局", "市住建局", "市国资委", "市文旅局", "市文物局"),
            "市文旅投资集团",
        )
    ]


def test_who_leads_comes_first_and_who_helps_last() -> None:
    notice = notice_titled("扬尘污染专项整治")
    words = next(line for line in notice.text.split("\n") if "渣土处置场的扬尘监管" in line)
    assert [role for role, _ in named(notice, words)] == ["牵头", "牵头", "责任", "责任"]
    assert named(notice, words)[2] == ("责任", "各县（市、区）人民政府")  # the pause within brackets parts nothing


def test_in_a_column_of_a_table() -> None:
    notice = notice_titled("重大行政决策事项目录")
    assert named(notice, "大同市关于推动出租汽车行业高质量发展的意见") == [("承办", "市交通局")]


def test_the_issuing_authority_where_no_line_names_a_unit() -> None:
    assert named(notice_titled("惠民殡葬"), "普通火化炉400元/具") == [("发文机关", "大同市人民政府办公室")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("减免费用。（市民政局、市财政局按职责分工负责）", [("责任", "市民政局"), ("责任", "市财政局")]),
        ("减免费用。（牵头单位：市民政局；配合单位：市财政局）", [("牵头", "市民政局"), ("配合", "市财政局")]),
        ("减免费用，由市民政局负责审核。", [("责任", "市民政局")]),
        ("减免费用（含捡灰）。", [("发文机关", "<issuer>")]),
    ],
)
def test_other_ways_of_naming(text: str, expected: list[tuple[str, str]]) -> None:
    whole = f"一、减免\n{text}"
    plain = hostile_notice()
    notice = Notice(
        **{name: getattr(plain, name) for name in plain.__dataclass_fields__}
        | {"issuing_authorities": ("<issuer>",), "body": RepairedText(whole, SourceMap.of(range(len(whole))))}
    )
    words = text if "由市" in text else "减免费用"
    assert named(notice, words) == expected


def test_every_name_is_made_of_the_notices_own_characters() -> None:
    for notice in bundled():
        tree = provisions(notice)
        for each in tree[:: max(1, len(tree) // 8)]:
            for unit in units([(notice, tree, each.span)]):
                if unit.span is not None:
                    assert notice.text[unit.span.start : unit.span.end] == unit.name
                else:
                    assert unit.name in notice.issuing_authorities
