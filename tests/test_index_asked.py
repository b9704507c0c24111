from __future__ import annotations

import pytest

from index.asked import Asked, asked_measure, asked_of, fits, measured


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("换一台车能补多少钱？", Asked.AMOUNT),
        ("全市要建几座公园？", Asked.NUMBER),
        ("路灯坏了归哪管？", Asked.WHO),
        ("这活儿是哪两家在抓？", Asked.WHO),
        ("红十字会在那个指挥班子里是干啥的？", Asked.DUTY),
        ("市水利局在应急指挥部里的职责是什么？", Asked.DUTY),
        ("清淤这项任务的责任部门是哪些？", Asked.WHO),
        ("这事该哪个衙门去张罗？", Asked.WHO),
        ("这个办法什么时候施行？", Asked.EFFECTIVE),
        ("这份文件还有效吗？", Asked.VALIDITY),
        ("两个市的标准有什么区别？", Asked.COMPARISON),
        ("多少天能办完？", Asked.HOW_LONG),
        ("想告他，让打哪个号？", Asked.PHONE),
        ("举报电话是多少？", Asked.PHONE),
        ("电话打了三次没人接，能补多少钱？", Asked.AMOUNT),
    ],
)
def test_a_question_asks_for_one_kind_of_thing(question: str, kind: Asked) -> None:
    assert asked_of(question)[0] is kind


def test_a_follow_up_asks_for_what_was_asked_before() -> None:
    assert asked_of("那外地的呢？", "换一台车能补多少钱？")[0] is Asked.AMOUNT


def test_money_fits_a_question_for_money_and_a_bare_sentence_does_not() -> None:
    assert fits(Asked.AMOUNT, "每辆一次性补助5000元。")
    assert not fits(Asked.AMOUNT, "各部门要高度重视。")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("监督电话：0352-2039876", True),
        ("拨打12345反映", True),
        ("拨打110、119求助", True),
        ("散乱污企业 114 家", False),
        ("装机 120 万千瓦", False),
        ("投资11268万美元", False),
        ("畅通举报渠道", False),
    ],
)
def test_the_number_of_a_telephone_is_told_from_other_figures(text: str, is_one: bool) -> None:
    assert fits(Asked.PHONE, text) is is_one


def test_a_figure_counts_only_with_the_very_measure() -> None:
    measure = asked_measure("全市要建几座公园？")
    assert measured(measure, "新建公园12座。") > measured(measure, "种树12万株。")


def test_the_last_clause_asks_and_the_story_stands_before_it() -> None:
    assert asked_of("船翻了，谈赔多少钱的那摊事，谁牵头？")[0] is Asked.WHO
    assert asked_of("两市的补贴哪个高，各多少钱？")[0] is Asked.COMPARISON


def test_a_table_cell_names_its_measure_in_brackets() -> None:
    assert measured(asked_measure("水价是多少元？"), "基本水价：3.15（元/立方米）")


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("那条新高速这一截要铺多长？", "路线全长22.587公里。", "涉及4个乡16个村。"),
        ("绿地率要达到多少？", "绿地率达到38%以上。", "新增绿地12处。"),
        ("公园占地面积有多少？", "占地面积30亩。", "投资3000万元。"),
        ("能补几个月？", "最长不超过6个月。", "每人每月200元。"),
    ],
)
def test_a_quality_is_asked_for_with_its_measures(question: str, right: str, wrong: str) -> None:
    measure = asked_measure(question)
    assert (measured(measure, right), measured(measure, wrong)) == (1.0, 0.0)


def test_how_long_it_takes_is_no_length() -> None:
    assert asked_measure("办下来要多长时间？") == asked_measure("隔多长日子查一回？") == ""


def test_a_list_of_members_tells_no_duties() -> None:
    assert not fits(Asked.DUTY, "成员单位：市委组织部、市市场监督管理局、市应急管理局、市红十字会。")
    assert fits(Asked.DUTY, "主要职责：提供灾害点的基础信息和测绘图件。")
    assert fits(Asked.DUTY, "市红十字会：负责接收社会捐赠。")


@pytest.mark.parametrize(
    ("question", "told", "silent"),
    [
        ("医院扩完能多出几张床？", "新增床位100张", "推动住院楼改扩建项目"),
        ("今年打算拍几部短剧？", "完成微短剧4部150集", "推动短剧创作"),
        ("今年要添多少个床？", "新增100床", "新增护理院3家"),
        ("出过事的客运公司几年不让加新线？", "3年内不得新增班线", "自2024年起停业整顿"),
        ("几年才给换？", "有效期五年", "2021年印发"),
        ("中试基地建多少家，研发项目上多少项？", "实施50项以上研发项目", "新增投资3亿元"),
    ],
)
def test_what_is_counted_is_told_by_its_measure_and_a_date_is_no_count_of_years(
    question: str, told: str, silent: str
) -> None:
    measure = asked_measure(question)
    assert (measured(measure, told), measured(measure, silent)) == (1.0, 0.0)


@pytest.mark.parametrize("question", ["得交几份表？", "一共拍几部？", "多出几张床？"])
def test_how_many_of_anything_is_a_number(question: str) -> None:
    assert asked_of(question)[0] is Asked.NUMBER


@pytest.mark.parametrize("question", ["归哪几个部门管？", "我家有好几台车，归谁管？"])
def test_several_and_which_ones_are_no_number(question: str) -> None:
    assert asked_of(question)[0] is not Asked.NUMBER
