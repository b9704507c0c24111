import json
from pathlib import Path
from unicodedata import combining, normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eval.cases import (
    BadQuestions,
    Case,
    Corpus,
    Evidence,
    Sources,
    SplitEntry,
    Stretch,
    bundled_corpus_texts,
    bundled_questions,
    check_cases,
    describe_cases,
    lay_overlap,
    load_cases,
    main,
    missing_facts,
    read_cases,
    read_corpus,
    read_split,
    states,
)
from index.records import Span
from index.text import squeeze
from tests.eval_samples import SOURCES, TEXTS, case, refusal_case, row


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
    assert parsed.answerable
    assert not refusal_case().answerable


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"split": "train"}, "split 不能是“train”"),
        ({"type": "riddle"}, "type 不能是“riddle”"),
        ({"wording": "plain"}, "wording 不能是"),
        ({"asker": "robot"}, "asker 不能是"),
        ({"unanswerable": "elsewhere"}, "type 与 unanswerable 对不上"),
        ({"type": "unanswerable"}, "type 与 unanswerable 对不上"),
        ({"type": "follow-up"}, "追问题要有 history"),
        ({"evidence": []}, "能答的题要有 evidence"),
        ({"key_facts": [[]]}, "至少要有一种写法"),
        ({"key_facts": [["5000元", " "]]}, "写法不能是空的"),
        ({"key_facts": ["5000元"]}, "key_facts 的每个要点 应当是数组"),
        ({"evidence": [{"source": "a.txt", "quote": "补助"}]}, "evidence 的 address 应当是字符串"),
        ({"evidence": [{"source": "a.txt", "address": "", "quote": "\n"}]}, "quote 不能是空的"),
        ({"asked_on": "去年"}, "asked_on “去年”不是日期"),
        ({"question": " "}, "question 是空的"),
        ({"question": 5}, "question 应当是字符串"),
    ],
)
def test_a_wrong_value_stops_at_the_door(changes: dict[str, object], said: str) -> None:
    with pytest.raises(BadQuestions, match=said.replace("（", ".")):
        case(**changes)


def test_an_unanswerable_case_has_no_evidence() -> None:
    with pytest.raises(BadQuestions, match="evidence 与 key_facts 要留空"):
        refusal_case(key_facts=[["5000元"]])


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


# ── facts ──


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("补助 5 000 元", "5 000元"),
        ("每辆５０００元。", "5000元"),
        ("依〔2024〕9号", "[2024]9号"),
        ("1.2024年12月31日前", "2024年12月31日"),  # an item's number, not a decimal
        ("共943，2313两笔", "943"),
        ("943\n2313", "2313"),  # two cells
        ("一、二级", "二级"),
        ("每月一次性发放", "一次"),
        ("GB/T 19001", "gb/t19001"),
        ("增长7.5。", "7.5"),
    ],
)
def test_a_fact_is_stated_in_any_width_and_spacing(text: str, spelling: str) -> None:
    assert states(text, spelling)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("2022年", "2年"),
        ("15000元", "5000元"),
        ("1.3万元", "3万元"),
        ("1,500元", "500元"),
        ("22.205", "22.20"),
        ("22.5", "22"),
        ("第13人", "3人"),
        ("二十五天", "十五天"),
        ("十五", "十"),
        ("五千元", "5000元"),  # only the given spellings count
    ],
)
def test_no_number_is_cut_in_two(text: str, spelling: str) -> None:
    assert not states(text, spelling)


@given(st.text(min_size=1).filter(squeeze), st.text("市局，。；", min_size=1), st.text("市局，。；", min_size=1))
def test_a_spelling_stands_between_any_words(spelling: str, before: str, after: str) -> None:
    parts = (before, spelling, after)
    apart = "".join(normalize("NFKC", part) for part in parts)
    assume(normalize("NFKC", "".join(parts)) == apart and not combining(spelling[0]))  # accents join what they follow
    assert states("".join(parts), spelling)


def test_missing_facts_are_named_by_their_first_spelling() -> None:
    asked = case(key_facts=[["5000元", "五千元"], ["商务局"], ["九月底", "9月底"]])
    assert missing_facts(asked, "五千元，9月底前") == ("商务局",)
    assert missing_facts(refusal_case(), "") == ()


def test_lay_overlap_counts_the_bigrams_of_the_question() -> None:
    # 买车, 车给, 给补, 补助, 助吗: one of five is in 购置新车补助5000元
    assert lay_overlap(case(question="买车给补助吗？")) == pytest.approx(1 / 5)
    assert lay_overlap(refusal_case()) is None
    assert lay_overlap(case(question="啥？")) is None


# ── the checker ──

GAZETTE = """大同市人民政府
关于发放补助的通知
同政发〔2024〕1号
各县（区）人民政府：
购置新车的，每辆补助五千元，由市商务局负责。
大同市人民政府
2024年6月3日
大同市人民政府
关于清理补助的通知
同政发〔2024〕2号
各县（区）人民政府：
已经发放的补助，每年六月清理一次，由市财政局负责。
大同市人民政府
2024年7月3日
"""
SPLIT = [
    SplitEntry("000.txt", "同政发〔2024〕1号", "大同市人民政府关于发放补助的通知", "dev"),
    SplitEntry("000.txt", "同政发[2024]2号", "大同市人民政府关于清理补助的通知", "test"),
]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus({"000.txt": GAZETTE}, SPLIT)


def asking(quote: str, **changes: object) -> Case:
    facts = {"key_facts": [["五千元"]], "gold_answer": "五千元。"}
    return case(**(facts | {"evidence": [{"source": "000.txt", "address": "", "quote": quote}]} | changes))


def test_a_good_case_has_no_problem(corpus: Corpus) -> None:
    assert check_cases([asking("购置新车的，每辆补助五千元"), refusal_case(id="d-000-002")], corpus) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "x-1"}, "id 要写成 d-000-001 的样子（dev 用 d，test 用 t）"),
        ({"id": "t-000-001"}, "id 以 t 开头，split 却是 dev"),
        ({"id": "d-001-001"}, "id 里的公报号 001 与依据的公报对不上"),
        ({"key_facts": [["五千元"]] * 7}, "要点有 7 个，至多 6 个"),
        ({"key_facts": [["6000元"]], "gold_answer": "6000元"}, "要点“6000元”没有一种写法在依据里"),
        ({"gold_answer": "每辆三千元"}, "要点“五千元”没有一种写法在标准答案里"),
        ({"question": "购置新车给什么？"}, "大白话题与依据重合 50%，至多 15%"),  # 购置 置新 新车 of six
    ],
)
def test_what_breaks_a_rule_is_told(corpus: Corpus, changes: dict[str, object], said: str) -> None:
    broken = asking("购置新车的，每辆补助五千元", **changes)
    assert check_cases([broken], corpus) == [f"{broken.id}：{said}"]


def test_evidence_is_long_enough_and_on_the_side_of_its_notice(corpus: Corpus) -> None:
    assert check_cases([asking("补助五千元")], corpus) == ["d-000-001：依据“补助五千元…”有 5 字，应当在 10–300 字之间"]
    other = asking("每年六月清理一次，由市财政局负责", key_facts=[["一次"]], gold_answer="一次")
    assert check_cases([other], corpus) == ["d-000-001：依据出自 同政发〔2024〕2号，按 split.tsv 归 test，题却归 dev"]


def test_a_split_that_does_not_fit_the_gazettes_is_told() -> None:
    entries = [SPLIT[0], SplitEntry("000.txt", "同政发〔2024〕9号", "无此通知", "dev")]
    assert read_corpus({"000.txt": GAZETTE}, entries).problems == (
        "split.tsv：没有列 000.txt 的《大同市人民政府关于清理补助的通知》",
        "split.tsv：000.txt 里找不到《无此通知》",
    )


def test_counts_are_told_with_the_notices_not_asked_about(corpus: Corpus) -> None:
    told = describe_cases([asking("购置新车的，每辆补助五千元"), refusal_case(id="d-000-002")], corpus)
    assert told.splitlines() == [
        "题数：2（dev 2）",
        "题型：金额 1，不能答 1",
        "措辞：大白话 2；大白话占 100%",
        "谁问：市民 2",
        "不能答：1，占 50%（没有写到 1）",
        "带前文：0，占 0%",
        "公报：000.txt 1",
        "公文：2 份；没有题的：同政发〔2024〕2号",
    ]


def test_the_bundled_questions_keep_the_rules() -> None:
    cases = load_cases(bundled_questions())
    corpus = read_corpus(bundled_corpus_texts(), read_split())
    assert corpus.problems == ()
    assert check_cases(cases, corpus) == []
    assert len(cases) >= 200
    assert sum(c.wording == "lay" for c in cases) * 2 >= len(cases)


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(write(tmp_path, "{"))]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("题数：0（）\n")
    assert err == "questions.jsonl 第 1 行：不是 JSON\n共 1 处要改。\n"
