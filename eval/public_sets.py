"""The files of public sets that come with answers → what is asked of them: paragraphs to read, passages to answer from.

Beside BEIR's files (eval/benchmark.py), `answers.jsonl` holds {"id", "answers": [...]} and, where a question belongs to
a paragraph, {"doc": its id, "evidences": [...]}. `cases.jsonl` is RGB's kind of set: {"id", "set", "query", "all_of":
[[spelling, ...], ...], "positive": [ids], "negative": [ids]}, with "positive_groups" where an answer is pieced together
and "fakeanswer", "positive_wrong_text" where passages were falsified.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, zip_longest
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

from eval.benchmark import QUERIES, BadBenchmark
from eval.cases import MAX_PROBLEMS_SHOWN
from index.errors import system_reason

T = TypeVar("T")
Wanted = tuple[tuple[str, ...], ...]  # of each thing wanted, the spellings that count

ANSWERS, CASES = "answers.jsonl", "cases.jsonl"
GIVEN = 5  # passages that come with a question of RGB, as in its paper
NOISE = (0.0, 0.2, 0.4, 0.6, 0.8)  # shares of them that do not answer
NOISE_PIECED = (0.0, 0.2, 0.4)  # where the answer is pieced together


class Kind(StrEnum):
    """What a question about a paragraph wants."""

    SPAN = "span"  # words of the paragraph
    YES_NO = "yes-no"
    OPEN = "open"  # the paragraph does not say


@dataclass(frozen=True, slots=True)
class Task:
    """A question with its paragraph."""

    id: str
    text: str
    document: str  # id of the paragraph
    kind: Kind
    answers: tuple[str, ...]  # any of which is right; of a SPAN, words alone
    evidence: tuple[
        str, ...
    ]  # sentences of the paragraph, any of which bears the answer out; () where none were marked


@dataclass(frozen=True, slots=True)
class Ask:
    """A question with the passages to answer it from, and what a right answer says."""

    id: str
    setting: str  # refine 0.2, 1doc …
    text: str
    wanted: Wanted  # one spelling of each; () where a refusal is due
    given: tuple[str, ...]  # ids of documents; () for all of the corpus
    false: Wanted = ()  # what the falsified passages say instead, in the same shape


# ── paragraphs ──────────────────────────────────────────────────────────────────────────────────────────────────


def read_tasks(folder: Path, sample: int | None = None) -> Sequence[Task]:
    """The questions about paragraphs, in order; `sample`: only so many, drawn at random. Raises BadBenchmark."""
    texts = _texts(folder)
    found = [
        Task(
            row["id"],
            texts[row["id"]],
            row["doc"],
            kind := _kind(row["answers"]),
            tuple(a for a in row["answers"] if kind is not Kind.SPAN or a not in _NO_WORDS),
            tuple(row.get("evidences", ())),
        )
        for row in _rows(folder / ANSWERS, {"id": str, "doc": str, "answers": list})
        if row["id"] in texts
    ]
    return _drawn(found, sample, folder)


_SAID = ("YES", "NO")
_NO_WORDS = ("", *_SAID)


def _kind(answers: Sequence[str]) -> Kind:
    """CJRC's answers, where several readers may differ: nothing at all, or yes and no before words."""
    if not any(answers):
        return Kind.OPEN
    first = next(filter(None, answers))
    return Kind.YES_NO if first in _SAID else Kind.SPAN


# ── passages ────────────────────────────────────────────────────────────────────────────────────────────────────


def read_asks(folder: Path, sample: int | None = None) -> tuple[list[Ask], dict[str, str]]:
    """The questions with their passages, and the falsified passages, id → text, that the corpus does not hold.

    Of RGB's kind where there is a cases.jsonl, else each question is asked of the whole corpus. `sample` as above, of
    questions: each keeps all of its settings. Raises BadBenchmark.
    """
    if not (folder / CASES).is_file():
        texts = _texts(folder)
        rows = [r for r in _rows(folder / ANSWERS, {"id": str, "answers": list}) if r["id"] in texts]
        return [
            Ask(row["id"], row.get("set", ""), texts[row["id"]], (tuple(row["answers"]),), ())
            for row in _drawn(rows, sample, folder)
        ], {}
    wanted = {"id": str, "set": str, "query": str, "all_of": list, "positive": list, "negative": list}
    asks: list[Ask] = []
    falsified: dict[str, str] = {}
    for row in _drawn(list(_rows(folder / CASES, wanted)), sample, folder):
        wrong = {f"{row['id']}/{at}": text for at, text in enumerate(row.get("positive_wrong_text", ()))}
        falsified |= wrong
        asks += _settings(row, tuple(wrong))
    return sorted(asks, key=lambda ask: ask.setting), falsified


def _settings(row: Mapping[str, Any], wrong: Sequence[str]) -> Iterator[Ask]:
    """A question in every setting of its set, as RGB draws them: the first passages of each side."""
    due = tuple(tuple(spellings) for spellings in row["all_of"])
    negative = row["negative"]

    def ask(setting: str, given: Sequence[str], wanted: Wanted = due, false: Wanted = ()) -> Ask:
        return Ask(row["id"], f"{row['set']} {setting}", row["query"], wanted, tuple(given), false)

    if wrong:
        yield ask("true", row["positive"][:GIVEN])
        said = row["fakeanswer"]
        yield ask("false", wrong[:GIVEN], false=tuple((each,) for each in ([said] if isinstance(said, str) else said)))
        return
    groups = row.get("positive_groups")
    positive = _in_turn(groups) if groups else row["positive"]
    least = len(groups) if groups else 0  # a passage of each piece
    for noise in NOISE_PIECED if groups else NOISE:
        kept = max(GIVEN - ceil(GIVEN * noise), least, GIVEN - len(negative))
        yield ask(f"noise {noise:.1f}", [*positive[:kept], *negative[: GIVEN - min(kept, len(positive))]])
    if not groups:
        yield ask("noise 1.0", negative[:GIVEN], wanted=())


def _in_turn(groups: Sequence[Sequence[str]]) -> list[str]:
    """The first of each group, then the second of each …"""
    return [each for each in chain.from_iterable(zip_longest(*groups)) if each is not None]


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _texts(folder: Path) -> dict[str, str]:
    return {row["id"]: row["text"] for row in _rows(folder / QUERIES, {"id": str, "text": str})}


def _rows(path: Path, wanted: Mapping[str, type]) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file, all of which hold these fields. Raises BadBenchmark, naming file and lines."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as exc:
        raise BadBenchmark(f"{path}：打不开（{system_reason(exc)}）。请检查路径。") from exc
    except UnicodeDecodeError as exc:
        raise BadBenchmark(f"{path}：不是 UTF-8 文本。请另存为 UTF-8。") from exc
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        wrong = [
            name for name, kind in wanted.items() if not isinstance(row, dict) or not isinstance(row.get(name), kind)
        ]
        if wrong:
            problems.append(f"{path.name} 第 {number} 行：缺少 {'、'.join(wrong)}，或写法不对。")
        else:
            rows.append(row)
    if problems:
        raise BadBenchmark("\n".join(["评测集读不进来，请改正：", *problems[:MAX_PROBLEMS_SHOWN]]))
    yield from rows


def _drawn(found: Sequence[T], sample: int | None, folder: Path) -> Sequence[T]:
    """So many of them, drawn at random, the same each time. BadBenchmark where there are none."""
    if not found:
        raise BadBenchmark(f"{folder} 里没有带答案的问题。请检查 {QUERIES}、{ANSWERS} 是否属于同一个评测集。")
    if sample is None or sample >= len(found):
        return found
    chosen = random.Random(0).sample(range(len(found)), sample)  # noqa: S311 (a sample, no secret)
    return [found[at] for at in sorted(chosen)]
