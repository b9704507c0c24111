"""How near a passage comes to a question, piece by piece: what finds 房本 where 不动产权证书 stands.

To each piece of the question the nearest piece of the passage is sought, and their cosines are weighed by how much the
question's piece tells (late interaction: Khattab and Zaharia, "ColBERT", SIGIR 2020, here without context, so that a
passage costs nothing when it is indexed). Vectors and weights are learned by `python -m index.training` and ship in
index/models/.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import EmbedderError
from index.pieces import SHIPPED, SPECIAL, Cutter
from index.records import Span
from index.remembered import Remembered

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.pieces import Ids

    Floats = npt.NDArray[np.float32]

TABLE, SCALES, TELLING, ABOUT = "nearness.npy", "nearness_scales.npy", "telling.npy", "nearness.json"
# of each piece the nearest others, and their cosines × 255
NEIGHBOURS, HOW_NEAR = "neighbours.npy", "neighbours_near.npy"
_BLOCK = 32  # pieces; two neighbouring blocks are a window
_TELLS = 0.3  # of what the piece of the question that tells most tells
_RELATED_FROM = 0.42  # of the cosine; chosen on questions that the training holds out
_CONTEXT = 0.5  # of a piece of the earlier questions
_REMEMBERED = 512  # texts, with where their pieces stand: what one question asks for, others do
_CUT = 16_384  # sentences and what stands above them, as pieces
_ASKED = 64  # questions and how near spans come: finding, reading and doubting ask for the same ones


class Nearness:
    """A table of unit vectors in eight bits, mapped and not read, and what each piece tells. Safe with threads."""

    def __init__(
        self,
        cutter: Cutter,
        table: npt.NDArray[np.int8],
        scales: Floats,
        telling: Floats,
        same: float,
        neighbours: npt.NDArray[np.uint16],
        how_near: npt.NDArray[np.uint8],
    ) -> None:
        self._cutter = cutter
        self._table = table
        self._scales = scales
        self._telling = telling
        self._same = same  # added to the cosine of a piece with itself
        self._neighbours = neighbours
        self._how_near = how_near
        self._placed = lru_cache(_REMEMBERED)(lambda text: cutter.places([text])[0])
        self._cut = Remembered(_CUT, cutter.ids)
        self._asked = lru_cache(_ASKED)(self._weighed)
        self._sought = lru_cache(_ASKED)(self._seek)

    @classmethod
    @cache
    def load(cls, folder: Path = SHIPPED) -> Nearness:
        """Open what the training wrote. Raises EmbedderError."""
        import numpy as np

        try:
            table = np.load(folder / TABLE, mmap_mode="r", allow_pickle=False)
            scales = np.load(folder / SCALES, allow_pickle=False)
            telling = np.load(folder / TELLING, allow_pickle=False)
            neighbours = np.load(folder / NEIGHBOURS, mmap_mode="r", allow_pickle=False)
            how_near = np.load(folder / HOW_NEAR, mmap_mode="r", allow_pickle=False)
            same = float(json.loads((folder / ABOUT).read_text("utf-8"))["same"])
        except (OSError, EOFError, ValueError, KeyError, TypeError) as exc:
            raise EmbedderError(f"随附的模型 {folder} 不完整。请重新安装 wenzheng。") from exc
        if table.ndim != 2 or {len(each) for each in (scales, telling, neighbours, how_near)} != {len(table)}:
            raise EmbedderError(f"随附的模型 {folder} 的文件大小不一。请重新安装 wenzheng。")
        return cls(Cutter.load(folder), table, scales, telling, same, neighbours, how_near)

    @property
    def cutter(self) -> Cutter:
        return self._cutter

    def clues(self, ids: Ids, asked: npt.NDArray[np.bool_], known_below: int, told: float) -> Floats:
        """(pieces, 3) for a question and a passage in one row: the nearest cosine of the other side, whether the piece
        itself stands there, and how much it tells, against `told`. `asked`: which pieces are the question's; those from
        `known_below` on are marks, which are near to nothing.
        """
        import numpy as np

        word = (ids >= SPECIAL) & (ids < known_below)
        rows = np.where(word, ids, 0)
        vectors = self._table[rows].astype(np.float32) * self._scales[rows, None]
        vectors[~word] = 0
        found: Floats = np.zeros((len(ids), 3), np.float32)
        cosines = vectors[asked] @ vectors[~asked].T
        found[asked, 0], found[~asked, 0] = cosines.max(axis=1), cosines.max(axis=0)
        found[asked, 1] = np.isin(ids[asked], ids[~asked])
        found[~asked, 1] = np.isin(ids[~asked], ids[asked])
        found[word, 2] = self._telling[ids[word]] / told
        return found

    def pieces(self, texts: Sequence[str]) -> list[Ids]:
        """What `scores` compares a question with."""
        return self._cutter.ids(texts)

    def related(self, question: str) -> dict[str, float]:
        """Words near those of the question that tell, and how near, in (0, 1]: what notices may say instead.

        Of a word that tells less than a third of the one that tells most there are none.
        """
        import numpy as np

        asked = np.unique(self._cutter.ids([question])[0])
        if not len(asked):
            return {}
        told = self._telling[asked]
        found: dict[str, float] = {}
        for piece in asked[told > told.max() * _TELLS].tolist():
            for other, near in zip(self._neighbours[piece], self._how_near[piece] / 255, strict=True):
                if near >= _RELATED_FROM:
                    word = self._cutter.word(int(other))
                    found[word] = max(float(near), found.get(word, 0.0))
        return found

    def of_texts(self, question: str, texts: Sequence[tuple[str, str]], context: str = "") -> list[tuple[float, float]]:
        """For each text and what stands above it, how near the text comes, and both together; see `scores`."""
        places: dict[str, int] = {}
        for each in texts:
            for text in each:
                places.setdefault(text, len(places))
        asked = self._asked(question, context)
        best = self._best(asked, self._cut.of(list(places)))
        found: list[tuple[float, float]] = []
        for text, above in texts:
            own, other = best[places[text]], best[places[above]]
            found.append((float(asked.weights @ own), float(asked.weights @ own.clip(min=other))))
        return found

    def of_spans(self, question: str, text: str, spans: Sequence[Span], context: str = "") -> tuple[float, ...]:
        """How near each span of a text comes to the question; see `scores`."""
        return self._sought(question, text, tuple(spans), context)

    def _seek(self, question: str, text: str, spans: tuple[Span, ...], context: str) -> tuple[float, ...]:
        import numpy as np

        asked = self._asked(question, context)
        ids, offsets = self._placed(text)
        cosines = self._cosines(asked, ids)
        nearness = [0.0] * len(spans)
        for place, span in enumerate(spans):
            first, last = np.searchsorted(offsets[:, 0], (span.start, span.end))
            if first < last:
                nearness[place] = float(asked.weights @ cosines[:, first:last].max(axis=1))
        return tuple(nearness)

    def scores(self, question: str, passages: Sequence[Ids], context: str = "") -> list[tuple[float, float]]:
        """For each passage, as pieces in reading order, the weighed mean of the best cosines: (whole, best window).

        In the whole passage, and in the stretch of 32 to 64 pieces where it is largest. In [-1, 1]; 0 where either side
        has no known piece. `context`: what was asked before; its pieces count less.
        """
        import numpy as np

        asked = self._asked(question, context)
        blocks = [ids[at : at + _BLOCK] for ids in passages for at in range(0, max(1, len(ids)), _BLOCK)]
        best = self._best(asked, blocks)
        found: list[tuple[float, float]] = []
        first = 0
        for ids in passages:
            own = best[first : first + max(1, -(-len(ids) // _BLOCK))]
            pairs = np.maximum(own[:-1], own[1:]) if len(own) > 1 else own
            found.append((float(own.max(axis=0) @ asked.weights), float((pairs @ asked.weights).max())))
            first += len(own)
        return found

    def _weighed(self, question: str, context: str) -> _Asked:
        import numpy as np

        own, earlier = self._cutter.ids([question, context])
        said = np.concatenate([own, earlier])
        told = self._telling[said]
        told[len(own) :] *= _CONTEXT
        pieces, places = np.unique(said, return_inverse=True)
        weights = np.bincount(places, told, len(pieces)).astype(np.float32)
        return _Asked(pieces, weights / weights.sum() if len(pieces) else weights)

    def _best(self, asked: _Asked, texts: Sequence[Ids]) -> Floats:
        """(texts, pieces asked): the nearest of each text; 0 where it has none."""
        import numpy as np

        best: Floats = np.zeros((len(texts), len(asked.pieces)), np.float32)
        lengths = np.array([len(text) for text in texts], np.int64)
        full = np.flatnonzero(lengths)
        if len(full) and len(asked.pieces):
            cosines = self._cosines(asked, np.concatenate([texts[at] for at in full.tolist()]))
            starts = np.concatenate([[0], np.cumsum(lengths[full])[:-1]])
            best[full] = np.maximum.reduceat(cosines, starts, axis=1).T
        return best

    def _cosines(self, asked: _Asked, ids: Ids) -> Floats:
        """(pieces asked, pieces of a text), in reading order."""
        import numpy as np

        union, places = np.unique(ids, return_inverse=True)
        vectors = self._table[union].astype(np.float32) * self._scales[union, None]
        question = self._table[asked.pieces].astype(np.float32) * self._scales[asked.pieces, None]
        cosines = question @ vectors.T
        held = np.flatnonzero(np.isin(asked.pieces, union, assume_unique=True))
        cosines[held, np.searchsorted(union, asked.pieces[held])] += self._same
        found: Floats = cosines[:, places]
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """The pieces of a question, each once, and what it weighs in all; the weights sum to 1."""

    pieces: Ids
    weights: Floats
