"""What becomes of a notice: from when it holds, how long, what has taken its place. Pure.

A question about that names a notice by its matter (“那个看病看穷了能认定的规矩，还作数不”) and asks for none of its
rules: its words lead to the notice, and the answer stands in its last article and under it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from index.named import ends_in, serials
from index.particulars import AUTHORITY
from index.query import Query
from index.records import Notice, NoticeKind, Passage, Reference, Span, Validity
from index.text import DATE, normal, parse_date, squeeze
from index.validity import first_day, last_day, period
from qa.cite import Statement
from qa.day import day_meant

Stands = Callable[[Notice, date], Validity]  # how a notice stands on a day, as far as the library knows


class Life(StrEnum):
    """What is asked of a notice's life."""

    HOLDS = "holds"  # does it, on a day
    SINCE = "since"  # from when
    ISSUED = "issued"  # signed on which day
    TERM = "term"  # how long
    REPLACED = "replaced"  # by which, or which one


_WHEN = "(?:什么时候|啥时候|啥时|何时|哪天|哪一天|几号|多会儿|哪年|几月|打哪天|从哪天)"
_BEGINS = "(?:施行|实施|执行|生效|算数|作数|管用|顶用|起算|算起|开始)"
_ISSUED = "印发|发布|公布|出台|下发|签发|贴出|出来|发的|发出|批复|批准|通过"
_SIGNED = "签的|签$|签[？?]|出的|下的话|点的?头|批的"
_VALID = "(?:有效|管上?用|算数|作数|顶用|施行|实施|生效|执行|能用|照着|适用|认)"
_OVER = "(?:作废|失效|过期|到期|废止|收摊|过时|到头|结束)"
_ENDS = "(?:作废|失效|过期|到期|废止|终止)"  # of a document, and hardly of anything else
_OR_NOT = "(?:吗|没有|没|不|否|(?<!什)么|了没)(?:$|[？?，。])"
_CUES: tuple[tuple[Life, re.Pattern[str]], ...] = tuple(
    (life, re.compile("|".join(patterns)))
    for life, patterns in (
        (
            Life.REPLACED,
            ("顶掉|顶替|替换|代替|替代|取代|废止了?(?:哪|什么)", "(?:执行|照|按|用)的?是?哪(?:份|个|一份)"),
        ),
        (Life.SINCE, (rf"{_WHEN}[^，。？]{{0,10}}{_BEGINS}", "(?:施行|生效|实施)的?(?:日期|时间|日子)")),
        (Life.ISSUED, (rf"{_WHEN}[^，。？]{{0,8}}(?:{_ISSUED}|{_SIGNED})", "(?:印发|发布|成文|落款)的?(?:日期|时间)")),
        (
            Life.TERM,
            (
                "有效期[^，。？]{0,6}(?:几|多|到|是|为)|能用几年|管几年|管到",
                "(?:用|执行)到(?:哪|啥|什么|几)",
                rf"{_WHEN}[^，。？]{{0,6}}{_ENDS}",
            ),
        ),
        (
            Life.HOLDS,
            (
                rf"(?:{_VALID}|{_OVER}|{_ISSUED})[^，。？]{{0,5}}{_OR_NOT}",
                rf"还(?:在|能|可以|让)?{_VALID}",
                rf"是否(?:仍然|仍|还|已经?)?(?:{_VALID}|{_OVER})",
                rf"是不是(?:已经)?{_OVER}|{_OVER}了(?:没|吗|么)|过没过期|在有效期",
                r"(?:执行|照|按)[^，。？]{1,24}还是(?:照|按)?[^，。？]*(?:新|旧|老|年)",
                r"照[^，。？]{1,10}还是照",
            ),
        ),
    )
)
_DOCUMENT = re.compile(
    r"办法|规定|文件|通知|预案|方案|细则|意见|章程|章法|规矩|政策|条例|措施|红头|公告|告示|通告|批复|号文|〔|《|规划|计划|新规|老规"
    r"|[那这][套本份个场][^，。？]{0,12}(?:东西|打算|大会战|行动)|说法|规则|制度"
)
# “还有效吗？” behind other questions is asked of the notice that these led to
_BARE = re.compile(
    r"(?:那|它|这|个|份|现在|如今|目前|请问)*"
    rf"(?:(?:还|仍|是否|已经|是不是)+(?:有效|管用|算数|作数|执行|生效|{_OVER})了?|{_OVER}了?(?=吗|没|么)"
    rf"|{_WHEN}(?:会|就)?{_ENDS}|有效期(?:是|有|到)*(?:几年|多久|多长|什么时候|哪天))(?:吗|没有|没|么|的|啊|呢)*[？?。！!]*"
)
_OLD = re.compile(r"老(?:的|章程|规矩|文件|办法|一套|版|预案)|旧|早先|原先|原来的|以前(?:的|那)|从前")
_OLD_ONE = "[老旧](?:的|章程|规矩|文件|办法|一套|版|预案|方案)"  # 以旧换新 speaks of none
_OLD_AND_NEW = re.compile(rf"(?:新[^？]*{_OLD_ONE}|{_OLD_ONE}[^？]*新)[^？]*{_OVER}")
_STILL = re.compile(rf"(?:还|仍|是否|现在|如今|目前)[^，。？]{{0,4}}{_VALID}|{_OVER}")
_FORMAL = re.compile(r"人民政府|办公室|关于|印发|的通知|[《》]")
_TITLED = 0.6  # of a title's pairs of characters, in a question that names it
_SENTENCE = re.compile(r"[^。\n]*[。]?")
_CLAUSE = re.compile(r"[^。\n，]*[。，]?")

# what no gazette says cannot be quoted: the answerer's own words, of a notice with a date of effect and of one without
UNSAID = tuple(f"，公报未载明{what}，未见废止" for what in ("有效期", "施行日期和有效期"))
REPEALING = "关于废止"  # in the title of a decision that does nothing else

_ON_ISSUE = re.compile(r"(?:发布|公布|印发|下发|颁布|签发|发文)之日")


def asked_of_life(text: str, *, named: bool = False) -> tuple[Life, ...]:
    """What a question asks of a notice's life; () where it asks for something else, or of no notice.

    `named`: it names a notice by its number or title.
    """
    if not named and not _DOCUMENT.search(text):
        return ()
    return tuple(life for life, cue in _CUES if cue.search(text))


def day_of(query: Query, asked_on: date) -> date:
    """The day as of which a question is answered: the one that it speaks of.

    A day to come counts only where it asks what a notice's life is then; else it is a deadline or a target of a plan.
    """
    meant = day_meant(query.text, asked_on)
    named_one = bool(query.document_numbers or query.titles)
    return meant if meant <= asked_on or asked_of_life(query.text, named=named_one) else asked_on


def named_by(query: Query, passages: Sequence[Passage]) -> list[Notice]:
    """The notices of the passages that a question names by number."""
    return [passage.notice for passage in passages if _numbered(query, passage.notice)]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a notice's life: statements, conclusion first; and what the notice does not say of it."""

    statements: tuple[Statement, ...] = ()
    silence: str = ""  # a sentence without its end mark

    def __bool__(self) -> bool:
        return bool(self.statements or self.silence)


def tell(query: Query, asked_on: date, passages: Sequence[Passage], stands: Stands) -> Told:
    """What answers such a question; nothing where it is none, or no notice found is concerned."""
    leant = bool(query.context and _BARE.fullmatch(query.text))
    asked = asked_of_life(query.text, named=leant or bool(query.document_numbers or query.titles))
    subject = _subject(query, passages) if asked else None
    if subject is None:
        return Told()
    day = day_meant(query.text, asked_on)
    old = _old_one(query, subject)
    if old is None and query.document_numbers and not _numbered(query, subject):
        return Told()
    if old is not None:
        return Told(tuple(_of_the_old(subject, day, asked)))
    if old is None and query.titles and not (_numbered(query, subject) or _titled(query, subject)):
        return Told(silence=f"本库没有收录《{query.titles[0]}》")
    if _OLD_AND_NEW.search(query.text) and not subject.repeals:
        return Told(silence=f"{named(subject)}没有写明废止哪份文件")
    by = stands(subject, day).by
    if by is not None and {Life.HOLDS, Life.TERM, Life.REPLACED} & set(asked):
        return Told(tuple(_of_the_old(by, day, asked)))
    return _of_itself(query, subject, day, asked)


def _of_itself(query: Query, subject: Notice, day: date, asked: Sequence[Life]) -> Told:
    """What a notice that nobody has repealed says of its own life."""
    course = _course(subject)
    found: list[Statement] = []
    silence = ""
    conclusion = _state(course, day, query.text) if Life.HOLDS in asked else ""
    if conclusion:
        which = named(subject) if not course.told and "未载明" in conclusion else ""
        found.append(because(which + conclusion, subject, course.told, course.signed if course.needs_day else None))
    elif {Life.SINCE, Life.TERM} & set(asked):
        if Life.TERM in asked and course.ends_on is None:
            silence = f"{named(subject)}没有载明有效期，本库收录的公报中也未见废止它的文件"
        wanted = (
            course.told[:1] if Life.TERM not in asked else course.told if Life.SINCE in asked or not silence else ()
        )
        found = [Statement(_plain(subject, span), subject, (span,)) for span in wanted]
        if wanted and course.on_issue and course.signed:
            found.append(_signed(subject, course.signed))
    if Life.ISSUED in asked and course.signed and not any(course.signed in s.spans for s in found):
        found.insert(0, _signed(subject, course.signed))
    if Life.REPLACED in asked:
        found += [Statement(_plain(subject, span), subject, (span,)) for span in repealing(subject)]
    return Told(tuple(found), silence)


@dataclass(frozen=True, slots=True)
class _Course:
    """A notice's life as it tells it itself."""

    starts_on: date | None
    ends_on: date | None  # the last day; None where no end is stated
    told: tuple[Span, ...]  # the sentences that say so
    signed: Span | None  # where the day of signature stands
    on_issue: bool  # it holds from the day on which it was issued
    planned: bool = False  # the end is that of the years in its title

    @property
    def needs_day(self) -> bool:
        """Is the day of signature a part of the answer?"""
        return self.on_issue or not self.told


def _course(notice: Notice) -> _Course:
    rule, term = sentence_with(notice, notice.effective_rule), sentence_with(notice, notice.validity)
    told = tuple(dict.fromkeys(span for span in (rule, term) if span))
    planned = notice.expires_on is None and period(notice.title) is not None
    if planned:
        told = (*told, *years_named(notice))
    on_issue = _ON_ISSUE.search(notice.effective_rule) is not None
    return _Course(first_day(notice), last_day(notice), told, signature_of(notice), on_issue, planned)


def _state(course: _Course, day: date, text: str) -> str:
    """Whether it holds on a day, or whether it was issued by then, in words; "" where nothing of that is asked."""
    issued, still = re.search(_ISSUED, text) is not None, _STILL.search(text) is not None
    if not course.told and not ((issued or still) and course.signed):
        return ""
    if course.starts_on and day < course.starts_on:
        return "尚未施行" if course.told and not course.planned else "尚未印发"
    if course.ends_on is None:
        begun, unsaid = ("已经施行", UNSAID[0]) if course.told else ("已经印发", UNSAID[1])
        return begun + unsaid if still else begun
    if day > course.ends_on:
        return "期限已过" if course.planned else "已过有效期"
    return "还在期限内" if course.planned else "还在有效期内"


def _of_the_old(notice: Notice, day: date, asked: Sequence[Life]) -> list[Statement]:
    """Of what this notice repeals."""
    course, said = _course(notice), repealing(notice)
    if not said:
        return []
    since = course.starts_on
    over = since is None or day >= since
    conclusion = "已经废止" if over else "那时尚未废止"
    reasons = tuple(dict.fromkeys((*course.told[:1], *said)))
    found = [because(conclusion, notice, reasons, course.signed if course.needs_day else None)]
    number = _place(notice, notice.document_number)
    if over and number and Life.HOLDS not in asked[:1]:
        found.append(Statement(f"现在执行的是{notice.document_number}", notice, (number, *said)))
    return found


# ── which notice ────────────────────────────────────────────────────────────────────────────────────────────────


def _subject(query: Query, passages: Sequence[Passage]) -> Notice | None:
    """The notice that the passages speak for most; one named by its number comes first, and no explainer."""
    weights: dict[str, float] = defaultdict(float)
    notices: dict[str, Notice] = {}
    for passage in passages:
        if passage.notice.kind is NoticeKind.EXPLAINER:
            continue
        notices[passage.notice.id] = passage.notice
        weights[passage.notice.id] += passage.score
    named = [notice for notice in notices.values() if _numbered(query, notice)]
    titled = [notice for notice in notices.values() if _titled(query, notice)]
    repealing = [n for n in notices.values() if any(_same_number(query, r) for r in n.repeals)]
    for chosen in (named, repealing, titled):
        if chosen:
            return max(chosen, key=lambda notice: weights[notice.id])
    said = serials(query.text)
    numbered = {id_ for id_, notice in notices.items() if ends_in(notice.document_number, said)}
    if said and not numbered:
        return None
    best = max(numbered or weights, key=lambda each: weights[each], default="")
    notice = notices.get(best)
    if notice and query.cities and notice.place.city not in query.scope:
        return None
    return notice


def _numbered(query: Query, notice: Notice) -> bool:
    number = notice.document_number
    return bool(number) and any(asked.endswith(number) for asked in query.document_numbers)


def _titled(query: Query, notice: Notice) -> bool:
    """Is it called, or does it repeal, what the question puts between 《》? Shortened titles count."""
    own = [_pairs(title) for title in (notice.title, *(repeal.title for repeal in notice.repeals))]
    asked = [_pairs(title) for title in query.titles]
    return any(len(said & pairs) >= _TITLED * len(said) for said in asked if said for pairs in own)


def _same_number(query: Query, repeal: Reference) -> bool:
    return bool(repeal.document_number) and any(a.endswith(repeal.document_number) for a in query.document_numbers)


def _old_one(query: Query, notice: Notice) -> Reference | None:
    """What the notice repeals, where the question is about that: by its number, its year, or as the old one.

    A decision that does nothing but repeal is hardly asked about itself, unless it is called a decision.
    """
    for repeal in notice.repeals:
        if _same_number(query, repeal):
            return repeal
    if _numbered(query, notice) or not notice.repeals:
        return None
    said = normal(query.text)
    if REPEALING in notice.title and "决定" not in said:
        return max(notice.repeals, key=lambda repeal: len(_pairs(said) & _pairs(repeal.title)))
    own = notice.signed_on.year if notice.signed_on else 0
    for repeal in notice.repeals:
        year = re.search(r"〔(\d{4})〕|(20\d{2})年", f"{repeal.document_number}{repeal.title}")
        if year is None:
            continue
        full = year[1] or year[2]
        short = "".join("〇一二三四五六七八九"[int(digit)] for digit in full[2:])
        spelt = "|".join((full, full[2:], short, short.replace("〇", "零")))
        if int(full) != own and re.search(rf"(?<!\d)(?:{spelt})年[^，。？]{{0,3}}(?:的|那|出|印|老|旧|定|发|《)", said):
            return repeal
    if _OLD.search(said) and "新" not in said:
        return notice.repeals[0]
    return next((repeal for repeal in notice.repeals if _more_like(said, repeal.title, notice.title)), None)


def _more_like(said: str, one: str, other: str) -> bool:
    """Does a question name the first title rather than the second?"""
    asked, first, second = (_pairs(text) for text in (said, one, other))
    return bool(first) and len(asked & first) >= _TITLED * len(first) and len(asked & first) > len(asked & second)


def _pairs(text: str) -> set[str]:
    """The pairs of characters of what a title is about."""
    plain = _FORMAL.sub("", normal(text))
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


# ── where it stands ─────────────────────────────────────────────────────────────────────────────────────────────


def sentence_with(notice: Notice, words: str) -> Span | None:
    """The last sentence that holds these words, white space aside."""
    if not words:
        return None
    found = [
        Span(match.start(), match.end())
        for match in _SENTENCE.finditer(notice.text)
        if match.group() and words in squeeze(match.group())
    ]
    return found[-1] if found else None


def repealing(notice: Notice) -> list[Span]:
    """The sentences that say what is repealed."""
    return list(dict.fromkeys(repeal.said for repeal in notice.repeals))


def years_named(notice: Notice) -> list[Span]:
    """The clause that names the years of its title: in the letter before it, or else the title itself."""
    years = period(notice.title)
    found = [
        Span(match.start(), match.end())
        for match in _CLAUSE.finditer(notice.text)
        if years and period(match.group()) == years
    ]
    return [next((span for span in found if "《" in notice.text[span.start : span.end]), found[0])] if found else []


def because(conclusion: str, notice: Notice, reasons: Sequence[Span], signed: Span | None) -> Statement:
    """A conclusion, the sentences that it rests on, and the day of signature where that is one of them."""
    said = [_plain(notice, span) for span in reasons]
    if signed:
        said.append(f"落款{_plain(notice, signed)}")
    return Statement(f"{conclusion}：{'，'.join(said)}", notice, (*reasons, *((signed,) if signed else ())))


def signature_of(notice: Notice) -> Span | None:
    """The day on which it was signed, as it is printed under it."""
    if notice.signed_on is None:
        return None
    days = [m for m in DATE.finditer(notice.text) if parse_date(m.group()) == notice.signed_on]
    alone = [
        m
        for m in days
        if notice.text[m.end() : m.end() + 1] in ("\n", "") and notice.text[m.start() - 1 : m.start()] == "\n"
    ]
    found = next(iter(alone or days), None)
    if found is None:
        return None
    above = notice.text.rfind("\n", 0, max(0, found.start() - 1)) + 1
    who = notice.text[above : found.start()].strip()
    return Span(above if AUTHORITY.fullmatch(who) else found.start(), found.end())


def named(notice: Notice) -> str:
    """《title》（文号）."""
    number = f"（{notice.document_number}）" if notice.document_number else ""
    return f"《{notice.title.replace('《', '〈').replace('》', '〉')}》{number}"


def _place(notice: Notice, words: str) -> Span | None:
    at = notice.text.find(words) if words else -1
    return Span(at, at + len(words)) if at >= 0 else None


def _signed(notice: Notice, span: Span) -> Statement:
    return Statement(f"落款{_plain(notice, span)}", notice, (span,))


_LABEL = re.compile(
    r"^(?:\**第[一二三四五六七八九十百零\d]+条\**\s*|\d{1,2}(?:\.\d{1,2})+\s*|\d{1,2}[.．、]\s*"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、)+"
)


def _plain(notice: Notice, span: Span) -> str:
    return _LABEL.sub("", squeeze(notice.text[span.start : span.end])).rstrip("。；;，,")
