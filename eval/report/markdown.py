"""Run → Markdown: the same figures as the page, the plots as their numbers, and what is not right case by case. Pure.

Nothing of a question, a notice or an answerer acts as Markdown or HTML: every special character is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from eval.metrics.facts import missing_facts, without_markers
from eval.metrics.support import check
from eval.report.charts import Chart, figure_row, interval_or_dash, run_charts
from eval.report.sheet import BY_GROUP, NEAR_ZERO, Listed, Part, Sheet, visible
from eval.report.table import GROUPS, number
from eval.runs import Run
from eval.scores import BY_NAME
from eval.statistics import RESAMPLES
from index.text import squeeze

MAX_PASSAGES = 3
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~$&!]")
_LINE_START = re.compile(r"^(\d*)([-+=.)])(?![^\s=-])")  # would begin a list, or underline a heading
_WHITE = re.compile(r"[ \t\r\n\u3000]+")


def to_markdown(run: Run, *, broken: Mapping[str, str], lang: str = "zh") -> str:
    """The whole report, the same every time. `broken`: metric → why it failed its self-test; no number of it shows.

    ValueError for a language other than zh and en.
    """
    sheet = Sheet.of(run, broken, lang)
    words, setup = sheet.words, run.setup
    about = words("subtitle", split=words.split(setup.split), n=len(sheet.results), answerer=setup.answerer)
    blocks = [
        f"# {markdown(words('title'))}",
        f"{markdown(about)} · {markdown(sheet.date)}",
        *_withheld(sheet),
        *_section(sheet, "about", [_items(sheet, sheet.facts())]),
        *_section(sheet, "headlines", [_headlines(sheet)]),
        *_section(sheet, "metrics", _metrics(sheet)),
        *_section(sheet, "near_zero", [markdown(words("near_zero_note")), _near_zero(sheet)]),
        *_section(sheet, "plots", [block for chart in run_charts(sheet) for block in _chart(chart)]),
        *_section(sheet, "groups", [markdown(words("groups_note")), *_groups(sheet)]),
        *_section(sheet, "faults", _faults(sheet)),
        *_section(sheet, "cases", _cases(sheet)),
        "---",
        markdown(words("method", resamples=RESAMPLES)),
    ]
    return "\n\n".join(blocks) + "\n"


def markdown(text: str) -> str:
    """Any text as a line of Markdown that shows it as it is, wherever it stands."""
    return _LINE_START.sub(r"\1\\\2", inline(text))


def inline(text: str) -> str:
    """The same within a line: in a cell, after a label."""
    return _SPECIAL.sub(r"\\\g<0>", _WHITE.sub(" ", visible(text)).strip())


# ── pieces ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _section(sheet: Sheet, phrase: str, blocks: Sequence[str]) -> list[str]:
    return [f"## {markdown(sheet.words(phrase))}", *blocks]


def _items(sheet: Sheet, pairs: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"- {inline(sheet.words('pair', name=name, value=value))}" for name, value in pairs)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, its first column flush left."""
    rule = (":---", *("---:" for _ in head[1:]))
    lines = [map(inline, head), rule, *(map(inline, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _withheld(sheet: Sheet) -> list[str]:
    """What is withheld, above everything."""
    if not sheet.withheld:
        return []
    words = sheet.words
    items = "\n".join(f"> - **{markdown(name)}** {markdown(why)}" for name, why in sheet.withheld_names())
    return [f"> ▲ **{markdown(words('withheld_head'))}** {markdown(words('withheld_note'))}\n>\n{items}"]


def _why(sheet: Sheet, name: str) -> str:
    return "▲ " + sheet.words("withheld_why", reason=sheet.withheld[name])


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _figures(sheet: Sheet, name: str) -> tuple[str, str, str]:
    """Value, interval and n of a metric, or why there are none."""
    if not sheet.shows(name):
        return (_why(sheet, name), "", "")
    _, value, interval, n = figure_row("", sheet.means[name])
    return (value, interval, n)


def _headlines(sheet: Sheet) -> str:
    words = sheet.words
    head = (words("metric"), words("value"), words("interval"), words("n"))
    return _table(head, [(words.heading(BY_NAME[name]), *_figures(sheet, name)) for name in sheet.headlines()])


def _metrics(sheet: Sheet) -> list[str]:
    words = sheet.words
    head = (words("metric"), words("value"), words("interval"), words("n"), words("meaning"))
    blocks = []
    for title, metrics in sheet.sections:
        rows = [(words.heading(m), *_figures(sheet, m.name), words.explained(m)) for m in metrics]
        blocks += [f"### {markdown(title)}", _table(head, rows)]
    return blocks


def _near_zero(sheet: Sheet) -> str:
    words = sheet.words
    rows = []
    for metric in NEAR_ZERO:
        label = words.heading(metric)
        if not sheet.shows(metric.name):
            rows.append((label, _why(sheet, metric.name), "", ""))
            continue
        rows.append((label, *sheet.near_zero(metric.name)))
    return _table((words("metric"), words("value"), words("times"), words("upper_bound")), rows)


def _chart(chart: Chart) -> list[str]:
    table = [_table(chart.head, chart.rows)] if chart.rows else []
    said = f"▲ {markdown(chart.caption)}" if chart.withheld else markdown(chart.caption)
    return [f"### {markdown(chart.title)}", said, *table]


def _groups(sheet: Sheet) -> list[str]:
    words = sheet.words
    figures = [part for name in BY_GROUP for part in (words.heading(BY_NAME[name]), words("interval"), words("n"))]
    blocks = [f"▲ {markdown(sheet.why_not(name))}" for name in BY_GROUP if not sheet.shows(name)]
    for group, parts in sheet.groups():
        title = words("by", group=words.group(group))
        rows = [_part(sheet, part) for part in parts]
        blocks += [f"### {markdown(title)}", _table((words.group(group), *figures), rows)]
    return blocks


def _part(sheet: Sheet, part: Part) -> list[str]:
    cells = [part.label]
    for name in BY_GROUP:
        if sheet.shows(name):
            mean = part.means[name]
            cells += [number(mean.value), interval_or_dash(mean.interval), str(mean.n)]
        else:
            cells += [f"▲ {sheet.words('withheld')}", "", ""]
    return cells


def _faults(sheet: Sheet) -> list[str]:
    words = sheet.words
    if not sheet.shows("right"):
        return [f"▲ {markdown(sheet.why_not('right'))}"]
    faults = sheet.faults()
    if not faults:
        return [markdown(words("all_right" if sheet.means["right"].n else "none_judged"))]
    rows = [(words.fault(fault), str(n), words.fault_explained(fault)) for fault, n in faults]
    note = words("faults_note", wrong=sum(n for _, n in faults))
    return [markdown(note), _table((words("reason"), words("n"), words("meaning")), rows)]


# ── cases ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _cases(sheet: Sheet) -> list[str]:
    """What is not right at length; of the others the ids."""
    blocks = []
    for phrase, listed in sheet.lists():
        blocks.append(f"### {markdown(sheet.words('listed', heading=sheet.words(phrase), n=len(listed)))}")
        if listed[0].wrong:
            blocks += [block for case in listed for block in _case(sheet, case)]
        else:
            blocks.append(markdown(sheet.words.joined(case.result.outcome.case.id for case in listed)))
    return blocks


def _case(sheet: Sheet, listed: Listed) -> list[str]:
    """One case: its heading, then a list of what was asked, due, answered, cited and found."""
    words, outcome = sheet.words, listed.result.outcome
    case = outcome.case
    state = f"{listed.state.shape} {listed.state.word} · " if listed.state else ""
    lines = [(words("history"), text) for text in case.history]
    lines += [(words("gold"), case.gold_answer), (words("answer"), _answer(sheet, listed))]
    missing = missing_facts(case, without_markers(outcome.text)) if outcome.status else ()
    if missing and sheet.shows("key_fact_recall"):
        lines.append((words("unstated"), " / ".join(missing)))
    for evidence, rank in zip(case.evidence, sheet.ranks(outcome), strict=True):
        where = " · ".join(filter(None, (rank, evidence.source, evidence.address)))
        lines.append((words("evidence"), words("quoted", where=where, quote=squeeze(evidence.quote))))
    for citation in outcome.citations:
        lapsed = words("lapsed") if citation.lapsed else ""
        where = " · ".join(filter(None, (citation.notice, citation.document_number, citation.address, lapsed)))
        quoted = words("quoted", where=f"[{citation.marker}] {where}", quote=squeeze(citation.quote))
        lines.append((words("citations"), quoted))
    if sheet.shows("citation_support"):
        lines += [(words.verdict(checked.verdict), checked.text) for checked in check(outcome)]
    for place, passage in enumerate(outcome.passages[:MAX_PASSAGES], 1):
        where = " · ".join(filter(None, (passage.notice or passage.place.source, passage.address)))
        lines.append((words("passages"), f"{place}. {where} · {words('score', score=passage.score)}"))
    scores = words.joined(f"{name} {score}" for name, score in sheet.scores(listed.result))
    if scores:
        lines.append((words("scores"), scores))
    return [
        f"#### {markdown(f'{state}{case.id}')}",
        f"{markdown(words.asked_by(GROUPS, case))}\n\n> {markdown(case.question)}",
        _items(sheet, lines),
    ]


def _answer(sheet: Sheet, listed: Listed) -> str:
    """What came of the question, and the words: （作答）补助5000元[1]。"""
    words, outcome = sheet.words, listed.result.outcome
    said = outcome.text.strip() if outcome.status else outcome.error
    return words("answer_is", status=words.status(outcome.status), text=said or words("no_answer"))
