import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import Mean
from eval.report import align, fault_counts, show, summary, to_failures, to_json, to_table
from eval.run import Report, evaluate
from index.errors import LibraryDamaged
from index.text import display_width
from qa.records import Status
from tests.eval_samples import LIBRARY, SOURCES, ScriptedAnswerer, answer, case, citation, passage, refusal_case

EVIDENCE = "补助\n5000元"


@pytest.fixture(scope="module")
def report() -> Report:
    """Right; a fact missing with the evidence at rank 2; wrongly refused; rightly refused; failed. Took 1–5 ms."""
    found = [passage(1, "b.txt", 0, 10), passage(2, "a.txt", 0, 20)]
    cases = [
        case(),
        case(id="d-000-002", wording="official", asker="agent", question="二"),
        case(id="d-000-003", question="三", type="follow-up", history=["先前\n的话"]),
        refusal_case(id="d-000-004", question="四"),
        case(id="d-000-005", question="五"),
    ]
    answerer = ScriptedAnswerer(
        {
            cases[0].question: answer("补助5000元[1]。", [citation(1, "a.txt", EVIDENCE)], found[1:]),
            "二": answer("有补助[1][2]。", [citation(1, "a.txt", "新车补助"), citation(2, "b.txt", "不设补助")], found),
            "三": answer("没有写到。", [], [], Status.REFUSED),
            "四": answer("没有写到。", [], found, Status.REFUSED),
            "五": LibraryDamaged("库坏了"),
        }
    )
    run = evaluate(cases, answerer, SOURCES)
    return replace(run, results=tuple(replace(r, elapsed_ms=i) for i, r in enumerate(run.results, 1)))


def test_means_carry_their_number(report: Report) -> None:
    means = summary(report.results)
    assert means["recall@1"] == Mean(
        1 / 3, 3
    )  # first 1, second 0, third 0; the fourth has no evidence, the fifth failed
    assert means["mrr"] == Mean(0.5, 3)  # 1, 1/2, 0
    assert means["right"] == Mean(2 / 5, 5)  # a failed case is not right
    assert means["citation_precision"] == Mean(0.75, 2)  # 1, 1/2
    assert means["refusal_precision"] == Mean(0.5, 2)
    assert means["refusal_recall"] == Mean(1.0, 1)
    assert means["false_refusal"] == Mean(1 / 3, 3)
    assert summary(())["right"] == Mean(None, 0)


def test_refusal_precision_needs_both_kinds_of_question(report: Report) -> None:
    assert summary(report.results[:3])["refusal_precision"] == Mean(None, 0)
    assert summary(report.results[3:4])["refusal_precision"] == Mean(None, 0)


def test_the_table_has_a_row_for_each_group_and_its_numbers(report: Report) -> None:
    head, finding, answering, faults, times = to_table(report).split("\n\n")
    assert head == f"评测 5 题（dev） 答题：scripted 库：{LIBRARY} 每题取 10 段"
    rows = [line.split() for line in finding.splitlines()]
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
        "2000字召回",
    ]
    assert rows[1] == ["全部", "3", "0.333", "0.667", "0.667", "0.333", "0.667", "0.667", "0.500", "0.667"]
    assert [row[:3] for row in rows[2:]] == [
        ["题型：金额", "2", "0.500"],
        ["题型：追问", "1", "0.000"],
        ["措辞：大白话", "2", "0.500"],
        ["措辞：公文用语", "1", "0.000"],
        ["谁问：市民", "2", "0.500"],
        ["谁问：话务员", "1", "0.000"],
    ]
    rows = [line.split() for line in answering.splitlines()]
    assert rows[0] == ["答问题", "题数", "答对", "引用准确", "引用召回", "拒答准确", "拒答召回", "误拒"]
    assert rows[1] == ["全部", "5", "0.400", "0.750(2)", "0.667(3)", "0.500(2)", "1.000(1)", "0.333(3)"]
    assert rows[-1] == ["不能答：没有写到", "1", "1.000", "-", "-", "-", "1.000", "-"]
    assert faults == "没答对的原因：缺要点 1，误拒 1，出错 1"
    assert times == "每题用时：p50 3.0 毫秒，p95 5.0 毫秒"


def test_the_table_is_not_moved_by_chinese() -> None:
    assert align([["题", "n"], ["ab", "10"], ["", "公文"]]) == "题     n\nab    10\n    公文"
    assert align([]) == ""


@given(st.lists(st.tuples(st.text("公文ab", min_size=1), st.text("公文19", min_size=1)), min_size=1))
def test_all_rows_end_in_one_column(rows: list[tuple[str, str]]) -> None:
    assert len({display_width(line) for line in align(rows).splitlines()}) == 1


def test_failures_say_what_was_due_and_what_was_said(report: Report) -> None:
    assert to_failures(report).split("\n\n") == [
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
    assert to_failures(replace(report, results=report.results[:1])) == "全部答对。"


def test_the_json_holds_means_and_cases(report: Report) -> None:
    told = json.loads(to_json(report))
    assert told["libraries"] == [LIBRARY]
    assert told["summary"]["all"]["right"] == {"mean": 0.4, "n": 5}
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
    assert first["citations"] == [{"marker": 1, "source": "a.txt", "start": 8, "end": 16, "quote": EVIDENCE}]
    assert first["passages"] == [{"rank": 2, "source": "a.txt", "start": 0, "end": 20, "score": 0.5}]
    assert (last["status"], last["error"], last["passages"]) == ("error", "库坏了", [])
    assert told["elapsed_ms"]["p95"] == 5.0
    assert told["elapsed_ms"]["cases"]["d-000-002"] == 2.0


def test_all_but_the_times_is_reproducible(report: Report) -> None:
    slower = replace(report, results=tuple(replace(r, elapsed_ms=99.0) for r in report.results))
    first, second = json.loads(to_json(report)), json.loads(to_json(slower))
    assert first.pop("elapsed_ms") != second.pop("elapsed_ms")
    assert json.dumps(first) == json.dumps(second)


def test_what_the_command_prints(report: Report) -> None:
    assert show(report) == to_table(report)
    assert show(report, failures=True) == to_table(report) + "\n\n" + to_failures(report)
    assert show(report, as_json=True) == to_json(report)
    assert fault_counts(()) == {}
