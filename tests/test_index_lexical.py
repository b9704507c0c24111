from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import LibraryDamaged
from index.hits import Facets, Filter
from index.lexical import MAX_TERMS, FieldBoosts, LexicalIndex, LexicalRow, is_lock
from index.tokens import TokenRecipe, tokens

BODY = FieldBoosts(title=0, headings=0)
CITIES = ("大同市", "阳泉市", "")


def built(folder: Path, rows: Iterable[LexicalRow], recipe: TokenRecipe | None = None) -> LexicalIndex:
    LexicalIndex.build(folder, rows, *([recipe] if recipe else []))
    return LexicalIndex.open(folder)


def bodies(*texts: str) -> list[LexicalRow]:
    return [LexicalRow(row, "", "", text) for row, text in enumerate(texts)]


def plain_bm25(texts: list[list[str]], terms: Mapping[str, float]) -> dict[int, float]:
    """k1 1.2, b 0.75, the way textbooks write it; exact for texts of at most 40 tokens."""
    average = sum(map(len, texts)) / len(texts)
    scores: dict[int, float] = {}
    for term, weight in terms.items():
        holders = sum(term in text for text in texts)
        idf = math.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5))
        for row, text in enumerate(texts):
            if n := Counter(text)[term]:
                saturated = n * 2.2 / (n + 1.2 * (0.25 + 0.75 * len(text) / average))
                scores[row] = scores.get(row, 0) + weight * idf * saturated
    return scores


@given(
    texts=st.lists(st.text("火化费用减免", max_size=20), min_size=1, max_size=12),
    terms=st.dictionaries(
        st.sampled_from(["火", "化", "火化", "费用", "减免", "煤"]), st.sampled_from([0.5, 1.0, 2.0])
    ),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scores_are_those_of_plain_bm25(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], terms: dict[str, float]
) -> None:
    index = built(tmp_path_factory.mktemp("words") / "words", bodies(*texts))
    hits = index.search(terms, len(texts), boosts=BODY)
    expected = plain_bm25([tokens(text) for text in texts], terms)
    assert {hit.row: hit.score for hit in hits} == pytest.approx(expected, abs=2e-4)
    assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.row))


def test_scores_of_long_texts_are_near_those_of_plain_bm25(tmp_path: Path) -> None:
    texts = [f"{'火化费减免' * (1 + row % 7)}{'公租房申请' * row}" for row in range(30)]
    index = built(tmp_path / "words", bodies(*texts))
    asked = dict.fromkeys(tokens("火化减免"), 1.0)
    expected = plain_bm25([tokens(text) for text in texts], asked)
    hits = index.search(asked, 30, boosts=BODY)
    assert hits[0].row == max(expected, key=lambda row: expected[row])
    assert {hit.row: hit.score for hit in hits} == pytest.approx(expected, rel=0.08)  # lengths are rounded down


def test_each_field_counts_by_its_boost(tmp_path: Path) -> None:
    rows = [LexicalRow(0, "火化", "", "正文"), LexicalRow(1, "", "火化", "正文"), LexicalRow(2, "", "", "火化")]
    index = built(tmp_path / "words", rows)
    assert index.search(["火化"], 3, boosts=FieldBoosts(3, 2, 1))[0].row == 0
    assert [hit.row for hit in index.search(["火化"], 3, boosts=FieldBoosts(1, 9, 0))] == [1, 0]
    assert index.search(["火化"], 3, boosts=FieldBoosts(0, 0, 0)) == []


def test_a_term_counts_by_its_weight_and_a_question_word_once(tmp_path: Path) -> None:
    index = built(tmp_path / "words", bodies("煤矿安全", "公租房申请"))
    assert [hit.row for hit in index.search({"煤矿": 1.0, "公租": 2.0}, 2)] == [1, 0]
    once, twice = index.search(["煤矿"], 2), index.search(["煤矿", "煤矿"], 2)
    assert once == twice
    assert index.search({"煤矿": 2.0}, 2)[0].score == pytest.approx(2 * once[0].score, abs=2e-4)


def test_equal_rows_stand_in_the_order_of_rows(tmp_path: Path) -> None:
    index = built(tmp_path / "words", bodies(*["指挥部办公室设在应急局"] * 20, "煤"))
    hits = index.search(tokens("指挥部办公室设在哪里"), 20)
    assert [hit.row for hit in hits] == list(range(20))
    assert len({hit.score for hit in hits}) == 1


def test_nothing_asked_or_nothing_there_finds_nothing(tmp_path: Path) -> None:
    index = built(tmp_path / "words", bodies("煤矿安全"))
    assert index.search([], 5) == []
    assert index.search(["无"], 5) == []
    assert index.search(["煤"], 0) == []
    empty = built(tmp_path / "empty", [])
    assert (len(index), len(empty)) == (1, 0)
    assert empty.search(["煤"], 5) == []


def test_of_too_many_terms_the_rarest_are_searched(tmp_path: Path) -> None:
    fillers = [chr(0x5000 + i) for i in range(MAX_TERMS)]
    index = built(tmp_path / "words", bodies(*["，".join(fillers)] * 2, "煤"))
    assert {hit.row for hit in index.search([*fillers, "煤"], 3)} == {0, 1, 2}


def test_two_builds_give_the_same_hits(tmp_path: Path) -> None:
    rows = bodies(*[f"第{i}条 火化费减免{'公租房' * (i % 5)}" for i in range(200)])
    first, second = built(tmp_path / "a", rows), built(tmp_path / "b", rows)
    asked = tokens("公租房的火化费怎么减免")
    assert first.search(asked, 50) == second.search(asked, 50) != []


FACETS = st.builds(
    Facets,
    notice_id=st.sampled_from(["n1", "n2"]),
    city=st.sampled_from(CITIES),
    county=st.sampled_from(["云冈区", ""]),
    authorities=st.lists(st.sampled_from(["市政府", "市 民政局"]), max_size=2, unique=True).map(tuple),
    year=st.sampled_from([2023, 2024, None]),
    document_number=st.sampled_from(["同政发〔2024〕9号", ""]),
    kind=st.sampled_from(["notice", "explainer"]),
)
FILTERS = st.builds(
    Filter,
    cities=st.frozensets(st.sampled_from(CITIES)),
    counties=st.frozensets(st.sampled_from(["云冈区", ""])),
    authorities=st.frozensets(st.sampled_from(["市政府", "市 民政局", ""])),
    years=st.frozensets(st.sampled_from([2023, 2024, None])),
    document_numbers=st.frozensets(st.sampled_from(["同政发〔2024〕9号", ""])),
    kinds=st.frozensets(st.sampled_from(["notice", "explainer"])),
)


@given(facets=st.lists(FACETS, max_size=8), where=FILTERS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_filter_keeps_what_it_admits_and_leaves_scores_alone(
    tmp_path_factory: pytest.TempPathFactory, facets: list[Facets], where: Filter
) -> None:
    rows = [LexicalRow(row, "", "", "煤矿" * (1 + row), each) for row, each in enumerate(facets)]
    index = built(tmp_path_factory.mktemp("words") / "words", rows)
    every = index.search(["煤矿"], 8)
    kept = index.search(["煤矿"], 8, where)
    assert [hit.row for hit in kept] == [hit.row for hit in every if where.admits(facets[hit.row])]
    assert [hit.score for hit in kept] == pytest.approx(
        [hit.score for hit in every if where.admits(facets[hit.row])], abs=2e-4
    )


def test_a_read_only_folder_can_be_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    LexicalIndex.build(tmp_path / "words", bodies("煤矿安全"))
    for lock in filter(is_lock, (tmp_path / "words").iterdir()):
        lock.unlink()
    monkeypatch.setattr(os, "access", lambda *_: False)
    index = LexicalIndex.open(tmp_path / "words")
    assert [hit.row for hit in index.search(["煤矿"], 5)] == [0]
    assert not any(map(is_lock, (tmp_path / "words").iterdir()))


def test_a_folder_that_is_no_index_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryDamaged, match=r"words.*wenzheng index"):
        LexicalIndex.open(tmp_path / "words")
    (tmp_path / "words").mkdir()
    with pytest.raises(LibraryDamaged, match=r"words.*wenzheng index"):
        LexicalIndex.open(tmp_path / "words")
