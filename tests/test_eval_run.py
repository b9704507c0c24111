import json
from datetime import date
from pathlib import Path

import pytest

from eval.cases import BadQuestions, Case, Sources, bundled_corpus_texts, bundled_questions, load_cases
from eval.metrics import Fault
from eval.report import summary
from eval.run import choose_cases, evaluate, run_eval
from index.errors import LibraryDamaged
from index.records import Chunk, Document, Notice, Passage
from qa.records import Answer, Citation, Question, Status
from tests.eval_samples import (
    LIBRARY,
    SOURCES,
    TEXTS,
    ScriptedAnswerer,
    answer,
    case,
    citation,
    notice,
    passage,
    refusal_case,
    row,
)

RIGHT = answer("补助5000元[1]。", [citation(1, "a.txt", "5000元")], [passage(1, "a.txt", 0, 20)])
REFUSED = answer("没有写到。", status=Status.REFUSED)


class TextCatalogue:
    """The sample texts as a library's documents."""

    def document(self, source: str) -> Document:
        return Document(source, TEXTS[source], "", "txt")


def test_every_case_is_asked_as_a_citizen_asks() -> None:
    follow_up = case(id="d-000-002", type="follow-up", question="外地的呢？", history=["买车给多少钱？"])
    answerer = ScriptedAnswerer({"买车给多少钱？": RIGHT, "外地的呢？": REFUSED})
    seen: list[tuple[int, int, str]] = []
    report = evaluate([case(), follow_up], answerer, SOURCES, k=7, progress=lambda *step: seen.append(step))
    assert answerer.asked == [
        (Question("买车给多少钱？", (), date(2024, 8, 1)), 7),
        (Question("外地的呢？", ("买车给多少钱？",), date(2024, 8, 1)), 7),
    ]
    assert seen == [(1, 2, "d-000-001"), (2, 2, "d-000-002")]
    assert (report.answerer, report.k, report.libraries) == ("scripted", 7, (LIBRARY,))
    first, second = report.results
    assert (first.fault, first.scores["right"], first.answer) == (None, 1.0, RIGHT)
    assert (second.fault, second.scores["recall@5"], second.scores["false_refusal"]) == (Fault.REFUSED, 0.0, 1.0)
    assert first.elapsed_ms >= 0


def test_an_answerer_that_fails_fails_one_case() -> None:
    answerer = ScriptedAnswerer({"买车给多少钱？": LibraryDamaged("库坏了"), "买房呢？": RIGHT})
    report = evaluate([case(), case(id="d-000-002", question="买房呢？")], answerer, SOURCES)
    failed, fine = report.results
    assert (failed.fault, failed.error, failed.answer) == (Fault.FAILED, "库坏了", None)
    assert failed.scores["right"] == 0.0
    assert {score for name, score in failed.scores.items() if name != "right"} == {None}
    assert fine.fault is None
    assert report.libraries == (LIBRARY,)


def test_nothing_is_asked_where_evidence_is_not_in_the_sources() -> None:
    answerer = ScriptedAnswerer({})
    lost = case(evidence=[{"source": "b.txt", "address": "", "quote": "购置新车补助5000元"}])
    with pytest.raises(BadQuestions, match="不在"):
        evaluate([refusal_case(), lost], answerer, SOURCES)
    assert answerer.asked == []


def write(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("\n".join(json.dumps(r) for r in rows), "utf-8")
    return path


def test_questions_of_ones_own_are_all_asked_unless_a_side_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl", row(), row(id="t-000-001", split="test"))
    answerer = ScriptedAnswerer({"买车给多少钱？": RIGHT})
    assert len(run_eval(answerer, TextCatalogue(), [path]).results) == 2
    assert [r.case.id for r in run_eval(answerer, TextCatalogue(), [path], "test").results] == ["t-000-001"]


def test_the_bundled_questions_are_asked_on_the_dev_side_unless_test_is_named() -> None:
    assert {c.split for c in choose_cases([], None)} == {"dev"}
    assert {c.split for c in choose_cases([], "test")} == {"test"}
    assert len(bundled_questions()) > 1


def test_no_question_left_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl", row())
    with pytest.raises(BadQuestions, match=r"own.jsonl 里没有 split 为 test 的题"):
        choose_cases([path], "test")
    with pytest.raises(BadQuestions, match=r"own.jsonl 里没有题"):
        choose_cases([write(path)], None)


def test_a_source_that_the_library_lacks_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl", row(evidence=[{"source": "c.txt", "address": "", "quote": "某某"}]))
    with pytest.raises(BadQuestions, match=r"库里没有题目所依据的 c.txt.*wenzheng index"):
        run_eval(ScriptedAnswerer({}), TextCatalogue(), [path])


# ── the meter itself: answers of known worth, over the bundled questions ──


class Bundled:
    """The bundled questions, and the gold answer of each with its evidence as passages and as citations."""

    def __init__(self) -> None:
        texts = bundled_corpus_texts()
        self.cases = load_cases(bundled_questions())
        self.sources = Sources(texts)
        self._notices: dict[str, Notice] = {source: notice(source, text) for source, text in texts.items()}

    def gold(self, asked: Case) -> Answer:
        if not asked.answerable:
            return REFUSED
        passages, citations = [], []
        for rank, (evidence, place) in enumerate(zip(asked.evidence, self.sources.locate(asked), strict=True), 1):
            of, span = self._notices[place.source], place.span
            passages.append(Passage(rank, Chunk(str(rank), of.id, span, "", (), evidence.quote), of, 1.0))
            citations.append(Citation(rank, of, "", evidence.quote, span, span))
        return answer(asked.gold_answer, citations, passages)


@pytest.fixture(scope="module")
def bundled() -> Bundled:
    return Bundled()


def test_gold_answers_score_full_marks(bundled: Bundled) -> None:
    answerer = ScriptedAnswerer({c.question: bundled.gold(c) for c in bundled.cases})
    report = evaluate(bundled.cases, answerer, bundled.sources)
    assert [r.case.id for r in report.results if r.fault] == []
    means = summary(report.results)
    full = {name: means[name].value for name in means if name not in ("recall@1", "recall@5", "false_refusal")}
    assert set(full.values()) == {1.0}
    assert means["false_refusal"].value == 0.0
    assert means["recall@1"].n == sum(c.answerable for c in bundled.cases)


def test_answers_that_are_worth_nothing_score_nothing(bundled: Bundled) -> None:
    empty = evaluate(bundled.cases, ScriptedAnswerer({c.question: answer("") for c in bundled.cases}), bundled.sources)
    means = summary(empty.results)
    assert (means["right"].value, means["recall@10"].value, means["citation_recall"].value) == (0.0, 0.0, 0.0)
    assert (means["citation_precision"].n, means["refusal_recall"].value) == (0, 0.0)


def test_refusing_everything_is_right_for_the_unanswerable_alone(bundled: Bundled) -> None:
    refusing = evaluate(bundled.cases, ScriptedAnswerer({c.question: REFUSED for c in bundled.cases}), bundled.sources)
    means = summary(refusing.results)
    share = sum(not c.answerable for c in bundled.cases) / len(bundled.cases)
    assert means["right"].value == means["refusal_precision"].value == pytest.approx(share)
    assert (means["refusal_recall"].value, means["false_refusal"].value) == (1.0, 1.0)
