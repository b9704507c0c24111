"""The training command: `python -m index.training --data FOLDER --work FOLDER --output FOLDER`.

texts → pieces; pairs → ids of pieces; the bag; near misses; nearness; the folder that ships. Each step leaves its
result in the work folder: killed and given again, the command goes on there. One seed, one result on one machine. The
log has a line for each checkpoint, with the shares of held-out questions whose passage comes first, and in the first
five.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index import thesaurus
from index.errors import WenzhengError
from index.pieces import Cutter
from index.text import normal
from index.training import gathered, learn, pieces
from index.training.export import write_model
from index.training.gathered import clean_pairs, misses_of
from index.training.held_out import HeldOut, shares_found, written_apart
from index.training.pairs import (
    BAG_MENU,
    NEAR_MENU,
    SOURCES,
    WRITTEN,
    BadTrainingFolder,
    rows,
    written_texts,
)

CHINESE, ENGLISH = 24_000, 6_000  # words of the vocabulary
_COUNTED = {  # source → how often its texts count for the vocabulary
    "text/laws_cn": 1,
    "text/gov_docs": 5,
    "text/cpcnews": 1,
    "text/xwlb": 1,
    "text/citizen_messages": 6,
    "text/crud_news": 0.25,
    "pairs/gov12345": 4,
    "pairs/legal": 6,
    "pairs/ncp_train": 3,
    "pairs/cmrc_train": 2,
    "pairs/squad_zh_dev": 2,
    "pairs/parallel_zh_en": 1,
}
_OURS = 8  # how often what we wrote counts
_CHECKED_EVERY = 100  # steps of the bag


def main(argv: Sequence[str] | None = None) -> int:
    """Train; 1 with a message where the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m index.training", description="训练自带的模型")
    parser.add_argument("--data", type=Path, required=True, help="训练数据文件夹（有 text/ 和 pairs/）")
    parser.add_argument("--work", type=Path, required=True, help="断点与日志的文件夹")
    parser.add_argument("--output", type=Path, required=True, help="模型写到哪里")
    parser.add_argument("--held-out", type=Path, nargs="*", default=[], help="不参加训练的题（BEIR 格式的文件夹）")
    parser.add_argument("--without", nargs="*", default=[], choices=SOURCES, help="不用的数据来源")
    parser.add_argument("--vocabulary", type=Path, help="沿用这个 tokenizer.json（读者与它同用一张词表），不另造")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    try:
        if args.vocabulary:
            keep_vocabulary(args.vocabulary, args.work / "tokenizer.json")
        train(args.data, args.work, args.output, args.held_out, args.without, learn.Plan(seed=args.seed))
    except WenzhengError as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


def keep_vocabulary(given: Path, path: Path) -> None:
    """Pieces keep their numbers, so that a reader that was trained on them can be kept. Raises BadTrainingFolder."""
    try:
        content = given.read_bytes()
    except OSError as exc:
        raise BadTrainingFolder(f"词表 {given} 读不出来。请给出一个 tokenizer.json。") from exc
    if path.exists() and path.read_bytes() != content:
        raise BadTrainingFolder(f"{path.parent} 里的断点用的是另一张词表。请换一个 --work 文件夹。")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def train(
    data: Path, work: Path, output: Path, held_out: Sequence[Path], without: Sequence[str], plan: learn.Plan
) -> None:
    """The story."""
    work.mkdir(parents=True, exist_ok=True)
    about = {"plan": asdict(plan), "without": sorted(without), "inputs": _inputs()}
    _same_training(work, about)
    ours = written_apart(data, without)
    for each in ours:
        each.write(work / each.name)
    apart = [*map(HeldOut.read, held_out), *ours]
    _write_tokeniser(data, work / "tokenizer.json", without)
    cutter = Cutter.load(work)
    pairs = clean_pairs(data, apart, without, plan.seed)
    counts = dict(Counter(pair.source for pair in pairs))
    log = _Log(work / "log.jsonl")
    log.say(f"{len(pairs)} 对：{counts}")
    misses = misses_of(pairs, work / "misses.json", log.counted("near misses"))
    encoded = gathered.encoded(pairs, cutter, misses)
    cut = [each.encoded(cutter.ids) for each in apart]

    def scored(step: int, steps: int, loss: float, vectors: learn.Vectors) -> None:
        if step % _CHECKED_EVERY == 0 or step == steps:
            log.write("bag", step, loss, shares_found(cut, vectors))

    bag = _bag(encoded, cutter.size, work, plan, scored)
    near = learn.learn_nearness(bag, encoded, NEAR_MENU, plan, work, log.told("nearness"))
    write_model(bag, near, work / "tokenizer.json", output)
    kept = {**about, "pairs": counts, "log": log.lines()}
    (output / "training.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    log.say(str(output))


def _inputs() -> dict[str, str]:
    """Digests of what comes with wenzheng and decides the result, too."""
    files = [*sorted(thesaurus.BUNDLED.glob("*.txt")), *sorted(WRITTEN.glob("*.jsonl"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in files}


def _same_training(work: Path, about: dict[str, Any]) -> None:
    """The work folder is of this very training, or new."""
    kept = work / "training.json"
    spelt = json.dumps(about, ensure_ascii=False, sort_keys=True, indent=1)
    if kept.exists() and kept.read_text("utf-8") != spelt:
        raise BadTrainingFolder(f"{work} 里是另一次训练的断点。请换一个 --work 文件夹。")
    kept.write_text(spelt, "utf-8")


def _write_tokeniser(data: Path, path: Path, without: Sequence[str]) -> None:
    """The vocabulary of all that is trained on, with the words of the thesaurus."""
    if path.exists():
        return
    terms = (normal(each) for said, meant in thesaurus.load().groups.items() for each in (said, *dict(meant)))
    counts = pieces.with_terms(pieces.count_pieces(_texts(data, without)), terms)
    pieces.tokeniser_of(pieces.vocabulary_of(counts, CHINESE, ENGLISH)).save(str(path), pretty=False)


def _texts(data: Path, without: Sequence[str]) -> Iterator[str]:
    dice = random.Random(0)  # noqa: S311 (a sample, no secret)
    for name, times in _COUNTED.items():
        if all(source in without for source in SOURCES if source.split()[0] == name.split("/")[1]):
            continue
        for row in rows(data / f"{name}.jsonl.zst"):
            text = row["query"] if "query" in row else f"{row.get('title', '')}\n{row['text']}"
            for _ in range(int(times) or int(dice.random() < times)):
                yield text
    for kind in ("questions", "notices"):
        if f"written {kind}" not in without:
            for text in written_texts(kind):
                yield from [text] * _OURS


def _bag(encoded: learn.Encoded, size: int, work: Path, plan: learn.Plan, told: learn.Told) -> learn.Floats:
    path = work / "bag.npy"
    if not path.exists():
        learn.save(learn.learn_bag(learn.bag_table(encoded, size, plan), encoded, BAG_MENU, plan, told), path)
    return learn.load(path)


class _Log:
    """The log file, and what is told meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._started = time.monotonic()
        self._losses: list[float] = []

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def counted(self, what: str) -> Callable[[int, int], None]:
        def told(done: int, total: int) -> None:
            if done % 2000 == 0 or done == total:
                self.say(f"{what} {done}/{total}")

        return told

    def told(self, stage: str) -> Callable[[int, int, float], None]:
        def told(step: int, steps: int, loss: float) -> None:
            self._losses.append(loss)
            if step % 250 == 0 or step == steps:
                self.write(stage, step, sum(self._losses) / len(self._losses), {})
                self._losses.clear()

        return told

    def write(self, stage: str, step: int, loss: float, shares: dict[str, tuple[float, float]]) -> None:
        minutes = round((time.monotonic() - self._started) / 60, 1)
        line = {"stage": stage, "step": step, "loss": round(loss, 4), "minutes": minutes}
        if shares:
            line["first, of five"] = shares
        spelt = json.dumps(line, ensure_ascii=False)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(spelt + "\n")
        self.say(spelt)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self._path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
