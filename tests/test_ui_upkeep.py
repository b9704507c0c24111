"""ui/upkeep.py: what was kept long enough goes, also when nobody comes."""

from __future__ import annotations

from threading import Event

import pytest

from ui.upkeep import Upkeep


def test_chores_are_done_again_and_again_and_no_more_after_leaving() -> None:
    done: list[int] = []
    twice = Event()
    upkeep = Upkeep(every_s=0.001)

    def chore() -> None:
        done.append(1)
        if len(done) > 1:
            twice.set()

    upkeep.add(chore)
    with upkeep.running():
        assert twice.wait(20)
    count = len(done)
    assert not Event().wait(0.05)
    assert len(done) == count


def test_a_chore_that_fails_stops_no_other_and_is_told_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[int] = []
    upkeep = Upkeep()

    def fails() -> None:
        raise ValueError("张三的电话")

    upkeep.add(fails)
    upkeep.add(lambda: done.append(1))
    upkeep.do()
    assert done == [1]
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "张三" not in told
