"""What noise costs: each kind of noisy probe (eval/noise.py) against the questions that it was made of.

`python -m eval.robustness` prints a line for each kind: evidence among the first five passages, and answers that are
right, clean → noisy, over all probes and over each half. Weights and rules were chosen on half 0.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.examine import Examiner, LibraryShelf
from eval.metrics.ranking import recall_at
from eval.metrics.verdict import right
from eval.noise import KINDS, half, noisy, surroundings
from eval.records import Case, Outcome
from eval.run import choose_cases
from qa.assemble import LiveAnswerer, open_answerer
from qa.settings import Settings

_HALVES = ("两半", "半 0", "半 1")


@dataclass(frozen=True, slots=True)
class Score:
    """Of one question: evidence among five passages, the answer right; both in [0, 1]."""

    found: float
    right: float

    @classmethod
    def of(cls, outcome: Outcome) -> Score:
        return cls(recall_at(5, outcome.evidence, outcome.found) or 0.0, right(outcome) or 0.0)


def scored(answerer: LiveAnswerer, cases: Sequence[Case]) -> dict[str, Score]:
    """Case id → its score."""
    examiner = Examiner(answerer, LibraryShelf(answerer.library), cases, 10)
    return {case.id: Score.of(examiner.examine(case)[0]) for case in cases}


def row(kind: str, probes: Sequence[Case], clean: Mapping[str, Score], noised: Mapping[str, Score]) -> str:
    """One line of the table, its cells parted by tabs."""
    cells = [KINDS[kind]]
    for wanted in (None, 0, 1):
        ids = [probe.id for probe in probes if wanted in (None, half(probe))]
        cells.append(str(len(ids)))
        for value in ("found", "right"):
            before = [getattr(clean[each.split("~")[0]], value) for each in ids]
            after = [getattr(noised[each], value) for each in ids]
            cells.append(f"{_mean(before):.3f} → {_mean(after):.3f}")
    return "\t".join(cells)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table as it comes."""
    parser = argparse.ArgumentParser(prog="python -m eval.robustness", description="错字、口头语、长篇来电……各要扣多少")
    kinds = tuple(KINDS)
    parser.add_argument("--kinds", nargs="+", choices=kinds, default=kinds, help="只考这几种（默认：全部）")
    parser.add_argument("--half", type=int, choices=(0, 1), help="只考这一半（默认：两半都考）")
    args = parser.parse_args(argv)
    answerer = open_answerer(Settings.load())
    cases = [case for case in choose_cases((), "dev") if case.answerable]
    around = surroundings(answerer.library, cases)
    cases = [case for case in cases if args.half in (None, half(case))]
    clean = scored(answerer, cases)
    print("\t".join(["", *(f"{name}：题数\t召回@5\t答对" for name in _HALVES)]), flush=True)
    for kind in args.kinds:
        probes = noisy(cases, kind, around)
        print(row(kind, probes, clean, scored(answerer, probes)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
