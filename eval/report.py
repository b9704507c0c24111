"""Report → table, JSON, and the failures case by case. Pure.

A table's rows are groups of questions; a group's means are over the questions to which a metric applies, and their
number stands beside it wherever it is not the row's.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.cases import ASKERS, NEAR_MISSES, TYPES, WORDINGS, Case, Stretch, missing_facts
from eval.metrics import ANSWERING, FINDING, METRICS, Mean, Metric, hits, percentile, stretch_of, without_markers
from eval.run import CaseResult, Report
from index.text import display_width, squeeze
from qa.records import Status


@dataclass(frozen=True, slots=True)
class Group:
    """A way to part the questions: its name in JSON, its heading, the part a case belongs to, the parts' headings."""

    name: str
    heading: str
    part: Callable[[Case], str | None]
    headings: Mapping[str, str]

    def split(self, results: Iterable[CaseResult]) -> list[tuple[str, tuple[CaseResult, ...]]]:
        """The parts that hold a result, in the order of their headings; a case may belong to none."""
        results = tuple(results)
        parts = [(part, tuple(r for r in results if self.part(r.case) == part)) for part in self.headings]
        return [(part, members) for part, members in parts if members]


GROUPS = (
    Group("type", "题型", lambda case: case.type, TYPES),
    Group("wording", "措辞", lambda case: case.wording, WORDINGS),
    Group("asker", "谁问", lambda case: case.asker, ASKERS),
    Group("unanswerable", "不能答", lambda case: case.unanswerable, NEAR_MISSES),
)
_STATUSES = {
    Status.ANSWERED: "作答",
    Status.PARTIAL: "部分作答",
    Status.REFUSED: "拒答",
    Status.CLARIFY: "反问",
    Status.CHAT: "闲聊",
}
_LATENCIES = (("p50", 0.5), ("p95", 0.95))


def summary(results: Iterable[CaseResult]) -> dict[str, Mean]:
    """The mean of every metric over some results, by the metric's name.

    Refusal precision applies only where the results hold both kinds of question: among answerable ones alone it would
    be 0 whatever the answerer does, among unanswerable ones alone 1.
    """
    results = tuple(results)
    means = {metric.name: Mean.of(result.scores[metric.name] for result in results) for metric in METRICS}
    if len({result.case.answerable for result in results}) < 2:
        means["refusal_precision"] = Mean.of(())
    return means


def show(report: Report, *, as_json: bool = False, failures: bool = False) -> str:
    """What `wenzheng eval` prints: the table, with the failures under it on demand; or the JSON, which holds both."""
    if as_json:
        return to_json(report)
    return "\n\n".join([to_table(report), to_failures(report)] if failures else [to_table(report)])


# ── table ───────────────────────────────────────────────────────────────────────────────────────────────────────


def to_table(report: Report) -> str:
    """What was run, the figures for finding and for answering, why answers are not right, and latencies, in Chinese."""
    results = report.results
    splits = "、".join(dict.fromkeys(result.case.split for result in results))
    library = "、".join(report.libraries) or "无"
    parts = [
        f"评测 {len(results)} 题（{splits}） 答题：{report.answerer} 库：{library} 每题取 {report.k} 段",
        _section("找依据", results, FINDING),
        _section("答问题", results, ANSWERING),
        "没答对的原因：" + ("，".join(f"{name} {n}" for name, n in fault_counts(results).items()) or "无"),
    ]
    if results:
        times = [result.elapsed_ms for result in results]
        parts.append(
            "每题用时：" + "，".join(f"{name} {percentile(times, share):.1f} 毫秒" for name, share in _LATENCIES)
        )
    return "\n\n".join(parts)


def _section(title: str, results: Sequence[CaseResult], metrics: Sequence[Metric]) -> str:
    """One table. A row's number is that of the questions to which some metric applies; without any there is no row."""
    rows = [[title, "题数", *(metric.heading for metric in metrics)]]
    groups = [(f"{by.heading}：{by.headings[part]}", members) for by in GROUPS for part, members in by.split(results)]
    for label, members in [("全部", results), *groups]:
        means = summary(members)
        n = max(means[metric.name].n for metric in metrics)
        if n:
            rows.append([label, str(n), *(_cell(means[metric.name], n) for metric in metrics)])
    return align(rows)


def _cell(mean: Mean, n: int) -> str:
    if mean.value is None:
        return "-"
    return f"{mean.value:.3f}" + (f"({mean.n})" if mean.n != n else "")


def fault_counts(results: Iterable[CaseResult]) -> dict[str, int]:
    """How many answers are not right for each reason, the most frequent first."""
    return dict(Counter(str(result.fault) for result in results if result.fault).most_common())


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


def to_failures(report: Report) -> str:
    """Every answer that is not right: why, what was asked, due and said, and at which rank the evidence was found."""
    failed = [result for result in report.results if result.fault]
    return "\n\n".join(map(_failure, failed)) or "全部答对。"


def _failure(result: CaseResult) -> str:
    case, answer = result.case, result.answer
    lines = [f"{case.id} {result.fault}（{TYPES[case.type]}，{WORDINGS[case.wording]}，{ASKERS[case.asker]}）"]
    lines += [f"  先前：{_one_line(text)}" for text in case.history]
    lines += [f"  问：{_one_line(case.question)}", f"  应答：{_one_line(case.gold_answer)}"]
    if answer is None:
        return "\n".join([*lines, f"  出错：{_one_line(result.error)}"])
    text = without_markers(answer.text)
    lines.append(f"  实答（{_STATUSES[answer.status]}，{len(text)} 字）：{_one_line(answer.text) or '无'}")
    missing = missing_facts(case, text)
    if missing:
        lines.append(f"  缺要点：{'；'.join(missing)}")
    lines += [f"  引用[{c.marker}]：{c.notice.source} {c.address}“{_one_line(c.quote)}”" for c in answer.citations]
    for evidence, place in zip(case.evidence, result.evidence, strict=True):
        ranks = (rank for rank, passage in enumerate(answer.passages, 1) if hits(stretch_of(passage), place))
        rank = next(ranks, None)
        found = f"第 {rank} 段" if rank else "未检出"
        lines.append(f"  依据（{found}）：{evidence.source} {evidence.address}“{squeeze(evidence.quote)}”")
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────


def to_json(report: Report) -> str:
    """One JSON object on one line. All of it but `elapsed_ms` is the same for the same library, answerer and cases.

    {"answerer", "libraries": [...], "k",
     "summary": {"all": {METRIC: {"mean": 0.0 or null, "n": 0}}, "type": {"number": {...}}, "wording", "asker",
                 "unanswerable"},
     "faults": {REASON: count},
     "cases": [{"id", "split", "type", …, "status", "answer", "fault", "error", "scores": {METRIC: 0.0 or null},
                "evidence", "citations", "passages": [{"source", "start", "end", …}]}],
     "elapsed_ms": {"p50", "p95", "cases": {id: 0.0}}}
    """
    results = report.results
    parted = {by.name: {part: _means(members) for part, members in by.split(results)} for by in GROUPS}
    times = [result.elapsed_ms for result in results]
    return json.dumps(
        {
            "answerer": report.answerer,
            "libraries": report.libraries,
            "k": report.k,
            "summary": {"all": _means(results), **parted},
            "faults": fault_counts(results),
            "cases": [_case_object(result) for result in results],
            "elapsed_ms": {
                **{name: _rounded(percentile(times, share)) for name, share in _LATENCIES},
                "cases": {result.case.id: _rounded(result.elapsed_ms) for result in results},
            },
        },
        ensure_ascii=False,
    )


def _means(results: Iterable[CaseResult]) -> dict[str, object]:
    return {name: {"mean": mean.value, "n": mean.n} for name, mean in summary(results).items()}


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 3)


def _case_object(result: CaseResult) -> dict[str, object]:
    case, answer = result.case, result.answer
    return {
        "id": case.id,
        "split": case.split,
        "type": case.type,
        "wording": case.wording,
        "asker": case.asker,
        "unanswerable": case.unanswerable,
        "question": case.question,
        "history": case.history,
        "asked_on": case.asked_on.isoformat(),
        "gold_answer": case.gold_answer,
        "status": answer.status if answer else "error",
        "answer": answer.text if answer else "",
        "fault": result.fault,
        "error": result.error,
        "scores": dict(result.scores),
        "evidence": [_stretch_object(place) for place in result.evidence],
        "citations": [
            {"marker": c.marker, **_stretch_object(stretch_of(c)), "quote": c.quote}
            for c in (answer.citations if answer else ())
        ],
        "passages": [
            {"rank": p.rank, **_stretch_object(stretch_of(p)), "score": p.score}
            for p in (answer.passages if answer else ())
        ],
    }


def _stretch_object(place: Stretch) -> dict[str, object]:
    return {"source": place.source, "start": place.span.start, "end": place.span.end}
