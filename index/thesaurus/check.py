"""What is wrong with a thesaurus, line by line: for the clerk who edits it.

Faults keep a file from being loaded. Doubts do not: a pair that stands twice, a single character that calls for
something in every question, two one-way groups that lead to each other and should be one with `=`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.text import normal
from index.thesaurus import BadThesaurus, Pair, pairs_of_line


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `place`: file and line, as in 词表 city.txt 第 3 行."""

    place: str
    text: str
    fault: bool  # else a doubt


@dataclass(frozen=True, slots=True)
class Checked:
    """How much a thesaurus holds, and what was found in it."""

    files: int
    groups: int
    said: int  # different words of people
    meant: int  # different words of notices
    pairs: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Can all of it be loaded?"""
        return not any(finding.fault for finding in self.findings)


def check(folders: Sequence[Path]) -> Checked:
    """Every *.txt of the folders. OSError where a folder cannot be read."""
    findings: list[Finding] = []
    first: dict[tuple[str, str], str] = {}
    groups = files = 0
    for folder in folders:
        for path in sorted(each for each in folder.iterdir() if each.suffix == ".txt"):
            files += 1
            try:
                lines = path.read_text("utf-8").splitlines()
            except UnicodeDecodeError:
                findings.append(Finding(f"词表 {path.name}", "不是 UTF-8 编码。请另存为 UTF-8", fault=True))
                continue
            for number, line in enumerate(lines, 1):
                place = f"词表 {path.name} 第 {number} 行"
                try:
                    pairs = pairs_of_line(path.name, number, line)
                except BadThesaurus as exc:
                    findings.append(Finding(place, str(exc).removeprefix(place).lstrip("：的"), fault=True))
                    continue
                groups += bool(pairs)
                findings += _doubts(place, pairs, first)
    both = {(said, meant) for said, meant in first if (meant, said) in first and said < meant}
    findings += [
        Finding(
            first[said, meant], f"“{said}”和“{meant}”两头都写了（另见{first[meant, said]}），可并成一行，用“=”", False
        )
        for said, meant in sorted(both)
        if first[said, meant] != first[meant, said]
    ]
    said, meant = {pair[0] for pair in first}, {pair[1] for pair in first}
    return Checked(files, groups, len(said), len(meant), len(first), tuple(findings))


def _doubts(place: str, pairs: Sequence[Pair], first: dict[tuple[str, str], str]) -> list[Finding]:
    """Of one line; `first` learns where each pair stands."""
    found = [
        Finding(place, f"“{said}”只有一个字，容易碰上不相干的问题", fault=False)
        for said in dict.fromkeys(pair.said for pair in pairs if len(pair.said) == 1)
    ]
    for pair in pairs:
        key = (pair.said, normal(pair.meant))
        where = first.setdefault(key, place)
        if where != place:
            found.append(Finding(place, f"“{pair.said}”指向“{pair.meant}”，{where}已经写过", fault=False))
    return found
