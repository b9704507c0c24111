"""A sentence against its own quotes → supported, unsupported or unchecked, and what failed. Pure.

answer's text → sentences with their markers → claims, each held against the quotes under its markers:

- every figure (amount, share, date, deadline, 文号, article …) stands there, with its unit and on its side of a bound
- every office, office holder, city and county stands there
- nothing is allowed that they forbid, nor the reverse
- every marker leads to a citation

“There” is the quote and what its card shows: title, 文号, place, address, day of signature. What is more than one step
from the words (a sum, a sense bent with the quote's own words) is beyond this check; no model judges here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.records import Span
from index.text import NUMERAL, add_years, normal, number_value
from index.tokens import tokens
from qa.figures import (
    Bound,
    Figure,
    bounds,
    figures,
    measured,
    pieced,
    repeated,
    rounded,
    same,
    stands_among,
    summed_up,
)
from qa.modality import Stretch, reversed_words, stretches
from qa.names import holders, names, stands_called, stands_shortened
from qa.places import places, stands_placed
from qa.records import Citation, Support, Verdict

LEAST_SHARED = 0.25  # of a claim's words that its quotes hold; with fewer it may be about something else

_MARKERS = re.compile(r"(?:\[\d{1,3}\])+")
_ENDS = "。！？!?；;\n"
_PARTED = "；\n"  # what is put together stays apart in normal form, too: no number runs into the next
_CLOSING = "”’』」）)》〉"
_UNMARKED = re.compile(rf"[^{_ENDS}]*[{_ENDS}]+[{_CLOSING}]*|[^{_ENDS}]+")
_ARTICLE = re.compile(r"第.{1,6}[章节条款项]|附件")
_TERM = re.compile(rf"有效期(?:限)?[为是]?([\d{NUMERAL}]{{1,3}})年")
_NUMERALS = re.compile(rf"[\d０-９〇{NUMERAL}.,%]+")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a claim is held against: its quotes, and beside them what their cards show."""

    quoted: str  # in normal form, like all text here
    shown: str  # quotes and cards
    stretches: tuple[Stretch, ...]
    figures: frozenset[Figure]
    bounds: frozenset[tuple[Figure, Bound | None]]
    words: frozenset[str]

    @classmethod
    def of(cls, quotes: Iterable[str], cards: Iterable[str] = ()) -> Ground:
        quoted = _PARTED.join(quotes)
        shown = _PARTED.join((quoted, *cards))
        bounded = bounds(quoted)
        known = figures(shown) | {figure for figure, _ in bounded} | repeated(quoted) | measured(quoted)
        return cls(
            normal(quoted),
            normal(shown),
            stretches(quoted),
            known | _reckoned(quoted, known) | pieced(quoted),
            bounded,
            frozenset(words(shown)),
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an answer: its claims, each with the markers that follow it."""

    claims: tuple[tuple[str, tuple[int, ...]], ...]
    span: Span  # of the answer's text

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.claims).strip()

    @property
    def markers(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(marker for _, markers in self.claims for marker in markers))


def verdicts(text: str, citations: Sequence[Citation], own: Collection[str] = ()) -> tuple[Verdict, ...]:
    """A verdict on each sentence of an answer, in their order.

    `own`: sentences, and remarks within sentences, in which the answerer says what these notices hold or lack
    (附件2未随公报刊载。 or （共9项，列出8项）); they have no quote to be held against. One may open the answer.
    """
    by_marker = {citation.marker: citation for citation in citations}
    opening = next((each for each in own if each and text.startswith(each)), "")
    first = (Verdict(Span(0, len(opening)), opening, (), Support.OWN),) if opening else ()
    return first + tuple(
        Verdict(said.span, said.text, (), Support.OWN) if said.text in own else _verdict(said, by_marker, own)
        for said in sentences(text, len(opening))
    )


def check(claim: str, ground: Ground) -> tuple[Support, tuple[str, ...]]:
    """Whether a claim, without markers, is borne out, and what of it is not."""
    if _plain(claim) and _plain(claim) in ground.quoted:  # word by word
        return Support.SUPPORTED, ()
    failed = tuple(dict.fromkeys(_failed(claim, ground)))
    if failed:
        return Support.UNSUPPORTED, failed
    return (Support.SUPPORTED if _shared(claim, ground) >= LEAST_SHARED else Support.UNCHECKED), ()


def card(citation: Citation) -> str:
    """What the source card of a citation shows beside the quote."""
    notice = citation.notice
    offices = "、".join(notice.issuing_authorities)
    return card_of(notice.title, notice.document_number, str(notice.place), citation.address, notice.signed_on, offices)


def card_of(
    title: str, document_number: str, place: str, address: str, signed_on: date | None = None, offices: str = ""
) -> str:
    """A card from what stands on it. Of an address only articles and attachments count: 二、3. is no figure."""
    signed = f"{signed_on.year}年{signed_on.month}月{signed_on.day}日" if signed_on else ""
    counted = address if _ARTICLE.search(address) else ""
    return _PARTED.join((title, document_number, place, counted, signed, offices))


def sentences(text: str, start: int = 0) -> Iterator[Said]:
    """The sentences of an answer from `start` on. One ends with its markers: a 。 in it, before they come, ends none.

    What follows the last marker comes by itself, sentence by sentence.
    """
    claims: list[tuple[str, tuple[int, ...]]] = []
    at = start
    for found in _MARKERS.finditer(text, start):
        markers = tuple(map(int, re.findall(r"\d+", found.group())))
        claims.append((text[at : found.start()], markers))
        at = _end_mark(text, found.end())
        if at > found.end() or at == len(text):
            claims[-1] = (claims[-1][0] + text[found.end() : at], markers)
            yield _said(text, start, at, claims)
            claims, start = [], at
    for rest in _UNMARKED.finditer(text, at):
        if claims:  # words after the last marker lean on it
            claims[-1] = (claims[-1][0] + rest.group(), claims[-1][1])
            yield _said(text, start, rest.end(), claims)
            claims = []
        elif rest.group().strip():
            yield _said(text, rest.start(), rest.end(), [(rest.group(), ())])


def _said(text: str, start: int, end: int, claims: Sequence[tuple[str, tuple[int, ...]]]) -> Said:
    whole = text[start:end]
    return Said(tuple(claims), Span(start + len(whole) - len(whole.lstrip()), start + len(whole.rstrip())))


def words(text: str) -> set[str]:
    """Pairs of characters, words and numbers; single characters say too little."""
    return {token for token in tokens(text) if len(token) > 1}


def _end_mark(text: str, at: int) -> int:
    end = at
    while end < len(text) and text[end] in (_ENDS if end == at else _ENDS + _CLOSING):
        end += 1
    return end


def _verdict(said: Said, by_marker: dict[int, Citation], own: Collection[str]) -> Verdict:
    found = [_of_claim(_without(own, text), markers, by_marker) for text, markers in said.claims]
    failed = tuple(dict.fromkeys(item for _, items in found for item in items))
    support = max((support for support, _ in found), key=_WORSE.index)
    return Verdict(said.span, said.text, said.markers, support, failed)


def _without(remarks: Iterable[str], text: str) -> str:
    for remark in remarks:
        text = text.replace(remark, "")
    return text


_CALENDAR = ("年", "月", "日", "日期")
_WORSE = (Support.SUPPORTED, Support.UNCHECKED, Support.UNSUPPORTED)


def _of_claim(text: str, markers: Sequence[int], by_marker: dict[int, Citation]) -> tuple[Support, tuple[str, ...]]:
    invented = tuple(f"[{marker}]" for marker in markers if marker not in by_marker)
    cited = [by_marker[marker] for marker in markers if marker in by_marker]
    support, failed = check(text, Ground.of([c.quote for c in cited], map(card, cited)))
    return (Support.UNSUPPORTED, (*invented, *failed)) if invented else (support, failed)


def _failed(claim: str, ground: Ground) -> Iterator[str]:
    told = figures(claim) - summed_up(claim) - rounded(claim, ground.figures)
    absent = {figure for figure in told if not stands_among(figure, ground.figures)}
    yield from sorted(map(str, absent))
    yield from (str(figure) for figure, bound in bounds(claim) if bound and _crossed(figure, bound, ground))
    yield from sorted(_unnamed(claim, ground.shown))
    if ground.quoted:
        yield from reversed_words(claim, ground.quoted, ground.stretches)


def _plain(claim: str) -> str:
    return normal(claim).rstrip(normal(_ENDS) + "。")


def _crossed(figure: Figure, bound: Bound, ground: Ground) -> bool:
    """Do the quotes set the figure on the other side only, or as no bound at all? 以上 where they say 以下, or neither.

    A day by which to do something may be told as the day on which: 2026年底前 for 2026年底完成.
    """
    there = {other for known, other in ground.bounds if same(figure, known)}
    if bound is Bound.BELOW and figure.unit in _CALENDAR and None in there:
        return False
    return bool(there) and bound not in there


def _unnamed(claim: str, shown: str) -> set[str]:
    """The offices, persons and places that do not stand there."""
    told = (name for name in names(claim) if name not in shown)
    offices = {name for name in told if not stands_shortened(name, shown) and not stands_called(name, shown)}
    persons = {name for name in holders(claim) if name not in shown}
    return offices | persons | {place for place in places(claim) if not stands_placed(place, shown)}


def _reckoned(quoted: str, known: Iterable[Figure]) -> set[Figure]:
    """The last day of a stated term: 自2024年1月27日起施行，有效期5年 → 2029年1月27日."""
    days = [date.fromisoformat(figure.value) for figure in known if figure.unit == "日期"]
    terms = [number_value(found[1]) or 0 for found in _TERM.finditer(normal(quoted))]
    ends = [add_years(day, term) for day in days for term in terms]
    return {figure for end in ends for figure in figures(f"{end.year}年{end.month}月{end.day}日")}


def _shared(claim: str, ground: Ground) -> float:
    """The share of a claim's words that its quotes and cards hold, figures aside; 1 where it has none."""
    wanted = words(_NUMERALS.sub(" ", claim))
    return len(wanted & ground.words) / len(wanted) if wanted else 1.0
