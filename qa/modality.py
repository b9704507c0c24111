"""Does a sentence forbid what its quote allows, or the reverse? Pure.

A text is cut at its modal words and negations into stretches that are denied (不得新建, 无需申请) or not (可以延长,
plain words). A stretch of the sentence is held against that stretch of the quote which says most of the same: everyday
words may stand for 不得 (不准, 谁都不能) and for 应当 (要, 必须), but what is denied must be denied there, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.text import HAN, NUMERAL, normal

_CARELESS = rf"(?:随便|马虎)(?![{HAN}])"  # 不能马虎: it has to be; but 不能随便拆
_BOUNDING = "超过|高于|多于|大于|突破|超出|少于|低于|小于|短于"
# Without 不低于, 不超过 …: these bound a figure, and qa/figures.py reads them. 不动产, 不断 … deny nothing; 尚未施行
# tells on which side of a day we are, which no quote knows.
_DENIED = (
    rf"(?:不得(?!不|拖|{_CARELESS})|不准|不能(?!拖|{_CARELESS})|不可以?(?!抗|或缺|避免|逆)|不许|不应当?|不会)(?!{_BOUNDING})|[达做找进办得拿]不[到了]"
    r"|不允许|不让|禁(?=[行停放售烧猎渔伐])|禁止|严禁|杜绝|停止(?!执行)|取消|不予"
    r"|无需|无须|毋须|不需要?|不必|不用|不再|免(?=于|除|缴|交|收|征|提交|予)|拒绝"
    r"|(?<!尚)未(?!来|成年|婚|必|尽|满(?![意足]))|尚未(?!施行|实施|生效|到期|届满|失效)|没有?(?!收|落(?!实)|关系|用?满(?![意足]))"
    r"|无(?!偿|障碍|害|人机|线|烟|废|锡|论|疑|纸|证|臭|蚊|缝|党派|固定|业|障|形|限|缘|一|力|穷|边|私|缺|损|数|间)"
    rf"|不(?!(?:得|能|会|应|可)?(?:{_BOUNDING}))"
    rf"(?!够[半\d{NUMERAL}]|动产|仅|但|断|同|少|足|低|高|超|多|大|小|短|到|突破|良|管|论|过|如|久|满|等|利|确|锈|法|当|定|限|止|要求|落(?!实)|漏|折|是定?死|是一成|[出下起过]来|[能得](?:拖|{_CARELESS}))"
)
_ALLOWED = (
    r"可以|(?<![许认])可(?!能|行|靠|持续|操作|视|再生|比|见|控|追溯)|能够|(?<![功性职智效节技机热电潜产储氢])能(?!源|力|效|耗|量|评|级|否|动|见|化|源汽车)"
    r"|允许|准许|准予|予以|得以|有权|应当|应(?!急|对|用|届|答|聘|付|收|征)|必须|须|需(?!求)"
    r"|(?<![重主必首])要(?!求|素|点|件|害|约|么|是|道)|一律"
)
_POLAR = re.compile(rf"(?P<denied>{_DENIED})|(?P<allowed>{_ALLOWED})")
_OF_ALL = ("禁止", "严禁", "杜绝", "停止")  # they govern the doer as well: 严禁货车非法营运
_UP_TO_OF = (
    "未",
    "没",
    "没有",
    "无",
    "不",
    "不能",
    "不会",
    "不再",
)  # 未完成改造的锅炉: the boiler itself is not denied
_WITHIN = re.compile("在|属|是")  # 不在本办法的范围内: what stands behind the 的 is denied, too
_DENY_A_VERB = ("不", "不予", "不再", "无需", "无须")
_VERB = 2  # characters
# what counts as something is told in any of these words, and compared as 算作
_COUNTS_AS = re.compile("(?<![预计打清结核测验决概])算(?:作|入|是|成|进)?|[计列纳]入|认定为|视为|当作")
_MAY = frozenset({"可以", "可", "能够", "能", "允许", "准许", "准予", "予以", "有权"})
_FORBIDS = re.compile("不得|不准|不能|不可|不许|不允许|不让|禁止|严禁|杜绝|停止|不予")
# no rule but how things are: 付不出来的, 不明白的; where the quote speaks of nothing alike, nothing is turned round
_TELLS = re.compile("不|没有?|未|尚未|无|.不[到了]")
_MAY_THEN = re.compile("[才只仅]|除|以后|之后|然后|先")  # 办了证才可以动工 follows from 没办证不得动工
_ONLY_THEN = re.compile("才(?:可|能|准|允许|得)")
_AFTERWARDS = re.compile(
    r"除外|不算$|不在此列|[通批报]不[过了]$|不行$|取消了?$"
)  # what stands before them is taken out
_INCLUDED = re.compile(r"算(?:作|入)?(?:在内|在里面)?$|(?:包括|计算)在内$")
_ALL = re.compile("一[个项处件人户家种][也都]?不(?:[能得许可])?[少落漏](?!实)")  # 一个也不能少
# 没有证明可不行, 不能不办, 不得不办: it has to be
_DENIED_AWAY = re.compile(
    "(?:没有?|不|无|非)(?P<what>[^，。；,;]{1,20}?)[可就]?(?:是|都)?不(?:行|成)(?=[，。；,;]|$)|不[能得]不"
    "|非(?P<need>[^，。；,;]{1,6}?)不可"
)
_WHETHER = re.compile(r"(?P<verb>[\u4e00-\u9fff])[不没](?P=verb)")  # 明不明确, 有没有: no denial, but 是否
_NAMED = re.compile(r"“[^”，。；]{1,8}”")  # “不打烊”超市: a name
_NON = re.compile(rf"非(?=(?P<what>[{HAN}]{{2}}))")  # 非现场评估: 不去现场
_ENDED = re.compile("免去|辞去|撤销|取消|终止|停止|废止|消除|淘汰|不再")  # 不再担任, 不再执行, 不再有
_APART = re.compile("以外|之外|不含|不包括")
_UP_TO = re.compile("的|(?=实施|责令|给予|处以|依法|一律)")  # 逾期未达标实施停产: that is not denied
_CLAUSE = re.compile(r"(?:(?!、[又还也])[^，。；：！？,;:!?()（）\[\]\n])+")  # 还没就业、又想创业: no 没 over 想
_ENDS = "，。；：！？,;:!?\n"
_IDLE = re.compile(r"[的了着过在和与及或、者个这那其并也都还再把被给对于向从所“”《》\"'·]|就(?![业医读近餐诊地])")
_SCOPE = 12  # characters behind a modal word that it surely governs
_ALIKE = 0.3  # of a stretch's characters and pairs, found in a stretch of the quote: both speak of the same
_ALIKE_AS_TOLD = 0.4  # where it denies no more than how things are: one character of two says nothing
_PLAINLY = 0.15  # how much less alike a stretch of the same sense has to be, for the other one to be meant
_REVERSED = 0.7  # of a stretch without modal words: to be meant it has to be said nearly as it stands
_AT_ONCE = 0.2  # more alike where the same two characters follow each one's modal word at once
_SHORTEST = 2  # characters of a stretch that can be found again

# pairs of which a sentence may not say one where its quote says only the other
_OPPOSITES = (
    ("免费", "收费"), ("无偿", "有偿"), ("自愿", "强制"), ("增加", "减少"), ("提高", "降低"), ("上调", "下调"),
    ("提前", "延后"), ("提前", "推迟"), ("上升", "下降"), ("优先", "暂缓"), ("高于", "低于"),
)  # fmt: skip
_TURNED_ROUND = re.compile(r"不[得能应]?(?:高于|低于|增加|减少|提高|降低|收费)")
_RANKED = re.compile(rf"(?P<what>(?:(?![{NUMERAL}])[{HAN}]){{2}})及?以(?P<side>[上下])")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What stands behind a modal word or a negation, up to the next one or the end of the clause."""

    word: str  # 不得, 可以; "" where it is governed by none
    denied: bool
    clause: str  # that it stands in
    said: str  # without idle words


def stretches(text: str) -> tuple[Stretch, ...]:
    """A text, cut at what allows and denies.

    A remark in brackets goes with what it stands behind, and does not end a ban: 杜绝夜间（晚8点以后）施工.
    """
    plain = _NAMED.sub("", _WHETHER.sub("是否", _ALL.sub("全部", normal(text))))
    plain = _DENIED_AWAY.sub(lambda found: f"必须{found['what'] or found['need'] or ''}", plain)
    found: list[Stretch] = []
    open_ban = ""  # that stands before the bracket
    for clause in _CLAUSE.finditer(plain):
        before = plain[max(0, clause.start() - 1) : clause.start()]
        if before == "(":
            ban = found[-1].word if found and plain[clause.start() - 2 : clause.start() - 1] not in _ENDS else ""
            open_ban = ban if _FORBIDS.fullmatch(ban) else ""
            found.extend(_of_clause(clause.group(), "", denied=bool(found) and found[-1].denied))
        else:
            word = open_ban if before == ")" else ""
            found.extend(_of_clause(clause.group(), word, denied=bool(word)))
    return tuple(found)


def reversed_words(text: str, plain: str, there: Sequence[Stretch]) -> tuple[str, ...]:
    """The words of a sentence that say the reverse of its quote: 可以 where it says 不得; () where none does.

    `plain`: the quote in normal form; `there`: its stretches.
    """
    return tuple(dict.fromkeys([*_turned(text, plain, there), *_opposed(normal(text), plain)]))


def _turned(text: str, plain: str, there: Sequence[Stretch]) -> Iterator[str]:
    denies = any(stretch.denied for stretch in there)
    only_forbids = any(_FORBIDS.fullmatch(stretch.word) for stretch in there) and not _permits(there)
    said = stretches(text)
    denied = {stretch.clause for stretch in said if stretch.denied}
    of_a_topic = any(s.denied and _IDLE.sub("", s.clause).startswith(s.word) for s in said)
    only_then = _ONLY_THEN.search(text) is not None and _denies_twice(there)
    for stretch in said:
        if stretch.clause in plain or (only_then and not stretch.denied):  # word by word; 办了才能 for 未办不得
            continue
        if not stretch.word and (of_a_topic or stretch.clause in denied):  # 这类燃料，不能用; 预算也不得安排
            continue
        verdict = _same_sense(stretch, there)
        if stretch.denied and verdict is not True and _denied_otherwise(stretch, plain):
            continue
        if verdict is None and stretch.denied:
            verdict = denies or _TELLS.fullmatch(stretch.word) is not None
        elif verdict is not False and stretch.word in _MAY and only_forbids:
            verdict = _MAY_THEN.search(text) is not None or _told_of(stretch, there)
        if verdict is False:
            yield stretch.word or stretch.said[:_SCOPE]
    yield from _undenied(said, there)


def _denied_otherwise(stretch: Stretch, plain: str) -> bool:
    """Whether a quote says by another word what a sentence denies: 非现场 for 不去现场, 免去 for 不再担任."""
    if stretch.word == "不再":
        return _ENDED.search(plain) is not None and not _ENDED.match(stretch.said)
    if stretch.word == "除外":
        return _APART.search(plain) is not None
    return any(found["what"] in stretch.said for found in _NON.finditer(plain))


def _permits(there: Sequence[Stretch]) -> bool:
    """Whether a quote allows anything in so many words, or by an exception."""
    return any(stretch.word in _MAY or stretch.word == "除外" or "除" in stretch.clause for stretch in there)


def _denies_twice(there: Sequence[Stretch]) -> bool:
    """Whether a clause, or two side by side, deny one thing without the other: 未办理施工许可的，不得开工."""
    denied = [stretch.denied and stretch.word not in _OF_ALL for stretch in there if stretch.word]
    return any(one and other for one, other in pairwise(denied))


def _told_of(stretch: Stretch, there: Sequence[Stretch]) -> bool:
    """Whether two characters of its clause in a row stand where the quote denies nothing."""
    said = _IDLE.sub("", stretch.clause)
    pairs = {said[at : at + 2] for at in range(len(said) - 1)}
    return any(pair in other.said for other in there if not other.denied for pair in pairs)


def _undenied(said: Sequence[Stretch], there: Sequence[Stretch]) -> Iterator[str]:
    """The verbs that the quote only denies and the sentence only affirms: 给补偿 for 不予补偿."""
    quoted, told = ([(each, _COUNTS_AS.sub("算作", each.said)) for each in of] for of in (there, said))
    for other, words in quoted:
        verb = words[:_VERB]
        if other.word in _DENY_A_VERB and len(verb) == _VERB:
            here = {stretch.denied for stretch, words in told if verb in words}
            if here == {False} and all(each.denied for each, words in quoted if verb in words):
                yield verb


def _same_sense(stretch: Stretch, there: Sequence[Stretch]) -> bool | None:
    """Whether a stretch is denied just where the quote denies it. None where the quote speaks of nothing alike."""
    if len(stretch.said) < _SHORTEST:
        return None
    there = [other for other in there if stretch.word or other.word not in _OF_ALL]
    same = max((_likeness(stretch, other) for other in there if other.denied == stretch.denied), default=0.0)
    other = max((_likeness(stretch, other) for other in there if other.denied != stretch.denied), default=0.0)
    least = _ALIKE_AS_TOLD if _TELLS.fullmatch(stretch.word) else _ALIKE if stretch.word else _REVERSED
    if other >= same + _PLAINLY and other >= least:
        return False
    return True if same >= _ALIKE else None


def _likeness(stretch: Stretch, other: Stretch) -> float:
    parts = _parts(stretch.said[:_SCOPE])
    at_once = stretch.word and other.word and stretch.said[:2] == other.said[:2]
    return len(parts & _parts(other.said)) / len(parts) + (_AT_ONCE if at_once else 0.0)


def _parts(said: str) -> frozenset[str]:
    """Its characters, and the pairs of them."""
    return frozenset(said) | {said[at : at + 2] for at in range(len(said) - 1)}


def _opposed(said: str, quoted: str) -> Iterator[str]:
    told, there = (_TURNED_ROUND.sub("", text) for text in (said, quoted))
    for one, other in (*_OPPOSITES, *((b, a) for a, b in _OPPOSITES)):
        if one in told and one not in there and other in there and other not in told:
            yield one
    for m in _RANKED.finditer(said):  # 中级以上
        other_side = "下" if m["side"] == "上" else "上"
        if re.search(f"{m['what']}及?以{other_side}", quoted) and not re.search(f"{m['what']}及?以{m['side']}", quoted):
            yield m.group()


def _of_clause(clause: str, word: str, denied: bool) -> Iterator[Stretch]:
    """The stretches of a clause; `word` and `denied`: what governs it from before, up to its first modal word."""
    if _AFTERWARDS.search(clause):
        yield Stretch("除外", True, clause, _IDLE.sub("", _AFTERWARDS.sub("", clause)))
        return
    if not denied and _INCLUDED.search(clause) and not _POLAR.search(clause):
        yield Stretch("算在内", False, clause, _IDLE.sub("", _INCLUDED.sub("", clause)))
        return
    at, around = 0, denied  # around: what a relative clause stands in
    for found in _POLAR.finditer(clause):
        yield from _governed(word, denied, around, clause, clause[at : found.start()])
        around = around or (denied and word in _OF_ALL)
        word, denied, at = found.group(), found["denied"] is not None, found.end()
    yield from _governed(word, denied, around, clause, clause[at:])


def _governed(word: str, denied: bool, around: bool, clause: str, behind: str) -> Iterator[Stretch]:
    """What stands behind a modal word. 未 and its like hold up to the next 的: 未完成改造的锅炉全部淘汰."""
    relative = word in _UP_TO_OF and not _WITHIN.match(behind)
    ends = _UP_TO.search(behind) if relative else None
    first, rest = (behind[: ends.start()], behind[ends.end() :]) if ends else (behind, "")
    if word or first:
        yield Stretch(word, denied, clause, _IDLE.sub("", first))
    if rest:
        yield Stretch("", around, clause, _IDLE.sub("", rest))
