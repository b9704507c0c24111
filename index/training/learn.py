"""Pairs of pieces → the tables that ship: a bag and nearness. The door to torch.

The bag: a text's vector is the sum of its pieces' vectors, each as long as it tells; it starts as a random direction as
long as the piece is rare, which is nearly tf-idf. Nearness: to each piece of the question the nearest one of the
passage is sought (index/nearness.py); it starts from the directions of the bag. In both each question must tell its
passage from those of the other questions of its batch (InfoNCE: van den Oord, Li, Vinyals, "Representation Learning
with Contrastive Predictive Coding", 2018). Batches are of one source each, neighbours together, so that passages of one
document compete; nearness learns beside near misses as well: passages that words bring up and that are not right.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.pieces import SPECIAL
from index.static import unit_sums
from index.training.pairs import NEIGHBOURS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch

    from index.pieces import Ids

    Floats = npt.NDArray[np.float32]
    Told = Callable[[int, int, float, "Vectors"], None]  # step, of how many, loss, what embeds texts by now
    Vectors = Callable[[Sequence[Ids]], Floats]

_PAD = 0
_QUESTION, _PASSAGE = 40, 176  # pieces that are read
_WARM_UP = 50  # steps of nearness
_SAVED_EVERY = 250  # steps of nearness


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the weights, beside the pairs."""

    dim: int = 256
    batch: int = 2048
    rate: float = 0.02  # of Adam, against rows whose entries are about idf / √dim
    temperature: float = 0.05
    overlap_dropout: float = 0.5  # of the pieces that a question shares with its passage, in the mean over batches
    dropout: float = 0.1  # of the other pieces of questions
    near_dim: int = 128
    near_steps: int = 3000
    near_batch: int = 20  # questions with near misses
    near_pairs: int = 40  # pairs without
    near_rate: float = 1.5e-3
    near_misses: int = 4  # of each question
    near_dropout: float = 0.08
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Encoded:
    """Pairs as ids of pieces, cut to length; some with near misses."""

    questions: list[Ids]
    passages: list[Ids]  # each once
    right: Ids  # for each question its passage
    misses: dict[int, list[int]]  # question → passages that come near and are not right
    sources: dict[str, Ids]  # source → questions

    @classmethod
    def of(
        cls,
        questions: Sequence[Ids],
        passages: Sequence[Ids],
        right: Sequence[int],
        sources: Sequence[str],
        misses: Mapping[int, Sequence[int]],
    ) -> Encoded:
        """Pairs of which a side has no piece are in no source."""
        import numpy as np

        rows: dict[str, list[int]] = {}
        for row, source in enumerate(sources):
            if len(questions[row]) and len(passages[right[row]]):
                rows.setdefault(source, []).append(row)
        return cls(
            [each[:_QUESTION] for each in questions],
            [each[:_PASSAGE] for each in passages],
            np.array(right, np.int64),
            {row: [other for other in others if len(passages[other])] for row, others in misses.items()},
            {source: np.array(own, np.int64) for source, own in rows.items()},
        )


# ── the bag ─────────────────────────────────────────────────────────────────────────────────────────────────────


def bag_table(encoded: Encoded, size: int, plan: Plan) -> Floats:
    """(size, dim): random directions, each as long as its inverse document frequency; the special pieces are zero."""
    import numpy as np

    spread = np.zeros(size, np.float32)
    texts = [*encoded.questions, *encoded.passages]
    for text in texts:
        spread[np.unique(text)] += 1
    idf = np.log((len(texts) + 1) / (spread + 0.5))
    idf[:SPECIAL] = 0
    table = np.random.default_rng(plan.seed).standard_normal((size, plan.dim), dtype=np.float32)
    return (table * (idf / math.sqrt(plan.dim))[:, None]).astype(np.float32)


def learn_bag(table: Floats, encoded: Encoded, menu: Mapping[str, int], plan: Plan, told: Told) -> Floats:
    """The table when every pair of the menu has been seen; the rate falls in a line to a tenth."""
    import numpy as np
    import torch
    from torch.nn import functional

    weights = torch.nn.Parameter(torch.from_numpy(table.copy()))
    optimiser: Any = torch.optim.SparseAdam([weights], lr=plan.rate)
    drawn = _batches(encoded, menu, plan)
    chance = np.random.default_rng([plan.seed, 1])

    def vectors(rows: Sequence[Ids]) -> torch.Tensor:
        starts = torch.from_numpy(np.cumsum([0, *map(len, rows[:-1])]))
        flat = torch.from_numpy(np.concatenate(rows))
        return functional.normalize(functional.embedding_bag(flat, weights, starts, mode="sum", sparse=True), dim=1)

    for step, rows in enumerate(drawn):
        optimiser.param_groups[0]["lr"] = plan.rate * (1 - 0.9 * step / len(drawn))
        share = plan.overlap_dropout * 2 * chance.random()
        asked = vectors([thinned_out(encoded, row, share, plan.dropout, chance) for row in rows])
        found = vectors([encoded.passages[encoded.right[row]] for row in rows])
        logits = asked @ found.T / plan.temperature
        ids = torch.from_numpy(encoded.right[rows])
        loss: Any = _contrast(logits, ids) + _contrast(logits.T, ids)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        told(step + 1, len(drawn), float(loss.detach()) / 2, bag_vectors(weights.detach().numpy()))
    learned: Floats = weights.detach().numpy()
    return learned


def bag_vectors(table: Floats) -> Vectors:
    """What embeds texts with a table: sums at length 1."""
    return lambda rows: unit_sums(table, rows)


def save(table: Floats, path: Path) -> None:
    """For `load`, written beside and then put in its place."""
    import numpy as np

    draft = path.with_suffix(".tmp.npy")
    np.save(draft, table, allow_pickle=False)
    draft.replace(path)


def load(path: Path) -> Floats:
    import numpy as np

    table: Floats = np.load(path, allow_pickle=False)
    return table


def _batches(encoded: Encoded, menu: Mapping[str, int], plan: Plan) -> list[Ids]:
    """The rows of the batches: of each source as many as the menu says, in several rounds if need be."""
    import numpy as np

    dice = random.Random(f"{plan.seed} bag")  # noqa: S311 (an order, no secret)
    found: list[Ids] = []
    for source, wanted in sorted(menu.items()):
        rows = encoded.sources.get(source)
        if rows is None:
            continue
        drawn: list[Ids] = []
        while sum(map(len, drawn)) < wanted:
            runs = [rows[at : at + NEIGHBOURS] for at in range(0, len(rows), NEIGHBOURS)]
            dice.shuffle(runs)
            drawn.append(np.concatenate(runs))
        whole = np.concatenate(drawn)[:wanted]
        cut = [whole[at : at + plan.batch] for at in range(0, len(whole), plan.batch)]
        found += [each for each in cut if len(each) == plan.batch or len(cut) == 1]
    dice.shuffle(found)
    return found


def thinned_out(encoded: Encoded, row: int, shared: float, other: float, chance: np.random.Generator) -> Ids:
    """A question with pieces left out at random, those that its passage holds and others; never all of them."""
    import numpy as np

    question = encoded.questions[row]
    drop = np.where(np.isin(question, encoded.passages[encoded.right[row]]), shared, other)
    kept = question[chance.random(len(question)) >= drop]
    return kept if len(kept) else question


def _contrast(logits: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """The mean loss in nats of rows whose right column is the diagonal; columns of equal ids do not compete."""
    import torch
    from torch.nn import functional

    same = ids[:, None] == ids[None, :]
    same.fill_diagonal_(fill_value=False)
    return functional.cross_entropy(logits.masked_fill(same, -1e4), torch.arange(len(ids)))


# ── nearness ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Near:
    """What nearness has learned."""

    table: Floats  # (pieces, near_dim), unit rows
    telling: Floats  # (pieces,), > 0
    same: float  # added to the cosine of a piece with itself


def learn_nearness(
    bag: Floats,
    encoded: Encoded,
    menu: Mapping[str, float],
    plan: Plan,
    folder: Path,
    told: Callable[[int, int, float], None],
) -> Near:
    """From the main directions of the bag, or from the checkpoint of `folder`. `menu`: how often a source is drawn."""
    import numpy as np
    import torch
    from torch.nn import functional

    table, telling, same, sharp = _beginning(bag, plan)
    optimiser = torch.optim.Adam(
        [{"params": [table], "share": 1.0}, {"params": [telling, same, sharp], "share": 10 / 3}], lr=plan.near_rate
    )
    state, done = folder / "near.pt", 0
    learned = {"table": table, "telling": telling, "same": same, "sharp": sharp}
    if state.exists():
        kept = torch.load(state, weights_only=True)
        done = int(kept["step"])
        optimiser.load_state_dict(kept["optimiser"])
        with torch.no_grad():
            for name, values in learned.items():
                values.copy_(kept[name])

    def scores(questions: torch.Tensor, passages: torch.Tensor) -> torch.Tensor:
        """(questions, passages): the weighed mean of the best cosines."""
        asked = functional.normalize(functional.embedding(questions, table), dim=-1)
        held = functional.normalize(functional.embedding(passages, table), dim=-1)
        cosines = torch.einsum("qid,pjd->qpij", asked, held)
        cosines = cosines + same * (questions[:, None, :, None] == passages[None, :, None, :])
        best = cosines.masked_fill((passages == _PAD)[None, :, None, :], -1).amax(3)
        weights = functional.embedding(questions, telling[:, None])[..., 0].exp() * (questions != _PAD)
        return (best * (weights / weights.sum(1, keepdim=True))[:, None, :]).sum(2)

    sources = sorted(source for source in menu if source in encoded.sources)
    for step in range(done, plan.near_steps):
        dice = random.Random(f"{plan.seed} near {step}")  # noqa: S311 (an order, no secret)
        source = dice.choices(sources, [menu[each] for each in sources])[0]
        rows, columns, right = competition(encoded, source, plan.near_batch, plan.near_pairs, plan.near_misses, dice)
        chance = np.random.default_rng([plan.seed, 2, step])
        questions = [thinned_out(encoded, row, plan.near_dropout, plan.near_dropout, chance) for row in rows]
        logits = scores(_padded(questions), _padded([encoded.passages[at] for at in columns])) * sharp.exp()
        loss: Any = functional.cross_entropy(logits, torch.tensor(right))
        rate = plan.near_rate * min(1, (step + 1) / _WARM_UP) * (1 - 0.95 * step / plan.near_steps)
        for group in optimiser.param_groups:
            group["lr"] = rate * group["share"]
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        told(step + 1, plan.near_steps, float(loss.detach()))
        if (step + 1) % _SAVED_EVERY == 0 or step + 1 == plan.near_steps:
            saved = {name: values.detach() for name, values in learned.items()}
            torch.save({**saved, "optimiser": optimiser.state_dict(), "step": step + 1}, folder / "near.tmp")
            (folder / "near.tmp").replace(state)
    unit: Floats = functional.normalize(table.detach(), dim=1).numpy()
    unit[:SPECIAL] = 0
    return Near(unit, telling.detach().exp().numpy(), float(same.detach()))


def _beginning(bag: Floats, plan: Plan) -> tuple[torch.nn.Parameter, ...]:
    """table, log of what each piece tells, what is added for the same piece, log of the sharpness."""
    import numpy as np
    import torch

    lengths = np.linalg.norm(bag, axis=1)
    directions = bag / np.maximum(lengths, 1e-6)[:, None]
    main = np.linalg.svd(directions[SPECIAL:], full_matrices=False)[2][: plan.near_dim]
    table = directions @ main.T
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)
    telling = np.log(np.maximum(lengths, 0.3))
    starts = (table.astype(np.float32), telling.astype(np.float32), np.float32(0), np.float32(3))
    return tuple(torch.nn.Parameter(torch.tensor(each)) for each in starts)


def competition(
    encoded: Encoded, source: str, batch: int, pairs: int, misses: int, dice: random.Random
) -> tuple[list[int], list[int], list[int]]:
    """Questions, the passages that compete for them, and for each question the place of its own: `batch` questions with
    so many near misses each, or `pairs` without, neighbours together.
    """
    rows = encoded.sources[source]
    if int(rows[0]) in encoded.misses:
        asked = dice.sample(rows.tolist(), min(batch, len(rows)))
    else:
        count = max(1, min(pairs, len(rows)) // NEIGHBOURS)
        starts = [dice.randrange(max(1, len(rows) - NEIGHBOURS + 1)) for _ in range(count)]
        asked = list(dict.fromkeys(int(row) for start in starts for row in rows[start : start + NEIGHBOURS]))
    own = [int(encoded.right[row]) for row in asked]
    near = [encoded.misses.get(row, []) for row in asked]
    drawn = [at for each in near for at in dice.sample(each, min(misses, len(each)))]
    columns = list(dict.fromkeys([*own, *drawn]))
    places = {at: place for place, at in enumerate(columns)}
    return asked, columns, [places[at] for at in own]


def _padded(rows: Sequence[Ids]) -> torch.Tensor:
    import numpy as np
    import torch

    made = np.full((len(rows), max(map(len, rows))), _PAD, np.int64)
    for line, row in zip(made, rows, strict=True):
        line[: len(row)] = row
    return torch.from_numpy(made)
