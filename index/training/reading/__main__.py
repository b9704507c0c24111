"""The reader's training command: `python -m index.training.reading --data FOLDER --work FOLDER --output FOLDER`.

texts → a long row of pieces; questions → groups of candidates; a deep network learns to guess, to read a little of
everything, and to read what people wrote; a small one learns from it; the folder that ships. Each step leaves its
result in the work folder: killed and given again, the command goes on there. Preparing needs the training folder and no
GPU; learning needs the work folder alone, and in practice a GPU: half an hour on a large one, weeks without.

Last, with `--further FILE…`, the small one reads what a library brings up for questions (eval/teach.py): half an hour
on two cores. `--but PART` leaves out a part of them, so that what it learned from the others can be measured on that.
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
from index.training.log import NAME, Log
from index.training.reading import examples
from index.training.reading.arrays import Groups, batches, write_arrays
from index.training.reading.export import MADE, write_reader

if TYPE_CHECKING:
    import numpy as np

    from index.training.reading.network import Clues, Guessing, Reader, Reading, Shape

_TEXTS = {  # source → how often its texts stand in the long row
    "text/laws_cn": 1.5,
    "text/gov_docs": 3.0,
    "text/cpcnews": 1.0,
    "text/xwlb": 1.0,
    "text/citizen_messages": 2.0,
    "text/crud_news": 1.0,
    "text/wiki_cmrc_train": 1.0,
    "pairs/gov12345": 2.0,
    "pairs/legal": 2.0,
    "pairs/ncp_train": 3.0,
    "pairs/cjrc_dev": 0.3,
    "pairs/squad_zh_dev": 0.3,
}
_OURS = 4  # how often what we wrote stands there
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
_ALL = {  # then: passages, whole sections, and sentences by themselves, of what was written by people
    "sayings": 1.0,
    "open sayings": 1.0,
    "sections": 0.7,
    "open sections": 0.7,
    "made up sentences": 1.0,
    "stretches sentences": 1.5,
    "open sentences": 1.5,
    "runs sentences": 0.7,
    "runs": 0.8,
    "made up": 1.0,
    "parted": 1.2,
    "stretches": 1.0,
    "open": 1.2,
    "clauses": 0.8,
    "cmrc_train": 0.6,
    "cjrc_dev": 0.4,
    "squad_zh_dev": 0.4,
    "legal": 0.3,
    "gov12345": 0.4,
    "ncp_train": 0.5,
    "parallel": 0.05,
    "laws_cn lay": 0.05,
}
_SHARES = {"guess": 0.36, "weak": 0.04, "teacher": 0.25, "small": 0.35}  # of the time, where it is bounded
_ROUNDED_TO = 64  # rows of the table of pieces
_MARKS = 3  # pieces beside the tokeniser's: begin, end, hidden
_FILES = ("weak", "public", "own")
_SMALL = "small.pt"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the networks, and how long they learn. The defaults are those of what ships."""

    width: int = 384
    layers: int = 6
    heads: int = 6
    hidden: int = 1024
    teacher_layers: int = 12
    guesses: int = 12_000  # steps
    windows: int = 384
    rounds: int = 3  # of what people wrote
    at_most: int = 0  # batches of a stage; 0: all
    minutes: float = 0.0  # of all stages together, at most; 0: as long as it takes
    further_rounds: int = 1  # of what a library brings up
    further_rate: float = 1.5e-4


def main(argv: Sequence[str] | None = None) -> int:
    """Prepare, learn, write; 1 with a message where the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m index.training.reading", description="训练细读的模型")
    parser.add_argument("--data", type=Path, help="训练数据文件夹（有 text/ 和 pairs/）；已备好的可省")
    parser.add_argument("--work", type=Path, required=True, help="断点与日志的文件夹")
    parser.add_argument("--output", type=Path, help="模型写到哪里；不写：只备数据")
    parser.add_argument("--minutes", type=float, default=0.0, help="学多少分钟为止；不写：学完为止")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--further", type=Path, nargs="+", help="学完之后再学的文件，由 python -m eval.teach 备好")
    parser.add_argument("--but", nargs="*", default=[], metavar="PART", help="其中哪几部分不学")
    args = parser.parse_args(argv)
    args.work.mkdir(parents=True, exist_ok=True)
    try:
        if args.data:
            prepare(args.data, args.work, args.seed)
        if args.output and args.further:
            learn_further(args.work, args.further, args.output, Sizes(), args.but, args.seed)
        elif args.output:
            learn(args.work, args.output, Sizes(minutes=args.minutes), args.seed)
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
            Log(work / NAME).say(f"{name}: {json.dumps(counts, ensure_ascii=False)}")


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
    """The story of the networks: a deep one guesses, then reads; a small one learns from it."""
    from index.training.reading.network import Clues, Guessing, Reading, Shape, best_device, measured

    device = best_device()
    first, pieces = _pieces()
    deep = Shape(pieces, sizes.width, sizes.teacher_layers, sizes.heads, sizes.hidden)
    files = [Groups(work / f"{name}.npz", first) for name in _FILES]
    run = _Run(work, device, first, Clues(SHIPPED, pieces, device), files, sizes.at_most, seed)
    seconds = {name: share * sizes.minutes * 60 for name, share in _SHARES.items()}

    teacher = run.guessed(
        "guesses.pt", deep, Guessing(sizes.guesses, sizes.windows, 1.2e-3, 0.25, 256, seconds["guess"])
    )
    teacher = run.read("weak.pt", teacher, [_WEAK], Reading(5, 4e-4, 0.05, 64, seconds["weak"]))
    rounds = [_ALL] * sizes.rounds
    teacher = run.read("teacher.pt", teacher, rounds, Reading(6, 3e-4, 0.1, 64, seconds["teacher"]))
    small = run.taught(_SMALL, teacher, sizes.layers, rounds, Reading(6, 4e-4, 0.05, 64, seconds["small"]))
    held_out = Groups(work / "held_out.npz", first)
    scores = {
        name: measured(each, held_out, run.clues, device) for name, each in {"teacher": teacher, "small": small}.items()
    }
    run.say(json.dumps(scores, ensure_ascii=False))
    about = {"sizes": asdict(sizes), "seed": seed, "held out": scores, "log": run.log()}
    write_reader(small.weights(), sizes.heads, run.clues.telling, output, about)


def learn_further(
    work: Path, questions: Sequence[Path], output: Path, sizes: Sizes, but: Sequence[str], seed: int
) -> None:
    """The small network of the work folder reads what a library brings up for questions, but those of some parts."""
    from index.training.reading.network import Clues, Reading, Shape, best_device, learn_to_read, load

    started = work / _SMALL
    if not started.exists():
        raise WenzhengError(f"{work} 里没有 {_SMALL}：先不带 --further 学完，再接着学。")
    device = best_device()
    first, pieces = _pieces()
    asked = [Groups(file, first) for file in questions]
    times = {name: 1.0 for file in asked for name in file.sources if name not in but}
    shape = Shape(pieces, sizes.width, sizes.layers, sizes.heads, sizes.hidden)
    model, clues = load(shape, started, device), Clues(SHIPPED, pieces, device)
    plan = Reading(8, sizes.further_rate, 0.1, 12)
    drawn = [b for at in range(sizes.further_rounds) for b in batches(asked, times, plan.batch, seed + at)]
    drawn = drawn[: sizes.at_most or len(drawn)]
    log: list[str] = []

    def say(text: str) -> None:
        log.append(text)
        Log(work / NAME).say(text)

    learn_to_read(model, asked, drawn, plan, clues, device, say)
    about = _known(output) | {
        "further": {
            "parts": sorted(times),
            "rounds": sizes.further_rounds,
            "plan": asdict(plan),
            "seed": seed,
            "log": log,
        }
    }
    write_reader(model.weights(), sizes.heads, clues.telling, output, about)


def _pieces() -> tuple[int, int]:
    """The piece that begins a row, and how many rows the table of pieces has."""
    first = Cutter.load().size
    return first, -(-(first + _MARKS) // _ROUNDED_TO) * _ROUNDED_TO


def _known(folder: Path) -> dict[str, Any]:
    """How the reader in a folder learned; {} where there is none."""
    file = folder / MADE
    known: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return known


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

    def read(
        self,
        name: str,
        model: Reader,
        rounds: Sequence[dict[str, float]],
        plan: Reading,
        teacher: Reader | None = None,
    ) -> Reader:
        """The network, when it has read these rounds, by itself or beside its teacher."""
        from index.training.reading.network import learn_to_read, load, save

        path, shape = self.work / name, model.encoder.shape
        if not path.exists():
            drawn = [b for at, each in enumerate(rounds) for b in batches(self.files, each, plan.batch, self.seed + at)]
            drawn = drawn[: self.at_most or len(drawn)]
            learn_to_read(model, self.files, drawn, plan, self.clues, self.device, self.say, teacher)
            save(model, path)
        return load(shape, path, self.device)

    def taught(
        self, name: str, teacher: Reader, layers: int, rounds: Sequence[dict[str, float]], plan: Reading
    ) -> Reader:
        """A network of so many of the teacher's blocks, when it has learned from what the teacher says."""
        from index.training.reading.network import thinned

        return self.read(name, thinned(teacher, layers), rounds, plan, teacher)

    def say(self, text: str) -> None:
        Log(self.work / NAME).say(text)

    def log(self) -> list[str]:
        """What has been said, of all runs over this work folder."""
        return Log(self.work / NAME).lines()


if __name__ == "__main__":
    sys.exit(main())
