"""Both stories over a handful of paragraphs, with the models that ship."""

import json
from pathlib import Path

import pytest

from eval.answering import run_answering
from eval.public_report import show_answering, show_reading
from eval.reading import WAYS, run_reading, sentences, windows
from index.contextual import ContextualEmbedder
from index.records import Span
from tests.test_eval_public_sets import case, write

PARAGRAPHS = {
    "heat": "采暖补贴由县民政局按月发放。每户每年补贴四百元，直接到账。申请时间为每年十月。",
    "fire": "森林防火期为每年三月至五月。防火期内禁止野外用火。违反的处二百元罚款。",
}
TASKS = [
    ("q1", "采暖补贴由哪个部门发放？", "heat", ["县民政局"]),
    ("q2", "森林防火期是什么时候？", "fire", ["每年三月至五月", "三月至五月"]),
    ("q3", "采暖补贴可以代领吗？", "heat", [""]),
    ("q4", "防火期内能不能野外用火？", "fire", ["NO"]),
    ("q5", "契税怎么交？", "gone", ["百分之三"]),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "corpus.jsonl", *({"id": each, "title": "", "text": text} for each, text in PARAGRAPHS.items()))
    write(tmp_path / "queries.jsonl", *({"id": each, "text": text} for each, text, _, _ in TASKS))
    rows = ({"id": each, "doc": of, "answers": said, "evidences": said} for each, _, of, said in TASKS)
    write(tmp_path / "answers.jsonl", *rows)
    return tmp_path


def test_each_question_is_read_from_its_own_paragraph_in_every_way(folder: Path) -> None:
    report = run_reading(folder, embedder=ContextualEmbedder.load())
    assert [done.task.id for done in report.results] == ["q1", "q2", "q3", "q4"]
    assert report.omitted == ("1 道题的段落不在 corpus.jsonl 里，没有计入。",)
    for done in report.results:
        assert list(done.said) == list(WAYS)
        for way in ("rules", "shipped", "words", "shortest"):
            assert done.said[way].text in PARAGRAPHS[done.task.document]
    first = report.results[0]
    assert first.said["rules"].text == "采暖补贴由县民政局按月发放。"
    assert first.scores("rules")["f1"] == pytest.approx(2 * 4 / (13 + 4))  # 县民政局 of thirteen characters
    means = report.means()
    assert means["rules"]["exact"].n == 2  # yes and no, and what is left open, have no words to be met
    assert means["rules"]["left_open"].n == 1
    assert json.loads(show_reading(report, as_json=True))["kinds"] == {"span": 2, "open": 1, "yes-no": 1}
    assert "细读：最短答案" in show_reading(report, as_json=False)


def test_windows_are_whole_sentences_that_overlap_and_leave_nothing_out() -> None:
    text = "一二三。四五六。七八九。十"
    assert sentences(text) == [Span(0, 4), Span(4, 8), Span(8, 12), Span(12, 13)]
    assert windows(text, 8) == [Span(0, 8), Span(4, 12), Span(8, 13)]
    assert windows(text, 1) == sentences(text)
    assert windows("", 8) == [Span(0, 0)]


def test_a_whole_corpus_is_asked_and_each_setting_of_a_case(folder: Path) -> None:
    embedder = ContextualEmbedder.load()
    report = run_answering(folder, 2, embedder=embedder)
    assert len(report.results) == 2
    assert "ROUGE-L" in show_answering(report, as_json=False)
    row = case(set="fact", query="采暖补贴每户补贴多少元？", all_of=[["四百元"]], positive=["heat"], negative=["fire"])
    write(folder / "cases.jsonl", row | {"fakeanswer": "九百元", "positive_wrong_text": ["采暖补贴每户补贴九百元。"]})
    means = run_answering(folder, embedder=embedder).means()
    assert (means["fact true"]["says_all"].value, means["fact true"]["misled"].value) == (1.0, None)
    assert (means["fact false"]["says_all"].value, means["fact false"]["misled"].value) == (0.0, 1.0)
