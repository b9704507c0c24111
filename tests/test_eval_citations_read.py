from collections import Counter
from pathlib import Path

import pytest

from eval.cases import bundled_questions, load_cases
from eval.citations_read import CITATIONS_READ, Read, by_seed, main, read_citations, share, show_citations
from eval.records import BadQuestions

READ = [
    Read("d-000-001", (1,), "补助5000元。", "supported", "", "逐字相符", 5),
    Read("d-000-001", (2,), "组长：市长。", "supported", "no group", "没有说是哪一组", 5),
    Read("d-000-002", (1, 2), "现在执行。", "partly", "beyond quote", "引文只有文号", 5),
    Read("d-000-003", (1,), "成员：张三。", "supported", "no group", "没有说是哪一组", 5),
]


def test_shares_come_with_their_exact_interval() -> None:
    supported = share(READ, verdict="supported")
    assert (supported.value, supported.n) == (0.75, 4)
    assert supported.interval is not None
    assert supported.interval == pytest.approx((0.194, 0.994), abs=0.001)  # Clopper and Pearson, 3 of 4
    assert share(READ, fault="no group").value == 0.5
    assert share([], verdict="supported").value is None


def test_verdicts_come_first_and_faults_by_their_number() -> None:
    lines = [line.split() for line in show_citations(READ).splitlines()]
    assert [line[0] for line in lines[1:4]] == ["有据", "部分有据", "无据"]
    assert [line[-1] for line in lines[1:4]] == ["3", "1", "0"]
    assert lines[4][0] == "毛病·组长、职责没有说是哪一组的"


def test_what_was_read_are_a_hundred_sentences_of_dev_questions_each_once(capsys: pytest.CaptureFixture[str]) -> None:
    found = read_citations()
    assert {seed: len(drawn) for seed, drawn in by_seed(found).items()} == {5: 100, 6: 60}
    assert max(Counter((each.seed, each.id, each.markers, each.sentence) for each in found).values()) == 1
    assert {each.id for each in found} <= {case.id for case in load_cases(bundled_questions()) if case.split == "dev"}
    assert all(each.reason for each in found)
    assert main() == 0
    assert [line for line in capsys.readouterr().out.splitlines() if "种子" in line] == ["抽样种子 5", "抽样种子 6"]


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "read.jsonl"
    first = CITATIONS_READ.read_text("utf-8").split("\n")[0]
    path.write_text(first + "\n" + first.replace('"supported"', '"perhaps"') + "\n", "utf-8")
    with pytest.raises(BadQuestions, match=r"read\.jsonl 第 2 行读不懂"):
        read_citations(path)
    with pytest.raises(BadQuestions, match="打不开"):
        read_citations(path.with_name("none.jsonl"))
