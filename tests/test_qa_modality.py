import pytest

from index.text import normal
from qa.modality import reversed_words, stretches


def turned(said: str, quote: str) -> tuple[str, ...]:
    return reversed_words(said, normal(quote), stretches(quote))


def test_a_text_is_cut_at_what_allows_and_denies() -> None:
    found = [(s.word, s.denied, s.said) for s in stretches("不符合条件的应当告知，严禁未取得资格的企业营运。")]
    assert found == [
        ("不", True, "符合条件"),
        ("应当", False, "告知"),
        ("严禁", True, ""),
        ("未", True, "取得资格"),
        ("", True, "企业营运"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "不动产不断增加",
        "补贴不超过3倍，不得低于2倍",
        "尚未施行",
        "未来的无障碍设施",
        "目标明不明确、有没有细化",
        "“不打烊”超市",
        "信号覆盖一个不落",
        "标准不是定死的",
    ],
)
def test_what_only_looks_like_a_denial_is_none(text: str) -> None:
    assert not any(stretch.denied for stretch in stretches(text))


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("谁都不能抢建房屋", "任何单位和个人不得新建、抢建房屋"),
        ("材料必须一次交齐", "申请材料应当一次交齐"),
        ("能单独纳入低保", "可以单独纳入低保"),
        ("预算也不得安排", "不得安排预算"),
        ("残疾人代步车不算", "均无机动车辆（残疾人代步车除外）"),
        ("名下没有商铺、车库", "名下无非居住用途不动产（含商铺、车库）"),
        ("没改造完的锅炉一律淘汰", "未完成改造的锅炉全部淘汰"),
        ("违反的得不到补偿", "违反规定的不予补偿"),
        ("晚上不准施工", "杜绝夜间（晚8点到次日6点）施工"),
        ("毕业了还没就业、又想创业的，参加培训", "有创业意愿的离校未就业毕业生参加培训"),
        ("不能发证，也不能批准开办", "不得核发许可证照或者批准开办"),
        ("用焦炭、兰炭这类燃料，不能算作减量", "不得将使用焦炭、兰炭等燃料作为减量"),
        ("没满一年的算一年", "不足一年的按一年收取"),
        ("补贴不算收入", "补贴不计入家庭收入"),
        ("办了施工许可才可以动工", "未办理施工许可的不得开工"),
        ("火过了一天还没控制住", "24小时内尚未得到有效控制的火灾"),
        ("责任制没落实的，要通报批评", "责任制度不落实的予以通报批评"),
        ("替代方案不完善的，审批通不过", "替代方案不完善的不予审批"),
        ("吃低保的不在本办法的适用范围里", "已纳入最低生活保障的，不适用本办法"),
        ("可以去现场，也可以不去现场", "可采用现场评估、非现场评估"),
        ("他不再担任副局长", "免去：他的副局长职务"),
        ("结果在网站上能看到", "查询结果在网站公布，不得收取费用"),
    ],
)
def test_everyday_words_mean_the_same(said: str, quote: str) -> None:
    assert turned(said, quote) == ()


@pytest.mark.parametrize(
    ("said", "quote", "word"),
    [
        ("任何人可以抢建房屋", "任何单位和个人不得新建、抢建房屋", "可以"),
        ("材料无需一次交齐", "申请材料应当一次交齐", "无需"),
        ("不得单独纳入低保", "可以单独纳入低保", "不得"),
        ("没恢复之前可以接送学生", "接送学生车辆非法改装的，未恢复原状前不得接送学生", "可以"),
        ("没有资格的企业可以从事包车业务", "严禁未取得资格的企业从事包车业务", "可以"),
        ("违反规定的给补偿", "违反规定的不予补偿", "补偿"),
        ("县级以下的单位", "县级以上的单位", "县级以下"),
        ("晚上可以施工", "杜绝夜间（晚8点到次日6点）施工", "可以"),
        ("没办施工许可的，一律可以动工", "未办理施工许可的不得开工", "可以"),
        ("露天烧烤可以搞", "应当安装具有回收功能的净化设施。严禁露天烧烤行为", "可以"),
        ("不能发证，也可以批准开办", "不得核发许可证照或者批准开办", "可以"),
        ("原来的预案不再废止", "原来的预案同时废止", "不再"),
        ("责任制落实的，要通报批评", "责任制度不落实的予以通报批评", "落实"),
        ("补贴都算作家庭收入", "补贴不计入家庭收入", "算作"),
    ],
)
def test_the_reverse_is_seen(said: str, quote: str, word: str) -> None:
    assert word in turned(said, quote)


def test_a_ban_outlasts_a_bracket_and_no_more_than_its_clause() -> None:
    found = [(s.word, s.denied, s.said) for s in stretches("不得夜间（含周末）施工，白天（含周日）施工；（一）照办")]
    assert found == [
        ("不得", True, "夜间"),
        ("", True, "含周末"),
        ("不得", True, "施工"),
        ("", False, "白天"),
        ("", False, "含周日"),
        ("", False, "施工"),
        ("", False, "一"),
        ("", False, "照办"),
    ]


def test_where_the_quote_says_both_neither_is_held_against_the_sentence() -> None:
    assert turned("购置新车可以享受补助", "购置新车可以享受补助，租车不得享受补助") == ()
