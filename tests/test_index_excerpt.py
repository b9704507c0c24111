"""index/excerpt: the runs of whole sentences of which one is read closely."""

from hypothesis import given
from hypothesis import strategies as st

from index.excerpt import runs

TEXT = "甲乙丙。丁戊己庚；\n辛壬。癸子丑寅卯。"


def said(text: str, longest: int) -> list[str]:
    return [text[span.start : span.end] for span in runs(text, longest)]


def test_from_each_sentence_on_as_many_as_fit_until_the_last_is_in() -> None:
    assert said(TEXT, 10) == ["甲乙丙。丁戊己庚；\n", "丁戊己庚；\n辛壬。", "辛壬。癸子丑寅卯。"]


def test_a_sentence_that_is_too_long_is_a_run_of_its_own() -> None:
    assert said(TEXT, 2) == ["甲乙丙。", "丁戊己庚；\n", "辛壬。", "癸子丑寅卯。"]


def test_a_short_text_or_one_sentence_is_one_run() -> None:
    assert said(TEXT, 100) == [TEXT]
    assert said("没有句号" * 30, 10) == ["没有句号" * 30]
    assert said("", 10) == [""]


@given(st.text("甲乙。；\n", max_size=80), st.integers(1, 30))
def test_every_sentence_is_in_a_run_and_none_goes_on_beyond_what_fits(text: str, longest: int) -> None:
    found = runs(text, longest)
    held = {at for span in found for at in range(span.start, span.end)}
    assert {at for at, character in enumerate(text) if character not in "。；\n"} <= held
    for span in found:
        part = text[span.start : span.end]
        assert len(found) == 1 or len(part) <= longest or len(runs(part, 1)) == 1
