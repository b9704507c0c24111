"""Lay words → the words of notices: plain text that a clerk can edit, loaded at start.

One group a line, `#` begins a comment. `房本, 房产证 > 不动产权证书, 不动产登记` leads from what people say to what
notices say; `卫健委 = 卫生健康委员会, 卫健局` leads both ways. `*0.6` after a term weakens it. Every *.txt of the
folder is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from index.errors import WenzhengError
from index.text import normal

_LONGEST = 16  # characters of a lay term
_WEIGHT = re.compile(r"0?\.\d*[1-9]\d*|1(?:\.0*)?", re.ASCII)  # above 0, at most 1


class BadThesaurus(WenzhengError):
    """A line that cannot be read: says which file, which line, and how it should look."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """A term of the notices that a question calls for, and how strongly, in (0, 1]."""

    term: str
    weight: float
    asked: str  # the words of the question that called for it


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Groups by what people say, normalised."""

    groups: Mapping[str, tuple[tuple[str, float], ...]]

    def expand(self, text: str) -> list[Expansion]:
        """The terms that a question calls for, longest lay words first won; [] where none is known."""
        question = normal(text)
        found: list[Expansion] = []
        taken = [False] * len(question)
        for size in range(min(_LONGEST, len(question)), 0, -1):
            for start in range(len(question) - size + 1):
                asked = question[start : start + size]
                if asked in self.groups and not all(taken[start : start + size]):
                    taken[start : start + size] = [True] * size
                    found.extend(Expansion(term, weight, asked) for term, weight in self.groups[asked])
        return found

    def words(self) -> Iterator[str]:
        """What people say, then what notices say for it, normalised."""
        yield from self.groups
        yield from map(normal, dict.fromkeys(term for terms in self.groups.values() for term, _ in terms))


class Pair(NamedTuple):
    """What people say, normalised; what notices say for it; how strongly. A tuple: there are 73,000 at every start."""

    said: str
    meant: str
    weight: float


BUNDLED = Path(__file__).parent


@cache
def load(folder: Path = BUNDLED, own: Path | None = None) -> Thesaurus:
    """The thesaurus of a folder, and of a folder of one's own; files in the order of their names.

    Raises BadThesaurus.
    """
    groups: dict[str, dict[str, float]] = {}
    for path in [path for each in (folder, own) if each for path in sorted(each.glob("*.txt"))]:
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as exc:
            raise BadThesaurus(f"词表 {path} 读不出来。请存成 UTF-8 编码的文字文件。") from exc
        for number, line in enumerate(lines, 1):
            for pair in pairs_of_line(path.name, number, line):
                terms = groups.setdefault(pair.said, {})
                terms[pair.meant] = max(pair.weight, terms.get(pair.meant, 0.0))
    return Thesaurus({asked: tuple(terms.items()) for asked, terms in groups.items()})


def pairs_of_line(name: str, number: int, raw: str) -> list[Pair]:
    """The pairs of a line; [] of an empty one or a comment. Raises BadThesaurus."""
    line = raw.split("#", 1)[0].strip()
    if not line:
        return []
    sign = ">" if ">" in line else "="
    left, _, right = line.partition(sign)
    asked, said = _terms(name, number, left), _terms(name, number, right)
    if not asked or not said:
        raise BadThesaurus(f"词表 {name} 第 {number} 行读不懂：“{line}”。写法：房本, 房产证 > 不动产权证书, 不动产登记")
    pairs = [(a, b) for a in asked for b in said]
    if sign == "=":
        group = [*asked, *said]
        pairs = [(a, b) for a in group for b in group if a.written != b.written]
    too_long = next((a.written for a, _ in pairs if len(a.normal) > _LONGEST), None)
    if too_long:
        raise BadThesaurus(f"词表 {name} 第 {number} 行的词太长，找不到：“{too_long}”。请缩到 {_LONGEST} 个字以内。")
    return [Pair(a.normal, b.written, b.weight) for a, b in pairs if a.normal != b.normal]


class _Term(NamedTuple):
    """One of a line; a tuple, since there are thousands at every start."""

    written: str
    normal: str
    weight: float


def _terms(name: str, number: int, text: str) -> list[_Term]:
    terms: list[_Term] = []
    for part in text.replace("，", ",").split(","):
        term, _, weight = part.partition("*")
        written, weight = term.strip(), weight.strip()
        if not written:
            continue
        if weight and not _WEIGHT.fullmatch(weight):
            raise BadThesaurus(
                f"词表 {name} 第 {number} 行的权重不是大于 0、不超过 1 的数：“{part.strip()}”。写法：失业*0.6"
            )
        terms.append(_Term(written, normal(written), float(weight or 1)))
    return terms
