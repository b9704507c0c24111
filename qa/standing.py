"""An answer that rests on a notice which does not hold on the day asked says so first. Pure.

该办法已于2024年6月27日废止，现行规定为《…》（同政办规〔2024〕3号）[1]。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from index.records import Notice, Reference, Span, Standing, Validity
from index.references import issued_title
from index.text import normal, squeeze
from qa.cite import Statement
from qa.validity import REPEALING, Stands, because, named, sentence_with, signature_of, years_named

_NOUN = re.compile(
    r"(办法|规定|细则|条例|规则|预案|方案|计划|规划|意见|措施|清单|目录|通知|通告|公告|决定|批复)(?:[（(][^（）()]*[）)])?$"
)


def warnings(cited: Iterable[Notice], day: date, stands: Stands, asked: Iterable[Notice] = ()) -> list[Statement]:
    """One statement for each notice that does not hold on the day: those cited, then those that were asked for by name.

    Where only one is cited, it is 该办法; else each is named.
    """
    cited = _each_once(cited)
    others = [notice for notice in _each_once(asked) if notice.id not in {each.id for each in cited}]
    found: list[Statement] = []
    for notice in (*cited, *others):
        validity = stands(notice, day)
        if not validity.holds:
            subject = _noun(notice) if cited == [notice] else named(notice)
            found.append(_warning(notice, subject, validity, stands))
    return found


def besides(statements: Iterable[Statement], said: Sequence[Statement]) -> list[Statement]:
    """The statements that say more than has been said: those that do not rest within its stretches."""
    known = [(each.notice.id, span) for each in said for span in each.spans]
    return [
        statement
        for statement in statements
        if not all(
            any(id_ == statement.notice.id and held.start <= span.start and span.end <= held.end for id_, held in known)
            for span in statement.spans
        )
    ]


def _each_once(notices: Iterable[Notice]) -> list[Notice]:
    return list({notice.id: notice for notice in notices}.values())


def _warning(notice: Notice, subject: str, validity: Validity, stands: Stands) -> Statement:
    if validity.standing is Standing.REPEALED and validity.by:
        return _repealed(notice, subject, validity, validity.by, stands)
    if validity.standing is Standing.NOT_YET_IN_FORCE:
        return _not_yet(notice, subject)
    if validity.planned:
        return because(f"{subject}的期限已过", notice, years_named(notice) or [_title(notice)], None)
    term = sentence_with(notice, notice.validity) or _title(notice)
    return because(f"{subject}的有效期已过", notice, [term], None if notice.effective_on else signature_of(notice))


def _repealed(notice: Notice, subject: str, validity: Validity, by: Notice, stands: Stands) -> Statement:
    """Who repealed it, and, where that is a rule in its place which holds on the day, that this is the rule now."""
    said = next((each.said for each in by.repeals if _names(each, notice)), None)
    replaced = stands(by, validity.on).holds and REPEALING not in by.title
    rest = f"，现行规定为{named(by)}" if replaced else f"（{by.document_number or named(by)}）"
    return Statement(f"{subject}已于{_day(validity.until)}废止{rest}", by, (said or _title(by),))


def _not_yet(notice: Notice, subject: str) -> Statement:
    rule = sentence_with(notice, notice.effective_rule)
    signed = None if notice.effective_on else signature_of(notice)
    reasons = [rule] if rule else [] if signed else [_title(notice)]
    return because(f"{subject}尚未{'施行' if rule else '印发'}", notice, reasons, signed)


def _names(reference: Reference, notice: Notice) -> bool:
    if reference.document_number and notice.document_number:
        return reference.document_number == notice.document_number
    return normal(reference.title) in (normal(notice.title), normal(issued_title(notice.title)))


def _noun(notice: Notice) -> str:
    found = _NOUN.search(issued_title(notice.title) or squeeze(notice.title))
    return f"该{found[1] if found else '文件'}"


def _title(notice: Notice) -> Span:
    """Its first line, where no sentence of its own says it."""
    end = notice.text.find("\n")
    return Span(0, end if end > 0 else len(notice.text))


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
