"""Proposed cases: the list of them, and the form in which one becomes a case. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.records import ASKERS, NEAR_MISSES, WORDINGS
from eval.report.cases_html import state_html
from index.records import Notice
from ui.evaluator.cases import CHOOSABLE, MAX_QUOTE_CHARS, MOST_EVIDENCE, Draft
from ui.evaluator.parts import moment_of, select
from ui.markup import notice_address, text_html
from ui.proposals import Origin, Proposal, State
from ui.render import titled
from ui.turn import answer_html

ORIGINS = {Origin.FEEDBACK: "市民说没用", Origin.EDITED: "话务员改过"}
STATES = {State.OPEN: "待定", State.ACCEPTED: "已采纳", State.REJECTED: "不采纳"}
_AT = "/eval/proposals/{}"
_SHORT_CHARS = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found for an evaluator."""

    notice: Notice
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Form:
    """All that the form shows beside the proposal."""

    number: int  # of the proposal
    draft: Draft
    titles: Sequence[str]  # of the notices of draft.evidence; "" for one that is not held any more
    problems: Sequence[str] = ()
    checked: bool = False
    words: str = ""  # what was searched for
    hits: Sequence[Hit] = ()


def list_html(found: Sequence[Proposal], state: State, counts: dict[State, int]) -> str:
    """The body of /eval/proposals."""
    tabs = "".join(
        f'<a href="/eval/proposals?state={each.value}"{" aria-current=page" if each is state else ""}>'
        f"{STATES[each]}（{counts[each]}）</a>"
        for each in State
    )
    export = (
        f'<p><a class="button" href="/eval/cases.jsonl">导出采纳的题（JSONL，{counts[State.ACCEPTED]} 题）</a></p>'
        if counts[State.ACCEPTED]
        else ""
    )
    items = "".join(f"<li>{_listed(each)}</li>" for each in found)
    listed = f'<ul class="plain proposals">{items}</ul>' if items else "<p>这里没有。</p>"
    return (
        '<p class="hint">市民说“没用”的答复、话务员改过才发出的答复，都在这里等您定：改成一道题，或不采纳。</p>'
        f'<nav class="pages" aria-label="按状态">{tabs}</nav>{export}{listed}'
    )


def _listed(each: Proposal) -> str:
    question = " ".join(each.question.split()) or "（没有文字）"
    said = " ".join(each.said.split())[:_SHORT_CHARS]
    return (
        f'<a href="/eval/proposals/{each.id}">{text_html(question)}</a>'
        f'<span class="hint">{text_html(" · ".join(filter(None, (_about(each), said))))}</span>'
    )


def _about(each: Proposal) -> str:
    """Where it comes from, and when."""
    return " · ".join(filter(None, (ORIGINS[each.origin], each.place, moment_of(each.made_s))))


def proposal_html(each: Proposal, form: Form) -> str:
    """The body of /eval/proposals/ID: what was asked, shown and said, then the case in the making."""
    before = "".join(f"<li>{text_html(text)}</li>" for text in each.history)
    history = f"<h3>先前问过</h3><ol>{before}</ol>" if before else ""
    said = "改后发出的" if each.origin is Origin.EDITED else "他说"
    return (
        f'<p><a href="/eval/proposals">建议的题</a> · {state_html(*_SIGNS[each.state])} '
        f'<span class="hint">{text_html(_about(each))}</span></p>'
        '<div class="proposal"><section class="given" aria-labelledby="given-h"><h2 id="given-h">原来的一问一答</h2>'
        f'{history}<h3>问</h3><p class="question">{text_html(each.question)}</p>'
        f"<h3>当时的答复</h3>{answer_html(each.shown)}"
        f"<h3>{said}</h3><p>{text_html(each.said) or '（没有写）'}</p></section>{_form(each, form)}</div>"
    )


_SIGNS = {
    State.OPEN: ("amber", "…", STATES[State.OPEN]),
    State.ACCEPTED: ("green", "✓", STATES[State.ACCEPTED]),
    State.REJECTED: ("muted", "–", STATES[State.REJECTED]),
}


def _form(each: Proposal, form: Form) -> str:
    draft = form.draft
    refuse = "" if each.state is State.REJECTED else '<button type="submit" name="do" value="reject">不采纳</button>'
    accept = "保存改动" if each.state is State.ACCEPTED else "采纳为题"
    return (
        '<section aria-labelledby="made-h"><h2 id="made-h">写成一道题</h2>'
        f'<form class="case-form" method="post" action="{_AT.format(each.id)}#said">'
        # Enter in a field checks, and neither decides nor drops anything
        '<button type="submit" name="do" value="check" class="unseen" tabindex="-1" aria-hidden="true">检查</button>'
        f'<input type="hidden" name="state" value="{each.state.value}">{_said(form)}'
        f"{_area('question', '问题', draft.question, 2)}"
        f"{_area('history', '先前的问题（一行一个；没有就空着）', chr(10).join(draft.history), 2)}"
        f'<div class="row">{select("type", "题型", CHOOSABLE, draft.type)}'
        f"{select('wording', '措辞', WORDINGS, draft.wording)}{select('asker', '谁问', ASKERS, draft.asker)}"
        f"{select('unanswerable', '不能答：差在哪里', {'': '能答'} | NEAR_MISSES, draft.unanswerable)}"
        f'<label>提问日期<input type="date" name="asked_on" value="{text_html(draft.asked_on)}"></label></div>'
        f"{_area('gold_answer', '标准答案（先结论；不能答的，写为什么）', draft.gold_answer, 4)}"
        f"{_area('facts', '要点（一行一个，缺了就算错；几种写法用 / 隔开）', draft.facts, 3)}"
        f"{_evidence(form)}{_shown_sources(each)}{_search(form)}"
        '<div class="row decide"><button type="submit" name="do" value="check">检查</button>'
        f'<button type="submit" name="do" value="accept" class="primary">{accept}</button>{refuse}</div>'
        "</form></section>"
    )


def _back_to(number: int, place: str) -> str:
    """Where on the page a button leads."""
    return f' formaction="{_AT.format(number)}#{place}"'


def _said(form: Form) -> str:
    """What the checker says. The form leads to it, so that it has the focus and is read aloud next."""
    if form.problems:
        items = "".join(f"<li>{text_html(problem)}</li>" for problem in form.problems)
        return f'<div id="said" class="wrong" role="alert" tabindex="-1"><p>还不能采纳：</p><ul>{items}</ul></div>'
    return '<p id="said" class="right" role="status" tabindex="-1">检查过了，可以采纳。</p>' if form.checked else ""


def _area(name: str, label: str, text: str, rows: int) -> str:
    return f'<label>{label}<textarea name="{name}" rows="{rows}">{text_html(text)}</textarea></label>'


def _evidence(form: Form) -> str:
    items = "".join(
        f'<li><input type="hidden" name="notice_{at}" value="{text_html(picked.notice_id)}">'
        f"<label>{text_html(titled(title) if title else '（公文已不在库里）')}"
        f'<textarea name="quote_{at}" rows="3">{text_html(picked.quote)}</textarea></label>'
        f'<button type="submit" name="do" value="drop:{at}"{_back_to(form.number, "evidence")}>去掉这一段</button></li>'
        for at, (picked, title) in enumerate(zip(form.draft.evidence, form.titles, strict=True))
    )
    listed = f'<ol class="plain">{items}</ol>' if items else '<p class="hint">还没有。</p>'
    legend = f"依据（原文逐字，每段 10–{MAX_QUOTE_CHARS} 字，至多 {MOST_EVIDENCE} 段）"
    return f'<fieldset id="evidence"><legend>{legend}</legend>{listed}</fieldset>'


def _shown_sources(each: Proposal) -> str:
    """The sources that were shown: perhaps one of them was right."""
    if not each.shown.sources:
        return ""
    items = "".join(
        f'<li><button type="submit" name="do" value="source:{at}"{_back_to(each.id, "evidence")}>用作依据</button> '
        f"{text_html(source.name)} {text_html(source.address)}“{text_html(source.quote[:_SHORT_CHARS])}”</li>"
        for at, source in enumerate(each.shown.sources)
    )
    return f'<details class="more"><summary>当时给出的依据</summary><ul class="plain">{items}</ul></details>'


def _search(form: Form) -> str:
    items = "".join(_hit(form.number, at, hit) for at, hit in enumerate(form.hits))
    found = f'<ol class="plain hits" role="status">{items}</ol>' if items else ""
    nothing = '<p role="status">没有找到。请换几个词再试。</p>' if form.words and not items else ""
    return (
        '<fieldset id="find"><legend>查找公文，选取原文</legend>'
        f'<div class="row"><label>要找的词或原话<input type="search" name="words" value="{text_html(form.words)}" '
        'data-does="search"></label><button type="submit" name="do" value="search"'
        f"{_back_to(form.number, 'find')}>查找</button></div>"
        '<input type="hidden" name="picked" value="">'
        '<p class="hint">先用鼠标或键盘选中要用的几句，再点“用作依据”；不选就取整段，可在上面删改。</p>'
        f"{nothing}{found}</fieldset>"
    )


def _hit(number: int, at: int, hit: Hit) -> str:
    address = notice_address(hit.notice.id)
    return (
        f'<li class="hit"><p><a href="{address}" target="_blank">{text_html(titled(hit.notice.title))}</a> '
        f'<span class="hint">{text_html(hit.notice.document_number)} {text_html(hit.address)}</span></p>'
        f'<p class="passage">{text_html(hit.text)}</p>'
        f'<button type="submit" name="do" value="add:{at}" data-picks'
        f"{_back_to(number, 'evidence')}>用作依据</button></li>"
    )
