"""index/validity.py: does a notice hold on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from index.records import Notice, Standing
from index.validity import last_day, period, validity_on
from tests.library_samples import DATONG, YANGQUAN

RULE = replace(  # from 1 August 2024 for five years
    DATONG, signed_on=date(2024, 6, 27), effective_on=date(2024, 8, 1), expires_on=date(2029, 8, 1)
)
OPEN = replace(RULE, expires_on=None, validity="")  # from then on, no end stated
PLAN = replace(
    YANGQUAN, title="阳泉市健身计划（2021—2025年）", signed_on=date(2021, 3, 1), effective_rule="", validity=""
)
SILENT = replace(PLAN, title="阳泉市健身计划")
LATER = replace(RULE, id="n-later", signed_on=date(2026, 1, 5), effective_on=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("notice", "day", "standing", "until"),
    [
        (RULE, date(2024, 7, 31), Standing.NOT_YET_IN_FORCE, date(2029, 8, 1)),
        (RULE, date(2024, 8, 1), Standing.IN_TERM, date(2029, 8, 1)),
        (RULE, date(2029, 8, 1), Standing.IN_TERM, date(2029, 8, 1)),
        (RULE, date(2029, 8, 2), Standing.LAPSED, date(2029, 8, 1)),
        (OPEN, date(2050, 1, 1), Standing.IN_FORCE, None),
        (PLAN, date(2021, 2, 28), Standing.NOT_YET_IN_FORCE, date(2025, 12, 31)),
        (PLAN, date(2025, 12, 31), Standing.IN_TERM, date(2025, 12, 31)),
        (PLAN, date(2026, 1, 1), Standing.LAPSED, date(2025, 12, 31)),
        (SILENT, date(2021, 2, 28), Standing.NOT_YET_IN_FORCE, None),
        (SILENT, date(2026, 1, 1), Standing.UNKNOWN, None),
        (replace(SILENT, signed_on=None), date(2026, 1, 1), Standing.UNKNOWN, None),
    ],
)
def test_how_a_notice_stands_on_a_day(notice: Notice, day: date, standing: Standing, until: date | None) -> None:
    found = validity_on(notice, day)
    assert (found.standing, found.until) == (standing, until)
    assert found.over == (standing is Standing.LAPSED)
    assert found.holds == (standing not in (Standing.LAPSED, Standing.NOT_YET_IN_FORCE))


def test_a_repeal_counts_from_the_day_from_which_the_new_notice_holds() -> None:
    before, after = (validity_on(RULE, day, [LATER]) for day in (date(2026, 1, 31), date(2026, 2, 1)))
    assert (before.standing, before.by) == (Standing.IN_TERM, None)
    assert (after.standing, after.until, after.by) == (Standing.REPEALED, date(2026, 2, 1), LATER)
    assert after.over


def test_who_bears_no_date_repeals_nothing() -> None:
    undated = replace(LATER, signed_on=None, effective_on=None)
    assert validity_on(RULE, date(2027, 1, 1), [undated]).standing is Standing.IN_TERM


def test_the_first_repeal_counts() -> None:
    latest = replace(LATER, id="n-latest", effective_on=date(2026, 5, 1))
    assert validity_on(RULE, date(2027, 1, 1), [latest, LATER]).by is LATER


def test_a_stated_term_comes_before_the_years_of_the_title() -> None:
    both = replace(PLAN, expires_on=date(2023, 5, 1))
    assert last_day(both) == date(2023, 5, 1)
    assert not validity_on(both, date(2022, 1, 1)).planned
    assert validity_on(PLAN, date(2022, 1, 1)).planned


@pytest.mark.parametrize(
    ("title", "years"),
    [
        ("健身计划（2021—2025年）的通知", (2021, 2025)),
        ("方案(2019 — 2022 年)的通知", (2019, 2022)),
        ("规划（2021-2025）", (2021, 2025)),
        ("清单（2023年版）", None),
    ],
)
def test_the_years_that_a_title_names(title: str, years: tuple[int, int] | None) -> None:
    assert period(title) == years
