from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from index.asked import asked_of
from index.provisions import provisions
from index.query import Gazetteer, Query, read_query
from index.records import Notice, Provision
from index.thesaurus import load
from qa.compose import compose, compose_sides, of_year, other_answer
from qa.read import FEATURES, Reading
from qa.units import units
from tests.qa_fakes import passages


def notice_of(body: str, city: str = "衡水") -> str:
    """A notice of that city with this body."""
    head = f"{city}市人民政府\n关于印发{city}市内河管理办法的通知\n{city[0]}政发〔2024〕15号\n各县人民政府：\n"
    return f"{head}{body}\n{city}市人民政府\n2024年8月9日\n"


@cache
def held(*texts: str) -> tuple[tuple[Notice, ...], dict[str, tuple[Provision, ...]]]:
    notices = {p.notice.id: p.notice for p in passages(*texts)}
    return tuple(notices.values()), {key: provisions(notice) for key, notice in notices.items()}


def query_of(question: str, *texts: str) -> Query:
    return read_query(question, Gazetteer.of(held(*texts)[0]), load())


def readings_of(scored: Sequence[tuple[str, float]], *texts: str) -> list[Reading]:
    """The units that hold these words, with these scores."""
    found = units(passages(*texts, max_chars=400), held(*texts)[1].__getitem__)
    blank = (0.0,) * len(FEATURES)
    return [Reading(next(u for u in found if words in u.text), blank, score) for words, score in scored]


def told(question: str, scored: Sequence[tuple[str, float]], *texts: str) -> list[str]:
    """What is said to the question, given the readings best first; a statement's prefix before it."""
    readings = readings_of(scored, *texts)
    statements = compose(query_of(question, *texts), asked_of(question), readings, held(*texts)[1].__getitem__)
    return [statement.prefix + statement.text.rstrip("。；") + statement.note for statement in statements]


def test_of_a_long_list_the_first_words_are_told_and_the_rest_is_counted() -> None:
    items = "\n".join(f"（{numeral}）{numeral * 50}，逐月巡查并记入台账；" for numeral in "一二三四五六七八九")
    said = told("河道怎么管？", [("下列", 20)], notice_of(f"第一条 河道按下列办法管理：\n{items}"))
    assert said[0] == "河道按下列办法管理（共9项，列出8项）"  # 8 × 50 characters fit beside the head into 420
    assert said[1:] == [numeral * 50 for numeral in "一二三四五六七八"]


def test_a_further_sentence_is_told_if_it_is_nearly_as_good_and_of_the_same_notice() -> None:
    body = "第一条 河道清淤每年一次。\n第二条 淤泥不得外运。\n第三条 河岸应当植树。"
    scored = [("清淤", 20.0), ("沧州河", 19.9), ("淤泥", 19.0), ("植树", 18.0)]
    texts = notice_of(body), notice_of("第一条 沧州河清淤每年三次。", "沧州")
    assert told("衡水市河道清淤有什么要求？", scored, *texts) == ["河道清淤每年一次", "淤泥不得外运"]


def test_what_else_may_answer_is_the_next_best_of_the_same_city_that_fits() -> None:
    body = "第一条 河道清淤每年一次。\n第二条 淤泥不得外运。\n第三条 河岸应当植树。"
    texts = notice_of(body), notice_of("第一条 沧州河清淤每年三次。", "沧州")
    scored = [("河道清淤", 20.0), ("沧州河", 19.0), ("2024年8月9日", 18.0), ("淤泥", 12.0), ("植树", 11.0)]
    readings = readings_of(scored, *texts)
    told_already = compose(
        query_of("衡水市清淤几次？", *texts), asked_of("清淤几次？"), readings, held(*texts)[1].__getitem__
    )
    assert [statement.text for statement in told_already] == ["河道清淤每年一次。"]
    room = len("河道清淤每年一次。" + "另见：淤泥不得外运。")
    (other,) = other_answer(told_already, readings, room)
    assert (other.prefix, other.text) == ("另见：", "淤泥不得外运。")
    assert [statement.text for statement in other_answer([*told_already, other], readings, 100)] == ["河岸应当植树。"]
    assert other_answer(told_already, readings, room - 2) == []
    *before, last, least = readings
    explainer = replace(last.unit.notice, id="explainer", explains=last.unit.notice.id)
    explained = [*before, replace(last, unit=replace(last.unit, notice=explainer)), least]
    assert [statement.text for statement in other_answer(told_already, explained, 100)] == ["河岸应当植树。"]


def test_the_signature_is_no_further_sentence_but_may_be_the_answer() -> None:
    text = notice_of("第一条 河道清淤每年一次。")
    scored = [("清淤", 20.0), ("2024年8月9日", 19.9)]
    assert told("衡水市河道清淤有什么要求？", scored, text) == ["河道清淤每年一次"]
    assert told("哪天印发的？", scored[::-1], text)[0] == "2024年8月9日"


def test_places_named_are_told_in_that_order_and_else_those_with_rules_on_the_same_matter() -> None:
    here, there = notice_of("第一条 清淤费每方30元。"), notice_of("第一条 清淤费每方50元。", "沧州")
    both, far = [("30元", 20.0), ("50元", 19.0)], [("30元", 20.0), ("50元", 17.0)]
    named = ["沧州市：清淤费每方50元", "衡水市：清淤费每方30元"]
    assert told("沧州市和衡水市清淤费各多少？", far, here, there) == named
    assert told("衡水市清淤费多少？", both, here, there) == ["清淤费每方30元"]
    assert told("清淤费多少？", both, here, there) == named[::-1]
    assert told("清淤费多少？", far, here, there) == ["清淤费每方30元"]
    assert told("清淤费多少？", both, here, there.replace("内河管理", "殡葬服务收费")) == ["清淤费每方30元"]


def test_who_sees_to_it_is_told_where_it_was_asked() -> None:
    text = notice_of("淤泥运往砖厂。（市水务局牵头负责）")
    assert told("淤泥归谁管？", [("砖厂", 20)], text) == ["淤泥运往砖厂：市水务局牵头负责"]
    assert told("淤泥怎么处理？", [("砖厂", 20)], text) == ["淤泥运往砖厂"]


def test_conditions_stay_beside_who_sees_to_it_as_long_as_they_fit() -> None:
    said = "永久占用河滩的，要按不少于所占面积的原则就近规划补偿绿化用地，并恢复原有的排水沟渠，费用由申请单位承担"
    text = notice_of(f"{said}。（市水务局牵头负责）")
    assert told("占了河滩谁掏钱？", [("河滩", 20)], text) == [f"{said}：市水务局牵头负责"]


def test_of_one_of_several_years_is_told_in_few_words_which_year_it_is() -> None:
    text = notice_of(
        "到2026年底，河道清淤三百公里，河岸植树五千株，新建水文站和雨量站共二十六座，建成亲水平台和滨河步道四十处，沿河绿地占比达到35%。"
    )
    unit = readings_of([("35%", 20)], text)[0].unit
    said = of_year(query_of("2026年底绿地占比是多少？", text), unit, "2026")
    assert said.text.startswith("到2026年底，")
    assert said.text.rstrip("。").endswith("绿地占比达到35%")
    assert "三百公里" not in said.text
    assert unit.notice.text[said.spans[0].start : said.spans[0].end] == "到2026年底，"


def test_a_role_brings_all_under_it_and_a_person_no_one_else() -> None:
    text = notice_of(
        "组成人员名单如下：\n组　长：方鹤鸣　副市长\n成　员：卢秋实　市水务局局长\n　　　　钱望舒　市财政局局长"
    )
    everyone = ["成员：卢秋实　市水务局局长", "钱望舒　市财政局局长"]
    assert told("成员有谁？", [("卢秋实", 20)], text) == told("成员有谁？", [("钱望舒", 20)], text) == everyone
    assert told("成员卢秋实是谁？", [("卢秋实", 20)], text) == everyone[:1]


def test_a_notice_named_by_its_number_is_told_by_its_title() -> None:
    said = told("衡政发〔2024〕15号是关于什么的？", [("清淤", 5)], notice_of("第一条 河道清淤每年一次。"))
    assert said == ["衡水市人民政府关于印发衡水市内河管理办法的通知"]


def test_a_comparison_has_two_sides_that_rest_on_different_words() -> None:
    text = notice_of("第一条 清淤费每方30元。\n第二条 植树费每株50元。")
    query = query_of("清淤费和植树费各是多少？", text)
    dredging, planting = readings_of([("30元", 20), ("50元", 20)], text)
    told_of = [s.text for s in compose_sides([(query, dredging), (query, planting)])]
    assert told_of == ["清淤费每方30元。", "植树费每株50元。"]
    assert compose_sides([(query, dredging), (query, dredging)]) == compose_sides([(query, dredging)]) == []


def test_what_a_bare_serial_number_is_about_is_told_by_the_title() -> None:
    notice = notice_of("第一条 河道清淤每年一次。")
    said = told("3号文是什么？", [("清淤", 20.0)], notice)
    assert len(said) == 1
    assert said[0].endswith("通知")


def test_a_groups_line_is_told_with_the_name_of_the_group_and_an_amount_with_what_it_is_for() -> None:
    text = notice_of("一、清淤现场\n（一）后勤保障组\n组长：县长。\n成员单位：市水务局。")
    assert told("后勤谁牵头？", [("组长：", 20.0)], text) == ["后勤保障组组长：县长"]
    text = notice_of("一、奖励\n1.挖泥船。指绞吸船。\n新购的，给予20万元奖励。")
    assert told("新船奖多少？", [("20万元", 20.0)], text) == ["挖泥船：新购的，给予20万元奖励"]
    text = notice_of("一、奖励\n1.挖泥船。指绞吸船。\n新购的，给予20万元奖励。改造的，给予9万元奖励。")
    both = [("20万元", 20.0), ("9万元", 19.9)]
    assert told("船奖多少？", both, text) == ["挖泥船：新购的，给予20万元奖励", "改造的，给予9万元奖励"]  # told once
    full = "新购" + "的" * 105 + "，20万元。"
    text = notice_of(f"一、奖励\n1.挖泥船。指绞吸船。\n{full}旧9元。")
    assert told("船奖多少？", [("20万元", 20.0), ("旧9元", 19.9)], text)[1:] == ["旧9元"]  # 挖泥船： displaces nothing


def test_where_so_many_are_asked_for_a_head_with_exactly_so_many_items_is_told() -> None:
    text = notice_of("第一条 清淤分为两类。\n第二条 清淤包括：\n（一）挖泥；\n（二）运泥；\n（三）植树。")
    scored = [("分为", 20.0), ("包括", 19.5)]
    assert told("清淤有哪三项？", scored, text) == ["清淤包括", "挖泥", "运泥", "植树"]
    assert told("清淤有哪四项？", scored, text) == ["清淤分为两类"]  # a head without its items says nothing


def test_of_a_roster_the_lines_of_the_office_asked_about_are_told_each_under_its_role() -> None:
    leaders = "组长：甲一 市水务局局长\n副组长：\n乙二 市能源局副局长\n丙三 市公安局副局长"
    members = "成员：\n丁四 市能源局科长\n戊五 市教育局科长\n己六 市体育局科长"
    text = notice_of(f"成立清淤小组，组成如下：\n{leaders}\n{members}")
    assert told("清淤小组里能源局有谁？", [("如下", 20.0)], text) == [
        "副组长：乙二 市能源局副局长",
        "成员：丁四 市能源局科长",
    ]


def test_an_item_is_cut_no_shorter_than_what_it_says_of_whom_it_names() -> None:
    long = "，".join("逐月巡查并记入台账" for _ in range(30))
    items = f"（一）低收入家庭，可以减半；{long}；\n（二）清淤费，{long}；"
    assert told("怎么收费？", [("下列", 20)], notice_of(f"第一条 按下列办法收费：\n{items}"))[1:] == [
        "低收入家庭，可以减半",
        "清淤费",
    ]


def test_who_sees_to_it_is_told_from_a_paragraph_of_its_own() -> None:
    text = notice_of("（一）清淤\n河道每年清淤一次。\n责任单位：市水务局牵头。")
    assert told("河道清淤归哪个局管？", [("每年", 20.0)], text) == ["河道每年清淤一次，责任单位：市水务局牵头"]
