from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.remembered import Remembered


def test_what_is_known_is_not_made_again_and_the_oldest_goes_first() -> None:
    made: list[Sequence[str]] = []

    def make(keys: Sequence[str]) -> Iterator[str]:
        made.append(list(keys))
        return (key.upper() for key in keys)

    remembered = Remembered(2, make)
    assert remembered.of(["a", "b", "a"]) == ["A", "B", "A"]
    assert remembered.of(["b"]) == ["B"]
    assert remembered.of(["b", "c"]) == ["B", "C"]  # a was asked for longest ago
    assert remembered.of(["c", "a"]) == ["C", "A"]
    assert remembered.of([]) == []
    assert made == [["a", "b"], ["c"], ["a"]]


def test_more_keys_than_are_kept_are_all_answered() -> None:
    remembered: Remembered[int, int] = Remembered(1, lambda keys: [key * 2 for key in keys])
    assert remembered.of([1, 2, 3]) == [2, 4, 6]
