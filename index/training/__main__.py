"""The training command: `python -m index.training static --data FOLDER --work FOLDER --output FOLDER`.

Reads the pairs, trains, writes a checkpoint and a line of the log after each epoch, and the model at the end. Killed
and given again, it goes on behind the last whole epoch. One seed, one result on one machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index import thesaurus
from index.errors import WenzhengError
from index.training import static
from index.training.pairs import PASSAGE_CHARS, RECIPES, BadTrainingFolder, Pair, lay_words, pairs_of, thinned


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Questions that are not trained on, their passages, and which of these are right for each, by place."""

    name: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    judged: tuple[frozenset[int], ...]

    @classmethod
    def read(cls, folder: Path) -> HeldOut:
        """A folder in BEIR's layout: corpus.jsonl, queries.jsonl, qrels.tsv. Raises BadTrainingFolder."""
        try:
            passages = [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]
            questions = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
            verdicts = [line.split("\t") for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()]
            places = {str(passage["id"]): place for place, passage in enumerate(passages)}
            judged: dict[str, set[int]] = {str(question["id"]): set() for question in questions}
            for question, passage, verdict in verdicts:
                if verdict.strip() not in ("0", "score"):
                    judged[question].add(places[passage])
            return cls(
                folder.name,
                tuple(question["text"] for question in questions),
                tuple(passage["text"] for passage in passages),
                tuple(frozenset(judged[str(question["id"])]) for question in questions),
            )
        except (OSError, ValueError, KeyError) as exc:
            raise BadTrainingFolder(
                f"留出的题 {folder} 读不出来。文件夹里应有 corpus.jsonl、queries.jsonl、qrels.tsv。"
            ) from exc

    def touches(self) -> tuple[set[str], set[str]]:
        """The questions, and the beginnings of the passages that are right for one of them."""
        right = {place for places in self.judged for place in places}
        return set(self.questions), {self.passages[place][:PASSAGE_CHARS] for place in right}


def main(argv: Sequence[str] | None = None) -> int:
    """Train what is asked for; 1 with a message where the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m index.training", description="训练自带的小模型")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("static", help="静态词向量")
    command.add_argument("--data", type=Path, required=True, help="训练数据文件夹（有 text/ 和 pairs/）")
    command.add_argument("--work", type=Path, required=True, help="断点与日志的文件夹")
    command.add_argument("--output", type=Path, required=True, help="模型写到哪里")
    command.add_argument("--held-out", type=Path, nargs="*", default=[], help="不参加训练的题（BEIR 格式的文件夹）")
    command.add_argument("--without", nargs="*", default=[], choices=sorted(RECIPES), help="不用的数据来源")
    command.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    try:
        train_static(args.data, args.work, args.output, args.held_out, args.without, static.Plan(seed=args.seed))
    except WenzhengError as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


def train_static(
    folder: Path, work: Path, output: Path, held_out: Sequence[Path], without: Sequence[str], plan: static.Plan
) -> None:
    """The story: pairs → counted tokens → epochs → model."""
    kept_apart = [HeldOut.read(each) for each in held_out]
    pairs = _pairs(folder, kept_apart, without, plan)
    counts = {source: sum(pair.source == source for pair in pairs) for source in RECIPES if source not in without}
    print(f"{len(pairs)} 对：{counts}", file=sys.stderr)
    texts = (text for pair in pairs for text in (pair.question, pair.passage))
    vocabulary, idf = static.vocabulary_of(texts, plan.vocabulary)
    rows = {token: row for row, token in enumerate(vocabulary)}
    bags = static.bags_of(pairs, rows)
    work.mkdir(parents=True, exist_ok=True)
    words = hashlib.sha256("\n".join(vocabulary).encode()).hexdigest()
    about: dict[str, object] = {"plan": static.described(plan), "pairs": counts, "vocabulary": words}
    state = static.load_state(about, work) or static.begin(idf, plan)
    log = work / "log.jsonl"
    if state.epochs == 0:
        log.write_text("", "utf-8")

    def after_epoch(state: static.State, loss: float) -> None:
        hits = {
            each.name: round(static.share_found(each.questions, each.passages, each.judged, rows, state.table), 4)
            for each in kept_apart
        }
        line = json.dumps({"epoch": state.epochs, "loss": round(loss, 4), "hit@1": hits}, ensure_ascii=False)
        earlier = log.read_text("utf-8").splitlines()[: state.epochs - 1]  # one more, where a checkpoint was lost
        log.write_text("\n".join([*earlier, line]) + "\n", "utf-8")
        static.save_state(state, about, work)
        print(line, file=sys.stderr)

    static.train(state, bags, dict(RECIPES), plan, after_epoch)
    learned = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    print(static.write_model(state, vocabulary, {**about, "epochs": learned}, output))


def _pairs(folder: Path, kept_apart: Sequence[HeldOut], without: Sequence[str], plan: static.Plan) -> list[Pair]:
    """Of every source, thinned to what the epochs can use; nothing that touches what is held out."""
    questions: set[str] = set()
    passages: set[str] = set()
    for each in kept_apart:
        asked, right = each.touches()
        questions |= asked
        passages |= right
    spoken = lay_words(thesaurus.load().groups)
    found: list[Pair] = []
    for source, recipe in RECIPES.items():
        if source not in without:
            made = pairs_of(folder, source, spoken, plan.seed)
            clean = [p for p in made if p.question not in questions and p.passage[:PASSAGE_CHARS] not in passages]
            found += thinned(clean, recipe.at_most * plan.epochs, plan.seed)
    return found


if __name__ == "__main__":
    sys.exit(main())
