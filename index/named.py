"""Which notices a question names without 《》 and 〔〕: by a nickname or a bare serial number, 30号文. Pure.

A nickname is what stands before 方案, 办法 and their like. Of its pairs of characters those count that stand in some
title, each by how rare it is among titles: 那个森林防火的应急预案 names the 森林草原火灾应急预案 by 森林 and 应急预案.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from index.text import HAN, normal

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
        whole = math.fsum(self._weight(pair) for pair in said)
        found: dict[str, float] = {}
        for id_, own in self._pairs.items():
            held = said & own
            fit = math.fsum(map(self._weight, held)) / whole if whole else 0.0
            if (
                fit >= _MATCHED
                and len(held) > 1
                and any(self._known[pair] <= max(1, _RARE * len(self._pairs)) for pair in held)
            ):
                found[id_] = fit
        return found

    def serially(self, text: str) -> list[str]:
        """Notices whose 文号 ends in a serial number that a text gives without 机关代字 and year."""
        said = serials(text)
        return [id_ for id_, number in self.numbers.items() if said and ends_in(number, said)]

    def _weight(self, pair: str) -> float:
        """ln(titles / titles that hold it); 0 where none does."""
        return math.log(len(self._pairs) / self._known[pair]) if pair in self._known else 0.0

    @cached_property
    def _pairs(self) -> Mapping[str, frozenset[str]]:
        return {id_: pairs(title) for id_, title in self.titles.items()}

    @cached_property
    def _known(self) -> Counter[str]:
        return Counter(pair for own in self._pairs.values() for pair in own)


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
