from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.errors import EmbedderError, LibraryDamaged
from index.pieces import SPECIAL, Cutter, PieceStore


def words(*texts: str) -> list[list[int]]:
    return [ids.tolist() for ids in Cutter.load().ids(texts)]


def test_traditional_and_wide_characters_and_capitals_are_the_same_pieces() -> None:
    plain, traditional = words("减免ABC12", "減免ＡＢＣ１２")
    assert plain == traditional
    assert min(plain) >= SPECIAL


def test_repeats_and_order_are_kept_and_digits_stand_alone() -> None:
    one, two, both = words("2024", "4202", "停水停水")
    assert sorted(one) == sorted(two)
    assert one != two
    assert both[: len(both) // 2] == both[len(both) // 2 :]


def test_what_is_no_piece_is_left_out() -> None:
    assert words("", "   ", "𠮷𠮷") == [[], [], []]


def test_a_folder_without_a_tokeniser_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match=r"tokenizer\.json"):
        Cutter.load(tmp_path)


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    rows = [np.array([5, 3, 5]), np.array([], np.int64), np.array([65_535])]
    PieceStore.build(tmp_path / "pieces", rows)
    store = PieceStore.load(tmp_path / "pieces")
    assert len(store) == 3
    assert [store.of(row).tolist() for row in range(3)] == [[5, 3, 5], [], [65_535]]
    PieceStore.build(tmp_path / "none", [])
    assert len(PieceStore.load(tmp_path / "none")) == 0


def test_a_cut_or_missing_file_is_told(tmp_path: Path) -> None:
    PieceStore.build(tmp_path / "pieces", [np.array([1, 2, 3])])
    (tmp_path / "pieces" / "pieces.bin").write_bytes(b"\x01\x00")
    with pytest.raises(LibraryDamaged, match="wenzheng index"):
        PieceStore.load(tmp_path / "pieces")
    with pytest.raises(LibraryDamaged):
        PieceStore.load(tmp_path)
