"""Fit the weights of qa/read.py on the dev questions: `python -m eval.fit [--library DIR] [--check]`.

For each answerable question the units of its passages compete; a unit counts as right by the share of the key facts that
it holds, if it overlaps the evidence. Maximised is the log of the softmax mass on right units (a listwise loss: Cao et
al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007), less an L2 penalty. `--check` changes
nothing and prints the cross-validated share of questions whose best unit holds all key facts.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.cases import Case, Stretch, missing_facts
from eval.run import choose_cases, library_sources
from index.holdings import Holdings
from index.library import Library, default_folder
from index.retrieve import Retriever
from qa.read import FEATURES, featured
from qa.records import Question
from qa.understand import understand
from qa.units import Unit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

PENALTY = 0.05
FOLDS = 5
_WEIGHTS = Path(__file__).parent.parent / "qa" / "weights.json"


@dataclass(frozen=True, slots=True)
class Example:
    """One question: a row of features per unit, and how right each unit is, in [0, 1]."""

    features: Matrix  # (units, len(FEATURES))
    rightness: Matrix  # (units,)


def examples(cases: Sequence[Case], holdings: Holdings, k: int = 10) -> list[Example]:
    """The answerable cases as examples; one whose units are all wrong teaches nothing, but counts when checked."""
    import numpy as np

    retriever = Retriever(holdings)
    sources = library_sources(holdings.catalogue, cases)
    found: list[Example] = []
    for case in cases:
        if not case.answerable:
            continue
        evidence = sources.locate(case)
        understood = understand(Question(case.question, case.history, case.asked_on))
        query = retriever.query(understood.text, understood.context)
        passages = retriever.find(query, k)
        units, rows = featured(query, understood.asked, passages, holdings.provisions, holdings.words.rarity)
        rightness = [_rightness(case, unit, evidence) for unit in units]
        found.append(Example(np.array(rows, float).reshape(len(units), len(FEATURES)), np.array(rightness, float)))
    return found


def _rightness(case: Case, unit: Unit, evidence: Sequence[Stretch]) -> float:
    span = unit.notice.source_span(unit.span)
    for stretch in evidence:
        overlap = stretch.span.overlap(span) if stretch.source == unit.notice.source else 0
        if overlap > 0.3 * min(len(stretch.span), len(span)):
            return 1 - len(missing_facts(case, unit.text)) / len(case.key_facts)
    return 0.0


def fit(taught: Sequence[Example], penalty: float = PENALTY) -> Matrix:
    """The weights, in the order of FEATURES."""
    import numpy as np
    from scipy.optimize import minimize

    useful = [example for example in taught if example.rightness.size and example.rightness.max() > 0]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, slope = penalty * float(weights @ weights), 2 * penalty * weights
        for example in useful:
            scores = example.features @ weights
            mass = np.exp(scores - scores.max())
            mass /= mass.sum()
            right = max(float(mass @ example.rightness), 1e-12)
            total -= np.log(right / example.rightness.max())
            slope = slope - example.features.T @ (mass * example.rightness / right - mass)
        return total, slope

    found: Matrix = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x
    return found


def share_right(asked: Sequence[Example], weights: Matrix) -> float:
    """The share of examples whose best unit is right in every key fact."""
    right = [e.rightness.size > 0 and e.rightness[int((e.features @ weights).argmax())] >= 1 for e in asked]
    return sum(right) / len(right)


def cross_validated(asked: Sequence[Example], rounds: int = 4) -> float:
    """share_right on questions that the weights have not seen, over several random partitions."""
    shares: list[float] = []
    for seed in range(rounds):
        order = list(range(len(asked)))
        random.Random(seed).shuffle(order)  # noqa: S311 (a partition, no secret)
        for fold in range(FOLDS):
            held_out = set(order[fold::FOLDS])
            weights = fit([e for i, e in enumerate(asked) if i not in held_out])
            shares.append(share_right([asked[i] for i in held_out], weights))
    return sum(shares) / len(shares)


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, report, and write qa/weights.json unless --check."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit", description="用 dev 题拟合摘读的权重")
    parser.add_argument("--library", type=Path, default=None, help="公文库文件夹")
    parser.add_argument("--check", action="store_true", help="只报告，不改 qa/weights.json")
    args = parser.parse_args(argv)
    holdings = Holdings(Library.open(args.library or default_folder()))
    asked = examples(choose_cases((), "dev"), holdings)
    weights = fit(asked)
    print(f"{len(asked)} 题；交叉检验答对 {cross_validated(asked):.3f}；全体拟合 {share_right(asked, weights):.3f}")
    named = {name: round(float(weight), 3) for name, weight in zip(FEATURES, weights, strict=True)}
    print(json.dumps(named, indent=1))
    if not args.check:
        _WEIGHTS.write_text(json.dumps(named, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
