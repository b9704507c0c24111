from pathlib import Path

import pytest

from eval.agreement import Reading, agree, main, read_readings, show_agreement
from eval.records import BadQuestions, Evidence
from tests.eval_samples import SOURCES, case, refusal_case

CASES = [case(), case(id="d-000-002"), refusal_case(id="d-000-003"), refusal_case(id="d-000-004")]
READINGS = [
    Reading("d-000-001", True, "补助五千元。", (Evidence("a.txt", "", "补助5000元"),)),
    Reading("d-000-002", True, "有补助。", (Evidence("b.txt", "", "本市不设补助"), Evidence("a.txt", "", "新车补助"))),
    Reading("d-000-003", False, "没有写。", (), "两处说法不同"),
    Reading("d-000-004", True, "九月底前办结。", ()),
    Reading("d-000-999", True, "不在题里。", ()),
]


def test_gold_and_reader_are_compared_in_three_ways() -> None:
    found = agree(CASES, READINGS, SOURCES)
    assert len(found.pairs) == 4
    assert (found.same_kind.value, found.same_kind.n) == (0.75, 4)
    # gold: yes yes no no; reader: yes yes no yes: observed 3/4, by chance 1/2 · 3/4 + 1/2 · 1/4 = 1/2
    assert found.kappa == pytest.approx(0.5)
    assert (found.facts.value, found.whole.value, found.facts.n) == (0.5, 0.5, 2)
    assert found.precision.value == 0.75  # 1 of 1, 1 of 2
    assert found.recall.value == 1.0
    assert found.disagreements == ("d-000-004", "d-000-002")
    text = show_agreement(found)
    assert ["能不能答的", "Cohen", "κ", "0.500", "4"] in [line.split() for line in text.splitlines()]
    assert "读者有话说的题：1。不一致的题：d-000-004、d-000-002" in text


def test_readings_of_other_questions_agree_with_nothing() -> None:
    with pytest.raises(BadQuestions, match="没有一道相同"):
        agree(CASES, READINGS[4:], SOURCES)


def test_a_row_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "reader.jsonl"
    path.write_text('{"id": "x", "answerable": true, "answer": "是", "evidence": []}\n\n{"id": "y"}\n', "utf-8")
    with pytest.raises(BadQuestions, match=r"reader\.jsonl 第 3 行"):
        read_readings(path)
    with pytest.raises(BadQuestions, match="打不开"):
        read_readings(tmp_path / "none.jsonl")


def test_the_second_reader_answered_a_hundred_of_the_bundled_questions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    told = capsys.readouterr().out
    assert "能不能答，判断一致" in told
    assert len(read_readings()) == 100
