import json
from dataclasses import replace
from datetime import date
from typing import cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.records import Relation, RelationKind, RepairedText, SourceMap, Span
from index.validity import validity_on
from qa.records import Status, Support, Verdict
from tests.ui_samples import ANSWER, EXPLAINER, NOTICE, PASSAGE, REPAIRED, SOURCE_TEXT
from ui.render import (
    answer_json,
    answer_markdown,
    answer_text,
    error_json,
    json_line,
    notice_json,
    notice_row,
    notice_text,
    passage_json,
    passage_text,
    titled,
    visible,
    well_formed,
)


def test_the_sample_counts_right() -> None:
    origins = NOTICE.body.origins
    assert "".join(SOURCE_TEXT[origins.source_offset(i)] for i in range(len(REPAIRED))) == REPAIRED


def test_an_answer_is_the_contract_field_by_field_and_in_order() -> None:
    assert json_line(answer_json(ANSWER, "q-1")) == (
        '{"id": "q-1", "question": "报警器补多少？", "status": "partial", '
        '"answer": "每具 400 元[1]；解读也这样说[2]。", "missing": ["申请材料"], '
        '"citations": [{"marker": 1, "source": "大同/公报.txt", "page": 7, '
        '"notice": "关于印发《报警器补贴办法》的通知", "document_number": "同政办规〔2024〕3号", '
        '"issuing_authorities": ["大同市人民政府办公室", "大同市民政局"], "signed_on": "2024-06-27", '
        '"address": "第三条", "quote": "每具报警器补贴400元。", "start": 4, "end": 18, "validity": null}, '
        '{"marker": 2, "source": "大同/公报.txt", "page": null, "notice": "《报警器补贴办法》解读", '
        '"document_number": null, "issuing_authorities": [], "signed_on": null, "address": "", '
        '"quote": "补贴\\n400元", "start": 9, "end": 16, "validity": null}], '
        '"passages": [{"rank": 1, "source": "大同/公报.txt", "notice": "关于印发《报警器补贴办法》的通知", '
        '"start": 13, "end": 18, "score": 0.75}], '
        '"answerer": "extractive", "library": "lib-1", "elapsed_ms": 12.3, "confidence": 0.625, '
        '"sentences": [], "dropped": 0, "note": null, "prompts": {}, "read_as": []}'
    )


def test_an_answer_without_an_id_has_a_null_one_and_an_error_row_three_fields() -> None:
    assert answer_json(ANSWER)["id"] is None
    assert error_json(7, "缺少 question") == {"id": 7, "status": "error", "error": "缺少 question"}


def test_a_citation_says_how_its_notice_stands() -> None:
    newer = replace(NOTICE, id="new", document_number="同政办规〔2025〕1号", effective_on=date(2025, 3, 1))
    cited = replace(ANSWER.citations[0], validity=validity_on(NOTICE, date(2026, 1, 1), [newer]))
    answer = replace(ANSWER, citations=(cited,))
    (citation,) = json.loads(json_line(answer_json(answer)))["citations"]
    assert citation["validity"] == {
        "state": "repealed",
        "word": "已废止（由同政办规〔2025〕1号，自2025-03-01）",
        "on": "2026-01-01",
        "since": "2024-06-27",
        "until": "2025-03-01",
        "by": {"document_number": "同政办规〔2025〕1号", "title": NOTICE.title, "id": "new"},
    }
    assert " · ✕ 已废止（由同政办规〔2025〕1号，自2025-03-01）\n" in answer_text(answer)


def test_scores_of_numpy_become_json_numbers() -> None:
    passage = replace(PASSAGE, score=cast(float, np.float32(0.1)), scores={"dense": cast(float, np.float32(0.2))})
    record = json.loads(json_line(passage_json(passage)))
    assert (record["score"], record["scores"]) == (0.1, {"dense": 0.2})


def test_a_passage_as_json() -> None:
    assert passage_json(PASSAGE) == {
        "rank": 1,
        "source": "大同/公报.txt",
        "kind": "notice",
        "notice": "关于印发《报警器补贴办法》的通知",
        "document_number": "同政办规〔2024〕3号",
        "issuing_authorities": ["大同市人民政府办公室", "大同市民政局"],
        "signed_on": "2024-06-27",
        "place": "大同市云冈区",
        "address": "第三条",
        "headings": ["第一章 总则"],
        "text": "400元。",
        "start": 13,
        "end": 18,
        "score": 0.75,
        "scores": {"lexical": 0.5, "dense": 0.25},
    }


def test_a_notice_as_json_says_null_for_what_it_does_not_say() -> None:
    said = {"kind": "repeals", "start": 4, "end": 10}
    held = [Relation(RelationKind.REPEALS, "n1", "n-old", 1), Relation(RelationKind.EXPLAINS, "n2", "n1")]
    assert list(notice_json(NOTICE, held).items()) == [
        ("source", "大同/公报.txt"),
        ("kind", "notice"),
        ("title", "关于印发《报警器补贴办法》的通知"),
        ("document_number", "同政办规〔2024〕3号"),
        ("issuing_authorities", ["大同市人民政府办公室", "大同市民政局"]),
        ("signed_on", "2024-06-27"),
        ("effective_on", None),
        ("expires_on", "2029-06-26"),
        ("place", "大同市云冈区"),
        ("document_type", "通知"),
        (
            "repeals",
            [{"document_number": "同政发〔2019〕8号", "title": None}, {"document_number": None, "title": "旧办法"}],
        ),
        (
            "attachments",
            [
                {"number": None, "title": "补贴标准", "present": True},
                {"number": 2, "title": "申请表", "present": False},
            ],
        ),
        ("start", 4),
        ("end", 18),
        ("effective_rule", "自公布之日起施行"),
        ("validity", "有效期五年"),
        ("public_release", "此件公开发布"),
        ("recipients", ["各县、区人民政府"]),
        ("explains", None),
        ("id", "n1"),
        (
            "references",
            [
                {**said, "document_number": "同政发〔2019〕8号", "title": None, "id": None},
                {**said, "document_number": None, "title": "旧办法", "id": "n-old"},
            ],
        ),
    ]
    explainer = notice_json(EXPLAINER)
    assert (explainer["kind"], explainer["explains"]) == ("explainer", "n1")
    nulls = [name for name, value in explainer.items() if value is None]
    assert nulls == [
        "document_number", "signed_on", "effective_on", "expires_on", "place",
        "effective_rule", "validity", "public_release",
    ]  # fmt: skip


def test_an_answer_as_text_numbers_its_sources_and_marks_an_explainer() -> None:
    assert answer_text(ANSWER) == (
        "每具 400 元[1]；解读也这样说[2]。\n"
        "\n"
        "本库没有：申请材料\n"
        "\n"
        "依据\n"
        "[1] 《关于印发〈报警器补贴办法〉的通知》 同政办规〔2024〕3号 · 第三条 · 第 7 页 · 2024-06-27\n"
        "    “每具报警器补贴400元。”\n"
        "[2] 《〈报警器补贴办法〉解读》（政策解读）\n"
        "    “补贴 400元”"
    )


def test_what_was_read_for_a_misspelt_word_is_said() -> None:
    answer = replace(ANSWER, read_as=("公积金", "阳泉"))
    assert answer_json(answer)["read_as"] == ["公积金", "阳泉"]
    assert "已按“公积金”、“阳泉”查找" in answer_text(answer)
    assert "已按“公积金”、“阳泉”查找" in answer_markdown(answer)


def test_what_the_answer_says_is_missing_is_not_said_twice() -> None:
    answer = replace(ANSWER, text="可以减免[1]。申请材料见附件。")
    assert "本库没有" not in answer_text(answer)
    assert "本库没有" not in answer_markdown(answer)


def test_a_refusal_is_its_words_alone() -> None:
    refused = replace(ANSWER, status=Status.REFUSED, text="没有找到。", citations=(), missing=())
    assert answer_text(refused) == answer_markdown(refused) == "没有找到。"


def test_only_markers_that_lead_to_a_source_are_painted() -> None:
    answer = replace(ANSWER, text="见[2024]12号[1]。", citations=ANSWER.citations[:1], missing=())
    painted = answer_text(answer, lambda text, style: f"<{style}:{text}>")
    assert painted.splitlines()[0] == "见[2024]12号<mark:[1]>。"


def test_a_passage_as_text() -> None:
    assert passage_text(PASSAGE) == (
        "1. 《关于印发〈报警器补贴办法〉的通知》 同政办规〔2024〕3号 · 第三条 · 2024-06-27\n"
        "   大同/公报.txt 第 13–18 字 · 得分 0.7500（字词 0.5000，语义 0.2500）\n"
        "   400元。"
    )


def test_a_notice_as_a_row() -> None:
    assert notice_row(NOTICE) == (
        "2024-06-27",
        "同政办规〔2024〕3号",
        "关于印发《报警器补贴办法》的通知",
        "通知",
        "大同市云冈区",
        "大同/公报.txt",
    )
    assert notice_row(replace(EXPLAINER, title="一\t二\n三"))[:4] == ("", "", "一 二 三", "政策解读")


def test_a_notice_as_text() -> None:
    assert notice_text(NOTICE) == (
        "2024-06-27  同政办规〔2024〕3号  通知  大同市云冈区  大同/公报.txt\n    关于印发《报警器补贴办法》的通知"
    )
    assert notice_text(EXPLAINER) == "政策解读  大同/公报.txt\n    《报警器补贴办法》解读"


def test_book_marks_within_a_title_are_single() -> None:
    assert titled("批转《甲》和《乙》的通知") == "《批转〈甲〉和〈乙〉的通知》"


def test_markdown_of_an_answer() -> None:
    assert answer_markdown(ANSWER) == (
        "每具 400 元[1]；解读也这样说[2]。\n"
        "\n"
        "本库没有：申请材料\n"
        "\n"
        "**依据**\n"
        "\n"
        "[1] 《关于印发〈报警器补贴办法〉的通知》 同政办规〔2024〕3号 · 第三条 · 第 7 页 · 2024-06-27\n"
        "\n"
        "> “每具报警器补贴400元。”\n"
        "\n"
        "[2] 《〈报警器补贴办法〉解读》（政策解读）\n"
        "\n"
        "> “补贴 400元”"
    )


def test_nothing_of_a_notice_acts_as_markdown_or_html() -> None:
    answer = replace(ANSWER, text="# 标题 <b>x</b> *y* $z$\n1. 一\n- 二[1](http://x)", citations=(), missing=())
    assert answer_markdown(answer) == (
        "\\# 标题 \\<b\\>x\\</b\\> \\*y\\* \\$z\\$\n\n1\\. 一\n\n\\- 二\\[1\\](http://x)"
    )


def test_text_cannot_move_the_cursor_or_turn_a_line_around() -> None:
    assert visible("a\x1b[2Jb\u202ec\ud800\td\n") == "a�[2Jb�c�\td\n"
    answer = replace(ANSWER, text="\x1b]0;x\x07", citations=(), missing=())
    assert answer_text(answer) == "�]0;x�"


@given(st.text(st.characters(codec=None, categories=("Cs", "Cc", "Lo", "Zl", "Zp", "So"))))
def test_json_is_one_line_of_utf8_that_keeps_every_character(text: str) -> None:
    line = json_line({"question": text})
    assert len(line.splitlines()) == 1
    assert json.loads(line.encode("utf-8")) == {"question": well_formed(text)}
    assert len(well_formed(text)) == len(text)  # offsets stay


@given(st.text(min_size=1))
def test_any_text_is_shown(text: str) -> None:
    notice = replace(NOTICE, title=text, body=RepairedText(text, SourceMap.of(range(len(text)))))
    answer = replace(ANSWER, text=text, citations=(replace(ANSWER.citations[0], notice=notice, quote=text),))
    assert len(answer_text(answer).split("\n依据\n")[-1].splitlines()) == 2
    assert answer_markdown(answer)
    assert json.loads(json_line(answer_json(answer)))["citations"][0]["quote"] == text


FLAGGED = replace(
    ANSWER,
    text="每具400元[1]。附件2未随公报刊载。可以转让[1]。",
    verdicts=(
        Verdict(Span(0, 10), "每具400元。", (1,), Support.SUPPORTED),
        Verdict(Span(10, 20), "附件2未随公报刊载。", (), Support.UNCHECKED),
        Verdict(Span(20, 28), "可以转让。", (1,), Support.UNSUPPORTED, ("可以",)),
    ),
    dropped=1,
)


def test_each_sentence_comes_with_its_verdict() -> None:
    found = answer_json(FLAGGED)
    assert found["dropped"] == 1
    assert found["sentences"] == [
        {"text": "每具400元。", "markers": [1], "verdict": "supported", "failed": []},
        {"text": "附件2未随公报刊载。", "markers": [], "verdict": "unchecked", "failed": []},
        {"text": "可以转让。", "markers": [1], "verdict": "unsupported", "failed": ["可以"]},
    ]


def test_only_what_is_not_borne_out_bears_a_sign() -> None:
    told = "每具400元[1]。附件2未随公报刊载。？未核验可以转让[1]。✗ 无据"
    assert answer_text(FLAGGED).splitlines()[0] == told
    assert answer_markdown(FLAGGED).splitlines()[0] == told
    assert answer_text(replace(FLAGGED, verdicts=FLAGGED.verdicts[:1])).splitlines()[0] == FLAGGED.text


def test_what_a_model_did_is_said_last() -> None:
    written = replace(ANSWER, answerer="Qwen3-4B\x1b", prompts={"answer": "ab12"})
    said = "以上由语言模型“Qwen3-4B�”写成，每句都与所引的原文核对过。"
    assert answer_text(written).splitlines()[-1] == said
    assert answer_markdown(written).splitlines()[-1] == said
    assert answer_json(written)["answerer"] == "Qwen3-4B\x1b"
    assert answer_json(written)["prompts"] == {"answer": "ab12"}
    noted = replace(ANSWER, note="语言模型这次没有答成，以上摘自公报原文。")
    assert answer_text(noted).splitlines()[-1] == answer_json(noted)["note"] == noted.note
