import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from eval.cases import bundled_questions, case_row, load_cases
from eval.check import bundled_corpus_texts
from eval.examine import Examiner
from eval.records import BadQuestions, BadRun, Case, Fault, Stretch
from eval.run import choose_cases, conduct, run_eval
from eval.runs import Journal, Run, read_run
from eval.scores import Result, summary
from index.build import build_library
from index.contextual import ContextualEmbedder
from index.errors import LibraryDamaged
from index.records import Chunk, Notice, Passage
from qa.records import Answer, Citation, Question, Status
from qa.settings import Settings
from tests.eval_samples import (
    SETUP,
    SampleShelf,
    ScriptedAnswerer,
    answer,
    case,
    citation,
    notice,
    passage,
    row,
    without_times,
)

RIGHT = answer("补助5000元[1]。", [citation(1, "a.txt", "5000元")], [passage(1, "a.txt", 0, 20)])
REFUSED = answer("没有写到。", status=Status.REFUSED, answerable=0.0)


def write(path: Path, *rows: Mapping[str, object]) -> Path:
    path.write_text("\n".join(json.dumps(r) for r in rows), "utf-8")
    return path


# ── which questions ──


def test_questions_of_ones_own_are_all_asked_unless_a_side_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl", row(), row(id="t-000-001", split="test"))
    assert [c.id for c in choose_cases([path], None)] == ["d-000-001", "t-000-001"]
    assert [c.id for c in choose_cases([path], "test")] == ["t-000-001"]


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


# ── the story ──


def test_outcomes_are_kept_as_they_come_and_scored_in_the_cases_order(tmp_path: Path) -> None:
    cases = [case(), case(id="d-000-002", question="买房呢？"), case(id="d-000-003", question="坏了？")]
    answers: dict[str, Answer | BaseException] = {
        "买车给多少钱？": RIGHT,
        "买房呢？": REFUSED,
        "坏了？": LibraryDamaged("库坏了"),
    }
    examiner = Examiner(ScriptedAnswerer(answers), SampleShelf(), cases, 10)
    seen: list[tuple[int, int, str]] = []
    journal = Journal(tmp_path, SETUP)
    asked = map(examiner.examine, reversed(cases))
    run = conduct(cases, asked, journal, jobs=2, progress=lambda *step: seen.append(step))
    assert seen == [(1, 3, "d-000-003"), (2, 3, "d-000-002"), (3, 3, "d-000-001")]
    assert [r.outcome.case.id for r in run.results] == ["d-000-001", "d-000-002", "d-000-003"]
    assert [r.fault for r in run.results] == [None, Fault.REFUSED, Fault.FAILED]
    assert [r.scores["right"] for r in run.results] == [1.0, 0.0, 0.0]
    assert [r.scores["false_refusal"] for r in run.results] == [0.0, 1.0, None]
    assert (run.setup, run.folder, run.timings.jobs) == (SETUP, tmp_path, 2)
    assert list(run.timings.elapsed_ms) == ["d-000-001", "d-000-002", "d-000-003"]
    assert run.timings.peak_mb > 1
    assert read_run(tmp_path) == run


def test_who_goes_on_is_told_how_far_it_was(tmp_path: Path) -> None:
    cases = [case(), case(id="d-000-002", question="买房呢？")]
    examiner = Examiner(ScriptedAnswerer({c.question: RIGHT for c in cases}), SampleShelf(), cases, 10)
    journal = Journal(tmp_path, SETUP)
    journal.add(*examiner.examine(cases[0]))
    journal.close()
    seen: list[tuple[int, int, str]] = []
    left = map(examiner.examine, cases[1:])
    conduct(cases, left, Journal(tmp_path, SETUP), progress=lambda *step: seen.append(step))
    assert seen == [(2, 2, "d-000-002")]


# ── the bundled gazettes ──


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("bundled") / "library"
    build_library([], folder, embedder=ContextualEmbedder.load())
    return Settings(library=folder)


def handful(folder: Path) -> Path:
    """The first dev questions of five kinds."""
    cases = choose_cases([], "dev")
    kinds = ("amount", "department", "follow-up", "small-talk", "unanswerable")
    chosen = [next(c for c in cases if c.type == kind) for kind in kinds]
    return write(folder / "handful.jsonl", *(case_row(c) for c in chosen))


def ask(library: Settings, folder: Path, name: str, jobs: int, k: int = 10) -> Run:
    return run_eval(library, [handful(folder)], k=k, jobs=jobs, output=folder / name)


def test_two_processes_find_what_one_finds(library: Settings, tmp_path: Path) -> None:
    one, two = ask(library, tmp_path, "one", 1), ask(library, tmp_path, "two", 2)
    assert without_times(replace(one, folder=None)) == without_times(replace(two, folder=None))
    for name in ("run.json", "cases.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert (one.timings.jobs, two.timings.jobs) == (1, 2)
    assert [r.outcome.case for r in one.results] == load_cases([handful(tmp_path)])
    assert Status.ANSWERED in {r.outcome.status for r in one.results}
    assert all(r.outcome.error == "" for r in one.results)


def test_a_run_says_what_it_depends_on(library: Settings, tmp_path: Path) -> None:
    setup = ask(library, tmp_path, "run", 1, k=7).setup
    assert (setup.answerer, setup.split, setup.k) == ("extractive", "dev", 7)
    assert setup.settings["embedder"] == "contextual"
    assert "library" not in setup.settings  # where it lies changes no answer
    assert set(setup.library) == {"id", "embedder", "tokeniser", "counts"}
    assert set(setup.prompts) == {"answer", "rewrite"}
    assert {"wenzheng", "python", "numpy"} <= set(setup.versions)
    assert setup == ask(library, tmp_path, "again", 1, k=7).setup
    assert setup.fingerprint != ask(library, tmp_path, "other", 1, k=8).setup.fingerprint


def test_a_folder_left_by_other_settings_is_not_mixed_with_these(library: Settings, tmp_path: Path) -> None:
    Journal(tmp_path / "run", SETUP).close()
    with pytest.raises(BadRun, match="设置与这次不同"):
        ask(library, tmp_path, "run", 1)


def test_a_source_that_the_library_lacks_is_named(library: Settings, tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl", row(evidence=[{"source": "c.txt", "address": "", "quote": "某某"}]))
    with pytest.raises(BadQuestions, match=r"库里没有题目所依据的 c.txt.*wenzheng index"):
        run_eval(library, [path], output=tmp_path / "run")
    assert not (tmp_path / "run").exists()


# ── the meter itself: answers of known worth, over the bundled questions ──


class Bundled:
    """The bundled questions, and the gold answer of each with its evidence as passages and as citations."""

    def __init__(self) -> None:
        self.cases = load_cases(bundled_questions())
        texts = bundled_corpus_texts()
        self._shelf = SampleShelf(texts)
        self._notices: dict[str, Notice] = {source: notice(source, text) for source, text in texts.items()}

    def asked(self, said: Mapping[str, Answer]) -> list[Result]:
        """The results of answers by case id; two cases may ask the same, of different people."""

        def key(question: Question) -> tuple[str, tuple[str, ...], date]:
            return question.text, question.history, question.asked_on

        known = {(c.question, c.history, c.asked_on): said[c.id] for c in self.cases}

        class Knowing:
            name = "knowing"

            def answer(self, question: Question, k: int = 10) -> Answer:
                return known[key(question)]

        examiner = Examiner(Knowing(), self._shelf, self.cases, 10)
        return [Result.of(examiner.examine(c)[0]) for c in self.cases]

    def gold(self, asked: Case, places: tuple[Stretch, ...]) -> Answer:
        if asked.small_talk:
            return answer(asked.gold_answer, status=Status.CHAT)
        if not asked.answerable:
            return REFUSED
        passages, citations = [], []
        for rank, (evidence, place) in enumerate(zip(asked.evidence, places, strict=True), 1):
            of, span = self._notices[place.source], place.span
            passages.append(Passage(rank, Chunk(str(rank), of.id, span, "", (), evidence.quote), of, 1.0))
            citations.append(Citation(rank, of, "", evidence.quote, span, span))
        return answer(asked.gold_answer, citations, passages)


@pytest.fixture(scope="module")
def bundled() -> Bundled:
    return Bundled()


def test_gold_answers_score_full_marks(bundled: Bundled) -> None:
    refused = bundled.asked({c.id: REFUSED for c in bundled.cases})
    places = {r.outcome.case.id: r.outcome.evidence for r in refused}
    results = bundled.asked({c.id: bundled.gold(c, places[c.id]) for c in bundled.cases})
    assert [r.outcome.case.id for r in results if r.fault] == []
    means = summary(results)
    # the first passages hold not all of several pieces; the gold answers cite nothing sentence by sentence
    beside = ("recall@1", "recall@5", "citation_support", "support_rate", "aurc", "ece")
    worst = ("false_refusal", "wrong_place", "wrong_law", "misled")
    full = {name: mean.value for name, mean in means.items() if name not in (*beside, *worst)}
    assert full == pytest.approx(dict.fromkeys(full, 1.0))
    assert [means[name].value for name in worst] == [0.0] * 4
    assert means["recall@1"].n == sum(c.answerable for c in bundled.cases)


def test_answers_that_are_worth_nothing_score_nothing(bundled: Bundled) -> None:
    means = summary(bundled.asked({c.id: answer("") for c in bundled.cases}))
    nothing = ("right", "recall@10", "ndcg@10", "citation_recall", "key_fact_recall", "character_f1", "rouge_l")
    assert {means[name].value for name in nothing} == {0.0}
    assert (means["citation_precision"].n, means["citation_support"].n, means["key_fact_precision"].n) == (0, 0, 0)
    assert means["refusal_recall"].value == 0.0


def test_refusing_everything_is_right_for_the_unanswerable_and_small_talk_alone(bundled: Bundled) -> None:
    means = summary(bundled.asked({c.id: REFUSED for c in bundled.cases}))
    kinds = [("chat" if c.small_talk else c.answerable) for c in bundled.cases]
    asking = len(kinds) - kinds.count("chat")
    assert means["right"].value == pytest.approx((kinds.count(False) + kinds.count("chat")) / len(kinds))
    assert means["refusal_precision"].value == pytest.approx(kinds.count(False) / asking)
    assert (means["refusal_recall"].value, means["false_refusal"].value) == (1.0, 1.0)
