"""What a notice says of other notices: it repeals, amends, forwards, carries out or rests on them. Pure.

Read are only sentences by which the notice itself does so (根据《…》，制定本办法；《…》同时废止), not those that tell
others what to do (各县要根据《…》制定细则). A notice is named by 《title》（文号）, or by its 文号 alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.places import province_of
from index.records import DocumentNumber, Notice, NoticeKind, Reference, RelationKind, Span
from index.text import DATE, HAN, normal, squeeze

_SERIAL = r"\s*+[〔\[［﹝]\s*+\d{4}\s*+[〕\]］﹞]\s*+\d{1,5}\s*+号"
# White space is taken possessively (\s*+): several runs of it side by side would be tried in n² ways.
_TITLED = re.compile(
    r"《(?P<title>(?:[^《》]++|《[^《》]*+》)++)》\s*+"
    rf"(?:[（(]\s*+(?P<number>[{HAN}]{{2,16}}{_SERIAL})[^）)]{{0,60}}[）)])?"
)
_BARE = re.compile(
    r"(?:(?<=根据)|(?<=依据)|(?<=按照)|(?<=落实)|(?<=转发)|(?<=修改)|(?<=[和及与、]))"
    rf"(?P<number>[{HAN}]{{2,10}}{_SERIAL})"
)
_NUMBERED_TITLE = re.compile(rf"(?P<title>.+)[（(](?P<number>[{HAN}]{{2,16}}{_SERIAL})[）)]")
_ORDER_NUMBER = re.compile(
    rf"\s*[（(](?:{DATE.pattern})?(?P<who>[{HAN}]{{2,16}}?)(?:令?第\s*(?P<serial>\d{{1,5}})\s*号令?)"
)
_BRACKETED = re.compile(r"[（(][^（）()]*+[）)]")
_MASK = "□"  # in place of names and remarks, so that no word of theirs is taken for the notice's own
_CLAUSE_ENDS = "，,；;：:。"

_VERSION = re.compile(r"\d+|[年月日—–\-~～至到]|试行|暂行|修[订改]|[()（）《》\[\]]")
# a sentence by which the notice acts
_ACTS = re.compile(
    r"现将|现予|现就|现提出|予以(?:印发|公布|发布)|印发(?:给)?(?:你|各)|通知如下|批复如下|(?:政府|会议|研究|本?局|委)[^，。]{0,8}决定"
    rf"|制[定订](?:了|本|以下|如下)|制[定订][^，。]{{0,12}}如下|提出(?:以下|如下|本)|本[{HAN}]{{2,6}}(?:根据|依据|按照)[^。]*制[定订]"
)
_ITEM = r"(?:第[一二三四五六七八九十\d]+[条章节]|[\d.．]+|[（(]?[一二三四五六七八九十]+[、）)])"
# one by which it settles a matter then and there: 一、根据《…》，新增行政许可事项…; 根据《…》，其原职务自行免去
_SETTLES = re.compile(
    rf"[\s{_MASK}]*+{_ITEM}?\s*+(?:根据|依据|依照|按照)[^。；;]*?"
    r"(?:[，,](?:(?:新增|增加|取消|下放|合并|调整)[^，,。；;]{0,20}事项|任命|免去)|(?:自行|自然)免[去除])"
)
_GROUNDS = re.compile(r"(?P<carried>贯彻|落实)|(?P<rested>根据|依据|依照)|(?P<followed>按照|遵照)")
_BASIS_HEADING = re.compile(rf"{_ITEM}?\s*(?:编制|制定|制订|政策|法律)依据[:：]?")
_AMENDING = re.compile(r"修[订改](?:后|形成|完善|印发|发布|公布)?的?$")
_ALTERS = re.compile(r"修改为|(?:作出?|进行)(?:如下|以下)修[改订]")
_AMENDED = re.compile(rf"^{_MASK}*[^，。；]{{0,20}}?(?:{_ALTERS.pattern})")
_FORWARDED = re.compile(rf"^{_MASK}*[^，。；]{{0,10}}?转发")
_FORWARDING = re.compile(r"关于(?:批)?转发(?P<what>.+)的通知$")
_ISSUING = re.compile(
    r"关于(?:修[订改]|重新)?(?:印发|公布|发布|颁布)(?:实施)?(?P<what>.+?)的(?:通知|通告|公告|决定|命令)$"
)


def references(title: str, lines: Sequence[str], spans: Sequence[Span], after_title: int) -> tuple[Reference, ...]:
    """What a notice refers to, each notice once: what it repeals first, then in reading order.

    Given as its paragraphs, like `read_particulars`. A notice that is repealed, amended or forwarded is no basis
    besides; nor is the notice itself.
    """
    body = zip(lines[after_title:], spans[after_title:], strict=True)
    sentences = [sentence for line, span in body for sentence in _cut(line, span)]
    heading = Span(0, spans[after_title - 1].end if after_title else 0)
    own = {normal(title), normal(issued_title(title))}
    told = [*_repealed(title, sentences), *_forwarded(title, sentences, heading)]
    told += [(RelationKind.AMENDS, name) for name in _amended(sentences)]
    told += [(kind, name) for kind, name in _grounds(sentences) if name.number or normal(name.title) not in own]
    return tuple(_once(told))


def issued_title(title: str) -> str:
    """The title of the text that a notice issues: 关于印发《…办法》的通知 → …办法; "" where it issues none."""
    found = _ISSUING.search(squeeze(title))
    return found["what"].removeprefix("《").removesuffix("》") if found else ""


def matter_of(title: str) -> str:
    """What a title is about, the same for each version of a notice: without years, numbers, 试行, 修订, marks."""
    return _VERSION.sub("", normal(issued_title(title) or title))


class Resolver:
    """Finds the notice that a reference names among those of a library."""

    def __init__(self, notices: Iterable[Notice]) -> None:
        self._by_number: dict[str, Notice] = {}
        self._by_title: dict[str, list[Notice]] = defaultdict(list)
        for notice in notices:
            if notice.kind is NoticeKind.EXPLAINER:
                continue
            if notice.document_number:
                self._by_number[notice.document_number] = notice
            for title in {normal(notice.title), normal(issued_title(notice.title))} - {""}:
                self._by_title[title].append(notice)

    def __call__(self, notice: Notice, reference: Reference) -> Notice | None:
        """The notice that `notice` names so, which is never itself; None where the library does not hold it.

        A number decides. A title may have been given more than once: meant is the newest of that city that is no newer
        than who names it; of those that bear a number none, where another number is named.
        """
        number = reference.document_number
        if number in self._by_number:
            found = self._by_number[number]
            return found if found.id != notice.id else None
        city = notice.place.city
        binding = ("", city, province_of(city))
        named = [
            other
            for other in self._by_title.get(normal(reference.title), ())
            if other.id != notice.id
            and not (number and other.document_number)
            and other.place.city in binding
            and (other.signed_on or date.min) <= (notice.signed_on or date.max)
        ]
        return max(named, key=lambda other: other.signed_on or date.min, default=None)


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence and where it begins in the notice. `masked`: as long, with names and remarks blotted out."""

    text: str
    start: int
    masked: str

    @property
    def span(self) -> Span:
        plain = self.text.rstrip()
        indent = len(plain) - len(plain.lstrip())
        return Span(self.start + indent, self.start + len(plain))


@dataclass(frozen=True, slots=True)
class _Name:
    """A notice as a sentence names it, and where in the sentence."""

    number: str  # canonical, or ""
    title: str
    start: int
    end: int
    sentence: _Sentence

    @property
    def span(self) -> Span:
        return Span(self.sentence.start + self.start, self.sentence.start + self.end)

    @property
    def before(self) -> str:
        """The clause before it, masked."""
        masked = self.sentence.masked
        return masked[max(masked.rfind(end, 0, self.start) for end in _CLAUSE_ENDS) + 1 : self.start]

    @property
    def behind(self) -> str:
        """The clause from it on, masked."""
        return re.split(f"[{_CLAUSE_ENDS}]", self.sentence.masked[self.start :], maxsplit=1)[0]


def _cut(line: str, span: Span) -> Iterator[_Sentence]:
    start = span.start
    for text in re.split("(?<=。)", line):
        masked = _BRACKETED.sub(_blot, _TITLED.sub(_blot, text))
        yield _Sentence(text, start, masked)
        start += len(text)


def _blot(found: re.Match[str]) -> str:
    return _MASK * len(found.group())


def _names(sentence: _Sentence) -> list[_Name]:
    """The notices that a sentence names, but for short forms: （以下简称《目录》）."""
    found = [_titled(sentence, match) for match in _TITLED.finditer(sentence.text)]
    found = [name for name in found if not re.search("(?:以下|下)简?称$", sentence.text[: name.start])]
    for match in _BARE.finditer(sentence.masked):
        found.append(_Name(str(DocumentNumber.parse(match["number"])), "", match.start(), match.end(), sentence))
    return sorted(found, key=lambda name: name.start)


def _titled(sentence: _Sentence, match: re.Match[str]) -> _Name:
    title, number = match["title"], match["number"]
    within = None if number else _NUMBERED_TITLE.fullmatch(title)
    if within:
        title, number = within["title"], within["number"]
    number = str(DocumentNumber.parse(number)) if number else _order_number(sentence.text, match.end())
    return _Name(number, outer(title), match.start(), match.end(), sentence)


def _order_number(sentence: str, at: int) -> str:
    """《…》（2005年10月10日某市人民政府第53号令发布）: the order's number, in its canonical spelling; else ""."""
    found = _ORDER_NUMBER.match(sentence, at)
    return str(DocumentNumber(found["who"].removesuffix("令") + "令", None, int(found["serial"]))) if found else ""


def outer(title: str) -> str:
    """〈〉 of a quoted title are 《》 once it stands alone."""
    return squeeze(title).replace("〈", "《").replace("〉", "》")


def _once(told: Iterable[tuple[RelationKind, _Name]]) -> Iterator[Reference]:
    """The first that is said of each notice. What is issued anew under a repealed title is no amendment besides."""
    named = _Named()
    repealed = ""  # the titles, a line each
    for kind, name in told:
        title = normal(name.title)
        if named.holds(name.number, title) or (kind is RelationKind.AMENDS and title and title in repealed):
            continue
        named.add(name.number, title)
        if kind is RelationKind.REPEALS:
            repealed += f"{title}\n"
        yield Reference(kind, name.number, name.title, name.span, name.sentence.span)


class _Named:
    """The notices named so far. Of two names that both bear a number the numbers decide, else the titles.

    Looked up, not compared one by one: a decision may repeal thousands.
    """

    def __init__(self) -> None:
        self._numbers: set[str] = set()
        self._titles: set[str] = set()
        self._titles_alone: set[str] = set()  # of those that bear no number

    def holds(self, number: str, title: str) -> bool:
        if number:
            return number in self._numbers or title in self._titles_alone
        return title in self._titles

    def add(self, number: str, title: str) -> None:
        if number:
            self._numbers.add(number)
        if title:
            self._titles.add(title)
            if not number:
                self._titles_alone.add(title)


# ── what is said of them ────────────────────────────────────────────────────────────────────────────────────────

_Told = tuple[RelationKind, _Name]


def _repealed(title: str, sentences: Iterable[_Sentence]) -> Iterator[_Told]:
    """Each name of a sentence that says 同时废止, or of a decision 关于废止《…》的决定."""
    about = re.search(r"关于废止《.+》的", title)
    for sentence in sentences:
        text = sentence.text
        first, last = text.find("废止"), max(text.rfind("废止"), text.rfind("同时停止执行"))
        if last < 0 or not (about or re.search("同时|予以|即行|相应|停止", text)):
            continue
        if about and "决定" in text and "废止《" not in text:
            continue
        for match in _TITLED.finditer(text):
            repealed = match.end() <= last or 0 <= first < match.start()
            clause = re.split("[，,；;]", text[max(0, match.start() - 80) : match.start()])[-1]
            if repealed and not re.search("根据|依据|按照|依照", clause):
                yield RelationKind.REPEALS, _titled(sentence, match)


def _forwarded(title: str, sentences: Sequence[_Sentence], heading: Span) -> Iterator[_Told]:
    """What 关于转发…的通知 passes on: as its letter names it, else as its title does."""
    about = _FORWARDING.search(squeeze(title))
    if about is None:
        return
    named = [name for sentence in sentences for name in _names(sentence) if _forwards(name)]
    if named:
        yield from ((RelationKind.FORWARDS, name) for name in named)
        return
    what = about["what"]
    whole = _Sentence(what, heading.start, what)
    yield RelationKind.FORWARDS, _Name("", outer(what.removeprefix("《").removesuffix("》")), 0, len(heading), whole)


def _forwards(name: _Name) -> bool:
    """现将《…》转发给你们; 转发《…》."""
    return name.before.endswith("转发") or _FORWARDED.match(name.behind) is not None


def _amended(sentences: Iterable[_Sentence]) -> Iterator[_Name]:
    """现将修订后的《…》印发; 决定修改《…》; 《…》第三条修改为; 对《…》作如下修改."""
    for sentence in sentences:
        acts = _ACTS.search(sentence.masked) or _ALTERS.search(sentence.masked)
        for name in _names(sentence) if acts else ():
            if _AMENDING.search(name.before) or _AMENDED.match(name.behind):
                yield name


def _grounds(sentences: Sequence[_Sentence]) -> Iterator[_Told]:
    """What a notice carries out (贯彻落实《…》, 按照《…》要求) and what it rests on (根据《…》; a section 编制依据)."""
    listing = False  # in a section 编制依据
    for sentence in sentences:
        heading = _BASIS_HEADING.match(sentence.text.strip())
        names = _names(sentence)
        listing = heading is not None or (listing and bool(names))
        reach = _reach(sentence)
        for name in names:
            kind = RelationKind.LEGAL_BASIS if listing else _ground(name) if name.start < reach else None
            if kind:
                yield kind, name


def _reach(sentence: _Sentence) -> int:
    """How far into the sentence names are grounds of what the notice itself does; 0 where it does nothing there."""
    if _ACTS.search(sentence.masked):
        return len(sentence.masked)
    settles = _SETTLES.match(sentence.masked)
    return settles.end() if settles else 0


def _ground(name: _Name) -> RelationKind | None:
    """By the last word before the name that governs it; None where none does."""
    found = list(_GROUNDS.finditer(name.before))
    if not found:
        return None
    carried = found[-1]["carried"] or (found[-1]["followed"] and "规定" not in name.behind)
    return RelationKind.IMPLEMENTS if carried else RelationKind.LEGAL_BASIS
