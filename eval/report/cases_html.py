"""Cases → HTML, each folded into one line that opens in place: asked, due, answered, cited, checked, found. Pure.

Whatever a question, a notice or an answerer says is escaped, once, by `text_html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from eval.metrics.facts import missing_facts, without_markers
from eval.metrics.ranking import hits
from eval.metrics.support import Verdict, check
from eval.metrics.verdict import max_answer_chars
from eval.records import Cited, Found, Outcome
from eval.report.sheet import FINDS, Listed, Sheet, visible
from eval.report.table import GROUPS
from index.text import squeeze

MAX_PASSAGES = 5  # shown of a case
_EXCERPT_MAX_CHARS = 140
_BEFORE_CHARS = 30  # of an excerpt, before the evidence in it
_QUOTE_MAX_CHARS = 400
_MARKER = re.compile(r"\[([0-9]{1,3})\]")
_SIGNS = {Verdict.SUPPORTED: ("green", "✓"), Verdict.UNSUPPORTED: ("red", "✗"), Verdict.UNCHECKED: ("amber", "？")}


def text_html(text: str) -> str:
    """Any text as HTML text, or as the value of a quoted attribute."""
    return escape(visible(text), quote=True)


def cases_html(sheet: Sheet) -> str:
    """Every list of cases under its heading: those that are not right open to view, the others folded away."""
    return "".join(_list(sheet, phrase, cases) for phrase, cases in sheet.lists())


def _list(sheet: Sheet, phrase: str, cases: Sequence[Listed]) -> str:
    heading = text_html(sheet.words("listed", heading=sheet.words(phrase), n=len(cases)))
    listed = "".join(_case(sheet, case) for case in cases)
    if cases[0].wrong:
        return f'<section class="list"><h3>{heading}</h3>{listed}</section>'
    return f'<details class="list"><summary><h3>{heading}</h3></summary>{listed}</details>'


def _case(sheet: Sheet, listed: Listed) -> str:
    case, state = listed.result.outcome.case, listed.state
    sign = state_html(state.tone, state.shape, state.word) if state else ""
    data = {"outcome": state.name if state else "", "type": case.type, "wording": case.wording, "asker": case.asker}
    about = f"{case.id} · {sheet.words.asked_by(GROUPS, case)}"
    return (
        f'<details class="case" id="{listed.anchor}"{"".join(_data(name, value) for name, value in data.items())}>'
        f'<summary>{sign}<span class="asked"{_zh(sheet)}>{text_html(_one_line(case.question))}</span>'
        f'<span class="about">{text_html(about)}</span></summary>'
        f'<div class="body">{body_html(sheet, listed)}</div></details>'
    )


def _data(name: str, value: str) -> str:
    return f' data-{name}="{text_html(value)}"' if value else ""


def state_html(tone: str, shape: str, word: str) -> str:
    """A state: its shape and its word; the colour only repeats them."""
    return f'<span class="state {tone}"><span aria-hidden="true">{shape}</span> {text_html(word)}</span>'


def _zh(sheet: Sheet) -> str:
    """Says that what is inside is Chinese, where the page is not."""
    return "" if sheet.words.lang == "zh" else ' lang="zh-CN"'


def body_html(sheet: Sheet, listed: Listed) -> str:
    """All that there is to read of a case."""
    return "".join(parts_html(sheet, listed).values())


def parts_html(sheet: Sheet, listed: Listed) -> dict[str, str]:
    """By phrase, what was due, answered, cited, checked, found, scored; those of which there is something to say."""
    outcome = listed.result.outcome
    case = outcome.case
    parts = [
        ("history", _items(sheet, case.history)),
        ("gold", _text(sheet, case.gold_answer)),
        ("key_facts", _facts(sheet, outcome)),
        ("evidence", _evidence(sheet, outcome)),
        ("answer", _answer(sheet, listed)),
        ("citations", _citations(sheet, listed)),
        ("sentences", _sentences(sheet, outcome)),
        ("passages", _passages(sheet, listed)),
        ("scores", _scores(sheet, listed)),
    ]
    return {
        phrase: f'<div class="part {phrase}"><h4>{text_html(sheet.words(phrase))}</h4>{html}</div>'
        for phrase, html in parts
        if html
    }


def _text(sheet: Sheet, text: str) -> str:
    return f'<p class="text"{_zh(sheet)}>{text_html(text.strip())}</p>'


def _items(sheet: Sheet, texts: Iterable[str]) -> str:
    items = "".join(f"<li>{text_html(text)}</li>" for text in texts)
    return f"<ol{_zh(sheet)}>{items}</ol>" if items else ""


# ── what was due ────────────────────────────────────────────────────────────────────────────────────────────────


def _facts(sheet: Sheet, outcome: Outcome) -> str:
    """The key facts, each with whether the answer states it."""
    facts = outcome.case.key_facts
    if not facts:
        return ""
    missing = set(missing_facts(outcome.case, without_markers(outcome.text)))
    items = []
    for fact in facts:
        sign = ""
        if outcome.status and sheet.shows("key_fact_recall"):
            stated = fact[0] not in missing
            sign = state_html(
                "green" if stated else "red", "✓" if stated else "✗", sheet.words("stated" if stated else "unstated")
            )
        items.append(f"<li>{sign} <span{_zh(sheet)}>{text_html(' / '.join(fact))}</span></li>")
    return f'<ul class="plain">{"".join(items)}</ul>'


def _evidence(sheet: Sheet, outcome: Outcome) -> str:
    """Each piece of evidence: where it stands, at which rank it was found, its words."""
    items = []
    for evidence, rank in zip(outcome.case.evidence, sheet.ranks(outcome), strict=True):
        found = rank and rank != sheet.words("not_found")
        sign = state_html("green" if found else "red", "✓" if found else "✗", rank) if rank else ""
        where = f"{evidence.source} · {evidence.address}"
        items.append(
            f'<li>{sign} <span class="about">{text_html(where)}</span>{_quoted(sheet, squeeze(evidence.quote))}</li>'
        )
    return f'<ul class="plain">{"".join(items)}</ul>' if items else ""


def _quoted(sheet: Sheet, quote: str) -> str:
    cut = quote if len(quote) <= _QUOTE_MAX_CHARS else f"{quote[:_QUOTE_MAX_CHARS]}……"
    return f"<blockquote{_zh(sheet)}>{text_html(cut)}</blockquote>"


# ── what was answered ───────────────────────────────────────────────────────────────────────────────────────────


def _answer(sheet: Sheet, listed: Listed) -> str:
    outcome, words = listed.result.outcome, sheet.words
    about = [words.status(outcome.status)]
    length = len(without_markers(outcome.text))
    if outcome.case.answerable and outcome.answered:
        about.append(words("length_of", n=length, most=max_answer_chars(outcome.case.gold_answer)))
    elif outcome.status:
        about.append(words("length", n=length))
    if outcome.confidence is not None:
        about.append(words("confidence_is", value=f"{outcome.confidence:.2f}"))
    if outcome.case.id in sheet.run.timings.elapsed_ms:
        about.append(words("elapsed", ms=sheet.run.timings.elapsed_ms[outcome.case.id]))
    said = _marked(listed) if outcome.status else text_html(outcome.error)
    return (
        f'<p class="about">{text_html(" · ".join(about))}</p>'
        f'<p class="text"{_zh(sheet)}>{said or text_html(words("no_answer"))}</p>'
    )


def _marked(listed: Listed) -> str:
    """The answer with its marks as links to the quotes below it. [2024] is a year and stays."""
    outcome = listed.result.outcome
    text, known = outcome.text.strip(), {citation.marker for citation in outcome.citations}
    parts, at = [], 0
    for found in _MARKER.finditer(text):
        if int(found[1]) in known:
            link = f'<a class="mark" href="#{listed.anchor}-{int(found[1])}">{int(found[1])}</a>'
            parts += [text_html(text[at : found.start()]), link]
            at = found.end()
    return "".join([*parts, text_html(text[at:])])


def _citations(sheet: Sheet, listed: Listed) -> str:
    outcome = listed.result.outcome
    items = "".join(_citation(sheet, listed, citation) for citation in outcome.citations)
    return f'<ol class="plain">{items}</ol>' if items else ""


def _citation(sheet: Sheet, listed: Listed, citation: Cited) -> str:
    outcome, words = listed.result.outcome, sheet.words
    signs = ""
    if outcome.evidence and sheet.shows("citation_precision", "citation_recall", "citation_iou"):
        on = any(citation.place.overlap(place) for place in outcome.evidence)
        signs = state_html(
            "green" if on else "amber", "✓" if on else "△", words("on_evidence" if on else "off_evidence")
        )
    if citation.lapsed:
        signs += " " + state_html("red", "✗", words("lapsed"))
    where = " · ".join(filter(None, (citation.notice, citation.document_number, citation.address, citation.city)))
    quote = squeeze(citation.quote)[:_QUOTE_MAX_CHARS]
    return (
        f'<li id="{listed.anchor}-{citation.marker}"><span class="mark" aria-hidden="true">{citation.marker}</span> '
        f'{signs} <span class="about"{_zh(sheet)}>{text_html(where)}</span>'
        f"<blockquote{_zh(sheet)}><mark>{text_html(quote)}</mark></blockquote></li>"
    )


def _sentences(sheet: Sheet, outcome: Outcome) -> str:
    """Each sentence of the answer with the verdict on it, and which figures and names its quotes lack."""
    if not sheet.shows("citation_support"):
        return ""
    items = []
    for checked in check(outcome):
        tone, shape = _SIGNS[checked.verdict]
        lacking = ""
        if checked.lacking and sheet.shows("support_rate"):
            said = sheet.words("lacking", items=sheet.words.joined(checked.lacking))
            lacking = f' <span class="about">{text_html(said)}</span>'
        sign = state_html(tone, shape, sheet.words.verdict(checked.verdict))
        items.append(f"<li>{sign} <span{_zh(sheet)}>{text_html(checked.text.strip())}</span>{lacking}</li>")
    return f'<ul class="plain">{"".join(items)}</ul>' if items else ""


# ── what was found ──────────────────────────────────────────────────────────────────────────────────────────────


def _passages(sheet: Sheet, listed: Listed) -> str:
    """The first passages, with an excerpt each where the answer is not right."""
    outcome, words = listed.result.outcome, sheet.words
    items = "".join(_passage(sheet, outcome, p, listed.wrong) for p in outcome.passages[:MAX_PASSAGES])
    more = len(outcome.passages) - MAX_PASSAGES
    rest = f'<p class="about">{text_html(words("passages_more", n=more))}</p>' if more > 0 else ""
    return f"<ol>{items}</ol>{rest}" if items else ""


def _passage(sheet: Sheet, outcome: Outcome, passage: Found, at_length: bool) -> str:
    holds = sheet.shows(*FINDS) and any(hits(passage.place, place) for place in outcome.evidence)
    sign = state_html("green", "✓", sheet.words("holds_evidence")) + " " if holds else ""
    where = " · ".join(filter(None, (passage.notice or passage.place.source, passage.address)))
    quotes = [evidence.quote for evidence in outcome.case.evidence if evidence.source == passage.place.source]
    text = (
        f'<p class="excerpt"{_zh(sheet)}>{excerpt_html(passage.text, quotes)}</p>' if at_length and passage.text else ""
    )
    score = text_html(sheet.words("score", score=passage.score))
    return f'<li>{sign}<span{_zh(sheet)}>{text_html(where)}</span> <span class="about">{score}</span>{text}</li>'


def excerpt_html(text: str, quotes: Iterable[str]) -> str:
    """The stretch of a passage around the first quote that stands in it, marked; else the passage's beginning."""
    offsets = [i for i, character in enumerate(text) if not character.isspace()]
    squeezed = squeeze(text)
    for quote in map(squeeze, quotes):
        at = squeezed.find(quote)
        if quote and at >= 0:
            start, end = offsets[at], offsets[at + len(quote) - 1] + 1
            first, last = max(0, start - _BEFORE_CHARS), max(end, start + _EXCERPT_MAX_CHARS - _BEFORE_CHARS)
            stretches = ((first, start), (start, end), (end, last))
            before, marked, after = (text_html(_one_line(text[a:b])) for a, b in stretches)
            dots = ("……" if first else "", "……" if last < len(text) else "")
            return f"{dots[0]}{before}<mark>{marked}</mark>{after}{dots[1]}"
    cut = "……" if len(text) > _EXCERPT_MAX_CHARS else ""
    return text_html(_one_line(text[:_EXCERPT_MAX_CHARS])) + cut


def _one_line(text: str) -> str:
    # never split(): it takes U+2028 for a blank
    return re.sub(r"[ \t\r\n\u3000]+", " ", text).strip()


def _scores(sheet: Sheet, listed: Listed) -> str:
    scores = sheet.scores(listed.result)
    cells = "".join(f"<div><dt>{text_html(name)}<dd>{value}</div>" for name, value in scores)
    return f"<dl>{cells}</dl>" if cells else ""
