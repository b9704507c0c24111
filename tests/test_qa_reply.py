import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Provision
from qa.reply import Grounded, ground
from qa.sentences import sentences
from tests.qa_fakes import DATONG, YANGQUAN, FakeHoldings, passages

HOLDINGS = FakeHoldings(DATONG, YANGQUAN)
PASSAGES = passages(DATONG, YANGQUAN)
RULES, OFFICE, OTHER_CITY = (
    next(handle for handle, p in enumerate(PASSAGES, 1) if words in p.text)
    for words in ("每月400元", "市住房和城乡建设局负责", "每月300元")
)


def tree(notice_id: str) -> tuple[Provision, ...]:
    return HOLDINGS.provisions(notice_id)


def grounded(reply: str) -> Grounded:
    return ground(reply, PASSAGES, tree, HOLDINGS.page_of)


def read(reply: str) -> list[tuple[list[tuple[str, tuple[int, ...]]], str]]:
    return [([(c.text, c.handles) for c in s.claims], s.end) for s in sentences(reply)]


@pytest.mark.parametrize(
    ("reply", "handles"),
    [
        ("每月400元[1]。", (1,)),
        ("每月400元［１］。", (1,)),
        ("每月400元【1】。", (1,)),
        ("每月400元[资料1]。", (1,)),
        ("每月400元[1,2]。", (1, 2)),
        ("每月400元[1，2、3]。", (1, 2, 3)),
        ("每月400元[1][2]。", (1, 2)),
        ("每月400元[1]和[2]。", (1, 2)),
        ("每月400元。[1][2]", (1, 2)),
        ("每月400元 [ 1 ] 。", (1,)),
        ("- **每月400元**[1]。", (1,)),
        ("3. 每月400元[1]。", (1,)),
        ("（一）每月400元[1]。", (1,)),
        ("每月400元[1]", (1,)),
    ],
)
def test_markers_are_read_in_every_spelling(reply: str, handles: tuple[int, ...]) -> None:
    assert read(reply) == [([("每月400元", handles)], "。")]


@pytest.mark.parametrize(
    "number", ["同政办规[2024]3号", "同政办规〔2024〕3号", "同政办规[24]3号", "同政办规【2024】3号"]
)
def test_a_year_in_a_document_number_is_no_marker(number: str) -> None:
    assert read(f"依据{number}。") == [([], "。")]
    assert read(f"依据{number}发放[2]。") == [([(f"依据{number}发放", (2,))], "。")]


def test_each_claim_has_the_markers_that_follow_it() -> None:
    assert read("大同每月400元[1]，阳泉300元[2][3]，都按月发放！谢谢。") == [
        ([("大同每月400元", (1,)), ("，阳泉300元，都按月发放", (2, 3))], "！"),
        ([], "。"),
    ]
    assert read("甲[1]；乙；丙[2]。") == [([("甲", (1,))], "。"), ([("乙；丙", (2,))], "。")]
    assert read("“甲。”[1]乙[2]。") == [([("“甲", (1,))], "。”"), ([("乙", (2,))], "。")]
    assert read("条件如下：\n\n1. 年满18周岁[1]；\n2. 参保两年[1]") == [
        ([("条件如下：年满18周岁", (1,))], "。"),
        ([("参保两年", (1,))], "。"),
    ]


def test_a_kept_sentence_cites_the_words_that_hold_it() -> None:
    answer = grounded(f"申请人须年满18周岁，连续缴纳社会保险两年以上[{RULES}]。")
    assert answer.text == "申请人须年满18周岁，连续缴纳社会保险两年以上[1]。"
    (citation,) = answer.citations
    assert citation.quote == "第二条 申请人应当年满18周岁，并在本市连续缴纳社会保险两年以上。"
    assert citation.address == "第二条"
    assert citation.notice.source == "0.txt"
    assert DATONG[citation.source_span.start : citation.source_span.end] == citation.quote


def test_citations_are_numbered_in_the_order_of_the_answer() -> None:
    answer = grounded(
        f"阳泉市每人每月300元[{OTHER_CITY}]。大同市每人每月400元[{RULES}]，自受理之日起20个工作日内办结[{RULES}]。"
        f"大同每月400元发放[{RULES}]。"
    )
    assert answer.text == (
        "阳泉市每人每月300元[1]。大同市每人每月400元[2]，自受理之日起20个工作日内办结[2]。大同每月400元发放[2]。"
    )
    assert [c.quote for c in answer.citations] == [
        "第一条 租赁补贴按每人每月300元发放。",
        "第三条 租赁补贴按每人每月400元发放，自受理申请之日起二十个工作日内办结。",
    ]
    assert answer.dropped == 0


def test_a_sentence_on_two_notices_cites_both() -> None:
    answer = grounded(f"租赁补贴大同每人每月400元，阳泉每人每月300元[{RULES}][{OTHER_CITY}]。")
    assert answer.text == "租赁补贴大同每人每月400元，阳泉每人每月300元[1][2]。"
    assert [c.notice.place.city for c in answer.citations] == ["大同市", "阳泉市"]


def test_a_figure_that_stands_elsewhere_in_the_passage_is_cited_too() -> None:
    answer = grounded(f"年满18周岁的申请人连续缴纳社会保险两年以上，每月可领补贴400元[{RULES}]。")
    assert [c.address for c in answer.citations] == ["第二条", "第三条"]
    assert answer.text.endswith("400元[1][2]。")


def test_number_and_article_of_the_passage_may_be_named() -> None:
    answer = grounded(f"按同政办规〔2024〕3号第四条，由市住房和城乡建设局负责监督管理[{OFFICE}]。")
    assert answer.text == "按同政办规〔2024〕3号第四条，由市住房和城乡建设局负责监督管理[1]。"


def test_brackets_that_are_no_markers_do_not_look_like_ours() -> None:
    answer = grounded(f"按同政办规[2024]3号，由市住房和城乡建设局负责监督管理[{OFFICE}]。")
    assert answer.text == "按同政办规〔2024〕3号，由市住房和城乡建设局负责监督管理[1]。"


def test_what_is_said_twice_is_told_once() -> None:
    assert grounded(f"申请人应当年满18周岁[{RULES}]。" * 1_000).text == "申请人应当年满18周岁[1]。"


@pytest.mark.parametrize(
    "sentence",
    [
        "租赁补贴按每人每月400元发放。",  # no marker
        "租赁补贴按每人每月400元发放[9]。",  # no such passage
        "租赁补贴按每人每月400元发放[{rules}][99]。",
        "租赁补贴按每人每月400元发放[0]。",
        "租赁补贴按每人每月900元发放[{rules}]。",  # another amount
        "租赁补贴按每人每月400元发放[{other}]。",  # another city's amount
        "大同400元[{other}]，阳泉300元[{rules}]。",  # the two exchanged
        "自受理之日起三十个工作日内办结[{rules}]。",
        "按青政办规〔2024〕3号，市住房和城乡建设局负责[{office}]。",
        "按第十四条，市住房和城乡建设局负责监督管理[{office}]。",
        "申请人无需年满18周岁[{rules}]。",  # the reverse
        "申请人应当年满18周岁，由市民政局受理[{rules}]。",  # another office
        "阳泉市的租赁补贴按每人每月400元发放[{rules}]。",  # another city
        "宠物登记请到派出所办理[{rules}]。",  # about something else
        "[{rules}]。",
        "未找到。",
        "",
    ],
)
def test_what_no_passage_backs_is_dropped(sentence: str) -> None:
    reply = sentence.format(rules=RULES, office=OFFICE, other=OTHER_CITY)
    kept = f"申请人应当年满18周岁[{RULES}]。"
    assert grounded(reply).text == ""
    assert grounded(reply + kept).text == grounded(kept + reply).text == "申请人应当年满18周岁[1]。"
    assert grounded(reply).dropped == (1 if sentence else 0)


REPLIES = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.text(alphabet="[]［】〔〕0123456789，、。；！\n：资料 **-第条元", max_size=12),
        st.sampled_from(re.findall(r"[^，。\n]+", DATONG + YANGQUAN)),
        st.integers(0, 9).map(lambda n: f"[{n}]"),
    ),
    max_size=20,
).map("".join)


@given(REPLIES)
def test_whatever_a_model_says_every_marker_leads_to_the_sources_own_words(reply: str) -> None:
    answer = grounded(reply)
    markers = [int(m) for m in re.findall(r"[\[［【]\s*(\d+)\s*[\]］】]", answer.text)]
    assert set(markers) == {c.marker for c in answer.citations} == set(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        source = (DATONG, YANGQUAN)[int(citation.notice.source[0])]
        assert source[citation.source_span.start : citation.source_span.end] == citation.quote
        assert any(p.notice.id == citation.notice.id and p.chunk.span.overlap(citation.notice_span) for p in PASSAGES)
