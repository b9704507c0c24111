from unicodedata import combining, normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eval.metrics.facts import key_fact_precision, key_fact_recall, missing_facts, states, without_markers
from index.text import squeeze
from qa.records import Status
from tests.eval_samples import case, chat_case, refusal_case, told


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("补助 5 000 元", "5 000元"),
        ("每辆５０００元。", "5000元"),
        ("依〔2024〕9号", "[2024]9号"),
        ("1.2024年12月31日前", "2024年12月31日"),  # an item's number, not a decimal
        ("共943，2313两笔", "943"),
        ("943\n2313", "2313"),  # two cells
        ("一、二级", "二级"),
        ("每月一次性发放", "一次"),
        ("GB/T 19001", "gb/t19001"),
        ("增长7.5。", "7.5"),
    ],
)
def test_a_fact_is_stated_in_any_width_and_spacing(text: str, spelling: str) -> None:
    assert states(text, spelling)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("2022年", "2年"),
        ("15000元", "5000元"),
        ("1.3万元", "3万元"),
        ("1,500元", "500元"),
        ("22.205", "22.20"),
        ("22.5", "22"),
        ("第13人", "3人"),
        ("二十五天", "十五天"),
        ("十五", "十"),
        ("五千元", "5000元"),  # only the given spellings count
    ],
)
def test_no_number_is_cut_in_two(text: str, spelling: str) -> None:
    assert not states(text, spelling)


@given(st.text(min_size=1).filter(squeeze), st.text("市局，。；", min_size=1), st.text("市局，。；", min_size=1))
def test_a_spelling_stands_between_any_words(spelling: str, before: str, after: str) -> None:
    parts = (before, spelling, after)
    apart = "".join(normalize("NFKC", part) for part in parts)
    assume(normalize("NFKC", "".join(parts)) == apart and not combining(spelling[0]))  # accents join what they follow
    assert states("".join(parts), spelling)


def test_missing_facts_are_named_by_their_first_spelling() -> None:
    asked = case(key_facts=[["5000元", "五千元"], ["商务局"], ["九月底", "9月底"]])
    assert missing_facts(asked, "五千元，9月底前") == ("商务局",)
    assert missing_facts(refusal_case(), "") == ()


def test_markers_are_not_read() -> None:
    assert without_markers("按〔2024〕9号，5000[1]元[2][13]，见[2024]。") == "按〔2024〕9号，5000元，见[2024]。"


def test_recall_is_the_share_of_the_facts_that_are_stated() -> None:
    asked = case(key_facts=[["5000元", "五千元"], ["商务局"]])
    assert key_fact_recall(told("补助五千元[1]。", asked=asked)) == 0.5
    assert key_fact_recall(told("5000[1]元，找市商务局。", asked=asked)) == 1.0
    assert key_fact_recall(told("没有写到。", asked=asked, status=Status.REFUSED)) == 0.0


def test_precision_is_the_share_of_figures_and_names_that_are_so() -> None:
    assert key_fact_precision(told("补助五千元[1]。")) == 1.0
    assert key_fact_precision(told("补助五千元，封顶6000元，由市商务局负责[1]。")) == 1 / 3  # 5000元; 6000元, 商务局
    assert key_fact_precision(told("给八百元[12]。")) == 0.0


@pytest.mark.parametrize(
    "changes",
    [
        {"gold_answer": "给，归市商务局管。"},
        {"key_facts": [["5000元", "商务局"]]},
        {"evidence": [{"source": "a.txt", "address": "第二条", "quote": "由市商务局负责"}]},
    ],
)
def test_answer_spellings_and_evidence_are_all_gold(changes: dict[str, object]) -> None:
    assert key_fact_precision(told("5000元，归市商务局管。")) == 0.5
    assert key_fact_precision(told("5000元，归市商务局管。", asked=case(**changes))) == 1.0


def test_nothing_applies_without_facts_or_an_answer() -> None:
    assert key_fact_recall(told("5000元。", asked=refusal_case())) is None
    assert key_fact_recall(told("您好！", asked=chat_case())) is None
    assert key_fact_precision(told("5000元。", asked=refusal_case())) is None
    assert key_fact_precision(told("没有写到5000元。", status=Status.REFUSED)) is None
    assert key_fact_precision(told("有补助[1]。")) is None  # no figure, no name
