"""Groups → arrays of pieces in one file, and batches of them, as the network reads them."""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.cross import ABOVE, ASKED, MARKS, READ, lay_out
from index.pieces import Cutter
from index.training.reading.examples import Group

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Batch = dict[str, Array]

Drawn = list[tuple[int, int]]  # (file, group) of a batch
SPANNED = frozenset({"cmrc_train", "cjrc_dev", "squad_zh_dev", "stretches", "open"})  # sources with the shortest answer
LONGEST = -(-(ASKED + ABOVE + READ + MARKS + 1) // 32) * 32  # pieces of a row, and of a window
_WINDOW = 50  # batches within which groups are sorted by length


def write_arrays(groups: Iterable[Group], cutter: Cutter, path: Path) -> dict[str, int]:
    """One .npz, each text once; tells how many groups each source has."""
    import numpy as np

    texts: dict[str, int] = {}
    sources: dict[str, int] = {}
    counts: dict[str, int] = {}
    of_group: list[tuple[int, int, int]] = []  # question, source, first candidate
    of_candidate: list[tuple[int, int, bool, bool]] = []  # above, text, does it answer, is its evidence known
    spans: list[tuple[tuple[int, int], ...]] = []
    answers: list[tuple[int, int] | None] = []
    for group in groups:
        counts[group.source] = counts.get(group.source, 0) + 1
        source = sources.setdefault(group.source, len(sources))
        of_group.append((texts.setdefault(group.question, len(texts)), source, len(of_candidate)))
        for each in group.candidates:
            above, text = (texts.setdefault(part, len(texts)) for part in (each.above, each.text))
            of_candidate.append((above, text, each.answers, each.evidence is not None or not each.answers))
            spans.append(each.evidence or ())
            answers.append(each.answer)
    cut = cutter.places(list(texts))
    where = [cut[text][1] for _, text, _, _ in of_candidate]
    evidence = [[_pieces(place, span) for span in own] for place, own in zip(where, spans, strict=True)]
    answer = [_pieces(place, span) if span else (-1, -1) for place, span in zip(where, answers, strict=True)]
    np.savez_compressed(
        path,
        pieces=np.concatenate([ids for ids, _ in cut]).astype(np.uint16),
        starts=np.cumsum([0, *(len(ids) for ids, _ in cut)]).astype(np.int32),
        groups=np.array([*of_group, (0, 0, len(of_candidate))], np.int32),
        candidates=np.array(of_candidate, np.int32),
        evidence=np.array([span for own in evidence for span in own], np.int16).reshape(-1, 2),
        evidence_first=np.cumsum([0, *map(len, evidence)]).astype(np.int32),
        answers=np.array(answer, np.int16).reshape(-1, 2),
        sources=np.array(list(sources)),
    )
    return counts


def _pieces(where: Array, span: tuple[int, int]) -> tuple[int, int]:
    """From and to: the pieces that begin in the span."""
    import numpy as np

    first, last = np.searchsorted(where[:, 0], span)
    return int(first), int(last)


class Groups:
    """What `write_arrays` wrote."""

    def __init__(self, path: Path, first: int) -> None:
        """`first`: the piece that begins a row; the one that ends a part follows it."""
        import numpy as np

        with np.load(path) as file:
            self._kept = {name: file[name] for name in file.files}
        self._first = first
        self._names = [str(name) for name in self._kept["sources"]]

    def __len__(self) -> int:
        return len(self._kept["groups"]) - 1

    def source(self, group: int) -> str:
        """Where a group comes from."""
        return str(self._names[self._kept["groups"][group, 1]])

    @property
    def sources(self) -> list[str]:
        """All of them."""
        return list(self._names)

    def candidates(self, group: int) -> range:
        return range(self._kept["groups"][group, 2], self._kept["groups"][group + 1, 2])

    def answers(self, candidate: int) -> bool:
        return bool(self._kept["candidates"][candidate, 2])

    def length(self, group: int) -> int:
        """Pieces of the question and the first passage, as many as are read."""
        text = self._kept["candidates"][self.candidates(group)[0], 1]
        return min(ASKED, len(self._part(self._kept["groups"][group, 0]))) + min(READ, len(self._part(text)))

    def _part(self, text: int) -> Array:
        kept: Array = self._kept["pieces"][self._kept["starts"][text] : self._kept["starts"][text + 1]]
        return kept

    def row(self, group: int, candidate: int) -> Row:
        """What the network reads of a question and a passage, and what is known of them."""
        import numpy as np

        above, text, right, known = self._kept["candidates"][candidate].tolist()
        read = self._part(text)[:READ]
        laid = lay_out(self._part(self._kept["groups"][group, 0]), self._part(above), read, self._first)
        ids, begin = laid.ids, laid.begin
        evidence = np.zeros(len(ids), np.int8)
        spans = slice(self._kept["evidence_first"][candidate], self._kept["evidence_first"][candidate + 1])
        for start, end in self._kept["evidence"][spans].tolist():
            evidence[begin + start : begin + min(end, len(read))] = 1
        start, end = self._kept["answers"][candidate].tolist()
        answer = (begin + start, begin + end - 1) if 0 <= start < end <= len(read) else None
        return Row(ids, laid.asked, begin, begin + len(read), evidence, answer, bool(right), bool(known))


@dataclass(frozen=True, slots=True)
class Row:
    """A question and a passage in one row of pieces, and what is known of them."""

    ids: Array
    asked: int  # where the question's part ends
    begin: int  # of the passage's text
    end: int
    evidence: Array
    answer: tuple[int, int] | None  # its first and last piece
    right: bool
    known: bool  # is it known which pieces are evidence


def assembled(files: Sequence[Groups], drawn: Drawn, each: int, dice: random.Random) -> Batch:
    """A batch: of each group the first candidate and `each - 1` others.

    What the network reads stands in windows of one length, several rows in each, so that little of them is padding:
    `ids`, `segments`, `rows` (windows, LONGEST); `rows` tells which row of its window a piece belongs to, 0 for none.
    What is known stands row by row, padded: (rows, longest); `at` tells where in the windows each piece stands.
    """
    import numpy as np

    rows: list[Row] = []
    group: list[int] = []
    first: list[bool] = []
    spanned: list[bool] = []
    for at, (file, number) in enumerate(drawn):
        own = files[file]
        candidates = list(own.candidates(number))
        others = candidates[1:] if len(candidates) <= each else dice.sample(candidates[1:], each - 1)
        for place, candidate in enumerate([candidates[0], *others]):
            row = own.row(number, candidate)
            rows.append(row)
            group.append(at)
            first.append(place == 0 and row.right)
            spanned.append(place == 0 and own.source(number) in SPANNED and (row.answer is not None or not row.right))
    windows = packed([len(row.ids) for row in rows])
    shape, padded = (len(windows), LONGEST), (len(rows), max(len(row.ids) for row in rows))
    batch: Batch = {
        "ids": np.zeros(shape, np.int32),
        "segments": np.full(shape, 2, np.int8),
        "rows": np.zeros(shape, np.int32),
        "at": np.resize(np.arange(len(windows) * LONGEST), padded),  # padding: anywhere, nowhere twice in vain
        "evidence": np.zeros(padded, np.int8),
        "read": np.zeros(padded, bool),
        "group": np.array(group),
        "first": np.array(first),
        "spanned": np.array(spanned),
        "right": np.array([row.right for row in rows], np.float32),
        "evidence_known": np.array([row.known for row in rows]),
        "answer": np.array([row.answer or (0, 0) for row in rows]),  # none: the first piece
    }
    for window, held in enumerate(windows):
        start = 0
        for number, at in enumerate(held, 1):
            row = rows[at]
            whole = slice(start, start + len(row.ids))
            batch["ids"][window, whole], batch["rows"][window, whole] = row.ids, number
            batch["segments"][window, start : start + row.begin] = 1
            batch["segments"][window, start : start + row.asked] = 0
            batch["at"][at, : len(row.ids)] = np.arange(whole.start, whole.stop) + window * LONGEST
            batch["evidence"][at, : len(row.ids)] = row.evidence
            batch["read"][at, row.begin : row.end] = True
            start = whole.stop
    return batch


def packed(lengths: Sequence[int], most: int = LONGEST) -> list[list[int]]:
    """Which go together into one window, the longest first, each where it leaves the least room (best fit decreasing:
    Johnson et al., "Worst-Case Performance Bounds for Simple One-Dimensional Packing Algorithms", 1974).
    """
    found: list[list[int]] = []
    room: list[tuple[int, int]] = []  # left in a window, and which; in order
    for at in sorted(range(len(lengths)), key=lambda each: -lengths[each]):
        place = bisect_left(room, (lengths[at], 0))
        left, window = room.pop(place) if place < len(room) else (most, len(found))
        if window == len(found):
            found.append([])
        found[window].append(at)
        insort(room, (left - lengths[at], window))
    return found


def batches(files: Sequence[Groups], times: Mapping[str, float], size: int, seed: int) -> list[Drawn]:
    """Batches of groups of like length, in random order; `times`: how often the groups of each source are drawn."""
    dice = random.Random(seed)  # noqa: S311 (a sample, no secret)
    seen: Drawn = []
    for file, own in enumerate(files):
        for group in range(len(own)):
            share = times.get(own.source(group), 0.0)
            seen += [(file, group)] * (int(share) + (dice.random() < share % 1))
    dice.shuffle(seen)
    found: list[Drawn] = []
    for at in range(0, len(seen), size * _WINDOW):
        run = sorted(seen[at : at + size * _WINDOW], key=lambda each: files[each[0]].length(each[1]))
        found += [run[start : start + size] for start in range(0, len(run), size)]
    dice.shuffle(found)
    return found


def masked(row: Array, shape: tuple[int, int], share: float, first: int, dice: np.random.Generator) -> Batch:
    """Windows of a long row of pieces in which a share of the pieces is hidden; `first`: see Groups; masks follow."""
    import numpy as np

    windows, length = shape
    starts = dice.integers(0, len(row) - length, windows)
    ids = row[starts[:, None] + np.arange(length)].astype(np.int64)
    ids[:, 0] = first
    flat = ids.reshape(-1)
    where = dice.choice(windows * length, int(windows * length * share), replace=False)
    meant = flat[where].copy()
    lot = dice.random(len(where))
    flat[where[lot < _HIDDEN]] = first + 2
    odd = where[lot > _HIDDEN + _LEFT]
    flat[odd] = dice.integers(2, first, len(odd))
    return {"ids": ids, "where": where, "meant": meant}


_HIDDEN, _LEFT = 0.85, 0.08  # of the pieces to be guessed; the rest are replaced by others
