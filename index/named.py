"""Which notices a question names without 《》 and 〔〕: by a nickname or a bare serial number, 30号文. Pure.

A nickname is what stands before 方案, 办法 and their like. Of its pairs of characters those count that stand in some
title, each by how rare it is among titles: 那个森林防火的应急预案 names the 森林草原火灾应急预案 by 森林 and 应急预案.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from index.text import HAN, normal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_KINDS = "方案|办法|预案|规定|细则|意见|条例|规划|计划|措施|清单|目录|通告|公告|章程|名单|制度"
_NICKNAME = re.compile(rf"[{HAN}]{{2,16}}?(?:{_KINDS})")
_SERIAL = re.compile(  # 30号文, 第76号令
    r"(?:(?<![\d〕\]）)第月])|(?<=第)(?=\d{1,4}号令))(\d{1,4})号(?:文|令|通知|红头)"
)
_FORMAL = re.compile(r"人民政府|办公室|关于|印发|的通知|实施|工作|[《》“”（）()]")
_RARE = 0.1  # of all titles: a pair that more of them hold tells none from the others
_MATCHED = 0.8  # of what a nickname's pairs weigh, in a title that it names


@dataclass(frozen=True)
class Titles:
    """The titles and 文号 of a library's notices, by id."""

    titles: Mapping[str, str]
    numbers: Mapping[str, str]

    def nicknamed(self, text: str) -> dict[str, float]:
        """Notices that a text names by a nickname, and how well it fits, in [_MATCHED, 1]; of several the best."""
        found: dict[str, float] = {}
        for nickname in _NICKNAME.findall(text):
            fitting = self._fitting(pairs(nickname))
            best = max(fitting.values(), default=0.0)
            found |= {id_: fit for id_, fit in fitting.items() if fit == best}
        return found

    def _fitting(self, said: frozenset[str]) -> dict[str, float]:
        """The titles that hold enough of these pairs, more than one and one that tells; by id, how much they hold."""
        import numpy as np

        pairs = self._pairs
        known = sorted(said & pairs.numbers.keys())
        holding = [pairs.holding(pair) for pair in known]
        weights = [math.log(pairs.titles / len(places)) for places in holding]  # 0 where every title holds it
        if not known or not sum(weights):
            return {}
        places, counts = np.concatenate(holding), [len(each) for each in holding]
        fit = np.bincount(places, np.repeat(weights, counts), pairs.titles) / sum(weights)
        telling = [each for each in holding if len(each) <= max(1, _RARE * pairs.titles)]
        tells = np.bincount(np.concatenate([*telling, places[:0]]), minlength=pairs.titles) > 0
        enough = (fit >= _MATCHED) & (np.bincount(places, minlength=pairs.titles) > 1) & tells
        return {self._ids[place]: float(fit[place]) for place in np.flatnonzero(enough).tolist()}

    def serially(self, text: str) -> list[str]:
        """Notices whose 文号 ends in a serial number that a text gives without 机关代字 and year."""
        said = serials(text)
        return [id_ for id_, number in self.numbers.items() if ends_in(number, said)] if said else []

    @cached_property
    def _ids(self) -> list[str]:
        return list(self.titles)

    @cached_property
    def _pairs(self) -> _Pairs:
        return _Pairs.of(self.titles.values())


@dataclass(frozen=True)
class _Pairs:
    """Which titles hold a pair of characters: four bytes for each that does, all in one array."""

    titles: int
    numbers: Mapping[str, int]  # of the pairs
    starts: npt.NDArray[np.int64]  # by a pair's number, where its titles begin; the next one's start is their end
    places: npt.NDArray[np.int32]  # of titles, rising for each pair

    @classmethod
    def of(cls, titles: Iterable[str]) -> _Pairs:
        import numpy as np

        numbers: dict[str, int] = {}
        held, lengths = array("i"), array("i")
        for title in titles:
            own = pairs(title)
            held.extend(numbers.setdefault(pair, len(numbers)) for pair in own)
            lengths.append(len(own))
        of_pair = np.frombuffer(held, np.int32) if held else np.zeros(0, np.int32)
        place = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        starts = np.concatenate([[0], np.cumsum(np.bincount(of_pair, minlength=len(numbers)))])
        return cls(len(lengths), numbers, starts, place[np.argsort(of_pair, kind="stable")])

    def holding(self, pair: str) -> npt.NDArray[np.int32]:
        """The places of the titles that hold a pair that is known."""
        number = self.numbers[pair]
        return self.places[self.starts[number] : self.starts[number + 1]]


def serials(text: str) -> list[str]:
    """The serial numbers that a text gives without 机关代字 and year: 30号文 → 30."""
    return _SERIAL.findall(text)


def ends_in(document_number: str, said: Sequence[str]) -> bool:
    """Whether a canonical 文号 ends in one of these serial numbers; in none of none."""
    return any(re.search(rf"(?<!\d){serial}号$", document_number) for serial in said)


def pairs(title: str) -> frozenset[str]:
    """The pairs of characters of what a title is about."""
    plain = _FORMAL.sub(" ", normal(title))
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1) if " " not in plain[at : at + 2])
