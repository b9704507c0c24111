"""How well personal data is masked, and how seldom anything else: `python -m eval.privacy [--misses]`.

Recall: the share of made-up personal items of which every character is masked. False masking: the share of harmless
figures, sayings, questions and lines of the five gazettes in which anything is masked. Exact intervals (Clopper and
Pearson), since the rates stand near 1 and 0.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import bundled_questions, load_cases
from eval.check import bundled_corpus_texts
from eval.privacy_decoys import harmless
from eval.privacy_samples import FRAMES, Sample, personal, sample_texts
from eval.report.table import align, interval_text, number
from eval.statistics import Mean, exact_interval, percentile
from index.records import Span
from qa.privacy import mask

SEED = 20261126
EACH_PERSONAL = 20  # samples of every spelling
EACH_HARMLESS = 200  # of every kind
TIMED_CHARS = 300
TARGETS = "目标：全部遮住 ≥ 0.99，误遮 ≤ 0.005，300 字 < 1 毫秒。"
_WRITTEN = Path(__file__).parent.parent / "index" / "training" / "written" / "questions.jsonl"
_FIGURE = re.compile(r"[0-9０-９〇零一二三四五六七八九十百千万亿]+(?:[.,:/\-－—–][0-9０-９]+)*")


@dataclass(frozen=True, slots=True)
class Tally:
    """What was tried under one heading; `failed` holds the texts that went wrong."""

    kind: str
    spelling: str
    n: int
    failed: tuple[str, ...]

    def rate(self, of_failures: bool) -> Mean:
        """Share that failed, or that did not."""
        count = len(self.failed) if of_failures else self.n - len(self.failed)
        return Mean(count / self.n, self.n, exact_interval(count, self.n))


def recall(samples: Iterable[Sample]) -> list[Tally]:
    """By kind and spelling, in the order given: the samples whose item is masked from end to end."""
    return _tallied(samples, lambda sample: not _covered(sample))


def false_masking(samples: Iterable[Sample]) -> list[Tally]:
    """By kind: the samples in whose figure anything is masked."""
    return _tallied(samples, lambda sample: any(f.span.overlap(sample.span) for f in mask(sample.text).found))


def overreach(samples: Sequence[Sample]) -> Tally:
    """The samples in which more is masked than the item and the spaces and marks around it."""
    failed = tuple(_shown(sample) for sample in samples if _reaches_over(sample))
    return Tally("遮到别的字", "", len(samples), failed)


def _tallied(samples: Iterable[Sample], wrong: Callable[[Sample], bool]) -> list[Tally]:
    tried: dict[tuple[str, str], list[tuple[Sample, bool]]] = {}
    for sample in samples:
        tried.setdefault((sample.kind, sample.spelling), []).append((sample, wrong(sample)))
    return [
        Tally(kind, spelling, len(rows), tuple(_shown(sample) for sample, is_wrong in rows if is_wrong))
        for (kind, spelling), rows in tried.items()
    ]


def _covered(sample: Sample) -> bool:
    covered = {at for f in mask(sample.text).found for at in range(f.span.start, f.span.end)}
    wanted = (at for at in range(sample.span.start, sample.span.end) if sample.text[at].isalnum())
    return covered.issuperset(wanted)


def _reaches_over(sample: Sample) -> bool:
    masked = mask(sample.text).found
    return any(
        sample.text[at].isalnum() and not sample.span.start <= at < sample.span.end
        for f in masked
        for at in range(f.span.start, f.span.end)
    )


def _shown(sample: Sample) -> str:
    return f"{sample.item}｜{mask(sample.text).text!r}"


def of_gazettes() -> list[Tally]:
    """Every figure in the five gazettes, and every line of them."""
    tallies: dict[str, tuple[int, list[str]]] = {"公报里的数字": (0, []), "公报里的行": (0, [])}
    for text in bundled_corpus_texts().values():
        masked = [f.span for f in mask(text).found]
        for kind, spans in (
            ("公报里的数字", _matches(_FIGURE, text)),
            ("公报里的行", _matches(re.compile(".+"), text)),
        ):
            n, failed = tallies[kind]
            stretches = list(spans)
            failed += [text[s.start : s.end] for s in stretches if any(s.overlap(m) for m in masked)]
            tallies[kind] = (n + len(stretches), failed)
    return [Tally(kind, "", n, tuple(failed)) for kind, (n, failed) in tallies.items()]


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (Span(*m.span()) for m in pattern.finditer(text))


def of_questions() -> list[Tally]:
    """The dev questions with their histories, and the questions that our reader was trained on."""
    cases = [case for case in load_cases(bundled_questions()) if case.split == "dev"]
    dev = [text for case in cases for text in (case.question, *case.history)]
    rows = (json.loads(line) for line in _WRITTEN.read_text("utf-8").splitlines())
    written = [question for row in rows for question in row["questions"]]
    return [
        Tally(kind, "", len(texts), tuple(m.text for m in map(mask, texts) if m.found))
        for kind, texts in (("dev 题", dev), ("训练用的问题", written))
    ]


def milliseconds(texts: Iterable[str]) -> list[float]:
    """What masking each text takes of a processor, so that a busy machine tells the same."""
    times = []
    for text in texts:
        started = time.process_time()
        mask(text)
        times.append((time.process_time() - started) * 1000)
    return times


def show(heading: str, tallies: Sequence[Tally], *, of_failures: bool) -> str:
    """The table, in Chinese: a row a heading, and all of them together."""
    whole = Tally("合计", "", sum(t.n for t in tallies), tuple(text for t in tallies for text in t.failed))
    rows = [[heading, "值", "95% 区间", "项数"]]
    for tally in (*tallies, whole):
        rate = tally.rate(of_failures)
        name = f"{tally.kind}：{tally.spelling}" if tally.spelling else tally.kind
        rows.append([name, number(rate.value), interval_text(rate), str(tally.n)])
    return align(rows)


def _by_kind(tallies: Sequence[Tally]) -> list[Tally]:
    kinds = dict.fromkeys(tally.kind for tally in tallies)
    grouped = ([t for t in tallies if t.kind == kind] for kind in kinds)
    return [Tally(g[0].kind, "", sum(t.n for t in g), tuple(f for t in g for f in t.failed)) for g in grouped]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print the tables; 0 also where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m eval.privacy", description="测个人信息遮得全不全、误遮多不多")
    parser.add_argument("--seed", type=int, default=SEED, help="随机种子")
    parser.add_argument("--spellings", action="store_true", help="逐种写法列出")
    parser.add_argument("--misses", action="store_true", help="列出遮错的文字")
    args = parser.parse_args(argv)
    items, figures = personal(args.seed, EACH_PERSONAL), harmless(args.seed, EACH_HARMLESS)
    found = recall(items)
    wrong = [*false_masking(figures), *of_gazettes(), *of_questions()]
    over = overreach(items)
    print(show("个人信息：全部遮住", found if args.spellings else _by_kind(found), of_failures=False), end="\n\n")
    print(show("无关的文字：误遮", wrong, of_failures=True), end="\n\n")
    print(show("个人信息：周围", [over], of_failures=True), end="\n\n")
    times = milliseconds(sample_texts(items, TIMED_CHARS))
    p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
    print(f"句式 {len(FRAMES)} 种；{TIMED_CHARS} 字 p50 {number(p50)} 毫秒，p95 {number(p95)} 毫秒，{len(times)} 段。")
    print(TARGETS)
    if args.misses:
        for tally in (*found, *wrong, over):
            for text in tally.failed:
                print(f"{tally.kind} {tally.spelling}：{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
