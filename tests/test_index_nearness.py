"""index/nearness.py: a table of four pieces in the plane, worked out by hand; then what ships."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from index.errors import EmbedderError
from index.nearness import Nearness
from index.pieces import SHIPPED, Cutter
from index.records import Span

# pieces 2 and 3 at right angles, 4 between them, 5 opposite to 2
TABLE = np.array([[0, 0], [0, 0], [127, 0], [0, 127], [90, 90], [-127, 0]], np.int8)
TELLING = np.array([0, 0, 3, 1, 1, 1], np.float32)


class _Cutter:
    """A text is a row of digits, each a piece."""

    def ids(self, texts: list[str]) -> list[Any]:
        return [np.array([int(digit) for digit in text], np.int64) for text in texts]

    def word(self, piece: int) -> str:
        return str(piece)


NEAR = Nearness(
    cast(Cutter, _Cutter()),
    TABLE,
    np.full(6, 1 / 127, np.float32),
    TELLING,
    same=-0.25,
    neighbours=np.array([[0, 0], [0, 0], [4, 3], [4, 2], [2, 3], [3, 4]], np.uint16),
    how_near=np.array([[0, 0], [0, 0], [204, 51], [204, 0], [204, 204], [0, 0]], np.uint8),
)


def wholes(question: str, texts: list[str], context: str = "") -> list[float]:
    return [whole for whole, _ in NEAR.scores(question, NEAR.pieces(texts), context)]


def test_each_piece_of_the_question_finds_its_nearest_by_what_it_tells() -> None:
    between = 90 / 127
    whole = wholes("23", ["4", "2", "5", "25"])
    assert whole == pytest.approx(
        [
            between,  # both pieces find 4
            (3 * (1 - 0.25) + 1 * 0) / 4,  # the same piece counts a quarter less
            (3 * -1 + 1 * 0) / 4,
            (3 * (1 - 0.25) + 1 * 0) / 4,  # further pieces do no harm
        ],
        abs=1e-6,
    )


def test_what_was_asked_before_counts_half() -> None:
    assert wholes("3", ["4"], "2") == pytest.approx([90 / 127])
    assert wholes("3", ["2"], "2") == pytest.approx([(1 * 0 + 1.5 * 0.75) / 2.5])


def test_a_text_is_compared_alone_and_with_what_stands_above_it() -> None:
    found = NEAR.of_texts("23", [("2", "3"), ("2", ""), ("5", "2"), ("", "2")])
    assert found == [
        pytest.approx((3 * 0.75 / 4, 0.75)),
        pytest.approx((3 * 0.75 / 4, 3 * 0.75 / 4)),
        pytest.approx((-3 / 4, 3 * 0.75 / 4)),
        pytest.approx((0.0, 3 * 0.75 / 4)),
    ]
    assert NEAR.of_texts("", [("2", "3")]) == [(0.0, 0.0)]


def test_the_best_window_is_never_nearer_than_the_whole_and_is_the_whole_of_a_short_passage() -> None:
    far_apart = "2" + "5" * 70 + "3"  # more than two blocks of 32 between
    (whole, window), short = NEAR.scores("23", NEAR.pieces([far_apart, "23"]))
    assert whole == pytest.approx(0.75)
    assert window == pytest.approx(3 * 0.75 / 4)  # the block of 2, without 3
    assert short == pytest.approx((0.75, 0.75))


def test_related_words_are_near_to_what_tells() -> None:
    assert NEAR.related("2") == {"4": pytest.approx(0.8)}  # 3 is too far away
    assert NEAR.related("3") == {"4": pytest.approx(0.8)}
    assert NEAR.related("24") == {"2": pytest.approx(0.8), "3": pytest.approx(0.8), "4": pytest.approx(0.8)}
    assert NEAR.related("") == {}


def test_where_a_side_has_no_piece_there_is_no_nearness() -> None:
    assert NEAR.scores("", NEAR.pieces(["2"])) == [(0.0, 0.0)]
    assert NEAR.scores("2", NEAR.pieces(["", "2"])) == [(0.0, 0.0), pytest.approx((0.75, 0.75))]
    assert NEAR.scores("2", []) == []


def test_lay_words_come_near_the_words_of_notices() -> None:
    """What ships knows that these go together: none shares a word with its clause."""
    clauses = [
        "不动产权证书遗失的，应当申请补发。",
        "供水企业中断供水的，应当提前告知用户。",
        "违反本条例携犬外出的，处二百元罚款。",
    ]
    near = Nearness.load()
    for at, question in enumerate(["房本丢了咋办", "家里没水了怎么也不说一声", "遛狗不拴绳罚多少"]):
        scores = [score for score, _ in near.of_texts(question, [(clause, "") for clause in clauses])]
        assert scores.index(max(scores)) == at


def test_a_broken_model_is_named(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "model")
    np.save(tmp_path / "model" / "telling.npy", np.ones(3, np.float32))
    with pytest.raises(EmbedderError, match="大小不一"):
        Nearness.load(tmp_path / "model")
    (tmp_path / "model" / "nearness.json").unlink()
    with pytest.raises(EmbedderError, match="重新安装"):
        Nearness.load(tmp_path / "model")


def test_the_span_that_comes_nearest_is_named() -> None:
    text = "供热期为五个月。租赁补贴每月五百元。垃圾分四类投放。"
    spans = [Span(0, 8), Span(8, 18), Span(18, len(text))]
    nearness = Nearness.load()

    def nearest(question: str, text: str, spans: Sequence[Span], context: str = "") -> int:
        found = nearness.of_spans(question, text, spans, context)
        return found.index(max(found))

    assert nearest("补贴给多少钱", text, spans) == 1
    assert nearest("垃圾怎么分", text, spans) == 2
    assert nearest("怎么分", text, spans, context="供热期多长") == 0
    assert nearest("", text, spans) == 0
    assert nearest("补贴给多少钱", text, spans[1:]) == 0  # what is remembered is of other spans,
    assert nearest("补贴给多少钱", text[8:] + text[:8], spans) == 0  # of another text,
    assert nearest("怎么分", text, spans, context="租赁补贴给多少") == 1  # and after other questions
