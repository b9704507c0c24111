"""Noisy probes: the questions as hurried, excited or half-heard people would put them, and what that costs.

Each kind of noise alters the question alone; evidence and key facts stay, so a probe is scored as the question is that
it was made of. The same question always gets the same noise. `python -m eval.robustness` prints what each
kind costs. The door to OpenCC.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eval.examine import LibraryShelf, library_sources
from eval.records import Case
from index.pinyin import characters, readings, sound
from index.places import counties_of, known_cities, short_names
from index.text import HAN
from index.tokens import TokenRecipe, tokens

if TYPE_CHECKING:
    from index.holdings import Holdings

_WORDS = TokenRecipe(unigrams=False, bigrams=False, words_from=2)
_COMMON = 12  # of the characters read alike, so many of the most common ones are mistaken for each other
_EARLIER = 4  # questions before one that has nothing to do with them
_ONE_QUESTION = re.compile(r"[^？?。！!]+[？?]")
_MARKS = re.compile(rf"[^\w{HAN}〔〕]+")
_CLAUSE = re.compile(r"(?<=[，,。；;！!])")
_FILLERS = ("嗯，", "那个，", "就是说，", "呃，", "怎么说呢，", "这个这个，", "啊，", "就是那个，")
_EVERYDAY = "什么 怎么 怎样 如何 多少 哪些 哪个 哪里 哪儿 我们 你们 他们 咱们 可以 现在 有没有 是不是"
_LOOKALIKES = (
    "己已巳 未末 土士 日曰 人入八 大太犬 天夫 干千于 木本术 田由甲申 目自 白百 今令 午牛 刀力 母毋 王玉主 贝见 乌鸟 "
    "免兔 住往注 侯候 待侍 折拆 析折 拔拨 辨辩辫 燥躁操 赔陪培 贷货 货贸 帐账 帖贴 博搏膊 辐幅福 竟竞 粱梁 密蜜 "
    "偿尝 低底抵 纪记 籍藉 练炼 历厉 亨享 徒徙 晴睛 睛晴 券卷 管菅 建健 补扑朴 险验检 保堡 房户 租祖组阻 "
    "供洪 核该刻孩 定宝 费贾 资贸 治冶 办为 失矢 业亚 老考 残钱线 疾病 医匠 育肓 校较 证正 份分 领预 请清情晴 "
    "提堤 取敢 缴激 款歉 助肋 励厉 奖桨浆 减咸 税锐悦 收牧 项顶 目日 地他池 权仅 登豆 记纪 消销 防妨仿 火灾 "
    "森林 规现观 划刘 环坏怀 污圬 水永 气乞 车东 驾驶 停亭 学字 教救 师帅 招抬 考孝 乡多 村材 镇填 农衣 种钟 "
    "养美 院皖 护户 病痛 药约 救求 济挤 困因 难准 惠慧 殡宾 葬蓬 墓暮 坟坎 碑牌 植值 树村 公分 共供 积织 金全"
)
Alter = Callable[[Case, random.Random], str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the makers of some kinds need to know beside the question."""

    cities: Mapping[str, str]  # what people call a city → the city
    home: Mapping[str, Sequence[str]]  # case id → the cities of its evidence
    notices: Mapping[str, tuple[str, str]]  # case id → title and 文号 of the one notice of its evidence
    cases: Sequence[Case] = ()  # the earlier questions of `turns` are drawn from these
    counties: Collection[str] = ()  # of the library


def surroundings(library: Holdings, cases: Sequence[Case]) -> Surroundings:
    """What an open library says of the cases. Raises BadQuestions where it does not hold their evidence."""
    shelf = LibraryShelf(library)
    sources = library_sources(shelf, cases)
    notices = [notice for name in {e.source for c in cases for e in c.evidence} for notice in shelf.notices(name)]
    home: dict[str, tuple[str, ...]] = {}
    named: dict[str, tuple[str, str]] = {}
    for case in cases:
        places = sources.locate(case)
        held = {
            notice.id: notice
            for notice in notices
            for place in places
            if notice.source == place.source and notice.source_span().overlap(place.span)
        }
        home[case.id] = tuple(sorted({notice.place.city for notice in held.values()}))
        if len(held) == 1:
            named[case.id] = next((notice.title, notice.document_number) for notice in held.values())
    return Surroundings(shelf.cities, home, named, cases, library.gazetteer.counties)


KINDS = {
    "homophone": "同音字",
    "accent": "近音字",
    "lookalike": "形近字",
    "dropped": "漏字",
    "unpunctuated": "无标点",
    "traditional": "繁体",
    "pinyin": "夹拼音",
    "letters": "全用拼音",
    "story": "长篇来电",
    "fillers": "口头语",
    "place": "地名错字",
    "county": "只说县名",
    "foreign": "说外地的县",
    "ours": "“我们市”",
    "issued": "说哪年的文件",
    "nickname": "叫俗名",
    "serial": "只报号",
    "turns": "换了话题",
    "double": "一次问两件",
}


def noisy(cases: Sequence[Case], kind: str, around: Surroundings) -> list[Case]:
    """The probes of one kind, in order, one of each answerable case that it can be made of; `kind`: of KINDS."""
    return [
        replace(probe, id=f"{case.id}~{kind}")
        for case in cases
        if case.answerable and (probe := _probe(case, kind, around)) is not None
    ]


def half(case: Case) -> int:
    """0 or 1, by the id of the question that a case was made of: tuned on the one, reported on both."""
    return hashlib.sha256(case.id.split("~")[0].encode()).digest()[0] % 2


def _probe(case: Case, kind: str, around: Surroundings) -> Case | None:
    chance = random.Random(f"{case.id}~{kind}")  # noqa: S311 (no secret)
    if kind in ("turns", "double"):
        return {"turns": _behind_others, "double": _with_another}[kind](case, around, chance)
    around_it = _ALTER_BY_PLACE.get(kind)
    altered = around_it(case, around, chance) if around_it else _ALTER[kind](case.question, chance)
    if not altered or altered == case.question:
        return None
    if kind == "foreign":  # what holds at home answers nothing there
        return replace(
            case, question=altered, type="unanswerable", unanswerable="wrong-place", key_facts=(), evidence=()
        )
    return replace(case, question=altered)


# ── slips of the hand ───────────────────────────────────────────────────────────────────────────────────────────


def _homophone(question: str, chance: random.Random) -> str:
    return _slip(question, chance, lambda c: _read_alike(c, exactly=True))


def _accent(question: str, chance: random.Random) -> str:
    return _slip(question, chance, lambda c: _read_alike(c, exactly=False))


def _lookalike(question: str, chance: random.Random) -> str:
    return _slip(question, chance, lambda c: _looking_alike().get(c, ""))


def _dropped(question: str, chance: random.Random) -> str:
    long = [word for word in content_words(question) if len(word) > 2]
    if not long:
        return ""
    word = chance.choice(long)
    at = question.index(word) + chance.randrange(len(word))
    return question[:at] + question[at + 1 :]


def _slip(question: str, chance: random.Random, others: Callable[[str], str]) -> str:
    """One character of one content word changed for one of `others`; "" where there is none."""
    places = [
        (at, choice)
        for word in content_words(question)
        for at in range(question.index(word), question.index(word) + len(word))
        if (choice := others(question[at]))
    ]
    if not places:
        return ""
    at, choice = chance.choice(places)
    return question[:at] + chance.choice(choice) + question[at + 1 :]


def content_words(question: str) -> list[str]:
    """The words of two characters and more that say what a question is about."""
    found = dict.fromkeys(word for word in tokens(question, _WORDS) if len(word) > 1)
    return [w for w in found if w in question and re.fullmatch(f"[{HAN}]+", w) and w not in _EVERYDAY.split()]


def _read_alike(character: str, *, exactly: bool) -> str:
    """The common characters that are read like it, or nearly so and not exactly so."""
    own = readings().get(character, ())[:1]
    if exactly:
        return "".join(characters()[s][:_COMMON] for s in own).replace(character, "")
    near = [s for s in characters() for o in own if s != o and sound(s) == sound(o)]
    return "".join(characters()[s][:_COMMON] for s in near).replace(character, "")


@cache
def _looking_alike() -> dict[str, str]:
    found: dict[str, str] = {}
    for group in _LOOKALIKES.split():
        for character in group:
            found[character] = found.get(character, "") + group.replace(character, "")
    return found


# ── ways of writing ─────────────────────────────────────────────────────────────────────────────────────────────


def _unpunctuated(question: str, _: random.Random) -> str:
    return _MARKS.sub("", question)


def _traditional(question: str, chance: random.Random) -> str:
    return _converter(chance.choice(("s2t", "s2hk")))(question)


@cache
def _converter(scheme: str) -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC(scheme).convert
    return convert


def _pinyin(question: str, chance: random.Random) -> str:
    """A content word, or its last character, in letters."""
    known = [w for w in content_words(question) if all(c in readings() for c in w)]
    if not known:
        return ""
    word = chance.choice(known)
    spelt = [readings()[c][0] for c in word]
    typed = "".join(spelt) if chance.random() < 0.5 else word[:-1] + spelt[-1]
    return question.replace(word, typed, 1)


def _letters(question: str, _: random.Random) -> str:
    """All of it in pinyin, with a space behind each word: 公租房怎么申请 → gongzufang zenme shenqing."""
    words = re.findall(f"[{HAN}]+|[^{HAN}]+", " ".join(_cut(question)))
    return re.sub(" +", " ", "".join("".join(readings().get(c, (c,))[0] for c in word) for word in words)).strip()


def _cut(question: str) -> list[str]:
    """The question in words, in order, with what stands between them."""
    found: list[str] = []
    rest = question
    for word in tokens(question, _WORDS):
        before, _, rest = rest.partition(word) if word in rest else ("", "", rest)
        found += [before, word]
    return [*found, rest]


def _story(question: str, chance: random.Random) -> str:
    """About 300 characters of a caller's troubles, with the question among them."""
    (before, after), (_, more) = chance.sample(_stories(), 2)
    return f"{before}{question}{after}{more}"


@cache
def _stories() -> list[tuple[str, str]]:
    lines = Path(__file__).with_name("stories.tsv").read_text("utf-8").splitlines()
    return [(before, after) for before, after in (line.split("\t") for line in lines)]


def _fillers(question: str, chance: random.Random) -> str:
    return "".join(chance.choice(_FILLERS) + clause for clause in _CLAUSE.split(question) if clause)


_ALTER: Mapping[str, Callable[[str, random.Random], str]] = {
    "homophone": _homophone,
    "accent": _accent,
    "lookalike": _lookalike,
    "dropped": _dropped,
    "unpunctuated": _unpunctuated,
    "traditional": _traditional,
    "pinyin": _pinyin,
    "letters": _letters,
    "story": _story,
    "fillers": _fillers,
}


# ── what is named ───────────────────────────────────────────────────────────────────────────────────────────────


def _by_its_county(case: Case, around: Surroundings, chance: random.Random) -> str:
    """The question with a county of its city in place of the city."""
    (home, *more) = around.home.get(case.id) or ("",)
    return "" if more or not home else _elsewhere(case, around, chance, [home])


def _of_a_foreign_county(case: Case, around: Surroundings, chance: random.Random) -> str:
    """The question with a county in place of its city that belongs to none of the library's."""
    held = {city.removesuffix("市") for city in around.cities.values()}
    return _elsewhere(case, around, chance, [city for city in known_cities() if city not in held])


def _elsewhere(case: Case, around: Surroundings, chance: random.Random, cities: Collection[str]) -> str:
    """The city that a question names, and no other place, replaced by a county of these: 右玉县, 右玉那边."""
    named = _named_cities(case, around)
    rest = case.question.replace(named[0], " ") if named else ""
    if not named or any(name in rest for name in (*around.cities, *around.counties)):
        return ""
    counties = sorted(name for name in counties_of(cities) if name[-1] in "县市" and len(name) > 2)
    county = chance.choice(counties)
    short = county[:-1] if county[:-1] in short_names() else county
    return case.question.replace(named[0], chance.choice((county, f"{short}那边")))


def _our_city(case: Case, around: Surroundings, chance: random.Random) -> str:
    """The question with “our city” in place of the city's name."""
    named = _named_cities(case, around)
    ours = chance.choice(("我们市", "咱市", "我们市里", "本市"))
    return case.question.replace(named[0], ours) if named else ""


def _named_cities(case: Case, around: Surroundings) -> list[str]:
    return [name for name in sorted(around.cities, key=len, reverse=True) if name in case.question]


def _misspelt_place(case: Case, around: Surroundings, chance: random.Random) -> str:
    """The city that a question names, with one character that is read alike."""
    named = _named_cities(case, around)
    if not named:
        return ""
    at = chance.randrange(len(named[0].removesuffix("市")))
    other = _read_alike(named[0][at], exactly=True)
    if not other:
        return ""
    return case.question.replace(named[0], named[0][:at] + chance.choice(other) + named[0][at + 1 :])


_FORMAL = re.compile(
    r"[《》“”]|（[^）]*）|\([^)]*\)|\d{4}年?|人民政府|办公室|关于|印发|的通知|实施|工作|行动|若干|暂行|试行"
)


def _nicknamed(case: Case, around: Surroundings, chance: random.Random) -> str:
    """The question behind what people call the notice: the end of its title, without what is formal in it."""
    nickname = nickname_of(around.notices.get(case.id, ("", ""))[0], around.cities)
    form = chance.choice(("{}里头说的，{}", "按那个{}，{}", "我问问{}，{}"))
    return form.format(nickname, case.question) if nickname and "《" not in case.question else ""


def nickname_of(title: str, cities: Collection[str]) -> str:
    """关于印发阳泉市推动消费品以旧换新行动方案的通知 → 消费品以旧换新方案; "" where too little or too much is left."""
    short = _FORMAL.sub("", title)
    for city in sorted(cities, key=len, reverse=True):
        short = short.replace(city, "")
    return short[-10:].lstrip("和与及、的") if 4 <= len(short) <= 24 else ""


def _dated(case: Case, around: Surroundings, chance: random.Random) -> str:
    """The question behind the year in which its notice was issued, as such or counted from the day it is asked."""
    year = re.search(r"〔(\d{4})〕", around.notices.get(case.id, ("", ""))[1])
    if year is None or re.search(r"20\d{2}|《|[今去前]年", case.question):
        return ""
    ago = {0: "今年", 1: "去年", 2: "前年"}.get(case.asked_on.year - int(year[1]), "")
    said = chance.choice((f"{year[1]}年", ago or f"{year[1]}年"))
    form = chance.choice(("{}印发的文件里说的，{}", "按{}出的那份文件，{}", "我问{}的文件，{}"))
    return form.format(said, case.question)


def _numbered(case: Case, around: Surroundings, _: random.Random) -> str:
    """The question behind the bare serial number of its notice: 30号文里，…"""
    serial = re.search(r"(\d+)号$", around.notices.get(case.id, ("", ""))[1])
    named = re.search(r"\d号|《", case.question)
    return f"{serial[1]}号文里，{case.question}" if serial and not named else ""


_ALTER_BY_PLACE: Mapping[str, Callable[[Case, Surroundings, random.Random], str]] = {
    "place": _misspelt_place,
    "county": _by_its_county,
    "foreign": _of_a_foreign_county,
    "ours": _our_city,
    "issued": _dated,
    "nickname": _nicknamed,
    "serial": _numbered,
}


def _with_another(case: Case, around: Surroundings, chance: random.Random) -> Case | None:
    """The case and another short one about its own city, asked in one breath; both are to be answered."""
    evidence = {each.quote for each in case.evidence}
    others = [
        other
        for other in _neighbours(case, around)
        if len(other.question) + len(case.question) <= 96
        and len(other.key_facts) + len(case.key_facts) <= 6
        and evidence.isdisjoint(each.quote for each in other.evidence)
    ]
    if not others or not _ONE_QUESTION.fullmatch(case.question) or case.history:
        return None
    other = chance.choice(others)
    return replace(
        case,
        question=case.question + other.question,
        gold_answer=f"{case.gold_answer}{other.gold_answer}",
        key_facts=(*case.key_facts, *other.key_facts),
        evidence=(*case.evidence, *other.evidence),
    )


def _neighbours(case: Case, around: Surroundings) -> list[Case]:
    """The other cases that are one question about the cities of this one."""
    home = around.home.get(case.id, ())
    return [
        other
        for other in around.cases
        if other.id != case.id and other.answerable and not other.history and around.home.get(other.id, ()) == home
        if _ONE_QUESTION.fullmatch(other.question)
    ]


def _behind_others(case: Case, around: Surroundings, chance: random.Random) -> Case | None:
    """The case behind questions on other matters; about its own city, or the last one named would be meant."""
    home = around.home.get(case.id, ())
    evidence = {each.source for each in case.evidence}
    others = [
        other.question
        for other in around.cases
        if other.answerable
        and not other.history
        and around.home.get(other.id, ()) == home
        and {each.quote for each in other.evidence}.isdisjoint(each.quote for each in case.evidence)
        and evidence
    ]
    if len(others) < _EARLIER:
        return None
    return replace(case, history=(*chance.sample(others, _EARLIER), *case.history))
