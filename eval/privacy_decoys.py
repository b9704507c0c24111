"""Figures and sayings that look personal and are not, in the same sentences: 文号, amounts, 12345, 我是低保户."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from eval.privacy_samples import Said, Sample, Writer, after_words, digits, han, numeral_below_fifty, placed


def harmless(seed: int, each: int) -> list[Sample]:
    """`each` samples of every kind of figure that is nobody's."""
    return [
        placed(kind, "", writer(random), random)
        for kind, writer in HARMLESS.items()
        for random in (Random(f"{seed} {kind} {at}") for at in range(each))  # noqa: S311 (no secret)
    ]


def _number_of_a_document(random: Random) -> str:
    head = random.choice(("同政办发", "晋政发", "阳政办规", "忻政办函", "朔政发", "国办发", "大同市人民政府令"))
    year = random.randint(1998, 2025)
    bracketed = random.choice(("〔{}〕", "[{}]", "（{}）")).format(year)
    return f"{head}{bracketed}{random.choice(('', '第'))}{random.randint(1, 180)}号"


def _amount(random: Random) -> str:
    whole = random.choice(
        (
            random.randint(10, 9999),
            random.randint(10**5, 10**7),
            random.randint(10**10, 10**11),
            random.randint(10**13, 10**17),
        )
    )
    written = random.choice((f"{whole}", f"{whole:,}", f"{whole}.{random.randint(10, 99)}", han(str(whole))[:4] + "万"))
    return written + random.choice(("元", "万元", "元", "亿元", "元/月"))


def _date(random: Random) -> str:
    y, m, d = random.randint(1985, 2026), random.randint(1, 12), random.randint(1, 28)
    return random.choice(
        (
            f"{y}年{m}月{d}日",
            f"{y}-{m:02}-{d:02}",
            f"{y}.{m}.{d}",
            f"{y}{m:02}{d:02}",
            f"{han(str(y))}年{numeral_below_fifty(m)}月{numeral_below_fifty(d)}日",
            f"{y}年{m}月{d}日至{y + 1}年{m}月{d}日",
            f"{y}-{m:02}-{d:02} 08:30—{y}-{m:02}-{d:02} 17:30",
            f"{y}{m:02}{d:02}083015",
            f"{y}—{y + 5}年",
        )
    )


def _office_telephone(random: Random) -> str:
    return random.choice(
        (
            *("12345", "110", "119", "120", "122", "12329", "12333", "12393", "95588", "95533", "10086", "96111"),
            f"400-{digits(random, 3)}-{digits(random, 4)}",
            f"400{digits(random, 7)}",
            f"0352-{random.choice('2567')}{digits(random, 6)}",
            f"（0350）3{digits(random, 6)}",
            f"0353—2{digits(random, 6)}",
            f"0349-2{digits(random, 6)}转{digits(random, 4)}",
            f"5{digits(random, 6)}",
            f"0351-12345、0351-{random.choice('2567')}{digits(random, 6)}",
        )
    )


def _code(random: Random) -> str:
    return random.choice(
        (
            f"91140200MA0{''.join(random.sample('ABCDEFGHJKLMNPQRTUWXY0123456789', 7))}",
            f"统一社会信用代码：911402{digits(random, 2)}7{digits(random, 9)}",
            f"项目代码2{digits(random, 3)}-140200-04-01-{digits(random, 6)}",
            f"邮编037{digits(random, 3)}",
            f"受理编号：2024{digits(random, 12)}",
            f"订单号{digits(random, 18)}",
            f"ISBN 978-7-{digits(random, 4)}-{digits(random, 4)}-{digits(random, 1)}",
            f"GB {digits(random, 5)}-2018",
        )
    )


def _figures(random: Random) -> str:
    n = random.randint
    return random.choice(
        (
            f"{n(10, 99)}.{n(10, 99)}%",
            f"第{numeral_below_fifty(n(1, 48))}条第{numeral_below_fifty(n(1, 9))}款第（{n(1, 9)}）项",
            f"{n(100, 200)}、{n(1000, 2000)}、{n(2000, 9000)}元",
            f"{n(10, 20)}-{n(20, 30)}岁",
            f"{n(1000, 9999)}人次、{n(100, 999)}户、{n(10000, 99999)}亩",
            f"2020、2021、2022、2023年分别是{n(100, 999)}、{n(100, 999)}、{n(1000, 9999)}、{n(1000, 9999)}",
            f"东经{n(110, 115)}.{digits(random, 6)}，北纬{n(35, 40)}.{digits(random, 6)}",
            f"{n(1, 30)}个工作日",
            f"工资{n(3000, 9000)} {n(3000, 9000)} {n(3000, 9000)} {n(3000, 9000)}",
            f"{n(1, 40)}号楼{n(1, 6)}单元",
            f"{n(1, 208)}路公交车、G{n(1, 500)}次",
        )
    )


_NOBODY = (
    *(
        "低保户",
        "残疾人",
        "退役军人",
        "高中老师",
        "应届毕业生",
        "单亲妈妈",
        "申请人",
        "房东",
        "车主",
        "司机",
        "江苏人",
        "应县人",
        "左云人",
        "党员",
    ),
    *(
        "村支书",
        "个体户",
        "农民工",
        "孙女",
        "常住人口",
        "外地户口",
        "居民",
        "货车司机",
        "代课老师",
        "大同人",
        "易地搬迁户",
        "高龄老人",
        "白领",
    ),
    *(
        "路边摆摊的",
        "施工队的",
        "管委会的",
        "钟点工",
        "公司法人",
        "成年人",
        "文化馆的",
        "林场职工",
        "包工头",
        "温州来的",
        "何家堡的",
        "武乡人",
    ),
)


def _nobody(random: Random) -> Said:
    return Said(
        random.choice(("我是", "本人是", "我是个", "他是")), random.choice(_NOBODY), random.choice(("，", "。", ""))
    )


def _place(random: Random) -> Said:
    place = random.choice(
        (
            "大同市平城区",
            "忻州老楼六层",
            "阳泉矿区",
            "农村",
            "六楼没电梯",
            "廉租房",
            "村里",
            "安置小区",
            "朔州城里",
            "老小区",
        )
    )
    return Said(random.choice(("我家住", "我住在", "住", "家在")), place, "，")


def _sayings(random: Random) -> Said:
    return Said(
        "",
        random.choice(
            (
                "我叫了三次都不来",
                "叫车去医院",
                "把我叫到屋里",
                "微信公众号",
                "微信小程序",
                "微信支付",
                "QQ群里通知的",
                "新A级景区2024年评的",
                "京B级标准",
                "本人申请",
                "姓名、家庭人数",
                "姓名和身份证号要填吗",
                "叫什么名字",
                "身份证号填错了咋改",
                "卡号在哪看",
                "住址变更登记",
                "地址在哪里",
                "手机号换了",
                "车牌摇号",
                "住院报销",
                "住房公积金贷款80万元",
                "邮箱收不到验证码",
                "办公邮箱dtsrsj@dt.gov.cn",
                "账户里有12000元",
                "手机补贴500元",
            )
        ),
    )


def _bare(item: Callable[[Random], str], *words: str) -> Writer:
    return after_words(*words, "", item=item)


HARMLESS: Mapping[str, Writer] = {
    "文号": _bare(_number_of_a_document, "根据", "按照", "文件是"),
    "金额": _bare(_amount, "补贴", "一共", "每人每月"),
    "日期": _bare(_date, "是", "截止到", "自"),
    "机关电话": _bare(_office_telephone, "咨询电话", "打", "拨打", "监督电话：", "电话：", "客服"),
    "代码、编号": _bare(_code, "", "我填的"),
    "其他数字": _bare(_figures, "", "是", "写的是"),
    "我是…（身份）": _nobody,
    "住在…（不到门牌）": _place,
    "日常说法": _sayings,
}
