"""Two runs → what got better, what got worse, and whether chance could have done it. Pure.

Cases are paired by id; one whose question or gold differs between the runs is left out and told, since it is not the
same case any more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from eval.records import WORDINGS, BadRun, Case
from eval.report.table import GROUPS, align, number
from eval.runs import Run
from eval.scores import BY_NAME, HEADLINES, METRICS, Metric, Result
from eval.statistics import Difference, paired_difference

_MOST_FLIPS = 200
_PER_GROUP = ("right", "recall@5")


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that is right in one run and not in the other."""

    case: Case
    before: str  # why it was not right; "" where it was
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A, over the cases that both have."""

    a: Run
    b: Run
    pairs: tuple[tuple[Result, Result], ...]
    unpaired: int  # cases that only one of them has
    changed: int  # cases of one id whose question or gold differs

    def difference(self, metric: Metric, pairs: Sequence[tuple[Result, Result]] | None = None) -> Difference | None:
        """Of one metric, over the pairs (default: all) in which it applies to both. None without any."""
        scored = ((a.scores[metric.name], b.scores[metric.name]) for a, b in (self.pairs if pairs is None else pairs))
        return paired_difference([(a, b) for a, b in scored if a is not None and b is not None])

    @property
    def flips(self) -> tuple[Flip, ...]:
        """What became right, then what became wrong, each in the cases' order."""
        flips = [Flip(a.outcome.case, str(a.fault or ""), str(b.fault or "")) for a, b in self.pairs]
        moved = [flip for flip in flips if bool(flip.before) != bool(flip.after)]
        return tuple(sorted(moved, key=lambda flip: bool(flip.after)))


def compare(a: Run, b: Run) -> Comparison:
    """Pair two runs. Raises BadRun where they have no case in common."""
    before = {result.outcome.case.id: result for result in a.results}
    after = {result.outcome.case.id: result for result in b.results}
    both = [(before[id], result) for id, result in after.items() if id in before]
    same = tuple((x, y) for x, y in both if x.outcome.case == y.outcome.case)
    if not same:
        raise BadRun(f"{a.folder} 与 {b.folder} 没有一道相同的题，无从比较。请比较同一套题的两次评测。")
    return Comparison(a, b, same, len(before) + len(after) - 2 * len(both), len(both) - len(same))


def show_comparison(comparison: Comparison, *, as_json: bool = False) -> str:
    """The table of differences, the groups and the flips, in Chinese; or one JSON object."""
    return _to_json(comparison) if as_json else _to_text(comparison)


def verdict(difference: Difference, sign: int) -> str:
    """In words, from the interval: 变好, 变差, 未见差别; 有变化 where neither more nor less is better."""
    low, high = difference.interval
    if low <= 0 <= high:
        return "未见差别"
    if sign == 0:
        return "有变化"
    return "变好" if (low > 0) == (sign > 0) else "变差"


def _to_text(found: Comparison) -> str:
    left_out = [f"{found.unpaired} 题只在一边"] if found.unpaired else []
    left_out += [f"{found.changed} 题的题面或答案改过，不比"] if found.changed else []
    head = f"甲 {_named(found.a)}\n乙 {_named(found.b)}\n共同的题 {len(found.pairs)}" + "".join(
        f"，{each}" for each in left_out
    )
    rows = [["指标", "甲", "乙", "乙−甲", "95% 区间", "p", "效应", "升", "降", "题数", "判断"]]
    for metric in METRICS:
        difference = found.difference(metric)
        if difference:
            rows.append([metric.heading, *_figures(difference), verdict(difference, metric.sign)])
    groups = [["分组", "题数", *(f"{BY_NAME[name].heading}：乙−甲 [区间]" for name in _PER_GROUP)]]
    for by in GROUPS:
        for part, heading in by.headings.items():
            members = [pair for pair in found.pairs if by.part(pair[0].outcome.case) == part]
            if members:
                cells = [_brief(found.difference(BY_NAME[name], members)) for name in _PER_GROUP]
                groups.append([f"{by.heading}：{heading}", str(len(members)), *cells])
    return "\n\n".join([head, align(rows), align(groups), _flips_text(found.flips)])


def _named(run: Run) -> str:
    return f"{run.folder}（{run.setup.answerer}，库 {run.setup.library['id']}，{run.timings.started_at}）"


def _figures(d: Difference) -> list[str]:
    effect = "-" if d.effect is None else f"{d.effect:+.2f}"
    interval = f"{d.interval.low:+.3f}–{d.interval.high:+.3f}"
    return [
        number(d.a),
        number(d.b),
        f"{d.mean:+.3f}",
        interval,
        f"{d.p:.4f}",
        effect,
        str(d.better),
        str(d.worse),
        str(d.n),
    ]


def _brief(difference: Difference | None) -> str:
    if difference is None:
        return "-"
    return f"{difference.mean:+.3f} [{difference.interval.low:+.3f}，{difference.interval.high:+.3f}]"


def _flips_text(flips: Sequence[Flip]) -> str:
    lines = [f"由错变对 {sum(not f.after for f in flips)} 题，由对变错 {sum(bool(f.after) for f in flips)} 题。"]
    for flip in flips[:_MOST_FLIPS]:
        question = " ".join(flip.case.question.split())
        change = f"↓ 对 → {flip.after}" if flip.after else f"↑ {flip.before} → 对"
        lines.append(f"{change}  {flip.case.id}（{WORDINGS[flip.case.wording]}）{question[:60]}")
    if len(flips) > _MOST_FLIPS:
        lines.append(f"……另有 {len(flips) - _MOST_FLIPS} 题，见 --json。")
    return "\n".join(lines)


def _to_json(found: Comparison) -> str:
    """{"a", "b", "pairs", "unpaired", "changed", "metrics": {NAME: {"a", "b", "mean", "interval", "p", …, "verdict"}},
    "groups": {GROUP: {PART: {NAME: {…}}}}, "flips": [{"id", "before", "after"}]}"""
    metrics: dict[str, object] = {}
    for metric in METRICS:
        if difference := found.difference(metric):
            metrics[metric.name] = _object(difference, metric)
    groups: dict[str, dict[str, object]] = {}
    for by in GROUPS:
        for part in by.headings:
            members = [pair for pair in found.pairs if by.part(pair[0].outcome.case) == part]
            scored = {name: found.difference(BY_NAME[name], members) for name in HEADLINES}
            if members:
                kept = {name: _object(d, BY_NAME[name]) for name, d in scored.items() if d}
                groups.setdefault(by.name, {})[part] = kept
    return json.dumps(
        {
            "a": str(found.a.folder),
            "b": str(found.b.folder),
            "pairs": len(found.pairs),
            "unpaired": found.unpaired,
            "changed": found.changed,
            "metrics": metrics,
            "groups": groups,
            "flips": [{"id": f.case.id, "before": f.before or None, "after": f.after or None} for f in found.flips],
        },
        ensure_ascii=False,
    )


def _object(difference: Difference, metric: Metric) -> dict[str, object]:
    return {**asdict(difference), "mean": difference.mean, "verdict": verdict(difference, metric.sign)}
