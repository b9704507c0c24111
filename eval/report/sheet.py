"""What a report shows of a run, less every metric that failed its self-test. Pure.

The reports in HTML and Markdown take every figure from here, so that none that is withheld can slip through: neither
its mean, nor its score of a case, nor what is worked out from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from eval.metrics.ranking import hits, recall_at
from eval.records import Fault, Outcome
from eval.report.table import GROUPS, SECTIONS, Group, number
from eval.report.wording import Words
from eval.runs import Run
from eval.scores import BY_NAME, FINDING, HEADLINES, METRICS, SET_METRICS, Metric, Result, SetMetric, summary
from eval.statistics import Mean

BY_GROUP = ("right", "recall@5")  # what is shown for each group
NEAR_ZERO = tuple(metric for metric in METRICS if metric.sign == -1)
FINDS = tuple(metric.name for metric in FINDING)  # all rest on where the evidence is hit
_RESTS_ON = {"aurc": "right", "ece": "right"}
_SHORT = 12  # digits of a sha256
_LISTS = {"ASTRAY": "cases_astray", "UNJUDGED": "cases_probes", "RIGHT": "cases_right"}  # by State.name, less Faults

# what acts instead of being seen: controls but tab and line feed, marks that reorder a line, lone surrogates
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_BREAKS = {ord("\r"): None, ord("\x85"): "↵", ord("\u2028"): "↵", ord("\u2029"): "↵"}


def visible(text: str) -> str:
    """`text` fit to be shown: line breaks that a page would swallow become ↵, what would act unseen becomes �."""
    return _UNSHOWABLE.sub("\ufffd", text.translate(_LINE_BREAKS))


@dataclass(frozen=True, slots=True)
class Part:
    """A group of questions, with those means of it that may be shown."""

    label: str
    n: int
    means: Mapping[str, Mean]


@dataclass(frozen=True, slots=True)
class State:
    """How a case ended, as a tone, a shape and a word; `name` is for programs: a Fault's, RIGHT, ASTRAY or UNJUDGED."""

    name: str
    tone: str
    shape: str
    word: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in its list; `number` counts the run's cases from 1."""

    number: int
    result: Result
    state: State | None  # None where `right` is withheld
    side: str = "c"  # another one for each run that a page shows

    @property
    def anchor(self) -> str:
        """What links lead to."""
        return f"{self.side}{self.number}"

    @property
    def wrong(self) -> bool:
        """Worth reading at length."""
        return self.state is None or self.state.tone == "red"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A run as it may be shown, in one language."""

    run: Run
    words: Words
    withheld: Mapping[str, str]  # metric → why, in the report's language as far as it is ours
    means: Mapping[str, Mean]  # over all questions; no withheld one

    @classmethod
    def of(cls, run: Run, broken: Mapping[str, str], lang: str) -> Sheet:
        """`broken`: metric → why it failed its self-test. ValueError for an unknown language."""
        words = Words(lang)
        withheld = dict(broken)
        for name, base in _RESTS_ON.items():
            if base in broken and name not in broken:
                withheld[name] = words("rests_on", metric=words.heading(BY_NAME[base]))
        means = summary(run.results, intervals=True)
        return cls(run, words, withheld, {name: mean for name, mean in means.items() if name not in withheld})

    def shows(self, *names: str) -> bool:
        """Whether none of these metrics is withheld."""
        return not any(name in self.withheld for name in names)

    def why_not(self, *names: str) -> str:
        """Which of these is withheld and why: “答对”未通过自检，不显示：…。For the first; one of them must be."""
        name = next(name for name in names if name in self.withheld)
        heading = self.words.heading(BY_NAME.get(name) or next(m for m in SET_METRICS if m.name == name))
        return self.words("withheld_whose", metric=heading, reason=self.withheld[name])

    @property
    def sections(self) -> tuple[tuple[str, tuple[Metric | SetMetric, ...]], ...]:
        """Every metric under its heading, withheld or not."""
        told = tuple((self.words.section(title), tuple(metrics)) for title, metrics in SECTIONS)
        return (*told, (self.words("confidence"), SET_METRICS))

    def withheld_names(self) -> list[tuple[str, str]]:
        """(heading, why) of what is withheld, in the order of the metrics; then what is none of them."""
        metrics = [metric for _, section in self.sections for metric in section]
        known = [(self.words.heading(m), self.withheld[m.name]) for m in metrics if m.name in self.withheld]
        names = {metric.name for metric in metrics}
        return known + [(name, why) for name, why in self.withheld.items() if name not in names]

    def headlines(self) -> list[str]:
        """The metrics for the first glance: those of HEADLINES that apply to a question, else the rates near zero."""
        names = dict.fromkeys((*HEADLINES, *(metric.name for metric in NEAR_ZERO)))
        return [name for name in names if not self.shows(name) or self.means[name].n][: len(HEADLINES)]

    def near_zero(self, name: str) -> tuple[str, str, str]:
        """Of a metric of NEAR_ZERO that is not withheld: its value, how many times it happened, the upper bound."""
        mean = self.means[name]
        times = self.words("times_is", count=round((mean.value or 0.0) * mean.n), n=mean.n)
        bound = self.words("upper_bound_is", high=f"{mean.interval.high:.3f}") if mean.interval else "-"
        return number(mean.value), times, bound

    # ── groups and faults ───────────────────────────────────────────────────────────────────────────────────────

    def groups(self) -> list[tuple[Group, list[Part]]]:
        """The parts of each group with their means of BY_GROUP; only groups in which there is something to show."""
        told = []
        for group in GROUPS:
            parts = [self._part(self.words.part(group, part), members) for part, members in group.split(self.results)]
            if any(mean.n for part in parts for mean in part.means.values()):
                told.append((group, parts))
        return told

    def _part(self, label: str, members: Sequence[Result]) -> Part:
        shown = [name for name in BY_GROUP if self.shows(name)]
        return Part(label, len(members), {name: _mean(members, name) for name in shown})

    def faults(self) -> list[tuple[Fault, int]]:
        """How many answers are not right for each reason, the most frequent first; [] where `right` is withheld."""
        if not self.shows("right"):
            return []
        counts = {fault: sum(result.fault is fault for result in self.results) for fault in Fault}
        return sorted(((fault, n) for fault, n in counts.items() if n), key=lambda each: -each[1])

    # ── curves ──────────────────────────────────────────────────────────────────────────────────────────────────

    def recall_curve(self) -> list[tuple[int, Mean]]:
        """Mean recall of the first 1 … k passages. [] without evidence."""
        outcomes = [result.outcome for result in self.results if result.outcome.status and result.outcome.evidence]
        if not outcomes:
            return []
        return [
            (k, Mean.of((recall_at(k, outcome.evidence, outcome.found) for outcome in outcomes), interval=True))
            for k in range(1, self.run.setup.k + 1)
        ]

    # ── cases ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def results(self) -> tuple[Result, ...]:
        return self.run.results

    def listed(self) -> list[Listed]:
        """Every case in the run's order."""
        return [Listed(number, result, self._state(result)) for number, result in enumerate(self.results, 1)]

    def lists(self) -> list[tuple[str, list[Listed]]]:
        """(phrase, cases): those that went wrong first, no list empty; all in one where `right` is withheld."""
        cases = self.listed()
        parted: dict[str, list[Listed]] = {phrase: [] for phrase in ("cases_all", "cases_failed", *_LISTS.values())}
        for case in cases:
            parted[_LISTS.get(case.state.name, "cases_failed") if case.state else "cases_all"].append(case)
        return [(phrase, listed) for phrase, listed in parted.items() if listed]

    def _state(self, result: Result) -> State | None:
        words = self.words
        if not self.shows("right"):
            return None
        if result.fault:
            return State(result.fault.name, "red", "✗", words.fault(result.fault))
        if result.scores["right"] is not None:
            return State("RIGHT", "green", "✓", words("right"))
        if self.shows("wrong_place") and result.scores["wrong_place"]:
            return State("ASTRAY", "red", "✗", words.heading(BY_NAME["wrong_place"]))
        return State("UNJUDGED", "muted", "–", words("unjudged"))

    def scores(self, result: Result) -> list[tuple[str, str]]:
        """(heading, number) of every score that the case has."""
        return [
            (self.words.heading(metric), number(score))
            for metric in METRICS
            if self.shows(metric.name) and (score := result.scores[metric.name]) is not None
        ]

    def ranks(self, outcome: Outcome) -> list[str]:
        """For each piece of evidence, at which rank it was found; "" where the metrics that say so are withheld."""
        if not self.shows(*FINDS):
            return [""] * len(outcome.evidence)
        ranks = (
            next((rank for rank, passage in enumerate(outcome.found, 1) if hits(passage, place)), None)
            for place in outcome.evidence
        )
        return [self.words("found_at", rank=rank) if rank else self.words("not_found") for rank in ranks]

    # ── what was run ────────────────────────────────────────────────────────────────────────────────────────────

    def facts(self) -> list[tuple[str, str]]:
        """(label, value) of all that the run depends on, and when it was made."""
        setup, timings, words = self.run.setup, self.run.timings, self.words
        split = words.split(setup.split)
        counts = setup.library.get("counts")
        held = counts if isinstance(counts, Mapping) else {}
        about = {
            "id": setup.library.get("id", ""),
            "embedder": setup.library.get("embedder", ""),
            "tokeniser": setup.library.get("tokeniser", ""),
            "counts": words.joined(
                [words(name, n=held[name]) for name in ("documents", "notices", "chunks") if name in held]
            ),
        }
        took = words("took_is", seconds=timings.elapsed_s, jobs=timings.jobs, mb=timings.peak_mb)
        told = (
            ("questions", words("questions_are", split=split, n=len(self.results), digest=setup.questions[:_SHORT])),
            ("answerer", setup.answerer),
            ("library", words("library_is", **about)),
            ("k", words("k_is", k=setup.k)),
            ("date", self.date),
            ("took", took if timings.jobs else words("unrecorded")),
            ("settings", _pairs(setup.settings)),
            ("prompts", _pairs({name: digest[:_SHORT] for name, digest in setup.prompts.items()})),
            ("versions", _pairs(setup.versions)),
            ("fingerprint", setup.fingerprint),
        )
        return [(words(phrase), value) for phrase, value in told]

    @property
    def date(self) -> str:
        """2026-11-26 04:47 UTC, or what the run holds in its place."""
        started_at = self.run.timings.started_at
        try:
            return f"{datetime.fromisoformat(started_at):%Y-%m-%d %H:%M %Z}".strip()
        except ValueError:
            return started_at or self.words("unrecorded")


def _mean(results: Iterable[Result], name: str) -> Mean:
    return Mean.of((result.scores[name] for result in results), interval=True)


def _pairs(values: Mapping[str, object]) -> str:
    """name value · name value, without those that are empty."""
    return " · ".join(f"{name} {value}" for name, value in values.items() if value != "")
