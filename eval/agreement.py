"""How far a second reader, who saw questions and gazettes alone, agrees with the gold: `python -m eval.agreement`.

`second-reader.jsonl` holds a row a question: {"id", "answerable", "answer", "evidence": [{"source", "quote"}], "note"}.
Two readers word an answer differently, so three things are compared: whether the notices answer the question at all
(share and Cohen's κ); whether the reader's answer states the gold's key facts; whether both point to the same words.
The figures bound what a system can reach on these questions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import Sources, bundled_questions, load_cases
from eval.check import bundled_corpus_texts
from eval.metrics.citation import citation_precision, citation_recall
from eval.metrics.facts import missing_facts
from eval.records import BadQuestions, Case, Evidence, Stretch
from eval.report.table import align, interval_text, number
from eval.statistics import Mean, cohen_kappa
from index.errors import system_reason

SECOND_READER = Path(__file__).with_name("second-reader.jsonl")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the second reader made of one question."""

    id: str
    answerable: bool
    answer: str
    evidence: tuple[Evidence, ...]
    note: str = ""  # where the reader found the question ambiguous, or the gazettes at odds


@dataclass(frozen=True, slots=True)
class Agreement:
    """Gold and second reader, question by question."""

    pairs: tuple[tuple[Case, Reading], ...]
    facts: Mean  # key facts of the gold that the reader's answer states; both find an answer
    whole: Mean  # answers that state all of them
    precision: Mean  # the reader's quotes that overlap the gold evidence
    recall: Mean  # the gold evidence that a quote of the reader overlaps
    disagreements: tuple[str, ...]  # ids: one finds an answer and the other does not, or a key fact is not stated

    @property
    def same_kind(self) -> Mean:
        """Both find an answer, or neither does."""
        return Mean.of((float(c.answerable == r.answerable) for c, r in self.pairs), interval=True)

    @property
    def kappa(self) -> float | None:
        return cohen_kappa([(case.answerable, reading.answerable) for case, reading in self.pairs])


def agree(cases: Sequence[Case], readings: Sequence[Reading], sources: Sources) -> Agreement:
    """Compare. Readings of questions that are not among the cases are left out. Raises BadQuestions for none at all."""
    by_id = {case.id: case for case in cases}
    pairs = tuple((by_id[reading.id], reading) for reading in readings if reading.id in by_id)
    if not pairs:
        raise BadQuestions("第二读者的答案与题目没有一道相同。")
    both = [(case, reading) for case, reading in pairs if case.answerable and reading.answerable]
    stated = [1 - len(missing_facts(case, reading.answer)) / len(case.key_facts) for case, reading in both]
    places = [(sources.locate(case), _places(reading, sources)) for case, reading in both]
    apart = [case.id for case, reading in pairs if case.answerable != reading.answerable]
    apart += [case.id for (case, _), share in zip(both, stated, strict=True) if share < 1]
    return Agreement(
        pairs,
        Mean.of(stated, interval=True),
        Mean.of((float(share == 1) for share in stated), interval=True),
        Mean.of((citation_precision(gold, found) for gold, found in places), interval=True),
        Mean.of((citation_recall(gold, found) for gold, found in places), interval=True),
        tuple(apart),
    )


def _places(reading: Reading, sources: Sources) -> list[Stretch]:
    """Where the reader's quotes stand; one that stands in several places counts in each."""
    return [place for evidence in reading.evidence for place in sources.find(evidence)]


def read_readings(path: Path = SECOND_READER) -> list[Reading]:
    """Raises BadQuestions, naming the file and line."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as exc:
        raise BadQuestions(f"{path}：打不开（{system_reason(exc)}）。") from exc
    readings: list[Reading] = []
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            quotes = tuple(Evidence(e["source"], e.get("address", ""), e["quote"]) for e in row["evidence"])
            readings.append(Reading(row["id"], bool(row["answerable"]), row["answer"], quotes, row.get("note") or ""))
        except (ValueError, KeyError, TypeError) as exc:
            raise BadQuestions(f"{path.name} 第 {at} 行读不懂（{type(exc).__name__}）。") from exc
    return readings


def show_agreement(found: Agreement) -> str:
    """The table, in Chinese."""
    rows = [["第二读者与标准答案", "值", "95% 区间", "题数"]]
    for heading, mean in (
        ("能不能答，判断一致", found.same_kind),
        ("读者的答案说出的要点", found.facts),
        ("说出全部要点的答案", found.whole),
        ("读者的引文落在标准依据上", found.precision),
        ("标准依据被读者引到", found.recall),
    ):
        rows.append([heading, number(mean.value), interval_text(mean), str(mean.n)])
    rows.append(["能不能答的 Cohen κ", number(found.kappa), "", str(len(found.pairs))])
    noted = sum(bool(reading.note) for _, reading in found.pairs)
    return f"{align(rows)}\n读者有话说的题：{noted}。不一致的题：{'、'.join(found.disagreements) or '无'}"


def main() -> int:
    """Print the agreement over the bundled questions."""
    cases = load_cases(bundled_questions())
    print(show_agreement(agree(cases, read_readings(), Sources(bundled_corpus_texts()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
