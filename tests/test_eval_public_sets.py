import json
from pathlib import Path
from typing import Any

import pytest

from eval.benchmark import BadBenchmark
from eval.public_sets import Ask, Kind, read_asks, read_tasks


def write(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def answers(folder: Path, *given: tuple[str, list[str]]) -> None:
    write(folder / "queries.jsonl", *({"id": each, "text": f"问{each}"} for each, _ in given))
    write(folder / "answers.jsonl", *({"id": each, "answers": said, "doc": "p"} for each, said in given))


def test_a_question_wants_words_or_yes_and_no_or_is_left_open(tmp_path: Path) -> None:
    answers(tmp_path, ("a", ["两年", "", "YES"]), ("b", ["", "NO", "不是"]), ("c", ["", ""]))
    found = read_tasks(tmp_path)
    assert [(task.kind, task.answers) for task in found] == [
        (Kind.SPAN, ("两年",)),
        (Kind.YES_NO, ("", "NO", "不是")),
        (Kind.OPEN, ("", "")),
    ]


def test_a_sample_is_the_same_each_time_and_in_order(tmp_path: Path) -> None:
    answers(tmp_path, *((str(i), ["答"]) for i in range(50)))
    drawn = [int(task.id) for task in read_tasks(tmp_path, 7)]
    assert len(drawn) == 7
    assert drawn == sorted(drawn) == [int(task.id) for task in read_tasks(tmp_path, 7)]
    assert len(read_tasks(tmp_path, 51)) == 50


def case(**changes: Any) -> dict[str, Any]:
    row = {"id": "x", "set": "refine", "query": "几人", "all_of": [["12人"]]}
    return row | {"positive": [f"p{i}" for i in range(6)], "negative": [f"n{i}" for i in range(6)]} | changes


def settings(folder: Path, row: dict[str, Any]) -> tuple[dict[str, Ask], dict[str, str]]:
    write(folder / "cases.jsonl", row)
    found, falsified = read_asks(folder)
    return {ask.setting: ask for ask in found}, falsified


def test_noise_takes_the_place_of_passages_until_a_refusal_is_due(tmp_path: Path) -> None:
    found, _ = settings(tmp_path, case())
    assert found["refine noise 0.0"].given == ("p0", "p1", "p2", "p3", "p4")
    assert found["refine noise 0.8"].given == ("p0", "n0", "n1", "n2", "n3")
    assert found["refine noise 1.0"].given == ("n0", "n1", "n2", "n3", "n4")
    assert (found["refine noise 0.8"].wanted, found["refine noise 1.0"].wanted) == ((("12人",),), ())
    few, _ = settings(tmp_path, case(positive=["p0"], negative=["n0", "n1", "n2", "n3"]))
    assert few["refine noise 0.0"].given == ("p0", "n0", "n1", "n2", "n3")


def test_an_answer_in_pieces_brings_a_passage_of_each(tmp_path: Path) -> None:
    found, _ = settings(tmp_path, case(set="int", positive_groups=[["a0", "a1", "a2"], ["b0"]]))
    assert list(found) == ["int noise 0.0", "int noise 0.2", "int noise 0.4"]
    assert found["int noise 0.0"].given == ("a0", "b0", "a1", "a2", "n0")
    assert found["int noise 0.4"].given == ("a0", "b0", "a1", "n0", "n1")


def test_falsified_passages_are_given_in_the_place_of_the_true_ones(tmp_path: Path) -> None:
    found, falsified = settings(tmp_path, case(set="fact", fakeanswer="21人", positive_wrong_text=["死21人"]))
    assert falsified == {"x/0": "死21人"}
    assert (found["fact false"].given, found["fact false"].false) == (("x/0",), (("21人",),))
    assert (found["fact true"].given, found["fact true"].false) == (("p0", "p1", "p2", "p3", "p4"), ())


def test_without_cases_the_whole_corpus_is_asked(tmp_path: Path) -> None:
    answers(tmp_path, ("a", ["两年"]))
    assert read_asks(tmp_path) == ([Ask("a", "", "问a", (("两年",),), ())], {})


def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadBenchmark, match=r"queries\.jsonl"):
        read_tasks(tmp_path)
    answers(tmp_path, ("a", ["两年"]))
    (tmp_path / "answers.jsonl").write_text('{"id": "a", "answers": "两年", "doc": "p"}\n[]\n', "utf-8")
    with pytest.raises(BadBenchmark, match=r"answers\.jsonl 第 1 行：缺少 answers，") as told:
        read_tasks(tmp_path)
    assert "第 2 行：缺少 id、doc、answers，" in str(told.value)
    write(tmp_path / "answers.jsonl", {"id": "gone", "answers": ["两年"], "doc": "p"})
    with pytest.raises(BadBenchmark, match="没有带答案的问题"):
        read_tasks(tmp_path)
