"""The questions that a model thinks of: each passage asked about once, found by them, never quoted for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.build import build_library
from index.contextual import ContextualEmbedder
from index.library import Library
from qa.chat import ModelError
from qa.enrich import Enricher, questions_in
from qa.prompt import Prompt
from tests.qa_fakes import YANGQUAN, ScriptedModel, passages
from ui.cli import main

FIRST, SECOND, *_ = passages(YANGQUAN, max_chars=60)


def test_lines_that_can_be_questions_are_kept() -> None:
    said = "1. 房租补多少？\n- 房租补多少？\n\n（2）找谁管\n无\n" + "长" * 61 + "\n甲？\n乙？\n丙？\n丁？"
    assert questions_in(said) == ["房租补多少？", "找谁管", "甲？", "乙？", "丙？"]
    assert questions_in("无") == []


def test_a_passage_is_asked_about_once_also_by_the_next_run(tmp_path: Path) -> None:
    model = ScriptedModel("房租补多少？", "无")
    enricher = Enricher(model, tmp_path / "library" / "questions.jsonl")
    assert [enricher(p.notice, p.chunk) for p in (FIRST, FIRST, SECOND)] == [["房租补多少？"], ["房租补多少？"], []]
    assert len(model.seen) == 2
    with (tmp_path / "library" / "questions.jsonl").open("a") as file:
        file.write('{"key": "cut sh')
    again = Enricher(ScriptedModel(), tmp_path / "library" / "questions.jsonl")
    assert [again(p.notice, p.chunk) for p in (FIRST, SECOND)] == [["房租补多少？"], []]


def test_another_wording_of_the_prompt_asks_anew(tmp_path: Path) -> None:
    Enricher(ScriptedModel("甲问？"), tmp_path / "kept")(FIRST.notice, FIRST.chunk)
    other = Enricher(ScriptedModel("乙问？"), tmp_path / "kept", Prompt("questions", "别的规矩\n====\n$passages"))
    assert other(FIRST.notice, FIRST.chunk) == ["乙问？"]


def test_a_model_that_fails_is_asked_again_next_time_and_given_up_after_three(tmp_path: Path) -> None:
    down = ModelError("模型“scripted”答复时出错。")
    enricher = Enricher(ScriptedModel(down, down, "甲问？", down, down, down), tmp_path / "kept")
    assert [enricher(FIRST.notice, FIRST.chunk) for _ in range(4)] == [[], [], ["甲问？"], ["甲问？"]]
    assert [enricher(SECOND.notice, SECOND.chunk) for _ in range(2)] == [[], []]
    with pytest.raises(ModelError):
        enricher(SECOND.notice, SECOND.chunk)


def test_a_chunk_is_found_by_its_questions_and_holds_only_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(YANGQUAN, "utf-8")
    plain = build_library([tmp_path / "a.txt"], tmp_path / "plain", embedder=ContextualEmbedder.load())
    asked = build_library(
        [tmp_path / "a.txt"],
        tmp_path / "asked",
        embedder=ContextualEmbedder.load(),
        questions=lambda notice, chunk: ["娃娃上学咋报名"] if "300元" in chunk.text else [],
    )
    assert plain.library_id != asked.library_id
    library = Library.open(tmp_path / "asked")
    (hit,) = library.lexical.search({"报名": 1.0}, 3)
    (chunk,) = library.catalogue.chunks([hit.row])
    assert "300元" in chunk.text
    assert "报名" not in chunk.text
    assert Library.open(tmp_path / "plain").lexical.search({"报名": 1.0}, 3) == []


def test_the_command_needs_a_model_and_keeps_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(YANGQUAN, "utf-8")
    arguments = ["index", "--library", str(tmp_path / "library"), str(tmp_path / "a.txt"), "--enrich"]
    monkeypatch.setenv("WENZHENG_CONFIG", str(tmp_path / "none.toml"))
    assert main(arguments) == 2
    assert "没有写明用哪个模型" in capsys.readouterr().err
    monkeypatch.setattr("qa.model.open_model", lambda settings: ScriptedModel(*["娃娃上学咋报名？"] * 9))
    assert main([*arguments, "--model", "scripted"]) == 0
    assert (tmp_path / "library" / "questions.jsonl").read_text("utf-8").count("娃娃上学咋报名？") >= 1
