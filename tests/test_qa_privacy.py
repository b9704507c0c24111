from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Span
from qa.privacy import RULES, Found, Kind, mask


def test_spans_count_in_the_text_as_typed() -> None:
    text = "我叫王芳，手机１３８　００１３　８０００，车晋B·12345。"
    masked = mask(text)
    assert masked.text == "我叫〔姓名〕，手机〔手机号〕，车〔车牌号〕。"
    assert masked.found == (
        Found(Kind.NAME, Span(2, 4)),
        Found(Kind.MOBILE, Span(7, 20)),
        Found(Kind.PLATE, Span(22, 30)),
    )


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",  # the example of GB 11643-1999
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 1949 1231 002X",
        "110105-19491231-002X",
        "110105 1949 12 31 002X",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        "一一〇一〇五一九四九一二三一〇〇二X",
        "幺幺零幺零五幺九四九幺二三幺零零二叉",
        "一一零一零五，一九四九，一二三一，零零二X",
        "壹壹零壹零伍壹玖肆玖壹贰叁壹零零贰X",
        "110105194912310021",  # the check character mistyped
        "110105491231002",  # fifteen digits, before 1999
        "110105 491231 002",
        "1101\u200b0519491231002X",  # an unseen mark that was copied along
    ],
)
@pytest.mark.parametrize("sentence", ["{}", "身份证{}，低保怎么办？", "号码是{}\n谢谢", "（{}）"])
def test_identity_numbers(number: str, sentence: str) -> None:
    assert mask(sentence.format(number)).text == sentence.format("〔身份证号〕")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话138-0013-8000", "电话〔手机号〕"),
        ("电话 138 0013 8000 或 139 0013 9000", "电话 〔手机号〕 或 〔手机号〕"),
        ("0086 13800138000", "〔手机号〕"),
        ("+86-138-0013-8000", "+〔手机号〕"),
        ("幺三八零零幺三八零零零一直打不通", "〔手机号〕一直打不通"),
        ("手机是幺三八，零零幺三，八零零零", "手机是〔手机号〕"),
        ("电话138，0013，8000", "电话〔手机号〕"),
        ("手机号1380013800", "手机号〔手机号〕"),  # a digit is missing
        ("我家电话0352-5123456", "我家电话〔电话号码〕"),
        ("请回我电话5123456，家庭电话：5123457", "请回我电话〔电话号码〕，家庭电话：〔电话号码〕"),
        ("卡号6222 0212 3456 7890 127", "卡号〔银行卡号〕"),
        ("打到4111111111111111", "打到〔银行卡号〕"),  # holds Luhn's rule
        ("打到4111111111111112", "打到4111111111111112"),  # does not, and nothing says that it is a card
        ("卡号4111111111111112", "卡号〔银行卡号〕"),
        ("社保卡号A12345678，医保编号1402030012", "社保卡号〔账号〕，医保编号〔账号〕"),
        ("护照号E12345678", "护照号〔证件号〕"),
        ("身份证号1402031990", "身份证号〔身份证号〕"),  # read out by half
        ("微信号：wang_fang，QQ 1234567", "微信号：〔账号〕，QQ 〔账号〕"),
        ("加我微信wang88", "加我微信〔账号〕"),
        ("发到wang.fang@163.com或ｗｆ＠ｑｑ．ｃｏｍ", "发到〔邮箱〕或〔邮箱〕"),
        ("13800138000 140203199001011234 4111 1111 1111 1111", "〔手机号〕 〔身份证号〕 〔银行卡号〕"),
        ("4111-1111-1995-3704-207", "〔银行卡号〕"),  # 1995-3704-207 is no telephone
    ],
)
def test_other_numbers_and_accounts(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "plate",
    [
        *("晋B12345", "晋b12345", "晋B·F1234", "晋 B 12345", "晋Ｂ１２３４５", "晋B幺二三四五", "京AF0236"),
        *(
            "晋BD12345",
            "晋BDA1234",
            "晋B12345F",
            "晋B1234学",
            "晋B1234警",
            "晋B1234挂",
            "粤Z1234港",
            "使014578",
            "沪A0042领",
        ),
    ],
)
def test_plates(plate: str) -> None:
    assert mask(f"车牌{plate}违停了").text == "车牌〔车牌号〕违停了"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我叫王建国，想问低保", "我叫〔姓名〕，想问低保"),
        ("我叫王芳想问低保", "我叫〔姓名〕想问低保"),
        ("我叫李想。", "我叫〔姓名〕。"),
        ("我是张丽华，住平城区", "我是〔姓名〕，住平城区"),
        ("我是云冈区的张丽华，", "我是云冈区的〔姓名〕，"),
        ("我是王建国的女儿", "我是〔姓名〕的女儿"),
        ("本人欧阳娜，女", "本人〔姓名〕，女"),
        ("有个叫张三的说不收费", "有个叫〔姓名〕的说不收费"),
        ("姓名：阿依古丽·买买提 性别：女", "姓名：〔姓名〕 性别：女"),
        ("姓名：水生，", "姓名：〔姓名〕，"),
        ("户主：马六，法定代表人 赵强", "户主：〔姓名〕，法定代表人 〔姓名〕"),
        ("我老公叫赵强在工地干活", "我老公叫〔姓名〕在工地干活"),
        ("我儿子叫石磊，今年7岁", "我儿子叫〔姓名〕，今年7岁"),
    ],
)
def test_names_where_they_are_marked(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("家住大同市平城区向阳里小区3号楼2单元501，", "家住大同市平城区〔住址〕，"),
        ("我住在东信国际三号楼二单元五零一想问暖气", "我住在〔住址〕想问暖气"),
        ("我家在广灵县壶泉镇东关村12号", "我家在广灵县〔住址〕"),
        ("住址：浑源县西坪镇东关村", "住址：浑源县〔住址〕"),
        ("家庭住址是永泰南路12号院3-2-501室", "家庭住址是〔住址〕"),
    ],
)
def test_addresses_keep_city_and_county(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "同政办发〔2024〕12号第十二条第（三）项",
        "2024年6月13日至2025年6月13日，2024-06-13 08:30—2024-06-14 17:30",
        "二〇二四年六月十三日",
        "补贴13800138000元、13,800,138,000元、1380013.8000，增长12.5%",
        "分别是150、2000、3000元",
        "2020、2021、2022、2023、2024年",
        "拨打12345、110、95588、400-810-1234，或0352-5189602、（0350）3333622、5123456",
        "统一社会信用代码91140200MA0GT1234X，项目代码2401-140200-04-01-123456，邮编037008",
        "受理编号202406131234567890",
        "办公邮箱dtsrsj@dt.gov.cn，关注微信公众号，加QQ群12345678",
        "地址是政务大厅，办理地址：平城区迎宾街18号",
        "我是低保户，我是应县人，我是江苏人，我是高中老师，我是农民工，我是孙女，",
        "把我叫到屋里，叫车去医院，叫马上去，叫什么名字",
        "本人申请，姓名、家庭人数、身份证号怎么填，申请人范围：本市户籍",
        "我住院了，住房贷款80万元，我家住忻州老楼六层，小区3号楼电梯坏了",
        "A4纸、最新A4纸、晋A级景区",
        "身份证尾号1234",
        "银行账户12000000元，医保账户 500000 元",
    ],
)
def test_what_is_public_stays(text: str) -> None:
    masked = mask(text)
    assert (masked.text, masked.found) == (text, ())


def test_every_kind_has_a_rule_and_every_rule_a_source() -> None:
    assert {rule.kind for rule in RULES} == set(Kind)
    assert all(rule.source for rule in RULES)


PARTS = st.sampled_from(
    [
        *(
            "身份证号",
            "我叫",
            "王芳",
            "家住",
            "住址：",
            "向阳小区",
            "3号楼",
            "2单元",
            "501",
            "电话",
            "我家电话",
            "卡号",
            "微信",
            "的",
            "区",
        ),
        *(
            "13800138000",
            "140203199001011234",
            "4111 1111 1111 1111",
            "0352-5123456",
            "晋B12345",
            "a@b.cn",
            "幺三八",
            "一",
            "元",
        ),
        *(" ", "-", "，", "：", "\n", "\0", "〔", "〕", "〔手机号〕", "〔姓名", "姓名〕", "X", "1", "13", "0000"),
    ]
)
TEXTS = st.lists(PARTS, max_size=14).map("".join) | st.text(max_size=60)


@given(TEXTS)
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    once = mask(text)
    again = mask(once.text)
    assert again.text == once.text
    assert again.found == ()


@given(TEXTS)
def test_what_is_not_masked_is_kept_and_nothing_is_masked_twice(text: str) -> None:
    masked = mask(text)
    assert all(a.span.end <= b.span.start for a, b in pairwise(masked.found))
    rebuilt, at = "", 0
    for found in masked.found:
        assert len(found.span) > 0
        rebuilt += text[at : found.span.start] + f"〔{found.kind}〕"
        at = found.span.end
    assert rebuilt + text[at:] == masked.text


@given(st.integers(0, 10**9 - 1), st.sampled_from("3456789"), st.sampled_from([" ", "-", ".", ""]))
def test_a_mobile_number_is_masked_whatever_parts_it(rest: int, second: str, between: str) -> None:
    number = f"1{second}{rest:09}"
    assert mask(between.join((number[:3], number[3:7], number[7:]))).text == "〔手机号〕"
