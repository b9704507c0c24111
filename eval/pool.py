"""Several processes that ask at the same time, each with an answerer of its own."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from eval.examine import Examiner, LibraryShelf
from eval.records import BadRun, Case, Outcome
from qa.settings import Settings

_examiner: Examiner | None = None  # of this worker, as is the next
_cases: Sequence[Case] = ()


def examine_in_processes(
    settings: Settings, cases: Sequence[Case], k: int, jobs: int
) -> Iterator[tuple[Outcome, float]]:
    """The outcomes in the cases' order, each with its milliseconds in the process that asked.

    Processes are started fresh, not forked: the libraries behind an answerer have threads of their own.
    """
    with ProcessPoolExecutor(jobs, get_context("spawn"), _open, (settings, cases, k)) as workers:
        try:
            yield from workers.map(_examine, range(len(cases)), chunksize=4)
        except BrokenProcessPool as exc:
            raise BadRun("答题的进程中途停了，多半是内存不够。请加 --jobs 1 再运行一次，已答的题不会重答。") from exc
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise


def peak_mb() -> float:
    """MiB of memory that the largest of this process and its ended children held at most."""
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB elsewhere
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(most / unit, 1)


def _open(settings: Settings, cases: Sequence[Case], k: int) -> None:
    global _examiner, _cases  # a worker has no other place to keep them
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each has a core of its own
    from qa.assemble import open_answerer

    answerer = open_answerer(settings)
    _examiner, _cases = Examiner(answerer, LibraryShelf(answerer.library), cases, k), cases


def _examine(at: int) -> tuple[Outcome, float]:
    assert _examiner is not None
    return _examiner.examine(_cases[at])
