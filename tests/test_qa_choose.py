from collections.abc import Sequence
from dataclasses import replace

import pytest

from index.cross import CloseReading
from index.fitted import fitted
from index.records import NoticeKind, Span
from qa.choose import ALONE, AT_ONCE, FEATURES, WEIGHTS, Alone, choose, laid_out
from qa.read import FEATURES as READING
from qa.read import Reading
from qa.units import Unit, units
from tests.qa_fakes import DATONG, FakeHoldings, passages


@pytest.fixture
def cut() -> list[Unit]:
    return [unit for unit in units(passages(DATONG), FakeHoldings(DATONG).provisions) if "条" in unit.address]


def read_as(unit: Unit, score: float) -> Reading:
    return Reading(unit, (0.0,) * len(READING), score)


def believing(words: str, odds: float = 8.0) -> tuple[list[str], Alone]:
    """A reader that believes in texts with these words, and the texts that it was given."""
    seen: list[str] = []

    def alone(texts: Sequence[tuple[str, str]]) -> list[CloseReading]:
        seen.extend(text for _, text in texts)
        return [CloseReading(odds if words in text else -odds, (), ()) for _, text in texts]

    return seen, alone


def test_the_weights_are_those_of_the_features() -> None:
    assert set(fitted(WEIGHTS)) == set(FEATURES)
    assert all(weight > 0 for weight in fitted(WEIGHTS).values())


def test_what_the_reader_believes_in_by_itself_comes_first(cut: list[Unit]) -> None:
    _, alone = believing("400元")
    readings = [read_as(unit, 10.0 - at / 10) for at, unit in enumerate(cut)]
    chosen = choose(readings, alone)
    assert "400元" in chosen[0].unit.text
    assert chosen[0].alone == 8.0
    assert {id(r.unit) for r in chosen} == {id(r.unit) for r in readings}


def test_a_far_better_score_is_not_overruled(cut: list[Unit]) -> None:
    _, alone = believing("400元", 1.0)
    readings = [read_as(unit, 30.0 if "18周岁" in unit.text else 10.0) for unit in cut]
    assert "18周岁" in choose(sorted(readings, key=lambda r: -r.score), alone)[0].unit.text


def test_only_the_first_are_read_and_without_a_reader_the_order_stays(cut: list[Unit]) -> None:
    readings = [read_as(replace(cut[0], text=f"第{at}句"), 20.0 - at / 10) for at in range(ALONE + 3)]
    seen, alone = believing("第2句")
    chosen = choose(readings, alone)
    assert seen == [f"第{at}句" for at in range(ALONE)]
    assert [r.unit.text for r in chosen[ALONE:]] == [f"第{at}句" for at in range(ALONE, ALONE + 3)]
    assert choose(readings, lambda _: []) == readings
    assert choose([], lambda _: []) == []


@pytest.mark.parametrize(("believed", "read"), [(0, AT_ONCE), (1, AT_ONCE), (2, 3)])
def test_the_others_are_read_only_where_none_of_the_first_is_believed(
    cut: list[Unit], believed: int, read: int
) -> None:
    readings = [read_as(replace(cut[0], text=f"第{at}句"), 20.0 - at / 10) for at in range(3)]
    seen, alone = believing(f"第{believed}句")
    assert choose(readings, alone)[0].unit.text == f"第{believed}句"
    assert seen == [f"第{at}句" for at in range(read)]


def test_a_unit_is_read_behind_the_heading_that_it_leans_on(cut: list[Unit]) -> None:
    unit = replace(cut[0], text="组长：县长。")
    at = unit.notice.text.index("市住房")
    assert laid_out(replace(unit, owner=Span(at, at + 3)))[1] == "市住房组长：县长。"


def test_a_unit_is_read_with_who_sees_to_it(cut: list[Unit]) -> None:
    unit = cut[0]
    remark = Span(unit.notice.text.index("市住房"), unit.notice.text.index("负责"))
    assert laid_out(replace(unit, remark=remark)) == (unit.around, f"{unit.text}市住房和城乡建设局")


def test_the_rule_comes_before_its_explanation(cut: list[Unit]) -> None:
    rule = cut[0]
    explainer = replace(rule.notice, id="n-explainer", kind=NoticeKind.EXPLAINER, explains=rule.notice.id)
    readings = [read_as(replace(rule, notice=explainer), 11.0), read_as(rule, 10.0)]
    assert choose(readings, lambda _: [])[0].unit.notice.id == rule.notice.id
