"""What was made for some keys, kept for when they come again; made many at once where it is not known."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """The values of the keys that were asked for last. Safe with threads; two that ask for one key may both make it."""

    def __init__(self, most: int, make: Callable[[Sequence[Key]], Iterable[Value]]) -> None:
        self._most = most
        self._make = make
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def of(self, keys: Sequence[Key]) -> list[Value]:
        """The value of each key, in their order; those not known are made in one go."""
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        new = [key for key in dict.fromkeys(keys) if key not in known]
        if new:
            known.update(zip(new, self._make(new), strict=True))
        with self._lock:
            for key, value in known.items():
                self._kept[key] = value
                self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return [known[key] for key in keys]
