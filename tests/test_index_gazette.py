"""Small gazettes, written here, against what a careful reader finds in them; the real ones: gold/README.md."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings

from index.gazette import parse
from index.particulars import document_type_of
from index.records import Attachment, DocumentType, Notice, NoticeKind, Place
from tests.gazette_samples import document, notice, odd_texts

SUPPLY = """临河市人民政府办公室
关于印发临河市供水办法的通知
临政办发〔2024〕12号

各县、区人民政府，市直各单位：
《临河市供水办法》已经市政府同意，现印发给你们，请认真贯彻执行。
附件：1.供水单位名单
2.供水水质报告表（见网络版）
临河市人民政府办公室
2024年6月13日
（此件公开发布）

临河市供水办法

第一条 供水单位应当保证水质。
第二条 本办法自2024年7月1日起施行，有效期五年。《临河市旧供水办法》（临政办发〔2009〕3号）同时废止。
附件1
供水单位名单
第一水厂
"""
APPOINTMENT = """临河市人民政府
关于王伟等同志任职的通知
临政任〔2024〕3 号
各县、区人民政府：
市人民政府决定，任命王伟为临河市水利局局长。
临河市人民政府
2024年6月20日
"""
EXPLAINER = """《临河市供水办法》政策解读
一、制定背景
供水安全关系千家万户。
"""


def only(text: str) -> Notice:
    (found,) = parse(document(text))
    return found


# ── where notices begin and end ─────────────────────────────────────────────────────────────────────────────────


def test_a_gazette_is_split_at_its_titles() -> None:
    contents = "目　录\n关于印发临河市供水办法的通知……（1）\n关于王伟等同志任职的通知……（9）\n"
    colophon = "《临河市人民政府公报》简介\n本刊刊登市政府文件。\n"
    found = parse(document("临河市人民政府公报\n" + contents + SUPPLY + APPOINTMENT + EXPLAINER + colophon))
    assert [(n.kind, n.title, n.document_number) for n in found] == [
        (NoticeKind.NOTICE, "临河市人民政府办公室关于印发临河市供水办法的通知", "临政办发〔2024〕12号"),
        (NoticeKind.NOTICE, "临河市人民政府关于王伟等同志任职的通知", "临政任〔2024〕3号"),
        (NoticeKind.EXPLAINER, "《临河市供水办法》政策解读", ""),
    ]
    assert found[0].text.startswith("临河市人民政府办公室\n关于印发")
    assert found[0].text.endswith("第一水厂")
    assert found[1].text.endswith("2024年6月20日")
    assert found[2].text.endswith("千家万户。")


def test_an_explainer_belongs_to_its_notice_even_from_a_distance() -> None:
    supply, appointment, explainer = parse(document(SUPPLY + APPOINTMENT + EXPLAINER))
    assert explainer.explains == supply.id != appointment.id
    assert explainer.place == Place("临河市")
    assert explainer.document_type is DocumentType.EXPLAINER


def test_an_explainer_of_no_notice_here_belongs_to_the_one_before_it() -> None:
    _, appointment, explainer = parse(document(SUPPLY + APPOINTMENT + "《临河市供热办法》政策解读\n供热也要紧。\n"))
    assert explainer.explains == appointment.id
    (alone,) = parse(document(EXPLAINER))
    assert alone.explains == ""


def test_ids_are_made_from_content() -> None:
    first, second = parse(document(SUPPLY + APPOINTMENT))
    assert [n.id for n in parse(document(SUPPLY + APPOINTMENT))] == [first.id, second.id]
    assert first.id != second.id != ""


def test_a_text_without_a_title_is_one_notice() -> None:
    held = only("供水单位应当保证水质。不得中断供水。\n市水利局负责监督。")
    assert held.title == "供水单位应当保证水质"
    assert held.document_type is DocumentType.OTHER
    assert (held.document_number, held.issuing_authorities, held.signed_on, held.place) == ("", (), None, Place())


def test_a_title_from_outside_wins_and_a_line_of_jsonl_is_never_split() -> None:
    (held,) = parse(document(SUPPLY + APPOINTMENT, title="供水\n 办法 ", one_notice=True))
    assert held.title == "供水 办法"
    assert held.text.endswith("2024年6月20日")


def test_nothing_gives_no_notice() -> None:
    assert parse(document(" \n\n")) == []
    assert [n.title for n in parse(document("。"))] == ["。"]  # no word to make a title of


@pytest.mark.parametrize(
    "sentence",
    [
        "根据《临河市人民政府关于印发供水办法的通知》要求，制定本方案。",
        "临河市人民政府关于供水的通知：各单位要落实。",
        "严格落实临河市人民政府关于供水的通知。",
    ],
)
def test_a_title_that_a_sentence_quotes_begins_no_notice(sentence: str) -> None:
    assert len(parse(document(APPOINTMENT + sentence + "\n各单位要抓好落实。"))) == 1


def test_a_title_may_fill_three_lines() -> None:
    held = only("临河市人民政府办公室\n关于印发临河市国民经济和社会\n发展计划的通知\n临政办发〔2024〕1号\n正文在此。")
    assert held.title == "临河市人民政府办公室关于印发临河市国民经济和社会发展计划的通知"


def test_joint_authorities_stay_parted() -> None:
    held = only("临河市民政局 临河市财政局\n关于发放补贴的通知\n临民发〔2024〕1号\n正文在此。")
    assert held.issuing_authorities == ("临河市民政局", "临河市财政局")
    assert held.title == "临河市民政局 临河市财政局关于发放补贴的通知"


def test_an_order_takes_its_title_from_what_it_promulgates() -> None:
    held = only(
        "临河市人民政府令\n第88号\n《临河市供水办法》已经2024年6月3日市政府第5次常务会议审议通过，现予公布，自2024年8月1日起施行。\n"
        "市　长　王　伟\n2024年6月13日\n临河市供水办法\n第一条 供水。\n"
    )
    assert (held.title, held.document_number) == ("临河市供水办法", "临河市人民政府令第88号")
    assert held.document_type is DocumentType.ORDER
    assert held.issuing_authorities == ("临河市人民政府",)
    assert (held.signed_on, held.effective_on) == (date(2024, 6, 13), date(2024, 8, 1))


def test_a_work_report_is_dated_by_its_speech() -> None:
    held = only(
        "政府工作报告\n——2024年3月29日在临河市第五届人民代表大会第三次会议上\n市长 王伟\n各位代表：\n现在报告工作。\n"
    )
    assert held.document_type is DocumentType.WORK_REPORT
    assert held.issuing_authorities == ("临河市人民政府",)
    assert (held.signed_on, held.recipients) == (date(2024, 3, 29), ())


# ── what a notice says of itself ────────────────────────────────────────────────────────────────────────────────


def test_every_field_of_a_notice() -> None:
    held = only(SUPPLY)
    assert held.document_type is DocumentType.NOTICE
    assert held.issuing_authorities == ("临河市人民政府办公室",)
    assert held.place == Place("临河市")
    assert held.signed_on == date(2024, 6, 13)
    assert (held.effective_on, held.effective_rule) == (date(2024, 7, 1), "自2024年7月1日起施行")
    assert (held.expires_on, held.validity) == (date(2029, 7, 1), "有效期五年")
    assert held.public_release == "此件公开发布"
    assert held.recipients == ("各县、区人民政府", "市直各单位")
    assert [(r.document_number, r.title) for r in held.repeals] == [("临政办发〔2009〕3号", "临河市旧供水办法")]
    named, absent = held.attachments
    assert (named.number, named.title, named.present) == (1, "供水单位名单", True)
    assert named.span is not None
    assert held.text[named.span.start : named.span.end] == "附件1\n供水单位名单\n第一水厂"
    assert absent == Attachment(2, "供水水质报告表", present=False)


@pytest.mark.parametrize(
    "placed",
    [
        "临河市人民政府\n关于供水的通知\n临政发〔2024〕7号\n正文在此。\n临河市人民政府\n2024年6月1日",
        "临河市人民政府\n关于供水的通知\n正文在此。\n临河市人民政府\n2024年6月1日\n临政发[2024]7号",
        "临河市人民政府\n关于供水的通知\n（临政发（2024） 7 号）\n正文在此。\n临河市人民政府\n2024年6月1日",
    ],
)
def test_a_number_is_found_wherever_it_stands_alone(placed: str) -> None:
    assert only(placed).document_number == "临政发〔2024〕7号"


def test_a_forwarding_notice_carries_its_own_number() -> None:
    held = only(
        "临河市人民政府办公室\n关于转发市水利局供水方案的通知\n临政办发〔2024〕9号\n各单位：\n"
        "市水利局《供水方案》（临水发〔2024〕31号）已经市政府同意，现转发给你们。\n临河市人民政府办公室\n2024年5月1日"
    )
    assert held.document_number == "临政办发〔2024〕9号"


@pytest.mark.parametrize(
    ("words", "rule", "day"),
    [
        ("本办法自公布之日起施行。", "自公布之日起施行", None),
        ("本通知自印发之日起执行。", "自印发之日起执行", None),
        ("本办法自公布之日起30日后施行。", "自公布之日起30日后施行", None),
        ("本办法自2024年8月1日起施行。", "自2024年8月1日起施行", date(2024, 8, 1)),
        ("本办法自 2024 年 8 月 1 日 起施行。", "自2024年8月1日起施行", date(2024, 8, 1)),
        ("本办法自二〇二四年八月一日起实施。", "自二〇二四年八月一日起实施", date(2024, 8, 1)),
        ("《民法典》自2021年1月1日起施行，应当遵守。", "", None),  # another text's date
        ("各单位应当落实。", "", None),
    ],
)
def test_a_rule_without_a_date_is_kept_and_the_date_stays_empty(words: str, rule: str, day: date | None) -> None:
    held = notice(f"供水办法。\n第一条 供水。\n第二条 {words}")
    assert (held.effective_rule, held.effective_on) == (rule, day)


@pytest.mark.parametrize(
    ("words", "validity", "day"),
    [
        ("本办法自2024年8月1日起施行，有效期五年。", "有效期五年", date(2029, 8, 1)),
        ("本办法自2024年8月1日起施行，有效期为 2 年。", "有效期为2年", date(2026, 8, 1)),
        ("本办法自公布之日起施行，有效期3年。", "有效期3年", None),
        ("本办法有效期至2025年12月31日。", "有效期至2025年12月31日", date(2025, 12, 31)),
        ("取水许可证有效期五年。", "", None),  # of a licence, not of the notice
        ("本办法长期有效。", "", None),
    ],
)
def test_a_term_runs_out_only_from_a_known_day(words: str, validity: str, day: date | None) -> None:
    held = notice(f"供水办法。\n第一条 供水。\n第二条 {words}")
    assert (held.validity, held.expires_on) == (validity, day)


@pytest.mark.parametrize(
    ("words", "repeals"),
    [
        ("《甲办法》（临政发〔2009〕1号）同时废止。", [("临政发〔2009〕1号", "甲办法")]),
        ("《甲办法》《乙办法》同时废止。", [("", "甲办法"), ("", "乙办法")]),
        ("原《甲办法》即行废止。", [("", "甲办法")]),
        (
            "《甲办法》（2005年10月10日临河市人民政府第53号令发布）同时废止。",
            [("临河市人民政府令第53号", "甲办法")],
        ),
        (
            "《关于修改〈甲办法〉的通知》（临政发[2009] 1 号）同时废止。",
            [("临政发〔2009〕1号", "关于修改《甲办法》的通知")],
        ),
        ("《甲办法》同时废止。《甲办法》已经过时，予以废止。", [("", "甲办法")]),
        ("根据《水法》，原《甲办法》同时废止。", [("", "甲办法")]),
        ("根据《水法》制定本办法。", []),
        ("对不合时宜的文件要及时废止。", []),
    ],
)
def test_repeals(words: str, repeals: list[tuple[str, str]]) -> None:
    held = notice(f"供水办法。\n第一条 供水。\n第二条 本办法自公布之日起施行。{words}")
    assert [(r.document_number, r.title) for r in held.repeals] == repeals


@pytest.mark.parametrize(
    ("line", "recipients"),
    [
        ("各县、区人民政府，市直各单位：", ("各县、区人民政府", "市直各单位")),
        ("市人民政府各委、局、办：", ("市人民政府各委、局、办",)),
        ("云河区、云山区人民政府：", ("云河区、云山区人民政府",)),
        ("各县（市、区）人民政府，市民政局、市财政局：", ("各县（市、区）人民政府", "市民政局", "市财政局")),
        ("具体要求如下：", ()),
    ],
)
def test_recipients(line: str, recipients: tuple[str, ...]) -> None:
    held = only(f"临河市人民政府\n关于供水的通知\n临政发〔2024〕7号\n{line}\n正文在此。\n临河市人民政府\n2024年6月1日")
    assert held.recipients == recipients


def test_a_reply_to_one_county_holds_for_that_county() -> None:
    held = only(
        "临河市人民政府\n关于河口县供水规划的批复\n临政函〔2024〕2号\n河口县人民政府：\n原则同意。\n临河市人民政府\n2024年6月1日"
    )
    assert held.place == Place("临河市", "河口县")
    assert held.document_type is DocumentType.REPLY


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("关于印发供水办法的通知", DocumentType.NOTICE),
        ("关于禁止焚烧秸秆的通告", DocumentType.PUBLIC_NOTICE),
        ("关于表彰先进的通报", DocumentType.CIRCULAR),
        ("关于废止部分规章的决定", DocumentType.DECISION),
        ("关于推进供水的实施意见", DocumentType.OPINIONS),
        ("关于河口县规划的批复", DocumentType.REPLY),
        ("关于有关问题的复函", DocumentType.LETTER),
        ("政府工作报告", DocumentType.WORK_REPORT),
        ("供水应急预案", DocumentType.PLAN),
        ("供水实施细则（试行）", DocumentType.REGULATION),
        ("《供水办法》政策解读", DocumentType.EXPLAINER),
        ("供水名单", DocumentType.OTHER),
    ],
)
def test_the_type_is_read_off_the_last_words_of_a_title(title: str, found: DocumentType) -> None:
    assert document_type_of(title) is found


# ── attachments ─────────────────────────────────────────────────────────────────────────────────────────────────


def attachments(listed: str, following: str = "") -> list[tuple[int | None, str, bool]]:
    head = "临河市人民政府\n关于供水的通知\n临政发〔2024〕7号\n正文在此。\n"
    held = only(f"{head}{listed}\n临河市人民政府\n2024年6月1日\n{following}")
    return [(a.number, a.title, a.present) for a in held.attachments]


def test_one_attachment_has_no_number() -> None:
    assert attachments("附件：供水单位名单", "附件\n供水单位名单\n第一水厂") == [(None, "供水单位名单", True)]


def test_attachments_on_the_website_are_named_and_not_made_up() -> None:
    assert attachments("附件：1.供水单位名单\n2.水质表（见网络版）\n（具体附件内容详见市政府门户网站）") == [
        (1, "供水单位名单", False),
        (2, "水质表", False),
    ]


def test_an_attachment_is_found_by_its_title_over_two_lines() -> None:
    listed = "附件：1.临河市供水单位名单"
    assert attachments(listed, "临河市\n供水单位名单\n第一水厂") == [(1, "临河市供水单位名单", True)]


def test_a_remark_in_brackets_belongs_to_the_title() -> None:
    assert attachments("附件：1.申请表\n（参考样表）") == [(1, "申请表（参考样表）", False)]


def test_an_attachment_under_another_number_is_another() -> None:
    assert attachments("附件：1.甲表\n2.乙表", "附件2\n表格在此\n内容") == [(1, "甲表", False), (2, "乙表", True)]


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=100)
@given(odd_texts())
def test_any_text_is_read_and_its_notices_follow_each_other(text: str) -> None:
    found = parse(document(text))
    assert bool(found) == bool(parse(document(text, one_notice=True)))
    spans = [held.source_span() for held in found]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert len({held.id for held in found}) == len(found)
    for held in found:
        assert held.title
        for named in held.attachments:
            assert named.present == (named.span is not None)
            assert named.span is None or named.span.end <= len(held.text)


def test_where_no_authority_tells_the_place_its_title_does() -> None:
    held = only("阳朔县漓江保护条例\n第一条 为了保护漓江，制定本条例。\n第二条 本条例自2024年1月1日起施行。\n")
    assert held.place == Place("桂林市", "阳朔县")
    assert only("广东省养老条例\n第一条 为了养老，制定本条例。\n").place == Place("广东省")
