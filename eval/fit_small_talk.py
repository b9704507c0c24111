"""Fit qa/small_talk.json: does a text ask anything of public affairs? `python -m eval.fit_small_talk [--pairs DIR]`.

Taught with the lines of `small_talk.tsv`, which anyone can extend, with the questions of the dev split, clauses of
the bundled gazettes, short questions of `index/training/written/` and those about other notices, and, where `--pairs`
names a folder of question pairs (JSON lines, zstandard), with what citizens wrote in them. Logistic regression over
characters and their pairs (qa/small_talk.py reads them the same way), L2 penalty. One line in five is held out: the
share of small talk that is recognised, and of questions that are mistaken for it, is printed for these.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.beyond import ASKED, BEYOND, HELD_OUT
from eval.check import bundled_corpus_texts
from eval.numerics import minimise, sparse
from eval.run import choose_cases
from index.training.pairs import lines
from qa.small_talk import CERTAIN, LONGEST, WEIGHTS, asks_nothing, pieces

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

LINES = Path(__file__).with_name("small_talk.tsv")
PENALTY = 0.1
UNKNOWN = -2.0  # what is like nothing it was taught asks: small talk has to be recognised
LEAST_TEXTS = 2  # that hold a piece before it has a weight
MOST_PAIRS = 6000
SHORT = 16  # characters
_DIGITS = 2
_PAIRS = ("gov12345.jsonl.zst", "legal.jsonl.zst", "ncp_train.jsonl.zst")


def labelled(pairs: Path | None) -> list[tuple[str, bool]]:
    """Texts, and whether each is small talk; in a fixed order, no text twice."""
    rows = [line.split("\t", 1) for line in LINES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    found = {text.strip(): kind != "question" for kind, text in rows}
    found |= {case.question: case.small_talk for case in choose_cases((), "dev")}
    found |= dict.fromkeys(_words_of_notices(), False)
    found |= dict.fromkeys(_short_questions(), False)
    found |= dict.fromkeys(_about_other_notices(), False)
    asked = sorted(set(_queries(pairs))) if pairs else []
    step = max(1, len(asked) // MOST_PAIRS)
    found |= dict.fromkeys(asked[::step], False)
    return sorted((text, chat) for text, chat in found.items() if len(text) <= LONGEST)


def fit(taught: Sequence[tuple[str, bool]]) -> dict[str, float]:
    """A weight for each piece, and under "" the constant."""
    import numpy as np

    cut = [set(pieces(text)) for text, _ in taught]
    spread = Counter(piece for held in cut for piece in held)
    known = sorted(piece for piece, n in spread.items() if n >= LEAST_TEXTS)
    place = {piece: i for i, piece in enumerate(known)}
    texts = sparse([sorted(place[piece] for piece in held if piece in place) for held in cut], len(known))
    due = np.array([chat for _, chat in taught], float)

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        raw = texts @ weights + UNKNOWN
        total = float((np.logaddexp(0, raw) - due * raw).sum()) + PENALTY * float(weights @ weights)
        return total, texts.T @ (1 / (1 + np.exp(-raw)) - due) + 2 * PENALTY * weights

    named = zip(known, minimise(loss, np.zeros(len(known))), strict=True)
    kept = {piece: round(float(w), _DIGITS) for piece, w in named if abs(w) >= 10**-_DIGITS}
    return {"": UNKNOWN, **kept}


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, report on what was held out, and write the weights of all unless --check."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit_small_talk", description="拟合闲聊的识别")
    parser.add_argument("--pairs", type=Path, default=None, help="问答对的文件夹")
    parser.add_argument("--check", action="store_true", help="只报告，不改权重文件")
    args = parser.parse_args(argv)
    texts = labelled(args.pairs)
    weights = fit([each for i, each in enumerate(texts) if i % 5])
    held_out = texts[::5]
    for name, chat in (("闲聊", True), ("提问", False)):
        told = [asks_nothing(text, weights) for text, is_chat in held_out if is_chat is chat]
        print(f"{name} {len(told)} 句，判为闲聊 {sum(told) / len(told):.4f}（把握 ≥ {CERTAIN}）")
    if not args.check:
        WEIGHTS.write_text(json.dumps(fit(texts), ensure_ascii=False, indent=0) + "\n", "utf-8")
    return 0


def _words_of_notices() -> Iterator[str]:
    """Every fourth of the bundled gazettes' clauses: what public affairs are called."""
    clauses = (c for text in bundled_corpus_texts().values() for c in re.split(r"[，。；：！？\s]+", text))
    yield from [clause for clause in clauses if 4 <= len(clause) <= 30][::4]


def _short_questions() -> Iterator[str]:
    """Those written to train the models that are as short as small talk is: 垃圾怎么分."""
    questions = (question for row in lines("questions.jsonl") for question in row["questions"])
    yield from (question for question in questions if len(question) <= SHORT)


def _about_other_notices() -> Iterator[str]:
    """Those of eval/beyond.py, but for what is held out."""
    asked = (json.loads(line) for file in (ASKED, BEYOND) for line in file.read_text("utf-8").splitlines())
    yield from (row["question"] for row in asked if row.get("half") != HELD_OUT)


def _queries(folder: Path) -> Iterator[str]:
    import zstandard

    for name in _PAIRS:
        with (folder / name).open("rb") as stream:
            for line in zstandard.ZstdDecompressor().stream_reader(stream).read().decode().splitlines():
                yield json.loads(line)["query"][:80]


if __name__ == "__main__":
    sys.exit(main())
