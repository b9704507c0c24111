"""What a person types → the same words with personal data masked, before they are kept or sent to a model. Pure.

我叫王芳，电话幺三八零零幺三八零零零 → 我叫〔姓名〕，电话〔手机号〕. RULES, at the end, names every kind with its
standard. Numbers are known by their shape, names and addresses only by the words that mark them. What is public stays:
文号, amounts, dates, the telephones, mailboxes and codes of offices and firms; and of an address the city and the
county, which a question is often about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from index.records import Span
from index.text import HAN, NUMERAL


class Kind(StrEnum):
    """What is masked; the value stands in its place, in 〔〕."""

    IDENTITY_NUMBER = "身份证号"
    DOCUMENT = "证件号"
    MOBILE = "手机号"
    TELEPHONE = "电话号码"
    BANK_CARD = "银行卡号"
    ACCOUNT = "账号"
    PLATE = "车牌号"
    EMAIL = "邮箱"
    ADDRESS = "住址"
    NAME = "姓名"


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of personal data; `span` counts in the text as it was typed."""

    kind: Kind
    span: Span


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with 〔身份证号〕 and the like in it, and what stood there, in order and without overlap."""

    text: str
    found: tuple[Found, ...]


def mask(text: str) -> Masked:
    """Mask all personal data. What is masked stays as it is: mask(mask(text).text).text == mask(text).text."""
    left = _MASKED.sub(lambda m: _blank(len(m[0])), text.translate(_ONE_SPELLING))
    found: list[Found] = []
    before = -1
    while len(found) > before:  # what has been blanked may bare what it touched: once more, until nothing is found
        before = len(found)
        for rule in RULES:
            spans = list(rule.find(left))
            for span in spans:
                left = left[: span.start] + _blank(len(span)) + left[span.end :]
            found += (Found(rule.kind, span) for span in spans)
    found.sort(key=lambda each: each.span.start)
    return Masked(_put_in(text, found), tuple(found))


def _put_in(text: str, found: list[Found]) -> str:
    parts, at = [], 0
    for each in found:
        parts += [text[at : each.span.start], f"〔{each.kind}〕"]
        at = each.span.end
    return "".join(parts) + text[at:]


# ── one spelling, character by character, so that offsets stay ──────────────────────────────────────────────────

_BLANK = "\0"  # stands where something has been masked: no rule takes it for anything, so no rule reaches over it
_MASKED = re.compile(f"〔(?:{'|'.join(Kind)})〕")
_ONE_SPELLING = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # full-width forms of ASCII
# spaces and dashes of every width, and the unseen marks that come along when a number is copied from a telephone
_ONE_SPELLING |= dict.fromkeys(
    (0x00A0, 0x3000, *range(0x2000, 0x2010), *range(0x202A, 0x2030), 0x2060, 0xFEFF), ord(" ")
)
_ONE_SPELLING |= dict.fromkeys(map(ord, "‐‑‒–—―−─"), ord("-"))
_ONE_SPELLING |= dict.fromkeys(map(ord, "•・∙"), ord("·"))


def _blank(length: int) -> str:
    return _BLANK * length


# ── numbers: known by their shape ───────────────────────────────────────────────────────────────────────────────

Finder = Callable[[str], Iterator[Span]]

_SPOKEN = "零〇○一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_DIGITS = str.maketrans(_SPOKEN, "00012234567891123456789") | dict.fromkeys(map(ord, "叉×"), "X")
# 号码是…八零零一直打不通: the last 一 begins a word
_WORD = "直个下些定样起共点般旦边方面切种位次年月日天岁家辆套人口名户十百千万亿元块分"
_PIECE = re.compile(rf"[0-9]+|(?:[{_SPOKEN}](?![{_WORD}]))+|(?<=[0-9{_SPOKEN} \-])[Xx×叉](?![A-Za-z])")
# what may stand between two pieces of one number; a comma only where a pause is heard: 150、2000、3000 is a list
_BETWEEN = re.compile(rf"[ \-.·]{{0,2}}|(?<=[{_SPOKEN}])[,、 ]{{1,2}}")
_APART = re.compile(r"[ \-.·,、]+")
_JOINED_BEFORE = re.compile(r"[0-9][ \-.·]{1,2}$")
_JOINED_AFTER = re.compile(r"[ \-.·]{1,2}[0-9]")
_MOST_PIECES = 20  # a number read out digit by digit
_SHORTEST = 11  # digits: a mobile number
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_MONEY_BEFORE = re.compile(r"(?:[¥￥$]|(?<![0-9])0\.)$")
_MEASURE = r"\.[0-9]|\s*(?:[万亿]?元|块钱|美元|[%‰]|平方|亩|公里|吨"
_MEASURE_AFTER = re.compile(rf"{_MEASURE})")
_COUNT_AFTER = re.compile(rf"{_MEASURE}|[年月岁倍亿]|万(?!一)|人次|名(?!字)|户(?![口籍主])|个(?!人))")
# firms, projects and orders have codes, which are public; what is paid comes in rows
_NO_CARD_BEFORE = re.compile(r"(?:代码|编号|编码|单号|文号|ISBN|CN|工资|收入|补贴|金额|分别)[是为:\s]*$")


def _numbers(
    shape: str, check: Callable[[str], bool] = bool, *, least: int = 3, whole: bool = False, card: bool = False
) -> Finder:
    """Finds numbers of a shape that pass a check, _SHORTEST digits or more, in one piece or in several: 138 0013 8000.

    `least`: digits of a piece that is neither the first nor the last, unless the number is read out digit by digit.
    `whole`: one in several pieces may not be a part of a longer row of pieces.
    `card`: words that announce another long number rule it out.
    """
    pattern = re.compile(shape)

    def is_one(text: str, start: int, end: int) -> bool:
        digits = _digits(text[start:end])
        if pattern.fullmatch(digits) is None or not check(digits):
            return False
        sizes = [len(part) for part in _APART.split(text[start:end])]
        counted = _MEASURE_AFTER if len(sizes) == 1 else _COUNT_AFTER
        return (
            (set(sizes) == {1} or all(size >= least for size in sizes[1:-1]))
            and _DECIMAL.fullmatch(text, start, end) is None
            and counted.match(text, end) is None
            and _MONEY_BEFORE.search(text, max(0, start - 4), start) is None
            and not (card and _NO_CARD_BEFORE.search(text, max(0, start - 12), start))
            and not (whole and len(sizes) > 1 and _is_cut_out(text, start, end))
        )

    def find(text: str) -> Iterator[Span]:
        pieces = list(_PIECE.finditer(text))
        first = 0
        while first < len(pieces):
            start, last = pieces[first].start(), _last_piece(text, pieces, first)
            ends = (pieces[at].end() for at in range(last, first - 1, -1))  # the longest first
            end = next((end for end in ends if end - start >= _SHORTEST and is_one(text, start, end)), None)
            if end is None:
                first += 1
                continue
            yield Span(start, end)
            while first < len(pieces) and pieces[first].start() < end:
                first += 1

    return find


def _is_cut_out(text: str, start: int, end: int) -> bool:
    return bool(_JOINED_BEFORE.search(text, max(0, start - 3), start) or _JOINED_AFTER.match(text, end))


def _last_piece(text: str, pieces: list[re.Match[str]], first: int) -> int:
    """The last of the pieces that can belong to the same number."""
    last = first
    while (
        last + 1 < len(pieces)
        and last - first < _MOST_PIECES
        and _BETWEEN.fullmatch(text, pieces[last].end(), pieces[last + 1].start())
    ):
        last += 1
    return last


def _digits(number: str) -> str:
    """幺三八-００ → 13800; what only parts the digits is left out."""
    return _APART.sub("", number.translate(_DIGITS)).upper()


def _luhn(digits: str) -> bool:
    doubled = (int(d) * 2 if at % 2 else int(d) for at, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-8])"  # 9: foreigners with right of residence
_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
# The check character is not asked for: who mistypes one digit has still told who he is.
_IDENTITY = rf"{_PROVINCE}\d{{4}}(?:19|20)\d\d{_DAY}\d{{3}}[\dX]"
_OLD_IDENTITY = rf"{_PROVINCE}\d{{4}}\d\d{_DAY}\d{{3}}"
_MOBILE = r"(?:(?:00?)?86)?0?1[3-9]\d{9}"
# What begins with a year is the number of an order or a file, what begins with 978 that of a book.
_CARD = r"(?!0|(?:19|20)\d\d|97[89]\d{10}$)\d{13,19}"


# ── what is written in other characters, or marked by words ─────────────────────────────────────────────────────


def _written(*patterns: str, check: Callable[[str], bool] = bool) -> Finder:
    """Finds what stands in the group `it` of a pattern and passes the check."""
    compiled = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]

    def find(text: str) -> Iterator[Span]:
        end = 0
        for m in sorted((m for p in compiled for m in p.finditer(text)), key=lambda m: m.start("it")):
            if m.start("it") >= end and check(m["it"]):
                yield Span(*m.span("it"))
                end = m.end("it")

    return find


_IS = r"(?:[是为叫:,\s“\"]|号码?)*"  # 身份证号码是：
_DIGIT = f"[0-9{_SPOKEN}]"


def _marked_number(mark: str, least: int, most: int) -> str:
    number = rf"[A-Z]?{_DIGIT}(?:[ \-]?{_DIGIT}){{{least - 1},{most - 1}}}(?:[ \-]?[X叉])?"
    return rf"(?:{mark}){_IS}(?P<it>{number})(?!{_DIGIT}|\s*[万亿]?元|年)"


_PAUSED_MOBILE = rf"(?:电话|手机|号码|联系方式){_IS}(?P<it>1[3-9][0-9][,、][0-9]{{4}}[,、][0-9]{{4}})(?![0-9])"
_OWN = r"(?:我们?|咱们?|本人|家里?|自己)(?:的|家|这边|这里|家里)*(?:联系|家庭|固定|座机|住宅|办公室|单位)*(?:的)?"
_OWN_TELEPHONE = (
    rf"{_OWN}(?:电话|座机|固话|号码|联系方式)|(?:家庭|住宅)(?:电话|座机)"
    "|[回打]我的?(?:电话|座机)?|给我(?:回个?|打个?)?(?:电话|回电)"
)

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER = "[A-HJ-NP-Z]"  # no I, no O
_S = r"[ ·.\-]?"  # may stand between two signs
_SIGN = rf"{_S}[A-HJ-NP-Z0-9{_SPOKEN}]"
_NUMERIC = rf"{_S}{_DIGIT}"
_END = r"(?![A-Z0-9])"
_PLATE = (
    rf"(?P<it>[{_PROVINCES}]{_S}{_LETTER}(?:"
    rf"{_S}[A-HJK]{_SIGN}(?:{_NUMERIC}){{4}}{_END}|(?:{_NUMERIC}){{5}}{_S}[A-HJK]{_END}"  # new energy
    rf"|(?:{_SIGN}){{5}}{_END}|(?:{_SIGN}){{4}}{_S}[学警挂港澳领超]))"
)
_PLATE_OF_EMBASSY = rf"(?P<it>使(?:{_NUMERIC}){{6}}|(?<![0-9])[0-9]{{3}}{_S}[0-9]{{3}}{_S}使(?![用命领]))(?![0-9])"
_PLATE_OF_POLICE = rf"(?P<it>WJ{_S}[{_PROVINCES}]?(?:{_NUMERIC}){{4}}{_SIGN}){_END}"


def _has_three_digits(plate: str) -> bool:
    return len(re.findall(_DIGIT, plate)) >= 3


_WECHAT_ID = r"(?P<it>[A-Z][A-Z0-9_\-]{5,19})"
_WECHAT = rf"(?:微信|vx|wx)(?:号码?|ID|[是为:,\s])+{_WECHAT_ID}"
_WECHAT_BARE = rf"(?:微信|(?<![A-Z])(?:vx|wx))(?=[A-Z_\-]*[0-9_\-]){_WECHAT_ID}"
_QQ = r"(?<![A-Z])QQ(?:号码?|[是为:,\s])*(?P<it>[1-9][0-9]{4,10})(?![0-9])"
_EMAIL = r"(?<![A-Z0-9._%+\-])(?P<it>[A-Z0-9._%+\-]+@(?![A-Z0-9.\-]*gov\.cn)[A-Z0-9\-]+(?:\.[A-Z0-9\-]+)+)"


# ── addresses: from the town or street down to the room ─────────────────────────────────────────────────────────

_IN = rf"[^\W_想问请怎吗的{_BLANK}]"  # a character of an address; the others begin what is asked
_DISTRICT = (  # atomic: what is left alone is not taken for a settlement instead
    rf"(?>(?:[{HAN}]{{2,7}}?(?:省|自治区))?(?:[{HAN}]{{2,5}}?[市州盟])?(?:[{HAN}]{{1,6}}?(?<![小社校院园])[区县旗市])?)"
)
_SETTLEMENT = (
    "(?:小区|社区|家属院|宿舍|公寓|花园|家园|新村|街道|大街|大道|胡同|[村庄屯镇乡街路巷弄苑园城府里院寨堡沟湾坪洼])"
)
_NUMBER = rf"[0-9A-Z{NUMERAL}幺甲乙丙丁东西南北]{{1,6}}"
_HOUSE = rf"(?:第?{_NUMBER}(?:号楼|号院|[号栋幢座层楼室户门组排队#]|单元)|{_NUMBER}(?:[\-#]{_NUMBER}){{1,3}}室?)"
_ROOM = rf"(?:[0-9]{{2,4}}|[{_SPOKEN}]{{3,4}})(?![0-9{NUMERAL}])"
_BLOCK = rf"(?={_NUMBER}(?:号楼|栋|幢|座|单元))"  # names an estate by itself: 东信国际3号楼
_TO_THE_DOOR = (
    rf"(?:{_IN}{{1,24}}?{_SETTLEMENT}[ ,]?|{_IN}{{2,24}}?{_BLOCK})"
    rf"{_HOUSE}(?:[ ,\-]?{_HOUSE})*(?:[ \-]?{_ROOM}室?)?"
)
_TO_THE_VILLAGE = rf"{_IN}{{1,12}}?{_SETTLEMENT}(?:[{HAN}]{{1,6}}?{_SETTLEMENT})?"
_LIVES = r"(?:住(?!宅|房|院|户|建|宿|所|址)(?:在|的是)?|家在|户口在|户籍在)[:,\s]?"
_ADDRESS_IS = (
    r"(?:住址|(?:家庭|居住|户籍|现住|通讯|收货|我的|我家的?)地址|(?<![公理厅点心口位司局])地址(?=[是为:]))[是为在:,\s]*"
)
_LIVES_AT = rf"{_LIVES}{_DISTRICT}(?P<it>{_TO_THE_DOOR})"
_ADDRESS_AT = rf"{_ADDRESS_IS}{_DISTRICT}(?P<it>{_TO_THE_DOOR}|{_TO_THE_VILLAGE})"


# ── names: a surname after words that announce a name ───────────────────────────────────────────────────────────

_SURNAMES = (  # 百家姓 less those that mostly are words (水, 和, 都 …); later ones; some in traditional characters
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦马苗方俞任袁柳酆"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余卜顾孟黄穆萧尹姚邵湛汪祁毛禹狄米贝臧成戴宋茅庞熊纪舒屈"
    "项祝董梁杜阮蓝闵席季麻强贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万柯昝管卢莫房裘缪解应宗丁宣贲邓郁单杭洪"
    "包左石崔吉钮龚程嵇邢裴陆荣翁荀於惠甄曲封芮羿储靳汲邴糜井段巫乌焦巴弓牧隗谷车侯宓蓬郗班仲伊宫宁仇栾暴甘厉戎祖武符"
    "刘景詹束龙叶幸司韶郜黎蓟薄白蒲邰鄂赖卓蔺屠蒙池乔胥苍闻莘党翟谭贡劳逄姬申冉宰郦雍璩桑桂濮牛寿边扈燕冀郏浦尚农温庄"
    "晏柴瞿阎慕连茹习宦艾容向古易慎戈廖庾暨衡耿弘匡文寇禄阙欧沃蔚夔巩聂晁勾敖融冷訾辛阚那简饶曾毋沙鞠丰巢关蒯查荆游竺"
    "权逯桓肖付代岳邸苑原药仝亢鹿佟漆闫佘覃冼揭撒腾线尉邝凡晋谌闾楚揣战敬阳甯庹岩贠保涂尧苟练兰芦丛牟位隋植腊"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮鄧許蔣賈葉閻餘鍾譚鄒陸龍錢湯賀賴龔龐蘭顏嚴盧呂蘇蕭"
)
_DOUBLE_SURNAMES = "欧阳|司马|上官|诸葛|皇甫|尉迟|令狐|慕容|司徒|端木|公孙|夏侯|东方|独孤|呼延|申屠|闻人|宇文|长孙|南宫"
_NO_NAME = (  # words that begin like a name
    "高[中龄校血考职级层速位管温铁]|应[届县该聘当]|单[亲位身独元]|车[主间工辆位站去来牌]|房[东主客子屋贷产号]|孙[女子辈]|江[苏西]|周[边围末]"
    "|林[农业场区权]|左右|代[县理办表替课]|司[机法]|路[人边过口上]|常[住务年委见]|申[请报领诉办]|于[今去前昨本当是]"
    "|向[社政村街单有上本当您你]|时[候间]|成[年人家]|文[员化水盲]|管[理委]|施工|解[放除决]|安[置徽全保装]|金[融额]|马[上路]|白[领血天]"
    "|武[汉乡警]|任[何职]|查[询看]|连续|包[工括]|费用|关[于心系]|钟点|温[暖州]|石[油家]|宁[夏武波]|阳[泉高曲城光]|原[平来告]|冀[北中]"
    "|晋[城中西北南]|田[地里]|万[元一]|何[时地人]|易地|毛病|强制|童[年工]|位于|卫[生健]|边[民远]|权[利益]|祝[您大]|贺州|景区|季[度节]"
    "|严[重格]|谢谢|许[可多]|苗族|洪[水涝]|雷电|牛[奶羊肉]|农[民村业户]|药[店品费农]|庄[户稼]|叶子|沈阳|郑州|徐州|苏州|黄[河牛]|龙头"
    "|党[员组委支校]|米[面粉]|荣[誉获]|战[士友]|保[安险姆洁]|练习|班[主长]|宣[传布]|祖[国父母]|劳[动务模]|闻[名喜]|储[存户]|席位|皮肤"
    "|顾[客问]|曾经|余额|夏[天季]|方[便案]|程序"
)
_HAN = f"[{HAN}]"
# rather begin the next word than end a name (我叫王芳想问…), unless the name's end is plain to see
_AFTER = "想问要是的在住请您你能咨和就也我电手身户说了吗呢啊吧这那现从到因为男女们给打报办申咱岁联车微邮麻"
_NEXT_WORD = "家[住在里有人]|有[个一两三些事点没]|来[自问咨办反过]|今[年天]"
_HERE = rf"(?=$|[^{HAN}0-9A-Z])"  # the name ends here
_THEN = rf"(?=$|[^{HAN}0-9A-Z]|先生|女士|同志|想|要|今年|今天|在|有|因为|家住|住|来自|咨询|请问|来问|电话|手机|身份证)"
_SURNAME = rf"(?!{_NO_NAME})(?:{_DOUBLE_SURNAMES}|[{_SURNAMES}])"
_WITH_DOT = rf"{_HAN}{{2,6}}·{_HAN}{{2,10}}"  # 阿依古丽·买买提
_NAME_AND_MORE = (
    rf"(?P<it>{_WITH_DOT}|{_SURNAME}[^\W的是在了们0-9A-Z](?:{_HAN}{_HERE}|(?!{_NEXT_WORD}){_HAN}(?<![{_AFTER}]))?)"
)
_NAME_ALONE = rf"(?P<it>{_WITH_DOT}|{_SURNAME}{_HAN}{{1,2}}(?<![人员户县市村区镇乡局庄的想]))"
_NAMED = rf"(?:我(?:的?名字?)?叫|姓名|名叫|名字(?=[是叫为:\s]))[做作是为叫:\s]*{_NAME_AND_MORE}"
_CALLED = rf"叫[做作]?{_NAME_ALONE}(?:{_THEN}|(?=的))"
_KIN = "爱人|老伴|老公|老婆|丈夫|妻子|媳妇|父亲|母亲|爸爸?|妈妈?|爹|娘|儿子|女儿|孩子|孙子|孙女"
_OF_KIN = f"(?=的(?:{_KIN}|家属))"
_SELF = rf"(?:我是(?:{_HAN}{{2,10}}[省市区县旗乡镇村]的)?|我家?(?:{_KIN})是|本人[是叫系]?)"
_I_AM = rf"{_SELF}{_NAME_ALONE}(?:{_THEN}|{_OF_KIN})"
_FIELD = rf"姓名:\s*(?P<it>{_WITH_DOT}|{_HAN}{{2,4}}){_HERE}"  # whatever the surname
_ROLE = (
    "(?:户主|户名|法定代表人|申请人|联系人|当事人|患者|病人|被?保险人|持卡人|开户人|收件人|收款人|法人|车主|房主)"
    rf"(?:姓名)?[是为叫:\s]+{_NAME_ALONE}{_THEN}"
)


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────


class Rule(NamedTuple):
    """One way to know a kind of personal data."""

    kind: Kind
    find: Finder
    source: str  # the standard, or the words that mark it


RULES = (  # each reads what those before it have left
    Rule(Kind.EMAIL, _written(_EMAIL), "RFC 5322; offices (gov.cn) excepted"),
    Rule(Kind.ACCOUNT, _written(_WECHAT, _WECHAT_BARE, _QQ), "微信号…, QQ…; a QQ群 is no person"),
    Rule(
        Kind.PLATE,
        _written(_PLATE, _PLATE_OF_EMBASSY, _PLATE_OF_POLICE, check=_has_three_digits),
        "GA 36-2018: five signs, at most two of them letters; six for new energy",
    ),
    Rule(Kind.IDENTITY_NUMBER, _numbers(_IDENTITY, least=2), "GB 11643-1999: region, day of birth, serial, check"),
    Rule(Kind.MOBILE, _numbers(_MOBILE, whole=True), "工信部《电信网编号计划》: 1, then 3–9; with 86 before it or not"),
    Rule(Kind.IDENTITY_NUMBER, _numbers(_OLD_IDENTITY, whole=True), "GB 11643-1989: the year in two digits, no check"),
    Rule(Kind.IDENTITY_NUMBER, _written(_marked_number("身份证", 8, 20)), "身份证号…, however mistyped"),
    Rule(
        Kind.DOCUMENT,
        _written(r"(?:护照|通行证|居留证|证件)" + _IS + r"(?P<it>[A-Z]{0,2}[0-9]{7,11})(?![0-9])"),
        "护照号…",
    ),
    Rule(Kind.ACCOUNT, _written(_marked_number("(?:社保|医保|社会保障)[卡编]?|户号", 6, 24)), "社保卡号…, 户号…"),
    Rule(Kind.BANK_CARD, _numbers(_CARD, _luhn, card=True), "ISO/IEC 7812-1: 13 to 19 digits, Luhn's check digit"),
    Rule(Kind.MOBILE, _numbers(_MOBILE), "the same among other numbers: 0352 138 0013 8000"),
    Rule(
        Kind.BANK_CARD, _written(_marked_number("卡号|账号|帐号|账户|银行卡", 8, 24)), "卡号…, 账号…, however mistyped"
    ),
    Rule(Kind.MOBILE, _written(_marked_number("手机", 7, 13), _PAUSED_MOBILE), "手机号…, however mistyped"),
    Rule(
        Kind.TELEPHONE, _written(_marked_number(_OWN_TELEPHONE, 7, 12)), "我家电话…: any other landline is an office's"
    ),
    Rule(Kind.ADDRESS, _written(_LIVES_AT, _ADDRESS_AT), "住址：…; 家住… with the number of a house"),
    Rule(
        Kind.NAME,
        _written(_FIELD, _NAMED, _CALLED, _I_AM, _ROLE),
        "我叫…, 姓名：…; a surname (百家姓), then one or two characters",
    ),
)
