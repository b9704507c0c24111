"""Cases × answerer → Report: every question is asked as a citizen would ask it, and scored one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol

from eval.cases import BadQuestions, Case, Sources, Stretch, bundled_questions, load_cases
from eval.metrics import METRICS, Fault, Outcome, fault
from index.errors import WenzhengError
from index.records import Document
from qa.records import Answer, Answerer, Question

Progress = Callable[[int, int, str], None]  # done, of how many, what
DEFAULT_SPLIT = "dev"


class Catalogue(Protocol):
    """What is asked of a library: its source texts, in which the evidence must stand."""

    def document(self, source: str) -> Document:
        """The document of that name. KeyError where the library has none."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One question, what was answered, and every score of it."""

    case: Case
    evidence: tuple[Stretch, ...]  # of case.evidence, in its order
    answer: Answer | None  # None where the answerer failed
    scores: Mapping[str, float | None]  # by Metric.name
    fault: Fault | None  # None where right
    elapsed_ms: float
    error: str = ""  # what the answerer said when it failed


@dataclass(frozen=True, slots=True)
class Report:
    """A run of one answerer over some cases, in the cases' order."""

    results: tuple[CaseResult, ...]
    answerer: str
    k: int  # passages asked for

    @property
    def libraries(self) -> tuple[str, ...]:
        """Ids of the library generations that answered; more than one where the library was rebuilt during the run."""
        return tuple(dict.fromkeys(result.answer.library for result in self.results if result.answer))


def run_eval(
    answerer: Answerer,
    catalogue: Catalogue,
    questions: Sequence[Path] = (),
    split: str | None = None,
    *,
    k: int = 10,
    progress: Progress | None = None,
) -> Report:
    """`wenzheng eval`: score an answerer on question files, against the library that it answers from.

    Without files: the bundled questions, and of these the dev split unless `split` says otherwise. Of files that are
    given, every question unless `split` says otherwise. Raises BadQuestions where no question is left, one is
    malformed, or its evidence is not in the library.
    """
    cases = choose_cases(questions, split)
    return evaluate(cases, answerer, library_sources(catalogue, cases), k=k, progress=progress)


def choose_cases(questions: Sequence[Path], split: str | None) -> list[Case]:
    """The cases of these files (default: the bundled ones) on one side (default: see run_eval)."""
    if not questions:
        questions, split = bundled_questions(), split or DEFAULT_SPLIT
    cases = load_cases(questions)
    chosen = [case for case in cases if split in (None, case.split)]
    if not chosen:
        side = f" split 为 {split} 的" if split else ""
        raise BadQuestions(f"{'、'.join(map(str, questions))} 里没有{side}题。请换一个文件，或改 --split。")
    return chosen


def library_sources(catalogue: Catalogue, cases: Sequence[Case]) -> Sources:
    """The texts that the cases quote. Raises BadQuestions, naming every source that the library does not hold."""
    names = dict.fromkeys(evidence.source for case in cases for evidence in case.evidence)
    documents: dict[str, Document] = {}
    for name in names:
        with suppress(KeyError):
            documents[name] = catalogue.document(name)
    absent = [name for name in names if name not in documents]
    if absent:
        raise BadQuestions(
            f"库里没有题目所依据的 {'、'.join(absent)}。考随附的五份公报，请先运行 wenzheng index；"
            "考自己的文件，请用 --questions 指定为它们出的题。"
        )
    return Sources({name: document.text for name, document in documents.items()})


def evaluate(
    cases: Sequence[Case], answerer: Answerer, sources: Sources, *, k: int = 10, progress: Progress | None = None
) -> Report:
    """Ask and score every case. Raises BadQuestions, before anything is asked, where evidence stands in no source.

    An answerer that raises a WenzhengError fails that one case: it is not right, and no other score applies to it.
    """
    located = [sources.locate(case) for case in cases]
    results: list[CaseResult] = []
    for case, evidence in zip(cases, located, strict=True):
        results.append(_ask(case, evidence, answerer, k))
        if progress:
            progress(len(results), len(cases), case.id)
    return Report(tuple(results), answerer.name, k)


def _ask(case: Case, evidence: tuple[Stretch, ...], answerer: Answerer, k: int) -> CaseResult:
    question = Question(case.question, case.history, case.asked_on)
    began = perf_counter()
    try:
        answer = answerer.answer(question, k)
    except WenzhengError as exc:
        scores = {metric.name: 0.0 if metric.name == "right" else None for metric in METRICS}
        return CaseResult(case, evidence, None, scores, Fault.FAILED, _ms_since(began), str(exc))
    elapsed_ms = _ms_since(began)
    outcome = Outcome(case, evidence, answer)
    scores = {metric.name: metric.score(outcome) for metric in METRICS}
    return CaseResult(case, evidence, answer, scores, fault(outcome), elapsed_ms)


def _ms_since(began: float) -> float:
    return (perf_counter() - began) * 1000
