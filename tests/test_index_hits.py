from __future__ import annotations

from index.hits import Facets, Filter
from tests.library_samples import DATONG, UNDATED


def test_the_facets_of_a_notice() -> None:
    assert Facets.of(DATONG) == Facets(
        notice_id="n-datong",
        city="大同市",
        county="云冈区",
        authorities=("大同市人民政府办公室", "大同市民政局"),
        year=2024,
        document_type="通知",
        document_number="同政办规〔2024〕3号",
        kind="notice",
    )
    assert Facets.of(UNDATED) == Facets("n-undated", document_type="政策解读", kind="explainer")


def test_values_of_one_key_are_alternatives_and_keys_add_up() -> None:
    facets = Facets.of(DATONG)
    assert Filter(cities=frozenset({"大同市", "阳泉市"}), years=frozenset({2024})).admits(facets)
    assert not Filter(cities=frozenset({"大同市"}), years=frozenset({2023})).admits(facets)
    assert Filter(authorities=frozenset({"大同市民政局"})).admits(facets)


def test_what_a_notice_does_not_say_is_a_value_too() -> None:
    facets = Facets.of(UNDATED)
    assert Filter(cities=frozenset({"阳泉市", ""}), years=frozenset({None}), authorities=frozenset({""})).admits(facets)
    assert not Filter(cities=frozenset({"阳泉市"})).admits(facets)


def test_an_empty_filter_admits_everything() -> None:
    assert not Filter()
    assert Filter().admits(Facets())
    assert Filter(years=frozenset({None}))
