"""A set of questions with answers → what our answerer makes of them: the story behind `wenzheng bench --answering`.

corpus.jsonl, falsified passages → a library of its own ───┐
cases.jsonl, or queries.jsonl and answers.jsonl → asks ────┴→ the whole answerer → scores → AnsweringBenchmark

No language model writes: an answer is the notices' own sentences, so it holds more than the words asked for, and
nothing in it tells a false passage from a true one. RGB's measures: is all that is wanted said (accuracy), is a
question refused (rejection). CRUD-RAG's, as far as they need no model: ROUGE-L; character F1 stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from eval.benchmark import CORPUS, library_of, silent
from eval.metrics.facts import without_markers
from eval.metrics.overlap import character_f1_of, characters, rouge_l_of
from eval.metrics.reading import holds
from eval.public_sets import Ask, read_asks
from eval.statistics import Mean
from index.build import Progress
from index.cross import SHIPPED
from index.holdings import Holdings
from index.retrieve import Retriever
from qa.answer import ExtractiveAnswerer
from qa.records import Question, Status

if TYPE_CHECKING:
    from index.embed import Embedder

Score = Callable[["Asked"], float | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """An ask and what came of it."""

    ask: Ask
    text: str  # of the answer, without marks; "" where it was refused
    elapsed_ms: float

    @property
    def refused(self) -> bool:
        return not self.text


def _said(asked: Asked) -> float | None:
    return holds(asked.text, asked.ask.wanted) if asked.ask.wanted else None


def _misled(asked: Asked) -> float | None:
    return holds(asked.text, asked.ask.false) if asked.ask.false else None


def _liked(measure: Callable[[str, str], float]) -> Score:
    """Likeness to the nearest of the answers, where the whole corpus was asked and an answer was given."""

    def score(asked: Asked) -> float | None:
        if asked.ask.given or asked.refused:
            return None
        return max(measure(characters(asked.text), characters(gold)) for gold in asked.ask.wanted[0])

    return score


MEASURES: Mapping[str, tuple[str, Score]] = {  # name → heading and score
    "says_all": ("说出答案", _said),
    "refused": ("拒答", lambda asked: float(asked.refused)),
    "misled": ("照说错误", _misled),
    "rouge_l": ("ROUGE-L", _liked(rouge_l_of)),
    "character_f1": ("字F1", _liked(character_f1_of)),
}


@dataclass(frozen=True, slots=True)
class AnsweringBenchmark:
    """One run over one set. `omitted`: what was left out of it, one Chinese line each."""

    name: str  # of the set: its folder's
    library: str  # its id
    documents: int
    chunks: int
    build_s: float
    results: tuple[Asked, ...]  # in the order of the settings
    omitted: tuple[str, ...]

    def means(self) -> dict[str, dict[str, Mean]]:
        """setting → measure → its mean, with interval; "" stands for all, where there are several."""
        settings = dict.fromkeys(asked.ask.setting for asked in self.results)
        found = {each: _means([r for r in self.results if r.ask.setting == each]) for each in settings}
        if len(settings) > 1 and not any(asked.ask.given for asked in self.results):
            found[""] = _means(self.results)
        return found


def _means(results: Iterable[Asked]) -> dict[str, Mean]:
    given = tuple(results)
    return {name: Mean.of((score(each) for each in given), interval=True) for name, (_, score) in MEASURES.items()}


def run_answering(
    folder: Path,
    sample: int | None = None,
    *,
    embedder: Embedder | None = None,
    reader: Path = SHIPPED,
    progress: Progress | None = None,
) -> AnsweringBenchmark:
    """Ask every question of a set in each of its settings. `sample`: only so many questions. Raises BadBenchmark."""
    report = progress or silent
    asks, falsified = read_asks(folder, sample)
    with TemporaryDirectory(prefix="wenzheng-bench-") as scratch:
        corpora = [folder / CORPUS, *_written(falsified, Path(scratch, "falsified.jsonl"))]
        with library_of(corpora, embedder, reader, report) as library:
            return AnsweringBenchmark(
                name=folder.resolve().name,
                library=library.built.library_id,
                documents=library.built.documents,
                chunks=library.built.chunks,
                build_s=library.build_s,
                results=_ask_all(asks, library.holdings, report),
                omitted=library.built.problems,
            )


def _written(passages: Mapping[str, str], path: Path) -> list[Path]:
    """The passages as a file of documents; [] for none."""
    if not passages:
        return []
    rows = ({"id": each, "title": "", "text": text} for each, text in passages.items())
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return [path]


def _ask_all(asks: Sequence[Ask], holdings: Holdings, report: Progress) -> tuple[Asked, ...]:
    ExtractiveAnswerer(Retriever(holdings)).answer(Question(asks[0].text))  # opens the engines, no ask's own time
    results: list[Asked] = []
    for ask in asks:
        notices = (notice for source in ask.given for notice in holdings.catalogue.notice_ids(source=source))
        answer = ExtractiveAnswerer(Retriever(holdings, given=frozenset(notices))).answer(Question(ask.text))
        answered = answer.status in (Status.ANSWERED, Status.PARTIAL)
        results.append(Asked(ask, without_markers(answer.text) if answered else "", answer.elapsed_ms))
        report(len(results), len(asks), "提问")
    return tuple(results)
