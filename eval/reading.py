"""A set of paragraphs with questions → how well each of our ways to read answers them: `wenzheng bench --reading`.

corpus.jsonl → a library of its own ┐
queries.jsonl, answers.jsonl → tasks ┴→ each read from its own paragraph, in every way → scores → ReadingBenchmark

The paragraph is given, so nothing is searched for elsewhere. Scores: eval/metrics/reading.py. A question that the
paragraph leaves open counts by itself: a way to read should leave it open, too, and should not so leave others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from eval.benchmark import CORPUS, library_of, silent
from eval.metrics.facts import without_markers
from eval.metrics.reading import exact, holds, run_f1
from eval.public_sets import Kind, Task, read_tasks
from eval.statistics import Mean
from index.build import Progress
from index.cross import SHIPPED
from index.holdings import Holdings
from index.query import Query
from index.records import Passage, Span
from index.retrieve import Retriever
from qa.answer import READ, ExtractiveAnswerer
from qa.compose import tight
from qa.read import Reading
from qa.records import Question
from qa.understand import Understanding, understand

if TYPE_CHECKING:
    from index.embed import Embedder

T = TypeVar("T")

WAYS = {  # name → heading
    "rules": "规则：一句",
    "shipped": "规则与细读：一句",
    "clauses": "其中几个分句",
    "words": "这一句里的最短答案",
    "shortest": "细读：最短答案",
    "answer": "整个答复",
}
WINDOW = 200  # characters of a paragraph read closely at once; chosen on cmrc2018-dev and drcd-dev among 200, 300, 400
_SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]+|[^。！？\n]+$")


@dataclass(frozen=True, slots=True)
class Said:
    """What a way to read makes of a task."""

    text: str  # "" where it found nothing
    sentence: str  # of the paragraph, that it rests on
    left_open: bool  # it holds that the paragraph does not say
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Done:
    """A task and what each way of WAYS makes of it."""

    task: Task
    said: Mapping[str, Said]

    def scores(self, way: str) -> dict[str, float | None]:
        """By name, as in MEASURES; None for what does not apply to the task."""
        task, said = self.task, self.said[way]
        span, open_ = task.kind is Kind.SPAN, task.kind is Kind.OPEN
        marked = span and bool(task.evidence)
        return {
            "exact": exact(said.text, task.answers) if span else None,
            "f1": run_f1(said.text, task.answers) if span else None,
            "holds": holds(said.text, [task.answers]) if span else None,
            "evidence_f1": run_f1(said.sentence, task.evidence) if marked else None,
            "left_open": float(said.left_open) if open_ else None,
            "left_open_wrongly": float(said.left_open) if span else None,
        }


MEASURES = {  # name → heading
    "exact": "EM",
    "f1": "F1",
    "holds": "含答案",
    "evidence_f1": "依据F1",
    "left_open": "未答（该不答）",
    "left_open_wrongly": "未答（该答）",
}


@dataclass(frozen=True, slots=True)
class ReadingBenchmark:
    """One run over one set. `omitted`: what was left out of it, one Chinese line each."""

    name: str  # of the set: its folder's
    library: str  # its id
    documents: int
    results: tuple[Done, ...]  # in the order of the questions
    omitted: tuple[str, ...]

    def means(self) -> dict[str, dict[str, Mean]]:
        """way → measure → its mean, with interval."""
        means: dict[str, dict[str, Mean]] = {}
        for way in WAYS:
            scores = [done.scores(way) for done in self.results]
            means[way] = {name: Mean.of((each[name] for each in scores), interval=True) for name in MEASURES}
        return means


def run_reading(
    folder: Path,
    sample: int | None = None,
    *,
    embedder: Embedder | None = None,
    reader: Path = SHIPPED,
    progress: Progress | None = None,
) -> ReadingBenchmark:
    """Read every question of a set in every way. `sample`: only so many, drawn at random. Raises BadBenchmark."""
    report = progress or silent
    tasks = read_tasks(folder, sample)
    with library_of([folder / CORPUS], embedder, reader, report) as library:
        held = library.holdings.catalogue.hashes().keys()
        known = [task for task in tasks if task.document in held]
        desk = Desk(library.holdings)
        results: list[Done] = []
        for task in known:
            results.append(Done(task, desk.read(task)))
            report(len(results), len(known), "阅读")
        gone = len(tasks) - len(known)
        omitted = [f"{gone} 道题的段落不在 {CORPUS} 里，没有计入。"] if gone else []
        return ReadingBenchmark(
            name=folder.resolve().name,
            library=library.built.library_id,
            documents=library.built.documents,
            results=tuple(results),
            omitted=(*omitted, *library.built.problems),
        )


# ── ways to read ────────────────────────────────────────────────────────────────────────────────────────────────


class Desk:
    """Reads the paragraphs of a library, one task at a time."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._shortest("？", "。")  # opens the reader, which is no task's own time

    def read(self, task: Task) -> dict[str, Said]:
        """What each way of WAYS makes of the task."""
        rules, rules_ms = _timed(lambda: self._page(task, close=False))
        page, page_ms = _timed(lambda: self._page(task, close=True))
        paragraph = self._holdings.catalogue.document(task.document).text
        words, words_ms = _timed(lambda: self._words(page, task.text))
        shortest, shortest_ms = _timed(lambda: self._shortest(task.text, paragraph))
        return {
            "rules": Said(rules.sentence, rules.sentence, False, rules_ms),
            "shipped": Said(page.sentence, page.sentence, False, page_ms),
            "clauses": Said(page.clauses, page.sentence, False, page_ms),
            "words": Said(*words, False, page_ms + words_ms),
            "shortest": Said(*shortest, shortest_ms),
            "answer": Said(*page.answer, page_ms),
        }

    def _page(self, task: Task, *, close: bool) -> _Page:
        notices = frozenset(self._holdings.catalogue.notice_ids(source=task.document))
        answerer = ExtractiveAnswerer(Retriever(self._holdings, close=close, given=notices))
        question = Question(task.text)
        understood = understand(question)
        query = answerer.retriever.query(understood.text)
        passages = answerer.retriever.find(query, READ)
        readings = answerer.readings(query, understood.asked, passages)
        return _Page(answerer, question, understood, query, passages, readings)

    def _words(self, page: _Page, question: str) -> tuple[str, str]:
        """The likeliest words of the best unit, and the unit."""
        if not page.sentence:
            return "", ""
        (reading,) = self._holdings.reader.read(question, [("", page.sentence)])
        shortest = reading.shortest()
        return page.sentence[shortest.span.start : shortest.span.end] if shortest else "", page.sentence

    def _shortest(self, question: str, paragraph: str) -> tuple[str, str, bool]:
        """The likeliest words of all windows, the sentence that they begin in, and whether none is likelier."""
        parts = windows(paragraph, WINDOW)
        texts = [("", paragraph[part.start : part.end]) for part in parts]
        read = zip(parts, self._holdings.reader.read(question, texts), strict=True)
        told = [(shortest.odds, part.start, shortest.span) for part, each in read if (shortest := each.shortest())]
        if not told:
            return "", "", True
        odds, at, span = max(told, key=lambda each: each[0])
        start = at + span.start
        sentence = next(s for s in sentences(paragraph) if start < s.end)
        return paragraph[start : at + span.end], paragraph[sentence.start : sentence.end], odds < 0


@dataclass(frozen=True, slots=True)
class _Page:
    """A paragraph as the answerer has read it."""

    answerer: ExtractiveAnswerer
    question: Question
    understood: Understanding
    query: Query
    passages: Sequence[Passage]
    readings: Sequence[Reading]

    @property
    def sentence(self) -> str:
        """The best unit."""
        return self.readings[0].unit.text if self.readings else ""

    @property
    def clauses(self) -> str:
        """Those of its clauses that hold most of the question, and its figures."""
        return tight(self.query, self.readings[0].unit).text if self.readings else ""

    @property
    def answer(self) -> tuple[str, str, bool]:
        """What a person is told, the words cited, and whether it is a refusal."""
        told = self.answerer.answer_from(self.question, self.understood, self.query, self.passages)
        if not told.citations:
            return "", "", True
        return without_markers(told.text), "".join(citation.quote for citation in told.citations), False


def sentences(text: str) -> list[Span]:
    """With their marks, one after another; the whole where it has none."""
    return [Span(*match.span()) for match in _SENTENCE.finditer(text)] or [Span(0, len(text))]


def windows(text: str, most: int) -> list[Span]:
    """Whole sentences together, at most so many characters where they allow it, each window moved on by half."""
    cut = sentences(text)
    found: list[Span] = []
    first = 0
    while True:
        last = first
        while last + 1 < len(cut) and cut[last + 1].end - cut[first].start <= most:
            last += 1
        found.append(Span(cut[first].start, cut[last].end))
        if last + 1 >= len(cut):
            return found
        first = max(first + 1, (first + last + 1) // 2)


def _timed(step: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and the milliseconds that it takes."""
    began = perf_counter()
    return step(), (perf_counter() - began) * 1000
