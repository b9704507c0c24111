"""ReadingBenchmark, AnsweringBenchmark → what `wenzheng bench` prints: a table in Chinese, or one JSON object. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from eval.answering import MEASURES as ASKED_FOR
from eval.answering import AnsweringBenchmark
from eval.public_sets import Kind
from eval.reading import MEASURES as READ_FOR
from eval.reading import WAYS, ReadingBenchmark
from eval.report.table import align, interval_text, number
from eval.statistics import Mean, percentile

_EVERY = "全部"


def show_reading(report: ReadingBenchmark, as_json: bool) -> str:
    """The table, or one JSON object on one line."""
    means = report.means()
    kinds = Counter(str(done.task.kind) for done in report.results)
    times = {way: percentile([done.said[way].elapsed_ms for done in report.results], 0.5) or 0.0 for way in WAYS}
    if as_json:
        told = {way: _figures(means[way]) | {"p50_ms": round(times[way], 1)} for way in WAYS}
        return _json(report.name, report.library, {"documents": report.documents, "kinds": kinds, "ways": told}, report)
    rows = _rows("读法", {WAYS[way]: means[way] for way in WAYS}, READ_FOR)
    head = (
        f"评测集 {report.name}：{len(report.results)} 道题，{report.documents} 段；摘原文 {kinds[Kind.SPAN]} 道，"
        f"是非 {kinds[Kind.YES_NO]} 道（不说是否，不计），段落没有写到 {kinds[Kind.OPEN]} 道"
    )
    timed = "每题用时 p50：" + "，".join(f"{WAYS[way]} {ms:.0f} 毫秒" for way, ms in times.items())
    return _parts(head, rows, timed, report.omitted)


def show_answering(report: AnsweringBenchmark, as_json: bool) -> str:
    """The table, or one JSON object on one line."""
    means = report.means()
    p50, p95 = (percentile([r.elapsed_ms for r in report.results], share) or 0.0 for share in (0.5, 0.95))
    if as_json:
        told: dict[str, object] = {"documents": report.documents, "chunks": report.chunks}
        told["settings"] = {setting or "all": _figures(found) for setting, found in means.items()}
        times = {"build_s": round(report.build_s, 1), "p50_ms": round(p50, 1), "p95_ms": round(p95, 1)}
        return _json(report.name, report.library, told | times, report)
    headings = {name: heading for name, (heading, _) in ASKED_FOR.items()}
    rows = _rows("设置", {setting or _EVERY: found for setting, found in means.items()}, headings)
    head = (
        f"评测集 {report.name}：提问 {len(report.results)} 次，{report.documents} 份文件，{report.chunks} 段，"
        f"建库 {report.build_s:.0f} 秒；答案只摘原文，没有语言模型"
    )
    return _parts(head, rows, f"每题用时：p50 {p50:.0f} 毫秒，p95 {p95:.0f} 毫秒", report.omitted)


def _rows(what: str, means: Mapping[str, Mapping[str, Mean]], headings: Mapping[str, str]) -> list[list[str]]:
    """A row for each of what, a column for each measure that applies to anything."""
    told = [name for name in headings if any(found[name].n for found in means.values())]
    rows = [[what, *(headings[name] for name in told), "题数"]]
    for label, found in means.items():
        rows.append([label, *(_cell(found[name]) for name in told), str(max(found[name].n for name in told))])
    return rows


def _cell(mean: Mean) -> str:
    """0.618 [0.471–0.794], or "-"."""
    return f"{number(mean.value)} [{interval_text(mean)}]" if mean.n else "-"


def _parts(head: str, rows: Sequence[Sequence[str]], timed: str, omitted: Sequence[str]) -> str:
    return "\n\n".join([head, align(rows), timed, *(["\n".join(["请注意：", *omitted])] if omitted else [])])


def _figures(means: Mapping[str, Mean]) -> dict[str, object]:
    """{MEASURE: {"mean", "low", "high", "n"}, …} of those that apply to anything."""
    return {
        name: {"mean": round(mean.value or 0.0, 6), "n": mean.n}
        | ({"low": round(mean.interval.low, 6), "high": round(mean.interval.high, 6)} if mean.interval else {})
        for name, mean in means.items()
        if mean.n
    }


def _json(name: str, library: str, told: Mapping[str, object], report: ReadingBenchmark | AnsweringBenchmark) -> str:
    """{"set", "library", "questions", …, "omitted": [...]}"""
    return json.dumps(
        {"set": name, "library": library, "questions": len(report.results), **told, "omitted": report.omitted},
        ensure_ascii=False,
    )
