"""The plots of a report: what each shows in words, its numbers, and how it is drawn. Pure.

A chart whose metric is withheld, or that has nothing to show, says so and draws nothing. Nothing is drawn until
somebody calls `draw`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from eval.metrics.confidence import reliability, risk_coverage
from eval.metrics.refusal import Refusing, refusal_curve
from eval.report.plots import Axis, Bar, Dot, against_diagonal, band, bars, curve, steps_to
from eval.report.sheet import BY_GROUP, Part, Sheet
from eval.report.table import number
from eval.scores import BY_NAME, CUTOFFS, believed_questions, judged_answers
from eval.statistics import Interval, Mean, exact_interval, percentile

_RECALLS = tuple(f"recall@{k}" for k in CUTOFFS)
_SHARES_TOLD = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_REFUSED_TOLD = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
_LATENCIES_TOLD = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
_LABEL_PX = {"zh": 78, "en": 142}  # room for the names of groups

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot with its words. `rows`: its numbers under `head`; without `draw`, the caption says why there is none."""

    title: str
    caption: str
    head: Row = ()
    rows: tuple[Row, ...] = ()
    draw: Callable[[], str] | None = None
    withheld: bool = False


def group_charts(sheet: Sheet) -> list[Chart]:
    """A chart a metric of BY_GROUP: all questions, then each group."""
    return [_by_group(sheet, name) for name in BY_GROUP]


def run_charts(sheet: Sheet) -> list[Chart]:
    """Recall by passages, latency, reliability, risk–coverage, refusing."""
    return [_recall(sheet), _latency(sheet), _reliability(sheet), _risk(sheet), _refusing(sheet)]


def interval_or_dash(interval: Interval | None) -> str:
    """0.401–0.523, or "-"."""
    return f"{interval.low:.3f}–{interval.high:.3f}" if interval else "-"


def figure_row(label: str, mean: Mean) -> Row:
    """Label, value, interval, n."""
    return (label, number(mean.value), interval_or_dash(mean.interval), str(mean.n))


def _by_group(sheet: Sheet, name: str) -> Chart:
    words, metric = sheet.words, BY_NAME[name]
    title = words("plot_group", metric=words.heading(metric))
    if not sheet.shows(name):
        return Chart(title, sheet.why_not(name), withheld=True)
    if not sheet.means[name].n:
        return Chart(title, words("nothing_applies"))
    whole = Part(words("all"), len(sheet.results), {name: sheet.means[name]})
    rows = [_bar(whole, name)]
    for group, parts in sheet.groups():
        if any(part.means[name].n for part in parts):
            rows += [Bar(words.group(group), heading=True), *(_bar(part, name) for part in parts)]
    caption = words("plot_group_is", value=number(sheet.means[name].value))
    label = words("pair", name=title, value=caption)
    return Chart(title, caption, draw=partial(bars, rows, label, _LABEL_PX[words.lang]))


def _bar(part: Part, name: str) -> Bar:
    mean = part.means[name]
    if mean.value is None or mean.interval is None:
        return Bar(part.label, note=number(mean.value))
    return Bar(part.label, f"{number(mean.value)} · {mean.n}", mean.value, *mean.interval)


def _recall(sheet: Sheet) -> Chart:
    words = sheet.words
    title = words("plot_recall")
    if not sheet.shows(*_RECALLS):
        return Chart(title, sheet.why_not(*_RECALLS), withheld=True)
    points = sheet.recall_curve()
    if not points:
        return Chart(title, words("no_evidence"))
    first, last = points[0][1], points[-1][1]
    caption = words("plot_recall_is", first=number(first.value), k=points[-1][0], last=number(last.value))
    dots = [Dot(k, mean.value or 0.0, *(mean.interval or (0.0, 0.0))) for k, mean in points]
    axis = Axis(words("passages_read"), words("recall"))
    return Chart(
        title,
        caption,
        (axis.x, axis.y, words("interval"), words("n")),
        tuple(figure_row(str(k), mean) for k, mean in points),
        partial(band, dots, axis, words("pair", name=title, value=caption)),
    )


def _latency(sheet: Sheet) -> Chart:
    words, times = sheet.words, sorted(sheet.run.timings.elapsed_ms.values())
    title = words("plot_latency")
    if not times:
        return Chart(title, words("no_times"))
    told = [(share, percentile(times, share) or 0.0) for share in _LATENCIES_TOLD]
    p50, p95, most = (f"{percentile(times, share) or 0.0:.1f}" for share in (0.5, 0.95, 1.0))
    caption = words("plot_latency_is", p50=p50, p95=p95, most=most)
    marks = [(f"p{share * 100:g} {ms:.1f}", ms, share) for share, ms in told if share in (0.5, 0.95)]
    axis = Axis(words("ms"), words("done_share"))
    return Chart(
        title,
        caption,
        (axis.y, axis.x),
        tuple((f"{share:g}", f"{ms:.1f}") for share, ms in told),
        partial(steps_to, times, marks, axis, words("pair", name=title, value=caption)),
    )


def _reliability(sheet: Sheet) -> Chart:
    words = sheet.words
    title = words("plot_reliability")
    if not sheet.shows("right", "ece"):
        return Chart(title, sheet.why_not("right", "ece"), withheld=True)
    judged = judged_answers(result.outcome for result in sheet.results)
    if not judged:
        return Chart(title, words("no_confidence"))
    bins = reliability(judged)
    means = [(b.confidence, Mean(b.right, b.n, exact_interval(round(b.right * b.n), b.n))) for b in bins]
    dots = [Dot(x, mean.value or 0.0, *(mean.interval or (0.0, 0.0))) for x, mean in means]
    caption = words("plot_reliability_is", n=len(judged), bins=len(bins))
    axis = Axis(words("confidence_mean"), words("right_share"))
    return Chart(
        title,
        caption,
        (axis.x, axis.y, words("interval"), words("n")),
        tuple(figure_row(number(x), mean) for x, mean in means),
        partial(against_diagonal, dots, axis, words("pair", name=title, value=caption)),
    )


def _risk(sheet: Sheet) -> Chart:
    """How wrong the answers are, the most confident first, up to where the answerer refuses: its threshold."""
    words = sheet.words
    title = words("plot_risk")
    if not sheet.shows("right", "aurc"):
        return Chart(title, sheet.why_not("right", "aurc"), withheld=True)
    outcomes = [result.outcome for result in sheet.results]
    judged = judged_answers(outcomes)
    asked = sum(not (outcome.case.small_talk or outcome.case.probe) for outcome in outcomes)
    points = [(point.coverage, point.risk) for point in risk_coverage(judged, asked)]
    if not points:
        return Chart(title, words("no_confidence"))
    now, mean = points[-1], sheet.means["aurc"]
    caption = words(
        "plot_risk_is",
        asked=asked,
        n=len(judged),
        whole=number(now[1]),
        half=number(_at(points, now[0] / 2)),
        area=number(mean.value),
        interval=interval_or_dash(mean.interval),
    )
    axis = Axis(words("coverage"), words("risk"))
    told = [(f"{share:g}", _at(points, share)) for share in _SHARES_TOLD if share < now[0]]
    return Chart(
        title,
        caption,
        (axis.x, axis.y),
        tuple((share, number(risk)) for share, risk in (*told, (_at_present(sheet, now[0]), now[1]))),
        partial(curve, points, (_threshold(sheet), *now), axis, words("pair", name=title, value=caption)),
    )


def _refusing(sheet: Sheet) -> Chart:
    """The unanswerable refused against the answerable refused, over all thresholds, and where the answerer stands."""
    words = sheet.words
    title = words("plot_refusing")
    shown = ("refusal_recall", "false_refusal", "auroc")
    if not sheet.shows(*shown):
        return Chart(title, sheet.why_not(*shown), withheld=True)
    points = refusal_curve(believed_questions(result.outcome for result in sheet.results))
    if not points:
        return Chart(title, words("no_belief"))
    recall, false, area = (sheet.means[name] for name in shown)
    now = (false.value or 0.0, recall.value or 0.0)
    caption = words(
        "plot_refusing_is",
        unanswerable=recall.n,
        rightly=number(recall.value),
        answerable=false.n,
        wrongly=number(false.value),
        area=number(area.value),
        interval=interval_or_dash(area.interval),
    )
    axis = Axis(words("wrongly_refused"), words("rightly_refused"))
    told = [(share, f"{share:g}", _reached(points, share)) for share in _REFUSED_TOLD]
    rows = sorted([*told, (now[0], _at_present(sheet, now[0]), now[1])])
    label = words("pair", name=title, value=caption)
    return Chart(
        title,
        caption,
        (axis.x, axis.y),
        tuple((name, number(rightly)) for _, name, rightly in rows),
        partial(curve, points, (_threshold(sheet), *now), axis, label, diagonal=True),
    )


def _threshold(sheet: Sheet) -> str:
    """What the working point is called: the threshold, where the run tells it."""
    threshold = sheet.run.setup.settings.get("answer_from")
    return sheet.words("now") if threshold is None else sheet.words("now_from", threshold=threshold)


def _at_present(sheet: Sheet, share: float) -> str:
    return f"{number(share)} ({_threshold(sheet)})"


def _reached(points: Sequence[Refusing], wrongly: float) -> float:
    """The most that can be refused rightly where at most this share is refused wrongly."""
    return max(point.rightly for point in points if point.wrongly <= wrongly + 1e-9)


def _at(points: Sequence[tuple[float, float]], share: float) -> float:
    """The risk where at least this share is let through."""
    return next(risk for coverage, risk in points if coverage >= share - 1e-9)
