"""Evaluations that are started from the page: one at a time, told how far, cancelled, gone on with."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from eval.cases import bundled_questions, case_row, load_cases
from eval.records import BadRun
from index.build import build_library
from index.contextual import ContextualEmbedder
from qa.records import Status
from qa.settings import Settings
from tests.page_samples import CORPUS
from ui.accounts import Accounts
from ui.evaluator import jobs, worker
from ui.evaluator.glance import Glances
from ui.evaluator.home_page import home_html, progress_words
from ui.evaluator.jobs import SILENT_S, Evaluations, Plan, Preparing, Stage
from ui.evaluator.runs import Entry, entries
from ui.evaluator.worker import Progress, prepare, work
from ui.proposals import Origin, State, decide, propose
from ui.records import Account, Role, Turned
from ui.shown import Shown
from ui.store import Store
from ui.web import open_store

PASSWORD = "一个很长的口令：甲乙丙丁"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Started:
    """In place of a process: what it was to do."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def Process(self, *, target: Any, args: tuple[Any, ...], daemon: bool) -> Started:
        assert daemon  # it ends with the server
        self.calls.append((target, *args))
        return self

    def start(self) -> None:
        pass

    def is_alive(self) -> bool:
        return len(self.calls) == 1  # the first works on, later ones are done at once


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(worker, "_give_way", lambda: None)  # the tests' own process stays as it is
    return Settings(desk=tmp_path / "desk", library=tmp_path / "library")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with open_store(settings) as store:
        yield store


@pytest.fixture
def evaluator(store: Store) -> Account:
    return Accounts(store).add("评测员", Role.EVALUATOR, PASSWORD)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    started = Started()
    monkeypatch.setattr(jobs, "get_context", lambda kind: started)
    return started


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def evaluations(store: Store, settings: Settings, clock: Clock) -> Evaluations:
    return Evaluations(store, settings, clock)


def test_one_at_a_time(evaluations: Evaluations, evaluator: Account, started: Started, settings: Settings) -> None:
    number = evaluations.start(Plan("dev"), evaluator)
    assert started.calls == [(work, settings, number)]
    with pytest.raises(Turned, match="一次只做一个"):
        evaluations.start(Plan("dev", "swaps"), evaluator)
    evaluations.cancel(number)
    assert evaluations.start(Plan("dev", "swaps"), evaluator) == number + 1
    assert [each.stage for each in evaluations.latest()] == [Stage.RUNNING, Stage.CANCELLED]


def test_one_that_was_killed_falls_silent_and_can_be_gone_on_with(
    evaluations: Evaluations, evaluator: Account, started: Started, clock: Clock, store: Store
) -> None:
    number = evaluations.start(Plan("dev"), evaluator)
    clock.now += SILENT_S + 1
    (silent,) = evaluations.latest()
    assert silent.stage is Stage.SILENT
    page = home_html([], [silent], 0)
    assert "中断了" in page
    assert "接着做" in page
    evaluations.start(silent.plan, evaluator)
    assert len(started.calls) == 2
    assert not Progress(store, number).write()  # should the old one wake up, it stops


def test_how_long_it_will_take_is_told_from_those_answered_since_it_began(
    evaluations: Evaluations, evaluator: Account, started: Started, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = evaluations.start(Plan("dev"), evaluator)
    progress = Progress(store, number)
    assert progress_words(evaluations.latest()[0]) == "正在打开公文库……"
    monkeypatch.setattr(worker, "now_s", lambda: 1000.0)
    progress.tell(100, 700, "d-000-001")  # 99 were answered before it was cut short
    monkeypatch.setattr(worker, "now_s", lambda: 1010.0)
    progress.tell(120, 700, "d-000-002")  # 20 in 10 s: 580 in 290 s
    assert progress.write()
    assert progress_words(evaluations.latest()[0]) == "已答 120 / 700 题，约剩 4 分 50 秒"
    progress.tell(700, 700, "")
    progress.write()
    assert "正在打分" in progress_words(evaluations.latest()[0])


def test_a_cancelled_one_stops_asking(
    evaluations: Evaluations, evaluator: Account, started: Started, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    number = evaluations.start(Plan("dev"), evaluator)
    monkeypatch.setattr(worker, "_BEAT_S", 0.01)

    def ask(settings: Settings, store: Store, source: str, probe: str, progress: Progress) -> str:
        evaluations.cancel(number)
        for _ in range(1000):
            time.sleep(0.01)
        raise AssertionError("it was to be stopped")

    monkeypatch.setattr(worker, "_evaluate", ask)
    work(settings, number)
    assert [each.stage for each in evaluations.latest()] == [Stage.CANCELLED]
    assert threading.active_count() < 20


def test_runs_are_made_ready_by_one_process_at_a_time(tmp_path: Path, started: Started) -> None:
    preparing = Preparing(tmp_path)
    preparing.want([])
    assert started.calls == []
    preparing.want([tmp_path / "a"])
    preparing.want([tmp_path / "b"])
    assert started.calls == [(prepare, tmp_path, [tmp_path / "a"])]
    started.calls.append(())  # it has ended
    preparing.want([tmp_path / "b"])
    assert started.calls[2:] == [(prepare, tmp_path, [tmp_path / "b"])]


@pytest.mark.parametrize(
    ("fault", "said"), [(BadRun("磁盘满了。"), "磁盘满了。"), (RuntimeError("secret"), "程序出错（RuntimeError at ")]
)
def test_why_one_failed_is_told_without_what_was_asked(
    evaluations: Evaluations,
    evaluator: Account,
    started: Started,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    fault: Exception,
    said: str,
) -> None:
    number = evaluations.start(Plan("dev"), evaluator)

    def fail(*_: object) -> str:
        raise fault

    monkeypatch.setattr(worker, "_evaluate", fail)
    work(settings, number)
    (failed,) = evaluations.latest()
    assert failed.stage is Stage.FAILED
    assert said in failed.message
    assert "secret" not in failed.message


def test_a_real_evaluation_of_accepted_cases_in_a_process_of_its_own(
    store: Store, settings: Settings, evaluator: Account, tmp_path: Path
) -> None:
    """From the press of the button to a run that is ready for its page."""

    case = next(c for c in load_cases(bundled_questions()) if c.split == "dev" and len(c.evidence) == 1)
    source = case.evidence[0].source
    build_library([CORPUS / source], settings.library, embedder=ContextualEmbedder.load())
    with store.change():
        number = propose(store, Origin.FEEDBACK, case.question, Shown(Status.REFUSED, "没有。"), "")
        decide(store, number, State.ACCEPTED, evaluator.id, json.dumps(case_row(case), ensure_ascii=False))
    evaluations = Evaluations(store, settings)
    evaluations.start(Plan("own"), evaluator)
    for _ in range(600):
        (latest,) = evaluations.latest()
        if latest.stage is not Stage.RUNNING:
            break
        time.sleep(0.1)
    assert (latest.stage, latest.message) == (Stage.DONE, "")
    (entry,) = entries(Glances(settings.desk))
    assert isinstance(entry, Entry)
    assert (entry.name, entry.n, entry.broken) == (latest.run, 1, "")
    assert entry.card is not None  # its page opens at once
