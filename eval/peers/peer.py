"""What is compared: a Peer is fed the texts, asked the questions, and says where in the texts its passages stand.

No I/O. One file a library behind it (`langchain_peers.py`, `haystack_peer.py`, …), and `ours.py` for wenzheng itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.records import Stretch
from index.chunk import MAX_CHARS
from index.records import Span

# Every peer may cut pieces as long as our chunks may be. Of the five gazettes ours then span 394 source characters on
# average (828 of them, the longest 632, since furniture inside and white space count there), theirs 432 to 437.
PIECE_CHARS = MAX_CHARS


@dataclass(frozen=True, slots=True)
class PeerText:
    """One source's whole text, as `wenzheng text SOURCE` prints it; the offsets of passages count in it."""

    source: str
    text: str
    title: str = ""  # given from outside (.jsonl)
    one_notice: bool = False  # a line of a .jsonl file


@dataclass(frozen=True, slots=True)
class PeerQuestion:
    """What a person asks, and what that person asked before, oldest first."""

    text: str
    history: tuple[str, ...] = ()

    @property
    def joined(self) -> str:
        """The earlier questions in front: what one does with a follow-up where nothing understands it."""
        return "\n".join((*self.history, self.text))


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage before it is indexed: its words, and where they stand."""

    place: Stretch
    text: str

    @classmethod
    def at(cls, source: str, start: int, text: str) -> Piece:
        """`text` as it stands in a source from offset `start` on. ValueError where the splitter lost the place (-1)."""
        return cls(Stretch(source, Span(start, start + len(text))), text)


class Peer(Protocol):
    """Something that finds passages. Made without arguments, built once, then asked; loads its library in `build`.

    A library that is not installed raises ImportError in `build`; any other error ends this peer alone.
    """

    name: str
    settings: str  # in Chinese, one line: what was set, by which documentation

    def build(self, texts: Sequence[PeerText]) -> None:
        """Cut the texts into passages and make them searchable; sources differ."""

    def search(self, question: PeerQuestion, k: int) -> list[Stretch]:
        """At most k passages, best first, as stretches of the source texts."""

    def passages(self) -> list[Stretch]:
        """Every passage that can be found, in any order."""
