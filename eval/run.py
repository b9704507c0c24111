"""The evaluation story: cases → asked → outcomes → scores → a run folder.

Every question is asked as a citizen would ask it. Outcomes are kept as they come, so that a run which is killed goes on
where it stopped; the run is the same whatever the number of processes.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from eval.cases import bundled_questions, case_row, load_cases
from eval.examine import Examiner, LibraryShelf
from eval.noise import KINDS, noisy, surroundings
from eval.pool import examine_in_processes, peak_mb
from eval.records import BadQuestions, Case, Outcome
from eval.runs import Journal, Run, Setup, Timings, digest, runs_folder
from eval.scores import Result
from eval.swaps import swapped
from qa.confidence import ALONE_FROM, UNSURE_BELOW
from qa.prompt import Prompt
from qa.refuse import ANSWER_FROM, ANSWER_FROM_WORDS

if TYPE_CHECKING:
    from qa.assemble import LiveAnswerer
    from qa.settings import Settings

Progress = Callable[[int, int, str], None]  # done, of how many, what
DEFAULT_SPLIT = "dev"
PROMPTS = {"answer": ("question", "passages"), "rewrite": ("history", "question")}
PACKAGES = ("wenzheng", "faiss-cpu", "tantivy", "numpy", "scipy")
_THRESHOLDS = {
    "answer_from": ANSWER_FROM,
    "answer_from_words": ANSWER_FROM_WORDS,
    "unsure_below": UNSURE_BELOW,
    "alone_from": ALONE_FROM,
}
_CASES_A_JOB = 150  # below, a further process costs more than it saves


def run_eval(
    settings: Settings,
    questions: Sequence[Path] = (),
    split: str | None = None,
    *,
    k: int = 10,
    jobs: int | None = None,
    swaps: bool = False,
    swap_cities: int | None = None,
    noise: str = "",
    output: Path | None = None,
    progress: Progress | None = None,
) -> Run:
    """`wenzheng eval run`: score the answerer of these settings on question files, and keep the run in a folder.

    Without files: the bundled questions, and of these the dev split unless `split` says otherwise. Of files that are
    given, every question unless `split` says otherwise. `output`: the run folder (default: one of its own for each
    setup below `runs_folder()`). `jobs`: processes (default: as many as pay, one where a model writes). Raises
    BadQuestions where no question is left, one is malformed, or its evidence is not in the library; BadRun where the
    folder cannot be used. `swaps`: ask not these questions but the probes made of them (eval/swaps.py), of each so many
    at most; `noise`: those of one kind of noise (eval/noise.py).
    """
    from qa.assemble import open_answerer

    cases = choose_cases(questions, split)
    answerer = open_answerer(settings)
    examiner = Examiner(answerer, LibraryShelf(answerer.library), cases, k)
    if swaps:
        places = answerer.library.gazetteer
        home = {case.id: examiner.cities(case) for case in cases}
        cases = swapped(cases, places.cities, places.counties, home, swap_cities)
        if not cases:
            raise BadQuestions("这些题没有一道能换地来问：要能答、只关乎库里的一座城市，而且库里有别的城市。")
        examiner = Examiner(answerer, LibraryShelf(answerer.library), cases, k)
    if noise:
        cases = noisy(cases, noise, surroundings(answerer.library, cases))
        if not cases:
            raise BadQuestions(f"这些题没有一道能按“{KINDS[noise]}”改着问。请换一种，或换一套题。")
        examiner = Examiner(answerer, LibraryShelf(answerer.library), cases, k)
    setup = describe(settings, answerer, cases, k)
    journal = Journal(output or runs_folder() / f"{setup.split or 'own'}-{setup.fingerprint}", setup)
    jobs = jobs or (1 if settings.model else max(1, min(os.cpu_count() or 1, len(cases) // _CASES_A_JOB)))
    left = [case for case in cases if case.id not in journal.done]
    if jobs == 1 or not left:
        asked: Iterator[tuple[Outcome, float]] = map(examiner.examine, left)
    else:
        asked = examine_in_processes(settings, left, k, jobs)
    return conduct(cases, asked, journal, jobs, progress)


def conduct(
    cases: Sequence[Case],
    asked: Iterator[tuple[Outcome, float]],
    journal: Journal,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Run:
    """Take the outcomes as they come, keep each, and score all of them in the cases' order."""
    started_at, began = datetime.now(UTC), perf_counter()
    try:
        for outcome, elapsed_ms in asked:
            journal.add(outcome, elapsed_ms)
            if progress:
                progress(len(journal.done), len(cases), outcome.case.id)
    except BaseException:
        journal.close()
        raise
    results = [Result.of(journal.done[case.id][0]) for case in cases]
    timings = Timings(
        started_at.isoformat(timespec="seconds"),
        round(perf_counter() - began, 3),
        jobs,
        peak_mb(),
        {case.id: round(journal.done[case.id][1], 3) for case in cases},
    )
    return journal.finish(results, timings)


def choose_cases(questions: Sequence[Path], split: str | None) -> list[Case]:
    """The cases of these files (default: the bundled ones) on one side (default: see run_eval)."""
    if not questions:
        questions, split = bundled_questions(), split or DEFAULT_SPLIT
    cases = [case for case in load_cases(questions) if split in (None, case.split)]
    if not cases:
        side = f" split 为 {split} 的" if split else ""
        raise BadQuestions(f"{'、'.join(map(str, questions))} 里没有{side}题。请换一个文件，或改 --split。")
    return cases


def describe(settings: Settings, answerer: LiveAnswerer, cases: Sequence[Case], k: int) -> Setup:
    """All that the outcomes of a run depend on."""
    manifest = answerer.library.library.manifest
    return Setup(
        answerer=answerer.name,
        split="-".join(dict.fromkeys([*(case.split for case in cases), *("swaps" for case in cases if case.probe)])),
        k=k,
        settings=settings.of_answers() | _THRESHOLDS,
        library={
            "id": manifest.id,
            "embedder": manifest.embedder,
            "tokeniser": manifest.tokeniser,
            "counts": manifest.counts,
        },
        questions=digest(map(case_row, cases)),
        prompts={name: Prompt.load(name, places).sha256 for name, places in PROMPTS.items()},
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    )
