import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.figures import Bound, Figure, bounds, figures, measured, pieced, repeated, rounded, stands_among, summed_up


def spelled(text: str) -> set[str]:
    return {figure.value + figure.unit for figure in figures(text)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("每人每月400元，二十个工作日内", {"400元", "20工作日"}),
        ("１，２００．５０元", {"1200.5元"}),
        ("2万元、3.5亿元、5千户、两千元", {"20000元", "350000000元", "5000户", "2000元"}),
        ("5公里、5千米、三天、15日", {"5千米", "3日", "15日"}),
        ("百分之三点五，30％，千分之二", {"3.5%", "30%", "2‰"}),
        ("20—30人，2至3万元，三至五年", {"20人", "30人", "20000元", "30000元", "3年", "5年"}),
        ("第十二条第二款第（三）项", {"12条", "2款"}),
        ("2024年6月13日", {"2024-06-13日期", "2024年", "6月", "13日"}),
        ("二〇二四年六月起", {"2024年", "6月"}),
        ("按照同政办规〔2024〕3号", {"同政办规[2024]3号文号"}),
        ("同政办规[2024]第3号", {"同政办规[2024]3号文号"}),
        ("两个钟头、3小时、4钟头", {"2小时", "3小时", "4小时"}),
        ("4个等级，三级，Ⅱ级，IV级，Ⅰ、Ⅲ级", {"4级", "3级", "2级", "1级"}),
        ("Ⅴ类水体，VIP级", {"5类"}),
        ("每月25号，六月三号，3号楼", {"25日", "6月", "3日", "3号"}),
        ("5G网络，5克", {"5g", "5"}),
        ("第三天", {"3日"}),
        ("两米五以上，三米二，每隔五米一根", {"2.5米", "3.2米", "5米"}),
        ("两三天，十七八个，三五个", {"2日", "3日", "18个", "35个"}),
        ("3.2021年，市区四周，任何一个人", {"2021年"}),
        ("400\t500", {"400", "500"}),
        ("371亿7000万元，三十七亿二千万元", {"37170000000元", "3720000000元"}),
        ("12万3000元，2万3万元", {"123000元", "20000", "30000元"}),
        ("四万一千零九元，万一", {"41009元"}),  # no 万一 within a number
        ("3万千瓦，三十万千瓦，500千瓦", {"30000千瓦", "300000千瓦", "500千瓦"}),
        ("增加四分之一，三分之一", {"25%"}),  # a third is no round share
        ("半年内，上半年，半个月", {"6个月", "15日"}),
        ("24年4月，24年四月，有效期24年", {"2024年", "4月", "24年"}),
        ("比上一年多，前一年，另一年", {"1年"}),
        ("占一条就行，第一条", {"1条"}),
        ("①（一）（2）统一、一般、一次性、一项、十分、第一、百姓、万", set()),
        ("", set()),
    ],
)
def test_figures_are_read_in_one_spelling(text: str, found: set[str]) -> None:
    assert spelled(text) == found


@pytest.mark.parametrize(
    ("claimed", "source", "stands"),
    [
        ("20000元", "2万元", True),
        ("一天", "24小时", True),
        ("两天", "24小时", False),
        ("级别有四个", "分为四级", True),
        ("四个", "四天", False),
        ("二十日", "20日", True),
        ("400元", "每月补贴400元", True),
        ("400人", "每月补贴400元", False),
        ("400元", "补贴标准（元）\t400", True),  # a cell's unit stands in its column's head
        ("400", "400元", True),
        ("410元", "400元", False),
        ("第三条", "第十三条", False),
        ("2024年6月13日", "2024年5月13日至2023年6月1日", False),
        ("依照青政办发〔2024〕3号", "按照同政办发〔2024〕3号", False),
        ("依照同政办发〔2024〕3号", "按照同政办发[2024]3号", True),
        ("3号", "同政办发〔2024〕3号", False),
    ],
)
def test_a_figure_stands_where_its_value_and_unit_do(claimed: str, source: str, stands: bool) -> None:
    assert all(stands_among(figure, figures(source)) for figure in figures(claimed)) is stands


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("每年一次", {"1年"}),
        ("100元/盒/年", {"1年"}),
        ("实现年度全覆盖，全年", {"1年"}),
        ("2024年度", set()),
        ("双周，次日", {"2周", "2日"}),
        ("每季度，按月，每届", {"3个月", "1个月", "1月", "1届"}),
        ("专项小组周调度，半月通报", {"1周"}),
        ("1880元/m2", {"1平方米"}),
        ("同政办发〔2013〕17号", {"2013年"}),  # 2013年那份通知
        ("每次日常巡查，三次年会", set()),
    ],
)
def test_some_words_tell_a_stretch_of_time(text: str, found: set[str]) -> None:
    assert {f"{figure.value}{figure.unit}" for figure in repeated(text)} == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("以蓝、黄、橙、红四种颜色表示", {"4种"}),
        ("纸质、网上和窗口3种办法", {"3种"}),
        ("以蓝、黄、橙、红五种颜色表示", set()),
        ("第一、第二、第三项", set()),
        ("市商务局和市民政局两家", {"2家"}),
        ("分成四类：有害、干、湿垃圾和可回收物", {"4类"}),
        ("三项经验，分别是审批、开放许可、集聚发展", {"3项"}),
        ("两项许可，一项是审查，另一项是经营", {"2项"}),
        ("由张伟和李明两人兼任", {"2人"}),
        ("由市民政局、市财政局和市医保局三人解释", set()),
        ("三项许可，一项是审查，另一项是经营", set()),
        ("分成五类：有害、干、湿垃圾和可回收物", set()),
        ("现场、网上两个工作日内办结", {"2个"}),  # 2工作日 is another figure and is looked for
        ("四种颜色", set()),
    ],
)
def test_a_number_may_only_count_what_the_text_lists(text: str, found: set[str]) -> None:
    assert {str(figure) for figure in summed_up(text)} == found


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("每年至少发展三级社会体育指导员100人", Bound.ABOVE),
        ("至少2次，发展100人", None),
        ("最多要到100人", Bound.BELOW),
        ("达到100人", Bound.ABOVE),
        ("达100人", Bound.ABOVE),
        ("分别超过90人、100人", Bound.ABOVE),
        ("90人以上、100人", None),
        ("最高一级，发展100人", None),
        ("没满100人", Bound.BELOW),
        ("不满100人", Bound.BELOW),
        ("不够100人", Bound.BELOW),
        ("满100人", Bound.ABOVE),
        ("满意100人", Bound.ABOVE),
    ],
)
def test_a_bound_goes_with_its_figure(text: str, bound: Bound | None) -> None:
    assert (Figure("100", "人"), bound) in bounds(text)


def test_the_caption_of_a_table_tells_what_its_numbers_count() -> None:
    found = {str(figure) for figure in measured("表2（单位：万元/亩）；公共服务\t43.60\t33.93")}
    assert found == {"436000元", "339300元", "20000元"}  # of 表2, too: a number too many blames nothing
    assert measured("表1（单位：元/m2）；商服\t1880") == frozenset()


def test_a_day_may_be_told_with_the_year_that_stands_apart_from_it() -> None:
    assert {str(f) for f in pieced("3月15日全市2024年项目建设推进会") if f.unit == "日期"} == {"2024-03-15"}
    assert pieced("3月15日的会，有效期5年") == frozenset()


@pytest.mark.parametrize(
    ("text", "found"),
    [("九百多户", {"900"}), ("930余户", {"930"}), ("八百多户", set()), ("940多户", set()), ("九百户", set())],
)
def test_a_number_may_be_told_round(text: str, found: set[str]) -> None:
    assert {str(figure) for figure in rounded(text, figures("抗震改造939户"))} == found


def test_a_rank_is_bounded_by_no_highest() -> None:
    assert bounds("最高一级，最低是三级") == {(Figure("1", "级"), None), (Figure("3", "级"), None)}
    assert bounds("至少二级") == {(Figure("2", "级"), Bound.ABOVE)}


def test_a_price_under_columns_of_highest_and_lowest_may_be_told_with_either() -> None:
    told = bounds("最高\t最低；工业\t545\t403")
    assert {(Figure("545", ""), Bound.BELOW), (Figure("403", ""), Bound.ABOVE)} <= told


def test_a_number_is_no_document_number() -> None:
    assert not stands_among(Figure("同政办发[2024]3号", "文号"), [Figure("同政办发[2024]3号", "")])


@given(st.text(alphabet="0123456789.,，％%百千万亿分之点一二两十○〇元年月日个至—第条号〔〕[]政府 \t\n"), st.text())
def test_any_text_holds_its_own_figures(odd: str, text: str) -> None:
    own = figures(odd + text)
    assert all(stands_among(figure, own) for figure in own)
