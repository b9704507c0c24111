"""Two runs side by side: what got better, what got worse, and the cases that flipped. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.compare import Comparison, verdict
from eval.report.cases_html import parts_html, state_html
from eval.report.sheet import Listed, Sheet
from eval.report.table import GROUPS, number
from eval.scores import BY_NAME, HEADLINES, METRICS, Metric, Result
from eval.statistics import Difference
from ui.evaluator.glance import Glance, Line
from ui.evaluator.parts import moment, select, table
from ui.evaluator.run_page import case_html
from ui.evaluator.runs import Entry
from ui.markup import text_html

MOST_FLIPS = 200  # of each kind
_VERDICTS = {"变好": ("green", "▲"), "变差": ("red", "▼"), "有变化": ("amber", "◆"), "未见差别": ("muted", "–")}
_GROUPED = ("right", "recall@5")
_HEAD = ("指标", "甲", "乙", "乙−甲", "95% 区间", "p", "升 / 降", "题数", "判断")
_ONCE = ("history", "gold")  # parts of a case that no answer changes


def choose_html(runs: Sequence[Entry], a: str = "", b: str = "") -> str:
    """The form that asks which two."""
    names = {"": "请选"} | {each.name: f"{each.name}（{moment(each.started_at)}）" for each in runs if not each.broken}
    return (
        f'<form class="row" action="/eval/compare">{select("a", "甲（先前）", names, a)}'
        f'{select("b", "乙（后来）", names, b)}<button type="submit" class="primary">比较</button></form>'
    )


def comparison_html(found: Comparison, a: Glance, b: Glance, flips: str) -> str:
    """What has changed from A to B. `flips`: by `flips_html`, or why they are not shown."""
    left_out = [f"{found.unpaired} 题只在一边"] if found.unpaired else []
    left_out += [f"{found.changed} 题的题面或答案改过，不比"] if found.changed else []
    return (
        f'<p class="about">甲 {_named(a)}<br>乙 {_named(b)}</p>'
        f"<p>{text_html('，'.join([f'共同的题 {len(found.pairs)}', *left_out]))}。"
        "区间不含 0，才说变好或变差。</p>"
        f"{_metrics(found)}{_groups(found)}{flips}"
    )


def _named(glance: Glance) -> str:
    card = glance.card
    link = f'<a href="/eval/runs/{text_html(card.name)}">{text_html(card.name)}</a>'
    return f"{link} {text_html(f'{moment(card.started_at)} · 公文库 {card.library} · {card.answerer}')}"


def _metrics(found: Comparison) -> str:
    """The headline metrics, then all others folded away."""
    chosen = [BY_NAME[name] for name in HEADLINES]
    others = [metric for metric in METRICS if metric.name not in HEADLINES]
    return (
        '<section aria-labelledby="change-h"><h2 id="change-h">变好与变差</h2>'
        f"{table(_HEAD, _rows(found, chosen), '主要指标的变化', 'changes')}"
        f'<details class="more"><summary>其余指标</summary>'
        f"{table(_HEAD, _rows(found, others), '其余指标的变化', 'changes')}</details></section>"
    )


def _rows(found: Comparison, metrics: Sequence[Metric]) -> list[Sequence[str]]:
    told = [(metric, found.difference(metric)) for metric in metrics]
    return [_row(metric, difference) for metric, difference in told if difference]


def _row(metric: Metric, d: Difference) -> Sequence[str]:
    return (
        text_html(metric.heading),
        number(d.a),
        number(d.b),
        f"{d.mean:+.3f}",
        _between(d),
        f"{d.p:.4f}",
        f"{d.better} / {d.worse}",
        str(d.n),
        _verdict(d, metric),
    )


def _between(d: Difference) -> str:
    return f"{d.interval.low:+.3f} – {d.interval.high:+.3f}"


def _verdict(d: Difference, metric: Metric) -> str:
    word = verdict(d, metric.sign)
    return state_html(*_VERDICTS[word], word)


def _groups(found: Comparison) -> str:
    head = ["分组", "题数", *(f"{BY_NAME[name].heading}：乙−甲，区间" for name in _GROUPED)]
    rows: list[Sequence[str]] = []
    for by in GROUPS:
        for part, heading in by.headings.items():
            members = [pair for pair in found.pairs if by.part(pair[0].outcome.case) == part]
            if members:
                cells = [_brief(found, BY_NAME[name], members) for name in _GROUPED]
                rows.append((text_html(f"{by.heading}：{heading}"), str(len(members)), *cells))
    return f'<details class="more"><summary>各组的变化</summary>{table(head, rows, "各组的变化", "changes")}</details>'


def _brief(found: Comparison, metric: Metric, members: Sequence[tuple[Result, Result]]) -> str:
    d = found.difference(metric, members)
    return f"{d.mean:+.3f}，{_between(d)} {_verdict(d, metric)}" if d else "—"


# ── what flipped ────────────────────────────────────────────────────────────────────────────────────────────────


def flips_html(found: Comparison, a: Glance, b: Glance) -> str:
    """The cases that became right, and those that became wrong; each opens with both answers side by side."""
    lines = {line.case.id: line for line in b.lines}
    better = [(lines[flip.case.id], flip.before) for flip in found.flips if not flip.after]
    worse = [(lines[flip.case.id], flip.after) for flip in found.flips if flip.after]
    return _flips("worse", "由对变错", worse, a, b, "↓ 对 → {}") + _flips(
        "better", "由错变对", better, a, b, "↑ {} → 对"
    )


def _flips(anchor: str, title: str, flipped: Sequence[tuple[Line, str]], a: Glance, b: Glance, change: str) -> str:
    tone = "red" if anchor == "worse" else "green"
    items = "".join(
        case_html(b.card.name, line, (), a.card.name, state_html(tone, change[0], change[2:].format(fault)))
        for line, fault in flipped[:MOST_FLIPS]
    )
    more = f'<p class="hint">另有 {len(flipped) - MOST_FLIPS} 题未列。</p>' if len(flipped) > MOST_FLIPS else ""
    return (
        f'<section aria-labelledby="{anchor}-h"><h2 id="{anchor}-h">{title}（{len(flipped)} 题）</h2>'
        f"{items or '<p>没有。</p>'}{more}</section>"
    )


def both_html(sides: Sequence[tuple[str, Sheet, Listed]]) -> str:
    """One case with the answers of two runs side by side, what both share above. `sides`: heading, and the case."""
    parts: list[tuple[str, Mapping[str, str]]] = [(name, parts_html(sheet, listed)) for name, sheet, listed in sides]
    shared = "".join(parts[0][1].get(phrase, "") for phrase in _ONCE)
    columns = "".join(
        f'<section class="side" aria-label="{text_html(name)}"><h3>{text_html(name)}</h3>{_verdict_of(listed)}'
        f"{''.join(html for phrase, html in told.items() if phrase not in _ONCE)}</section>"
        for (name, told), (_, _, listed) in zip(parts, sides, strict=True)
    )
    return f'{shared}<div class="sides">{columns}</div>'


def _verdict_of(listed: Listed) -> str:
    state = listed.state
    return f"<p>{state_html(state.tone, state.shape, state.word)}</p>" if state else ""
