from __future__ import annotations

from dataclasses import replace

import pytest

from index.cross import UNREAD, CloseReading
from index.fitted import fitted
from index.query import Gazetteer, Query, read_query
from index.rerank import (
    CLOSE_FEATURES,
    CLOSE_WEIGHTS,
    FEATURES,
    WEIGHTS,
    Candidate,
    called_terms,
    close_features,
    closer,
    featured,
    masses,
    scores,
    share,
)
from index.thesaurus import load
from tests.library_samples import DATONG, YANGQUAN

GAZETTEER = Gazetteer.of([DATONG, YANGQUAN])
QUIET = Candidate(
    "各部门要高度重视。",
    "各部门要高度重视。",
    "办法",
    "",
    explainer=False,
    fused=1.0,
    words=1.0,
    meaning=0.1,
    near=0.2,
    near_window=0.2,
    sentence=0.1,
)


def read(text: str) -> Query:
    return read_query(text, GAZETTEER, load())


def of(text: str) -> Candidate:
    return replace(QUIET, text=text, plain=text)


def even(_token: str) -> float:
    return 1.0


def column(name: str, question: str, *pool: Candidate) -> list[float]:
    return [row[FEATURES.index(name)] for row in featured(read(question), pool, even)]


def test_every_feature_has_a_weight_and_every_weight_a_feature() -> None:
    assert set(fitted(WEIGHTS)) == set(FEATURES)


def test_the_scores_are_shares_and_nothing_scores_nothing() -> None:
    query = read("换新车补多少钱？")
    assert sum(scores(query, [QUIET, of("换新车的，每辆补助5000元。")], even)) == pytest.approx(1.0)
    assert scores(query, [], even) == []


def test_of_two_equals_the_one_that_holds_the_answer_comes_first() -> None:
    low, high = scores(read("换新车补多少钱？"), [QUIET, of("换新车的，每辆补助5000元。")], even)
    assert high > low


def test_the_measure_counts_where_it_stands() -> None:
    assert column("measure", "要建几座公园？", QUIET, of("新建公园12座。")) == [0.0, 1.0]


def test_lay_words_count_where_their_official_term_stands() -> None:
    query = replace(read("娃上学"), asked_for={"娃": ("儿童", "子女")})
    weighted = called_terms(query, ["儿童入学", "道路绿化", "道路硬化"])
    assert weighted[0][0] > 0
    assert weighted[0][1] == ("儿童", "子女")


def test_a_term_that_every_text_holds_tells_nothing() -> None:
    query = replace(read("娃上学"), asked_for={"娃": ("儿童",)})
    assert called_terms(query, ["儿童", "儿童"])[0][0] == 0


def test_what_a_question_leans_on_counts_half() -> None:
    pairs, _ = masses(read_query("绿化", GAZETTEER, load(), "公园"), even)
    assert pairs["公园"] == pairs["绿化"] / 2


def test_a_share_is_of_the_whole_mass() -> None:
    assert share({"公园": 3.0, "绿化": 1.0}, frozenset({"公园"})) == 0.75
    assert share({}, frozenset({"公园"})) == 0


def close_reading(belief: float, marked: float) -> CloseReading:
    return CloseReading(belief, (0,), (marked,))


def test_what_the_reader_says_shares_the_belief_out_anew() -> None:
    assert set(fitted(CLOSE_WEIGHTS)) == set(CLOSE_FEATURES)
    shares = closer([0.5, 0.3], [close_reading(-3.0, -6.0), close_reading(3.0, 6.0)])
    assert sum(shares) == pytest.approx(0.8)
    assert shares[1] > shares[0]
    alike = closer([0.5, 0.3], [close_reading(0.0, 0.0)] * 2)
    assert alike[0] > alike[1]
    assert closer([], []) == []


def test_a_passage_without_a_piece_is_marked_least() -> None:
    unread = CloseReading(1.0, (), ())
    assert close_features([1.0], [unread]) == [(0.0, 1.0, UNREAD)]


@pytest.mark.parametrize(
    ("question", "text", "share_held"),
    [
        ("2024年7月23日谁值班", "2024年7月23日由办公室值班。", 1.0),
        ("2024年7月23日谁值班", "2024年8月6日由办公室值班。", 0.5),
        ("12号文说什么", "第112号文", 0.0),
        ("小米MIX3的处理器", "小米mix 3用的是骁龙845。", 1.0),
        ("小米MIX3的处理器", "小米mix 32用的是骁龙845。", 0.0),
        ("谁值班", "2024年8月6日", 0.0),
    ],
)
def test_the_figures_of_a_question_are_looked_for_whole(question: str, text: str, share_held: float) -> None:
    assert column("figures", question, of(text)) == [share_held]
