"""The network of the cross-reader, and how it learns. The door to torch.

One transformer encoder reads a question and a passage together (a cross-encoder: Nogueira and Cho, "Passage Re-ranking
with BERT", 2019) and says three things: whether the passage answers, which of its pieces say so, and where the shortest
answer begins and ends. Blocks are pre-norm, with rotary positions (Su et al., "RoFormer", 2021) and gated feed-forward
layers (Shazeer, "GLU Variants Improve Transformer", 2020). Beside its vector each piece brings clues
(index/nearness.py). It first learns to guess hidden pieces of texts (Devlin et al., "BERT", 2019), then to read. A deep
network is then thinned (blocks evenly apart are kept: Sanh et al., "DistilBERT", 2019), and the small one learns from
what the deep one says (Hinton et al., "Distilling the Knowledge in a Neural Network", 2015).
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from index.cross import CLUES
from index.nearness import SCALES, TABLE, TELLING
from index.pieces import SPECIAL
from index.training.reading.arrays import LONGEST, Drawn, Groups, assembled, masked
from index.training.reading.way import Way, pace

if TYPE_CHECKING:
    from index.training.graph import Weights
    from index.training.reading.arrays import Batch

    Say = Callable[[str], None]
    Said = tuple[Tensor, Tensor]  # belief (rows,), places (rows, pieces, 3): log-odds of evidence, begin, end

_SEGMENTS = 3  # question, what stands above, passage
_BASE = 10_000.0  # of the rotary positions
_NOT_THERE = -1e4  # log-odds of what is not to be chosen
_OTHERS = 0.2  # how much the pieces of passages that do not answer count, among the evidence
_EVIDENCE, _SPANS = 1.5, 0.25  # weights of the losses; those of belief are 1
_TAUGHT = 0.7  # how much what a teacher says counts, against what is known


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a network is."""

    pieces: int
    width: int
    layers: int
    heads: int
    hidden: int  # width of the feed-forward layers


class Block(nn.Module):
    """Attention, then a gated feed-forward layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.before_attention = nn.LayerNorm(shape.width)
        self.attend = nn.Linear(shape.width, 3 * shape.width)
        self.gather = nn.Linear(shape.width, shape.width)
        self.before_hidden = nn.LayerNorm(shape.width)
        self.widen = nn.Linear(shape.width, 2 * shape.hidden)
        self.narrow = nn.Linear(shape.hidden, shape.width)
        self.dropout = 0.0

    def forward(self, x: Tensor, apart: Tensor | None, cos: Tensor, sin: Tensor) -> Tensor:
        """`apart`: added to how much each piece heeds each other."""
        rows, length, width = x.shape
        parts = self.attend(self.before_attention(x)).view(rows, length, 3, self.heads, -1).unbind(2)
        q, k, v = (part.transpose(1, 2) for part in parts)
        q, k = ((each * cos + _turned(each) * sin).to(v.dtype) for each in (q, k))
        mask = None if apart is None else apart.to(v.dtype)
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        mixed = self.gather(mixed.transpose(1, 2).reshape(rows, length, width))
        x = x + functional.dropout(mixed, self.dropout, self.training)
        gate, value = self.widen(self.before_hidden(x)).chunk(2, -1)
        return x + functional.dropout(self.narrow(functional.relu(gate) * value), self.dropout, self.training)


def _turned(x: Tensor) -> Tensor:
    one, other = x.chunk(2, -1)
    return torch.cat([-other, one], -1)


class Encoder(nn.Module):
    """(windows, pieces) → (windows, pieces, width); pieces of one row heed each other, and no others."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.pieces = nn.Embedding(shape.pieces, shape.width)
        self.segments = nn.Embedding(_SEGMENTS, shape.width)
        self.clues = nn.Linear(CLUES, shape.width, bias=False)
        self.first = nn.LayerNorm(shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.last = nn.LayerNorm(shape.width)
        for name, weight in self.named_parameters():
            if weight.ndim > 1:
                narrow = name.endswith(("gather.weight", "narrow.weight"))
                nn.init.normal_(weight, std=0.02 / (math.sqrt(2 * shape.layers) if narrow else 1))
            elif name.endswith("bias"):
                nn.init.zeros_(weight)
        self.turn = _angles(shape.width // shape.heads)

    def each_block(self) -> Iterator[Block]:
        for block in self.blocks:
            assert isinstance(block, Block)
            yield block

    def forward(self, ids: Tensor, segments: Tensor, clues: Tensor | None, rows: Tensor | None) -> Tensor:
        """`rows`: which row of its window each piece belongs to (windows, pieces); None: each window is one."""
        cos, sin = (each[: ids.shape[1]].to(ids.device) for each in self.turn)
        apart = None
        if rows is not None:
            places = _places(rows)
            cos, sin = cos[places][:, None], sin[places][:, None]
            apart = _beyond(rows)
        x = self.pieces(ids) + self.segments(segments)
        x = self.first(x if clues is None else x + self.clues(clues))
        for block in self.blocks:
            x = block(x, apart, cos, sin)
        found: Tensor = self.last(x)
        return found


def _places(rows: Tensor) -> Tensor:
    """Of each piece, the how-manieth of its row it is."""
    at = torch.arange(rows.shape[1], device=rows.device).expand_as(rows)
    begins = torch.ones_like(rows, dtype=torch.bool)
    begins[:, 1:] = rows[:, 1:] != rows[:, :-1]
    return at - (at * begins).cummax(1).values


def _beyond(rows: Tensor) -> Tensor:
    """(windows, 1, pieces, pieces): nothing between pieces of one row, and what shuts out those of others."""
    other = rows[:, None, :, None] != rows[:, None, None, :]
    return torch.zeros_like(other, dtype=torch.float32).masked_fill(other, _NOT_THERE)


def _angles(per_head: int) -> tuple[Tensor, Tensor]:
    """(LONGEST, per_head) each: cosines and sines of rotary positions."""
    rate = _BASE ** (-torch.arange(0, per_head, 2) / per_head)
    turn = torch.arange(LONGEST)[:, None] * rate
    turn = torch.cat([turn, turn], -1)
    return turn.cos(), turn.sin()


class Reader(nn.Module):
    """The encoder, and what it says of a question and a passage."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.encoder = Encoder(shape)
        self.belief = nn.Linear(shape.width, 1)
        self.places = nn.Linear(shape.width, 3)

    def forward(self, ids: Tensor, segments: Tensor, clues: Tensor, rows: Tensor) -> Said:
        """Of every piece; the belief is what is said at the first piece of a row."""
        x = self.encoder(ids, segments, clues, rows)
        return self.belief(x)[..., 0].float(), self.places(x).float()

    def weights(self) -> Weights:
        """By name, as export.py wants them."""
        return {name: each.float().cpu().numpy() for name, each in self.state_dict().items()}


class Guesser(nn.Module):
    """The encoder guesses hidden pieces; the pieces' own vectors say which stood there."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.turn = nn.Linear(encoder.shape.width, encoder.shape.width)
        self.norm = nn.LayerNorm(encoder.shape.width)
        self.bias = nn.Parameter(torch.zeros(encoder.shape.pieces))

    def forward(self, ids: Tensor, where: Tensor) -> Tensor:
        x = self.encoder(ids, torch.full_like(ids, _SEGMENTS - 1), None, None)
        x = x.reshape(-1, x.shape[-1])[where]
        return functional.linear(self.norm(functional.relu(self.turn(x))), self.encoder.pieces.weight, self.bias)


class Clues:
    """What pieces bring beside their vectors, for a whole batch; as Nearness.clues."""

    def __init__(self, folder: Path, pieces: int, device: str) -> None:
        table = np.load(folder / TABLE).astype(np.float32) * np.load(folder / SCALES)[:, None]
        told = np.load(folder / TELLING)
        self.telling = float(told[SPECIAL:].mean())
        self._table = torch.zeros(pieces, table.shape[1], device=device)
        self._table[SPECIAL : len(table)] = torch.from_numpy(table[SPECIAL:])
        self._told = torch.zeros(pieces, device=device)
        self._told[SPECIAL : len(told)] = torch.from_numpy(told[SPECIAL:] / self.telling)

    @torch.no_grad()
    def of(self, ids: Tensor, segments: Tensor, rows: Tensor) -> Tensor:
        """(windows, pieces, 3); `rows` as in Encoder, 0 for a piece that belongs to none."""
        vectors = self._table[ids]
        asked = segments == 0
        other = (asked[:, :, None] != asked[:, None, :]) & (rows[:, :, None] == rows[:, None, :]) & (rows > 0)[:, None]
        near = (vectors @ vectors.transpose(1, 2)).float().masked_fill(~other, 0).amax(-1)
        same = ((ids[:, :, None] == ids[:, None, :]) & other).any(-1)
        return torch.stack([near, same.float(), self._told[ids]], -1)


# ── hidden pieces ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Guessing:
    """How the encoder learns to guess."""

    steps: int
    windows: int
    rate: float
    share: float  # of the pieces are hidden
    length: int = 256
    seconds: float = 0.0  # at most; 0: as long as it takes


def learn_to_guess(encoder: Encoder, row: np.ndarray, plan: Guessing, first: int, device: str, say: Say) -> None:
    """From windows of a long row of pieces."""
    model = Guesser(encoder).to(device)
    run = torch.compile(model) if device == "cuda" else model
    optimiser = optimiser_of(model, plan.rate, 0.05)

    def batch(at: int) -> Batch:
        dice = np.random.default_rng((first, at))
        return masked(row, (plan.windows, plan.length), plan.share, first, dice)

    losses: list[Tensor] = []
    way = Way(plan.steps, plan.seconds)
    for step, drawn in enumerate(_made_ahead(_Made(batch, plan.steps), device)):
        set_rate(optimiser, plan.rate * pace(way.done(step), 0.04, 0.6))
        ids, where, meant = (torch.from_numpy(drawn[name]).to(device) for name in ("ids", "where", "meant"))
        with torch.autocast(device, torch.bfloat16):
            loss = functional.cross_entropy(run(ids, where), meant)
        take_step(model, optimiser, loss)
        losses.append(loss.detach())
        ends = way.ends(step)
        if step % 200 == 0 or ends:
            say(f"guess {step + 1}/{plan.steps} {way.gone():.0f} s loss {torch.stack(losses).float().mean():.3f}")
            losses.clear()
        if ends:
            break


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reading:
    """How the network learns to read."""

    each: int  # candidates of a group
    rate: float
    dropout: float
    batch: int = 64  # groups
    seconds: float = 0.0  # at most; 0: until all is read


def learn_to_read(
    model: Reader,
    files: Sequence[Groups],
    drawn: Sequence[Drawn],
    plan: Reading,
    clues: Clues,
    device: str,
    say: Say,
    teacher: Reader | None = None,
) -> None:
    """From batches of groups; with a teacher, mostly from what it says of them."""
    model.train()
    for block in model.encoder.each_block():
        block.dropout = plan.dropout
    _make_ready(model, device)
    if teacher:
        _make_ready(teacher.eval(), device)
    optimiser = optimiser_of(model, plan.rate, 0.01)
    way, told = Way(len(drawn), plan.seconds), _Means()

    def batch(at: int) -> Batch:
        return assembled(files, drawn[at], plan.each, random.Random(at))  # noqa: S311 (a sample, no secret)

    for step, made in enumerate(_made_ahead(_Made(batch, len(drawn)), device)):
        set_rate(optimiser, plan.rate * pace(way.done(step), 0.05, 0.9))
        b = _on(made, device)
        lists = (len(drawn[step]), plan.each)
        with torch.autocast(device, torch.bfloat16):
            said = _said(model, b, clues)
        losses = _against_what_is_known(said, b, lists)
        whole = _summed(losses)
        if teacher:
            with torch.no_grad(), torch.autocast(device, torch.bfloat16):
                taught = _said(teacher, b, clues)
            own = _against_the_teacher(said, taught, b, lists)
            whole = (1 - _TAUGHT) * whole + _TAUGHT * _summed(own)
            losses |= {f"taught {name}": loss for name, loss in own.items()}
        take_step(model, optimiser, whole)
        told.add(losses)
        ends = way.ends(step)
        if step % 100 == 0 or ends:
            say(f"read {step + 1}/{len(drawn)} {way.gone():.0f} s {told.spelt()}")
        if ends:
            break


def _make_ready(model: Reader, device: str) -> None:
    model.to(device)
    if device == "cuda":
        torch.backends.cuda.enable_cudnn_sdp(enabled=False)  # it plans anew for each number of windows
        for block in model.encoder.each_block():
            block.compile()  # blocks are alike: what is compiled for one serves all


def thinned(model: Reader, layers: int) -> Reader:
    """A network of so many of its blocks, evenly apart, the first and the last among them; all else as it was."""
    shape = model.encoder.shape
    kept = [round(at * (shape.layers - 1) / max(1, layers - 1)) for at in range(layers)]
    thin = Reader(replace(shape, layers=layers))
    own = model.state_dict()
    for name in thin.state_dict():
        parts = name.split(".")
        if parts[1] == "blocks":
            parts[2] = str(kept[int(parts[2])])
        thin.state_dict()[name].copy_(own[".".join(parts)])
    return thin


def _said(model: Reader, b: dict[str, Tensor], clues: Clues) -> Said:
    """Of every row, from the windows that they stand in."""
    belief, places = model(b["ids"], b["segments"], clues.of(b["ids"], b["segments"], b["rows"]), b["rows"])
    return belief.flatten()[b["at"][:, 0]], places.flatten(0, 1)[b["at"]]


def _summed(losses: dict[str, Tensor]) -> Tensor:
    return losses["list"] + losses["point"] + _EVIDENCE * losses["evidence"] + _SPANS * losses["span"]


def _against_what_is_known(said: Said, b: dict[str, Tensor], lists: tuple[int, int]) -> dict[str, Tensor]:
    """The candidate that answers, against the others of its group; each candidate; each piece; the shortest answer."""
    belief, places = said
    logits = side_by_side(belief, b["group"], lists)
    has = torch.zeros(lists[0], dtype=torch.bool, device=belief.device)
    has[b["group"][b["first"]]] = True
    competing = has & ((logits > _NOT_THERE / 2).sum(1) > 1)
    first = torch.zeros(lists[0], dtype=torch.long, device=belief.device)
    weight = b["read"] * b["evidence_known"][:, None] * (_OTHERS + (1 - _OTHERS) * b["right"][:, None])
    spans = belief.new_zeros(())
    for place in (0, 1):
        logit = _where_it_may_be(places[..., 1 + place], b)
        spans = spans + _mean(functional.cross_entropy(logit, b["answer"][:, place], reduction="none"), b["spanned"])
    return {
        "list": _mean(functional.cross_entropy(logits, first, reduction="none"), competing),
        "point": functional.binary_cross_entropy_with_logits(belief, b["right"]),
        "evidence": _mean(_binary(places[..., 0], b["evidence"]), weight),
        "span": spans,
    }


def _against_the_teacher(said: Said, taught: Said, b: dict[str, Tensor], lists: tuple[int, int]) -> dict[str, Tensor]:
    """As above, but right is what the teacher believes, by as much as it does."""
    belief, places = said
    belief_of, places_of = taught
    logits, wanted = side_by_side(belief, b["group"], lists), side_by_side(belief_of, b["group"], lists)
    weight = b["read"] * (_OTHERS + (1 - _OTHERS) * b["right"][:, None])
    spans = belief.new_zeros(())
    for place in (1, 2):
        logit, meant = (_where_it_may_be(each[..., place], b) for each in (places, places_of))
        spans = spans + _mean(functional.cross_entropy(logit, meant.softmax(1), reduction="none"), b["right"])
    return {
        "list": functional.cross_entropy(logits, wanted.softmax(1)),
        "point": functional.binary_cross_entropy_with_logits(belief, belief_of.sigmoid()),
        "evidence": _mean(_binary(places[..., 0], places_of[..., 0].sigmoid()), weight),
        "span": spans,
    }


def side_by_side(values: Tensor, group: Tensor, lists: tuple[int, int]) -> Tensor:
    """(groups, candidates): the values of each group in a row; where it has fewer, something very low."""
    at = torch.arange(len(group), device=group.device) - torch.searchsorted(group, group)
    found = values.new_full(lists, _NOT_THERE)
    found[group, at] = values
    return found


def _where_it_may_be(logit: Tensor, b: dict[str, Tensor]) -> Tensor:
    """Among the pieces of the passage, or at the first piece of the row: nowhere."""
    may = b["read"].clone()
    may[:, 0] = True
    return logit.masked_fill(~may, _NOT_THERE)


def _binary(logit: Tensor, target: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logit, target, reduction="none")


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Made(Dataset[Any]):
    """Batches, each made when it is asked for."""

    def __init__(self, make: Callable[[int], Batch], count: int) -> None:
        self._make, self._count = make, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: int) -> Batch:
        return self._make(at)


def _made_ahead(batches: _Made, device: str) -> Iterator[Batch]:
    """In order; beside a GPU by processes of their own."""
    workers = max(1, (os.cpu_count() or 2) - 2) if device == "cuda" else 0
    return iter(DataLoader(batches, batch_size=None, num_workers=workers, collate_fn=_as_it_is))


def _as_it_is(batch: Any) -> Any:  # noqa: ANN401 (a batch)
    return batch


def _on(batch: Batch, device: str) -> dict[str, Tensor]:
    found = {name: torch.from_numpy(each).to(device, non_blocking=True) for name, each in batch.items()}
    found["ids"], found["segments"] = found["ids"].long(), found["segments"].long()
    found["evidence"] = found["evidence"].float()
    return found


def optimiser_of(model: nn.Module, rate: float, decay: float) -> torch.optim.Optimizer:
    """Of what is to be learned."""
    learned = [each for each in model.parameters() if each.requires_grad]
    held = [each for each in learned if each.ndim > 1]
    free = [each for each in learned if each.ndim < 2]
    groups = [{"params": held, "weight_decay": decay}, {"params": free, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=held[0].is_cuda)


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


def take_step(model: nn.Module, optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()


class _Means:
    """Of the losses since they were last told."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Tensor]] = {}

    def add(self, losses: dict[str, Tensor]) -> None:
        for name, loss in losses.items():
            self._kept.setdefault(name, []).append(loss.detach())

    def spelt(self) -> str:
        told = " ".join(f"{name} {torch.stack(each).float().mean():.3f}" for name, each in self._kept.items())
        self._kept.clear()
        return told


# ── files, measures ─────────────────────────────────────────────────────────────────────────────────────────────


def save(model: Reader, path: Path) -> None:
    torch.save(model.state_dict(), path)


def load(shape: Shape, path: Path, device: str) -> Reader:
    model = Reader(shape)
    model.load_state_dict(torch.load(path, map_location="cpu"))
    return model.to(device)


@torch.no_grad()
def measured(model: Reader, held_out: Groups, clues: Clues, device: str) -> dict[str, dict[str, float]]:
    """By source: share of the questions whose answer comes first among its candidates; overlap of the pieces marked
    with the evidence (F1); and how often an answer is believed more than the best other candidate of any question.
    """
    model.to(device).eval()
    found: dict[str, dict[str, list[float]]] = {}
    size, each = 64, 8
    order = sorted(range(len(held_out)), key=held_out.length)
    for at in range(0, len(order), size):
        groups = order[at : at + size]
        drawn = [(0, group) for group in groups]
        b = _on(assembled([held_out], drawn, each, random.Random(at)), device)  # noqa: S311
        with torch.autocast(device, torch.bfloat16):
            belief, places = _said(model, b, clues)
        logits = side_by_side(belief, b["group"], (len(groups), each)).cpu()
        marked = (places[..., 0] > 0) * b["read"]
        both = (marked * b["evidence"]).sum(1)
        overlap = (2 * both / (marked.sum(1) + b["evidence"].sum(1)).clamp(min=1)).cpu()
        rows = torch.searchsorted(b["group"], torch.arange(len(groups), device=device)).tolist()
        for place, (group, row) in enumerate(zip(groups, rows, strict=True)):
            own = found.setdefault(held_out.source(group), {"first": [], "evidence": [], "yes": [], "no": []})
            if not b["right"][row]:
                own["no"].append(float(logits[place, 0]))
                continue
            own["first"].append(float(logits[place].argmax() == 0))
            own["yes"].append(float(logits[place, 0]))
            own["no"].append(float(logits[place, 1:].max()))
            if b["evidence_known"][row]:
                own["evidence"].append(float(overlap[row]))
    yes = np.array([value for own in found.values() for value in own["yes"]])
    told: dict[str, dict[str, float]] = {}
    for name, own in found.items():
        told[name] = {what: round(float(np.mean(own[what])), 3) for what in ("first", "evidence") if own[what]}
        told[name]["believed more"] = round(float((yes[:, None] > np.array(own["no"])[None]).mean()), 3)
    return told


def start(shape: Shape, seed: int) -> Reader:
    """A network that has learned nothing."""
    torch.manual_seed(seed)
    return Reader(shape)


def best_device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"
