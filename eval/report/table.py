"""Run → table, JSON, and the failures case by case. Pure.

A table's rows are groups of questions; a group's means are over the questions to which a metric applies, and their
number stands beside it wherever it is not the row's. The headline means come with their intervals.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.metrics.facts import missing_facts, without_markers
from eval.metrics.ranking import hits
from eval.records import ASKERS, NEAR_MISSES, TYPES, WORDINGS, Case
from eval.runs import Run, result_row
from eval.scores import (
    ANSWERING,
    CITING,
    FINDING,
    REFUSING,
    SET_METRICS,
    Metric,
    Result,
    SetMetric,
    fault_counts,
    summary,
)
from eval.statistics import Mean, percentile
from index.text import display_width, squeeze
from qa.records import Status

Broken = Mapping[str, str]
_NONE: Broken = {}


@dataclass(frozen=True, slots=True)
class Group:
    """A way to part the questions: its name in JSON, its heading, the part a case belongs to, the parts' headings."""

    name: str
    heading: str
    part: Callable[[Case], str | None]
    headings: Mapping[str, str]

    def split(self, results: Iterable[Result]) -> list[tuple[str, tuple[Result, ...]]]:
        """The parts that hold a result, in the order of their headings; a case may belong to none."""
        results = tuple(results)
        parts = [(part, tuple(r for r in results if self.part(r.outcome.case) == part)) for part in self.headings]
        return [(part, members) for part, members in parts if members]


GROUPS = (
    Group("type", "题型", lambda case: case.type, TYPES),
    Group("wording", "措辞", lambda case: case.wording, WORDINGS),
    Group("asker", "谁问", lambda case: case.asker, ASKERS),
    Group("unanswerable", "不能答", lambda case: case.unanswerable, NEAR_MISSES),
)
STATUSES = {
    Status.ANSWERED: "作答",
    Status.PARTIAL: "部分作答",
    Status.REFUSED: "拒答",
    Status.CLARIFY: "反问",
    Status.CHAT: "闲聊",
}
LATENCIES = (("p50", 0.5), ("p95", 0.95))


NOT_SHOWN = "未过自检"


def show(run: Run, *, broken: Broken = _NONE, as_json: bool = False, failures: bool = False) -> str:
    """What `wenzheng eval` prints: the table, with the failures under it on demand; or the JSON, which holds both.

    `broken`: metric name → how its canary failed (eval/canaries.py); its figures are not shown.
    """
    if as_json:
        return to_json(run, broken=broken)
    table = to_table(run, broken=broken)
    return "\n\n".join([table, to_failures(run.results)] if failures else [table])


# ── table ───────────────────────────────────────────────────────────────────────────────────────────────────────

SECTIONS = (("找依据", FINDING), ("答问题", ANSWERING), ("引原文", CITING), ("拒与错", REFUSING))


def to_table(run: Run, *, broken: Broken = _NONE) -> str:
    """What was run, every figure with its interval, the groups, why answers are not right, latencies; in Chinese."""
    results, setup = run.results, run.setup
    parts = [
        f"评测 {len(results)} 题（{setup.split}） 答题：{setup.answerer} 库：{setup.library['id']} 每题取 {setup.k} 段",
        _overall(summary(results, intervals=True), broken),
        *filter(None, (_section(title, results, _trusted(metrics, broken)) for title, metrics in SECTIONS)),
        "没答对的原因：" + ("，".join(f"{name} {n}" for name, n in fault_counts(results).items()) or "无"),
    ]
    times = list(run.timings.elapsed_ms.values())
    if times:
        parts.append(
            "每题用时："
            + "，".join(f"{name} {percentile(times, share):.1f} 毫秒" for name, share in LATENCIES)
            + f"（{run.timings.jobs} 个进程）；内存峰值 {run.timings.peak_mb:.0f} MB"
        )
    return "\n\n".join(parts)


def _overall(means: Mapping[str, Mean], broken: Broken) -> str:
    """Every figure over all questions, one a line."""
    shown: list[Metric | SetMetric] = [*(m for _, metrics in SECTIONS for m in metrics), *SET_METRICS]
    rows = [["全部题", "值", "95% 区间", "题数"]]
    for metric in shown:
        mean = means[metric.name]
        if metric.name in broken:
            rows.append([metric.heading, NOT_SHOWN, "", str(mean.n)])
        elif mean.n:
            rows.append([metric.heading, number(mean.value), interval_text(mean), str(mean.n)])
    return "\n".join([align(rows), *(f"{NOT_SHOWN}的指标 {name}：{reason}。" for name, reason in broken.items())])


def number(value: float | None) -> str:
    """Three decimals; "-" for what does not apply."""
    return "-" if value is None else f"{value:.3f}"


def interval_text(mean: Mean) -> str:
    """0.401–0.523, or nothing."""
    return f"{mean.interval.low:.3f}–{mean.interval.high:.3f}" if mean.interval else ""


def _trusted(metrics: Sequence[Metric], broken: Broken) -> list[Metric]:
    return [metric for metric in metrics if metric.name not in broken]


def _section(title: str, results: Sequence[Result], metrics: Sequence[Metric]) -> str:
    """One table. A row's number is that of the questions to which some metric applies; without any there is no row.

    "" where there is no row at all.
    """
    rows = [[title, "题数", *(metric.heading for metric in metrics)]]
    groups = [(f"{by.heading}：{by.headings[part]}", members) for by in GROUPS for part, members in by.split(results)]
    for label, members in [("全部", results), *groups]:
        means = summary(members)
        n = max((means[metric.name].n for metric in metrics), default=0)
        if n:
            rows.append([label, str(n), *(_cell(means[metric.name], n) for metric in metrics)])
    return align(rows) if len(rows) > 1 else ""


def _cell(mean: Mean, n: int) -> str:
    return number(mean.value) + (f"({mean.n})" if mean.value is not None and mean.n != n else "")


def align(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length as columns two spaces apart: the first flush left, the others flush right, 汉字 two wide."""
    if not rows:
        return ""
    widths = [max(map(_columns, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = [cell + " " * (width - _columns(cell)) for cell, width in zip(row[:1], widths[:1], strict=True)]
        padded += [" " * (width - _columns(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _columns(text: str) -> int:
    """Terminal columns."""
    return round(2 * display_width(text))


# ── failures ────────────────────────────────────────────────────────────────────────────────────────────────────


def to_failures(results: Iterable[Result]) -> str:
    """Every answer that is not right: why, what was asked, due and said, and at which rank the evidence was found."""
    failed = [result for result in results if result.fault]
    return "\n\n".join(map(_failure, failed)) or "全部答对。"


def _failure(result: Result) -> str:
    outcome, case = result.outcome, result.outcome.case
    lines = [f"{case.id} {result.fault}（{TYPES[case.type]}，{WORDINGS[case.wording]}，{ASKERS[case.asker]}）"]
    lines += [f"  先前：{_one_line(text)}" for text in case.history]
    lines += [f"  问：{_one_line(case.question)}", f"  应答：{_one_line(case.gold_answer)}"]
    if outcome.status is None:
        return "\n".join([*lines, f"  出错：{_one_line(outcome.error)}"])
    text = without_markers(outcome.text)
    lines.append(f"  实答（{STATUSES[outcome.status]}，{len(text)} 字）：{_one_line(outcome.text) or '无'}")
    missing = missing_facts(case, text)
    if missing:
        lines.append(f"  缺要点：{'；'.join(missing)}")
    lines += [f"  引用[{c.marker}]：{c.place.source} {c.address}“{_one_line(c.quote)}”" for c in outcome.citations]
    for evidence, place in zip(case.evidence, outcome.evidence, strict=True):
        rank = next((rank for rank, passage in enumerate(outcome.found, 1) if hits(passage, place)), None)
        found = f"第 {rank} 段" if rank else "未检出"
        lines.append(f"  依据（{found}）：{evidence.source} {evidence.address}“{squeeze(evidence.quote)}”")
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────


def to_json(run: Run, *, broken: Broken = _NONE) -> str:
    """One JSON object on one line. All of it but `elapsed_ms` is the same for the same library, answerer and cases.

    {"answerer", "libraries": [...], "k", "folder",
     "summary": {"all": {METRIC: {"mean": 0.0 or null, "n": 0, "low": 0.0, "high": 0.0}},
                 "type": {"number": {...}}, "wording", "asker", "unanswerable"},
     "faults": {REASON: count}, "broken": {METRIC: how its canary failed, and then it stands nowhere else},
     "cases": [{"id", "split", "type", …, "status", "answer", "fault", "error", "scores": {METRIC: 0.0 or null},
                "evidence", "citations", "passages": [{"source", "start", "end", …}], "verdicts"}],
     "elapsed_ms": {"p50", "p95", "cases": {id: 0.0}}}

    The low and high ends of the intervals stand under "all" only.
    """
    results, times = run.results, list(run.timings.elapsed_ms.values())
    parted = {by.name: {part: _means(summary(members), broken) for part, members in by.split(results)} for by in GROUPS}
    return json.dumps(
        {
            "answerer": run.setup.answerer,
            "libraries": [run.setup.library["id"]],
            "k": run.setup.k,
            "folder": str(run.folder) if run.folder else None,
            "summary": {"all": _means(summary(results, intervals=True), broken), **parted},
            "faults": fault_counts(results),
            "broken": dict(broken),
            "cases": [_case_object(result, broken) for result in results],
            "elapsed_ms": {
                **{name: _rounded(percentile(times, share)) for name, share in LATENCIES},
                "cases": dict(run.timings.elapsed_ms),
            },
        },
        ensure_ascii=False,
    )


def _means(means: Mapping[str, Mean], broken: Broken) -> dict[str, object]:
    return {
        name: {"mean": mean.value, "n": mean.n}
        | ({"low": mean.interval.low, "high": mean.interval.high} if mean.interval else {})
        for name, mean in means.items()
        if name not in broken
    }


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 3)


def _case_object(result: Result, broken: Broken) -> dict[str, object]:
    """A row of the run, the places of the evidence under `evidence`."""
    row = result_row(result)
    row["evidence"] = row.pop("located")
    row["scores"] = {name: score for name, score in result.scores.items() if name not in broken}
    return row
