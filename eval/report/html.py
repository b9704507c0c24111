"""Run → one HTML file that needs nothing else: figures, tables, plots, and every case to read. Pure.

It loads nothing, and forbids itself to: its policy allows the one style sheet and the one script that stand in it, by
their hashes, and no style or script besides. Without the script all is there but the filters.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from eval.report.cases_html import cases_html, state_html, text_html
from eval.report.charts import Chart, Row, figure_row, group_charts, interval_or_dash, run_charts
from eval.report.sheet import BY_GROUP, NEAR_ZERO, Part, Sheet
from eval.report.table import GROUPS, number
from eval.runs import Run
from eval.scores import BY_NAME
from eval.statistics import RESAMPLES

_LOCALES = {"zh": "zh-CN", "en": "en"}


def to_html(run: Run, *, broken: Mapping[str, str], lang: str = "zh") -> str:
    """The whole page, the same bytes every time. `broken`: metric → why it failed its self-test; no number of it shows.

    ValueError for a language other than zh and en. Reads the style sheet and the script beside this file.
    """
    sheet = Sheet.of(run, broken, lang)
    words, style, script = sheet.words, _asset("report.css"), _asset("report.js")
    sections = (*figures_html(sheet).items(), ("cases", _filters(sheet) + cases_html(sheet)))
    links = "".join(f'<li><a href="#{phrase}">{text_html(words(phrase))}</a></li>' for phrase, _ in sections)
    body = "".join(
        f'<section id="{phrase}" aria-labelledby="{phrase}-h"><h2 id="{phrase}-h">{text_html(words(phrase))}</h2>'
        f"{html}</section>"
        for phrase, html in sections
    )
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    title = f"{words('title')} · {sheet.run.setup.fingerprint}"
    return (
        f'<!doctype html>\n<html lang="{_LOCALES[lang]}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>{text_html(title)}</title><style>{style}</style></head>\n"
        f"<body><main>{_head(sheet)}"
        f'<nav aria-label="{text_html(words("contents"))}"><ul>{links}</ul></nav>{warning_html(sheet)}\n'
        f"{body}</main>\n<footer><p>{text_html(words('method', resamples=RESAMPLES))}</p></footer>"
        f"<script>{script}</script></body></html>\n"
    )


def figures_html(sheet: Sheet) -> dict[str, str]:
    """The sections above the cases, by the phrase that is their heading; with `warning_html` all but the head."""
    return {
        "headlines": _headlines(sheet),
        "metrics": _metrics(sheet),
        "near_zero": _near_zero(sheet),
        "plots": _charts(run_charts(sheet), sheet.words("numbers")),
        "groups": _groups(sheet),
        "faults": _faults(sheet),
    }


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / "assets" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _table(head: Row, rows: Sequence[str], caption: str, kind: str = "") -> str:
    """A table that scrolls in its own box, from rows by `_row`."""
    columns = "".join(f'<th scope="col">{text_html(name)}</th>' for name in head)
    named = text_html(caption)
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{named}"><table class="{kind}">'
        f"<caption>{named}</caption><thead><tr>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(label: str, cells: Sequence[str], note: str = "") -> str:
    """A row that begins with its own heading; `note` is words, not a number."""
    told = "".join(f"<td>{text_html(cell)}</td>" for cell in cells)
    said = f'<td class="words">{text_html(note)}</td>' if note else ""
    return f'<tr><th scope="row">{text_html(label)}</th>{told}{said}</tr>'


def _withheld_row(sheet: Sheet, name: str, label: str, columns: int, note: str = "") -> str:
    """A row in which no number stands: in the place of `columns` of them, why."""
    said = f'<td class="words">{text_html(note)}</td>' if note else ""
    return f'<tr><th scope="row">{text_html(label)}</th><td colspan="{columns}">{_why(sheet, name)}</td>{said}</tr>'


def _why(sheet: Sheet, name: str) -> str:
    """In the place of a metric's number, beside its heading."""
    return state_html("amber", "▲", sheet.words("withheld_why", reason=sheet.withheld[name]))


# ── what was run ────────────────────────────────────────────────────────────────────────────────────────────────


def _head(sheet: Sheet) -> str:
    words, setup = sheet.words, sheet.run.setup
    about = words("subtitle", split=words.split(setup.split), n=len(sheet.results), answerer=setup.answerer)
    facts = "".join(
        f"<div><dt>{text_html(name)}</dt><dd>{text_html(value)}</dd></div>" for name, value in sheet.facts()
    )
    return (
        f"<header><h1>{text_html(words('title'))}</h1>"
        f'<p class="subtitle">{text_html(about)} · {text_html(sheet.date)}</p>'
        f'<details class="facts" open><summary>{text_html(words("about"))}</summary><dl>{facts}</dl></details></header>'
    )


def warning_html(sheet: Sheet) -> str:
    """A warning above everything, where a metric is withheld."""
    if not sheet.withheld:
        return ""
    items = "".join(
        f"<li><strong>{text_html(name)}</strong> {text_html(why)}</li>" for name, why in sheet.withheld_names()
    )
    head, note = sheet.words("withheld_head"), sheet.words("withheld_note")
    return (
        f'<div class="warning" role="note"><p>{state_html("amber", "▲", head)}</p>'
        f"<p>{text_html(note)}</p><ul>{items}</ul></div>"
    )


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _headlines(sheet: Sheet) -> str:
    cards = "".join(_card(sheet, name) for name in sheet.headlines())
    return f'<div class="cards">{cards}</div>' if cards else f"<p>{text_html(sheet.words('not_applicable'))}</p>"


def _card(sheet: Sheet, name: str) -> str:
    words, metric = sheet.words, BY_NAME[name]
    heading, note = text_html(words.heading(metric)), text_html(words.explained(metric))
    if not sheet.shows(name):
        return f'<div class="card"><h3>{heading}</h3><p>{_why(sheet, name)}</p><p class="note">{note}</p></div>'
    mean = sheet.means[name]
    about = f"{words('interval_is', interval=interval_or_dash(mean.interval))} · {words('n_is', n=mean.n)}"
    return (
        f'<div class="card"><h3>{heading}</h3><p class="figure">{number(mean.value)}</p>'
        f'<p class="about">{text_html(about)}</p><p class="note">{note}</p></div>'
    )


def _metrics(sheet: Sheet) -> str:
    """A table a section: every metric with its interval, n, and what it means."""
    words = sheet.words
    head = (words("metric"), words("value"), words("interval"), words("n"), words("meaning"))
    tables = []
    for title, metrics in sheet.sections:
        rows = []
        for metric in metrics:
            label, note = words.heading(metric), words.explained(metric)
            if sheet.shows(metric.name):
                rows.append(_row(label, figure_row(label, sheet.means[metric.name])[1:], note))
            else:
                rows.append(_withheld_row(sheet, metric.name, label, 3, note))
        tables.append(_table(head, rows, title, "metrics"))
    return "".join(tables)


def _near_zero(sheet: Sheet) -> str:
    words = sheet.words
    rows = []
    for metric in NEAR_ZERO:
        label = words.heading(metric)
        if not sheet.shows(metric.name):
            rows.append(_withheld_row(sheet, metric.name, label, 3))
            continue
        value, times, bound = sheet.near_zero(metric.name)
        rows.append(_row(label, (value, times if sheet.means[metric.name].n else "-"), bound))
    head = (words("metric"), words("value"), words("times"), words("upper_bound"))
    return f"<p>{text_html(words('near_zero_note'))}</p>" + _table(head, rows, words("near_zero"), "metrics alone")


# ── plots ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _charts(charts: Sequence[Chart], numbers: str) -> str:
    return f'<div class="charts">{"".join(_chart(chart, numbers) for chart in charts)}</div>'


def _chart(chart: Chart, numbers: str) -> str:
    """A figure, what it shows, and its numbers folded away under it."""
    title, caption = text_html(chart.title), text_html(chart.caption)
    if chart.draw is None:
        said = state_html("amber", "▲", chart.caption) if chart.withheld else caption
        return f"<figure><figcaption><h3>{title}</h3><p>{said}</p></figcaption></figure>"
    rows = [_row(row[0], row[1:]) for row in chart.rows]
    table = _table(chart.head, rows, chart.title) if rows else ""
    folded = f"<details><summary>{text_html(numbers)}</summary>{table}</details>" if table else ""
    return f"<figure><figcaption><h3>{title}</h3><p>{caption}</p></figcaption>{chart.draw()}{folded}</figure>"


def _groups(sheet: Sheet) -> str:
    """A chart a metric, then a table a group with the same numbers."""
    words = sheet.words
    head = [part for name in BY_GROUP for part in (words.heading(BY_NAME[name]), words("interval"), words("n"))]
    tables = []
    for group, parts in sheet.groups():
        title = words("by", group=words.group(group))
        named = (words.group(group), *head)
        tables.append(_table(named, [_part(sheet, part) for part in parts], title, "groups"))
    charts = _charts(group_charts(sheet), words("numbers"))
    return f"<p>{text_html(words('groups_note'))}</p>{charts}{''.join(tables)}"


def _part(sheet: Sheet, part: Part) -> str:
    cells = []
    for name in BY_GROUP:
        if sheet.shows(name):
            mean = part.means[name]
            cells.append("".join(f"<td>{text_html(cell)}</td>" for cell in figure_row("", mean)[1:]))
        else:
            cells.append(f'<td colspan="3">{state_html("amber", "▲", sheet.words("withheld"))}</td>')
    return f'<tr><th scope="row">{text_html(part.label)}</th>{"".join(cells)}</tr>'


# ── why not, and which ──────────────────────────────────────────────────────────────────────────────────────────


def _faults(sheet: Sheet) -> str:
    words = sheet.words
    if not sheet.shows("right"):
        return f"<p>{state_html('amber', '▲', sheet.why_not('right'))}</p>"
    faults = sheet.faults()
    if not faults:
        return f"<p>{text_html(words('all_right' if sheet.means['right'].n else 'none_judged'))}</p>"
    wrong = sum(n for _, n in faults)
    rows = [_row(words.fault(fault), (str(n), f"{n / wrong:.3f}"), words.fault_explained(fault)) for fault, n in faults]
    head = (words("reason"), words("n"), words("share"), words("meaning"))
    return f"<p>{text_html(words('faults_note', wrong=wrong))}</p>" + _table(
        head, rows, words("faults"), "metrics alone"
    )


def _filters(sheet: Sheet) -> str:
    """Filters over the cases. Hidden until the script, without which they do nothing, shows them."""
    words = sheet.words
    states = [case.state for _, listed in sheet.lists() for case in listed if case.state]
    outcomes = list({state.name: (state.name, state.word) for state in states}.values())
    selects = [_select(sheet, "outcome", words("outcome"), outcomes)] if outcomes else []
    for group in GROUPS[:3]:
        parts = [(part, words.part(group, part)) for part, _ in group.split(sheet.results)]
        selects.append(_select(sheet, group.name, words.group(group), parts))
    count = text_html(words("shown", shown="{shown}", n="{n}"))
    return (
        f'<div id="filters" role="search" aria-label="{text_html(words("filter"))}" hidden>{"".join(selects)}'
        f'<label>{text_html(words("search"))}<input type="search" autocomplete="off"></label>'
        f'<p role="status" data-count="{count}"></p>'
        f'<p class="buttons"><button type="button" data-open="1">{text_html(words("open_all"))}</button>'
        f'<button type="button">{text_html(words("close_all"))}</button></p></div>'
    )


def _select(sheet: Sheet, name: str, label: str, options: Sequence[tuple[str, str]]) -> str:
    told = "".join(f'<option value="{text_html(value)}">{text_html(word)}</option>' for value, word in options)
    return (
        f'<label>{text_html(label)}<select name="{name}" autocomplete="off">'
        f'<option value="">{text_html(sheet.words("any"))}</option>{told}</select></label>'
    )
