"""A model's reply, piece by piece → its sentences, each with the handles that it cites. Pure.

A sentence is given out as soon as nothing that may still come can change it: markers may follow its end mark, a marker
may turn out to be a 文号 ([24]3号), and all of them may come in half tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_LONGEST = 10_000  # characters of a reply that are read

# [1] ［1］ 【1】 [1,2] [资料1]; no year ([2024]), nothing within a 文号 ([24]3号). 〔〕 is never a marker
_MARKER = re.compile(
    r"[\[［【]\s*(?:资料|来源)?\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]］】](?!\s*第?\s*\d{1,5}\s*号)"
)
_END = r"[。！？!?]+[”’』」）)》〉]*"
_MARKED_AFTER_END = re.compile(rf"({_END}|[；;])(\s*(?:{_MARKER.pattern}\s*)+)")
_SENTENCE = re.compile(rf".*?(?:{_END}|(?<=[\]］】])[；;]|$)")
_ENUMERATOR = re.compile(
    r"^\s*(?:[#>*•·–—\-]+\s*|\d{1,2}(?:[、)）]|[.．](?!\d))\s*|[（(][\d一二三四五六七八九十]{1,3}[）)]\s*|[①-⑳]\s*)+"
)
_EMPHASIS = re.compile(r"\*\*|`+")
_JOINT = re.compile(r"[\s、，,；;：:]*(?:和|与|及|以及)?[\s、，,；;：:]*")  # between markers: [1]和[2]
# after an end mark: what could still belong before it, or decide whether what stands before it is a marker
_UNDECIDED = re.compile(r"[\s*`”’』」）)》〉]*(?:[\[［【][\s*资料来源\d,，、]*|第?[\s*]*\d{0,5}[\s*]*)")


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of a reply, without markers, and the handles that stand behind it."""

    text: str
    handles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a reply in its claims, each up to the markers that follow it; none where there is no marker."""

    claims: tuple[Claim, ...]
    end: str  # its end mark
    text: str  # all of it, without markers


class SentenceReader:
    """Reads a reply as it comes. However it is cut into pieces, the sentences are the same.

    Markdown and numbering are taken off. A line that ends with a colon belongs to the next. Markers may stand before or
    after the end mark; a ； ends a sentence where a marker stands before it.
    """

    def __init__(self) -> None:
        self._line = ""  # as far as it has come
        self._lead = ""  # the lines before it that end with a colon
        self._given = 0  # sentences of lead and line
        self._room = _LONGEST

    def feed(self, piece: str) -> Iterator[Sentence]:
        """The sentences that are certain now."""
        *lines, self._line = _lines(self._line + piece[: self._room])
        self._room = max(0, self._room - len(piece))
        for line in lines:
            yield from self._ended(line)
        found = _cut(self._lead + _plain(self._line))
        if found:
            open_end = found.pop()
            yield from self._new(found[:-1] if _UNDECIDED.fullmatch(open_end) else found)

    def end(self) -> Iterator[Sentence]:
        """The sentences that are left, also where the last one has no end."""
        line, self._line = self._line, ""
        yield from self._ended(line)
        yield from self._new(_cut(self._lead))
        self._lead, self._given = "", 0

    def _ended(self, line: str) -> Iterator[Sentence]:
        plain = _plain(line)
        if not plain:
            return
        self._lead += plain
        if not plain.endswith(("：", ":")):
            yield from self._new(_cut(self._lead))
            self._lead, self._given = "", 0

    def _new(self, found: list[str]) -> Iterator[Sentence]:
        new = found[self._given :]
        self._given += len(new)
        yield from map(_sentence, new)


def sentences(reply: str) -> Iterator[Sentence]:
    """The sentences of a whole reply, in order."""
    reader = SentenceReader()
    yield from reader.feed(reply)
    yield from reader.end()


def _lines(text: str) -> list[str]:
    """At least one line; the last is the one that has not ended."""
    lines = text.splitlines(keepends=True)
    return [*lines, ""] if not lines or lines[-1].splitlines() != [lines[-1]] else lines


def _plain(line: str) -> str:
    """The line without numbering and emphasis."""
    return _EMPHASIS.sub("", _ENUMERATOR.sub("", line)).strip()


def _cut(text: str) -> list[str]:
    """The sentences of a text as they stand, markers before their end marks; the last one may have no end."""
    marked = _MARKED_AFTER_END.sub(r"\2\1", text)
    return [found for match in _SENTENCE.finditer(marked) if (found := match.group().strip())]


def _sentence(text: str) -> Sentence:
    body = re.sub(rf"(?:{_END}|[；;])$", "", text)
    claims: list[Claim] = []
    at = 0
    for marker in _MARKER.finditer(body):
        handles = tuple(int(handle) for handle in re.findall(r"\d+", marker[1]))
        before = body[at : marker.start()].rstrip()
        if claims and _JOINT.fullmatch(before):
            claims[-1] = replace(claims[-1], handles=(*claims[-1].handles, *handles))
        else:
            claims.append(Claim(before, handles))
        at = marker.end()
    rest = body[at:].rstrip()
    if claims and not _JOINT.fullmatch(rest):  # words after the last marker lean on it, too
        claims[-1] = replace(claims[-1], text=claims[-1].text + rest)
    end = text[len(body) :]
    mark = end[0] if end and end[0] in "！？!?" else "。"
    mark += end.lstrip("。！？!?；;")
    return Sentence(tuple(claims), mark, _MARKER.sub("", body).rstrip() + mark)
