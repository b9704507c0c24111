"""Made-up personal data in every spelling, put into what callers say.

All of it is drawn by chance from a seed: no number, name or address is anyone's. Nothing here knows how `qa.privacy`
works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from index.records import Span


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, and where in it the one thing stands that is personal, or that merely looks so."""

    kind: str
    spelling: str
    text: str
    span: Span

    @property
    def item(self) -> str:
        return self.text[self.span.start : self.span.end]


class Said(NamedTuple):
    """An item with the words that come with it: 身份证号是 + 140203… + 。"""

    before: str
    item: str
    after: str = ""


Writer = Callable[[Random], Said]

FRAMES = (
    *("{}", "{}。", "你好，{}", "您好，{}，我想问一下低保怎么办。", "{}，麻烦帮我查一下公租房排到哪了？"),
    *(
        "请问{}，这种情况能不能申请医疗救助？",
        "喂，同志，{}，我家水管坏了三天没人管。",
        "我想投诉，{}，昨天下午三点在楼下发生的。",
    ),
    *(
        "办理居住证需要什么材料？{}",
        "{} 我要查社保缴了几年",
        "老年证怎么办？老人75岁，{}，能免费坐公交吗？",
        "{}；孩子6岁，秋季入学划片在哪？",
    ),
    *(
        "（{}）想咨询灵活就业人员参保。",
        "【来电】{}【诉求】暖气不热，室温只有14度。",
        "姓氏不便透露，{}，问高龄津贴每月300元什么时候发。",
    ),
    *("接线员：请您说一下信息。市民：{}。接线员：好的，已登记。", "坐席：您好，12345。来电人：{}，我要反映噪音问题。"),
    *(
        "市民：嗯，那个，{}，你记一下啊。",
        "话务员问我信息，我说{}，他说三个工作日内回复。",
        "话务员：请讲。\n市民：{}\n话务员：还有吗？",
    ),
    *(
        "我2023年3月15日交过材料，{}，到现在也没结果。",
        "按同政办发〔2024〕12号文，{}，我能领多少？",
        "补贴5000元的事，{}，什么时候到账？",
    ),
    *(
        "上次打过0352-12345，{}，说转给街道了。",
        "帮老人问的：{}，丧葬费怎么领？",
        "{}。退役军人优待证去哪办？",
        "麻烦登记：{}。谢谢。",
    ),
    *(
        "材料都交了（{}），还差什么？",
        "你们回电话的时候说一声，{}，我一般晚上在家。",
        "第一次打，{}，新生儿落户要带什么？",
    ),
    *(
        "查一下进度：{}",
        "工伤认定多久出结果？{}，单位不给报。",
        "昨天窗口让我留信息，{}，今天又说没有。",
        "信息如下：\n{}\n请尽快处理。",
    ),
    *(
        "电动车上牌，{}，发票丢了怎么办",
        "{}，问：失业金能领几个月？",
        "在吗？{}，急！",
        "你看一下，{}，是不是我填错了？",
    ),
    *(
        "是这样的，{}，单位从2019年起没给我缴公积金。",
        "按照第十二条第（三）项，{}，是不是该退我钱？",
        "医保报销70%的话，{}，还要自己出多少？",
    ),
    *("同志你好{}", "我要反映一个事情{}", "麻烦你给登记一下{}", "就是想问一下{}", "那个{}"),
)
_RUN_ON = (
    "想问一下低保",
    "咨询一下养老保险",
    "你帮我查一下",
    "麻烦登记一下",
)  # speech without a pause; only after what is no number


def personal(seed: int, each: int) -> list[Sample]:
    """`each` samples of every kind in every spelling."""
    return [
        placed(kind, spelling, writer(random), random)
        for kind, spellings in PERSONAL.items()
        for spelling, writer in spellings.items()
        for random in (Random(f"{seed} {kind} {spelling} {at}") for at in range(each))  # noqa: S311 (no secret)
    ]


def placed(kind: str, spelling: str, said: Said, random: Random) -> Sample:
    before, after = random.choice(FRAMES).split("{}")
    start = len(before) + len(said.before)
    text = before + said.before + said.item + said.after + after
    return Sample(kind, spelling, text, Span(start, start + len(said.item)))


# ── spellings ───────────────────────────────────────────────────────────────────────────────────────────────────

_WIDE = str.maketrans(
    "0123456789Xx-+ABCDEFGHJKLMNPQRSTUVWYZ",
    "０１２３４５６７８９Ｘｘ－＋ＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＳＴＵＶＷＹＺ",
)
_HAN = str.maketrans("0123456789X", "〇一二三四五六七八九X")
_SPOKEN = str.maketrans("0123456789X", "零幺二三四五六七八九叉")
_RADIO = str.maketrans("0123456789X", "零一二三四五六七八九X")


def wide(text: str) -> str:
    return text.translate(_WIDE)


def han(text: str) -> str:
    return text.translate(_HAN)


def spoken(text: str) -> str:
    return text.translate(_SPOKEN)


def grouped(text: str, sizes: tuple[int, ...], between: str) -> str:
    """The text in pieces of these sizes; what is left over is the last piece."""
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return between.join(part for part in (*parts, text[at:]) if part)


def paused(text: str, sizes: tuple[int, ...]) -> str:
    return grouped(text, sizes, "，").translate(_RADIO)


# ── numbers of persons ──────────────────────────────────────────────────────────────────────────────────────────

_REGIONS = (
    "140203",
    "140212",
    "140300",
    "140902",
    "140602",
    "110101",
    "130406",
    "152634",
    "410105",
    "510722",
    "610402",
    "320581",
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_ID_SIZES = ((6, 8), (6, 4, 4), (3, 3, 4, 4))


def digits(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def identity_number(random: Random) -> str:
    """18 characters, the last worked out."""
    body = random.choice(_REGIONS) + f"{random.randint(1930, 2018)}{_day(random)}" + digits(random, 3)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def _identity_number_with_x(random: Random) -> str:
    return next(number for number in iter(lambda: identity_number(random), "") if number[-1] == "X")


def _mistyped_identity_number(random: Random) -> str:
    number = identity_number(random)
    return number[:-1] + random.choice([c for c in "0123456789X" if c != number[-1]])


def _old_identity_number(random: Random) -> str:
    return random.choice(_REGIONS) + f"{random.randint(30, 84):02}{_day(random)}" + digits(random, 3)


def _day(random: Random) -> str:
    return f"{random.randint(1, 12):02}{random.randint(1, 28):02}"


def mobile(random: Random) -> str:
    return "1" + random.choice("3456789") + digits(random, 9)


def landline(random: Random) -> str:
    return (
        random.choice(("0352", "0353", "0349", "0350", "010"))
        + random.choice(("-", " ", ""))
        + random.choice("2567")
        + digits(random, 6)
    )


def card(random: Random, length: int, begins: str) -> str:
    """A number with Luhn's check digit."""
    body = begins + digits(random, length - 1 - len(begins))
    doubled = (int(d) * (2 - at % 2) for at, d in enumerate(reversed(body)))
    return body + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def _union_pay(random: Random) -> str:
    return card(random, random.choice((16, 19, 19, 19)), random.choice(("6222", "6217", "6228", "6210", "6236")))


def _any_card(random: Random) -> str:
    return card(random, random.randint(13, 19), random.choice(("4", "51", "55", "35", "37", "60", "62", "9558")))


def _plate_head(random: Random) -> str:
    return random.choice("晋晋晋京冀蒙陕豫鲁苏粤沪") + random.choice("ABCDEFHJKLM")


def _ordinary_plate(random: Random) -> str:
    signs = list(digits(random, 5))
    for at in random.sample(range(5), random.choice((0, 0, 1, 2))):
        signs[at] = random.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
    return _plate_head(random) + "".join(signs)


def _electric_plate(random: Random) -> str:
    letter = random.choice("DFABCEGHJK")
    small = letter + random.choice("0123456789ABCDEFGHJK") + digits(random, 4)
    return _plate_head(random) + random.choice((small, digits(random, 5) + random.choice("DF")))


def _marked_plate(random: Random) -> str:
    return random.choice(
        (
            _plate_head(random) + digits(random, 4) + random.choice("学警挂"),
            "粤Z" + digits(random, 4) + random.choice("港澳"),
            "使" + digits(random, 6),
            random.choice("沪粤川") + "A" + digits(random, 4) + "领",
        )
    )


# ── names, addresses, accounts ──────────────────────────────────────────────────────────────────────────────────

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤温"
    "康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成"
    "苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司古吉卓车卜连"
)
_DOUBLE = ("欧阳", "上官", "司马", "诸葛", "皇甫", "令狐", "尉迟")
_GIVEN = (
    "国建明华伟芳秀英娜敏静丽强磊军洋勇艳杰娟涛超霞平刚桂兰玉梅红云海燕春生志文斌宇浩梓涵轩怡欣子涵一诺家"
    "宝来福有才新民永贵凤仙爱莲改花润香二小三毛林江天成学东向阳"
)


def name(random: Random) -> str:
    surname = random.choice(_DOUBLE) if random.random() < 0.04 else random.choice(_SURNAMES)
    return surname + "".join(random.sample(_GIVEN, random.choice((1, 2, 2, 2))))


def address(random: Random) -> str:
    """From the town or street down to the room."""
    place = random.choice(
        ("向阳里", "振华南街", "云中路", "古城村", "西坪镇东关村", "新建北路街道和平社区", "迎泽大街", "皇后巷")
    )
    estate = random.choice(("", "", "阳光小区", "惠民家园", "水泉湾小区", "矿务局家属院", "绿地花园", "御河公寓"))
    block, unit, room = random.randint(1, 40), random.randint(1, 6), f"{random.randint(1, 18)}0{random.randint(1, 4)}"
    house = random.choice(
        (
            f"{block}号楼{unit}单元{room}",
            f"{block}号楼{unit}单元{room}室",
            f"{block}栋{room}",
            f"{block}-{unit}-{room}",
            f"{block}号",
            f"{numeral_below_fifty(block)}号楼{numeral_below_fifty(unit)}单元{han(room)}",
            f"{block}号院{unit}排{random.randint(1, 9)}号",
            f"{block}号楼{unit}单元{random.randint(1, 18)}层{room}室",
        )
    )
    return place + estate + house


def numeral_below_fifty(value: int) -> str:
    """四十八, for 1 ≤ value ≤ 49."""
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else ("" if tens == 1 else "零一二三四"[tens]) + "十") + (
        "一二三四五六七八九"[ones - 1] if ones else ""
    )


_DISTRICTS = ("", "平城区", "大同市云冈区", "阳泉市矿区", "山西省忻州市忻府区", "朔州市应县", "浑源县")
_LOGIN = "abcdefghijklmnopqrstuvwxyz"


def _login(random: Random) -> str:
    return (
        "".join(random.sample(_LOGIN, random.randint(3, 6)))
        + random.choice(("", "_"))
        + digits(random, random.randint(3, 6))
    )


def _email(random: Random) -> str:
    return _login(random) + random.choice(("@163.com", "@qq.com", "@126.com", "@sina.com.cn", "@outlook.com"))


def after_words(*words: str, item: Callable[[Random], str], ends: tuple[str, ...] = ("",)) -> Writer:
    """The item after one of these words."""

    def write(random: Random) -> Said:
        return Said(random.choice(words), item(random), random.choice(ends))

    return write


_ID_WORDS = ("身份证号", "身份证号是", "我身份证", "身份证号码：", "证件号", "我的号是", "我爱人的身份证号码是", "")
_PHONE_WORDS = ("电话", "手机号", "我电话是", "联系电话：", "打我手机", "号码", "回电", "")
_CARD_WORDS = ("银行卡号", "卡号是", "我的卡", "打到", "社保卡里的银行账户：", "建行卡", "")
_PLATE_WORDS = ("车牌", "车牌号是", "我的车", "有辆车", "白色轿车，", "车号：", "")


def _ids(spell: Callable[[str], str], draw: Callable[[Random], str] = identity_number) -> Writer:
    return after_words(*_ID_WORDS, item=lambda random: spell(draw(random)))


def _phones(spell: Callable[[str], str]) -> Writer:
    return after_words(*_PHONE_WORDS, item=lambda random: spell(mobile(random)))


def _cards(spell: Callable[[str], str], draw: Callable[[Random], str] = _union_pay) -> Writer:
    return after_words(*_CARD_WORDS, item=lambda random: spell(draw(random)))


def _plates(spell: Callable[[str], str], draw: Callable[[Random], str] = _ordinary_plate) -> Writer:
    return after_words(*_PLATE_WORDS, item=lambda random: spell(draw(random)))


def _names(*words: str, ends: tuple[str, ...] = ("，", "。", "", " ")) -> Writer:
    return after_words(*words, item=name, ends=ends)


def _addresses(*words: str, ends: tuple[str, ...] = ("", "，")) -> Writer:
    return after_words(*(word + district for word in words for district in _DISTRICTS), item=address, ends=ends)


def _same(text: str) -> str:
    return text


PERSONAL: Mapping[str, Mapping[str, Writer]] = {
    "身份证号 18 位": {
        "连写": _ids(_same),
        "末位 X": _ids(_same, _identity_number_with_x),
        "末位 x": _ids(str.lower, _identity_number_with_x),
        "全角": _ids(wide, _identity_number_with_x),
        "空格": lambda r: _ids(lambda n: grouped(n, r.choice(_ID_SIZES), " "))(r),
        "连字符": lambda r: _ids(lambda n: grouped(n, r.choice(_ID_SIZES), r.choice("-－—")))(r),
        "逐位空格": _ids(" ".join),
        "汉字数字": _ids(han),
        "口语（幺、叉）": _ids(spoken),
        "口语带停顿": lambda r: _ids(lambda n: paused(n, r.choice(_ID_SIZES)))(r),
        "校验位输错": _ids(_same, _mistyped_identity_number),
    },
    "身份证号 15 位": {
        "连写": _ids(_same, _old_identity_number),
        "空格": _ids(lambda n: grouped(n, (6, 6), " "), _old_identity_number),
        "全角": _ids(wide, _old_identity_number),
        "口语": _ids(spoken, _old_identity_number),
    },
    "手机号": {
        "连写": _phones(_same),
        "空格": _phones(lambda n: grouped(n, (3, 4), " ")),
        "连字符": _phones(lambda n: grouped(n, (3, 4), "-")),
        "点": _phones(lambda n: grouped(n, (3, 4), ".")),
        "+86": lambda r: _phones(lambda n: r.choice(("+86", "+86 ", "86-", "0086")) + n)(r),
        "全角": _phones(wide),
        "逐位空格": _phones(" ".join),
        "汉字数字": _phones(han),
        "口语（幺）": _phones(spoken),
        "口语带停顿": _phones(lambda n: paused(n, (3, 4))),
        "后接口语": after_words(
            "我电话", item=lambda r: spoken(mobile(r)), ends=("一直打不通", "一天都开机", "两个都行")
        ),
    },
    "自家座机": {
        "连写": after_words("我家电话", "我的电话是", "家里电话：", "家里座机", "我家的固话是", item=landline)
    },
    "银行卡号": {
        "银联连写": _cards(_same),
        "13–19 位": _cards(_same, _any_card),
        "空格": _cards(lambda n: grouped(n, (4, 4, 4, 4), " ")),
        "连字符": _cards(lambda n: grouped(n, (4, 4, 4, 4), "-")),
        "全角": _cards(wide),
        "汉字数字": _cards(han),
        "口语（幺）": _cards(spoken),
        "卡号输错": after_words("卡号", "银行卡号是", "账号：", "我的账号是", item=lambda r: "62" + digits(r, 17)),
    },
    "车牌号": {
        "连写": _plates(_same),
        "小写": _plates(str.lower),
        "间隔号": _plates(lambda p: p[:2] + "·" + p[2:]),
        "空格": _plates(lambda p: p[:2] + " " + p[2:]),
        "全角": _plates(wide),
        "汉字数字": _plates(lambda p: p[:2] + spoken(p[2:].replace("X", "Y"))),
        "新能源": _plates(_same, _electric_plate),
        "学、警、挂、港、澳、使、领": _plates(_same, _marked_plate),
    },
    "姓名": {
        "我叫": _names("我叫", "我的名字叫", "本人姓名", "名字是"),
        "我叫，不停顿": _names("我叫", "姓名", ends=_RUN_ON),
        "我是": _names("我是", "本人", ends=("，", "。", "，想问低保", "想咨询一下")),
        "姓名：": _names("姓名：", "姓名:", "申请人：", "户主：", "联系人 "),
        "叫…的": _names("有个叫", "我们村叫", ends=("的", "的人")),
        "家人叫": _names("我儿子叫", "孩子叫", "我老伴叫", ends=("，", "。", "，今年7岁")),
    },
    "住址": {
        "住址：": _addresses("住址：", "家庭住址：", "现住址是", "家庭地址："),
        "家住": _addresses("家住", "我家住", "我家住在"),
        "我住在": _addresses("我住在", "现在住", "我们家在", "本人居住在"),
        "我住在，不停顿": _addresses("我住在", "我家住", ends=_RUN_ON),
    },
    "邮箱": {
        "连写": after_words("邮箱", "我邮箱是", "发到", "", item=_email),
        "全角": after_words("邮箱：", item=lambda r: _email(r).replace("@", "＠")),
    },
    "微信、QQ": {
        "微信号": after_words("微信号：", "微信号是", "我的微信", "加我微信", item=_login),
        "QQ": after_words(
            "QQ", "QQ号：", "qq号是", "我的QQ是", item=lambda r: r.choice("123456789") + digits(r, r.randint(5, 9))
        ),
    },
}


def sample_texts(samples: list[Sample], length: int) -> Iterator[str]:
    """The samples' texts end to end, cut into texts of so many characters."""
    whole = "".join(sample.text for sample in samples)
    return (whole[at : at + length] for at in range(0, len(whole) - length + 1, length))
