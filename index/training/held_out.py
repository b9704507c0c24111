"""Questions that are not trained on, and how many of them a model answers first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.training.pairs import KINDS, PASSAGE_CHARS, BadTrainingFolder, written

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.pieces import Ids

    Vectors = Callable[[Sequence[Ids]], npt.NDArray[np.float32]]  # ids of texts → vectors


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Questions that are not trained on, their passages, and which of these are right for each, by place."""

    name: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    judged: tuple[frozenset[int], ...]

    @classmethod
    def read(cls, folder: Path) -> HeldOut:
        """A folder in BEIR's layout: corpus.jsonl, queries.jsonl, qrels.tsv. Raises BadTrainingFolder."""
        try:
            passages = [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]
            questions = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
            verdicts = [line.split("\t") for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()]
            places = {str(passage["id"]): place for place, passage in enumerate(passages)}
            judged: dict[str, set[int]] = {str(question["id"]): set() for question in questions}
            for question, passage, verdict in verdicts:
                if verdict.strip() not in ("0", "score"):
                    judged[question].add(places[passage])
            return cls(
                folder.name,
                tuple(question["text"] for question in questions),
                tuple(passage["text"] for passage in passages),
                tuple(frozenset(judged[str(question["id"])]) for question in questions),
            )
        except (OSError, ValueError, KeyError) as exc:
            raise BadTrainingFolder(
                f"留出的题 {folder} 读不出来。文件夹里应有 corpus.jsonl、queries.jsonl、qrels.tsv。"
            ) from exc

    def write(self, folder: Path) -> None:
        """What `read` opens."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = ({"id": f"p{at}", "title": "", "text": text} for at, text in enumerate(self.passages))
        (folder / "corpus.jsonl").write_text(_lines(rows), "utf-8")
        rows = ({"id": f"q{at}", "text": text} for at, text in enumerate(self.questions))
        (folder / "queries.jsonl").write_text(_lines(rows), "utf-8")
        verdicts = (f"q{at}\tp{place}\t1\n" for at, right in enumerate(self.judged) for place in sorted(right))
        (folder / "qrels.tsv").write_text("".join(verdicts), "utf-8")

    def touches(self) -> tuple[set[str], set[str]]:
        """The questions, and the beginnings of the passages that are right for one of them."""
        right = {place for places in self.judged for place in places}
        return set(self.questions), {self.passages[place][:PASSAGE_CHARS] for place in right}

    def encoded(self, ids_of: Callable[[Sequence[str]], list[Ids]]) -> Cut:
        return Cut(self.name, ids_of(self.questions), ids_of(self.passages), self.judged)


@dataclass(frozen=True, slots=True)
class Cut:
    """The same as ids of pieces."""

    name: str
    questions: list[Ids]
    passages: list[Ids]
    judged: tuple[frozenset[int], ...]


def written_apart(data: Path, without: Sequence[str]) -> list[HeldOut]:
    """Of our own questions those that are held out, among the clauses of all of them."""
    found = []
    for kind in KINDS:
        if f"written {kind}" not in without:
            clauses = list(written(data, kind))
            places: dict[str, int] = {}
            for each in clauses:
                places.setdefault(each.passage, len(places))
            asked = [(question, places[e.passage]) for e in clauses if e.held_out for question in e.questions]
            judged = tuple(frozenset({place}) for _, place in asked)
            found.append(HeldOut(f"written {kind}", tuple(question for question, _ in asked), tuple(places), judged))
    return found


def _lines(rows: Iterable[dict[str, str]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def shares_found(
    sets: Sequence[Cut], vectors: Vectors, of_passages: Vectors | None = None
) -> dict[str, tuple[float, float]]:
    """name → share of the questions of which a right passage is the nearest, is one of the five nearest.

    `of_passages`: what embeds passages, where it is not what embeds questions.
    """
    found = {}
    for each in sets:
        scores = vectors(each.questions) @ (of_passages or vectors)(each.passages).T
        order = (-scores).argsort(axis=1, kind="stable")[:, :5]
        first = sum(int(row[0]) in right for row, right in zip(order, each.judged, strict=True))
        five = sum(bool(right & set(row.tolist())) for row, right in zip(order, each.judged, strict=True))
        count = max(1, len(each.questions))
        found[each.name] = (round(first / count, 4), round(five / count, 4))
    return found
