import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.names import names, stands_called, stands_named, stands_shortened


@pytest.mark.parametrize(
    "text",
    ["商务局", "市商务局", "大同市商务局", "有时间跟市商务局", "由市商务局负责", "省、市商务局", "向当地商务局申请"],
)
def test_an_office_is_known_by_what_stands_right_before_its_kind(text: str) -> None:
    assert names(f"{text}。") == {"商务局"}


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("市财政局、市民政局、市邮政局和市公安局", {"财政局", "民政局", "邮政局", "公安局"}),
        ("市生态环境局会同市教育局、市人社局", {"生态环境局", "教育局", "人社局"}),
        ("市卫生健康委员会（市卫健委）", {"卫生健康委员会", "卫健委"}),
        ("市政务服务中心", {"政务服务中心"}),
        ("用工单位包括医院", set()),
        ("市公安局交警支队", {"公安局", "交警支队"}),
        ("大同市第三人民医院", {"第三人民医院"}),
        ("市城市管理局", {"管理局"}),  # 城市 is cut at its 市
        ("市规划和自然资源局", {"自然资源局"}),  # and at 和
    ],
)
def test_offices_of_every_kind_are_named(text: str, due: set[str]) -> None:
    assert names(text) == due


@pytest.mark.parametrize(
    "text",
    [
        "各县（区）人民政府",
        "县级以上人民政府",
        "市委、市政府",
        "开局良好，顾全大局，构建新发展格局",
        "政局稳定，当前政局",
        "中心城区、中心组学习",
        "市商务局限性",  # no office but a limit
        "委托、委任、委派",
        "好几部、哪个部门、市指挥部或其办公室",
        "局",
        "",
    ],
)
def test_what_only_ends_like_an_office_is_none(text: str) -> None:
    assert names(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("任命张三为大同市商务局局长", {"张三", "商务局"}),
        ("免去李四同志的职务", {"李四"}),
        ("聘任欧阳小五担任顾问", {"欧阳小五"}),
        ("提名赵六的任职", {"赵六"}),
        ("接受孙七辞去副市长职务的请求", {"孙七"}),
        ("接受孙七同志的辞职请求", {"孙七"}),
        ("王五同志任主任", {"王五"}),
        ("王五任主任", set()),  # nothing tells that it is a name
        ("接受社会监督的规定", set()),
    ],
)
def test_persons_are_known_by_what_stands_around_their_names(text: str, due: set[str]) -> None:
    assert names(text) == due


def test_a_name_stands_in_a_text_that_spells_it_otherwise() -> None:
    assert stands_named("商务局", "由大同市 商务\n局负责")
    assert stands_named("gb医院", "ＧＢ医院")
    assert not stands_named("商务局", "由市财政局负责")


@pytest.mark.parametrize(
    ("name", "text", "stands"),
    [
        ("环保局", "由市生态环境局负责", True),  # the thesaurus says so
        ("市场监管部门", "由市场监督管理部门处罚", True),
        ("教育局", "由教育、民政部门负责", True),
        ("教育部门", "由市教育局负责", True),
        ("文旅局", "由文化和旅游、体育部门牵头", True),
        ("交通主管部门", "由交通运输主管部门负责", True),
        ("税务部门", "报税务机关", True),
        ("配送公司", "疫苗配送企业应当自查", True),
        ("教育局", "由民政、卫生健康部门负责", False),
        ("民政局", "由教育局负责", False),
        ("配送公司", "疫苗接种单位", False),
    ],
)
def test_an_office_stands_where_it_is_called_otherwise(name: str, text: str, stands: bool) -> None:
    assert stands_called(name, text) is stands


@pytest.mark.parametrize(
    ("name", "text", "stands"),
    [
        ("住建局", "市住房和城乡建设局", True),
        ("专班办公室", "工作专班下设办公室，设在市能源局", True),
        ("指挥部办公室", "指挥部设立办公室", True),
        ("专班办公室", "工作专班成员由办公室提名", False),
        ("专班办公室", "市政府办公室", False),
        ("专班办公室", "成立工作专班的通知；办公室主任由张三兼任", True),
        ("城管局", "起草单位：市城市管理局", True),  # the 市 of 城市 parts no offices
        ("食品安全指挥部", "食品安全突发事件应急预案；副指挥长：市政府副秘书长", True),
        ("扬尘整治领导小组", "成立6个扬尘污染专项整治工作领导小组", True),
        ("疫苗安全指挥部", "食品安全突发事件应急预案；副指挥长：市政府副秘书长", False),
    ],
)
def test_a_short_name_stands_in_a_text_that_holds_the_long_one(name: str, text: str, stands: bool) -> None:
    assert stands_shortened(name, text) is stands


@given(st.text("市县由和商务财政局委员会中心公司医院、。\n任命为同志张三"))
def test_every_name_stands_in_its_own_text(text: str) -> None:
    assert all(stands_named(name, text) for name in names(text))


@given(st.text("市县由和商务财政局委员会中心公司医院、。\n任命为同志张三"))
def test_white_space_changes_no_name(text: str) -> None:
    assert names(text) == names("".join(text.split())) == names(" ".join(text))
