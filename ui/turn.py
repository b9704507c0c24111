"""Answer → the HTML of one turn of the conversation: the answer with its marks, the source cards under it. Pure.

Like the reader page, it escapes every word of a question or a notice. A mark and a card lead to the reader by address;
`data-reader` tells the page's script to open it beside the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from index.records import NoticeKind
from qa.records import Answer, Citation, Draft, Status, Support, Verdict
from ui.reader import badges_html, notice_address, text_html
from ui.render import SIGNS, one_line, read_as, titled, written_by

_LABELS = {
    Status.PARTIAL: ("amber", "◐", "部分答复"),
    Status.REFUSED: ("muted", "○", "没有找到"),
    Status.CLARIFY: ("blue", "？", "请您补充"),
}
_MARKER = re.compile(r"\[([0-9]{1,3})\]")
# the sides of a comparison stand apart: 大同市：……[1]。阳泉市：……[2]。
_LINES = re.compile(r"\n|(?<=[。\u3000])(?=[\u4e00-\u9fff]{1,10}[省市县区]：)")
_QUOTE_MAX_CHARS = 160


def answer_html(answer: Answer) -> str:
    """One answer as an <article>: state, text with marks, what a misspelt word was read as, what is missing, sources,
    who wrote. Chat has no cards.
    """
    label = _label(*_LABELS[answer.status]) if answer.status in _LABELS else ""
    text = f'<div class="text">{_paragraphs(answer.text, answer.citations, answer.verdicts)}</div>'
    return (
        f'<article class="answer {answer.status.value}">{label}{text}'
        f"{_read_as(answer)}{_missing(answer)}{_sources(answer)}{_written(answer)}</article>"
    )


def draft_html(draft: Draft) -> str:
    """The sentences so far of an answer that a model writes, with their marks; "" where there are none."""
    if not draft.text:
        return ""
    text = _paragraphs(draft.text, draft.citations)
    return f'<article class="answer draft"><div class="text">{text}</div></article>'


def failure_html(message: str, word: str = "没有答成", *, retry: bool = False) -> str:
    """In place of an answer: what went wrong, said to a citizen; with a button that reconnects the page."""
    button = '<p><button type="button" data-reconnect>重新连接</button></p>' if retry else ""
    return _without_sources("error", ("red", "!", word), message, button)


def hint_html(message: str, word: str) -> str:
    """In place of an answer: what the visitor may change so that there is one."""
    return _without_sources("clarify", ("blue", "？", word), message)


def _without_sources(kind: str, label: tuple[str, str, str], message: str, below: str = "") -> str:
    text = f'<div class="text"><p>{text_html(message)}</p>{below}</div>'
    return f'<article class="answer {kind}">{_label(*label)}{text}</article>'


def _label(tone: str, shape: str, word: str) -> str:
    return f'<p class="state {tone}"><span aria-hidden="true">{shape}</span>{word}</p>'


def _paragraphs(text: str, citations: Sequence[Citation], verdicts: Sequence[Verdict] = ()) -> str:
    """Its lines; behind a sentence that is not borne out, or could not be checked, a sign. The others stay clean."""
    by_marker = {citation.marker: citation for citation in citations}
    found: list[str] = []
    for start, end in _lines(text):
        at, parts = start, list[str]()
        for verdict in verdicts:
            if verdict.support in SIGNS and start < verdict.span.end <= end:
                parts += [_with_marks(text[at : verdict.span.end], by_marker), _sign(verdict.support)]
                at = verdict.span.end
        found.append("".join([*parts, _with_marks(text[at:end].rstrip(), by_marker)]))
    return "".join(f"<p>{line}</p>" for line in found)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each line that holds something stands, white space at its ends aside."""
    at = 0
    for end, following in [*((m.start(), m.end()) for m in _LINES.finditer(text)), (len(text), len(text))]:
        line = text[at:end]
        if line.strip():
            yield at + len(line) - len(line.lstrip()), at + len(line.rstrip())
        at = following


def _sign(support: Support) -> str:
    tone = "red" if support is Support.UNSUPPORTED else "amber"
    return f'<span class="sign {tone}">{SIGNS[support]}</span>'


def _with_marks(line: str, by_marker: dict[int, Citation]) -> str:
    parts: list[str] = []
    at = 0
    for found in _MARKER.finditer(line):
        # [2024] may be a year of a 文号: only what leads to a source becomes a mark
        citation = by_marker.get(int(found[1]))
        if citation:
            # the character before stays with its mark: a line never begins with one
            before = line[at : found.start()]
            kept = f'<span class="keep">{text_html(before[-1:])}{_mark(citation)}</span>'
            parts += [text_html(before[:-1]), kept]
            at = found.end()
    return "".join([*parts, text_html(line[at:])])


def _mark(citation: Citation) -> str:
    said = f"{_name(citation)} {citation.address}：“{_quote(citation)}”"
    return (
        f'<a class="mark" data-reader href="{_href(citation)}" target="_blank" title="{text_html(said)}" '
        f'aria-label="出处 {citation.marker}">{citation.marker}</a>'
    )


def _read_as(answer: Answer) -> str:
    told = read_as(answer)
    return f'<p class="read-as">{text_html(told)}</p>' if told else ""


def _missing(answer: Answer) -> str:
    unsaid = [text_html(one_line(missing)) for missing in answer.missing if missing not in answer.text]
    if not unsaid:
        return ""
    items = "".join(f"<li>{missing}</li>" for missing in unsaid)
    return f'<div class="missing"><p>本库没有：</p><ul>{items}</ul></div>'


def _sources(answer: Answer) -> str:
    if not answer.citations:
        return ""
    cards = "".join(f"<li>{_card(cited)}</li>" for cited in _by_notice(answer.citations))
    return f'<section class="sources" aria-label="依据"><h3>依据</h3><ul>{cards}</ul></section>'


def _written(answer: Answer) -> str:
    """Who wrote it; nothing under an answer that cites nothing."""
    if not answer.citations:
        return ""
    return f'<p class="written">{text_html(written_by(answer) or "以上摘自公报原文。")}</p>'


def _by_notice(citations: Iterable[Citation]) -> list[list[Citation]]:
    """One group a notice, in the order in which the answer first cites them."""
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.notice.id, []).append(citation)
    return list(groups.values())


def _card(cited: Sequence[Citation]) -> str:
    notice = cited[0].notice
    about = [
        ("whole", notice.document_number),
        ("", "、".join(notice.issuing_authorities)),
        ("whole", notice.signed_on.isoformat() if notice.signed_on else ""),
    ]
    facts = "".join(f'<span class="{name}">{text_html(one_line(fact))}</span>' for name, fact in about if fact)
    signs = badges_html(notice, cited[0].validity)
    head = f'<p class="title">{text_html(titled(notice.title))}{signs}</p><p class="about">{facts}</p>'
    return f'<div class="card">{head}{"".join(map(_stretch, cited))}</div>'


def _stretch(citation: Citation) -> str:
    page = f" · 第 {citation.page} 页" if citation.page is not None else ""
    return (
        f'<a class="stretch" data-reader href="{_href(citation)}" target="_blank">'
        f'<span class="mark" aria-hidden="true">{citation.marker}</span>'
        f'<span class="where">{text_html(one_line(citation.address))}{page}</span>'
        f"<q>{text_html(_quote(citation))}</q>"
        '<span class="go">查看原文<span aria-hidden="true"> ›</span></span></a>'
    )


def _quote(citation: Citation) -> str:
    quote = one_line(citation.quote)
    return quote if len(quote) <= _QUOTE_MAX_CHARS else f"{quote[:_QUOTE_MAX_CHARS]}……"


def _name(citation: Citation) -> str:
    kind = "（政策解读）" if citation.notice.kind is NoticeKind.EXPLAINER else ""
    return titled(citation.notice.title) + kind


def _href(citation: Citation) -> str:
    return notice_address(citation.notice.id, citation.notice_span)
