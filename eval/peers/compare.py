"""The story: the same texts and questions to every peer, each in a fresh process, and what they find scored alike.

texts + questions → job → worker, one a peer → passages → scores, times, memory → PeerReport
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.cases import Sources
from eval.metrics.ranking import hit_at, recall_at, recall_within, reciprocal_rank
from eval.peers.peer import PeerQuestion, PeerText
from eval.peers.roster import INSTALL, OURS, ROSTER, Entry
from eval.peers.worker import Job
from eval.records import BadQuestions, Case, Stretch
from eval.run import Progress, choose_cases
from eval.scores import READ_CHARS
from eval.statistics import percentile
from index.build import bundled_corpus
from index.errors import NothingToIndex, UnreadableFile, WenzhengError
from index.files.read import FORMATS_READ, find_files, read_file
from index.records import Span

TIME_LIMIT_S = 1200.0  # for one peer
_MAX_REASON = 200
_QUIET = {  # nothing leaves the machine
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
}


class UnknownPeer(WenzhengError):
    """A name that is on no roster."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A score of finding: its name in JSON, its heading, and what a question's passages are worth."""

    name: str
    heading: str
    score: Callable[[Sequence[Stretch], Sequence[Stretch]], float | None]


FIGURES = (
    *(Figure(f"recall@{k}", f"召回@{k}", partial(recall_at, k)) for k in (1, 5, 10)),
    Figure("hit@5", "命中@5", partial(hit_at, 5)),
    Figure("mrr", "MRR", reciprocal_rank),
    Figure(f"recall@{READ_CHARS}chars", f"{READ_CHARS}字召回", partial(recall_within, READ_CHARS)),
)


class State(StrEnum):
    """What became of a peer."""

    RAN = "ran"
    ABSENT = "absent"  # not installed
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a peer took: seconds to load and build, milliseconds a question, MiB of memory at its peak."""

    build_s: float
    p50_ms: float
    p95_ms: float
    peak_mb: float
    grown_mb: float  # over the bare interpreter


@dataclass(frozen=True, slots=True)
class PeerResult:
    """One peer: what it is, and what came of it."""

    name: str
    state: State
    reason: str = ""  # why it did not run, in Chinese
    settings: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)  # by distribution
    scores: tuple[Mapping[str, float | None], ...] = ()  # by Figure.name, in the order of the report's cases
    cost: Cost | None = None
    passages: int = 0
    mean_chars: float = 0.0  # of the passages, in the source text


@dataclass(frozen=True, slots=True)
class PeerReport:
    """One run. The first result is wenzheng's, to which the others are held."""

    cases: tuple[Case, ...]  # the answerable ones
    results: tuple[PeerResult, ...]
    k: int
    problems: tuple[str, ...] = ()  # files that could not be read, one Chinese line each


def compare_peers(
    paths: Sequence[Path] | None = None,
    questions: Sequence[Path] = (),
    split: str | None = None,
    names: Sequence[str] | None = None,
    *,
    k: int = 10,
    progress: Progress | None = None,
) -> PeerReport:
    """`wenzheng eval peers`: feed these files (None: the five gazettes) to every peer and ask each the same questions.

    Questions: as for run_eval (default: the bundled dev split), less those that the notices do not answer. `names`: of
    the roster (None: all); wenzheng always runs. Raises UnknownPeer, NothingToIndex where no file can be read, and
    BadQuestions where evidence stands in none of them. A peer that is not installed, or crashes, costs only itself.
    """
    entries = _chosen(names)
    texts, problems = _texts(paths or [bundled_corpus()])
    cases = [case for case in choose_cases(questions, split) if case.answerable]
    if not cases:
        raise BadQuestions("选中的题都没有依据可找（不能答的题和闲聊不比）。请换一个题目文件，或改 --split。")
    evidence = _located(cases, texts)
    asked = tuple(PeerQuestion(case.question, case.history) for case in cases)
    results: list[PeerResult] = []
    for done, entry in enumerate(entries):
        if progress:
            progress(done, len(entries), entry.name)
        results.append(_run(entry, Job(entry.door, texts, asked, k), evidence))
    if progress:
        progress(len(entries), len(entries), "")
    return PeerReport(tuple(cases), tuple(results), k, problems)


def _chosen(names: Sequence[str] | None) -> list[Entry]:
    known = [entry.name for entry in ROSTER]
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise UnknownPeer(f"没有叫“{'、'.join(unknown)}”的对照。可选：{'、'.join(known)}。")
    return [entry for entry in ROSTER if names is None or entry.name in (OURS, *names)]


def _texts(paths: Sequence[Path]) -> tuple[tuple[PeerText, ...], tuple[str, ...]]:
    """The texts of all readable files in the order of their sources, as a library would hold them; and problems."""
    found = find_files(paths)
    problems = list(found.problems)
    texts: dict[str, PeerText] = {}
    seen: set[str] = set()  # the same bytes twice are one document
    for file in found.files:
        try:
            result = read_file(file)
        except UnreadableFile as exc:
            problems.append(str(exc))
            continue
        problems += result.problems
        for document in result.documents:
            if document.sha256 not in seen and document.source not in texts:
                seen.add(document.sha256)
                texts[document.source] = PeerText(document.source, document.text, document.title, document.one_notice)
    if not texts:
        raise NothingToIndex("\n".join([*problems, f"没有可以比较的文件。{FORMATS_READ}"]))
    return tuple(texts[source] for source in sorted(texts)), tuple(problems)


def _located(cases: Sequence[Case], texts: Sequence[PeerText]) -> list[tuple[Stretch, ...]]:
    sources = Sources({text.source: text.text for text in texts})
    wanted = dict.fromkeys(evidence.source for case in cases for evidence in case.evidence)
    absent = [source for source in wanted if source not in sources]
    if absent:
        raise BadQuestions(
            f"给出的文件里没有题目所依据的 {'、'.join(absent)}。随附的题请对随附的五份公报（不写文件）；"
            "比自己的文件，请用 --questions 指定为它们出的题。"
        )
    return [sources.locate(case) for case in cases]


# ── one peer ────────────────────────────────────────────────────────────────────────────────────────────────────


def _run(entry: Entry, job: Job, evidence: Sequence[Sequence[Stretch]]) -> PeerResult:
    missing = [module for module in entry.modules if find_spec(module) is None]
    if missing:
        return _absent(entry, missing)
    with TemporaryDirectory(prefix="wenzheng-peers-", ignore_cleanup_errors=True) as folder:
        asked, answered = Path(folder, "job.json"), Path(folder, "result.json")
        job.write(asked)
        command = [sys.executable, "-P", "-m", "eval.peers.worker", str(asked), str(answered)]
        environment = {**os.environ, **_QUIET, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        try:
            done = subprocess.run(  # noqa: S603 – our own module
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=TIME_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return PeerResult(entry.name, State.CRASHED, f"{TIME_LIMIT_S:g} 秒没有跑完，已终止")
        if done.returncode or not answered.exists():
            return PeerResult(entry.name, State.CRASHED, _reason(done), versions=_versions(entry))
        measured = json.loads(answered.read_text("utf-8"))
    return _absent(entry, [measured["absent"]]) if "absent" in measured else _scored(entry, measured, evidence)


def _absent(entry: Entry, missing: Sequence[str]) -> PeerResult:
    return PeerResult(entry.name, State.ABSENT, f"没有安装（缺 {'、'.join(missing)}），安装：{INSTALL}")


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode < 0:
        return f"进程被信号 {-done.returncode} 终止（内存不够时也会这样）"
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return f"运行出错：{lines[-1][:_MAX_REASON] if lines else f'退出码 {done.returncode}'}"


def _scored(entry: Entry, measured: Mapping[str, Any], evidence: Sequence[Sequence[Stretch]]) -> PeerResult:
    found = [[Stretch(source, Span(start, end)) for source, start, end in places] for places in measured["found"]]
    scores = tuple(
        {figure.name: figure.score(wanted, places) for figure in FIGURES}
        for wanted, places in zip(evidence, found, strict=True)
    )
    cost = Cost(
        measured["build_s"],
        percentile(measured["ms"], 0.5) or 0.0,
        percentile(measured["ms"], 0.95) or 0.0,
        measured["peak_mb"],
        measured["grown_mb"],
    )
    return PeerResult(
        entry.name,
        State.RAN,
        "",
        measured["settings"],
        _versions(entry),
        scores,
        cost,
        measured["passages"],
        measured["mean_chars"],
    )


def _versions(entry: Entry) -> dict[str, str]:
    found = {}
    for distribution in entry.distributions:
        try:
            found[distribution] = version(distribution)
        except PackageNotFoundError:
            found[distribution] = ""
    return found
