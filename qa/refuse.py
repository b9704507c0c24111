"""Does what was found answer the question? Doubts, each with its reason; qa/confidence.py weighs them. Pure.

What makes a near miss is seldom too little in common: it is the right topic with the asked thing missing. So each doubt
asks for one thing that an answer would have to hold: the place, the year, the figure, the attachment.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.asked import SHAPED, Asked, asked_measure, fits
from index.query import Query
from index.records import Attachment, Notice, Passage
from index.rerank import Rarity
from index.text import number_value
from index.tokens import present
from qa.read import FEATURES, Reading, stands_in
from qa.units import Unit

ANSWER_FROM = 0.5  # belief that the notices answer at all (qa/confidence.py); chosen on the dev questions
ANSWER_FROM_WORDS = 0.15  # the same for what was asked in another language, word by word; chosen on eval/english.jsonl
REFUSE_FROM = 1.0  # weight of a doubt that leaves little hope
PARTIAL_FROM = 0.7  # weight of an attachment's doubt from which an answer is partial
_PLACE_GAP = 0.35  # the words fit so much better elsewhere that the place asked for has no such rule
_ATTACHMENT_SHARE = 0.28  # of what is asked, in the title of an attachment that is not there
_COUNTED = (Asked.AMOUNT, Asked.NUMBER, Asked.HOW_LONG)
_ORDINAL = re.compile(r"第[一二三四五六七八九十\d]+[次批届期轮]")
_POINTER = re.compile(
    r"另发|另行|[见按照]附[件表]|执行标准|(?:按照?|依据|根据|依照)《[^》]+》|[（(][^）)]*〔\d{4}〕\d+号[）)]执行|以[^，。；]{2,30}为准|制定实施细则"
)
_BEFORE_A_NUMBER = re.compile(r"^.*(?:根据|按照|依据|依照|关于|请问|一下|[那这]个|的)(?=.)")
_SEE_ATTACHMENT = re.compile(r"(?:[见按照]|依据|参照)\s*附件\s*(?P<number>[一二三四五六七八九十\d]*)")
_UNPRINTED_WEIGHT = 1.0  # where it leaves the matter to an attachment that was not printed
_POINTED = 3  # readings among which a pointer to another text counts
_POINTER_WEIGHT = 0.9  # where a figure, office or date was asked for
_HOPELESS = 6.0  # below it, hardly a word of the question was found
_WEAK_FROM, _WEAK_RANGE, _WEAK_WEIGHT = 11.0, 4.0, 0.4  # scores of the best reading that raise a doubt by themselves


class Lack(StrEnum):
    """What an answer would have needed and did not find."""

    NOTHING = "nothing"  # hardly a word in common, or nothing but words
    PLACE = "place"
    YEAR = "year"
    KIND = "kind"  # the figure, office or date asked for
    ATTACHMENT = "attachment"  # it stands in an attachment that was not printed
    NOT_HELD = "not-held"  # it is asked of a notice that the library does not hold
    ELSEWHERE = "elsewhere"  # the notice leaves it to another one


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason not to answer, its weight, and the words that a person is told."""

    lack: Lack
    weight: float
    about: str = ""


def doubts(
    query: Query,
    asked: Sequence[Asked],
    readings: Sequence[Reading],
    passages: Sequence[Passage],
    elsewhere: float,
    held: Collection[str],
    rarity: Rarity,
) -> list[Doubt]:
    """The doubts about the best reading, weightiest first.

    `elsewhere`: how much better the words fit outside the place asked for; `held`: the 文号 of the library's notices.
    """
    if not readings:
        return [Doubt(Lack.NOTHING, REFUSE_FROM)]
    found: list[Doubt] = []
    if query.unknown_places:
        found.append(Doubt(Lack.PLACE, REFUSE_FROM, query.unknown_places[0]))
    if elsewhere > 0:
        found.append(Doubt(Lack.PLACE, min(1.2, elsewhere / _PLACE_GAP), query.cities[0] if query.cities else ""))
    unheld = [n for n in query.document_numbers if not any(n.endswith(known) for known in held)]
    if unheld and len(unheld) == len(query.document_numbers) and not {Asked.VALIDITY, Asked.EFFECTIVE} & set(asked):
        found.append(Doubt(Lack.NOT_HELD, 1.0, _alone(unheld[0], held)))
    best = readings[0]
    features = dict(zip(FEATURES, best.features, strict=True))
    if features["years"] > 0:
        found.append(Doubt(Lack.YEAR, features["years"]))
    known = best.unit.text + best.unit.around + passages[best.unit.passage].text
    ordinals = set(_ORDINAL.findall(query.text))
    if ordinals and not any(ordinal in known for ordinal in ordinals):
        found.append(Doubt(Lack.YEAR, 1.0, min(ordinals)))
    if query.articles and not any(stands_in(r.unit.address, a) for r in readings for a in query.articles):
        found.append(Doubt(Lack.KIND, 1.0))
    shaped = asked[0] in SHAPED
    of_a_notice = asked[0] is Asked.VALIDITY and bool(query.document_numbers)
    counted = asked[0] in _COUNTED and bool(asked_measure(query.text))
    if ((shaped or of_a_notice) and not features["fit"]) or (counted and not features["measure"]):
        found.append(Doubt(Lack.KIND, 1.0))
    of_duty = _duties(best, passages) if asked[0] is Asked.DUTY else None
    unprinted = (of_duty, _attachment(query, best, passages, rarity), _unprinted(best.unit))
    attachment = max(filter(None, unprinted), key=lambda d: d.weight, default=None)
    if attachment:
        found.append(attachment)
    pointer = next((m for r in readings[:_POINTED] if (m := _POINTER.search(r.unit.text))), None)
    if pointer and shaped and not attachment:
        found.append(Doubt(Lack.ELSEWHERE, _POINTER_WEIGHT, pointer.group()))
    hopeless = best.score < _HOPELESS and not (query.context or query.document_numbers)
    weak = REFUSE_FROM if hopeless else _WEAK_WEIGHT * min(1.0, (_WEAK_FROM - best.score) / _WEAK_RANGE)
    if weak > 0:
        found.append(Doubt(Lack.NOTHING, weak))
    return sorted(found, key=lambda d: -d.weight)


def least_belief(query: Query) -> float:
    """The belief that the notices answer from which a question is answered."""
    return ANSWER_FROM_WORDS if query.word_by_word else ANSWER_FROM


def _alone(number: str, held: Collection[str]) -> str:
    """A 文号 without the words before it: from a 机关代字 of the library on, else behind 根据 and its like."""
    prefixes = {known.partition("〔")[0] for known in held}
    starts = (at for at in range(len(number)) if number[at:].partition("〔")[0] in prefixes)
    at = next(starts, None)
    return _BEFORE_A_NUMBER.sub("", number) if at is None else number[at:]


def impossible(query: Query, doubted: Sequence[Doubt]) -> bool:
    """Whether no notice here can answer: the place, or the notice, is not held, or hardly a word of it was found."""
    hopeless = Doubt(Lack.NOTHING, REFUSE_FROM) in doubted
    return hopeless or bool(query.unknown_places) or any(doubt.lack is Lack.NOT_HELD for doubt in doubted)


def _attachment(query: Query, best: Reading, passages: Sequence[Passage], rarity: Rarity) -> Doubt | None:
    """An attachment that is not there and whose title holds more of what is asked than the best reading does."""
    own = present(best.unit.text)
    found: Doubt | None = None
    for notice in {p.notice.id: p.notice for p in passages[:2]}.values():
        specific = _specific(query, notice)
        mass = {token: weight * rarity(token) for token, weight in specific.items()}
        total = math.fsum(mass.values())
        if not total:
            continue
        held = math.fsum(m for t, m in mass.items() if t in own) / total
        for attachment in notice.attachments:
            if attachment.present:
                continue
            title = present(attachment.title)
            share = math.fsum(m for t, m in mass.items() if t in title) / total
            weight = share / _ATTACHMENT_SHARE if share > 0.6 * held else 0.0
            if weight >= 0.4 and (found is None or weight > found.weight):
                found = Doubt(Lack.ATTACHMENT, min(1.0, weight), _named(attachment))
    return found


def _duties(best: Reading, passages: Sequence[Passage]) -> Doubt | None:
    """The attachment that tells the duties of a body's members and was not printed, where the best reading has none."""
    if fits(Asked.DUTY, best.unit.text):
        return None
    notices = {p.notice.id: p.notice for p in passages[:2]}.values()
    absent = (a for notice in notices for a in notice.attachments if not a.present and "职责" in a.title)
    return next((Doubt(Lack.ATTACHMENT, _UNPRINTED_WEIGHT, _named(each)) for each in absent), None)


def _unprinted(unit: Unit) -> Doubt | None:
    """“职责详见附件4”, and the gazette did not print that attachment."""
    for pointer in _SEE_ATTACHMENT.finditer(unit.text):
        number = number_value(pointer["number"]) if pointer["number"] else None
        for attachment in unit.notice.attachments:
            if not attachment.present and attachment.number == number:
                return Doubt(Lack.ATTACHMENT, _UNPRINTED_WEIGHT, _named(attachment))
    return None


def _specific(query: Query, notice: Notice) -> dict[str, float]:
    """The question's own words, less those of the notice's title: what it asks of the notice."""
    titled, said = present(notice.title + str(notice.place)), present(query.text)
    return {t: w for t, w in query.terms.items() if len(t) > 1 and t not in titled and t in said}


def _named(attachment: Attachment) -> str:
    return f"附件{attachment.number or ''}《{attachment.title}》"
