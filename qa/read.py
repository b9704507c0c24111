"""Question + passages → the sentences, items and cells that answer (the default answerer's reading). Pure.

Every unit of the passages gets a score: a weighted sum of features that say how much of the question it and its
surroundings hold, and whether it is the kind of thing that was asked for. The weights are fitted on the dev questions
by `python -m eval.fit`, and kept in `weights.json`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from index import rerank
from index.asked import SHAPED, Asked, asked_measure, fits, has_shape, measured
from index.cross import UNREAD, CloseReading
from index.excerpt import meant
from index.fitted import fitted, weighed
from index.query import Query
from index.records import NoticeKind, Passage, ProvisionKind, Span
from index.rerank import Rarity
from index.text import HAN, normal, squeeze
from index.tokens import present
from qa.thresholds import admitted, counts
from qa.units import Tree, Unit, units

FEATURES = (
    "words",  # share of the question's weight that stands in the unit
    "characters",  # share of the question's single characters, by rarity, that stand in it
    "called",  # weight of the question's lay words of which an official term stands in it
    "called_above",  # share of its lay words of which one stands above it, and not in it
    "sense",  # how near the unit comes to the question, piece by piece (index/nearness.py)
    "sense_around",  # how much nearer with what stands above it
    "meant",  # how near the sentence that it belongs to comes, read amid its passage (index/sentences.py)
    "marked",  # mean of the reader's log-odds that its pieces belong to the answer (index/cross.py), against 4
    "marked_most",  # of the piece that it marks most
    "believed",  # log-odds, by the reader, that its passage answers, against 4
    "around",  # further share that stands in its title, headings or head sentence
    "near",  # further share that stands in the same passage
    "passage",  # how far the belief in its passage falls short of that in the best one, on a logarithmic scale
    "fit",  # is it the kind of thing that was asked for
    "measure",  # a figure with the very measure that was asked for: 几座 … 6座
    "admitted",  # a threshold of its own admits a figure of the question (qa/thresholds.py)
    "not_admitted",  # it has thresholds of that measure, and none does
    "misfit",  # asked for a figure, office or date, and there is none in it
    "role",  # a roster line under the very role that was asked for
    "run",  # the longest run of characters shared with the question, against 10
    "years",  # share of the question's years that neither the unit nor what is above it names
    "heading",  # a heading or title says nothing by itself
    "front",  # number, recipients, signature
    "explainer",  # the rule itself comes before its explanation
    "general",  # guiding thought, principles: true of everything
    "listing",  # an entry of the list of attachments, whose text is not there
    "short",  # a scrap
    "long",
)

Near = Callable[[str, Sequence[tuple[str, str]], str], list[tuple[float, float]]]  # see Nearness.of_texts

_GENERAL = re.compile(
    r"以习近平|指导思想|认真落实|深入贯彻|全面贯彻|高度重视|提高认识|重要意义|加强组织领导|提高政治站位|为深入|为贯彻|为全面"
)
WEIGHTS = Path(__file__).with_name("weights.json")
_LISTING = re.compile(r"^附\s*[件图表]\s*\d*\s*[:：.．]|[（(](?:见|详见)[^）)]*(?:网络版|网站)[）)]")
_OFFICE = re.compile(rf"[{HAN}]{{2,}}(?:局|委|办|厅|中心|政府|部门|公司)")
_SENSE_SPREAD = 4  # so that nearness is as widely spread as the others
_FULL_ODDS = 4.0
_CALLED = 8.0  # weight of lay words that counts as one
_BELIEF = 5.0  # natural logarithm of a shortfall beyond which passages count alike
_CAPTION = re.compile(r"(?:附?表\s*\d*[^。；，]{0,40}|[^。；，]{2,40}表)(?:[（(]单位[^）)]*[）)])?")
_BEHIND = 2.0  # how far a row stays behind its cell, so that the cell is chosen
_ASKED_ARTICLE = 8.0  # added to a unit that stands in the very article that was asked for
_LABELLED = re.compile(rf"(?P<role>[{HAN}]{{2,6}})[:：]\s*[{HAN}]")  # 组长：市公安局负责人
_NUMBERED = re.compile(r"^[\d.．、（()）一二三四五六七八九十\s]+")
_ISSUING = re.compile(
    r"印发|发布|公布|出台|颁布|下发|签发|签署|落款|成文|谁发|谁签"
    r"|(?:哪|几)[天日年月号].{0,4}[发贴出]|[发贴出](?:的|出来)"
)
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_SINCE = re.compile(r"[较比]20\d{2}年")  # 较2023年增长一倍 is told of another year
_TODAY = re.compile(r"(?:都|已经|如今|眼下|现在)(?:是|到)?(20\d{2})年[^，。？]{0,6}了")


@dataclass(frozen=True, slots=True)
class Reading:
    """A unit, its features and its score."""

    unit: Unit
    features: tuple[float, ...]  # in the order of FEATURES
    score: float
    alone: float = 0.0  # log-odds, by the reader, that it answers by itself (qa/choose.py); 0 where it has not read


def read(
    query: Query,
    asked: Sequence[Asked],
    passages: Sequence[Passage],
    tree: Tree,
    rarity: Rarity,
    near: Near,
    closely: Sequence[CloseReading] = (),
) -> list[Reading]:
    """Every unit of the passages, best first. [] where there are no passages.

    `closely`: what the reader says of the first passages, or nothing.
    """
    weights = fitted(WEIGHTS)
    said, issuing = present(query.text), _ISSUING.search(f"{query.context}{query.text}") is not None
    readings = []
    for unit, found in zip(*featured(query, asked, passages, tree, rarity, near, closely), strict=True):
        if said.issuperset(present(unit.text)) or _names(unit):  # it says nothing of its own
            continue
        if unit.kind is ProvisionKind.SIGNATURE and not issuing:  # it dates the notice, not what the notice is about
            continue
        score = weighed(weights, FEATURES, found)
        score += _ASKED_ARTICLE * any(stands_in(unit.address, article) for article in query.articles)
        readings.append(Reading(unit, found, score))
    return sorted(_cells_first(readings), key=lambda r: (-r.score, r.unit.passage, r.unit.span.start))


def _cells_first(readings: Sequence[Reading]) -> Iterator[Reading]:
    """No row of a table comes before a cell of its own that holds more of the question's words: 污水处理费：1.60."""
    words = FEATURES.index("words")
    rows = [each for each in readings if each.unit.kind is ProvisionKind.ROW]
    for reading in readings:
        beside = rows if reading.unit.kind is ProvisionKind.ROW else []
        telling = (each for each in beside if each.features[words] > reading.features[words])
        cells = [each.score for each in telling if _within(each.unit, reading.unit)]
        yield replace(reading, score=min(reading.score, max(cells) - _BEHIND)) if cells else reading


def _within(cell: Unit, row: Unit) -> bool:
    """Is the one a part of the other, and not the whole of it."""
    a, b = cell.span, row.span
    return cell.notice.id == row.notice.id and b.start <= a.start and a.end <= b.end and a != b


def featured(
    query: Query,
    asked: Sequence[Asked],
    passages: Sequence[Passage],
    tree: Tree,
    rarity: Rarity,
    near: Near,
    closely: Sequence[CloseReading] = (),
) -> tuple[list[Unit], list[tuple[float, ...]]]:
    """The units of the passages and, for each, its features."""
    found = units(passages, tree)
    characters = rerank.masses(query, rarity)[1]
    plain = [normal(unit.text) for unit in found]
    called = rerank.called_terms(query, plain)
    masses = {token: weight * rarity(token) for token, weight in query.terms.items()}
    total = math.fsum(masses.values()) or 1.0
    top = passages[0].score if passages and passages[0].score > 0 else 1.0
    beside = [_share(present(p.text), masses) / total for p in passages]
    said = [meant(passage) for passage in passages]
    senses = near(query.text, [(unit.text, unit.around) for unit in found], query.context)
    years = set(_YEAR.findall(query.text)) - _of_the_day(query)
    question = normal(query.text)
    counted = counts(query.text)
    measure = asked_measure(query.text) or asked_measure(query.context)
    roles = question + "".join(term for terms in query.asked_for.values() for term in terms)
    roles += "，主要职责" if Asked.DUTY in asked else ""  # 技术组是干啥的
    out: list[tuple[float, ...]] = []
    for unit, text, (sense, wider) in zip(found, plain, senses, strict=True):
        own = present(unit.text)
        words = _share(own, masses)
        around = _share(own | present(unit.around), masses)
        passage = passages[unit.passage]
        fitting = _fits(asked, unit)
        missing = _years_missing(years, unit, passage) if years else ()
        bare = (
            unit.kind in (ProvisionKind.TITLE, ProvisionKind.ATTACHMENT)
            or _CAPTION.fullmatch(unit.text)
            or (
                unit.kind in (ProvisionKind.HEADING, ProvisionKind.CHAPTER, ProvisionKind.SECTION)
                and not re.search("[。；，,：:）)]", unit.text)
            )
        )
        marked, most, believed = _marked(unit, passage, closely)
        out.append(
            (
                words / total,
                rerank.share(characters, own),
                sum(weight for weight, terms in called if any(term in text for term in terms)) / _CALLED,
                _called_above(called, text, normal(unit.around)),
                sense * _SENSE_SPREAD,
                (wider - sense) * _SENSE_SPREAD,
                _meant(unit, passage, said[unit.passage]) * _SENSE_SPREAD,
                marked,
                most,
                believed,
                (around - words) / total,
                max(0.0, beside[unit.passage] - around / total),
                max(0.0, 1 + math.log(max(passage.score / top, 1e-9)) / _BELIEF),
                float(fitting[0]),
                measured(measure, unit.text),
                *map(float, admitted(counted, unit.text)),
                float(fitting[1]),
                _role(unit, roles, who=Asked.WHO in asked),
                min(1.0, _longest_run(question, text) / 10),
                len(missing) / len(years) if years else 0.0,
                float(bool(bare)),
                float(unit.kind in (ProvisionKind.FRONT, ProvisionKind.SIGNATURE)),
                float(unit.notice.kind is NoticeKind.EXPLAINER),
                float(_GENERAL.search(unit.text) is not None),
                float(_LISTING.search(unit.text) is not None),
                float(len(unit.text) < 10),
                max(0.0, math.log(max(len(unit.text), 1) / 60)),
            )
        )
    return found, out


def _years_missing(years: Set[str], unit: Unit, passage: Passage) -> Set[str]:
    """The years that a unit does not tell of: what names a year of its own tells of that, 到2020年 nothing of 2022;
    what names none tells of those above it, before it in its paragraph, and of the notice's own.
    """
    own = set(_YEAR.findall(_SINCE.sub("", unit.text)))
    if own and own.isdisjoint(years):
        return years
    start = passage.chunk.span.start
    before = unit.notice.text[start : unit.span.start].rpartition("\n")[2]
    known = unit.text + unit.around + before + str(unit.notice.signed_on or "")
    return {year for year in years if year not in known}


def _of_the_day(query: Query) -> set[str]:
    """The year of the day as of which is asked: the rule of that day need not name it.

    2025年3月1日补贴多少; 这都2025年三月了，还给不给.
    """
    on, today = query.on, set(_TODAY.findall(query.text))
    dated = on and f"{on.year}年{on.month}月{on.day}日" in squeeze(query.text)
    return today | {str(on.year)} if on and dated else today


def _marked(unit: Unit, passage: Passage, closely: Sequence[CloseReading]) -> tuple[float, float, float]:
    """What the reader says of a unit, in the mean and at most, and of its passage; 0 where it has not read."""
    if unit.passage >= len(closely):
        return 0.0, 0.0, 0.0
    reading, start = closely[unit.passage], passage.chunk.span.start
    spans = [Span(max(0, part.start - start), max(0, part.end - start)) for part in unit.parts or (unit.span,)]
    odds = reading.within(spans) or [UNREAD]
    return sum(odds) / len(odds) / _FULL_ODDS, max(odds) / _FULL_ODDS, reading.belief / _FULL_ODDS


def _meant(unit: Unit, passage: Passage, said: Sequence[tuple[int, int, float]]) -> float:
    """The most of the sentences of its passage that a unit shares something with; 0 for none."""
    start = passage.chunk.span.start
    spans = [(part.start - start, part.end - start) for part in unit.parts or (unit.span,)]
    return max((near for a, b, near in said if any(a < end and first < b for first, end in spans)), default=0.0)


def _called_above(called: Sequence[tuple[float, tuple[str, ...]]], text: str, above: str) -> float:
    found = [any(t in above for t in terms) and not any(t in text for t in terms) for _, terms in called]
    return sum(found) / max(1, len(found))


def _share(held: frozenset[str], masses: Mapping[str, float]) -> float:
    return math.fsum(mass for token, mass in masses.items() if token in held)


def _role(unit: Unit, asked: str, *, who: bool) -> float:
    """1 for a line under a role that is asked for by name; a longer role wins over one that it contains.

    The role stands above the line of a roster, or before it (组长：市公安局负责人); there it counts where who is asked
    for, or below a heading that is named, too.
    """
    above = unit.around.rsplit("\n", 1)[-1]
    label = _LABELLED.match(unit.text)
    if unit.kind is ProvisionKind.ROSTER:
        role = above
    elif label and (who or (len(heading := _NUMBERED.sub("", above)) > 1 and heading in asked)):
        role = label["role"]
    else:
        return 0.0
    if not role or role not in asked:
        return 0.0
    return 1.0 if f"副{role}" not in asked else 0.3


def _names(unit: Unit) -> bool:
    """A title, a caption, a recipient, a role alone: it names, and answers nothing."""
    if unit.kind is ProvisionKind.FRONT or (unit.kind is ProvisionKind.ROSTER and unit.text.endswith(("：", ":"))):
        return True
    return unit.kind in (ProvisionKind.TITLE, ProvisionKind.ATTACHMENT) or _CAPTION.fullmatch(unit.text) is not None


def stands_in(address: str, article: str) -> bool:
    """第三条第二款 stands in 第三条; 第三条之一 and 第十三条 do not."""
    return re.search(rf"(?:^|\s){article}(?!之)", address) is not None


def _longest_run(a: str, b: str) -> int:
    """Length of the longest common substring, at most 10."""
    best = 0
    for start in range(len(a)):
        while best < 10 and start + best < len(a) and a[start : start + best + 1] in b:
            best += 1
    return best


def _fits(asked: Sequence[Asked], unit: Unit) -> tuple[bool, bool]:
    """Is the unit the kind of thing that was asked for; is it certainly not."""
    text = unit.text + (unit.around.rsplit("\n", 1)[-1] if unit.kind is ProvisionKind.ROSTER else "")
    if unit.remark:
        text += unit.notice.text[unit.remark.start : unit.remark.end]
    body = re.sub(r"^[（(]?[\d一二三四五六七八九十]+[）).、．]\s*", "", text)
    known = [kind for kind in asked if has_shape(kind)]
    if not known:
        return True, False
    found = [fits(kind, body) for kind in known]
    roster = Asked.WHO in known and (
        unit.kind is ProvisionKind.ROSTER or (unit.kind is ProvisionKind.ROW and _OFFICE.search(body) is not None)
    )
    hard = [fit for kind, fit in zip(known, found, strict=True) if kind in SHAPED]
    return any(found[:1]) or roster, bool(hard) and not any(hard) and not roster
