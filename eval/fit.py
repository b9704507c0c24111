"""Fit the weights of finding, reading, choosing and refusing on the dev questions: `python -m eval.fit`.

For each answerable question its passages compete (index/rerank.py), then the units of the best of them (qa/read.py),
then the first of these (qa/choose.py). A passage is right by the share of the evidence that it holds; a unit that
overlaps it, by the share of the key facts that it holds. Maximised
is the log of the softmax mass on what is right (a listwise loss: Cao et al., "Learning to Rank: From Pairwise Approach
to Listwise Approach", ICML 2007), less an L2 penalty. Then every question is answered, none refused, and two logistic
models are fitted: to whether the notices answer it, and to whether the answer is right. `--only NAME` fits one of them;
`--readers FOLDER` lets each question be read by a reader that has not learned from it (eval/teach.py);
`--data FOLDER` has them fitted on questions about other notices, too (eval/beyond.py), asked of a library of these;
`--check` changes nothing; the cross-validated figures are printed in any case: the share of questions whose best
passage, or unit, is wholly right; what is refused at which threshold; calibration error and area under the
risk–coverage curve.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from eval.benchmark import CORPUS, read_topics
from eval.beyond import BEYOND, DEVELOP, open_beyond
from eval.examine import Examiner, LibraryShelf, library_sources
from eval.metrics.confidence import Judged, area_under_risk_coverage, calibration_error
from eval.metrics.verdict import right
from eval.numerics import minimise
from eval.records import Case, Stretch
from eval.rightness import held, rightness
from eval.run import choose_cases
from eval.teach import PARTS, part_of
from index import rerank
from index.build import build_library
from index.fitted import fitted
from index.holdings import Holdings
from index.library import Library
from index.query import Query
from index.records import Passage
from index.retrieve import CLOSE, RERANKED, Retriever
from qa import choose, confidence, read
from qa.answer import READ, ExtractiveAnswerer
from qa.assemble import open_holdings
from qa.cite import Statement
from qa.read import Reading
from qa.records import Question
from qa.refuse import Doubt, impossible
from qa.settings import Settings
from qa.understand import Understanding, understand

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.embed import Embedder

    Matrix = npt.NDArray[np.float64]

Part = tuple[Sequence[Case], Holdings]  # questions, and the library with the reader that they are asked of

PENALTY = 0.05
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One question: a row of features for each thing that competes, and how right each is, in [0, 1]."""

    features: Matrix  # (things, features)
    rightness: Matrix  # (things,)


def passage_examples(cases: Sequence[Case], retriever: Retriever) -> list[Example]:
    """The pools of the answerable cases."""
    found: list[Example] = []
    for _, evidence, _, query in _asked(cases, retriever):
        pool = retriever.pool(query, RERANKED)
        found.append(_pool_example(query, pool, [held(p, evidence) for p in pool], retriever))
    return found


def close_examples(cases: Sequence[Case], retriever: Retriever) -> list[Example]:
    """The passages of the answerable cases that our own reader reads once more."""
    found: list[Example] = []
    for _, evidence, _, query in _asked(cases, retriever):
        first = Retriever(retriever.library, close=False).find(query, CLOSE)
        rows = rerank.close_features([p.score for p in first], retriever.read_closely(query, first))
        found.append(_example(rows, [held(p, evidence) for p in first], len(rerank.CLOSE_FEATURES)))
    return found


def topic_examples(folder: Path, embedder: Embedder) -> Iterator[Example]:
    """The pools of the questions of a set in BEIR's layout, over a library of its corpus alone; those without a right
    passage in the pool teach nothing.
    """
    topics, _ = read_topics(folder)
    with TemporaryDirectory() as scratch:
        build_library([folder / CORPUS], Path(scratch, "library"), embedder=embedder)
        holdings = Holdings(Library.open(Path(scratch, "library")), embedder)
        retriever = Retriever(holdings)
        for topic in topics:
            query = retriever.query(topic.text)
            pool = retriever.pool(query, RERANKED)
            judged = [float(topic.judged.get(p.notice.source, 0) > 0) for p in pool]
            if any(judged):
                yield _pool_example(query, pool, judged, retriever)
        holdings.catalogue.close()


def unit_examples(cases: Sequence[Case], holdings: Holdings) -> list[Example]:
    """The units of the answerable cases; one whose units are all wrong teaches nothing, but counts when checked."""
    retriever = Retriever(holdings)
    found: list[Example] = []
    for case, evidence, understood, query in _asked(cases, retriever):
        passages = retriever.find(query, READ)
        rarity, near = holdings.words.rarity, holdings.nearness.of_texts
        closely = retriever.closely(query, passages)
        units, rows = read.featured(query, understood.asked, passages, holdings.provisions, rarity, near, closely)
        found.append(_example(rows, [rightness(case, unit, evidence) for unit in units], len(read.FEATURES)))
    return found


def choice_examples(cases: Sequence[Case], holdings: Holdings) -> list[Example]:
    """The first units of the answerable cases, which are read once more by themselves."""
    retriever = Retriever(holdings)
    answerer = ExtractiveAnswerer(retriever)
    found: list[Example] = []
    for case, evidence, understood, query in _asked(cases, retriever):
        first = answerer.readings(query, understood.asked, retriever.find(query, READ))[: choose.ALONE]
        said = retriever.read_texts(query, [choose.laid_out(reading.unit) for reading in first])
        read_alone = [replace(reading, alone=each.belief) for reading, each in zip(first, said, strict=True)]
        rows = [choose.featured(reading) for reading in read_alone]
        found.append(_example(rows, [rightness(case, each.unit, evidence) for each in first], len(choose.FEATURES)))
    return found


def _asked(
    cases: Sequence[Case], retriever: Retriever
) -> Iterator[tuple[Case, Sequence[Stretch], Understanding, Query]]:
    """The answerable cases, each with its evidence and as it is read."""
    sources = library_sources(LibraryShelf(retriever.library), cases)
    for case in (c for c in cases if c.answerable):
        understood = understand(Question(case.question, case.history, case.asked_on))
        yield case, sources.locate(case), understood, retriever.query(understood.text, understood.context)


def _pool_example(query: Query, pool: Sequence[Passage], held: Sequence[float], retriever: Retriever) -> Example:
    rows = rerank.featured(query, [rerank.Candidate.of(p) for p in pool], retriever.library.words.rarity)
    return _example(rows, held, len(rerank.FEATURES))


def _example(rows: Sequence[Sequence[float]], rightness: Sequence[float], width: int) -> Example:
    import numpy as np

    return Example(np.array(rows, float).reshape(len(rows), width), np.array(rightness, float))


def fit(taught: Sequence[Example], penalty: float = PENALTY) -> Matrix:
    """The weights, in the order of the features."""
    import numpy as np

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

    return minimise(loss, np.zeros(taught[0].features.shape[1]))


def _together(own: Sequence[Example], beside: Sequence[Example]) -> list[Example]:
    """A dev question counts three times where questions of other sets are learned from, too."""
    return [*own, *own, *own, *beside] if beside else list(own)


def share_right(asked: Sequence[Example], weights: Matrix) -> float:
    """The share of examples in which the best-scored thing is wholly right."""
    right = [e.rightness.size > 0 and e.rightness[int((e.features @ weights).argmax())] >= 1 for e in asked]
    return float(sum(right)) / len(right)


def folds(count: int, seed: int) -> Iterator[set[int]]:
    """FOLDS parts of so many things, at random, each to be held out once."""
    order = list(range(count))
    random.Random(seed).shuffle(order)  # noqa: S311 (a partition, no secret)
    for fold in range(FOLDS):
        yield set(order[fold::FOLDS])


def cross_validated(asked: Sequence[Example], beside: Sequence[Example] = (), rounds: int = 4) -> float:
    """share_right on questions that the weights have not seen, over several random partitions; those of other sets,
    `beside`, are always learned from.
    """
    shares: list[float] = []
    for seed in range(rounds):
        for held_out in folds(len(asked), seed):
            weights = fit(_together([e for i, e in enumerate(asked) if i not in held_out], beside))
            shares.append(share_right([asked[i] for i in held_out], weights))
    return sum(shares) / len(shares)


# ── refusing, and confidence ────────────────────────────────────────────────────────────────────────────────────

Signs = tuple[float, ...]
PULL = 0.3  # towards nothing, of the logistic weights
_BUT_THE_CONSTANT = confidence.FEATURES[1:]


@dataclass(frozen=True, slots=True)
class Answered:
    """What was seen of a question, whether the notices answer it, and how right the answer to it was."""

    signs: Signs
    answerable: float
    right: float


@dataclass(frozen=True, slots=True)
class _Watched(ExtractiveAnswerer):
    """The answerer, refusing nothing, and keeping what it saw."""

    seen: list[Signs] = field(default_factory=list)

    def _refuses(self, query: Query, doubted: Sequence[Doubt], seen: Sequence[float]) -> bool:
        if not seen or impossible(query, doubted):
            return True
        self.seen.append(tuple(seen))
        return False

    def _hedged(
        self, statements: Sequence[Statement], readings: Sequence[Reading], believed: float
    ) -> tuple[list[Statement], bool]:
        """Nothing: what is to be believed of the first answer does not hang on what is believed of it now."""
        return list(statements), False


def answered_examples(cases: Sequence[Case], holdings: Holdings) -> list[Answered]:
    """Of each question that is answered by reading, and is not refused for certain."""
    answerer = _Watched(Retriever(holdings))
    examiner = Examiner(answerer, LibraryShelf(holdings), cases, 10)
    found: list[Answered] = []
    for case in (c for c in cases if not c.small_talk):
        answerer.seen.clear()
        outcome, _ = examiner.examine(case)
        if answerer.seen:
            good = (right(outcome) or 0.0) if case.answerable else 0.0
            found.append(Answered(answerer.seen[-1], float(case.answerable), good))
    return found


def fit_logistic(signs: Sequence[Signs], due: Sequence[float], penalty: float = PULL) -> Matrix:
    """Logistic weights, in the order of the signs; the constant, which comes first, is not held down.

    The others have the sign that reason gives them: no doubt makes anyone surer, and no likeness less sure, though it
    may seem so among questions that were all written to come near.
    """
    import numpy as np

    rows, wanted = np.array(signs), np.array(due)
    held = np.full(rows.shape[1], penalty)
    held[0] = 0.0

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        raw = rows @ weights
        total = float(np.logaddexp(0, raw).sum() - wanted @ raw + held @ weights**2)
        return total, rows.T @ (1 / (1 + np.exp(-raw)) - wanted) + 2 * held * weights

    bounds = [(None, None), *((None, 0.0) if name in confidence.AGAINST else (0.0, None) for name in _BUT_THE_CONSTANT)]
    return minimise(loss, np.zeros(rows.shape[1]), bounds)


def _believed_apart(signs: Sequence[Signs], due: Sequence[float]) -> list[float]:
    """For each the belief of a model that has not seen it."""
    import numpy as np

    found = [0.0] * len(signs)
    for held_out in folds(len(signs), 0):
        rest = [i for i in range(len(signs)) if i not in held_out]
        weights = fit_logistic([signs[i] for i in rest], [due[i] for i in rest])
        for i in held_out:
            found[i] = float(1 / (1 + np.exp(-(np.array(signs[i]) @ weights))))
    return found


def _learn_to_refuse(asked: Sequence[Answered], *, write: bool) -> None:
    signs, due = [each.signs for each in asked], [each.answerable for each in asked]
    believed = _believed_apart(signs, due)
    print(f"拒答：{len(asked)} 题，其中不能答 {due.count(0.0)} 题；交叉检验：门槛，误拒，拒答召回，按对答者计的损失")
    for threshold in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7):
        wrongly = [e.right for e, b in zip(asked, believed, strict=True) if e.answerable and b < threshold]
        rightly = sum(b < threshold and not e.answerable for e, b in zip(asked, believed, strict=True))
        shares = len(wrongly) / max(1, due.count(1.0)), rightly / max(1, due.count(0.0))
        print(f"  {threshold:.2f}  {shares[0]:.3f}  {shares[1]:.3f}  {sum(wrongly) / max(1, due.count(1.0)):.3f}")
    _keep(fit_logistic(signs, due), confidence.FEATURES, confidence.ANSWERABLE, write=write)


def _learn_confidence(asked: Sequence[Answered], *, write: bool) -> None:
    signs, due = [each.signs for each in asked], [each.right for each in asked]
    judged: list[Judged] = list(zip(_believed_apart(signs, due), due, strict=True))
    wrong = 1 - sum(due) / len(due)
    print(
        f"把握：{len(asked)} 题，交叉检验 校准误差 {calibration_error(judged):.3f}，"
        f"风险覆盖面积 {area_under_risk_coverage(judged):.3f}（不分把握时 {wrong:.3f}）"
    )
    _keep(fit_logistic(signs, due), confidence.FEATURES, confidence.CONFIDENCE, write=write)


def main(argv: Sequence[str] | None = None) -> int:
    """Fit passages, then units, then refusing and confidence; report, and write the files unless --check."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit", description="用 dev 题拟合重排与摘读的权重")
    parser.add_argument("--library", type=Path, default=None, help="公文库文件夹")
    parser.add_argument("--only", choices=("rerank", "close", "read", "choose", "confidence"), help="只拟合这一样")
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="重排另外学的题（BEIR 格式的文件夹）")
    parser.add_argument("--readers", type=Path, help="细读模型的文件夹，每部分题一个，都没学过那部分（见 eval.teach）")
    parser.add_argument("--data", type=Path, help="训练数据文件夹：也用五份公报以外的题来拟合，另建一个库来问")
    parser.add_argument("--check", action="store_true", help="只报告，不改权重文件")
    args = parser.parse_args(argv)
    settings = Settings.load(library=args.library)
    with TemporaryDirectory() as scratch:
        _fit_all(args, settings, [_part_beyond(args.data, settings, Path(scratch))] if args.data else [])
    return 0


def _fit_all(args: argparse.Namespace, settings: Settings, beyond: Sequence[Part]) -> None:
    holdings = open_holdings(settings)
    cases = choose_cases((), "dev")
    parts = [*(_parts(cases, settings, args.readers) if args.readers else [(cases, holdings)]), *beyond]
    write = not args.check
    if args.only in (None, "rerank"):
        beside = [example for folder in args.beside for example in topic_examples(folder, holdings.embedder)]
        own = [
            each for asked, held in [(cases, holdings), *beyond] for each in passage_examples(asked, Retriever(held))
        ]
        _learn("重排", own, rerank.FEATURES, rerank.WEIGHTS, write=write, beside=beside)
    if args.only in (None, "close"):
        examples = [each for asked, own in parts for each in close_examples(asked, Retriever(own))]
        _learn("细读", examples, rerank.CLOSE_FEATURES, rerank.CLOSE_WEIGHTS, write=write)
    if args.only in (None, "read"):
        examples = [each for asked, own in parts for each in unit_examples(asked, own)]
        _learn("摘读", examples, read.FEATURES, read.WEIGHTS, write=write)
    if args.only in (None, "choose"):
        examples = [each for asked, own in parts for each in choice_examples(asked, own)]
        _learn("细选", examples, choose.FEATURES, choose.WEIGHTS, write=write)
    if args.only in (None, "confidence"):
        answered = [each for asked, own in parts for each in answered_examples(asked, own)]
        _learn_to_refuse(answered, write=write)
        _learn_confidence(answered, write=write)


def _part_beyond(data: Path, settings: Settings, scratch: Path) -> Part:
    """Questions about other notices, of which no reader has learned, and a library of these."""
    halves, holdings = open_beyond(data, settings, scratch, BEYOND)
    return halves[DEVELOP], holdings


def _parts(cases: Sequence[Case], settings: Settings, readers: Path) -> list[Part]:
    """The cases of each part, and the library with the reader that has learned nothing of it."""
    parts = [(name, [case for case in cases if part_of(case) == name]) for name in PARTS]
    return [(own, open_holdings(replace(settings, reader=str(readers / name)))) for name, own in parts]


def _learn(
    what: str,
    asked: Sequence[Example],
    names: Sequence[str],
    file: Path,
    *,
    write: bool,
    beside: Sequence[Example] = (),
) -> None:
    weights = fit(_together(asked, beside))
    checked = cross_validated(asked, beside)
    learned = share_right(asked, weights)
    print(f"{what}：{len(asked)} 题，另有 {len(beside)} 题；首选全对 交叉检验 {checked:.3f}，全体 {learned:.3f}")
    _keep(weights, names, file, write=write)


def _keep(weights: Matrix, names: Sequence[str], file: Path, *, write: bool) -> None:
    named = {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}
    print(json.dumps(named))
    if write:
        file.write_text(json.dumps(named, indent=1) + "\n", "utf-8")
        fitted.cache_clear()


if __name__ == "__main__":
    sys.exit(main())
