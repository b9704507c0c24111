"""eval/teach.py: what a library brings up for a question, one of it right, becomes what the reader learns from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.records import Case
from eval.teach import PARTS, groups, main, part_of
from index.build import build_library
from index.contextual import ContextualEmbedder
from index.holdings import Holdings
from index.library import Library
from index.pieces import Cutter
from index.retrieve import Retriever
from index.training.reading.arrays import Groups
from tests.eval_samples import case, chat_case, refusal_case, row
from tests.qa_fakes import DATONG, YANGQUAN

AMOUNT = {"source": "a.txt", "address": "第三条", "quote": "租赁补贴按每人每月400元发放"}
QUESTION = "大同租房补贴一个人每月给多少钱？"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("teach")
    for name, text in (("a.txt", DATONG), ("b.txt", YANGQUAN)):
        (folder / name).write_text(text, "utf-8")
    build_library([folder], folder / "library", embedder=ContextualEmbedder.load())
    return folder / "library"


@pytest.fixture(scope="module")
def retriever(library: Path) -> Retriever:
    return Retriever(Holdings(Library.open(library), ContextualEmbedder.load()))


def asked(**changes: object) -> Case:
    return case(**({"question": QUESTION, "key_facts": [["400元"]], "evidence": [AMOUNT]} | changes))


def test_the_sentence_that_answers_stands_first_among_those_that_would_be_read(retriever: Retriever) -> None:
    sentences = next(groups([asked()], retriever))
    right, *wrong = sentences.candidates
    assert "400元" in right.text
    assert right.answers
    assert right.evidence == ((0, len(right.text)),)
    assert "公共租赁住房管理办法" in right.above
    assert wrong
    assert not any(each.answers or each.evidence for each in wrong)


def test_the_passage_that_holds_it_is_right_and_no_words_of_it_are_marked(retriever: Retriever) -> None:
    found = [each for each in groups([asked()], retriever) if each.candidates[0].evidence is None]
    assert all("400元" in each.candidates[0].text for each in found)


def test_what_says_only_a_part_is_neither_right_nor_wrong(retriever: Retriever) -> None:
    half = asked(key_facts=[["400元"], ["身份证"]])
    assert all("400元" not in each.text for group in groups([half], retriever) for each in group.candidates[1:])
    assert not any(group.candidates[0].evidence for group in groups([half], retriever))


def test_a_question_left_open_has_no_right_one_and_small_talk_teaches_nothing(retriever: Retriever) -> None:
    open_ = refusal_case(question="大同租房补贴到哪个银行领？")
    made = list(groups([open_, chat_case()], retriever))
    assert made
    assert not any(each.answers for group in made for each in group.candidates)


def test_a_part_is_a_gazette_s() -> None:
    assert [part_of(case(id=name)) for name in ("d-000-001", "d-001-001", "d-003-222", "own")] == [
        PARTS[0],
        PARTS[1],
        PARTS[0],
        PARTS[0],
    ]


def test_the_command_writes_what_the_training_reads(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(json.dumps(row(question=QUESTION, key_facts=[["400元"]], evidence=[AMOUNT])), "utf-8")
    file = tmp_path / "asked.npz"
    assert main([str(file), "--questions", str(own), "--library", str(library)]) == 0
    read = Groups(file, Cutter.load().size)
    assert read.sources == [PARTS[0]]
    assert read.answers(read.candidates(0)[0])
    assert PARTS[0] in capsys.readouterr().out


def test_without_a_library_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "asked.npz"), "--library", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.strip()
    assert not (tmp_path / "asked.npz").exists()
