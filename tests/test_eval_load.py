"""Many people asking at once: the script asks each question in turn and counts what comes back."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from eval.load import _SCRIPT, _line, main
from tests.browser import serving
from tests.eval_samples import case
from tests.page_samples import corpus_answerer, house
from tests.program_samples import plain_app


def test_a_case_is_asked_with_its_history_and_day() -> None:
    asked = json.loads(_line(case(question="那外地户口的呢？", history=["火化费"], asked_on="2024-07-01")))
    assert asked == {"question": "那外地户口的呢？", "history": ["火化费"], "asked_on": "2024-07-01"}


def test_without_the_tool_it_says_where_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert main([]) == 2
    assert "apt-get install wrk" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed (Debian: apt-get install wrk)")
def test_the_script_asks_in_turn_and_counts_errors(tmp_path: Path) -> None:
    answerer = corpus_answerer()
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "火化费"}\n{"question": "谢谢"}\n{"question": "出错"}\n', "utf-8")
    with serving(plain_app(house(answerer, tmp_path))) as address:
        command = ["wrk", "-t1", "-c3", "-d1s", "-s", str(_SCRIPT), f"{address}/api/ask", "--", str(questions)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["answers"] >= 3
    assert figures["answers"] / 6 <= figures["errors"] <= figures["answers"] / 2  # one in three
    assert 0 < figures["p50_ms"] <= figures["p95_ms"] <= figures["max_ms"]
    assert {question.text for question in answerer.asked} == {"火化费", "谢谢", "出错"}
