"""What a person found who read citations against the gazettes, sentence by sentence: `python -m eval.citations_read`

`citations-read.jsonl` holds a row a sentence, drawn with a fixed seed from the answered sentences of a dev run:
{"seed", "id" of the question, "markers", "sentence", "verdict", "fault", "reason"}. Seed 5 was drawn before the faults
that it showed were mended by kinds, seed 6 after.

*Verdict*: do the quotes under the markers bear the sentence out, word by word. *Fault*: what else a reader would
stumble over, "" for nothing: a true sentence can mislead without the heading, or the clause before, that it leans on.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.records import BadQuestions
from eval.report.table import align, interval_text, number
from eval.statistics import Mean, exact_interval
from index.errors import system_reason

CITATIONS_READ = Path(__file__).with_name("citations-read.jsonl")
VERDICTS = {"supported": "有据", "partly": "部分有据", "unsupported": "无据"}
FAULTS = {
    "": "没有毛病",
    "no group": "组长、职责没有说是哪一组的",
    "no matter": "责任单位没有说管哪件事",
    "no head": "缺管着它的那句（适用对象、条件）",
    "broken": "断行没有接上，句子不完整",
    "item cut": "列项截得没有了意思",
    "beyond quote": "说的比引文多",
    "address": "条款写得不准",
    "city": "城市不对",
}


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader found of one sentence."""

    id: str  # of the question
    markers: tuple[int, ...]
    sentence: str
    verdict: str  # of VERDICTS
    fault: str  # of FAULTS
    reason: str
    seed: int

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS or self.fault not in FAULTS:
            raise ValueError(self.verdict or self.fault)


def read_citations(path: Path = CITATIONS_READ) -> list[Read]:
    """Raises BadQuestions, naming the file and line."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as exc:
        raise BadQuestions(f"{path}：打不开（{system_reason(exc)}）。") from exc
    found: list[Read] = []
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            said = (row["sentence"], row["verdict"], row["fault"], row["reason"], row["seed"])
            found.append(Read(row["id"], tuple(row["markers"]), *said))
        except (ValueError, KeyError, TypeError) as exc:
            raise BadQuestions(f"{path.name} 第 {at} 行读不懂（{type(exc).__name__}）。") from exc
    return found


def share(found: Sequence[Read], *, verdict: str | None = None, fault: str | None = None) -> Mean:
    """Of sentences with this verdict, or this fault, with Clopper and Pearson's interval. None without sentences."""
    alike = sum(verdict in (None, each.verdict) and fault in (None, each.fault) for each in found)
    return Mean(alike / len(found), len(found), exact_interval(alike, len(found))) if found else Mean(None, 0)


def show_citations(found: Sequence[Read]) -> str:
    """The table, in Chinese: verdicts, then faults, the most frequent first."""
    rows = [["人工核对的引用", "占比", "95% 区间", "句数"]]
    of_verdict = [(name, share(found, verdict=key), key) for key, name in VERDICTS.items()]
    counted = Counter(each.fault for each in found)
    of_fault = [(FAULTS[key], share(found, fault=key), key) for key, _ in counted.most_common()]
    for name, mean, key in of_verdict:
        rows.append([name, number(mean.value), interval_text(mean), str(sum(each.verdict == key for each in found))])
    for name, mean, key in of_fault:
        rows.append([f"毛病·{name}" if key else name, number(mean.value), interval_text(mean), str(counted[key])])
    return align(rows)


def by_seed(found: Sequence[Read]) -> dict[int, list[Read]]:
    """The draws, in their order."""
    return {seed: [each for each in found if each.seed == seed] for seed in sorted({each.seed for each in found})}


def main() -> int:
    """Print what was found."""
    tables = (f"抽样种子 {seed}\n{show_citations(drawn)}" for seed, drawn in by_seed(read_citations()).items())
    print("\n\n".join(tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
