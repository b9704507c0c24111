import re
from dataclasses import replace

import pytest

from eval.report.markdown import inline, markdown, to_markdown
from eval.report.wording import LANGUAGES
from eval.runs import Run
from eval.scores import METRICS, SET_METRICS, Metric, Result, SetMetric
from tests.eval_samples import at, case, cited, five_results, found, run_of, told

HOSTILE = "<script>|*a*_b_`c`[d](javascript:e)${f}\u2028# g\n- h"
EVERY_METRIC: list[Metric | SetMetric] = [*METRICS, *SET_METRICS]


@pytest.fixture(scope="module")
def run() -> Run:
    return run_of(five_results())


def told_of(run: Run, lang: str = "zh", **broken: str) -> str:
    return to_markdown(run, broken=broken, lang=lang)


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of every table row that begins so."""
    lines = [line for line in text.split("\n") if line.startswith(f"| {inline(heading)} |")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[2:-1]] for line in lines]


def test_the_figures_are_those_of_the_page(run: Run) -> None:
    text = told_of(run)
    assert text.startswith("# 问政评测报告\n\ndev 题 5 道，答题：scripted · 2024-08-01 00:00 UTC\n")
    assert rows(text, "答对")[0] == ["0.400", "0.000–0.800", "5"]
    assert rows(text, "公文用语") == [["0.000", "0.000–0.975", "1", "1.000", "0.025–1.000", "1"]]
    assert rows(text, "引失效")[1] == ["0.000", "0 / 2 题", "真实比例的上限 0.842"]
    assert rows(text, "缺要点") == [["1", "引到了依据，但要点没有说全。"]]


def test_plots_are_given_as_their_numbers(run: Run) -> None:
    text = told_of(run)
    assert rows(text, "2")[0] == ["0.667", "0.000–1.000", "3"]  # recall@2: one of three questions has no passage
    assert text.count("没有可画的：没有既给出信心、又判了对错的答复。") == 2


def test_what_is_not_right_is_told_at_length(run: Run) -> None:
    text = told_of(run)
    failed = text[text.index("#### ✗ 缺要点 · d-000-002") : text.index("#### ✗ 误拒")]
    assert failed.split("\n\n")[1:3] == ["金额 · 公文用语 · 话务员", "> 二"]
    lines = failed.split("\n\n")[3].split("\n")
    assert lines[:6] == [
        "- 标准答案：补助5000元。",
        r"- 答复：（作答）有补助\[1\]\[2\]。",
        "- 未说：5000元",
        "- 依据：第 2 段检出 · a.txt · 第一条：“购置新车补助5000元”",
        r"- 引文：\[1\] 关于补助的通知 · 第一条：“新车补助”",
        r"- 引文：\[2\] 关于补助的通知 · 第一条：“不设补助”",
    ]
    assert lines[6].endswith("据：有补助。")
    assert lines[-1].startswith("- 各项分数：召回@1 0.000、")
    assert text.index("### 没答对的题（3 题）") < text.index("### 答对的题（2 题）\n\nd-000-001、d-000-004")


@pytest.mark.parametrize("metric", EVERY_METRIC, ids=lambda metric: metric.name)
def test_no_number_of_a_broken_metric_is_shown(run: Run, metric: Metric | SetMetric) -> None:
    text = told_of(run, **{metric.name: "金丝雀甲"})
    shown = [row for row in rows(text, metric.heading) if len(row) > 2]  # the fault 误拒 has a metric's name
    assert {row[0] for row in shown} == {"▲ 未通过自检，不显示：金丝雀甲"}
    assert not re.search(rf"(：|、){re.escape(inline(metric.heading))} \d", text)


def test_nothing_rests_on_a_broken_rightness(run: Run) -> None:
    text = told_of(run, right="金丝雀甲")
    assert "### 全部题（5 题）\n\n#### d-000-001" in text
    assert "“答对”未通过自检，不显示：金丝雀甲" in text
    assert rows(text, "大白话")[0][0] == "▲ 未通过自检，不显示"
    assert rows(text, "缺要点") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_words_act_nowhere(lang: str) -> None:
    asked = case(id=HOSTILE, question=HOSTILE, gold_answer=HOSTILE, history=[HOSTILE], key_facts=[[HOSTILE]])
    ranked = replace(found(at(0, 9))[0], notice=HOSTILE, address=HOSTILE)
    said = told(f"{HOSTILE}[1]。", cited(1, HOSTILE, notice=HOSTILE), asked=asked, passages=(ranked,))
    said = replace(said, evidence=(at(0, 9),))
    text = told_of(run_of([Result.of(said)]), lang, mrr=HOSTILE)
    assert not re.search(r"(?<!\\)[<`*_$]", re.sub(r"\*\*", "", text))
    assert "\u2028" not in text
    assert not re.search(r"^(# g|- h)", text, re.MULTILINE)


def test_a_line_is_shown_as_it_is() -> None:
    assert markdown("1. 甲") == r"1\. 甲"
    assert markdown("0.588") == "0.588"
    assert markdown("- 甲") == r"\- 甲"
    assert markdown("---") == r"\---"
    assert markdown("===") == r"\==="
    assert inline(" a|b\n<c> ") == r"a\|b \<c\>"


def test_in_english_the_words_are_english(run: Run) -> None:
    text = told_of(run, "en")
    assert rows(text, "right")[0] == ["0.400", "0.000–0.800", "5"]
    assert "#### ✗ wrongly refused · d-000-003" in text
    assert "- Answer: (refused) 没有写到。" in text
    with pytest.raises(ValueError, match="fr"):
        told_of(run, "fr")


def test_the_same_run_gives_the_same_text(run: Run) -> None:
    assert told_of(run) == told_of(run)
