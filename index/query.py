"""A question's text → what to look for and where: place, 文号, article, title, year, weighted words. Pure.

Follow-ups and intent are read in qa/; here stands only what narrows or feeds a search.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from index.errors import BadDocumentNumber
from index.places import (
    counties_of,
    counties_where,
    is_there,
    known_cities,
    known_counties,
    named_counties,
    province_of,
    provinces,
    short_names,
    stands_apart,
)
from index.records import DocumentNumber, Notice
from index.spelling import Slip
from index.text import HAN, normal, number_value, numeral, simplified, years_in_digits
from index.thesaurus import Expansion, Thesaurus
from index.tokens import is_article, tokens

MAX_QUESTION = 2_000  # characters that are searched for; a longer text is cut there
_FRAME_WEIGHT = 0.2  # of words that only frame a question
_EXPANSION_WEIGHT = 0.8  # of a thesaurus term against a word of the question itself; chosen on the dev questions
_CONTEXT_WEIGHT = 0.5  # of what was asked before
_ARTICLE_WEIGHT = 3.0  # of an article that is asked for by its number
FRAMES = frozenset(
    tokens(
        "我想问一下 请问 我们 咱们 咱 的了吗呢啊吧呀么 什么 怎么 怎样 如何 多少 哪些 哪个 哪里 哪儿 谁 是 有 在 到 "
        "要 给 能 可以 这个 那个 这 那 一个 就 都 还 不 没 去 来 说 市民 来电 听说 是不是 有没有 想知道 您好 你好 "
        "麻烦 谢谢"
    )
)
_NUMBER = re.compile(
    rf"[{HAN}]{{1,12}}\s*[〔\[［（(【﹝]\s*[\d０-９]{{4}}\s*[〕\]］）)】﹞]\s*第?\s*[\d０-９]{{1,5}}\s*号|[{HAN}]{{2,16}}令\s*第?\s*[\d０-９]{{1,4}}\s*号"
)
_UNBRACKETED = re.compile(  # 同政办规2024年3号
    rf"([{HAN}]{{2,12}}?)\s*([\d０-９]{{4}})[\s年—–-]*第?\s*([\d０-９]{{1,5}})\s*号"
)
_ORDINAL = r"[0-9０-９一二三四五六七八九十百零〇]{1,5}"
_ARTICLE = re.compile(rf"第\s*(?P<article>{_ORDINAL})\s*条(?:\s*第\s*(?P<paragraph>{_ORDINAL})\s*款)?")
STATE = "中华人民共和国"  # before the name of a law it tells it from no other
_TITLE = re.compile(r"《([^《》]{2,60})》")
_ISSUED_IN = re.compile(  # said of the notice: 2024年印发的, 2024年的文件; not of its matter: 2024年工作计划
    r"(?<!\d)(20\d{2})年(?:(?:\d{1,2}月)?(?:\d{1,2}日)?\s*(?:印发|发布|公布|出台|下发|发的|出的)"
    r"|的?[那这]?[份个]?(?:文件|红头文件|通知|通告|公报))"
)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The places of a library: city, or province, by every name that people use for it, county → its city."""

    cities: Mapping[str, str]  # 大同市, 大同 → 大同市; 广东省, 广东 → 广东省, where the library holds notices of it
    counties: Mapping[str, str]  # 右玉县, 右玉 → 朔州市; also 五台山风景名胜区, 西坪镇

    def completed(self) -> Gazetteer:
        """With all counties of its cities, also those that no notice addresses."""
        return Gazetteer(self.cities, {**counties_of(frozenset(self.cities.values())), **self.counties})

    @classmethod
    def of(cls, notices: Iterable[Notice]) -> Gazetteer:
        """Read off the notices: their own places, and the counties that one city's notices alone address."""
        places = PlaceCounts()
        for notice in notices:
            places.add(notice)
        return places.gazetteer()


class PlaceCounts:
    """The places of notices that pass one by one."""

    def __init__(self) -> None:
        self._cities: dict[str, str] = {}
        self._named: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))  # county → city → times

    def add(self, notice: Notice) -> None:
        """Count its own place, and the counties that it addresses."""
        city = notice.place.city
        if not city:
            return
        if city not in self._cities:
            short = [name for name, full in provinces().items() if full == city] or [city.removesuffix("市")]
            self._cities.update((name, city) for name in (city, *short) if len(name) > 1)
        own = [notice.place.county] if notice.place.county else []
        for name in (*own, *_counties(notice.text), *_towns(notice.text), *_sights(notice.text)):
            self._named[name][city] += 1

    def gazetteer(self) -> Gazetteer:
        """What all of them come to."""
        counties = {
            county: max(uses, key=lambda c: uses[c])
            for county, uses in self._named.items()
            if county not in self._cities and (len(uses) == 1 or max(uses.values()) >= 0.8 * sum(uses.values()))
        }
        short = {name[:-1]: city for name, city in counties.items() if _goes_by_less(name)}
        return Gazetteer(self._cities, {**short, **counties})


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks the index for."""

    text: str
    terms: Mapping[str, float]  # token → weight
    context: str = ""  # what was asked before, "" where the question stands alone
    cities: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()  # the provinces of these cities that the library holds notices of
    unknown_places: tuple[str, ...] = ()  # cities that the library holds nothing of
    document_numbers: tuple[str, ...] = ()  # canonical
    articles: tuple[str, ...] = ()  # 第十二条, 第十二条第二款
    titles: tuple[str, ...] = ()  # within 《》
    issued_in: int | None = None  # the year in which the notice was issued that is asked for
    on: date | None = None  # the day as of which it is asked; None where that does not matter
    slips: tuple[Slip, ...] = ()  # words of the library that were meant; they stand in the text behind what was said
    asked_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # lay words → the terms they called for
    word_by_word: bool = False  # put together from a word list: the text is no sentence, and cannot be read as one

    @property
    def scope(self) -> frozenset[str]:
        """The places whose notices hold where one asks about: cities, their provinces, and ""; none for anywhere."""
        return frozenset({*self.cities, *self.wider, ""}) if self.cities else frozenset()

    @property
    def whole(self) -> str:
        """What was asked before, and what is asked now: as a model reads it."""
        return f"{self.context} {self.text}".strip()


def read_query(
    text: str,
    gazetteer: Gazetteer,
    thesaurus: Thesaurus,
    context: str = "",
    place: str = "",
    held: Collection[str] = (),
) -> Query:
    """Read a question; `context` is what was asked before, `place` a city chosen beside the question.

    `held`: the 文号 of the library's notices. One of them says where to look, and is no word to look for.
    """
    text, context = (years_in_digits(simplified(each[:MAX_QUESTION])) for each in (text, context))
    text, context = _bracketed(text, held), _bracketed(context, held)
    numbers = _numbers(text) or _numbers(context)
    if any(ends(number, held) for number in numbers):
        text, context = _NUMBER.sub(" ", text), _NUMBER.sub(" ", context)
    cities, counties = _places(text, gazetteer)
    unknown = () if cities else _unknown_places(text, gazetteer, by_the_way=bool(place or context))
    if cities or unknown:
        context = _without_other_places(context, cities, gazetteer)
    else:
        cities, counties = _places(context, gazetteer)
    if not cities and not unknown and place:
        cities = (gazetteer.cities.get(place, place),)
    if unknown and (over := _provinces_over(unknown, gazetteer)):
        cities, unknown = over, ()
    wider = _provinces_over(cities, gazetteer)
    cities = tuple(city for city in cities if city not in wider)
    articles = tuple(dict.fromkeys(_article(m) for m in _ARTICLE.finditer(text)))
    said = text.replace(STATE, "") if articles else text
    sources = [(said, 1.0, thesaurus.expand(text)), (context, _CONTEXT_WEIGHT, thesaurus.expand(context))]
    called: dict[str, list[str]] = {}
    for expansion in (each for _, _, expansions in sources for each in expansions):
        called.setdefault(expansion.asked, []).append(expansion.term)
    issued = _ISSUED_IN.search(text)
    return Query(
        unknown_places=unknown,
        text=text,
        context=context,
        terms=_terms(sources),
        cities=cities,
        counties=counties,
        wider=wider,
        document_numbers=numbers,
        articles=articles,
        titles=tuple(m[1] for m in _TITLE.finditer(text)),
        issued_in=int(issued[1]) if issued else None,
        asked_for={asked: tuple(terms) for asked, terms in called.items()},
    )


def _without_other_places(context: str, cities: Collection[str], gazetteer: Gazetteer) -> str:
    """What was asked before, of another place than is asked about now: 衡水市津贴多少, 那沧州呢."""
    named = [name for name, city in gazetteer.cities.items() if name in context and city not in cities]
    for name in sorted(named, key=len, reverse=True):
        context = context.replace(name, "")
    return context


def ends(number: str, held: Collection[str]) -> list[str]:
    """The held 文号 that a number ends with: a run of characters before it may have been taken for its 机关代字."""
    return [number[at:] for at in range(len(number)) if number[at:] in held]


def _terms(sources: Sequence[tuple[str, float, Sequence[Expansion]]]) -> dict[str, float]:
    """Token → weight, from texts with the share that each counts for and the terms that it calls for."""
    weights: dict[str, float] = defaultdict(float)
    for text, share, _ in sources:
        for token in tokens(text):
            weights[token] += share * _weight(token)
    for _, share, expansions in sources:
        for token, weight in _expansions(expansions).items():
            weights[token] += share * weight * (0.5 if token in weights else 1.0)
    return dict(weights)


def _weight(token: str) -> float:
    if token in FRAMES:
        return _FRAME_WEIGHT
    return _ARTICLE_WEIGHT if is_article(token) else 1.0


def _expansions(expansions: Sequence[Expansion]) -> dict[str, float]:
    """Tokens of the terms that a text called for; single characters are left out, they match too much."""
    groups: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for expansion in expansions:
        groups[expansion.asked].append((expansion.term, expansion.weight))
    weights: dict[str, float] = defaultdict(float)
    for terms in groups.values():
        best: dict[str, float] = {}
        for term, weight in terms:
            for token in tokens(term):
                if len(token) > 1:
                    best[token] = max(best.get(token, 0.0), weight)
        for token, weight in best.items():
            weights[token] += _EXPANSION_WEIGHT * weight / math.sqrt(len(terms))
    return weights


def cities_in(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """The cities of the library that a text names, by itself or by a county of theirs, in the order of the text."""
    return _places(simplified(text[:MAX_QUESTION]), gazetteer)[0]


def _places(text: str, gazetteer: Gazetteer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Cities and counties named, in the order of the text; a county brings its city along."""
    plain = normal(text)
    found: dict[str, int] = {}
    for name, city in gazetteer.cities.items():
        at = plain.find(name)
        if at >= 0 and (name == city or city not in provinces() or stands_apart(name, plain)):
            found[city] = min(at, found.get(city, at))
    counties = {county: plain.find(county) for county in _counties_named(plain, gazetteer)}
    for county, at in counties.items():
        found.setdefault(gazetteer.counties[county], at)
    return tuple(sorted(found, key=lambda c: found[c])), tuple(sorted(counties, key=lambda c: counties[c]))


def _counties_named(plain: str, gazetteer: Gazetteer) -> Iterator[str]:
    """Those of the library, by full or short name; 应县 does not stand in 相应县, and 云冈 is where one says to be."""
    in_full = named_counties(plain)
    for county in gazetteer.counties:
        apart = len(county) > 2 or county not in known_counties() or county in in_full
        meant = county.endswith("区") and len(county) > 2 and is_there(county[:-1], plain)
        if (county in plain and apart) or meant:
            yield county


def _unknown_places(text: str, gazetteer: Gazetteer, *, by_the_way: bool) -> tuple[str, ...]:
    """Cities and counties of China that a question names and the library does not know.

    A county's name that several cities share counts where none of them is known. `by_the_way`: where it is clear
    without them what place is asked about, those are left out that one comes from or goes to.
    """
    plain = normal(text)
    known = {name.removesuffix("市") for name in gazetteer.cities}
    cities = (name for name, common_word in known_cities().items() if (f"{name}市" if common_word else name) in plain)
    counties = (name for name in counties_where(plain) if known.isdisjoint(known_counties()[name]))
    unknown = {*(c for c in cities if c not in known), *(c for c in counties if c not in gazetteer.counties)}
    over = {name for name in provinces().values() if name in plain and _asked_about(name, plain)}
    if over:
        held = set(gazetteer.cities.values())
        unknown |= over - held - {province_of(name) for name in (*held, *unknown)}
    return tuple(sorted(name for name in unknown if not by_the_way or _asked_about(name, plain)))


def _provinces_over(places: Collection[str], gazetteer: Gazetteer) -> tuple[str, ...]:
    """The provinces that cities or counties lie in, as far as the library holds notices of them."""
    return tuple(dict.fromkeys(over for place in places if (over := province_of(place)) in gazetteer.cities))


def _asked_about(place: str, plain: str) -> bool:
    """Whether a place may be the one asked about: 杭州呢？, not 从杭州回来, 杭州户口."""
    short = re.escape(place[:-1] if len(place) > 2 and place[-1] in "县市" else place)
    return (
        re.search(rf"(?<![从去到往飞回离跟和与比经]){short}(?![县市]?(?:来|回|户|人|的医院|大医院))", plain) is not None
    )


def _goes_by_less(county: str) -> bool:
    """Whether people leave 县 or 市 out: 右玉, but not 公安, 延长."""
    if len(county) < 3 or county[-1] not in "县市":
        return False
    return county not in known_counties() or county[:-1] in short_names()


def _towns(text: str) -> set[str]:
    """Towns that a notice lists by name: 云州区西坪镇、杜庄乡."""
    found = re.findall(rf"(?<=[县区市、])[{HAN}]{{2,3}}(?:镇|乡|街道)(?=[、，。；及和]|[{HAN}]{{1,4}}村)", text)
    return {name for name in found if not re.search("[各该本全等个城村集县市区]", name[:-1])}


def _sights(text: str) -> set[str]:
    """Scenic areas by their full name and without 景区: 恒山风景名胜区, 恒山."""
    found = re.findall(
        rf"(?<![{HAN}])(?:和|与|及|以|提升|推进|建设|打造)?([{HAN}]{{2,5}}?)(风景名胜区|风景区|景区)", text
    )
    named = {(name, kind) for name, kind in found if re.search("(?:[山寺窟湖峡谷泉洞岭]|(?<![相有])关)$", name)}
    return {name + kind for name, kind in named} | {name for name, _ in named}


def _counties(text: str) -> set[str]:
    """Names of counties and districts that a notice addresses or lists: 云冈区、云州区人民政府."""
    found: set[str] = set()
    for match in re.finditer(rf"(?:[{HAN}]{{2}}[县区旗]、)*[{HAN}]{{2}}[县区](?=(?:人民)?政府)", text):
        found.update(match.group().split("、"))
    return {name for name in found if not re.search("^[各本该全市县区]|[各辖市县区]", name[:2])}


def _bracketed(text: str, held: Collection[str]) -> str:
    """The text with the brackets that are left out of a held 文号 put in; without them much looks like one."""

    def spelt(found: re.Match[str]) -> str:
        number = f"{found[1]}〔{int(found[2])}〕{int(found[3])}号"
        return number if ends(number, held) else found.group()

    return _UNBRACKETED.sub(spelt, text)


def _numbers(text: str) -> tuple[str, ...]:
    """Document numbers in every spelling, canonical; a leading word that is no 机关代字 is cut off by the catalogue."""
    found: list[str] = []
    for match in _NUMBER.finditer(text):
        try:
            found.append(str(DocumentNumber.parse(match.group())))
        except BadDocumentNumber:
            continue
    return tuple(dict.fromkeys(found))


def _article(found: re.Match[str]) -> str:
    """第12条第2款 → 第十二条第二款, the way provisions spell it."""
    spelt = f"第{_numeral(found['article'])}条"
    return spelt + (f"第{_numeral(found['paragraph'])}款" if found["paragraph"] else "")


def _numeral(digits: str) -> str:
    value = number_value(digits)
    return numeral(value) if value and value <= 9999 else digits
