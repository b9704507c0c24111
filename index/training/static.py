"""Static embeddings: a text's vector is the sum of its tokens' vectors, trained on pairs of a question and its passage.

The tokens are those of index/tokens.py. Each question must tell its passage from those of the other questions of its
batch, and the other way round (InfoNCE: van den Oord, Li, Vinyals, "Representation Learning with Contrastive Predictive
Coding", 2018). Batches are drawn from one source each, neighbours together, so that passages of one document compete.
A token starts as a random direction as long as it is rare, which is nearly tf-idf. Tokens that a question shares with
its passage are left out at random: words find these already; the vectors are to find what words do not.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.tokens import RECIPE, tokens
from index.training.pairs import NEIGHBOURS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from scipy.sparse import csr_array

    from index.training.pairs import Pair, Recipe

    Floats = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the weights, beside the pairs."""

    dim: int = 256
    vocabulary: int = 100_000  # the most frequent tokens of the pairs
    epochs: int = 2  # the third already learns by heart
    batch: int = 1024
    rate: float = 0.02  # of Adam, against rows whose entries are about idf / √dim
    temperature: float = 0.05
    overlap_dropout: float = 0.5  # of the tokens that a question shares with its passage, in the mean over batches
    dropout: float = 0.1  # of the other tokens of questions
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Bags:
    """Pairs as counted tokens: a row each, in the order of the pairs."""

    questions: csr_array
    passages: csr_array
    shared: npt.NDArray[np.bool_]  # for each entry of `questions`: does the passage hold the token, too?
    passage_ids: Ints  # equal passages have equal ids
    sources: dict[str, Ints]  # source → rows


@dataclass(slots=True)
class State:
    """The table and the moments of its optimiser, after so many epochs."""

    table: Floats
    first: Floats
    second: Floats
    steps: int
    epochs: int


def vocabulary_of(texts: Iterable[str], size: int, least: int = 3) -> tuple[list[str], Floats]:
    """The most frequent tokens, by the number of texts that hold them, and their inverse document frequencies."""
    import numpy as np

    spread: Counter[str] = Counter()
    count = 0
    for text in texts:
        spread.update(set(tokens(text)))
        count += 1
    kept = sorted((t for t, n in spread.items() if n >= least), key=lambda t: (-spread[t], t))[:size]
    return kept, np.array([math.log((count + 1) / (spread[t] + 0.5)) for t in kept], np.float32)


def bag(texts: Sequence[str], rows: dict[str, int]) -> csr_array:
    """One row a text: 1 + log of how often each token occurs; unknown tokens are left out; columns ascend."""
    import numpy as np
    from scipy.sparse import csr_array

    columns: list[npt.NDArray[np.int32]] = []
    weights: list[Floats] = []
    ends = [0]
    for text in texts:
        found = np.array([rows[token] for token in tokens(text) if token in rows], np.int32)
        unique, times = np.unique(found, return_counts=True)
        columns.append(unique)
        weights.append((1 + np.log(times)).astype(np.float32))
        ends.append(ends[-1] + len(unique))
    if not texts:
        return csr_array((0, len(rows)), dtype=np.float32)
    entries = (np.concatenate(weights), np.concatenate(columns), np.array(ends, np.int64))
    return csr_array(entries, shape=(len(texts), len(rows)))


def bags_of(pairs: Sequence[Pair], rows: dict[str, int]) -> Bags:
    """The pairs, counted."""
    import numpy as np

    questions = bag([pair.question for pair in pairs], rows)
    passages = bag([pair.passage for pair in pairs], rows)
    marks = (questions != 0).multiply(passages != 0).tocsr()
    marks.sort_indices()
    width = len(rows)
    at = np.repeat(np.arange(len(pairs)), np.diff(questions.indptr)) * width + questions.indices
    both = np.repeat(np.arange(len(pairs)), np.diff(marks.indptr)) * width + marks.indices
    ids: dict[str, int] = {}
    passage_ids = np.array([ids.setdefault(pair.passage, len(ids)) for pair in pairs], np.int64)
    sources: dict[str, list[int]] = {}
    for row, pair in enumerate(pairs):
        sources.setdefault(pair.source, []).append(row)
    return Bags(questions, passages, np.isin(at, both), passage_ids, {s: np.array(r) for s, r in sources.items()})


def batches(bags: Bags, recipes: dict[str, Recipe], size: int, dice: random.Random) -> list[Ints]:
    """The rows of an epoch's batches, each of one source, in random order; a last batch under half the size is left."""
    import numpy as np

    found: list[Ints] = []
    for source, rows in sorted(bags.sources.items()):
        recipe = recipes[source]
        for _ in range(recipe.times):
            runs = [rows[at : at + NEIGHBOURS] for at in range(0, len(rows), NEIGHBOURS)]
            dice.shuffle(runs)
            drawn = np.concatenate(runs)[: recipe.at_most or None]
            cut = [drawn[at : at + size] for at in range(0, len(drawn), size)]
            found += [each for each in cut if len(each) * 2 >= min(size, len(drawn))]
    dice.shuffle(found)
    return found


def begin(idf: Floats, plan: Plan) -> State:
    """Random directions, as long as the token's inverse document frequency."""
    import numpy as np

    table = np.random.default_rng(plan.seed).standard_normal((len(idf), plan.dim), dtype=np.float32)
    table *= (idf / math.sqrt(plan.dim))[:, None]
    return State(table, np.zeros_like(table), np.zeros_like(table), 0, 0)


def step(state: State, bags: Bags, rows: Ints, plan: Plan, rate: float, chance: np.random.Generator) -> float:
    """Learn from one batch; the mean loss in nats, of both directions."""
    import numpy as np

    questions, passages = bags.questions[rows], bags.passages[rows]
    starts, ends = bags.questions.indptr[rows], bags.questions.indptr[rows + 1]
    shared = np.concatenate([bags.shared[a:b] for a, b in zip(starts, ends, strict=True)])
    drop = np.where(shared, plan.overlap_dropout * 2 * chance.random(), plan.dropout)
    questions.data = questions.data * (chance.random(len(drop)) >= drop)
    used = np.unique(np.concatenate([questions.indices, passages.indices]))
    place = np.zeros(len(state.table), np.int32)
    place[used] = np.arange(len(used))
    for each in (questions, passages):
        each.indices = place[each.indices]
    narrow = state.table[used]
    gradient = np.zeros_like(narrow)
    loss = _contrast(questions, passages, narrow, gradient, bags.passage_ids[rows], plan.temperature)
    state.steps += 1
    first = state.first[used] * 0.9 + 0.1 * gradient
    second = state.second[used] * 0.999 + 0.001 * gradient**2
    state.first[used], state.second[used] = first, second
    unbiased = math.sqrt(1 - 0.999**state.steps) / (1 - 0.9**state.steps)
    state.table[used] = narrow - rate * unbiased * first / (np.sqrt(second) + 1e-8)
    return loss


def _contrast(
    questions: csr_array, passages: csr_array, table: Floats, gradient: Floats, ids: Ints, temperature: float
) -> float:
    """The loss of a batch; adds its slope to `gradient`. Equal passages do not compete with each other."""
    import numpy as np
    from scipy.sparse import csr_array

    n = len(ids)
    questions = csr_array((questions.data, questions.indices, questions.indptr), shape=(n, len(table)))
    passages = csr_array((passages.data, passages.indices, passages.indptr), shape=(n, len(table)))
    u, u_length = unit(questions @ table)
    v, v_length = unit(passages @ table)
    logits = (u @ v.T) / np.float32(temperature)
    same = ids[:, None] == ids[None, :]
    np.fill_diagonal(same, val=False)
    logits[same] = -1e9
    loss = 0.0
    slope = np.zeros_like(logits)
    for axis in (0, 1):
        shifted = logits - logits.max(axis=axis, keepdims=True)
        mass = np.exp(shifted)
        mass /= mass.sum(axis=axis, keepdims=True)
        loss -= float(np.log(np.maximum(np.diagonal(mass), 1e-12)).mean()) / 2
        slope += mass
    slope[np.arange(n), np.arange(n)] -= 2
    slope /= np.float32(2 * n * temperature)
    for bag_, mine, length, other in ((questions, u, u_length, slope @ v), (passages, v, v_length, slope.T @ u)):
        along = (other * mine).sum(axis=1, keepdims=True)
        gradient += bag_.T @ ((other - along * mine) / length)
    return loss


def unit(vectors: Floats) -> tuple[Floats, Floats]:
    """The vectors at length 1 and what they were divided by; a zero row stays zero."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return vectors / lengths, lengths


def train(
    state: State,
    bags: Bags,
    recipes: dict[str, Recipe],
    plan: Plan,
    after_epoch: Callable[[State, float], None],
) -> State:
    """The epochs that are left of the plan; the rate falls in a line to a tenth. Same state and plan, same table."""
    import numpy as np

    while state.epochs < plan.epochs:
        dice = random.Random(f"{plan.seed} {state.epochs}")  # noqa: S311 (an order, no secret)
        chance = np.random.default_rng([plan.seed, state.epochs])
        losses: list[float] = []
        drawn = batches(bags, recipes, plan.batch, dice)
        for at, rows in enumerate(drawn):
            done = (state.epochs + at / len(drawn)) / plan.epochs
            losses.append(step(state, bags, rows, plan, plan.rate * (1 - 0.9 * done), chance))
        state.epochs += 1
        after_epoch(state, math.fsum(losses) / len(losses))
    return state


def save_state(state: State, identity: Mapping[str, object], folder: Path) -> None:
    """A checkpoint, written beside the last one and then put in its place; `identity` says of what training it is."""
    import numpy as np

    draft = folder / "state.tmp.npz"
    counts = np.array([state.steps, state.epochs])
    kept = np.array(json.dumps(identity, sort_keys=True))
    np.savez(draft, table=state.table, first=state.first, second=state.second, counts=counts, identity=kept)
    draft.replace(folder / "state.npz")


def load_state(identity: Mapping[str, object], folder: Path) -> State | None:
    """The checkpoint of this very training; None where there is none."""
    import numpy as np

    if not (folder / "state.npz").exists():
        return None
    with np.load(folder / "state.npz", allow_pickle=False) as kept:
        if str(kept["identity"]) != json.dumps(identity, sort_keys=True):
            return None
        steps, epochs = (int(n) for n in kept["counts"])
        return State(kept["table"], kept["first"], kept["second"], steps, epochs)


def described(plan: Plan) -> dict[str, object]:
    """The plan, for JSON."""
    return asdict(plan)


def write_model(state: State, vocabulary: Sequence[str], about: Mapping[str, object], folder: Path) -> str:
    """What index/training/model.py opens: eight bits an entry, a scale a row. Returns the model's name."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    scales = np.maximum(np.abs(state.table).max(axis=1), 1e-6) / 127
    np.save(folder / "scales.npy", scales.astype(np.float32), allow_pickle=False)
    np.save(folder / "table.npy", np.rint(state.table / scales[:, None]).astype(np.int8), allow_pickle=False)
    (folder / "tokens.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    digest = hashlib.sha256((folder / "table.npy").read_bytes() + (folder / "tokens.txt").read_bytes()).hexdigest()
    name = f"static-{state.table.shape[1]}-{digest[:12]}"
    kept = {"name": name, "tokeniser": RECIPE.name, **about}
    (folder / "embedder.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return name


def share_found(
    questions: Sequence[str], passages: Sequence[str], judged: Sequence[Set[int]], rows: dict[str, int], table: Floats
) -> float:
    """hit@1: the share of questions whose nearest passage is one of those judged right, by their places."""
    asked, _ = unit(bag(questions, rows) @ table)
    found, _ = unit(bag(passages, rows) @ table)
    nearest = (asked @ found.T).argmax(axis=1)
    return sum(int(at) in right for at, right in zip(nearest, judged, strict=True)) / len(questions)
