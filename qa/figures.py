"""Text → the figures in it: numbers with their units, dates, document numbers, each in one spelling. Pure.

20日 and 二十日, 2万元 and 20000元, 20天 and 20日 are the same figure; 400元 and 400人 are not. A bound goes with its
figure: 不超过3倍 and 3倍以内 say the same, 不少于3倍 the reverse.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from index.text import DATE, HAN, NUMERAL, normal, number_value, parse_date


class Figure(NamedTuple):
    """A figure by its value: a plain decimal (20000), a date (2024-06-13), a document number (同政办发[2024]12号)."""

    value: str
    unit: str  # "" for a bare number

    def __str__(self) -> str:
        return self.value if self.unit in (_DATE, _NUMBER) else self.value + self.unit


class Bound(Enum):
    """On which side of a figure things may lie: 以下, 以内, 之前 – 以上, 至少, 之后."""

    BELOW = -1
    ABOVE = 1


_DATE, _NUMBER = "日期", "文号"
_UNIT = (
    "元|圆|块钱|块|人次|个人(?![信资负自])|人|名|户|家|年|周岁|岁|个月|月|个工作日|工作日|日|天|周|个小时|小时|个?钟头|分钟|倍|次"
    "|kwh?|兆瓦|kv|条|款|项|目|章|节|a?级|个?(?:等级|级别)|号|g(?![a-z])|平方公里|平方米|m2|公顷|亩|立方米|m3|千米|公里|km|米|m|千克|公斤|kg|蒸吨|吨|升|℃|所|处|座"
    "|类|种|届|期|批|辆|台|套|件|份|个|张|部|集|间|层|株|艘|成(?=[。，,；;、）)的左以]|$)|分(?=[。，,；;、）)的以（(—-]|$)"
)
_SAME_UNIT = {"天": "日", "周岁": "岁", "名": "人", "个人": "人", "块": "元", "块钱": "元", "圆": "元"}
_SAME_UNIT |= {"个工作日": "工作日", "个小时": "小时", "公里": "千米", "km": "千米", "m": "米", "公斤": "千克"}
_SAME_UNIT |= {"kg": "千克", "m2": "平方米", "m3": "立方米"}
_SAME_UNIT |= {"钟头": "小时", "个钟头": "小时"}
_SAME_UNIT |= {"kw": "千瓦", "kwh": "千瓦时", "kv": "千伏"}
_SAME_UNIT |= dict.fromkeys(("个等级", "等级", "个级别", "级别"), "级")
_DAY_CALLED = re.compile(rf"(?<=月)([0-9]{{1,2}}|[{NUMERAL}]{{1,3}})号")  # 每月25号: 25日
_ROMAN = re.compile(r"(?<![a-z])(?:i{1,3}|iv|v)(?=(?:[、和至到-]+[iv]+)*[级类])")  # Ⅲ级 and III级: 三级
_ROMAN_VALUE = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
# 1.5公里 and 1500米 are as long as each other
_IN_SMALLER = {
    "千米": ("米", 1000),
    "平方公里": ("平方米", 1_000_000),
    "公顷": ("平方米", 10_000),
    "吨": ("千克", 1000),
}
_IN_SMALLER |= {"小时": ("分钟", 60), "日": ("小时", 24), "周": ("日", 7), "成": ("%", 10), "年": ("个月", 12)}
_NO_SPAN = 100  # 2024年 is no stretch of time
_SHARE = {"百分之": "%", "千分之": "‰", "万分之": "‱"}
_SCALE = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_FIGURE = re.compile(
    r"(?P<share>[百千万]分之)?(?:(?P<arabic>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,30}(?:\.[0-9]{1,10})?)"
    rf"(?P<scale>(?:[百千](?![米克]))?[万亿]?)|(?P<han>[{NUMERAL}亿]{{1,20}})(?:点(?P<point>[{NUMERAL}]{{1,10}}))?)"
    rf"(?P<unit>[%‰]|{_UNIT})?"
)
_HAN_ALONE = re.compile("[一二两三四五六七八九壹贰叁肆伍陆柒捌玖].*[十百千万亿拾佰仟]")  # 八十万, without a unit
# 机关代字 less what leads to it: 按照同政办发…
_DOCUMENT_NUMBER = re.compile(rf"(?P<who>[{HAN}]{{1,12}})[\[(](?P<year>[0-9]{{4}})[\])]第?(?P<serial>[0-9]{{1,5}})号")
_BEFORE_A_NUMBER = re.compile(r".*[照据依按见和与及由以是为的了在份行]")
_LEAST_OF_NUMBER = 2  # characters of 机关代字 in which the same number agrees, whatever leads to it
_RANGE = re.compile(r"[-—–~至到、]+")  # 20—30人, 一、二级: the first number is of the same kind as the second
_NUMBERING = re.compile(r"[（(]\s*[\d一二三四五六七八九十]{1,3}\s*[）)]|[①-⑳]|(?<![\d.])\d{1,2}[.．](?=20\d\d年)")
_BETWEEN_CELLS = re.compile(r"(?<=[\d０-９])\s+(?=[\d０-９])")  # `normal` would run the numbers together
_NO_NUMBER = re.compile(
    rf"(?:[统同唯单任某这那何]|(?<![{NUMERAL}\d])万|[上前](?=一年))一|一(?:般|律|些|样|定|致|切|旦|直|并|体|线|次性)|四周(?![以之内前后的])|十分|千方百计|两者|第一年|(?<=[省市县乡镇村)])[两二三四]级"
)
_RANKS = frozenset("级号")
_ARTICLE = frozenset("个项种类次份件处家名人套台批户期块级张部集间层所座辆")  # 一个, 一项 says no more than “a”
_CALLED_GE = frozenset("个级种类项家所座处人户")
_COUNTING = frozenset("条款项目章节级号")  # a bare number is none of these: 12 is no 第十二条
_FRACTION = re.compile(
    rf"(?<![{NUMERAL}])(?P<of>[二三四五六七八九十])分之(?P<parts>[一二两三四五六七八九])(?![{NUMERAL}])"
)
_IN_TWO = re.compile(  # 371亿7000万, 三万5千: one number
    rf"(?P<large>[0-9]{{1,9}}|[{NUMERAL}]{{1,9}})(?P<scale>[亿万])"
    rf"(?P<small>[0-9]{{1,4}}|[{NUMERAL}]{{1,7}})(?P<next>[千万]?)(?=[{HAN}])"
)
_TENTHS = re.compile(  # 两米五: 2.5米
    rf"(?P<whole>[0-9]{{1,4}}|[{NUMERAL}]{{1,4}})(?P<unit>米|块|公里|吨)(?P<tenth>[一二三四五六七八九])"
    r"(?=以[上下内]|左右|[高宽长厚的有才]|[，,。；;、）)]|$)"
)
_ONE_OR_TWO = re.compile(
    rf"(?<![{NUMERAL}\d第])(?P<one>[一两二三四五六七八])(?P<next>[两二三四五六七八九])(?=个|{_UNIT})"
)
_ROUND = re.compile(rf"(?P<value>[0-9]{{1,9}}|[{NUMERAL}]{{1,9}})[多余](?![方少])")
_SHORT_YEAR = re.compile(rf"(?<!\d)\d\d(?=年(?:\d{{1,2}}|[{NUMERAL}]{{1,2}})月)")  # 24年4月
_HIGH_AND_LOW = re.compile(r"最高[\s;；|]*最低")  # two columns: what stands under them may be told with either
_DAY_ALONE = re.compile(r"(?<![年\d])\d{1,2}月\d{1,2}日")
_HALF = re.compile(r"(?<![上下前后])半(?P<span>年|个?月)(?![度刊])")
_MEASURE = re.compile(r"单位:(?P<scale>[百千]?[万亿])元")  # above a table: each bare number in it counts 万元
# 每年, 元/年, 一年一, 年度 and 月调度 are told as 一年 (一月), 双周 as 两周, 次日 as 第二天
_EACH = re.compile(
    r"[每/按](?P<span>年|个?月|日|天|周|小时|平方米|m2|亩|吨|公里|届)|一(?P<every>年|月|日|天|周)一|(?<!\d)(?P<whole>年)度|全(?P<all>年)"
    rf"|(?<![\d{NUMERAL}本上下当每周半])(?P<by>[日周月])(?=调度|通报|报告|报表|例会|检查|巡查|总结)|双(?P<two>周|月)|(?<![每\d{NUMERAL}])[次翌](?P<next>日|年)"
)
_QUARTERLY = re.compile("[每按/]个?季")
# 蓝、黄、橙、红四种, or 四种：蓝、黄、橙和红: the number sums up what stands before or behind it
_LISTED = r"(?:[^，。；：,;:、！？!?\n]{1,20}、)*[^，。；：,;:、！？!?\n]{1,20}"
_COUNT = rf"(?<!第)(?P<count>[0-9]{{1,2}}|[{NUMERAL}]{{1,2}})个?(?P<unit>[种类项个家级人])"
_SUMMED = (
    re.compile(rf"(?P<items>{_LISTED}?)这?{_COUNT}"),
    re.compile(rf"{_COUNT}[{HAN}]{{0,6}}?(?:[:,]?分别[是为]|[:,]即|:)(?P<items>{_LISTED})"),
)
_JOINED = re.compile("[和及与]")
_OFFICES = re.compile("[局部委厅院]")

_BELOW = "超过|超出|高于|多于|大于|突破"  # with a 不 before them; without it they mean the reverse
_ABOVE = "少于|低于|小于|不足|不到|短于|[不未没]用?满(?!意|足)|不够|没到"
_TURNED = "(?P<turned>不得|不能|不可以|不可|不准|不许|不应|不会|不要|不|未|没有|没)?"
_BEFORE_FIGURE = re.compile(
    rf"{_TURNED}(?:(?P<more>{_BELOW})|(?P<less>{_ABOVE}))"
    r"|达到?(?P<reached>)$|(?<![达得做遇])到(?P<until>)$"
    r"|(?P<most>至多|最多|顶多|最高(?!人民|法|的|级)|上限)|(?P<least>至少|最少|最低(?!生活|工资|的|级)|起码|年满|满)"
)
_AFTER_FIGURE = re.compile(
    r"间?(?:年?[底末初])?(?:[（(][^（）()]{1,8}[）)])?(?:及|或者?|和)?(?:其|它)?(?:的?范围(?=内|以内|之内))?"
    r"(?:(?P<most>以下|以内|之内|内(?![部容蒙外])|以前|之前|前(?!款|项|期|后))|(?P<least>以上|以后|之后|后(?!续|期|备)|起))"
)
_TOPMOST = re.compile("最[高低](?:的?[是为])?$")  # of a rank it tells which, and bounds nothing: 最高一级
_LISTED_WITH = re.compile("[、和及与]|以及")  # 分别超过90%、75%
_WITHIN = 16  # characters before a figure in which its bound stands
_CLAUSE_END = "，。；：,;:！？!?\n"


def figures(text: str) -> frozenset[Figure]:
    """The figures of a text; numbering such as （一） and ① is none, nor are numerals within words (一般, 统一)."""
    plain = _plain(text)
    found = {Figure(day.isoformat(), _DATE) for m in DATE.finditer(plain) if (day := parse_date(m.group()))}
    found.update(_number(m) for m in _DOCUMENT_NUMBER.finditer(plain))
    return frozenset(found.union(figure for figure, _, _ in _counted(_countable(plain))))


def bounds(text: str) -> frozenset[tuple[Figure, Bound | None]]:
    """The numbers of a text, each with the bound that stands around it; None where none does."""
    plain = _countable(_plain(text))
    found: set[tuple[Figure, Bound | None]] = set()
    left, carried = 0, None  # where the figure before it ends; the bound before that one, which goes on in a list
    for figure, start, end in sorted(_counted(plain, articles=True), key=lambda each: each[1]):
        bound = _bound(plain, max(left, start - _WITHIN), start, end)
        if bound is None and _LISTED_WITH.fullmatch(plain, left, start):
            bound = carried
        if figure.unit in _RANKS and _TOPMOST.search(plain, 0, start):
            bound = None
        carried = None if _AFTER_FIGURE.match(plain, end) else bound
        found.add((figure, bound))
        left = left if figure.unit in _RANKS else end  # 至少发展三级指导员100人: 三级 tells only which
    if _HIGH_AND_LOW.search(text):
        found |= {(figure, bound) for figure, _ in found if not figure.unit for bound in Bound}
    return frozenset(found)


def repeated(text: str) -> frozenset[Figure]:
    """What 每, 双 and 次 say, as a figure: 每年 is told as 一年, 双周 as 两周, 次日 as 第二天, 元/m2 as 一平方米,
    每季度 as 三个月.

    And the year of a 文号, by which its notice is called: 2013年那份.
    """
    plain = normal(text)
    found = [(m[m.lastgroup or 0], "2" if m["two"] or m["next"] else "1") for m in _EACH.finditer(plain)]
    found += [("年", m["year"]) for m in _DOCUMENT_NUMBER.finditer(plain)]
    units = {(_SAME_UNIT.get(unit, unit), value) for unit, value in found}
    months = {("个月", value) for unit, value in units if unit == "月"}
    quarter = {("个月", "3")} if _QUARTERLY.search(plain) else set()
    return frozenset(Figure(value, unit) for unit, value in units | months | quarter)


def pieced(text: str) -> frozenset[Figure]:
    """The dates whose year stands apart from month and day: 3月15日全市2024年推进会 may be told as 2024年3月15日."""
    found = figures(text)
    years = [int(figure.value) for figure in found if figure.unit == "年" and Decimal(figure.value) >= _NO_SPAN]
    days = {m.group() for m in _DAY_ALONE.finditer(_plain(text))}
    return frozenset(each for year in years for day in days for each in figures(f"{year}年{day}"))


def summed_up(text: str) -> frozenset[Figure]:
    """The numbers that only count what a text itself lists: 蓝、黄、橙、红四种颜色."""
    plain = normal(text)
    found = set()
    for m in (m for pattern in _SUMMED for m in pattern.finditer(plain)):
        if m["unit"] == "人" and _OFFICES.search(m["items"]):  # three offices are no three persons
            continue
        *before, last = m["items"].split("、")
        least, most = len(before) + 1, len(before) + len(_JOINED.split(last))  # 城市和县 may be one or two
        count = number_value(m["count"])
        if count is not None and max(least, 2) <= count <= most:
            found.add(Figure(str(count), m["unit"]))
    for m in re.finditer(_COUNT, plain):  # 两项，一项是…，另一项是…
        count = number_value(m["count"])
        if count is not None and count > 1 and count == plain.count(f"一{m['unit']}"):
            found.add(Figure(str(count), m["unit"]))
    return frozenset(found)


def rounded(text: str, known: Collection[Figure]) -> frozenset[Figure]:
    """The numbers that are told in round figures of known ones: 九百多户 for 939户."""
    found = set()
    for m in _ROUND.finditer(_plain(text)):
        value = number_value(m["value"]) or 0
        step = 10 ** (len(str(value)) - len(str(value).rstrip("0")))
        if value and any(figure.unit != _DATE and _lies(figure, value, value + step) for figure in known):
            found.add(Figure(str(value), ""))
    return frozenset(found)


def _lies(figure: Figure, low: int, high: int) -> bool:
    return figure.unit != _NUMBER and low < Decimal(figure.value) < high


def measured(text: str) -> frozenset[Figure]:
    """The bare numbers of a table whose caption tells their unit (单位：万元/亩), as amounts of money."""
    plain = normal(text)
    scales = {m["scale"] for m in _MEASURE.finditer(plain)}
    bare = [figure for figure in figures(text) if not figure.unit] if scales else []
    return frozenset(Figure(f"{_scaled(Decimal(f.value), scale):f}", "元") for f in bare for scale in scales)


def stands_among(figure: Figure, among: Collection[Figure]) -> bool:
    """Is it one of these? A number that bears no unit, on either side, is compared by value alone: the unit of a cell
    stands at the head of its column. But a bare 12 is no 第十二条.
    """
    return figure in among or any(same(figure, other) for other in among)


def same(one: Figure, other: Figure) -> bool:
    """Do both say the same?"""
    if _NUMBER in (one.unit, other.unit):
        return one.unit == other.unit and _same_number(one.value, other.value)
    if _DATE in (one.unit, other.unit):
        return one == other
    if not one.unit or not other.unit:
        return one.value == other.value and not _COUNTING & {one.unit, other.unit}
    if one.value == other.value and "个" in (one.unit, other.unit) and {one.unit, other.unit} <= _CALLED_GE:
        return True  # 级别有四个: 四级
    return one == other or _smaller(one) == _smaller(other)


def _smaller(figure: Figure) -> Figure:
    """In the smallest unit that there is for it."""
    value, unit = Decimal(figure.value), figure.unit
    if unit == "年" and value >= _NO_SPAN:
        return figure
    while unit in _IN_SMALLER:
        unit, times = _IN_SMALLER[unit]
        value *= times
    return Figure(f"{value.normalize():f}", unit)


def _same_number(one: str, other: str) -> bool:
    """Where the words before a 文号 could not be told from it, one ends with the other."""
    short, long = sorted((one, other), key=len)
    return short == long or (long.endswith(short) and short.index("[") >= _LEAST_OF_NUMBER)


def _number(found: re.Match[str]) -> Figure:
    who = _BEFORE_A_NUMBER.sub("", found["who"]) or found["who"]
    return Figure(f"{who}[{found['year']}]{int(found['serial'])}号", _NUMBER)


def _plain(text: str) -> str:
    """Normal form; 千米, 千克 and 千瓦 by names without a 千, so that 八百千米 is no 1800米."""
    plain = normal(_BETWEEN_CELLS.sub(";", _NUMBERING.sub(" ", text)))
    plain = _DAY_CALLED.sub(r"\1日", plain).replace("千米", "公里").replace("千克", "公斤")
    plain = plain.replace("千瓦时", "kwh").replace("千瓦", "kw").replace("千伏", "kv")
    plain = _ONE_OR_TWO.sub(_as_range, _TENTHS.sub(_with_tenths, plain))
    plain = _SHORT_YEAR.sub(lambda m: f"20{m.group()}", _IN_TWO.sub(_in_one, plain))
    plain = _HALF.sub(lambda m: "6个月" if m["span"] == "年" else "15日", _FRACTION.sub(_as_share, plain))
    return _ROMAN.sub(lambda m: _ROMAN_VALUE[m.group()], plain)


def _with_tenths(found: re.Match[str]) -> str:
    whole, tenth = number_value(found["whole"]), number_value(found["tenth"])
    return found.group() if whole is None else f"{whole}.{tenth}{found['unit']}"


def _as_range(found: re.Match[str]) -> str:
    """一两项 → 一至两项; 三五个 are no range of neighbours, and 一二三级 three of them."""
    one, following = number_value(found["one"]), number_value(found["next"])
    return f"{found['one']}至{found['next']}" if one and following == one + 1 else found.group()


def _as_share(found: re.Match[str]) -> str:
    """四分之一 → 25%; 三分之一, which is no round share, is left as it is."""
    parts, of = number_value(found["parts"]) or 0, number_value(found["of"]) or 1
    return found.group() if parts * 100 % of else f"{parts * 100 // of}%"


def _in_one(found: re.Match[str]) -> str:
    """371亿7000万 → 37170000000. One in Chinese alone is read as it stands, and so are 2万3万: two numbers."""
    large, small = number_value(found["large"]), number_value(found["small"])
    mixed = found["large"].isascii() or found["small"].isascii()
    if not mixed or large is None or small is None or found["next"] == found["scale"]:
        return found.group()
    return str(large * _SCALE[found["scale"]] + small * _SCALE[found["next"]])


def _countable(plain: str) -> str:
    """Without document numbers and words that only look like numerals."""
    return _NO_NUMBER.sub(" ", _DOCUMENT_NUMBER.sub(" ", plain))


def _counted(text: str, *, articles: bool = False) -> Iterator[tuple[Figure, int, int]]:
    """The numbers of a text, the last one first, each with where it stands; 一次, too, where `articles` are wanted."""
    unit = scale = ""
    following = len(text)
    for m in reversed(list(_FIGURE.finditer(text))):
        ranged = _RANGE.fullmatch(text, m.end(), following) is not None and not m["unit"] and not m["share"]
        unit = unit if ranged else _SHARE.get(m["share"], "") or m["unit"] or ""
        scale = scale if ranged and not m["scale"] else m["scale"] or ""
        following = m.start()
        value = _value(m, scale)
        numbered = text.startswith("第", m.start() - 1)
        if value is not None and (m["arabic"] or (articles and unit) or _tells(m["han"], unit, numbered)):
            yield Figure(f"{value:f}", _SAME_UNIT.get(unit, unit)), m.start(), m.end()


def _tells(han: str, unit: str, numbered: bool) -> bool:
    """Whether Chinese numerals are a number, and no part of a word or an article: 一条, but 第一条 is one."""
    if (han, unit) == ("一", "条"):
        return numbered
    return (han != "一" or unit not in _ARTICLE) if unit else _HAN_ALONE.match(han) is not None


def _value(found: re.Match[str], scale: str) -> Decimal | None:
    if found["arabic"]:
        return _scaled(Decimal(found["arabic"].replace(",", "")), scale)
    whole = number_value(found["han"])
    point = "".join(str(number_value(digit)) for digit in found["point"] or "")
    if whole is None or not (whole or point):
        return None
    return Decimal(f"{whole}.{point}" if point.isdigit() else whole).normalize()


def _scaled(value: Decimal, scale: str) -> Decimal:
    """43.6 in 万 is 436000."""
    for step in scale:
        value *= _SCALE[step]
    return value.normalize()


def _bound(plain: str, left: int, start: int, end: int) -> Bound | None:
    """The bound behind a number, else the last one before it in its clause."""
    behind = _AFTER_FIGURE.match(plain, end)
    if behind:
        return Bound.BELOW if behind["most"] else Bound.ABOVE
    clause = max(plain.rfind(mark, left, start) for mark in _CLAUSE_END) + 1
    before = list(_BEFORE_FIGURE.finditer(plain, max(left, clause), start))
    if not before:
        return None
    told = [m for m in before if m["until"] is None and m["reached"] is None]
    m = (told or before)[-1]  # 最多要到 is a 最多
    if m["until"] is not None:  # 到2025年底完成: by then
        return Bound.BELOW if plain[end - 1] == "年" else None
    if m["more"] or m["less"]:
        return Bound.ABOVE if (m["more"] is not None) != (m["turned"] is not None) else Bound.BELOW
    return Bound.BELOW if m["most"] else Bound.ABOVE
