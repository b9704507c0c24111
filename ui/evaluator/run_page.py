"""A run's page: head, figures, plots, and the list of its cases, which open in place. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from urllib.parse import urlencode

from eval.records import ASKERS, NEAR_MISSES, TYPES, WORDINGS
from eval.report.cases_html import body_html, state_html
from eval.report.sheet import Listed, Sheet
from ui.evaluator.glance import Glance, Line
from ui.evaluator.marks import MAX_REASON_CHARS, Mark
from ui.evaluator.parts import moment, moment_of, select, share, sign
from ui.markup import text_html

PAGE_CASES = 50
_OPEN = ("主要结果", "分组", "图")  # sections that need no click
_ANY = {"": "不限"}
_MARKED = {"": "不限", "yes": "判过的", "no": "没判过的", "apart": "与自动评分不一致的"}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are listed; "" lets all through."""

    state: str = ""  # State.name
    type: str = ""
    wording: str = ""
    asker: str = ""
    unanswerable: str = ""
    marked: str = ""
    words: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """What an address asks for."""
        given = {name: query.get(name, "").strip()[:100] for name in cls.__dataclass_fields__ if name != "page"}
        page = query.get("page", "")
        return cls(**given, page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1)

    def lets(self, line: Line, marks: Sequence[Mark]) -> bool:
        case = line.case
        return (
            self.state in ("", line.state.name if line.state else "")
            and all(getattr(self, name) in ("", getattr(case, name)) for name in ("type", "wording", "asker"))
            and self.unanswerable in ("", case.unanswerable)
            and self._lets_marked(line, marks)
            and self.words.casefold() in f"{case.id}\n{case.question}\n{case.gold_answer}".casefold()
        )

    def _lets_marked(self, line: Line, marks: Sequence[Mark]) -> bool:
        if self.marked == "apart":
            return line.right is not None and any(mark.right != line.right for mark in marks)
        return self.marked == "" or (self.marked == "yes") == bool(marks)

    @property
    def address(self) -> str:
        """The part of an address behind the question mark."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return urlencode({name: value for name, value in given.items() if value and (name, value) != ("page", 1)})


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────


def run_html(glance: Glance, cases: str) -> str:
    """The body of /eval/runs/NAME. `cases`: by `cases_html`, or by `guard_html`."""
    card = glance.card
    about = " · ".join(
        (moment(card.started_at), f"公文库 {card.library}", card.answerer, f"{card.asked} · {card.n} 题")
    )
    right = f"答对 {share(card.right, card.low, card.high)}"
    links = "".join(
        f'<li><a href="{href}">{name}</a></li>'
        for href, name in (
            ("#cases", "逐题"),
            (f"/eval/compare?b={text_html(card.name)}", "与另一次比较"),
            (f"/eval/runs/{text_html(card.name)}/marks", "人工判断"),
        )
    )
    return (
        f'<p class="about">{text_html(about)}</p><p class="lead">{text_html(right)}</p>'
        f'<ul class="links">{links}</ul>{glance.warning}'
        f"{''.join(_section(number, name, html) for number, (name, html) in enumerate(glance.figures.items()))}"
        f"{_facts(glance)}{cases}"
    )


def _section(number: int, name: str, html: str) -> str:
    if name in _OPEN:
        return f'<section aria-labelledby="f{number}"><h2 id="f{number}">{text_html(name)}</h2>{html}</section>'
    return f'<details class="more"><summary><h2>{text_html(name)}</h2></summary>{html}</details>'


def _facts(glance: Glance) -> str:
    rows = "".join(f"<div><dt>{text_html(name)}</dt><dd>{text_html(value)}</dd></div>" for name, value in glance.facts)
    return f'<details class="more"><summary><h2>设置与版本</h2></summary><dl class="facts">{rows}</dl></details>'


def guard_html(name: str, readers: Sequence[tuple[str, float]]) -> str:
    """In place of the cases of a test run."""
    return (
        '<section id="cases" class="guard" aria-labelledby="cases-h"><h2 id="cases-h">逐题</h2>'
        f"<p>{state_html('amber', '▲', 'test 的题不逐题看')}</p>"
        "<p>test 的题只用来报告成绩。谁在调程序，就不看它错在哪几题：看过再调，成绩就不算数了。</p>"
        f'<form method="post" action="/eval/runs/{text_html(name)}/open">'
        '<label class="tick"><input type="checkbox" name="sure" value="yes" required>'
        "我不调程序，也不把看到的告诉调程序的人</label>"
        '<button type="submit">打开逐题（会记下是谁、什么时候）</button></form>'
        f"{_read_by(readers)}</section>"
    )


def _read_by(readers: Sequence[tuple[str, float]]) -> str:
    told = "；".join(f"{name} {moment_of(at_s)}" for name, at_s in readers)
    return f'<p class="hint">打开过的：{text_html(told or "还没有人")}。</p>'


def waiting_html(name: str) -> str:
    """In place of a run that is not ready yet; the page's script looks again."""
    return (
        f'<p role="status" data-waits="/eval/runs/{text_html(name)}/ready">正在为这次评测打分、画图，'
        "第一次打开要半分钟左右……好了会自动显示。</p>"
        f'<p><a class="button" href="/eval/runs/{text_html(name)}">现在再看</a></p>'
    )


# ── the list of cases ───────────────────────────────────────────────────────────────────────────────────────────


def cases_html(
    glance: Glance, wanted: Filter, marks: Mapping[int, Sequence[Mark]], readers: Sequence[tuple[str, float]] = ()
) -> str:
    """The filters and one page of the cases that they let through; those that went wrong first."""
    listed = [line for line in glance.lines if wanted.lets(line, marks.get(line.number, ()))]
    listed.sort(key=lambda line: line.state is not None and line.state.tone != "red")
    pages = max(1, ceil(len(listed) / PAGE_CASES))
    wanted = replace(wanted, page=min(max(1, wanted.page), pages))
    shown = listed[(wanted.page - 1) * PAGE_CASES : wanted.page * PAGE_CASES]
    name = glance.card.name
    items = "".join(case_html(name, line, marks.get(line.number, ())) for line in shown)
    count = f"{len(listed)} / {len(glance.lines)} 题" + ("，没答对的在前" if not wanted.state else "")
    return (
        f'<section id="cases" aria-labelledby="cases-h"><h2 id="cases-h">逐题</h2>'
        f"{_read_by(readers) if glance.card.guarded else ''}{_filters(glance, wanted)}"
        f'<p role="status">{count}</p>{items}{_pages(name, wanted, pages)}</section>'
    )


def _filters(glance: Glance, wanted: Filter) -> str:
    states = {line.state.name: line.state.word for line in glance.lines if line.state}
    kept = [line.case for line in glance.lines]
    near = {case.unanswerable for case in kept}
    address = f"/eval/runs/{text_html(glance.card.name)}"
    lists = [
        select("state", "结果", _ANY | states, wanted.state),
        select("type", "题型", _ANY | _among(TYPES, {case.type for case in kept}), wanted.type),
        select("wording", "措辞", _ANY | _among(WORDINGS, {case.wording for case in kept}), wanted.wording),
        select("asker", "谁问", _ANY | _among(ASKERS, {case.asker for case in kept}), wanted.asker),
        select("unanswerable", "不能答", _ANY | _among(NEAR_MISSES, near), wanted.unanswerable),
        select("marked", "人工判断", _MARKED, wanted.marked),
    ]
    return (
        f'<form class="row filters" role="search" aria-label="筛选" action="{address}#cases">'
        f'{"".join(lists)}<label>题面、编号里的字<input type="search" name="words" value="{text_html(wanted.words)}">'
        '</label><button type="submit" class="primary">筛选</button>'
        f'<a class="button" href="{address}#cases">不筛</a></form>'
    )


def _among(names: Mapping[str, str], kept: set[str] | set[str | None]) -> dict[str, str]:
    return {name: word for name, word in names.items() if name in kept}


def _pages(name: str, wanted: Filter, pages: int) -> str:
    if pages == 1:
        return ""
    links = "".join(
        f'<a href="/eval/runs/{text_html(name)}?{text_html(replace(wanted, page=page).address)}#cases"'
        f"{' aria-current=page' if page == wanted.page else ''}>{page}</a>"
        for page in range(1, pages + 1)
    )
    return f'<nav class="pages" aria-label="逐题的页码">{links}</nav>'


def case_html(name: str, line: Line, marks: Sequence[Mark], beside: str = "", change: str = "") -> str:
    """A case folded into one line. What is inside is fetched when it opens; without the script, a link leads there.
    `beside`: another run whose answer is to be shown, too; `change`: HTML in place of the sign.
    """
    address = f"/eval/runs/{text_html(name)}/cases/{line.number}" + (f"?with={text_html(beside)}" if beside else "")
    case = line.case
    about = [case.id, TYPES[case.type], WORDINGS[case.wording], ASKERS[case.asker]]
    about += [NEAR_MISSES[case.unanswerable]] if case.unanswerable else []
    question = text_html(" ".join(case.question.split()))
    return (
        f'<details class="case" data-case="{address}"><summary>{change or sign(line.state)}'
        f'<span class="asked">{question}</span><span class="about">{text_html(" · ".join(about))}'
        f"{''.join(map(_short_mark, marks))}</span></summary>"
        f'<div class="body"><p><a href="{address}">打开这一题</a></p></div></details>'
    )


def _short_mark(mark: Mark) -> str:
    return f" · <strong>{text_html(mark.by)}判{'对' if mark.right else '错'}</strong>"


def open_case_html(name: str, sheet: Sheet, listed: Listed, marks: Sequence[Mark], account: int) -> str:
    """What is inside of an open case: all that there is to read, and what evaluators say."""
    return f"{body_html(sheet, listed)}{marks_html(name, listed.number, marks, account)}"


def marks_html(name: str, number: int, marks: Sequence[Mark], account: int) -> str:
    """The marks of a case and the form for one's own."""
    own = next((mark for mark in marks if mark.account == account), None)
    items = "".join(
        f"<li>{_mark_sign(mark)} {text_html(mark.by)} "
        f'<span class="hint">{moment_of(mark.made_s)}</span> {text_html(mark.reason)}</li>'
        for mark in marks
    )
    said = f'<ul class="plain">{items}</ul>' if items else ""
    back = '<button type="submit" name="right" value="">收回</button>' if own else ""
    pressed = {True: "", False: ""} | ({own.right: ' aria-pressed="true"'} if own else {})
    return (
        f'<div class="part marks"><h4>人工判断</h4><div>{said}'
        f'<form class="row" method="post" action="/eval/runs/{text_html(name)}/cases/{number}/mark" data-mark>'
        f'<label>理由（可不写）<input name="reason" maxlength="{MAX_REASON_CHARS}" '
        f'value="{text_html(own.reason if own else "")}"></label>'
        f'<button type="submit" name="right" value="yes"{pressed[True]}>判为对</button>'
        f'<button type="submit" name="right" value="no"{pressed[False]}>判为错</button>{back}</form></div></div>'
    )


def _mark_sign(mark: Mark) -> str:
    return state_html(*(("green", "✓", "判为对") if mark.right else ("red", "✗", "判为错")))


def case_page_html(name: str, line: Line, n: int, inside: str, beside: str = "") -> str:
    """The body of a page with one case alone; `inside` by `open_case_html`, or two of them side by side."""
    around = "".join(
        f'<a class="button" href="/eval/runs/{text_html(name)}/cases/{number}">{word}</a>'
        for number, word in ((line.number - 1, "上一题"), (line.number + 1, "下一题"))
        if 1 <= number <= n and not beside
    )
    return (
        f'<p><a href="/eval/runs/{text_html(name)}">{text_html(name)}</a> · 第 {line.number} / {n} 题 '
        f'{sign(line.state)}</p><p class="question">{text_html(line.case.question)}</p>'
        f'<div class="case alone"><div class="body">{inside}</div></div><p class="row">{around}</p>'
    )
