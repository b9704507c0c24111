"""`python -m index.training.embedding --data FOLDER --reader FILE --work FOLDER --output FOLDER [--minutes N]`.

pairs → ids of pieces; the reader's network, thinned, learns to embed them, in three stages; the folder that ships. Each
stage leaves its network in the work folder: killed and given again, the command goes on there. `--reader`: small.pt of
the work folder of `python -m index.training.reading`. Two processor cores suffice.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.contextual import PASSAGE, QUESTION
from index.errors import WenzhengError
from index.pieces import Cutter
from index.static import StaticEmbedder
from index.training.gathered import clean_pairs, encoded, misses_of
from index.training.held_out import Cut, shares_found, written_apart
from index.training.log import NAME, Log
from index.training.pairs import SOURCES, BadTrainingFolder

if TYPE_CHECKING:
    from index.training.embedding.learn import TextEncoder
    from index.training.learn import Encoded

_MENU = {  # source → how often it is drawn, against the others
    "written questions": 5.0,
    "written notices": 2.0,
    "written stretches": 7.0,
    "written sayings": 9.0,
    "gov12345": 3.0,
    "legal": 4.0,
    "ncp_train": 1.0,
    "titles": 1.0,
    "cmrc_train": 2.0,
    "squad_zh_dev": 0.5,
    "cjrc_dev": 0.3,
    "laws_cn cloze": 1.0,
    "laws_cn lay": 3.0,
    "gov_docs lay": 0.5,
    "gov_docs cloze": 0.3,
    "crud_events": 0.3,
    "citizen_messages cloze": 0.3,
    "parallel_zh_en": 3.0,
}
_STAGES = {  # rate, share of the batches amid neighbours, whether these compete, share of the time
    "apart": (3e-4, 0.0, False, 0.4),
    "amid": (2e-4, 0.65, False, 0.25),
    "sentences": (2e-4, 0.8, True, 0.35),
}
_ASKED_APART, _PASSAGES_APART = 300, 1500  # of what is held out, that are scored


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the networks, and how long they learn. The defaults are those of what ships."""

    width: int = 384
    reader_layers: int = 6
    layers: int = 4
    heads: int = 6
    hidden: int = 1024
    dim: int = 256
    batch: int = 96
    steps: int = 800  # of each stage
    minutes: float = 0.0  # of all stages together, at most; 0: as long as it takes
    menu: dict[str, float] = field(default_factory=lambda: dict(_MENU))


def main(argv: Sequence[str] | None = None) -> int:
    """Train; 1 with a message where the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m index.training.embedding", description="训练嵌入模型")
    parser.add_argument("--data", type=Path, required=True, help="训练数据文件夹（有 text/ 和 pairs/）")
    parser.add_argument("--reader", type=Path, required=True, help="python -m index.training.reading 留下的 small.pt")
    parser.add_argument("--work", type=Path, required=True, help="断点与日志的文件夹")
    parser.add_argument("--output", type=Path, required=True, help="模型写到哪里")
    parser.add_argument("--without", nargs="*", default=[], choices=SOURCES, help="不用的数据来源")
    parser.add_argument("--minutes", type=float, default=0.0, help="学多少分钟为止；不写：学完为止")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    try:
        train(args.data, args.reader, args.work, args.output, args.without, Sizes(minutes=args.minutes), args.seed)
    except WenzhengError as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


def train(data: Path, reader: Path, work: Path, output: Path, without: Sequence[str], sizes: Sizes, seed: int) -> None:
    """The story."""
    from index.training.embedding.export import write_embedder
    from index.training.embedding.learn import weights_of

    if not reader.is_file():
        raise BadTrainingFolder(f"{reader} 不存在：先运行 python -m index.training.reading，它留下 small.pt。")
    work.mkdir(parents=True, exist_ok=True)
    log = _Log(work / NAME)
    apart, cutter = written_apart(data, without), Cutter.load()
    pairs = clean_pairs(data, apart, without, seed)
    counts = dict(Counter(pair.source for pair in pairs))
    log.say(f"{len(pairs)} pairs: {json.dumps(counts, ensure_ascii=False)}")
    learned = encoded(pairs, cutter, misses_of(pairs, work / "misses.json", log.counted))
    model = _taught(learned, reader, work, cutter.size, sizes, seed, log)
    cut = [_some(each.encoded(cutter.ids)) for each in apart]
    static = StaticEmbedder.load()
    held_out = {
        "this": shares_found(cut, model.vectors(QUESTION), model.vectors(PASSAGE)),
        "static": shares_found(cut, static.embed_pieces, static.embed_pieces),
    }
    log.say(json.dumps(held_out, ensure_ascii=False))
    about = {"sizes": asdict(sizes), "seed": seed, "without": sorted(without), "pairs": counts, "held out": held_out}
    write_embedder(weights_of(model), sizes.heads, sizes.dim, output, {**about, "log": log.lines()})


def _taught(pairs: Encoded, reader: Path, work: Path, first: int, sizes: Sizes, seed: int, log: _Log) -> TextEncoder:
    """The reader's network, thinned, when it has been through all stages; each only where its network is not there."""
    from index.training.embedding.learn import Plan, Stage, begun, learn, restore, save

    plan = Plan(sizes.dim, sizes.layers, sizes.batch, sizes.batch * 3 // 2, seed=seed)
    model = begun(reader, (sizes.width, sizes.reader_layers, sizes.heads, sizes.hidden), plan, first)
    for name, (rate, amid, alone, share) in _STAGES.items():
        path = work / f"{name}.pt"
        if not path.exists():
            stage = Stage(name, rate, amid, alone, sizes.steps, share * sizes.minutes * 60)
            learn(model, pairs, sizes.menu, plan, stage, log.told(name))
            save(model, path)
        restore(model, path)
    return model


def _some(cut: Cut) -> Cut:
    """So many of the questions that are held out, among so many passages, theirs among them."""
    dice = random.Random(0)  # noqa: S311 (a sample, no secret)
    asked = dice.sample(range(len(cut.questions)), min(_ASKED_APART, len(cut.questions)))
    right = {place for at in asked for place in cut.judged[at]}
    others = [place for place in range(len(cut.passages)) if place not in right]
    kept = sorted(right | set(dice.sample(others, min(_PASSAGES_APART, len(others)))))
    places = {place: at for at, place in enumerate(kept)}
    judged = tuple(frozenset(places[place] for place in cut.judged[at]) for at in asked)
    questions, passages = [cut.questions[at] for at in asked], [cut.passages[at] for at in kept]
    return replace(cut, questions=questions, passages=passages, judged=judged)


class _Log(Log):
    """And what is told meanwhile."""

    def counted(self, done: int, total: int) -> None:
        if done == total:
            self.say(f"near misses {total}")

    def told(self, stage: str) -> _Told:
        return lambda step, seconds, loss: self.say(f"{stage} {step} {seconds:.0f} s loss {loss:.3f}")


if TYPE_CHECKING:
    from index.training.embedding.learn import Told as _Told


if __name__ == "__main__":
    sys.exit(main())
