"""The reader's training command: `python -m index.training.reading --data FOLDER --work FOLDER --output FOLDER`.

texts → a long row of pieces; questions → groups of candidates; a network learns to guess, to read a little of
everything, to read what people wrote, and to read closely; the folder that ships. Each step leaves its result in the
work folder: killed and given again, the command goes on there. Preparing needs the training folder and no GPU; learning
needs the work folder alone, and in practice a GPU for all but the last stage: 10 minutes on a large one, days without.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import thesaurus
from index.errors import WenzhengError
from index.pieces import SHIPPED, Cutter
from index.training import pairs
from index.training.reading import examples
from index.training.reading.arrays import Groups, batches, write_arrays
from index.training.reading.export import write_reader

if TYPE_CHECKING:
    import numpy as np

    from index.training.reading.network import Clues, Guessing, Reader, Reading, Shape

_TEXTS = {  # source → how often its texts stand in the long row
    "text/laws_cn": 1.0,
    "text/gov_docs": 3.0,
    "text/cpcnews": 1.0,
    "text/xwlb": 0.7,
    "text/citizen_messages": 1.5,
    "text/crud_news": 0.3,
    "text/wiki_cmrc_train": 1.0,
    "pairs/gov12345": 2.0,
    "pairs/legal": 2.0,
    "pairs/ncp_train": 3.0,
    "pairs/cjrc_dev": 0.15,
    "pairs/squad_zh_dev": 0.12,
}
_OURS = 6  # how often what we wrote stands there
_WEAK = {  # source → how often its groups are drawn, at first
    "laws_cn lay": 1.0,
    "gov_docs lay": 2.0,
    "cpcnews lay": 1.0,
    "parallel": 0.7,
    "titles": 0.7,
    "crud_events": 0.7,
    "clauses": 0.3,
    "made up": 0.3,
}
_GOOD = {  # and in each round of what was written by people
    "clauses": 1.0,
    "made up": 1.0,
    "stretches": 1.5,
    "open": 1.5,
    "cmrc_train": 1.0,
    "cjrc_dev": 0.5,
    "squad_zh_dev": 0.6,
    "legal": 0.5,
    "gov12345": 0.5,
    "ncp_train": 0.6,
    "parallel": 0.1,
    "laws_cn lay": 0.08,
}
_CLOSE = {  # then: passages of one document, so that only close reading tells
    "runs": 1.25,
    "made up": 1.1,
    "parted": 1.2,
    "stretches": 0.6,
    "open": 1.2,
}
_ALONE = {  # and at last: sentences of one passage, each by itself, with some of the passages before
    "made up sentences": 0.6,
    "stretches sentences": 1.0,
    "open sentences": 1.0,
    "runs sentences": 0.2,
    "sayings": 1.0,
    "open sayings": 1.0,
    "sections": 0.5,
    "open sections": 0.5,
    "made up": 0.1,
    "stretches": 0.25,
    "parted": 0.25,
    "open": 0.3,
    "runs": 0.1,
}
_ROUNDED_TO = 64  # rows of the table of pieces
_MARKS = 3  # pieces beside the tokeniser's: begin, end, hidden
_FILES = ("weak", "public", "own")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the network, and how long it learns. The defaults are those of what ships."""

    width: int = 256
    layers: int = 6
    heads: int = 4
    hidden: int = 512
    guesses: int = 6_480  # steps
    windows: int = 384
    rounds: int = 5  # of what people wrote
    at_most: int = 0  # batches of a stage; 0: all


def main(argv: Sequence[str] | None = None) -> int:
    """Prepare, learn, write; 1 with a message where the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m index.training.reading", description="训练细读的模型")
    parser.add_argument("--data", type=Path, help="训练数据文件夹（有 text/ 和 pairs/）；已备好的可省")
    parser.add_argument("--work", type=Path, required=True, help="断点与日志的文件夹")
    parser.add_argument("--output", type=Path, help="模型写到哪里；不写：只备数据")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    args.work.mkdir(parents=True, exist_ok=True)
    try:
        if args.data:
            prepare(args.data, args.work, args.seed)
        if args.output:
            learn(args.work, args.output, Sizes(), args.seed)
    except WenzhengError as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


# ── data ────────────────────────────────────────────────────────────────────────────────────────────────────────


def prepare(data: Path, work: Path, seed: int) -> None:
    """The arrays that the networks learn from, each only where it is not there yet."""
    cutter = Cutter.load()
    if not (work / "texts.npy").exists():
        _keep_row(_row(data, cutter, seed), work / "texts.npy")
    for name, make in _sources(data).items():
        path = work / f"{name}.npz"
        if not path.exists():
            dice = random.Random(f"{seed} {name}")  # noqa: S311 (a sample, no secret)
            counts = write_arrays(examples.prepared(make(dice), dice), cutter, path)
            _say(work, f"{name}: {json.dumps(counts, ensure_ascii=False)}")


def _sources(data: Path) -> dict[str, Callable[[random.Random], Iterator[examples.Group]]]:
    """File → its groups."""
    told = _told

    def weak(dice: random.Random) -> Iterator[examples.Group]:
        spoken = pairs.lay_words(thesaurus.load().groups)
        for name, count in (("laws_cn", 90_000), ("gov_docs", 4_000), ("cpcnews", 8_000)):
            yield from examples.in_lay_words(data, name, spoken, count, dice)
        yield from examples.of_parallel(data, 20_000, dice)
        yield from examples.of_pairs(data, "titles", told, 8_000)
        yield from examples.of_pairs(data, "crud_events", told)

    def public(_: random.Random) -> Iterator[examples.Group]:
        reading = (examples.of_reading(data, name, told) for name in ("cmrc_train", "cjrc_dev", "squad_zh_dev"))
        asked = (examples.of_pairs(data, name, told) for name in ("legal", "gov12345", "ncp_train"))
        return chain(*reading, *asked, examples.of_clauses(data, told))

    def own(dice: random.Random) -> Iterator[examples.Group]:
        return _with_sentences(data, dice)

    def held_out(dice: random.Random) -> Iterator[examples.Group]:
        return chain(examples.of_clauses(data, told, apart=True), _with_sentences(data, dice, apart=True))

    return {"weak": weak, "public": public, "own": own, "held_out": held_out}


def _with_sentences(data: Path, dice: random.Random, apart: bool = False) -> Iterator[examples.Group]:
    """What we wrote, among passages; then among the sentences of one."""
    ours = chain(examples.of_made_up(dice, _told, apart=apart), examples.of_stretches(dice, _told, apart=apart))
    groups = [*examples.of_runs(data, dice, apart=apart), *ours]
    yield from groups
    yield from examples.of_sentences((group for group in groups if group.source != "parted"), dice)
    yield from examples.of_sayings(dice, _told, apart=apart)
    yield from examples.of_sections(dice, _told, apart=apart)


def _row(data: Path, cutter: Cutter, seed: int) -> Iterator[np.ndarray[Any, Any]]:
    """The pieces of all texts, an end after each."""
    import numpy as np

    dice = random.Random(seed)  # noqa: S311
    end = np.array([cutter.size + 1], np.uint16)

    def texts() -> Iterator[str]:
        for name, times in _TEXTS.items():
            for row in pairs.rows(data / f"{name}.jsonl.zst"):
                text = (
                    f"{row['query']}\n{row['positive']}" if "query" in row else f"{row.get('title', '')}\n{row['text']}"
                )
                for _ in range(int(times) + (dice.random() < times % 1)):
                    yield text
        for kind in pairs.KINDS:
            for text in pairs.written_texts(kind):
                yield from [text] * _OURS

    for text in texts():
        yield cutter.ids([text])[0].astype(np.uint16)
        yield end


def _keep_row(parts: Iterator[np.ndarray[Any, Any]], path: Path) -> None:
    import numpy as np

    np.save(path, np.concatenate(list(parts)), allow_pickle=False)


def _told(done: int, total: int) -> None:
    if done == total:
        print(f"near misses {total}", file=sys.stderr, flush=True)


# ── learning ────────────────────────────────────────────────────────────────────────────────────────────────────


def learn(work: Path, output: Path, sizes: Sizes, seed: int) -> None:
    """The story of the network."""
    from index.training.reading.network import Clues, Guessing, Reading, Shape, best_device, measured

    device = best_device()
    first = Cutter.load().size
    pieces = -(-(first + _MARKS) // _ROUNDED_TO) * _ROUNDED_TO
    shape = Shape(pieces, sizes.width, sizes.layers, sizes.heads, sizes.hidden)
    files = [Groups(work / f"{name}.npz", first) for name in _FILES]
    run = _Run(work, device, first, Clues(SHIPPED, pieces, device), files, sizes.at_most, seed)

    reader = run.guessed("guesses.pt", shape, Guessing(sizes.guesses, sizes.windows, 2e-3, 0.25))
    reader = run.read("weak.pt", reader, [_WEAK], Reading(5, 6e-4, 0.05))
    reader = run.read("good.pt", reader, [_GOOD] * sizes.rounds, Reading(7, 4.5e-4, 0.1))
    reader = run.read("close.pt", reader, [_CLOSE], Reading(2, 2.5e-4, 0.1, batch=8))
    reader = run.read("alone.pt", reader, [_ALONE], Reading(5, 1.5e-4, 0.1, batch=10))
    scores = measured(reader, Groups(work / "held_out.npz", first), run.clues, device)
    run.say(json.dumps(scores, ensure_ascii=False))
    about = {"sizes": asdict(sizes), "seed": seed, "held out": scores, "log": run.log()}
    write_reader(reader.weights(), shape.heads, run.clues.telling, output, about)


@dataclass(frozen=True, slots=True)
class _Run:
    """What the stages share; each keeps its network in the work folder."""

    work: Path
    device: str
    first: int  # the piece that begins a row
    clues: Clues
    files: Sequence[Groups]
    at_most: int
    seed: int

    def guessed(self, name: str, shape: Shape, plan: Guessing) -> Reader:
        """A network that has learned to guess."""
        import numpy as np

        from index.training.reading.network import learn_to_guess, load, save, start

        path = self.work / name
        if not path.exists():
            model = start(shape, self.seed)
            row = np.load(self.work / "texts.npy", mmap_mode="r", allow_pickle=False)
            learn_to_guess(model.encoder, row, plan, self.first, self.device, self.say)
            save(model, path)
        return load(shape, path, self.device)

    def read(self, name: str, model: Reader, rounds: Sequence[dict[str, float]], plan: Reading) -> Reader:
        """The network, when it has read these rounds."""
        from index.training.reading.network import learn_to_read, load, save

        path, shape = self.work / name, model.encoder.shape
        if not path.exists():
            drawn = [b for at, each in enumerate(rounds) for b in batches(self.files, each, plan.batch, self.seed + at)]
            drawn = drawn[: self.at_most or len(drawn)]
            learn_to_read(model, self.files, drawn, plan, self.clues, self.device, self.say)
            save(model, path)
        return load(shape, path, self.device)

    def say(self, text: str) -> None:
        _say(self.work, text)

    def log(self) -> list[str]:
        """What has been said, of all runs over this work folder."""
        return (self.work / "log.txt").read_text("utf-8").splitlines()


def _say(work: Path, text: str) -> None:
    print(text, file=sys.stderr, flush=True)
    with (work / "log.txt").open("a", encoding="utf-8") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
