"""Does the check of answers see what is wrong, and let stand what is right? `python -m eval.injection [--json]`

`paraphrases.jsonl`: right sentences in other words than their quotes, {half, quote, title, document_number, place,
address, signed_on, paraphrase}, since on a quote's own words comparing characters would be perfect. `rewrites.py` makes
of each one wrong sentences and further right ones; qa/check.py judges all of them as it judges an answer's.

*Caught*: the wrong ones found unsupported. *False alarms*: the right ones found unsupported; what is right and found
unchecked is counted apart. Beside the check stands the metric of eval/metrics/support.py on the same sentences, which
judges by rules of its own, so that an answer's check is not marked by itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from time import process_time

from eval.metrics.support import Verdict as Mark
from eval.metrics.support import judge
from eval.records import BadQuestions, Cited, Stretch
from eval.report.table import align, interval_text, number
from eval.rewrites import RIGHT, WRONG, Paraphrase, Probe, probes
from eval.statistics import Mean
from index.errors import system_reason
from index.records import Span
from qa.check import Ground, card_of, check
from qa.records import Support

PARAPHRASES = Path(__file__).with_name("paraphrases.jsonl")
HALVES = {"develop": "调试用的一半", "held-out": "留出的一半"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A probe, what the check and the metric made of it, and the milliseconds of the processor that the check took."""

    probe: Probe
    support: Support
    failed: tuple[str, ...]
    marked_wrong: bool  # by the metric
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of probe in one half: of wrong ones the share caught, of right ones the share of false alarms."""

    half: str
    kind: str
    wrong: bool
    found: Mean  # unsupported, says the check
    unchecked: Mean
    metric: Mean  # unsupported, says the metric


def read_paraphrases(path: Path = PARAPHRASES) -> list[Paraphrase]:
    """Raises BadQuestions, naming the file and line."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as exc:
        raise BadQuestions(f"{path}：打不开（{system_reason(exc)}）。") from exc
    found: list[Paraphrase] = []
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if row["half"] not in HALVES:
                raise ValueError(row["half"])
            day = row["signed_on"] or ""
            place = (row["title"], row["document_number"], row["place"], row["address"])
            found.append(Paraphrase(row["half"], row["quote"], *place, day, row["paraphrase"]))
        except (ValueError, KeyError, TypeError) as exc:
            raise BadQuestions(f"{path.name} 第 {at} 行读不懂（{type(exc).__name__}）。") from exc
    return found


def inject(paraphrases: Iterable[Paraphrase]) -> list[Judged]:
    """Every probe of the paraphrases, judged."""
    return [_judged(probe) for paraphrase in paraphrases for probe in probes(paraphrase)]


def lines(judged: Sequence[Judged]) -> list[Line]:
    """By half: each kind of wrong probe and all of them, then of right ones."""
    found: list[Line] = []
    for half in HALVES:
        for wrong, kinds in ((True, WRONG), (False, {"改述": None, **RIGHT})):
            of_half = [j for j in judged if j.probe.of.half == half and j.probe.wrong is wrong]
            parts = [(kind, [j for j in of_half if j.probe.kind == kind]) for kind in kinds]
            found += [_line(half, kind, wrong, part) for kind, part in [*parts, ("合计", of_half)] if part]
    return found


def show_injection(judged: Sequence[Judged]) -> str:
    """The table, in Chinese."""
    rows = [["", "句数", "判为无据", "95% 区间", "判为未核验", "评测指标判为无据"]]
    for line in lines(judged):
        of = "错句" if line.wrong else "对句"
        figures = [number(line.found.value), interval_text(line.found)]
        others = [number(line.unchecked.value), number(line.metric.value)]
        rows.append([f"{HALVES[line.half]}·{of}·{line.kind}", str(line.found.n), *figures, *others])
    spent = [j.elapsed_ms for j in judged]
    sentences = len({j.probe.of for j in judged})
    return (
        f"{align(rows)}\n{sentences} 句改述。错句判为无据是查出，对句判为无据是误报。"
        f"每句用时（处理器）：p50 {median(spent):.2f} 毫秒，p95 {quantiles(spent, n=20)[-1]:.2f} 毫秒"
    )


def injection_json(judged: Sequence[Judged]) -> dict[str, object]:
    """The same for programs, with every probe that was misjudged."""
    missed = [j for j in judged if (j.support is Support.UNSUPPORTED) is not j.probe.wrong]
    return {
        "lines": [asdict(line) for line in lines(judged)],
        "misjudged": [
            {"kind": j.probe.kind, "wrong": j.probe.wrong, "text": j.probe.text, "quote": j.probe.of.quote}
            | {"half": j.probe.of.half, "failed": list(j.failed)}
            for j in missed
        ],
        "sentence_p50_ms": median(j.elapsed_ms for j in judged),
    }


def _judged(probe: Probe) -> Judged:
    of = probe.of
    began = process_time()
    signed_on = date.fromisoformat(of.signed_on) if of.signed_on else None
    card = card_of(of.title, of.document_number, of.place, of.address, signed_on)
    support, failed = check(probe.text, Ground.of([of.quote], [card]))
    elapsed_ms = (process_time() - began) * 1000
    cited = Cited(1, Stretch("", Span(0, 1)), of.quote, of.title, of.document_number, of.address, of.place)
    marked = judge(probe.text, [cited]).verdict is Mark.UNSUPPORTED
    return Judged(probe, support, failed, marked, elapsed_ms)


def _line(half: str, kind: str, wrong: bool, judged: Sequence[Judged]) -> Line:
    return Line(
        half,
        kind,
        wrong,
        Mean.of((float(j.support is Support.UNSUPPORTED) for j in judged), interval=True),
        Mean.of(float(j.support is Support.UNCHECKED) for j in judged),
        Mean.of(float(j.marked_wrong) for j in judged),
    )


def main() -> int:
    """Print what became of all probes."""
    judged = inject(read_paraphrases())
    as_json = "--json" in sys.argv[1:]
    print(json.dumps(injection_json(judged), ensure_ascii=False) if as_json else show_injection(judged))
    return 0


if __name__ == "__main__":
    sys.exit(main())
