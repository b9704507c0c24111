"""PeerReport → tables in Chinese, or JSON. Pure.

Every figure stands with its ratio to wenzheng's, the times sign before it; where wenzheng's is 0 there is none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from eval.peers.compare import FIGURES, PeerReport, PeerResult, State
from eval.peers.peer import PIECE_CHARS
from eval.peers.roster import OURS
from eval.records import WORDINGS
from eval.report.table import align
from eval.statistics import Mean

_ALL = "all"
_COSTS = (
    ("build_s", "建库（秒）", "{:.1f}"),
    ("p50_ms", "每题 p50（毫秒）", "{:.1f}"),
    ("p95_ms", "p95（毫秒）", "{:.1f}"),
    ("peak_mb", "内存峰值（MB）", "{:.0f}"),
    ("grown_mb", "比空进程多（MB）", "{:.0f}"),
)
_NOTE = (
    "“×”后是与本项目之比。各对照读的是同样的原文（wenzheng text 所示），每个都在新进程里跑；"
    f"建库含载入程序库；每段至多 {PIECE_CHARS} 字、不重叠。追问：对照把先前的问题接在前面，本项目自己理解。"
)

Means = dict[str, Mean]


def show_peers(report: PeerReport, as_json: bool = False) -> str:
    """What `wenzheng eval peers` prints."""
    return to_json(report) if as_json else to_table(report)


def means(report: PeerReport, result: PeerResult, wording: str = _ALL, *, intervals: bool = False) -> Means:
    """The mean of every figure over the questions of one wording, by the figure's name."""
    chosen = [
        scores for case, scores in zip(report.cases, result.scores, strict=True) if wording in (_ALL, case.wording)
    ]
    return {figure.name: Mean.of([scores[figure.name] for scores in chosen], interval=intervals) for figure in FIGURES}


def ratio(value: float | None, ours: float | None) -> float | None:
    """How many times ours a value is; None where either is missing, or ours is 0."""
    return None if value is None or not ours else value / ours


def _ours(report: PeerReport) -> PeerResult | None:
    return next((result for result in report.results if result.name == OURS and result.state is State.RAN), None)


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────


def to_table(report: PeerReport) -> str:
    """What was run; finding over all questions, with intervals, and by wording; what it cost; the settings."""
    ran = [result for result in report.results if result.state is State.RAN]
    splits = "、".join(dict.fromkeys(case.split for case in report.cases))
    parts = [f"与别家做法相比：{len(report.cases)} 道能答的题（{splits}），每题取 {report.k} 段", _NOTE]
    if ran:
        parts.append(_finding(report, ran, _ALL, "全部"))
        parts.append(_intervals(report, ran))
        parts += [
            _finding(report, ran, wording, heading)
            for wording, heading in WORDINGS.items()
            if any(case.wording == wording for case in report.cases)
        ]
        parts.append(_costs(report, ran))
        parts.append("\n".join(["设置：", *map(_settings, ran)]))
    failed = [f"{result.name}：{result.reason}。" for result in report.results if result.state is not State.RAN]
    parts += ["\n".join(lines) for lines in (failed, report.problems) if lines]
    return "\n\n".join(parts)


def _finding(report: PeerReport, ran: Sequence[PeerResult], wording: str, heading: str) -> str:
    n = sum(wording in (_ALL, case.wording) for case in report.cases)
    rows = [[f"{heading}（{n} 题）", *(figure.heading for figure in FIGURES)]]
    ours = _ours(report)
    base = means(report, ours, wording) if ours else {}
    for result in ran:
        own = means(report, result, wording)
        cells = [
            _cell(own[name].value, base[name].value if name in base and result is not ours else None, "{:.3f}")
            for name in own
        ]
        rows.append([result.name, *cells])
    return align(rows)


def _intervals(report: PeerReport, ran: Sequence[PeerResult]) -> str:
    rows = [["95% 区间", *(figure.heading for figure in FIGURES)]]
    for result in ran:
        own = means(report, result, intervals=True)
        rows.append(
            [result.name, *(f"{m.interval.low:.3f}–{m.interval.high:.3f}" if m.interval else "-" for m in own.values())]
        )
    return align(rows)


def _costs(report: PeerReport, ran: Sequence[PeerResult]) -> str:
    rows = [["花费", *(heading for _, heading, _ in _COSTS), "段数", "平均段长（字）"]]
    ours = _ours(report)
    for result in ran:
        base = ours.cost if ours and result is not ours else None
        cells = [_cell(getattr(result.cost, name), getattr(base, name, None), form) for name, _, form in _COSTS]
        rows.append([result.name, *cells, str(result.passages), f"{result.mean_chars:.0f}"])
    return align(rows)


def _cell(value: float | None, ours: float | None, form: str) -> str:
    if value is None:
        return "-"
    times = ratio(value, ours)
    return form.format(value) + (f" ×{times:.2f}" if times is not None else "")


def _settings(result: PeerResult) -> str:
    versions = "、".join(f"{name} {number}" for name, number in result.versions.items())
    return f"{result.name}{f'（{versions}）' if versions else ''}：{result.settings}。"


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────


def to_json(report: PeerReport) -> str:
    """One JSON object on one line. All of it but `cost` is the same for the same files, questions and versions.

    {"k", "questions": 0, "splits": [...], "piece_chars", "problems": [...],
     "peers": [{"name", "state": "ran" | "absent" | "crashed", "reason", "settings", "versions": {DISTRIBUTION: "…"},
                "summary": {"all" | "lay" | "official": {FIGURE: {"mean", "n", "low", "high", "ratio"}}},
                "cost": {"build_s": {"value", "ratio"}, "p50_ms", "p95_ms", "peak_mb", "grown_mb"} or null,
                "passages", "mean_chars", "cases": {ID: {FIGURE: 0.0}}}]}
    `ratio`: to wenzheng's; null where that is 0 or missing.
    """
    ours = _ours(report)
    return json.dumps(
        {
            "k": report.k,
            "questions": len(report.cases),
            "splits": list(dict.fromkeys(case.split for case in report.cases)),
            "piece_chars": PIECE_CHARS,
            "problems": report.problems,
            "peers": [_object(report, result, ours) for result in report.results],
        },
        ensure_ascii=False,
    )


def _object(report: PeerReport, result: PeerResult, ours: PeerResult | None) -> dict[str, object]:
    ran = result.state is State.RAN
    return {
        "name": result.name,
        "state": result.state,
        "reason": result.reason,
        "settings": result.settings,
        "versions": dict(result.versions),
        "summary": {group: _summary(report, result, ours, group) for group in (_ALL, *WORDINGS)} if ran else {},
        "cost": _cost_object(result, ours),
        "passages": result.passages,
        "mean_chars": round(result.mean_chars, 1),
        "cases": {case.id: dict(scores) for case, scores in zip(report.cases, result.scores, strict=ran)},
    }


def _summary(report: PeerReport, result: PeerResult, ours: PeerResult | None, group: str) -> dict[str, object]:
    own = means(report, result, group, intervals=True)
    base = means(report, ours, group) if ours else {}
    return {
        name: {
            "mean": mean.value,
            "n": mean.n,
            "low": mean.interval.low if mean.interval else None,
            "high": mean.interval.high if mean.interval else None,
            "ratio": ratio(mean.value, base[name].value if name in base else None),
        }
        for name, mean in own.items()
    }


def _cost_object(result: PeerResult, ours: PeerResult | None) -> dict[str, object] | None:
    if result.cost is None:
        return None
    base = asdict(ours.cost) if ours and ours.cost else {}
    return {
        name: {"value": round(value, 3), "ratio": ratio(value, base.get(name))}
        for name, value in asdict(result.cost).items()
    }
