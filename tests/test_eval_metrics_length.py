from eval.metrics.length import verbosity
from qa.records import Status
from tests.eval_samples import case, chat_case, refusal_case, told


def test_the_answer_is_measured_by_the_gold_answer_without_its_marks() -> None:
    assert verbosity(told("补助5000元[1]。")) == 1.0  # 8 characters of 8
    assert verbosity(told("有[1][2]。")) == 2 / 8
    assert verbosity(told("补助5000元。" * 3, status=Status.PARTIAL)) == 3.0
    assert verbosity(told("", asked=case(gold_answer="有"))) == 0.0


def test_where_no_answer_is_due_or_given_nothing_applies() -> None:
    assert verbosity(told("没有写到。", status=Status.REFUSED)) is None
    assert verbosity(told("不客气。", status=Status.CHAT)) is None
    assert verbosity(told("5000元。", asked=refusal_case())) is None
    assert verbosity(told("您好！", asked=chat_case())) is None
