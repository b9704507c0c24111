"""The gate: does this run fall behind the accepted baseline? Case by case, so that noise does not count as a fall.

The baseline is small enough to be kept in the repository: for every case a digest of its question and gold, and its
headline scores; with them the command, setup and means, so that a reader knows what was accepted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.cases import case_row
from eval.compare import verdict
from eval.records import BadRun
from eval.report.table import align, number
from eval.runs import Run, digest
from eval.scores import BY_NAME, Result
from eval.statistics import Difference, Mean, paired_difference
from index.errors import system_reason

BASELINE = Path(__file__).with_name("baseline.json")
GATED = (
    *("right", "recall@5", "citation_recall", "citation_support", "support_rate"),
    *("refusal_recall", "false_refusal", "wrong_place", "wrong_law"),
)
FORMAT = 1
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was accepted. `scores`: by case id, those of GATED, in its order."""

    command: str
    setup: Mapping[str, object]
    means: Mapping[str, float | None]
    digests: Mapping[str, str]  # by case id
    scores: Mapping[str, Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A run against the baseline."""

    differences: Mapping[str, Difference]  # by metric name, over the cases to which it applies in both
    compared: int
    new: int  # cases that the baseline does not know
    gone: int  # cases that the run does not have
    changed: int  # cases whose question or gold differs

    @property
    def fallen(self) -> tuple[str, ...]:
        """The metrics whose paired interval lies on the worse side of zero."""
        return tuple(n for n, d in self.differences.items() if verdict(d, BY_NAME[n].sign) == "变差")

    @property
    def passed(self) -> bool:
        return not self.fallen and not self.gone


def accept(runs: Sequence[Run], command: str) -> Baseline:
    """Make these runs the baseline. Raises BadRun where two of them hold the same case."""
    results = _results(runs)
    return Baseline(
        command,
        {run.setup.split: asdict(run.setup) for run in runs},
        {name: _rounded(Mean.of(r.scores[name] for r in results.values()).value) for name in GATED},
        {id: _digest(result) for id, result in results.items()},
        {id: [_rounded(result.scores[name]) for name in GATED] for id, result in results.items()},
    )


def judge(baseline: Baseline, runs: Sequence[Run]) -> Judgement:
    """Hold runs against the baseline. Raises BadRun where not one case is the same."""
    results = _results(runs)
    shared = [id for id in results if id in baseline.scores]
    same = [id for id in shared if baseline.digests[id] == _digest(results[id])]
    if not same:
        raise BadRun("这次评测的题与基线没有一道相同。请评测基线所用的题，或用 --accept 另立基线。")
    differences: dict[str, Difference] = {}
    for place, name in enumerate(GATED):
        scored = ((baseline.scores[id][place], _rounded(results[id].scores[name])) for id in same)
        found = paired_difference([(a, b) for a, b in scored if a is not None and b is not None])
        if found:
            differences[name] = found
    new, gone = len(results) - len(shared), len(baseline.scores) - len(shared)
    return Judgement(differences, len(same), new, gone, len(shared) - len(same))


def show_judgement(found: Judgement) -> str:
    """The table and the verdict, in Chinese."""
    rows = [["指标", "基线", "这次", "差", "95% 区间", "p", "题数", "判断"]]
    for name, d in found.differences.items():
        interval = f"{d.interval.low:+.3f}–{d.interval.high:+.3f}"
        said = verdict(d, BY_NAME[name].sign)
        row = [BY_NAME[name].heading, number(d.a), number(d.b), f"{d.mean:+.3f}", interval, f"{d.p:.4f}", str(d.n)]
        rows.append([*row, said])
    notes = [f"与基线比了 {found.compared} 题"]
    notes += [f"新题 {found.new} 道，不比"] if found.new else []
    notes += [f"改过的题 {found.changed} 道，不比"] if found.changed else []
    notes += [f"基线里有 {found.gone} 道题这次没有"] if found.gone else []
    if found.passed:
        verdict_line = "通过：没有一项指标的配对区间落在变差的一侧。"
    elif found.fallen:
        names = "、".join(BY_NAME[name].heading for name in found.fallen)
        verdict_line = (
            f"不通过：{names} 变差了。请用 wenzheng eval compare 看是哪些题；确属有意，用 wenzheng eval gate --accept。"
        )
    else:
        verdict_line = "不通过：基线里的题少了。请补回；确属有意，用 wenzheng eval gate --accept 另立基线。"
    return "\n\n".join([align(rows), "；".join(notes) + "。", verdict_line])


def read_baseline(path: Path = BASELINE) -> Baseline:
    """Raises BadRun, naming the file and the way out."""
    try:
        found = json.loads(path.read_text("utf-8"))
        if found.pop("format") != FORMAT or tuple(found.pop("metrics")) != GATED:
            raise BadRun(f"基线 {path} 是别的版本立的，指标不同。请用 wenzheng eval gate --accept 另立。")
        cases = found.pop("cases")
        digests = {id: row[0] for id, row in cases.items()}
        return Baseline(**found, digests=digests, scores={id: row[1:] for id, row in cases.items()})
    except OSError as exc:
        raise BadRun(f"基线 {path} 读不到（{system_reason(exc)}）。请用 wenzheng eval gate --accept 立一个。") from exc
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BadRun(f"基线 {path} 已损坏。请恢复它，或用 wenzheng eval gate --accept 另立。") from exc


def write_baseline(baseline: Baseline, path: Path = BASELINE) -> None:
    """One case a line, so that a change shows in a diff. Raises BadRun where it cannot be written."""
    cases = {id: [baseline.digests[id], *scores] for id, scores in baseline.scores.items()}
    head = {"format": FORMAT, "metrics": GATED, "command": baseline.command}
    head |= {"setup": baseline.setup, "means": baseline.means}
    lines = [f"  {json.dumps(id, ensure_ascii=False)}: {json.dumps(row)}" for id, row in cases.items()]
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "cases": {\n' + ",\n".join(lines) + "\n }\n}\n"
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as exc:
        raise BadRun(f"基线 {path} 写不进去（{system_reason(exc)}）。请用 --baseline 另指一个文件。") from exc


def _results(runs: Sequence[Run]) -> dict[str, Result]:
    results: dict[str, Result] = {}
    for result in (each for run in runs for each in run.results):
        if result.outcome.case.id in results:
            raise BadRun(f"两次评测里都有 {result.outcome.case.id}，不能合成一个基线。")
        results[result.outcome.case.id] = result
    return results


def _digest(result: Result) -> str:
    return digest([case_row(result.outcome.case)])[:12]


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, _DIGITS)
