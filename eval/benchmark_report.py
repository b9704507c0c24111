"""Benchmark → what `wenzheng bench` prints: a table in Chinese, or one JSON object; and its rankings. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

from eval.benchmark import DEPTH, MEASURES, Benchmark
from eval.report.table import align
from eval.statistics import Interval, Mean, percentile

_HEADINGS = {"ndcg": "nDCG", "recall": "召回", "hit": "命中", "mrr": "MRR"}


def show_benchmark(report: Benchmark, as_json: bool) -> str:
    """The table, or one JSON object on one line."""
    means = report.means()
    return _json(report, means) if as_json else _table(report, means)


def rankings(report: Benchmark) -> str:
    """What was ranked for each query, as a TREC run: query, Q0, document, rank, score, name of the run, a line each.

    The score only falls with the rank, since programs that read such files (trec_eval) order by it.
    """
    lines = [
        f"{result.topic.id} Q0 {document} {rank} {DEPTH - rank} wenzheng"
        for result in report.results
        for rank, document in enumerate(result.ranking, 1)
    ]
    return "".join(f"{line}\n" for line in lines)


def _table(report: Benchmark, means: Mapping[str, Mean]) -> str:
    rows = [["指标", "均值", "95% 区间"]]
    rows += [[_heading(name), _shown(means[name].value), _range(means[name].interval)] for name in MEASURES]
    p50, p95 = _latencies(report)
    parts = [
        f"评测集 {report.name}（{report.queries_file}）：{len(report.results)} 条查询，{report.documents} 份文件，"
        f"{report.chunks} 段\n库 {report.library}，嵌入 {report.embedder}，每条查询排出前 {DEPTH} 份文件",
        align(rows),
        f"建库：{report.build_s:.1f} 秒，每秒 {report.passages_per_s:.0f} 段\n"
        f"每条查询用时：p50 {p50:.1f} 毫秒，p95 {p95:.1f} 毫秒",
    ]
    if report.omitted:
        parts.append("\n".join(["请注意：", *report.omitted]))
    return "\n\n".join(parts)


def _heading(name: str) -> str:
    what, cutoff = name.split("@")
    return f"{_HEADINGS[what]}@{cutoff}"


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _range(interval: Interval | None) -> str:
    return "-" if interval is None else f"{interval.low:.3f}–{interval.high:.3f}"


def _latencies(report: Benchmark) -> tuple[float, float]:
    """p50 and p95, in milliseconds."""
    times = [result.elapsed_ms for result in report.results]
    return percentile(times, 0.5) or 0.0, percentile(times, 0.95) or 0.0


def _json(report: Benchmark, means: Mapping[str, Mean]) -> str:
    """{"set", "queries_file", "library", "embedder", "queries", "documents", "chunks", MEASURE: 0.0, …,
    "intervals": {MEASURE: [low, high]}, "build_s", "passages_per_s", "query_p50_ms", "query_p95_ms", "omitted": [...]}
    """
    p50, p95 = _latencies(report)
    return json.dumps(
        {
            "set": report.name,
            "queries_file": report.queries_file,
            "library": report.library,
            "embedder": report.embedder,
            "queries": len(report.results),
            "documents": report.documents,
            "chunks": report.chunks,
            **{name: _rounded(mean.value) for name, mean in means.items()},
            "intervals": {
                name: [_rounded(bound) for bound in mean.interval] if mean.interval else None
                for name, mean in means.items()
            },
            "build_s": round(report.build_s, 3),
            "passages_per_s": round(report.passages_per_s, 1),
            "query_p50_ms": round(p50, 3),
            "query_p95_ms": round(p95, 3),
            "omitted": report.omitted,
        },
        ensure_ascii=False,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
