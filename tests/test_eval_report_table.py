import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.records import Case
from eval.report.table import (
    GROUPS,
    NOT_SHOWN,
    SECTIONS,
    align,
    interval_text,
    number,
    show,
    to_failures,
    to_json,
    to_table,
)
from eval.runs import Run
from eval.scores import METRICS, SET_METRICS
from eval.statistics import Interval, Mean
from index.text import display_width
from qa.records import Status
from tests.eval_samples import LIBRARY, SampleShelf, answer, case, chat_case, examined, five_results, run_of

EVIDENCE = "补助\n5000元"


@pytest.fixture(scope="module")
def run() -> Run:
    """Right; a fact missing with the evidence at rank 2; wrongly refused; rightly refused; failed. Took 1–5 ms."""
    return run_of(five_results())


# ── table ──


def parts_of(run: Run) -> dict[str, list[list[str]]]:
    """The tables by their title, each as rows of cells."""
    tables = to_table(run).split("\n\n")[1:-2]
    rows = [[line.split() for line in table.splitlines()] for table in tables]
    return {table[0][0]: table for table in rows}


def test_the_table_says_what_was_run_why_answers_are_not_right_and_how_long_it_took(run: Run) -> None:
    head, *_, faults, times = to_table(run).split("\n\n")
    assert head == f"评测 5 题（dev） 答题：scripted 库：{LIBRARY} 每题取 10 段"
    assert faults == "没答对的原因：缺要点 1，误拒 1，出错 1"
    assert times == "每题用时：p50 3.0 毫秒，p95 5.0 毫秒（1 个进程）；内存峰值 300 MB"


def test_the_table_has_a_row_for_each_group_and_its_numbers(run: Run) -> None:
    tables = parts_of(run)
    assert list(tables) == ["全部题", "找依据", "答问题", "引原文", "拒与错"]
    rows = tables["找依据"]
    assert rows[0] == [
        "找依据",
        "题数",
        "召回@1",
        "召回@5",
        "召回@10",
        "命中@1",
        "命中@5",
        "命中@10",
        "MRR",
        "nDCG@10",
        "2000字召回",
    ]
    # nDCG: 1, 1/log2(3) = 0.631, 0
    assert rows[1] == ["全部", "3", "0.333", "0.667", "0.667", "0.333", "0.667", "0.667", "0.500", "0.544", "0.667"]
    assert [row[:3] for row in rows[2:]] == [
        ["题型：金额", "2", "0.500"],
        ["题型：追问", "1", "0.000"],
        ["措辞：大白话", "2", "0.500"],
        ["措辞：公文用语", "1", "0.000"],
        ["谁问：市民", "2", "0.500"],
        ["谁问：话务员", "1", "0.000"],
    ]
    rows = tables["答问题"]
    assert rows[0] == ["答问题", "题数", "答对", "要点召回", "要点准确", "全同", "字F1", "ROUGE-L", "篇幅比"]
    # 有补助 against 补助5000元: two characters of three and of seven, in order; 4 of 8 characters with the marks aside
    assert rows[1] == [
        "全部",
        "5",
        "0.400",
        "0.333(3)",
        "1.000(1)",
        "0.500(2)",
        "0.700(2)",
        "0.700(2)",
        "0.750(2)",
    ]
    assert rows[-1] == ["不能答：没有写到", "1", "1.000", "-", "-", "-", "-", "-", "-"]
    rows = tables["引原文"]
    assert rows[0] == ["引原文", "题数", "引用准确", "引用召回", "引用重合", "句句有据", "数名有据"]
    # overlap: 8 of 12; 新车补助 at 6 to 10 and four of b.txt, 4 of 16. Of 有补 and 补助 one is quoted: too few
    assert rows[1] == ["全部", "3", "0.750(2)", "0.667", "0.458(2)", "0.500(2)", "1.000(2)"]
    rows = tables["拒与错"]
    assert rows[0] == ["拒与错", "题数", "拒答准确", "拒答召回", "误拒", "串城", "引失效", "断言有误"]
    assert rows[1] == ["全部", "4", "0.500(2)", "1.000(1)", "0.333(3)", "-", "0.000(2)", "0.250"]
    assert rows[-1] == ["不能答：没有写到", "1", "-", "1.000", "-", "-", "-", "0.000"]


def test_every_figure_comes_with_its_interval_and_number(run: Run) -> None:
    rows = {row[0]: row[1:] for row in parts_of(run)["全部题"]}
    assert rows["全部题"] == ["值", "95%", "区间", "题数"]
    assert (rows["答对"][0], rows["答对"][-1]) == ("0.400", "5")
    low, high = map(float, rows["答对"][1].split("–"))
    assert low < 0.4 < high
    assert rows["拒答召回"] == ["1.000", "0.025–1.000", "1"]  # one of one: Clopper and Pearson
    shown = [*(metric.heading for metric in METRICS), *(metric.heading for metric in SET_METRICS)]
    absent = ("串城", "风险覆盖面积", "校准误差", "拒答曲线面积")
    assert list(rows)[1:] == [heading for heading in shown if heading not in absent]


def test_confidence_and_places_are_shown_where_they_are_known() -> None:
    said = answer("补助5000元[1]。", confidence=0.75)
    rows = parts_of(run_of(examined([case()], {case().question: said}, SampleShelf(cities_of={"a.txt": "大同市"}))))
    overall = {row[0]: row[1:] for row in rows["全部题"]}
    assert overall["校准误差"][0] == "0.750"  # sure by 0.75, but without a citation not right
    assert overall["风险覆盖面积"][0] == "1.000"
    assert overall["串城"][0] == "0.000"


def test_nothing_wrong_is_said_too() -> None:
    talk = run_of(examined([chat_case()], {"您好！": answer("您好！", status=Status.CHAT)}))
    table = to_table(talk)
    assert "没答对的原因：无" in table
    assert "找依据" not in table  # a table without rows


def test_a_run_without_times_tells_none(run: Run) -> None:
    timeless = replace(run, timings=replace(run.timings, elapsed_ms={}))
    assert "每题用时" not in to_table(timeless)
    assert json.loads(to_json(timeless))["elapsed_ms"] == {"p50": None, "p95": None, "cases": {}}


def test_the_table_is_not_moved_by_chinese() -> None:
    assert align([["题", "n"], ["ab", "10"], ["", "公文"]]) == "题     n\nab    10\n    公文"
    assert align([]) == ""


@given(st.lists(st.tuples(st.text("公文ab", min_size=1), st.text("公文19", min_size=1)), min_size=1))
def test_all_rows_end_in_one_column(rows: list[tuple[str, str]]) -> None:
    assert len({display_width(line) for line in align(rows).splitlines()}) == 1


def test_what_does_not_apply_is_a_dash_never_a_nought() -> None:
    assert (number(None), number(0.0), number(0.12345)) == ("-", "0.000", "0.123")
    assert interval_text(Mean(0.5, 3, Interval(0.25, 0.75))) == "0.250–0.750"
    assert interval_text(Mean(0.5, 3)) == ""


def test_groups_part_every_case_at_most_once(run: Run) -> None:
    for group in GROUPS:
        parted = [r for _, members in group.split(run.results) for r in members]
        due = [r for r in run.results if group.part(r.outcome.case) is not None]
        assert sorted(r.outcome.case.id for r in parted) == sorted(r.outcome.case.id for r in due)
    asked: list[Case] = [r.outcome.case for r in run.results]
    assert [(part, len(members)) for part, members in GROUPS[0].split(run.results)] == [
        ("amount", sum(c.type == "amount" for c in asked)),
        ("follow-up", 1),
        ("unanswerable", 1),
    ]


def test_every_metric_stands_in_one_table() -> None:
    assert [metric for _, metrics in SECTIONS for metric in metrics] == list(METRICS)


# ── figures that are not to be trusted ──


def test_a_metric_whose_canary_failed_is_not_shown(run: Run) -> None:
    broken = {"mrr": "先知得 0.5，应得 1"}
    table = to_table(run, broken=broken)
    overall = {line.split()[0]: line.split()[1:] for line in table.split("\n\n")[1].splitlines()}
    assert overall["MRR"] == [NOT_SHOWN, "3"]
    assert f"{NOT_SHOWN}的指标 mrr：先知得 0.5，应得 1。" in table
    assert "MRR" not in table.split("\n\n")[2]
    told = json.loads(to_json(run, broken=broken))
    assert told["broken"] == broken
    assert "mrr" not in told["summary"]["all"]
    assert "mrr" not in told["summary"]["type"]["amount"]
    assert "mrr" not in told["cases"][0]["scores"]
    assert "mrr" in json.loads(to_json(run))["summary"]["all"]


# ── failures ──


def test_failures_say_what_was_due_and_what_was_said(run: Run) -> None:
    assert to_failures(run.results).split("\n\n") == [
        "d-000-002 缺要点（金额，公文用语，话务员）\n"
        "  问：二\n"
        "  应答：补助5000元。\n"
        "  实答（作答，4 字）：有补助[1][2]。\n"
        "  缺要点：5000元\n"
        "  引用[1]：a.txt 第一条“新车补助”\n"
        "  引用[2]：b.txt 第一条“不设补助”\n"
        "  依据（第 2 段）：a.txt 第一条“购置新车补助5000元”",
        "d-000-003 误拒（追问，大白话，市民）\n"
        "  先前：先前 的话\n"
        "  问：三\n"
        "  应答：补助5000元。\n"
        "  实答（拒答，5 字）：没有写到。\n"
        "  缺要点：5000元\n"
        "  依据（未检出）：a.txt 第一条“购置新车补助5000元”",
        "d-000-005 出错（金额，大白话，市民）\n  问：五\n  应答：补助5000元。\n  出错：库坏了",
    ]
    assert to_failures(run.results[:1]) == "全部答对。"


# ── JSON ──


def test_the_json_holds_means_and_cases(run: Run) -> None:
    told = json.loads(to_json(run))
    assert (told["answerer"], told["libraries"], told["k"], told["folder"]) == ("scripted", [LIBRARY], 10, None)
    right = told["summary"]["all"]["right"]
    assert (right["mean"], right["n"]) == (0.4, 5)
    assert right["low"] < 0.4 < right["high"]
    assert told["summary"]["wording"]["lay"]["right"] == {"mean": 0.5, "n": 4}  # of a group without an interval
    assert told["summary"]["type"]["unanswerable"]["recall@5"] == {"mean": None, "n": 0}
    assert list(told["summary"]) == ["all", "type", "wording", "asker", "unanswerable"]
    assert told["faults"] == {"缺要点": 1, "误拒": 1, "出错": 1}
    first, *_, last = told["cases"]
    assert (first["id"], first["status"], first["fault"], first["scores"]["mrr"]) == (
        "d-000-001",
        "answered",
        None,
        1.0,
    )
    assert first["evidence"] == [{"source": "a.txt", "start": 4, "end": 16}]
    (quoted,) = first["citations"]
    place = {"marker": 1, "source": "a.txt", "start": 8, "end": 16, "quote": EVIDENCE}
    assert place.items() <= quoted.items()
    (found,) = first["passages"]
    assert (found["source"], found["start"], found["end"], found["score"]) == ("a.txt", 0, 20, 0.5)
    assert (last["status"], last["error"], last["passages"]) == ("error", "库坏了", [])
    assert told["elapsed_ms"]["p95"] == 5.0
    assert told["elapsed_ms"]["cases"]["d-000-002"] == 2.0


def test_the_json_names_the_folder_of_the_run(run: Run, tmp_path: Path) -> None:
    assert json.loads(to_json(replace(run, folder=tmp_path)))["folder"] == str(tmp_path)


def test_all_but_the_times_is_reproducible(run: Run) -> None:
    times = dict.fromkeys(run.timings.elapsed_ms, 99.0)
    slower = replace(run, timings=replace(run.timings, elapsed_ms=times, peak_mb=1.0, jobs=9))
    first, second = json.loads(to_json(run)), json.loads(to_json(slower))
    assert first.pop("elapsed_ms") != second.pop("elapsed_ms")
    assert json.dumps(first) == json.dumps(second)


def test_what_the_command_prints(run: Run) -> None:
    assert show(run) == to_table(run)
    assert show(run, failures=True) == to_table(run) + "\n\n" + to_failures(run.results)
    assert show(run, as_json=True) == to_json(run)
