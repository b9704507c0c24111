import pytest

from eval.metrics.verdict import fault, max_answer_chars, misled, right
from eval.records import Fault
from index.errors import LibraryDamaged
from qa.records import Answer, Status
from tests.eval_samples import answer, case, chat_case, citation, outcome, passage, probe_case, refusal_case

EVIDENCE = "补助\n5000元"  # 6 of the evidence's 11 characters and its line break
QUOTED = [citation(1, "a.txt", EVIDENCE)]
FOUND = [passage(1, "a.txt", 0, 20)]
ELSEWHERE = [passage(1, "b.txt", 0, 10)]


def test_right_needs_the_facts_the_evidence_and_brevity() -> None:
    assert right(outcome(case(), answer("补助五千元[1]。", QUOTED, FOUND))) == 1.0
    assert right(outcome(case(), answer("补助五千元[1]。", QUOTED, FOUND, Status.PARTIAL))) == 1.0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer("没有依据。", [], FOUND, Status.REFUSED), Fault.REFUSED),
        (answer("您问哪里？", [], [], Status.CLARIFY), Fault.REFUSED),
        (answer("不客气，5000元。", QUOTED, [], Status.CHAT), Fault.CHATTED),
        (answer("不设补助[1]。", [citation(1, "b.txt", "不设补助")], ELSEWHERE), Fault.NOT_FOUND),
        (answer("由市商务局负责[1]。", [citation(1, "a.txt", "市商务局")], FOUND), Fault.NOT_CHOSEN),
        (answer("有补助[1]。", [citation(1, "a.txt", "新车")], FOUND), Fault.INCOMPLETE),
        (answer("有补助[1]。", [citation(1, "a.txt", "新车")], ELSEWHERE), Fault.INCOMPLETE),
        (answer("补助5000元[1]。", [citation(1, "b.txt", "补助")], FOUND), Fault.WRONG_CITATION),
        (answer("补助5000元。", [], FOUND), Fault.WRONG_CITATION),
        (answer("补助5000元[1]。" + "好" * 112, QUOTED, FOUND), None),  # 120
        (answer("补助5000元[1]。" + "好" * 113, QUOTED, FOUND), Fault.TOO_LONG),
    ],
)
def test_why_an_answer_is_not_right(said: Answer, why: Fault | None) -> None:
    result = outcome(case(), said)
    assert fault(result) is why
    assert right(result) == float(why is None)


def test_a_wrong_answer_misleads_unless_it_says_that_it_is_in_doubt() -> None:
    wrong, nearest = (
        answer("有补助[1]。", QUOTED),
        answer("没有找到，最接近的是：有补助[1]。", QUOTED, FOUND, Status.PARTIAL),
    )
    assert [misled(outcome(asked, wrong)) for asked in (case(), refusal_case())] == [1.0, 1.0]
    assert [misled(outcome(asked, nearest)) for asked in (case(), refusal_case())] == [0.0, 0.0]
    assert misled(outcome(case(), answer("补助五千元[1]。", QUOTED, FOUND))) == 0.0
    assert misled(outcome(case(), answer("没有依据。", [], FOUND, Status.REFUSED))) == 0.0
    assert misled(outcome(chat_case(), wrong)) is None


def test_refusing_or_asking_back_is_right_where_nothing_answers() -> None:
    asked = refusal_case()
    assert fault(outcome(asked, answer("没有写到。", status=Status.REFUSED))) is None
    assert fault(outcome(asked, answer("您问哪里？", status=Status.CLARIFY))) is None
    assert fault(outcome(asked, answer("5000元[1]。", QUOTED))) is Fault.ANSWERED
    assert fault(outcome(asked, answer("部分[1]。", status=Status.PARTIAL))) is Fault.ANSWERED
    assert fault(outcome(asked, answer("您好。", status=Status.CHAT))) is Fault.ANSWERED


def test_small_talk_is_neither_answered_nor_cited() -> None:
    asked = chat_case()
    assert fault(outcome(asked, answer("您好！", status=Status.CHAT))) is None
    assert fault(outcome(asked, answer("没有写到。", status=Status.REFUSED))) is None
    assert fault(outcome(asked, answer("您问哪里？", status=Status.CLARIFY))) is None
    assert fault(outcome(asked, answer("5000元。"))) is Fault.TALKED
    assert fault(outcome(asked, answer("您好！", QUOTED, status=Status.CHAT))) is Fault.TALKED


def test_who_fails_is_not_right() -> None:
    for asked in (case(), refusal_case(), chat_case()):
        failed = outcome(asked, LibraryDamaged("库坏了"))
        assert (fault(failed), right(failed)) == (Fault.FAILED, 0.0)


def test_nobody_knows_what_a_probe_should_be_answered() -> None:
    for said in (answer("5000元[1]。", QUOTED), answer("没有写到。", status=Status.REFUSED)):
        asked = outcome(probe_case(), said)
        assert (right(asked), fault(asked)) == (None, None)


def test_how_long_an_answer_may_be() -> None:
    assert [max_answer_chars("字" * n) for n in (0, 30, 31, 100)] == [120, 120, 122, 260]
