"""What each lever of finding is worth: `python -m eval.ablate`. Prints a table; changes nothing.

Without a lever the pools of the answerable dev questions are made anew, the weights of their order are fitted anew, and
recall is cross-validated: the mean share of the evidence in the first passage, and in the best of the first five.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from eval.fit import Example, fit, folds, passage_examples
from eval.run import choose_cases
from index import rerank
from index.build import build_library
from index.holdings import CONTEXTUAL, LATENT_SEMANTICS, STATIC, Holdings
from index.library import Library
from index.retrieve import RELATED, Retriever
from index.thesaurus import Thesaurus
from qa.assemble import embedder_of
from qa.settings import Settings

if TYPE_CHECKING:
    from eval.records import Case

ROUNDS = 2
_NEARNESS = frozenset({"near", "near_window"})
_CALLED = frozenset({"called", "called_count", "called_above"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What is left out."""

    name: str
    without: frozenset[str] = frozenset()  # features of index/rerank.py
    related: bool = True
    thesaurus: bool = True
    embedder: str = CONTEXTUAL  # as in qa/settings.py


SETTINGS = (
    Setting("全部"),
    Setting("不看最近的一段", frozenset({"near_window"})),
    Setting("不看逐词贴近", _NEARNESS),
    Setting("不查相近的词", related=False),
    Setting("不看各句的向量", frozenset({"sentence"})),
    Setting("静态的嵌入模型代替读上下文的", embedder=STATIC),
    Setting("潜在语义代替随附的嵌入模型", embedder=LATENT_SEMANTICS),
    Setting("词表只用来查，不用来排", _CALLED),
    Setting("没有词表", thesaurus=False),
    Setting("逐词贴近、相近的词、随附的嵌入模型都不用", _NEARNESS, related=False, embedder=LATENT_SEMANTICS),
)


class _Wordless(Holdings):
    """A library that is asked without a thesaurus."""

    @property
    def thesaurus(self) -> Thesaurus:
        return Thesaurus({})


def examples(setting: Setting, cases: Sequence[Case]) -> list[Example]:
    """The pools over the bundled gazettes, with the features that are left."""
    embedder = embedder_of(Settings(embedder=setting.embedder))
    kept = [at for at, name in enumerate(rerank.FEATURES) if name not in setting.without]
    with TemporaryDirectory() as folder:
        build_library([], Path(folder, "library"), embedder=embedder)
        library = Library.open(Path(folder, "library"))
        holdings = (Holdings if setting.thesaurus else _Wordless)(library, embedder)
        retriever = Retriever(holdings, related=RELATED if setting.related else 0.0)
        found = [Example(each.features[:, kept], each.rightness) for each in passage_examples(cases, retriever)]
        holdings.catalogue.close()
    return found


def recalls(asked: Sequence[Example]) -> list[tuple[float, float]]:
    """For each question recall@1 and the best of five, by weights that have not seen it; the mean over ROUNDS."""
    sums = [[0.0, 0.0] for _ in asked]
    for seed in range(ROUNDS):
        for held_out in folds(len(asked), seed):
            weights = fit([each for at, each in enumerate(asked) if at not in held_out])
            for at in sorted(held_out):
                best = (-(asked[at].features @ weights)).argsort(kind="stable")
                sums[at][0] += float(asked[at].rightness[best[0]])
                sums[at][1] += float(asked[at].rightness[best[:5]].max())
    return [(first / ROUNDS, five / ROUNDS) for first, five in sums]


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each setting."""
    argparse.ArgumentParser(prog="python -m eval.ablate", description="检索的每一项各值多少").parse_args(argv)
    cases = [case for case in choose_cases((), "dev") if case.answerable]
    lay = [case.wording == "lay" for case in cases]
    print(f"dev {len(cases)} 题，其中大白话 {sum(lay)} 题；交叉检验的召回@1、@5，再是大白话的", flush=True)
    for setting in SETTINGS:
        found = recalls(examples(setting, cases))
        spoken = [each for each, is_lay in zip(found, lay, strict=True) if is_lay]
        means = [sum(each[at] for each in of) / len(of) for of in (found, spoken) for at in (0, 1)]
        print(f"{setting.name}\t" + "\t".join(f"{mean:.3f}" for mean in means), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
