import pytest

from eval.metrics.support import Checked, Verdict, check, citation_support, support_rate
from eval.records import Cited
from qa.records import Status
from tests.eval_samples import cited, told

QUOTE = "购置新车的，每辆补助五千元，由市商务局负责。"


def verdict(text: str, *citations: Cited) -> Verdict:
    (sentence,) = check(told(text, *citations))
    return sentence.verdict


def lacking(text: str, *citations: Cited) -> tuple[str, ...]:
    (sentence,) = check(told(text, *citations))
    return sentence.lacking


def test_a_sentence_is_held_against_its_own_quotes() -> None:
    said = "每辆补助5000元[1]。清理由市财政局负责[2]。"
    other = cited(2, "清理由市财政局负责。")
    first, second = check(told(said, cited(1, QUOTE), other))
    assert first == Checked("每辆补助5000元。", Verdict.SUPPORTED, (), first.shared)
    assert (second.text, second.verdict, second.lacking, second.shared) == (
        "清理由市财政局负责。",
        Verdict.SUPPORTED,
        (),
        1.0,
    )
    swapped = check(told("每辆补助5000元[2]。清理由市财政局负责[1]。", cited(1, QUOTE), other))
    assert [(s.verdict, s.lacking) for s in swapped] == [
        (Verdict.UNSUPPORTED, ("5000元",)),
        (Verdict.UNSUPPORTED, ("财政局",)),
    ]


@pytest.mark.parametrize(
    ("said", "absent"),
    [
        ("每辆补助6000元[1]。", ("6000元",)),
        ("每辆补助五千元，2024年6月3日起，由市民政局负责[1]。", ("2024-06-03日期", "2024年", "3日", "6月", "民政局")),
        ("每辆补助5000元。", ("5000元",)),  # no quote, no ground
        ("每辆补助5000元[9]。", ("5000元",)),  # there is no ninth source
    ],
)
def test_every_figure_and_name_stands_in_the_quotes(said: str, absent: tuple[str, ...]) -> None:
    assert verdict(said, cited(1, QUOTE)) is Verdict.UNSUPPORTED
    assert lacking(said, cited(1, QUOTE)) == absent


def test_a_sentence_that_cites_and_claims_nothing_is_not_checked() -> None:
    assert verdict("附件未随公报刊载。") is Verdict.UNCHECKED
    assert verdict("附件未随公报刊载[9]。") is Verdict.UNSUPPORTED  # it cites what is not there
    assert verdict("是[9]。") is Verdict.UNSUPPORTED  # nor has it a word that could be missing
    assert verdict("是[1]。", cited(1, QUOTE)) is Verdict.SUPPORTED


@pytest.mark.parametrize("said", ["每辆补助6000元", "每辆补助6000元！", "答：\n每辆补助6000元\n", "每辆补助6000元；"])
def test_a_claim_without_a_mark_is_unsupported_however_it_ends(said: str) -> None:
    assert verdict(said, cited(1, QUOTE)) is Verdict.UNSUPPORTED
    assert lacking(said) == ("6000元",)


@pytest.mark.parametrize(
    "said", ["每辆补助5000元[1]", "每辆补助5000元。[1]", "每辆补助5000元[1]\n", "结论：\n每辆补助5000元[1]。"]
)
def test_a_mark_may_stand_before_or_after_the_end(said: str) -> None:
    assert verdict(said, cited(1, QUOTE)) is Verdict.SUPPORTED


def test_what_the_card_shows_counts_as_quoted() -> None:
    said = "按同政发〔2024〕1号第三条，每辆补助5000元[1]。"
    assert lacking(said, cited(1, QUOTE)) == ("3条", "同政发[2024]1号文号")
    assert verdict(said, cited(1, QUOTE, document_number="同政发〔2024〕1号", address="第三条")) is Verdict.SUPPORTED


def test_most_words_stand_in_the_quotes() -> None:
    assert verdict("购置新车的，每辆补助[1]。", cited(1, QUOTE)) is Verdict.SUPPORTED
    other = check(told("报废旧车可以领取奖励[1]。", cited(1, QUOTE)))[0]
    assert (other.verdict, other.lacking, other.shared) == (Verdict.UNSUPPORTED, (), 0.0)


@pytest.mark.parametrize(
    ("said", "quote", "due"),
    [
        ("购置新车不得享受补助[1]。", "购置新车可以享受补助。", Verdict.UNSUPPORTED),
        ("购置新车可以享受补助[1]。", "购置新车不得享受补助。", Verdict.UNSUPPORTED),
        ("购置新车不可以享受补助[1]。", "购置新车不可以享受补助。", Verdict.SUPPORTED),
        ("购置新车不得享受补助[1]。", "购置新车不得享受补助。", Verdict.SUPPORTED),
        ("购置新车可以享受补助[1]。", "购置新车可以享受补助，租车不得享受。", Verdict.SUPPORTED),  # it says both
        ("购置新车享受补助[1]。", "未经批准，购置新车享受补助的，责令退回。", Verdict.SUPPORTED),  # beyond words
    ],
)
def test_denying_what_the_quote_affirms_is_no_support(said: str, quote: str, due: Verdict) -> None:
    assert verdict(said, cited(1, quote)) is due


def test_the_scores_are_shares_of_the_checked_sentences() -> None:
    said = "每辆补助5000元[1]。附件未随公报刊载。每辆补助6000元[1]。报废旧车可以领取奖励[1]。"
    outcome = told(said, cited(1, QUOTE))
    assert [s.verdict for s in check(outcome)] == [
        Verdict.SUPPORTED,
        Verdict.UNCHECKED,
        Verdict.UNSUPPORTED,
        Verdict.UNSUPPORTED,
    ]
    assert citation_support(outcome) == 1 / 3
    assert support_rate(outcome) == 2 / 3  # the last one names no figure


def test_without_a_sentence_to_check_nothing_applies() -> None:
    for outcome in (
        told("附件未随公报刊载。"),
        told(""),
        told("没有写到5000元。", status=Status.REFUSED),
        told("您好！5000元。", status=Status.CHAT),
    ):
        assert citation_support(outcome) is support_rate(outcome) is None


def test_a_part_of_an_answer_is_checked_like_a_whole_one() -> None:
    assert citation_support(told("每辆补助5000元[1]。", cited(1, QUOTE), status=Status.PARTIAL)) == 1.0
