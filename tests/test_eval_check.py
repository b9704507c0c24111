import json
from pathlib import Path

import pytest

from eval.cases import bundled_questions, load_cases
from eval.check import (
    Corpus,
    SplitEntry,
    bundled_corpus_texts,
    check_cases,
    describe_cases,
    lay_overlap,
    main,
    read_corpus,
    read_split,
)
from eval.records import Case
from tests.eval_samples import case, chat_case, probe_case, refusal_case, row

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
QUOTE = "购置新车的，每辆补助五千元"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus({"000.txt": GAZETTE}, SPLIT)


def asking(quote: str, **changes: object) -> Case:
    facts = {"key_facts": [["五千元"]], "gold_answer": "五千元。"}
    return case(**(facts | {"evidence": [{"source": "000.txt", "address": "", "quote": quote}]} | changes))


def test_lay_overlap_counts_the_bigrams_of_the_question() -> None:
    # 买车, 车给, 给补, 补助, 助吗: one of five is in 购置新车补助5000元
    assert lay_overlap(case(question="买车给补助吗？")) == pytest.approx(1 / 5)
    assert lay_overlap(refusal_case()) is None
    assert lay_overlap(case(question="啥？")) is None


# ── the rules ──


def test_a_good_case_has_no_problem(corpus: Corpus) -> None:
    assert check_cases([asking(QUOTE), refusal_case(id="d-000-002"), chat_case(id="d-900-001")], corpus) == []


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
        ({"type": "transcript", "question": "诉" * 99}, "来电转述要有 100 字以上的经过"),
        ({"type": "transcript", "question": "诉 \n" * 99}, "来电转述要有 100 字以上的经过"),  # white space is no story
    ],
)
def test_what_breaks_a_rule_is_told(corpus: Corpus, changes: dict[str, object], said: str) -> None:
    broken = asking(QUOTE, **changes)
    assert check_cases([broken], corpus) == [f"{broken.id}：{said}"]


def test_official_wording_may_share_the_words_of_its_evidence(corpus: Corpus) -> None:
    assert check_cases([asking(QUOTE, question="购置新车给什么？", wording="official")], corpus) == []


def test_a_transcript_is_long(corpus: Corpus) -> None:
    assert check_cases([asking(QUOTE, type="transcript", question="诉" * 100)], corpus) == []


def test_evidence_is_long_enough_and_on_the_side_of_its_notice(corpus: Corpus) -> None:
    assert check_cases([asking("补助五千元")], corpus) == ["d-000-001：依据“补助五千元…”有 5 字，应当在 10–300 字之间"]
    other = asking("每年六月清理一次，由市财政局负责", key_facts=[["一次"]], gold_answer="一次")
    assert check_cases([other], corpus) == ["d-000-001：依据出自 同政发〔2024〕2号，按 split.tsv 归 test，题却归 dev"]


def test_evidence_stands_in_one_notice(corpus: Corpus) -> None:
    quote = "由市商务局负责。大同市人民政府2024年6月3日大同市人民政府关于清理补助的通知"
    across = asking(quote, key_facts=[["商务局"]], gold_answer="市商务局。")
    assert check_cases([across], corpus) == [f"d-000-001：依据“{quote[:24]}…”不在任何一份公文里"]
    assert check_cases([asking("补助六千元")], corpus)[0] == ("d-000-001：依据“补助六千元…”不在 000.txt 里，请逐字照抄")


def test_a_split_that_does_not_fit_the_gazettes_is_told() -> None:
    entries = [SPLIT[0], SplitEntry("000.txt", "同政发〔2024〕9号", "无此通知", "dev")]
    assert read_corpus({"000.txt": GAZETTE}, entries).problems == (
        "split.tsv：没有列 000.txt 的《大同市人民政府关于清理补助的通知》",
        "split.tsv：000.txt 里找不到《无此通知》",
    )


# ── special questions ──


def test_small_talk_is_about_no_gazette(corpus: Corpus) -> None:
    assert check_cases([chat_case(id="t-900-001", split="test")], corpus) == []
    assert check_cases([chat_case(id="d-000-001")], corpus) == ["d-000-001：闲聊不问公报，id 里的公报号要写 900"]


def test_probes_are_made_not_written(corpus: Corpus) -> None:
    pair = asking(QUOTE, id="d-000-009", pair="d-000-001")
    assert check_cases([probe_case(), pair], corpus) == ["d-000-001：换地生成题由程序生成，不写在题目文件里"]


def test_swapped_places_name_each_other(corpus: Corpus) -> None:
    one = asking(QUOTE, type="place-swap", pair="d-000-002")
    other = refusal_case(id="d-000-002", unanswerable="wrong-place", pair="d-000-001")
    assert check_cases([one, other], corpus) == []
    assert check_cases([one], corpus) == ["d-000-001：pair “d-000-002”不在所检查的题里"]
    assert check_cases([one, refusal_case(id="d-000-002")], corpus) == ["d-000-001：与 d-000-002 要互为 pair，在同一边"]
    third = refusal_case(id="d-000-003", unanswerable="wrong-place", pair="d-000-001")
    assert check_cases([one, other, third], corpus) == ["d-000-003：与 d-000-001 要互为 pair，在同一边"]


def test_swapped_places_stand_on_one_side(corpus: Corpus) -> None:
    one = asking(QUOTE, type="place-swap", pair="t-000-002")
    other = refusal_case(id="t-000-002", split="test", unanswerable="wrong-place", pair="d-000-001")
    assert check_cases([one, other], corpus) == [
        "d-000-001：与 t-000-002 要互为 pair，在同一边",
        "t-000-002：与 d-000-001 要互为 pair，在同一边",
    ]


def test_no_question_is_its_own_pair(corpus: Corpus) -> None:
    alone = asking(QUOTE, type="place-swap", pair="d-000-001")
    assert check_cases([alone], corpus) == ["d-000-001：与 d-000-001 要互为 pair，在同一边"]


# ── counts and the command ──


def test_counts_are_told_with_the_notices_not_asked_about(corpus: Corpus) -> None:
    told = describe_cases([asking(QUOTE), refusal_case(id="d-000-002")], corpus)
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
    path = tmp_path / "questions.jsonl"
    path.write_text("{", "utf-8")
    assert main([str(path)]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("题数：0（）\n")
    assert err == "questions.jsonl 第 1 行：不是 JSON\n共 1 处要改。\n"


def test_the_command_says_that_nothing_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "questions.jsonl"
    chat = row(id="d-900-001", type="small-talk", question="您好！", evidence=[], key_facts=[])
    path.write_text(json.dumps(chat, ensure_ascii=False), "utf-8")
    assert main([str(path)]) == 0
    assert capsys.readouterr().out.endswith("没有发现问题。\n")
