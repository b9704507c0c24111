"""index/training/pairs.py: small files written here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index.training import pairs
from index.training.pairs import PASSAGE_CHARS, BadTrainingFolder, Pair, lay_words, pairs_of, thinned
from index.training.pairs import written as written_by_us

LAW = (
    "第一章 总则\n第一条 用人单位应当缴纳失业保险费。职工应当按照规定缴纳失业保险费。\n"
    "第二条 本条例适用于本市的用人单位。\n第二章 待遇\n第三条 失业人员可以领取失业保险金。领取期限最长为二十四个月。\n"
    "第四条 本条例自公布之日起施行。"
)


def written(path: Path, rows: list[dict[str, Any]]) -> None:
    import zstandard

    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_bytes(zstandard.ZstdCompressor().compress(lines.encode()))


def test_a_question_keeps_the_part_of_its_passage_that_answers_and_unanswerable_ones_go(tmp_path: Path) -> None:
    far = "前" * 1000 + "二十四个月" + "后" * 1000
    written(
        tmp_path / "pairs" / "cmrc_train.jsonl.zst",
        [
            {"query": "最长多久", "positive": far, "answers": ["二十四个月"]},
            {"query": "谁来管", "positive": "无", "unanswerable": True},
            {"query": "短", "positive": "由人社局负责"},
        ],
    )
    first, second = pairs_of(tmp_path, "cmrc_train", {}, 0)
    assert first.passage.index("二十四个月") == PASSAGE_CHARS // 2
    assert len(first.passage) == PASSAGE_CHARS
    assert second == Pair("短", "由人社局负责", "cmrc_train")


def test_a_sentence_is_asked_of_the_rest_of_its_article(tmp_path: Path) -> None:
    written(tmp_path / "text" / "laws_cn.jsonl.zst", [{"title": "失业保险条例", "text": LAW}])
    made = pairs_of(tmp_path, "laws_cn cloze", {}, 0)
    assert len(made) == 2  # of the articles of two sentences
    assert all(pair.question not in pair.passage for pair in made)
    assert {pair.passage.replace("失业保险条例\n", "").strip() + pair.question for pair in made} <= {
        a + b
        for x in (LAW.split("\n")[1][4:], LAW.split("\n")[4][4:])
        for a, b in [
            (x.split("。")[0] + "。", x.split("。")[1] + "。"),
            (x.split("。")[1] + "。", x.split("。")[0] + "。"),
        ]
    }
    assert made == pairs_of(tmp_path, "laws_cn cloze", {}, 0)


def test_a_chapter_is_asked_of_its_articles(tmp_path: Path) -> None:
    written(tmp_path / "text" / "laws_cn.jsonl.zst", [{"title": "失业保险条例", "text": LAW}])
    made = pairs_of(tmp_path, "laws_cn chapters", {}, 0)
    assert [(pair.question, pair.passage[:6]) for pair in made] == [
        ("失业保险条例 总则", "用人单位应当"),
        ("失业保险条例 总则", "本条例适用于"),
        ("失业保险条例 待遇", "失业人员可以"),
        ("失业保险条例 待遇", "本条例自公布"),
    ]


def test_the_thesaurus_read_backwards_puts_a_clause_in_lay_words(tmp_path: Path) -> None:
    spoken = lay_words(
        {"没活干": (("失业", 1.0), ("就业", 0.3)), "补助": (("失业保险金", 0.6),), "失业金": (("失业", 1),)}
    )
    assert spoken == {"失业": ["没活干"], "失业保险金": ["补助"]}
    written(tmp_path / "text" / "laws_cn.jsonl.zst", [{"title": "失业保险条例", "text": LAW}] * 40)
    made = pairs_of(tmp_path, "laws_cn lay", spoken, 0)
    assert made
    for pair in made:
        assert "失业" not in pair.question.replace("没活干", "")
        assert "没活干" in pair.question
        assert "失业" in pair.passage


def test_thinning_keeps_neighbours_together_and_the_order() -> None:
    pairs = [Pair(str(n), "", "x") for n in range(100)]
    kept = [int(pair.question) for pair in thinned(pairs, 20, 0)]
    assert len(kept) == 20
    assert kept == sorted(kept)
    assert all(kept[at : at + 4] == list(range(kept[at], kept[at] + 4)) for at in range(0, 20, 4))
    assert thinned(pairs, 0, 0) == pairs


def test_a_stretch_is_parted_into_clauses_each_with_what_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    short, long = "第一条 失业登记由街道办理。", "第二条 " + "失业保险金按月发放。" * 30
    stretch = {
        "title": "失业保险办法",
        "above": "第二章 待遇",
        "text": f"{short}\n{long}\n第三条 最长二十四个月。",
        "questions": [
            {"q": "没活干去哪登记", "evidence": [short]},
            {"q": "能领多久", "evidence": ["第三条 最长二十四个月。"]},
        ],
    }
    monkeypatch.setattr(pairs, "lines", lambda _: [stretch])
    clauses = list(written_by_us(Path(), "stretches"))
    assert [each.questions for each in clauses] == [("没活干去哪登记",), (), ("能领多久",)]
    assert "\n".join(each.clause for each in clauses) == stretch["text"]
    assert clauses[0].passage == f"{short}\n失业保险办法\n第二章 待遇"


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTrainingFolder, match="gov12345"):
        pairs_of(tmp_path, "gov12345", {}, 0)
    (tmp_path / "pairs").mkdir()
    (tmp_path / "pairs" / "gov12345.jsonl.zst").write_bytes(b"no zstd")
    with pytest.raises(BadTrainingFolder, match="gov12345"):
        pairs_of(tmp_path, "gov12345", {}, 0)
