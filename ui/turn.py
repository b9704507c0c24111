"""Shown → the HTML of an answer: its text with marks, the source cards under it. Pure.

Like the reader page, it escapes every word of a question or a notice. A mark and a card lead to the reader by address;
`data-reader` tells the page's script to open it beside the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from qa.records import Status, Support, Verdict
from ui.markup import badges_html, notice_address, text_html
from ui.render import SIGNS, one_line, titled
from ui.shown import Shown, Source

_LABELS = {
    Status.PARTIAL: ("amber", "◐", "部分答复"),
    Status.REFUSED: ("muted", "○", "没有找到"),
    Status.CLARIFY: ("blue", "？", "请您补充"),
}
_MARKER = re.compile(r"\[([0-9]{1,3})\]")
# the sides of a comparison stand apart: 大同市：……[1]。阳泉市：……[2]。
_LINES = re.compile(r"\n|(?<=[。\u3000])(?=[\u4e00-\u9fff]{1,10}[省市县区]：)")
_QUOTE_MAX_CHARS = 160


def answer_html(answer: Shown) -> str:
    """One answer as an <article>: state, text with marks, what a misspelt word was read as, what is missing, sources,
    who wrote. Chat has no cards.
    """
    label = _label(*_LABELS[answer.status]) if answer.status in _LABELS else ""
    text = f'<div class="text">{paragraphs(answer.text, answer.sources, answer.verdicts)}</div>'
    return (
        f'<article class="answer {answer.status.value}">{label}{text}'
        f"{_read_as(answer)}{_missing(answer)}{_sources(answer)}{_written(answer)}</article>"
    )


def draft_html(draft: Shown) -> str:
    """The sentences so far of an answer that a model writes, with their marks; "" where there are none."""
    if not draft.text:
        return ""
    text = paragraphs(draft.text, draft.sources)
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


def paragraphs(text: str, sources: Sequence[Source], verdicts: Sequence[Verdict] = ()) -> str:
    """Its lines; behind a sentence that is not borne out, or could not be checked, a sign. The others stay clean."""
    by_marker = {source.marker: source for source in sources}
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


def _with_marks(line: str, by_marker: dict[int, Source]) -> str:
    parts: list[str] = []
    at = 0
    for found in _MARKER.finditer(line):
        # [2024] may be a year of a 文号: only what leads to a source becomes a mark
        source = by_marker.get(int(found[1]))
        if source:
            # the character before stays with its mark: a line never begins with one
            before = line[at : found.start()]
            kept = f'<span class="keep">{text_html(before[-1:])}{_mark(source)}</span>'
            parts += [text_html(before[:-1]), kept]
            at = found.end()
    return "".join([*parts, text_html(line[at:])])


def _mark(source: Source) -> str:
    said = f"{source.name} {source.address}：“{_quote(source)}”"
    return (
        f'<a class="mark" data-reader href="{_href(source)}" target="_blank" title="{text_html(said)}" '
        f'aria-label="出处 {source.marker}">{source.marker}</a>'
    )


def _read_as(answer: Shown) -> str:
    return f'<p class="read-as">{text_html(answer.told)}</p>' if answer.told else ""


def _missing(answer: Shown) -> str:
    unsaid = [text_html(one_line(missing)) for missing in answer.missing if missing not in answer.text]
    if not unsaid:
        return ""
    items = "".join(f"<li>{missing}</li>" for missing in unsaid)
    return f'<div class="missing"><p>本库没有：</p><ul>{items}</ul></div>'


def _sources(answer: Shown) -> str:
    if not answer.sources:
        return ""
    return f'<section class="sources" aria-label="依据"><h3>依据</h3>{cards(answer.sources)}</section>'


def cards(sources: Iterable[Source]) -> str:
    """A list of cards, one a notice, in the order in which the answer first cites them."""
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.notice_id, []).append(source)
    return f"<ul>{''.join(f'<li>{_card(cited)}</li>' for cited in groups.values())}</ul>"


def _written(answer: Shown) -> str:
    """Who wrote it; nothing under an answer that cites nothing."""
    if not answer.sources:
        return ""
    return f'<p class="written">{text_html(answer.written or "以上摘自公报原文。")}</p>'


def _card(cited: Sequence[Source]) -> str:
    first = cited[0]
    about = [
        ("whole", first.document_number),
        ("", "、".join(first.issuing_authorities)),
        ("whole", first.signed_on.isoformat() if first.signed_on else ""),
    ]
    facts = "".join(f'<span class="{name}">{text_html(one_line(fact))}</span>' for name, fact in about if fact)
    signs = badges_html(first.explainer, first.standing)
    head = f'<p class="title">{text_html(titled(first.title))}{signs}</p><p class="about">{facts}</p>'
    return f'<div class="card">{head}{"".join(map(_stretch, cited))}</div>'


def _stretch(source: Source) -> str:
    page = f" · 第 {source.page} 页" if source.page is not None else ""
    return (
        f'<a class="stretch" data-reader href="{_href(source)}" target="_blank">'
        f'<span class="mark" aria-hidden="true">{source.marker}</span>'
        f'<span class="where">{text_html(one_line(source.address))}{page}</span>'
        f"<q>{text_html(_quote(source))}</q>"
        '<span class="go">查看原文<span aria-hidden="true"> ›</span></span></a>'
    )


def _quote(source: Source) -> str:
    quote = one_line(source.quote)
    return quote if len(quote) <= _QUOTE_MAX_CHARS else f"{quote[:_QUOTE_MAX_CHARS]}……"


def _href(source: Source) -> str:
    return notice_address(source.notice_id, source.span)
