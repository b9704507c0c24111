"""Pairs of pieces → a network that embeds texts. The door to torch.

It begins as some blocks of the reader's network (index/training/reading/), which has guessed hidden pieces and read,
and keeps that one's table of pieces. A text's vector is the first numbers of the mean of what the network says of its
pieces, at length 1 (Reimers and Gurevych, "Sentence-BERT", 2019). Each question must tell its passage from those of the
other questions of its batch and from near misses (InfoNCE: van den Oord, Li, Vinyals, "Representation Learning with
Contrastive Predictive Coding", 2018); first with passages by themselves, then amid their neighbours, since a chunk of a
library says more than what is asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from index.contextual import ASKED, PASSAGE, QUESTION, READ
from index.training.learn import Encoded, competition, thinned_out
from index.training.reading.arrays import packed
from index.training.reading.network import Encoder, Shape, load, optimiser_of, set_rate, take_step, thinned
from index.training.reading.way import Way, pace

if TYPE_CHECKING:
    from index.pieces import Ids
    from index.training.graph import Weights
    from index.training.held_out import Vectors
    from index.training.learn import Floats

    Told = Callable[[int, float, float], None]  # step, seconds, mean loss since last told

_NONE = -1e4  # log-odds of what does not compete
_TOLD_EVERY = 20  # steps
_AT_ONCE = 256  # texts
_WINDOW = READ + 1  # pieces that are read side by side
_LANGUAGES = frozenset({"parallel_zh_en"})  # sources whose questions are read whole


@dataclass(frozen=True, slots=True)
class Stage:
    """How a stage goes."""

    name: str
    rate: float
    amid: float  # share of the batches that show passages amid their neighbours
    alone: bool  # there each question must tell its passage from its neighbours, too
    steps: int
    seconds: float = 0.0  # at most; 0: as long as it takes


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the weights, beside the pairs and the network that it begins with."""

    dim: int = 256
    layers: int = 4
    batch: int = 96  # questions with near misses; two thirds of them amid neighbours
    pairs: int = 144  # pairs without
    misses: int = 1  # of each question
    temperature: float = 0.05
    left_out: float = 0.08  # of a question's pieces
    dropout: float = 0.05
    seed: int = 0


class TextEncoder(nn.Module):
    """Texts as pieces → unit vectors."""

    def __init__(self, encoder: Encoder, dim: int, first: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.dim = dim
        self.first = first  # the piece that begins a row

    def forward(self, texts: Sequence[Ids], segment: int, parts: Sequence[Ids] | None = None) -> tuple[Tensor, Tensor]:
        """(texts, dim), and (parts, dim): of each stretch of a text. `segment`: 0 for questions, 2 for passages, as the
        reader knows them; `parts`: of each piece of each text the number of its part, counted through all texts.
        """
        windows = packed([len(text) + 1 for text in texts], _WINDOW)
        count = max((int(each.max()) for each in parts or () if len(each)), default=-1) + 1
        ids, rows, owner, part = (np.zeros((len(windows), _WINDOW), np.int64) for _ in range(4))
        owner[:], part[:] = len(texts), count  # padding is nobody's
        for window, held in enumerate(windows):
            start = 0
            for number, at in enumerate(held, 1):
                end = start + len(texts[at]) + 1
                ids[window, start], ids[window, start + 1 : end] = self.first, texts[at]
                rows[window, start:end], owner[window, start:end] = number, at
                if parts:
                    part[window, start + 1 : end] = parts[at]
                start = end
        pieces = torch.from_numpy(ids)
        said = self.encoder(pieces, torch.full_like(pieces, segment), None, torch.from_numpy(rows)).float()
        return self._means(said, owner, len(texts)), self._means(said, part, count)

    def _means(self, said: Tensor, owner: Ids, count: int) -> Tensor:
        """Their directions, that is; what belongs to number `count` belongs to none."""
        summed = said.new_zeros(count + 1, said.shape[-1])
        summed = summed.index_add(0, torch.from_numpy(owner).flatten(), said.flatten(0, 1))
        return functional.normalize(summed[:count, : self.dim], dim=1)

    def vectors(self, segment: int) -> Vectors:
        """What embeds texts by now."""
        limit = READ if segment else ASKED

        def embed(texts: Sequence[Ids]) -> Floats:
            self.eval()
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                cut = [text[:limit] for text in texts]
                parts = [self(cut[at : at + _AT_ONCE], segment)[0] for at in range(0, len(cut), _AT_ONCE)]
            found: Floats = torch.cat(parts).numpy()
            return found

        return embed


def begun(reader: Path, shape: tuple[int, int, int, int], plan: Plan, first: int) -> TextEncoder:
    """Blocks evenly apart of the reader's network in a file; `shape`: its width, layers, heads and hidden width."""
    width, layers, heads, hidden = shape
    state = torch.load(reader, map_location="cpu")
    pieces = len(state["encoder.pieces.weight"])
    model = load(Shape(pieces, width, layers, heads, hidden), reader, "cpu")
    return TextEncoder(thinned(model, plan.layers).encoder, plan.dim, first)


def save(model: TextEncoder, path: Path) -> None:
    torch.save(model.state_dict(), path)


def restore(model: TextEncoder, path: Path) -> None:
    model.load_state_dict(torch.load(path, map_location="cpu"))


def weights_of(model: TextEncoder) -> Weights:
    """By name, as export.py wants them."""
    return {name: each.float().numpy() for name, each in model.state_dict().items()}


def learn(
    model: TextEncoder, encoded: Encoded, menu: Mapping[str, float], plan: Plan, stage: Stage, told: Told
) -> None:
    """From batches of one source each; `menu`: how often a source is drawn. The table of pieces stays as it is."""
    model.train()
    model.encoder.pieces.weight.requires_grad_(False)
    for block in model.encoder.each_block():
        block.dropout = plan.dropout
    optimiser = optimiser_of(model, stage.rate, 0.01)
    sources = sorted(source for source in menu if source in encoded.sources)
    neighbours = Neighbours(encoded)
    way, losses = Way(stage.steps, stage.seconds), []
    for step in range(stage.steps):
        set_rate(optimiser, stage.rate * pace(way.done(step), 0.02, 1.0))
        dice = random.Random(f"{plan.seed} {stage.name} {step}")  # noqa: S311 (an order, no secret)
        source = dice.choices(sources, [menu[each] for each in sources])[0]
        amid = neighbours.known(source) and dice.random() < stage.amid
        batch = plan.batch * 2 // 3 if amid else plan.batch
        rows, columns, right = competition(encoded, source, batch, plan.pairs, plan.misses, dice)
        shown = [neighbours.around(at, dice) if amid else range(at, at + 1) for at in columns]
        chance = np.random.default_rng([plan.seed, step])
        left_out = 0.0 if source in _LANGUAGES else plan.left_out
        questions = [thinned_out(encoded, row, left_out, left_out, chance) for row in rows]
        passages = [np.concatenate([encoded.passages[at] for at in each])[:READ] for each in shown]
        parts = _numbered(encoded, shown) if amid and stage.alone else None
        with torch.autocast("cpu", torch.bfloat16):
            asked, _ = model(questions, QUESTION)
            whole, alone = model(passages, PASSAGE, parts)
        loss = _contrast(asked, whole, right, shut_out(encoded, rows, right, shown), plan)
        if parts:
            held = [range(at, at + 1) for each in shown for at in each]
            firsts = np.cumsum([0, *map(len, shown[:-1])])
            own = [
                int(firsts[at]) + shown[at].index(int(encoded.right[row])) for row, at in zip(rows, right, strict=True)
            ]
            loss = loss + _contrast(asked, alone, own, shut_out(encoded, rows, own, held), plan)
        take_step(model, optimiser, loss)
        losses.append(float(loss.detach()))
        ends = way.ends(step)
        if (step + 1) % _TOLD_EVERY == 0 or ends:
            told(step + 1, way.gone(), sum(losses) / len(losses))
            losses.clear()
        if ends:
            break


class Neighbours:
    """Which passages stand beside which: those of one source lie in the order of their documents."""

    def __init__(self, encoded: Encoded) -> None:
        self._passages = encoded.passages
        self._source = {int(encoded.right[row]): name for name, rows in encoded.sources.items() for row in rows}
        self._known = {name for name in encoded.sources if name.startswith(("written", "laws_cn", "gov_docs", "legal"))}

    def known(self, source: str) -> bool:
        return source in self._known

    def around(self, at: int, dice: random.Random) -> range:
        """A run of passages of one source with this one in it, as many as a chunk holds, on either side at random."""
        first = last = at
        size = len(self._passages[at])
        while True:
            before = dice.random() < 0.5
            other = first - 1 if before else last + 1
            if other < 0 or other >= len(self._passages) or self._source.get(other) != self._source.get(at):
                break
            size += len(self._passages[other])
            if size > READ:
                break
            first, last = min(first, other), max(last, other)
        return range(first, last + 1)


def _numbered(encoded: Encoded, shown: Sequence[range]) -> list[Ids]:
    """Of each piece of each run which passage it belongs to, counted through all runs."""
    found: list[Ids] = []
    first = 0
    for each in shown:
        lengths = [len(encoded.passages[at]) for at in each]
        found.append(np.repeat(np.arange(first, first + len(each)), lengths)[:READ])
        first += len(each)
    return found


def _contrast(asked: Tensor, held: Tensor, right: Sequence[int], shut: Floats, plan: Plan) -> Tensor:
    logits = asked.float() @ held.float().T / plan.temperature
    logits = logits + torch.from_numpy(shut)[:, : logits.shape[1]]
    return functional.cross_entropy(logits, torch.tensor(right))


def shut_out(encoded: Encoded, rows: Sequence[int], right: Sequence[int], shown: Sequence[range]) -> Floats:
    """(questions, columns): nothing, but what shuts out a column, not its own, in which a question's passage stands."""
    found: Floats = np.zeros((len(rows), len(shown)), np.float32)
    for line, row, own in zip(found, rows, right, strict=True):
        for at, held in enumerate(shown):
            if at != own and int(encoded.right[row]) in held:
                line[at] = _NONE
    return found
