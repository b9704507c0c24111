"""Texts → the pieces that our own models count: words, characters, letters. The door to tokenizers.

A piece is a row of the models' tables (index/models/). Traditional characters count as their simplified ones. What the
passages of a library hold is kept beside it, so that a question does not cut them up again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import EmbedderError, LibraryDamaged
from index.text import simplified

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ids = npt.NDArray[np.int64]

SHIPPED = Path(__file__).parent / "models" / "encoder"
SPECIAL = 2  # [PAD] and [UNK] come first: they are no pieces
_AT_ONCE = 10_000  # texts


class _Simplified(dict[int, int]):
    """Character by character, as they come up: three times as fast as by runs, and pieces know no phrases."""

    def __missing__(self, code: int) -> int:
        folded = simplified(chr(code))
        self[code] = ord(folded) if len(folded) == 1 else code
        return self[code]


_SIMPLIFIED = _Simplified()


class Cutter:
    """The tokeniser of a model's folder. Safe with threads."""

    def __init__(self, tokeniser: Any, name: str) -> None:  # noqa: ANN401 (tokenizers.Tokenizer)
        self._tokeniser = tokeniser
        self.name = name  # pieces-…: a digest, which enters the manifest: a question never meets other pieces

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> Cutter:
        """Open tokenizer.json, once a folder. Raises EmbedderError."""
        return cls._opened(folder)

    @classmethod
    @cache  # which tells load() from load(SHIPPED)
    def _opened(cls, folder: Path) -> Cutter:
        from tokenizers import Tokenizer

        try:
            spelt = (folder / "tokenizer.json").read_bytes()
            return cls(Tokenizer.from_buffer(spelt), f"pieces-{hashlib.sha256(spelt).hexdigest()[:8]}")
        except Exception as exc:  # tokenizers raises nothing narrower
            raise EmbedderError(f"随附的模型 {folder} 缺少 tokenizer.json，或它已损坏。请重新安装 wenzheng。") from exc

    @property
    def size(self) -> int:
        """How many pieces there are, the special ones counted."""
        return int(self._tokeniser.get_vocab_size())

    def word(self, piece: int) -> str:
        """How a piece is written."""
        return str(self._tokeniser.id_to_token(piece))

    def shares(self) -> dict[str, float]:
        """Piece → natural logarithm of its share of all pieces, in the order of their numbers."""
        return dict(json.loads(self._tokeniser.to_str())["model"]["vocab"])

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """For each text its known pieces, in reading order, with repeats."""
        import numpy as np

        found: list[Ids] = []
        for at in range(0, len(texts), _AT_ONCE):
            folded = [text.translate(_SIMPLIFIED) for text in texts[at : at + _AT_ONCE]]
            for each in self._tokeniser.encode_batch_fast(folded, add_special_tokens=False):
                ids: Ids = np.array(each.ids, np.int64)
                found.append(ids[ids >= SPECIAL])
        return found

    def places(self, texts: Sequence[str]) -> list[tuple[Ids, Ids]]:
        """For each text its known pieces, in reading order, and (pieces, 2): where each begins and ends in the text."""
        import numpy as np

        found: list[tuple[Ids, Ids]] = []
        for at in range(0, len(texts), _AT_ONCE):
            folded = [text.translate(_SIMPLIFIED) for text in texts[at : at + _AT_ONCE]]
            for each in self._tokeniser.encode_batch(folded, add_special_tokens=False):
                ids: Ids = np.array(each.ids, np.int64)
                offsets: Ids = np.array(each.offsets, np.int64).reshape(-1, 2)
                found.append((ids[ids >= SPECIAL], offsets[ids >= SPECIAL]))
        return found


class PieceStore:
    """Which pieces each row of a library holds: two arrays in a folder, mapped and not read.

    pieces.bin: the pieces of all rows, 16 bits each, little-endian; starts.npy: where each row begins, and the end.
    """

    def __init__(self, pieces: npt.NDArray[np.uint16], starts: Ids) -> None:
        self._pieces = pieces
        self._starts = starts

    @staticmethod
    def build(folder: Path, rows: Iterable[Ids]) -> None:
        """Write into a new folder, the pieces of a row in reading order. OSError where the disk is full."""
        import numpy as np

        folder.mkdir(parents=True)
        lengths = [0]
        with (folder / "pieces.bin").open("wb") as file:
            for row in rows:
                file.write(row.astype("<u2").tobytes())
                lengths.append(len(row))
        np.save(folder / "starts.npy", np.cumsum(lengths, dtype=np.int64), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> PieceStore:
        """Open what `build` wrote. Raises LibraryDamaged."""
        import numpy as np

        try:
            starts = np.load(folder / "starts.npy", mmap_mode="r", allow_pickle=False)
            count = (folder / "pieces.bin").stat().st_size // 2
            if not len(starts) or starts[-1] != count:
                raise ValueError(count)
            pieces = np.memmap(folder / "pieces.bin", "<u2", "r") if count else np.zeros(0, np.uint16)
        except (OSError, EOFError, ValueError) as exc:
            raise LibraryDamaged(f"{folder} 里的词块读不出来。请重新运行 `wenzheng index`。") from exc
        return cls(pieces, starts)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def counts(self, size: int) -> Ids:
        """(size,): how often each piece occurs in all rows."""
        import numpy as np

        found: Ids = np.bincount(self._pieces, minlength=size)
        return found

    def of(self, row: int) -> Ids:
        """The pieces of a row, in reading order."""
        import numpy as np

        start, end = int(self._starts[row]), int(self._starts[row + 1])
        found: Ids = np.asarray(self._pieces[start:end], np.int64)
        return found
