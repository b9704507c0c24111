import pytest

from index.cross import LONGEST_ANSWER, CloseReading, Shortest
from index.records import Span


def reading(begins: tuple[float, ...], ends: tuple[float, ...], nowhere: float = 1.0) -> CloseReading:
    """Of pieces of two characters each."""
    starts = tuple(range(0, 2 * len(begins), 2))
    stops = tuple(start + 2 for start in starts)
    return CloseReading(0.0, starts, (0.0,) * len(begins), stops, begins, ends, nowhere)


def test_begin_and_end_are_chosen_together() -> None:
    """The likeliest begin is the last piece, the likeliest end the first: no words run backwards."""
    found = reading((1.0, 2.0, 5.0), (6.0, 4.0, 0.5), nowhere=7.5).shortest()
    assert found == Shortest(Span(0, 2), -0.5)  # 1 + 6, against 2 + 4 and 5 + 0.5
    assert reading((1.0, 2.0, 5.0), (4.0, 4.0, 0.0)).shortest() == Shortest(Span(2, 4), 5.0)


def test_a_part_of_the_passage_can_be_asked_alone() -> None:
    whole = reading((9.0, 0.0, 0.0, 0.0), (9.0, 0.0, 2.0, 9.0))
    assert whole.shortest() == Shortest(Span(0, 2), 17.0)  # the first of equals
    assert whole.shortest(Span(2, 7)) == Shortest(Span(2, 6), 1.0)  # the piece from 6 to 8 sticks out
    assert whole.shortest(Span(3, 4)) is None
    assert CloseReading(0.0, (), ()).shortest() is None


def test_no_answer_is_longer_than_those_that_were_taught() -> None:
    count = LONGEST_ANSWER + 1
    begins, ends = (5.0, *[0.0] * (count - 1)), (*[0.0] * (count - 1), 5.0)
    found = reading(begins, ends).shortest()
    assert found is not None
    assert found.odds == pytest.approx(4.0)  # one of the two, not both


def test_a_reading_of_a_part_is_moved_to_where_the_part_stands() -> None:
    read = CloseReading(1.0, (0, 2), (0.5, -0.5), (2, 3))
    assert read.moved(10) == CloseReading(1.0, (10, 12), (0.5, -0.5), (12, 13))
    assert read.moved(10).within([Span(10, 12)]) == [0.5]
