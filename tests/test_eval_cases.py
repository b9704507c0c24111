import json
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from eval.cases import Sources, bundled_questions, case_row, load_cases, parse_case, read_cases
from eval.records import ASKERS, NEAR_MISSES, SPLITS, TYPES, WORDINGS, BadQuestions, Case, Evidence, Stretch
from index.records import Span
from index.text import squeeze
from tests.eval_samples import EMPTY, SOURCES, TEXTS, case, chat_case, probe_case, refusal_case, row

SCHEMA = json.loads((Path(__file__).parent.parent / "eval" / "case.schema.json").read_text("utf-8"))


def write(folder: Path, *lines: str) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


# ── the record ──


def test_a_case_keeps_what_the_row_says() -> None:
    parsed = case(type="follow-up", history=["先前的话"])
    assert (parsed.id, parsed.history, parsed.asked_on.isoformat()) == ("d-000-001", ("先前的话",), "2024-08-01")
    assert parsed.key_facts == (("5000元", "五千元"),)
    assert parsed.evidence == (Evidence("a.txt", "第一条", "购置新车补助5000元"),)
    assert parsed.pair is None


def test_a_question_has_an_answer_or_has_none_or_asks_nothing_or_nobody_knows() -> None:
    kinds = [(c.answerable, c.small_talk, c.probe) for c in (case(), refusal_case(), chat_case(), probe_case())]
    assert kinds == [(True, False, False), (False, False, False), (False, True, False), (False, False, True)]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"split": "train"}, "split 不能是“train”"),
    ({"type": "riddle"}, "type 不能是“riddle”"),
    ({"wording": "plain"}, "wording 不能是"),
    ({"asker": "robot"}, "asker 不能是"),
    ({"unanswerable": "elsewhere"}, "type 与 unanswerable 对不上"),
    ({"unanswerable": "", "type": "unanswerable", **EMPTY}, "unanswerable 不能是“”"),
    ({"type": "unanswerable"}, "type 与 unanswerable 对不上"),
    ({"type": "follow-up"}, "追问题要有 history"),
    ({"evidence": []}, "能答的题要有 evidence"),
    ({"key_facts": []}, "能答的题要有 evidence"),
    ({"key_facts": [[]]}, "至少要有一种写法"),
    ({"key_facts": [["5000元", " "]]}, "写法不能是空的"),
    ({"key_facts": ["5000元"]}, "key_facts 的每个要点 应当是数组"),
    ({"evidence": [{"source": "a.txt", "quote": "补助"}]}, "evidence 的 address 应当是字符串"),
    ({"evidence": [{"source": "a.txt", "address": "", "quote": "\n"}]}, "quote 不能是空的"),
    ({"evidence": ["补助"]}, "evidence 的每一项应当是对象"),
    ({"asked_on": "去年"}, "asked_on “去年”不是日期"),
    ({"asked_on": "20240801"}, "asked_on “20240801”不是日期"),
    ({"asked_on": "2024-W31-4"}, "asked_on “2024-W31-4”不是日期"),
    ({"asked_on": "2024-02-30"}, "asked_on “2024-02-30”不是日期"),
    ({"question": " "}, "question 是空的"),
    ({"question": 5}, "question 应当是字符串"),
    ({"id": "", "gold_answer": "\t"}, "id 是空的；gold_answer 是空的"),
    ({"history": "先前的话"}, "history 应当是数组"),
    ({"history": [1]}, "history的每一项 应当是字符串"),
    ({"pair": 7}, "pair 应当是字符串"),
    ({"type": "place-swap"}, "换地题要有 pair：另一地那一题的 id"),
    ({"type": "place-swap", "pair": ""}, "换地题要有 pair"),
    ({"type": "swapped", **EMPTY}, "换地题要有 pair"),
    ({"type": "small-talk"}, "evidence 与 key_facts 要留空"),
    ({"type": "small-talk", "unanswerable": "not-mentioned", **EMPTY}, "type 与 unanswerable 对不上"),
    ({"type": "unanswerable", "unanswerable": "not-mentioned", "evidence": []}, "evidence 与 key_facts 要留空"),
]


@pytest.mark.parametrize(("changes", "said"), WRONG)
def test_a_wrong_value_stops_at_the_door(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestions, match=said.replace("（", ".")):
        case(**changes)


def test_an_unanswerable_case_has_no_evidence() -> None:
    with pytest.raises(BadQuestions, match="evidence 与 key_facts 要留空"):
        refusal_case(key_facts=[["5000元"]])


def test_every_field_that_does_not_fit_is_named() -> None:
    with pytest.raises(BadQuestions) as caught:
        case(split="train", asker="robot", evidence=[])
    assert str(caught.value) == (
        "split 不能是“train”，可用：dev、test；asker 不能是“robot”，可用：citizen、agent；"
        "能答的题要有 evidence 和 key_facts"
    )


# ── there and back ──


def test_a_row_comes_back_as_it_was() -> None:
    for changes in ({}, {"history": ["先前的话"], "type": "follow-up"}, {"type": "place-swap", "pair": "d-000-002"}):
        assert json.loads(json.dumps(case_row(case(**changes)))) == row(**changes)
    assert case_row(case(pair=None)) == case_row(case())


texts = st.text(min_size=1).filter(lambda text: bool(squeeze(text)))


@given(texts, st.lists(st.text()), st.dates(), st.lists(st.lists(texts, min_size=1), min_size=1), texts)
def test_every_case_comes_back_from_its_row(
    question: str, history: list[str], day: date, facts: list[list[str]], quote: str
) -> None:
    written = case(
        question=question,
        history=history,
        asked_on=day.isoformat(),
        key_facts=facts,
        evidence=[{"source": "", "address": "", "quote": quote}],
    )
    assert parse_case(json.loads(json.dumps(case_row(written)))) == written


def test_what_is_no_field_is_not_read() -> None:
    assert case(note="先记着") == case()


# ── the schema says the same ──

validator = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def accepted(written: object) -> bool:
    try:
        parse_case(written)
    except BadQuestions:
        return False
    return True


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_knows_the_words_of_the_records() -> None:
    known = {name: SCHEMA["properties"][name].get("enum") for name in ("split", "type", "wording", "asker")}
    assert known == {"split": [*SPLITS], "type": [*TYPES], "wording": [*WORDINGS], "asker": [*ASKERS]}
    assert SCHEMA["properties"]["unanswerable"]["enum"] == [None, *NEAR_MISSES]
    assert list(SCHEMA["properties"]) == [*Case.__dataclass_fields__]
    assert SCHEMA["required"] == [name for name in Case.__dataclass_fields__ if name != "pair"]
    assert all(field["description"] for field in SCHEMA["properties"].values())


def test_the_bundled_questions_fit_the_schema() -> None:
    rows = [json.loads(line) for path in bundled_questions() for line in path.read_text("utf-8").split("\n") if line]
    assert len(rows) >= 200
    assert [each["id"] for each in rows if not validator.is_valid(each)] == []


@pytest.mark.parametrize("changes", [changes for changes, _ in WRONG])
def test_a_wrong_row_does_not_fit_the_schema_either(changes: dict[str, Any]) -> None:
    assert not validator.is_valid(row(**changes))


@pytest.mark.parametrize("name", SCHEMA["required"])
def test_a_missing_field_is_missed_by_both(name: str) -> None:
    lacking = {key: value for key, value in row().items() if key != name}
    assert not accepted(lacking)
    assert not validator.is_valid(lacking)


@pytest.mark.parametrize("written", [None, [], "{}", 5, [row()]])
def test_what_is_no_object_is_neither(written: object) -> None:
    assert not accepted(written)
    assert not validator.is_valid(written)


def test_kinds_of_questions_are_told_apart_alike() -> None:
    """All types with all near misses, with or without a pair, earlier questions, facts and evidence."""
    filled = (row()["key_facts"], row()["evidence"])
    for kind, miss, pair, history, (facts, evidence) in product(
        TYPES,
        [None, *NEAR_MISSES],
        [None, "", "d-000-002"],
        [[], ["先前的话"]],
        [filled, ([], []), (filled[0], []), ([], filled[1])],
    ):
        written = row(type=kind, unanswerable=miss, pair=pair, history=history, key_facts=facts, evidence=evidence)
        assert validator.is_valid(written) == accepted(written), written


anything = st.sampled_from(
    ["", " ", "补助", 5, None, True, [], {}, [[]], [""], ["补助"], [["补助"]], [["补助", "\n"]], [{}], [5]]
    + [[{"source": source, "address": "", "quote": quote}] for source in ("", None) for quote in ("补", " ", 5)]
    + ["2024-08-01", "2024-8-1", "2024-13-01", "0000-01-01", "２０２４-08-01"]
)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"]]), anything, max_size=3))
def test_whatever_a_field_holds_both_agree(changes: dict[str, Any]) -> None:
    assert validator.is_valid(row(**changes)) == accepted(row(**changes))


# ── reading ──


def test_a_bad_row_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    good, other = json.dumps(row()), json.dumps(row(id="d-000-002", split="x"))
    path = write(tmp_path, good, "", "{", other, good, "[]", '{"id": 1}')
    cases, problems = read_cases([path, tmp_path / "none.jsonl"])
    assert [c.id for c in cases] == ["d-000-001"]
    assert [problem.split("：")[0] for problem in problems] == [
        "questions.jsonl 第 3 行",
        "questions.jsonl 第 4 行",
        "questions.jsonl 第 5 行",
        "questions.jsonl 第 6 行",
        "questions.jsonl 第 7 行",
        str(tmp_path / "none.jsonl"),
    ]
    assert "已经用在questions.jsonl 第 1 行" in problems[2]
    assert "缺字段：split、type" in problems[4]
    with pytest.raises(BadQuestions, match=r"按 eval/GUIDE.zh.md 改正"):
        load_cases([path])


def test_only_the_first_twenty_problems_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadQuestions) as caught:
        load_cases([write(tmp_path, *["{"] * 23)])
    assert str(caught.value).endswith("第 20 行：不是 JSON\n……另有 3 处")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b"\xff\xfe")
    assert read_cases([path]) == ([], [f"{path}：不是 UTF-8 文本。请另存为 UTF-8。"])


# ── evidence in the sources ──


def test_a_quote_is_found_across_a_wrap() -> None:
    (place,) = SOURCES.locate(case())
    assert place == Stretch("a.txt", Span(4, 16))  # 第一条␠ are four; 购置新车补助, a line break, 5000元
    assert TEXTS["a.txt"][4:16] == "购置新车补助\n5000元"


def test_a_quote_must_stand_in_one_place_of_its_source() -> None:
    def quoting(quote: str, source: str = "a.txt") -> Case:
        return case(evidence=[{"source": source, "address": "", "quote": quote}])

    with pytest.raises(BadQuestions, match=r"d-000-001：依据“不设补助…”不在 a.txt 里"):
        SOURCES.locate(quoting("不设补助"))
    with pytest.raises(BadQuestions, match="出现 2 次，请加长"):
        SOURCES.locate(quoting("条"))
    with pytest.raises(BadQuestions, match=r"没有叫“c.txt”的文档"):
        SOURCES.locate(quoting("补助", "c.txt"))


@given(st.text("补助元 \n\u3000", min_size=1), st.data())
def test_what_is_found_is_the_quote_white_space_aside(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]
    found = Sources({"s": text}).find(Evidence("s", "", quote))
    assert all(squeeze(text[place.span.start : place.span.end]) == squeeze(quote) for place in found)
    assert all(not text[place.span.start].isspace() and not text[place.span.end - 1].isspace() for place in found)
    assert bool(found) == bool(squeeze(quote))
