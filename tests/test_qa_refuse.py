from __future__ import annotations

from dataclasses import replace

import pytest

from index.asked import asked_of
from index.query import Gazetteer, Query, read_query
from index.records import Attachment, Chunk, Passage, ProvisionKind, RepairedText, SourceMap, Span
from index.thesaurus import load
from qa.read import FEATURES, Reading
from qa.refuse import REFUSE_FROM, Doubt, Lack, doubts, least_belief
from qa.units import Unit
from tests.library_samples import DATONG, YANGQUAN

SAID = "现场指挥部下设6个工作组，抢险组由市应急局牵头（职责详见附件4）。"
NOTICE = replace(
    DATONG,
    attachments=(Attachment(3, "响应流程", present=True), Attachment(4, "工作组组成", present=False)),
    body=RepairedText(SAID, SourceMap((0,), (0,), len(SAID))),
)
HELD = frozenset({"同政办规〔2024〕3号"})


def reading(text: str = SAID, score: float = 20.0, **features: float) -> Reading:
    span = Span(0, len(text))
    unit = Unit(0, NOTICE, span, text, "第一条", ProvisionKind.PARAGRAPH, None, NOTICE.title)
    values = {"fit": 1.0, "measure": 1.0, **features}
    return Reading(unit, tuple(values.get(name, 0.0) for name in FEATURES), score)


def passage() -> Passage:
    chunk = Chunk("c", NOTICE.id, Span(0, len(SAID)), "第一条", (), SAID)
    return Passage(1, chunk, NOTICE, 1.0, {"lexical": 1.0, "dense": 1.0})


def asked(text: str) -> Query:
    return read_query(text, Gazetteer.of([DATONG, YANGQUAN]), load())


def doubted(text: str, *readings: Reading, elsewhere: float = 0.0) -> list[Doubt]:
    return doubts(asked(text), asked_of(text), readings, [passage()], elsewhere, HELD, lambda _token: 1.0)


def lacks(found: list[Doubt]) -> set[Lack]:
    return {doubt.lack for doubt in found}


def test_nothing_found_is_reason_enough() -> None:
    assert sum(doubt.weight for doubt in doubted("谁来拨款？")) >= REFUSE_FROM


def test_what_fits_raises_no_doubt() -> None:
    assert doubted("抢险由谁牵头？", reading("抢险由市应急局牵头。")) == []


def test_what_our_own_reader_makes_of_it_is_weighed_and_no_doubt_by_itself() -> None:
    assert doubted("抢险由谁牵头？", replace(reading("抢险由市应急局牵头。"), alone=-9.0)) == []


def test_of_words_that_make_no_sentence_less_belief_suffices() -> None:
    """The reader learned from sentences, and is no judge of these."""
    words = replace(asked("抢险 谁 牵头"), word_by_word=True)
    assert 0 < least_belief(words) < least_belief(asked("抢险由谁牵头？")) < 1


def test_a_missing_figure_is_a_lack_of_the_kind() -> None:
    assert Lack.KIND in lacks(doubted("补多少钱？", reading("各部门要高度重视。", fit=0.0)))


def test_words_that_fit_better_elsewhere_are_a_lack_of_the_place() -> None:
    found = doubted("大同市几个工作组？", reading("现场指挥部下设6个工作组。"), elsewhere=0.7)
    assert found[0] == Doubt(Lack.PLACE, 1.2, "大同市")


def test_an_attachment_that_was_not_printed_is_named() -> None:
    assert Doubt(Lack.ATTACHMENT, 1.0, "附件4《工作组组成》") in doubted("抢险组由谁牵头？", reading())


def test_duties_that_stand_in_an_attachment_that_was_not_printed_are_named() -> None:
    absent = (Attachment(2, "指挥机构及职责", present=False),)
    members, told = reading("成员单位：市公安局、市水利局。"), reading("市水利局：负责抢修堤防。")
    held = replace(passage(), notice=replace(NOTICE, attachments=absent))
    question = "市水利局承担哪些职责？"
    for best, lacking in ((members, True), (told, False)):
        found = doubts(asked(question), asked_of(question), [best], [held], 0.0, HELD, lambda _token: 1.0)
        assert (Doubt(Lack.ATTACHMENT, 1.0, "附件2《指挥机构及职责》") in found) is lacking


@pytest.mark.parametrize("pointer", ["详见附件3", "附件4", "见附件9"])
def test_one_that_was_printed_or_is_only_named_is_no_lack(pointer: str) -> None:
    assert Lack.ATTACHMENT not in lacks(doubted("抢险组由谁牵头？", reading(f"抢险组由市应急局牵头（{pointer}）。")))


def test_a_number_that_the_library_does_not_hold_is_named() -> None:
    found = doubted("晋政发〔2020〕9号里，工作组几个？", reading("现场指挥部下设6个工作组。"))
    assert Doubt(Lack.NOT_HELD, 1.0, "晋政发〔2020〕9号") in found


@pytest.mark.parametrize("number", ["同政办规〔2024〕99号", "晋政发〔2020〕9号"])
@pytest.mark.parametrize("before", ["根据", "麻烦问一下那个", "你们的"])
def test_it_is_named_without_the_words_before_it(before: str, number: str) -> None:
    found = doubted(f"{before}{number}第八条，工作组几个？", reading("现场指挥部下设6个工作组。"))
    assert Doubt(Lack.NOT_HELD, 1.0, number) in found


def test_a_pointer_to_another_text_counts_where_a_thing_of_one_kind_is_asked() -> None:
    pointing = reading("补助标准按照《补助办法》执行。")
    assert Lack.ELSEWHERE in lacks(doubted("补多少钱？", pointing))
    assert Lack.ELSEWHERE not in lacks(doubted("怎么申请？", pointing))


def test_a_weak_reading_is_doubted_by_degrees() -> None:
    (weak,), (weaker,) = (doubted("怎么申请？", reading("登记。", score)) for score in (10.0, 8.0))
    assert 0 < weak.weight < weaker.weight < REFUSE_FROM


def test_where_hardly_a_word_was_found_nothing_is_answered() -> None:
    assert doubted("怎么申请？", reading("登记。", 5.0))[0] == Doubt(Lack.NOTHING, REFUSE_FROM)


def test_an_article_that_is_not_there_is_not_answered_from_another() -> None:
    assert Lack.KIND in lacks(doubted("第九十九条怎么规定？", reading()))
    assert Lack.KIND not in lacks(doubted("第一条怎么规定？", reading()))


def test_whether_a_notice_holds_is_not_answered_by_any_other_sentence() -> None:
    asked = "同政办规〔2024〕3号还有效吗？"
    assert Lack.KIND in lacks(doubted(asked, reading("疫苗应在保存期内使用。", fit=0.0)))
    assert Lack.KIND not in lacks(doubted(asked, reading("本办法有效期五年。")))
