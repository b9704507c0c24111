from dataclasses import replace
from datetime import date

import pytest

from eval.examine import Examiner, LibraryShelf, library_sources, named_cities
from eval.records import BadQuestions, Case, Cited, Found
from index.errors import LibraryDamaged
from index.records import Notice, Place, Span
from qa.records import Question, Status
from tests.eval_samples import (
    SampleShelf,
    ScriptedAnswerer,
    answer,
    at,
    case,
    citation,
    outcome,
    passage,
    refusal_case,
)

RIGHT = answer("补助5000元[1]。", [citation(1, "a.txt", "5000元")], [passage(1, "a.txt", 0, 20)])
REFUSED = answer("没有写到。", status=Status.REFUSED)
CITIES = {"大同": "大同市", "大同市": "大同市", "阳泉": "阳泉市", "阳泉市": "阳泉市"}


# ── asking ──


def test_every_case_is_asked_as_a_citizen_asks() -> None:
    follow_up = case(id="d-000-002", type="follow-up", question="外地的呢？", history=["买车给多少钱？"])
    answerer = ScriptedAnswerer({"买车给多少钱？": RIGHT, "外地的呢？": REFUSED})
    examiner = Examiner(answerer, SampleShelf(), [case(), follow_up], 7)
    first, first_ms = examiner.examine(case())
    second, second_ms = examiner.examine(follow_up)
    assert answerer.asked == [
        (Question("买车给多少钱？", (), date(2024, 8, 1)), 7),
        (Question("外地的呢？", ("买车给多少钱？",), date(2024, 8, 1)), 7),
    ]
    assert (first.case, first.status, first.text, first.answerer) == (
        case(),
        Status.ANSWERED,
        "补助5000元[1]。",
        "scripted",
    )
    assert (second.case, second.refused, second.citations, second.passages) == (follow_up, True, (), ())
    assert min(first_ms, second_ms) >= 0


def test_what_scores_are_made_from_is_kept() -> None:
    said = answer(
        "补助5000元[1]。",
        [citation(1, "a.txt", "5000元", document_number="同政发〔2024〕1号")],
        [passage(1, "b.txt", 0, 4), passage(2, "a.txt", 3, 12)],
        confidence=0.75,
    )
    seen = outcome(case(), said)
    assert seen.evidence == (at(4, 16, "a.txt"),)
    assert seen.citations == (Cited(1, at(11, 16, "a.txt"), "5000元", "关于补助的通知", "同政发〔2024〕1号", "第一条"),)
    assert seen.passages == (
        Found(at(0, 4, "b.txt"), 1.0, "关于补助的通知", "第一条", "本市不设"),
        Found(at(3, 12, "a.txt"), 0.5, "关于补助的通知", "第一条", "购置新车补助\n5"),  # white space around it aside
    )
    assert (seen.confidence, seen.answered, seen.error) == (0.75, True, "")


def test_an_answerer_that_fails_fails_one_case() -> None:
    other = case(id="d-000-002", question="买房呢？")
    answerer = ScriptedAnswerer({"买车给多少钱？": LibraryDamaged("库坏了"), "买房呢？": RIGHT})
    examiner = Examiner(answerer, SampleShelf(), [case(), other], 10)
    failed, elapsed_ms = examiner.examine(case())
    assert (failed.status, failed.error, failed.text, failed.answerer) == (None, "库坏了", "", "scripted")
    assert (failed.evidence, failed.answered, failed.refused) == ((at(4, 16, "a.txt"),), False, False)
    assert elapsed_ms >= 0
    assert examiner.examine(other)[0].text == RIGHT.text


def test_an_error_that_is_not_ours_is_not_taken_for_an_answer() -> None:
    examiner = Examiner(ScriptedAnswerer({"买车给多少钱？": ZeroDivisionError()}), SampleShelf(), [case()], 10)
    with pytest.raises(ZeroDivisionError):
        examiner.examine(case())


def test_nothing_is_asked_where_evidence_is_not_in_the_sources() -> None:
    answerer = ScriptedAnswerer({})
    lost = case(evidence=[{"source": "b.txt", "address": "", "quote": "购置新车补助5000元"}])
    with pytest.raises(BadQuestions, match="不在"):
        Examiner(answerer, SampleShelf(), [refusal_case(), lost], 10)
    assert answerer.asked == []


def test_a_source_that_the_library_lacks_is_named() -> None:
    def quoting(source: str) -> Case:
        return case(evidence=[{"source": source, "address": "", "quote": "某某"}])

    with pytest.raises(BadQuestions, match=r"库里没有题目所依据的 c.txt、d.txt。.*wenzheng index.*--questions"):
        library_sources(SampleShelf(), [case(), quoting("c.txt"), quoting("d.txt"), quoting("c.txt")])


# ── places ──


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("大同买车给多少钱？", {"大同市"}),
        ("大 同 市和阳泉哪个多？", {"大同市", "阳泉市"}),
        ("太原给多少？", {"太原市"}),  # a city of China that the library does not hold
        ("买车给多少钱？", set()),
        ("去海口怎么走？", {"海口市"}),
        ("", set()),
    ],
)
def test_cities_are_named_by_what_people_call_them(text: str, due: set[str]) -> None:
    assert named_cities(text, CITIES) == due


def test_a_name_that_is_a_common_word_needs_its_city() -> None:
    assert named_cities("日照太强，买车", CITIES) == set()
    assert named_cities("日照市买车", CITIES) == {"日照市"}


def test_an_answer_may_rest_on_the_cities_of_the_evidence_and_of_the_question() -> None:
    shelf = SampleShelf(cities_of={"a.txt": "大同市", "b.txt": "阳泉市"})
    assert outcome(case(), RIGHT, shelf).cities == ("大同市",)
    both = case(question="大同比阳泉、太原多多少？")
    assert outcome(both, RIGHT, shelf).cities == ("大同市", "太原市", "阳泉市")
    assert outcome(case(), RIGHT).cities == ()  # notices that name no city


def test_without_evidence_the_cities_named_before_the_question_count() -> None:
    shelf = SampleShelf(cities_of={"a.txt": "大同市", "b.txt": "阳泉市"})
    history = ["阳泉买车给钱吗？"]
    assert outcome(refusal_case(question="买房呢？", history=history), REFUSED, shelf).cities == ("阳泉市",)
    assert outcome(refusal_case(question="买房呢？"), REFUSED, shelf).cities == ()
    follow_up = case(type="follow-up", question="买车呢？", history=history)
    assert outcome(follow_up, RIGHT, shelf).cities == ("大同市",)  # it was asked about the evidence's


def test_two_notices_of_one_source_are_told_apart_by_where_they_stand() -> None:
    class Halves(SampleShelf):
        """a.txt as two notices: of 大同市 up to character 18, of 阳泉市 from there on."""

        def notices(self, source: str) -> list[Notice]:
            (whole,) = super().notices(source)
            body = whole.body
            return [
                replace(whole, place=Place("大同市"), body=body.slice(Span(0, 18))),
                replace(whole, place=Place("阳泉市"), body=body.slice(Span(18, len(body.text)))),
            ]

    shelf = Halves(cities_of={"a.txt": "大同市"})
    assert outcome(case(), RIGHT, shelf).cities == ("大同市",)
    second = case(evidence=[{"source": "a.txt", "address": "第二条", "quote": "由市商务局负责"}])
    assert outcome(second, RIGHT, shelf).cities == ("阳泉市",)


# ── what no longer holds ──


def test_a_citation_knows_whether_its_notice_held_on_the_day_asked() -> None:
    shelf = SampleShelf(lapsed_on={"a.txt": date(2024, 8, 1)})
    assert [c.lapsed for c in outcome(case(asked_on="2024-08-01"), RIGHT, shelf).citations] == [True]
    assert [c.lapsed for c in outcome(case(asked_on="2024-07-31"), RIGHT, shelf).citations] == [False]


def test_a_citation_knows_the_city_of_its_notice() -> None:
    elsewhere = citation(1, "b.txt", "不设补助", place=Place("阳泉市"))
    assert [c.city for c in outcome(case(), answer("不设补助[1]。", [elsewhere])).citations] == ["阳泉市"]


def test_a_shelf_asks_the_library() -> None:
    class Catalogue:
        def document(self, source: str) -> str:
            return f"document {source}"

        def notices(self, *, source: str) -> list[str]:
            return [f"notice of {source}"]

    class Library:
        catalogue = Catalogue()

        class gazetteer:
            cities = CITIES

        def lapsed(self, notice: object, on: date) -> bool:
            return (notice, on) == ("n", date(2024, 8, 1))

    shelf = LibraryShelf(Library())  # type: ignore[arg-type]
    assert shelf.document("a.txt") == "document a.txt"  # type: ignore[comparison-overlap]
    assert shelf.notices("a.txt") == ("notice of a.txt",)  # type: ignore[comparison-overlap]
    assert shelf.lapsed("n", date(2024, 8, 1))  # type: ignore[arg-type]
    assert shelf.cities == CITIES
