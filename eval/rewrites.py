"""Paraphrases → the same made wrong in one place, and the same said yet another way. Pure.

A wrong one is surely wrong: a number, date, 文号 or name that takes another's place stands neither in the quote nor on
its card, whatever it is called there; a modal word or a bound is turned into its reverse in a sentence that was true.
Nothing here leans on qa/: what judges must not choose what it is judged on. Which of several digits, names and places
is taken hangs on the sentence alone, so the same sentences give the same probes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from index.text import NUMERAL, normal, number_value, numeral


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """A right sentence in other words than those of the quote that it rests on, and what the quote's card shows."""

    half: str  # develop, or held-out: nobody looked at these while the check was made
    quote: str
    title: str
    document_number: str
    place: str
    address: str
    signed_on: str  # YYYY-MM-DD; "" where it is not known
    text: str

    @property
    def shown(self) -> str:
        return "\n".join((self.quote, self.title, self.document_number, self.place, self.address))


@dataclass(frozen=True, slots=True)
class Probe:
    """A sentence to be judged, and what is known about it."""

    of: Paraphrase
    kind: str
    text: str
    wrong: bool


def probes(paraphrase: Paraphrase) -> list[Probe]:
    """All probes of a paraphrase, it itself the first of them; no sentence twice."""
    found = {paraphrase.text: Probe(paraphrase, "改述", paraphrase.text, False)}
    for wrong, makers in ((False, RIGHT), (True, WRONG)):
        for kind, make in makers.items():
            for text in make(paraphrase):
                found.setdefault(text, Probe(paraphrase, kind, text, wrong))
    return list(found.values())


def _listed(*lines: str) -> tuple[str, ...]:
    return tuple(" ".join(lines).split())


def _pairs(*lines: str) -> tuple[tuple[str, str], ...]:
    """a→b c→d as ((a, b), (c, d))."""
    return tuple((a, b) for a, _, b in (pair.partition("→") for pair in _listed(*lines)))


Make = Callable[[Paraphrase], Iterator[str]]
_DIGITS = "一二三四五六七八九"
_COUNTED = (
    "年|个月|月|日|天|周|小时|个工作日|工作日|元|万元|亿元|家|座|户|套|人|个|项|所|台|部|集|张"
    "|倍|米|公里|千米|平方米|公顷|吨|岁|次|级|条|款|种|处"
)
_ARABIC = re.compile(r"(?<![\d.〔\[A-Za-z.])\d+(?:\.\d+)?(?![\d.〕\]])(?!号)")
_CHINESE = re.compile(rf"(?<![{NUMERAL}亿点第分\d])[{_DIGITS}十百千两〇零]{{1,9}}(?=万?(?:{_COUNTED}))(?!级|项规|一)")
_PLAIN = re.compile(r"(?<![\d.〔A-Za-z.])[1-9]\d{0,3}(?=万?(?:个|日|天|家|座|户|人|元|项|月))")
_QUOTED = re.compile(r"《[^》]*》|〔[^〕]*〕\d+号")
_DATED = re.compile(
    rf"(?P<y>\d{{4}}|[〇零{_DIGITS}]{{4}})(?=年)|(?P<m>\d{{1,2}}|[{_DIGITS}十]{{1,3}})(?=月(?!的))"
    rf"|(?<=月)(?P<d>\d{{1,2}}|[{_DIGITS}十]{{1,3}})(?=日)"
)
_CHINESE_PERCENT = re.compile(rf"百分之([{NUMERAL}]+)(?![点{NUMERAL}])")
_PERCENT = re.compile(r"(?<![\d.])([1-9]\d{0,2})%")
_MONEY, _THOUSANDS = re.compile(rf"(?<![\d.亿{NUMERAL}])(\d+|[{NUMERAL}]+?)万元"), re.compile(r"(?<![\d.])(\d+)000元")
_KILOMETRES = re.compile(r"(?<![\d.])(\d+(?:\.\d{1,3})?)(?:公里|千米)")


# ── in other spellings ──────────────────────────────────────────────────────────────────────────────────────────


def _chinese_numerals(p: Paraphrase) -> Iterator[str]:
    """20日 → 二十日."""
    yield from _changed(p.text, _PLAIN, lambda m: numeral(int(m.group())))


def _arabic_numerals(p: Paraphrase) -> Iterator[str]:
    """三个工作日 → 3个工作日."""
    yield from _changed(p.text, _CHINESE, _to_arabic)


def _percent(p: Paraphrase) -> Iterator[str]:
    """百分之三 → 3%, 80% → 百分之八十."""
    yield from _changed(p.text, _CHINESE_PERCENT, lambda m: f"{number_value(m[1])}%")
    yield from _changed(p.text, _PERCENT, lambda m: f"百分之{numeral(int(m[1]))}")


def _money(p: Paraphrase) -> Iterator[str]:
    """2万元 → 20000元, 5000元 → 0.5万元."""
    yield from _changed(p.text, _MONEY, lambda m: f"{(number_value(m[1]) or 0) * 10_000}元")
    yield from _changed(p.text, _THOUSANDS, lambda m: f"{int(m[1]) / 10:g}万元")


def _length(p: Paraphrase) -> Iterator[str]:
    """公里 → 千米 and back, 1.5千米 → 1500米."""
    yield from _changed(p.text, re.compile("公里"), lambda _: "千米")
    yield from _changed(p.text, re.compile(rf"(?<![平方{NUMERAL}])千米"), lambda _: "公里")
    yield from _changed(p.text, _KILOMETRES, lambda m: f"{round(float(m[1]) * 1000)}米")


def _full_width(p: Paraphrase) -> Iterator[str]:
    """20 → ２０, ％."""
    yield from _changed(p.text, re.compile(r"[\d%]+"), lambda m: "".join(chr(ord(c) + 0xFEE0) for c in m.group()))


def _reordered(p: Paraphrase) -> Iterator[str]:
    """The clauses in another order, where each stands by itself."""
    body = p.text.rstrip("。")
    for mark in ("；", "，"):
        parts = body.split(mark)
        if len(parts) > 1 and all(len(part) >= 6 for part in parts) and "（" not in body:
            yield mark.join([*parts[1:], parts[0]]) + "。"
            return


_SYNONYMS = _pairs(
    "不得→不能 不准→不得 不能→不得 应当→必须 必须→应当 之内→以内 以内→之内 至少→不少于 最少→至少",
    "顶多→不超过 最多→不超过 不超过→不高于 低于→少于 能够→可以 可以→能够",
    "之前→以前 不用→无需 废止→作废",
)


def _other_words(p: Paraphrase) -> Iterator[str]:
    """不得 → 不能, 至少 → 不少于: modal words and bounds that mean the same."""
    for word, other in _SYNONYMS:
        if word in p.text:
            yield p.text.replace(word, other, 1)


def _named(p: Paraphrase) -> Iterator[str]:
    """With the place, the 文号 and the article of its card."""
    heads = [f"{p.place}规定，", f"按照{p.document_number}，", f"《{p.title}》（{p.document_number}）写明："]
    if p.address.startswith("第") and "条" in p.address:
        yield f"{p.address}规定，{p.text}"
    elif p.place and p.document_number:
        yield _pick(heads, p.text) + p.text


# ── made wrong ──────────────────────────────────────────────────────────────────────────────────────────────────


def _wrong_digit(p: Paraphrase) -> Iterator[str]:
    """Each number that is no part of a date, one digit of it another."""
    for pattern in (_ARABIC, _CHINESE):
        for m in pattern.finditer(p.text):
            if _within(m, _QUOTED, p.text) or any(d.start() == m.start() for d in _DATED.finditer(p.text)):
                continue
            other = _other_number(m.group(), p)
            if other:
                yield _put(p.text, m, other)


def _wrong_date(p: Paraphrase) -> Iterator[str]:
    """Each year, month and day, another."""
    for m in _DATED.finditer(p.text):
        if _within(m, _QUOTED, p.text):
            continue
        other = _other_date(m, p)
        if other:
            yield _put(p.text, m, other)


_UNITS = dict(
    _pairs(
        "万元→元 元→万元 亿元→万元 个工作日→个月 工作日→日 日→个月 天→年 个月→日 年→个月 小时→日 家→人 座→公里 户→家",
        "套→户 人→户 公里→米 千米→米 米→公里 平方米→公顷 公顷→平方米 吨→公斤 倍→% %→‰ 周岁→年 部→集 集→部 台→家",
    )
)
_UNIT = re.compile(
    rf"(?<=[\d二三四五六七八九十百千万两])(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![级度底初])"
)


def _wrong_unit(p: Paraphrase) -> Iterator[str]:
    """Each unit, another: 800万元 → 800元."""
    for m in _UNIT.finditer(p.text):
        dated = re.search(rf"(?:\d{{4}}|[〇零一二三四五六七八九]{{4}}|月[\d{NUMERAL}]+)$", p.text[: m.start()])
        if not dated and not _within(m, _QUOTED, p.text) and m.group() + "集" not in p.text:
            yield _put(p.text, m, _UNITS[m.group()])


_CITIES = _listed("大同 阳泉 朔州 忻州 太原 长治 晋中 运城 临汾 吕梁 保定 张家口")
_COUNTIES = _listed("云州区 云冈区 新荣区 平城区 右玉县 盂县 平定县 浑源县 灵丘县 静乐县 宁武县 应县")


def _wrong_place(p: Paraphrase) -> Iterator[str]:
    """Each city and county that is named, another; and the rule told of another city."""
    for names in (_CITIES, _COUNTIES):
        for name in names:
            if name in p.text and not p.text.startswith("《"):
                yield p.text.replace(name, _other_name(names, p, name))
    if p.place:
        yield f"{_other_name(_CITIES, p, '')}市规定，{p.text}"


def _wrong_article(p: Paraphrase) -> Iterator[str]:
    """Another article; another paragraph or item."""
    for m in re.finditer(rf"(?<=第)[{NUMERAL}]+(?=[条款])|(?<=第（)[{NUMERAL}]+(?=）项)", p.address):
        value = number_value(m.group()) or 0
        others = [numeral(value + step) for step in (1, 2, 10) if f"{numeral(value + step)}" not in p.address]
        if "条" in p.address and others and p.address[m.end()] in "条款":
            yield f"{_put(p.address, m, _pick(others, p.text))}规定，{p.text}"


def _wrong_number(p: Paraphrase) -> Iterator[str]:
    """Another serial, year or office in the 文号."""
    found = re.fullmatch(r"(.+)〔(\d{4})〕(\d+)号", p.document_number)
    if not found:
        return
    who, year, serial = found[1], int(found[2]), int(found[3])
    first = _pick([c for c in "同阳朔忻晋并" if c != who[0]], p.text)
    others = [
        f"{who}〔{year}〕{serial + 1 + crc32(p.text.encode()) % 9}号",
        f"{who}〔{year - 1}〕{serial}号",
        f"{first}{who[1:]}〔{year}〕{serial}号",
    ]
    yield f"按照{_pick(others, p.text)}，{p.text}"


_OFFICES = _listed(
    "市商务局 市民政局 市财政局 市公安局 市住房和城乡建设局 市应急管理局 市医保局 市教育局 市税务局 市卫健委",
    "市发展改革委 市市场监管局 市统计局 市司法局 市交通运输局 市工业和信息化局 市生态环境局 市水利局 市体育局",
    "市行政审批服务管理局 市规划和自然资源局 市大数据局 市城管局 市住建局 市能源局 市农业农村局 市文旅局",
    "市委编办 市委政法委 市委宣传部 市委统战部 市消防救援支队 民政部门 财政部门 商务部门 审计部门 医保部门",
    "教育部门 公安部门 应急管理部门 自然资源部门",
)


def _wrong_office(p: Paraphrase) -> Iterator[str]:
    """Each office that is named, another."""
    for name in _OFFICES:
        if name in p.text:
            alike = [other for other in _OFFICES if (other[-2:] == "部门") == (name[-2:] == "部门")]
            yield p.text.replace(name, _other_name(alike, p, name))


_PERSONS = ("赵建军", "郭建文", "牛建东", "孙铁玲", "傅颖秀", "李瑞峰", "王志强", "刘晓明", "陈国华", "周海燕")


def _wrong_person(p: Paraphrase) -> Iterator[str]:
    """Each person, another."""
    for name in _PERSONS:
        if name in p.text:
            yield p.text.replace(name, _other_name(_PERSONS, p, name))


_REVERSED = (
    (r"不得(?![多少超低高])|不准|不能(?![多少超低高独])", "可以"),
    (r"不给(?=办|补|公)", "给"),
    (r"不予", "予以"),
    (r"不算(?!$)", "算作"),
    (r"不用", "必须"),
    (r"(?<!不)可以(?!先)|(?<![不只可功才])能够?(?![源力效耗量评级否动见化])", "不得"),
    (r"(?<![许不只认])可(?=申请|获|延长|推荐|参与|得到|向)", "不得"),
    (r"应当?(?![急对聘])|必须|(?<=[，、局委门者人的时员])要(?=[在把到先做向及按定装设])", "无需"),
    (r"应当|必须", "不得"),
    (r"禁止|严禁", "允许"),
    (r"鼓励", "禁止"),
    (r"由(?=[^，。]{2,12}(?:负责|牵头|办|宣布|实施|来管))", "不由"),
    (r"归(?=[^，。]{2,10}(?:负责|主管))", "不归"),
    (r"(?<=，)(?:奖励|奖|给)(?=[^，。]{0,5}元)", "不给"),
    (r"(?<!不再)(?<!不能)(?<!不)(?:纳入|享受)", "不再享受"),
    (r"同时(?=废止|作废)", "不再"),
)


def _wrong_modality(p: Paraphrase) -> Iterator[str]:
    """不得 → 可以, 应当 → 无需: each of them turned round."""
    for pattern, other in _REVERSED:
        for m in re.finditer(pattern, p.text):
            if not _within(m, _QUOTED, p.text):
                yield _put(p.text, m, other)


_NOT_TURNED = r"(?<!不)(?<!不得)(?<!不能)"
_TURNED = (
    (r"及?以上", "以下"),
    (r"及?以下(?!几种)", "以上"),
    (r"不(?:得|能)?(?:超过|高于|多于)", "不少于"),
    (r"不(?:得|能)?(?:少于|低于)", "不超过"),
    (r"至少|最少", "最多"),
    (r"(?<!大)(?:最多|顶多|最高)(?!级)", "至少"),
    (rf"{_NOT_TURNED}低于", "高于"),
    (rf"{_NOT_TURNED}(?:超过|高过)", "低于"),
    (r"以内|之内", "之后"),
    (r"(?<=[月日年底])(?:之前|以前|前)", "后"),
)
_NUMBER_NEAR = re.compile(r"[\d二三四五六七八九十百千万]|一[千百万年家所项]")


def _wrong_bound(p: Paraphrase) -> Iterator[str]:
    """以上 → 以下, 不超过 → 不少于: each bound on the other side, where a number stands beside it."""
    for pattern, other in _TURNED:
        for m in re.finditer(pattern, p.text):
            near = p.text[max(0, m.start() - 8) : m.end() + 14]
            if _NUMBER_NEAR.search(near) and "本数" not in near and not _within(m, _QUOTED, p.text):
                yield _put(p.text, m, other)


RIGHT: dict[str, Make] = {
    "数字写成汉字": _chinese_numerals,
    "汉字写成数字": _arabic_numerals,
    "百分数": _percent,
    "万元与元": _money,
    "公里与米": _length,
    "全角数字": _full_width,
    "分句换序": _reordered,
    "同义情态": _other_words,
    "带上出处": _named,
}
WRONG: dict[str, Make] = {
    "改数字": _wrong_digit,
    "改日期": _wrong_date,
    "改单位": _wrong_unit,
    "改地名": _wrong_place,
    "改条款": _wrong_article,
    "改文号": _wrong_number,
    "改机关": _wrong_office,
    "改人名": _wrong_person,
    "反情态": _wrong_modality,
    "反界限": _wrong_bound,
}


# ── what they are made with ─────────────────────────────────────────────────────────────────────────────────────


def _pick(choices: Sequence[str], text: str) -> str:
    return choices[crc32(text.encode()) % len(choices)]


def _put(text: str, m: re.Match[str], other: str) -> str:
    return text[: m.start()] + other + text[m.end() :]


def _within(m: re.Match[str], of: re.Pattern[str], text: str) -> bool:
    return any(whole.start() <= m.start() < whole.end() for whole in of.finditer(text))


def _changed(text: str, pattern: re.Pattern[str], write: Callable[[re.Match[str]], str]) -> Iterator[str]:
    """The text with all matches written anew, but for those in 《》 and 文号; nothing where that changes nothing."""
    changed = pattern.sub(lambda m: m.group() if _within(m, _QUOTED, text) else write(m), text)
    if changed != text:
        yield changed


def _to_arabic(m: re.Match[str]) -> str:
    thousands = m.group().endswith("千") and m.string.startswith("米", m.end())  # 八百千米
    value = number_value(m.group().removesuffix("千") if thousands and len(m.group()) > 1 else m.group())
    if thousands and len(m.group()) > 1:
        return f"{value}千"
    return m.group() if value is None or m.group() == "一" else str(value)


def _values(text: str) -> set[str]:
    """All numbers of a text by value, whatever they count."""
    plain = normal(text)
    arabic = {f"{float(number):g}" for number in re.findall(r"\d+(?:\.\d+)?", plain)}
    scaled = {f"{float(n) * 10_000:g}" for n in re.findall(r"(\d+(?:\.\d+)?)万", plain)}
    chinese = {f"{value:g}" for n in re.findall(f"[{NUMERAL}]+", plain) if (value := number_value(n)) is not None}
    return arabic | scaled | chinese


def _other_number(number: str, p: Paraphrase) -> str:
    """The number with a digit changed, of a value that neither the quote nor its card holds; "" for none."""
    known = _values(p.shown)
    for step in range(1, 9):
        if number[0].isdigit():
            at = max(i for i, c in enumerate(number) if c in "123456789") if re.search("[1-9]", number) else 0
            digit = str((int(number[at]) + step - 1) % 9 + 1)
            other = number[:at] + digit + number[at + 1 :]
            value = f"{float(other):g}"
        else:
            digits = [i for i, c in enumerate(number) if c in "二三四五六七八九两"]
            if not digits:
                return ""
            at = digits[crc32(p.text.encode()) % len(digits)]
            digit = "二三四五六七八九"[("二三四五六七八九".find(number[at].replace("两", "二")) + step) % 8]
            other = number[:at] + digit + number[at + 1 :]
            value = f"{number_value(other):g}"
        if other != number and value not in known and f"{float(value) * 10_000:g}" not in known:
            return other
    return ""


def _other_date(m: re.Match[str], p: Paraphrase) -> str:
    """Another year, month or day, of a value that neither the quote nor its card holds; "" for none."""
    value, most = number_value(m.group()), 9999 if m["y"] else 12 if m["m"] else 28
    known = _values(p.shown) | _values(p.signed_on.replace("-", "日"))
    for step in (1, 2, 3, 5, 7, 10):
        other = (value or 0) + step
        if not m["y"] and other > most:
            other -= most
        if f"{other:g}" not in known:
            if m.group().isdigit():
                return str(other)
            return "".join("〇一二三四五六七八九"[int(c)] for c in str(other)) if m["y"] else numeral(other)
    return ""


def _other_name(names: Sequence[str], p: Paraphrase, name: str) -> str:
    """Another of the names, whose telling part neither the sentence, the quote nor its card holds."""
    held = p.shown + p.text
    return _pick([other for other in names if other != name and other.removeprefix("市")[:2] not in held], p.text)
