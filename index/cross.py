"""A question and a passage read together: does it answer, and which of its words say so.

A small cross-encoder of our own (index/models/reader; how it was made: index/training/reading/), which reads the first
few passages once more. Beside its vector each piece brings three clues: how near the nearest piece of the other side
comes (index/nearness.py), whether that is the piece itself, and how much it tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import EmbedderError
from index.nearness import Nearness
from index.network import open_network
from index.pieces import Cutter
from index.records import Span
from index.remembered import Remembered

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.pieces import Ids

    Floats = npt.NDArray[np.float32]

SHIPPED = Path(__file__).parent / "models" / "reader"
ABOUT = "reader.json"
ASKED, ABOVE, READ = 60, 40, 230  # pieces of a question, of what stands above a passage, and of the passage
LONGEST_ANSWER = 80  # pieces of a shortest answer; the training shows none of 120 characters or more
MARKS = 3  # [CLS] and the ends of question, and of what stands above: beside the ends of the passage
CLUES = 3  # of a piece: see Nearness.clues
_REMEMBERED = 256  # passages with their questions
_AT_ONCE = 2  # passages, each on a core of its own: faster than both cores on one after the other


@dataclass(frozen=True, slots=True)
class Shortest:
    """The fewest words that answer, as the reader sees them."""

    span: Span  # of the passage's text
    odds: float  # log-odds of these words against there being none


@dataclass(frozen=True, slots=True)
class CloseReading:
    """What the reader says of one passage; log-odds all of them, natural logarithm."""

    belief: float  # that the passage answers the question
    starts: tuple[int, ...]  # of each piece that was read, its first character in the passage's text
    evidence: tuple[float, ...]  # that the piece belongs to the words that answer
    stops: tuple[int, ...] = ()  # of each piece, the character behind its last
    begins: tuple[float, ...] = ()  # that the shortest answer begins with the piece, against every other piece
    ends: tuple[float, ...] = ()  # that it ends with it
    nowhere: float = 0.0  # both together for “there is none”

    def moved(self, by: int) -> CloseReading:
        """The same, when the text that was read begins so many characters into another."""
        starts, stops = (tuple(at + by for at in places) for places in (self.starts, self.stops))
        return replace(self, starts=starts, stops=stops)

    def within(self, spans: Sequence[Span]) -> list[float]:
        """The evidence of the pieces that begin in spans of the passage's text, in reading order; [] for none read."""
        return [
            odds
            for at, odds in zip(self.starts, self.evidence, strict=True)
            if any(span.start <= at < span.end for span in spans)
        ]

    def shortest(self, part: Span | None = None) -> Shortest | None:
        """The likeliest shortest answer that lies in a part of the passage's text; None where no piece of it was read.

        Begin and end are chosen together (Devlin et al., “BERT”, 2019, section 4.3).
        """
        import numpy as np

        wanted = part or Span(0, max(self.stops, default=0))
        inside = [
            i
            for i, (a, b) in enumerate(zip(self.starts, self.stops, strict=True))
            if wanted.start <= a and b <= wanted.end
        ]
        if not inside:
            return None
        begins, ends = np.array(self.begins)[inside], np.array(self.ends)[inside]
        further = np.arange(len(inside))[None, :] - np.arange(len(inside))[:, None]  # pieces from begin to end
        odds = np.where((further >= 0) & (further < LONGEST_ANSWER), begins[:, None] + ends[None, :], -np.inf)
        first, last = divmod(int(odds.argmax()), len(inside))
        span = Span(self.starts[inside[first]], self.stops[inside[last]])
        return Shortest(span, float(odds[first, last]) - self.nowhere)


UNREAD = -6.0  # log-odds of words beyond what is read


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A question and a passage in one row of pieces: [CLS] question [SEP] what stands above [SEP] passage [SEP]."""

    ids: Ids
    asked: int  # where the question's part ends
    begin: int  # of the passage's text


def lay_out(asked: Ids, above: Ids, read: Ids, first: int) -> LaidOut:
    """As much of each as is read; `first`: the piece [CLS], and [SEP] follows it. The training lays out alike."""
    import numpy as np

    asked = asked[-ASKED:]
    if len(above) > ABOVE:  # the title, and the nearest headings
        above = np.concatenate([above[: ABOVE // 2], above[-ABOVE // 2 :]])
    begins, ends = np.array([first]), np.array([first + 1])
    ids = np.concatenate([begins, asked, ends, above, ends, read[:READ], ends])
    return LaidOut(ids, len(asked) + 2, len(asked) + len(above) + MARKS)


class CrossReader:
    """The network, opened once. Safe with threads."""

    def __init__(self, session: Any, cutter: Cutter, nearness: Nearness, first: int, telling: float) -> None:  # noqa: ANN401 (an InferenceSession)
        self._session = session
        self._cutter = cutter
        self._nearness = nearness
        self._first = first  # the piece that begins; the one that ends a part follows it
        self._telling = telling  # what a piece tells on average
        self._remembered = Remembered(_REMEMBERED, self._read)
        self._hands = ThreadPoolExecutor(_AT_ONCE, "reader")

    @classmethod
    @cache
    def load(cls, folder: Path = SHIPPED) -> CrossReader:
        """Open what the training wrote. Raises EmbedderError."""
        try:
            nearness = Nearness.load()
            about, _, session = open_network(folder, ABOUT, nearness.cutter.name)
            return cls(session, nearness.cutter, nearness, int(about["first"]), float(about["telling"]))
        except Exception as exc:  # onnxruntime's errors have no common class
            raise EmbedderError(
                f"细读的模型 {folder} 打不开。随附的请重新安装 wenzheng，自己训练的请重新导出。"
            ) from exc

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[CloseReading]:
        """For each (what stands above, text) what the reader says, in the order given."""
        return self._remembered.of([(question, above, text) for above, text in passages])

    def _read(self, passages: Sequence[tuple[str, str, str]]) -> list[CloseReading]:
        """Each (question, what stands above, text) in a run of its own, which is faster than in one, padded to the
        longest; and what is read of a passage does not depend on the others (the network's numbers are scaled by the
        largest of a run).
        """
        asked = self._cutter.ids([passages[0][0]])[0]  # all of one question
        cut = self._cutter.places([text for _, _, text in passages])
        above = self._cutter.ids([above for _, above, _ in passages])
        rows = [
            (self._row(asked, over, pieces), pieces, offsets)
            for over, (pieces, offsets) in zip(above, cut, strict=True)
        ]
        if len(rows) == 1:
            return [self._read_one(*rows[0])]
        return list(self._hands.map(self._read_one, *zip(*rows, strict=True)))

    def _read_one(self, row: _Row, pieces: Ids, offsets: Ids) -> CloseReading:
        import numpy as np

        known = np.ones((1, len(row.ids)), np.int32)
        given = {"ids": row.ids[None], "segments": row.segments[None], "clues": row.clues[None], "known": known}
        belief, places = self._session.run(None, given)
        place = places[0]
        read = place[row.begin : row.begin + min(len(pieces), READ)]
        evidence, begins, ends = (tuple(column) for column in read.T.tolist())
        starts, stops = (tuple(column) for column in offsets[: len(read)].T.tolist())
        nowhere = float(place[0, 1] + place[0, 2])
        return CloseReading(float(belief[0]), starts, evidence, stops, begins, ends, nowhere)

    def _row(self, asked: Ids, above: Ids, read: Ids) -> _Row:
        import numpy as np

        laid = lay_out(asked, above, read, self._first)
        segments = np.full(len(laid.ids), 2)
        segments[: laid.begin], segments[: laid.asked] = 1, 0
        clues = self._nearness.clues(laid.ids, segments == 0, self._first, self._telling)
        return _Row(laid.ids, segments, clues, laid.begin)


@dataclass(frozen=True, slots=True)
class _Row:
    """What the network reads of one passage; `begin`: where the passage's text begins."""

    ids: Ids
    segments: Ids
    clues: Floats
    begin: int
