"""eval/beyond.py: what we wrote about notices of the training folder becomes files and cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from eval import beyond
from eval.beyond import ASKED, BEYOND, DEVELOP, FURTHER, HELD_OUT, PART, cases_beyond, learned_beyond
from eval.beyond import main as write_out
from eval.cases import read_cases
from eval.teach import main
from index.pieces import Cutter
from index.training.pairs import BadTrainingFolder, digest
from index.training.reading.arrays import Groups
from qa.settings import Settings
from tests.qa_fakes import DATONG, YANGQUAN

BODY = DATONG.split("\n", 1)[1]
QUOTE = "租赁补贴按每人每月400元发放"
ROW = {
    "title": DATONG.split("\n", 1)[0],
    "text": digest(BODY),
    "type": "amount",
    "wording": "lay",
    "asker": "citizen",
    "question": "大同租房补贴一个人每月给多少钱？",
    "asked_on": "2024-08-01",
    "key_facts": [["400元"]],
    "evidence": [[BODY.index(QUOTE), BODY.index(QUOTE) + len(QUOTE)]],
    "unanswerable": None,
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A training folder with one notice that is asked about, and one that stands beside it."""
    folder = tmp_path / "data" / "text"
    folder.mkdir(parents=True)
    beside = {"title": "阳泉", "text": YANGQUAN * 10}
    held: dict[str, list[dict[str, Any]]] = {
        "gov_docs": [beside],
        "laws_cn": [{"title": ROW["title"], "text": BODY}],
        "cpcnews": [],
    }
    for name, rows in held.items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(lines.encode()))
    asked = tmp_path / "asked.jsonl"
    asked.write_text(json.dumps(ROW, ensure_ascii=False) + "\n", "utf-8")
    monkeypatch.setattr(beyond, "ASKED", asked)
    return tmp_path / "data"


def test_a_text_that_is_asked_about_is_written_out_under_its_title_and_quoted(data: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    ((asked,),) = cases_beyond(data, texts).values()
    assert [each.quote for each in asked.evidence] == [QUOTE]
    assert (texts / asked.evidence[0].source).read_text("utf-8") == DATONG
    assert len(list(texts.iterdir())) == 2


def test_another_edition_of_the_folder_is_no_use(data: Path, tmp_path: Path) -> None:
    (data / "text" / "laws_cn.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(b""))
    with pytest.raises(BadTrainingFolder, match="1 份"):
        cases_beyond(data, tmp_path)


def test_the_reader_is_taught_them_as_a_part_by_themselves_and_nothing_that_is_held_out(
    data: Path, tmp_path: Path
) -> None:
    halves = tmp_path / "beyond.jsonl"
    rows = [{**ROW, "half": half, "question": f"{half}{ROW['question']}"} for half in (DEVELOP, HELD_OUT, "fresh")]
    halves.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    files = [tmp_path / "asked.jsonl", halves]
    taught = [case.question for cases, _ in learned_beyond(data, Settings(), files) for case in cases]
    assert taught == [ROW["question"], f"{DEVELOP}{ROW['question']}"]
    assert main([str(tmp_path / "beyond.npz"), "--data", str(data)]) == 0
    assert Groups(tmp_path / "beyond.npz", Cutter.load().size).sources == [PART]


def test_each_half_is_written_out_as_questions_like_any_others(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    halves = tmp_path / "beyond.jsonl"
    halves.write_text(json.dumps({**ROW, "half": HELD_OUT}, ensure_ascii=False) + "\n", "utf-8")
    monkeypatch.setattr(beyond, "BEYOND", halves)
    assert write_out([str(data), str(tmp_path / "out")]) == 0
    (case,), problems = read_cases([tmp_path / "out" / f"{HELD_OUT}.jsonl"])
    assert (case.question, problems) == (ROW["question"], [])
    assert write_out([str(tmp_path), str(tmp_path / "out")]) == 1


@pytest.mark.parametrize("file", [ASKED, FURTHER, BEYOND])
def test_what_we_wrote_holds_no_text_and_its_answers_stand_apart(file: Path) -> None:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert len(rows) > 600
    assert all(bool(row["evidence"]) is (row["unanswerable"] is None) is bool(row["key_facts"]) for row in rows)
    assert len({(row["text"], row["question"]) for row in rows}) == len(rows)
