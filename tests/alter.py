"""Mechanically altered copies of a gazette: the proof that no rule of the parser names one of the five.

An altered copy holds the same notices in the same order, but is of another place, set in another width, with other
running headers and other page breaks. Pure and deterministic: the same text, seed and kind give the same copy.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Flag, auto
from functools import cache
from itertools import cycle, pairwise
from random import Random


class Alteration(Flag):
    """What is altered; kinds are combined with `|`."""

    RENAME = auto()  # places, 机关代字, years, serials of document numbers
    REWRAP = auto()  # hard-wrapped text to 16 or 28 characters a line, whole paragraphs to 24
    HEADERS = auto()  # running headers and page numbers worded otherwise, new ones put between and inside sentences
    BREAKS = auto()  # page breaks at other places, inside sentences


@dataclass(frozen=True, slots=True)
class Renames:
    """Which name becomes which, the same in a whole gazette and in a single string of the gold.

    Names keep their length, so that a name that is wrapped over two lines is renamed in place.
    """

    names: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, str], ...] = ()  # 机关代字: the character that stands for the place
    years: int = 0  # added to every year before 年 or in the brackets of a document number
    digits: int = 0  # added, round the circle, to every digit of a serial

    def __call__(self, text: str) -> str:
        """`text` with the new names. White space is kept, and ignored in finding names."""
        places = [i for i, c in enumerate(text) if not c.isspace()]
        squeezed = "".join(text[i] for i in places)
        renamed = list(text)
        for start, words in self._replacements(squeezed):
            for i, c in enumerate(words, start):
                renamed[places[i]] = c
        return "".join(renamed)

    def date(self, iso: str) -> str:
        """A date YYYY-MM-DD as it reads in the renamed text."""
        return f"{int(iso[:4]) + self.years}{iso[4:]}"

    def _replacements(self, squeezed: str) -> Iterator[tuple[int, str]]:
        if not self.names:
            return
        names, codes = dict(self.names), dict(self.codes)
        # “相应县（区）” names no county
        by_length = sorted(names, key=len, reverse=True)
        name = "|".join(("(?<!相)" if n == "应县" else "") + re.escape(n) for n in by_length)
        code = f"[{''.join(codes)}](?=[政办民财自建发][\u4e00-\u9fff]{{0,6}}[〔\\[]\\d{{4}})"
        pattern = f"(?P<code>{code})|(?P<name>{name})|(?P<years>{_YEARS})|(?P<serial>{_SERIAL})"
        for found in re.finditer(pattern, squeezed):
            words = found.group()
            match found.lastgroup:
                case "code":
                    words = codes[words]
                case "name":
                    words = names[words]
                case "years":
                    words = "".join(str(int(words[i : i + 4]) + self.years) for i in range(0, len(words), 4))
                case _:
                    words = self._serial(words)
            yield found.start(), words

    def _serial(self, words: str) -> str:
        first = (int(words[0]) - 1 + self.digits) % 9 + 1
        return str(first) + "".join(str((int(d) + self.digits) % 10) for d in words[1:])


@dataclass(frozen=True, slots=True)
class Altered:
    """An altered copy, and the way from the gold of the original to the gold of the copy."""

    text: str
    renames: Renames

    def rename(self, text: str) -> str:
        """A string of the original (title, document number, place …) as it stands in the copy."""
        return self.renames(text)

    def redate(self, iso: str | None) -> str | None:
        """A date of the original as it stands in the copy; None stays None."""
        return iso and self.renames.date(iso)


def alter(text: str, seed: int, kind: Alteration) -> Altered:
    """The copy of a gazette that `seed` and `kind` give."""
    random = Random(f"{seed} {kind.value}")
    renames = renames_of(seed) if Alteration.RENAME in kind else Renames()
    lines = _read_lines(renames(text))
    if Alteration.REWRAP in kind:
        lines = _rewrap(lines, random)
    if Alteration.HEADERS in kind:
        lines = _change_headers(lines, random)
    if Alteration.BREAKS in kind:
        lines = _move_breaks(lines, random)
    return Altered("".join(line.gap + line.text for line in lines) + text[len(text.rstrip()) :], renames)


# ---- names

PLACES = (
    *("山西", "大同", "阳泉", "朔州", "忻州"),
    *("平城", "云冈", "新荣", "云州", "阳高", "天镇", "广灵", "灵丘", "浑源", "左云"),
    *("平定", "盂县"),
    *("朔城", "平鲁", "怀仁", "山阴", "应县", "右玉"),
    *("忻府", "原平", "定襄", "五台", "繁峙", "代县", "宁武", "静乐", "神池", "五寨", "岢岚", "河曲", "保德", "偏关"),
)
_CITIES = (  # for 大同, 阳泉, 朔州, 忻州; spelt in six letters the first, as DATONG is
    ("凤溪", "FENGXI", "沁陵", "沧陵", "郁林"),
    ("东屿", "DONGYU", "绥江", "洮安", "汀溪"),
    ("青浦", "QINGPU", "宁津", "蔚川", "沭阳"),
)
_PROVINCES = ("岭东", "海北", "江左")
_FIRST, _SECOND, _ONE = "柏梅桂榆柳槐桐枫", "溪岗坪塘渡湾屯墟", "杞邳滕蓟莘"

_YEARS = r"(?<!\d)(?:(?:19|20)\d\d)+(?=年|[〕\]])|(?<!\d)20\d\d(?=[—–－-]{1,2}20\d\d年)"
_SERIAL = r"(?<=[〕\]])[1-9]\d{0,4}(?=号)|(?<=令第)[1-9]\d*(?=号)|(?<=第)[1-9]\d*(?=号令)"


def renames_of(seed: int) -> Renames:
    """Names for every place of the five gazettes, drawn by `seed`."""
    random = Random(seed)
    datong, pinyin, yangquan, shuozhou, xinzhou = random.choice(_CITIES)
    province = random.choice(_PROVINCES)
    pairs = random.sample([a + b for a in _FIRST for b in _SECOND], len(PLACES))
    ones = random.sample(_ONE, 3)
    names = {place: pair for place, pair in zip(PLACES, pairs, strict=True) if place[0] not in "朔忻"}
    names |= dict(zip(PLACES[:5], (province, datong, yangquan, shuozhou, xinzhou), strict=True))
    names |= {place: one + "县" for place, one in zip(("盂县", "应县", "代县"), ones, strict=True)}
    names |= {"朔": shuozhou[0], "忻": xinzhou[0]}  # 驻朔, 忻府区
    names |= {"DATONG": pinyin, "www.dt.gov": f"www.{pinyin[0]}{pinyin[-1]}.gov".lower()}
    names |= {"规划和自然资源局": "自然资源和规划局"}
    codes = {"晋": province[0], "同": datong[0], "阳": yangquan[0], "朔": shuozhou[0], "忻": xinzhou[0]}
    codes |= {"怀": names["怀仁"][0], "右": names["右玉"][0]}
    return Renames(tuple(names.items()), tuple(codes.items()), random.choice((-4, 4)), random.randint(1, 8))


# ---- lines


@dataclass(frozen=True, slots=True)
class _Line:
    gap: str  # all white space between the line before and this one
    text: str


def _read_lines(text: str) -> list[_Line]:
    lines = []
    end = 0
    for found in re.finditer(r"\S(?:[^\n]*\S)?", text):
        lines.append(_Line(text[end : found.start()], found.group()))
        end = found.end()
    return lines


def _columns(text: str) -> int:
    """Width in half characters."""
    return sum(map(_width, text))


@cache
def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


_NEW_PARAGRAPH = re.compile(
    r"第[一二三四五六七八九十百零\d]+[章节条]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．](?!\d)"
    r"|附件|附图|附表|[（(](?:此件|具体)|[·#*|【-]"
)
_SENTENCE_END = "。！？；：!?;:"
_AUTHORITY = re.compile(r"[^，。、：]{2,20}(?:人民政府|办公室|局|委员会)")
_TITLE_END = re.compile(r"(?:通知|通告|公告|意见|批复|决定)$")
_DOUBLED = re.compile(r"(.{5,})\1")  # a title printed twice over
_PLAIN = re.compile("[^，。；]*")
_NAME = "(?:[\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff] [\u4e00-\u9fff])"
_ROSTER = re.compile(f"(?:[^，。：:]{{1,8}}[：:])?(?!第){_NAME} +[\u4e00-\u9fff]{{2}}")
_WIDE = 50  # columns: a wider line runs over both columns of the page


def _hard_wrapped(lines: list[_Line]) -> bool:
    widths = sorted(_columns(line.text) for line in lines)
    return bool(widths) and widths[len(widths) * 19 // 20] < 2 * _WIDE


def _runs_on(lines: list[_Line]) -> list[bool]:
    """For each line of a hard-wrapped gazette: is it clearly wrapped, its sentence going on in the next one?

    That is: as wide as its neighbourhood is set, without an end of sentence, no heading, and nothing new begins after.
    """
    widths = [_columns(line.text) for line in lines]
    wide = sorted(w for w in widths if w > _WIDE)
    full_wide = wide[len(wide) * 3 // 4] if wide else 0
    titles = _title_lines(lines)
    answers = []
    for i, (line, following) in enumerate(pairwise(lines)):
        near = Counter(w for w in widths[max(0, i - 20) : i + 21] if 28 <= w <= 60)
        full = max(near, key=lambda w: (near[w], w), default=_WIDE)
        slack = 8 if widths[i] > 60 else {"）": 1, ")": 1, "，": 12, "、": 12}.get(line.text[-1], 6)
        full = full_wide if widths[i] > 60 else full
        answers.append(
            full - slack <= widths[i] <= full + 3
            and i not in titles
            and not (_TITLE_END.search(line.text) and _PLAIN.fullmatch(line.text))
            and line.text[-1] not in _SENTENCE_END
            and not _NEW_PARAGRAPH.match(following.text)
            and not _ROSTER.match(line.text)
            and not _DOUBLED.search(line.text)
        )
    return [*answers, False]


def _title_lines(lines: list[_Line]) -> set[int]:
    titles: set[int] = set()
    for i, (authority, line) in enumerate(pairwise(lines), 1):
        if line.text.startswith("关于") and _AUTHORITY.fullmatch(authority.text):
            ends = [j for j in range(i, min(i + 4, len(lines))) if _TITLE_END.search(lines[j].text)]
            titles.update(range(i - 1, ends[0] + 1) if ends else ())
    return titles


def _is_prose(text: str) -> bool:
    """A line of a gazette of whole paragraphs that is a sentence: no heading, table row or title."""
    heading = text[0] in "#|-【" or "\t" in text or _TITLE_END.search(text)
    return not heading and bool(re.search("[，。；：、,;]", text))


# ---- another width


def _rewrap(lines: list[_Line], random: Random) -> list[_Line]:
    if _hard_wrapped(lines):
        return _rewrap_hard(lines, random.choice((16, 28)))
    return [wrapped for line in _close_breaks(lines) for wrapped in _wrap_prose(line, 24)]


def _wrap_prose(line: _Line, width: int) -> list[_Line]:
    if _is_prose(line.text):
        first, *rest = _wrap(line.text, width)
    elif _TITLE_END.search(line.text) and line.text[0] != "#":  # the spaces in a title are where its lines end
        first, *rest = line.text.split()
    else:
        first, rest = line.text, []
    return [_Line(line.gap, first), *(_Line("\n\n", text) for text in rest)]


def _rewrap_hard(lines: list[_Line], width: int) -> list[_Line]:
    """Running headers inside a paragraph stay between the same words, or a little further on, at the end of a line."""
    headers = _header_lines(lines)
    text_lines = [line for i, line in enumerate(lines) if i not in headers]
    before: dict[int, list[str]] = {}  # headers above a text line
    n = 0
    for i, line in enumerate(lines):
        if i in headers:
            before.setdefault(n, []).append(line.text)
        else:
            n += 1
    listed = _attachment_lists(text_lines)
    runs_on = [listed.get(i, goes) for i, goes in enumerate(_runs_on(text_lines))]
    out: list[str] = []
    paragraph: list[int] = []
    for i, goes in enumerate(runs_on):
        paragraph.append(i)
        if goes:
            continue
        texts = [text_lines[j].text for j in paragraph]
        above = [(sum(map(len, texts[:k])), before[j]) for k, j in enumerate(paragraph) if j in before]
        is_list = paragraph[0] in listed
        if is_list or re.search("[，。；：]", "".join(texts)):
            wide = _columns(texts[0]) > 60
            wrapped = _wrap("".join(texts), 2 * width + 4 if wide else width - 3 if is_list else width)
        else:
            wrapped = texts  # a heading over several lines
        end = 0
        for text in wrapped:
            while above and above[0][0] <= end:
                out.extend(above.pop(0)[1])
            out.append(text)
            end += len(text)
        out.extend(text for _, header in above for text in header)
        paragraph = []
    out.extend(before.get(len(text_lines), []))
    return [_Line("\n\n" if i else "", text) for i, text in enumerate(out)]


def _attachment_lists(lines: list[_Line]) -> dict[int, bool]:
    """For each line of a list of attachments: does its title go on in the next line?"""
    listed: dict[int, bool] = {}
    i = 0
    while i < len(lines):
        if not re.match(r"附件[:：]\S", lines[i].text):
            i += 1
            continue
        end = i + 1
        while end < len(lines) and not re.match(r"附件|[（(](?:此件|具体)", lines[end].text):
            if _AUTHORITY.fullmatch(lines[end].text) or (_done(lines[end - 1].text) and not _numbered(lines[end].text)):
                break
            end += 1
        for j in range(i, end):
            listed[j] = j + 1 < end and not _numbered(lines[j + 1].text)
        i = end
    return listed


def _numbered(text: str) -> bool:
    return bool(re.match(r"\d+[.．](?!\d)", text))


def _done(text: str) -> bool:
    return text.endswith("版）")


def _wrap(text: str, width: int) -> list[str]:
    """Lines of about `width` characters: no number is cut, no closing mark begins one, no opening mark ends one."""
    lines = []
    while _columns(text[: 2 * width + 1]) > 2 * width:
        columns = cut = 0
        while columns < 2 * width:
            columns += _columns(text[cut])
            cut += 1
        while cut < len(text) and text[cut] in "，。；：、！？）》”’〉〕％%,.;:)":
            cut += 1
        while cut > 1 and text[cut - 1] in "（《“‘〈〔(":
            cut -= 1
        whole = cut
        while cut > 1 and cut < len(text) and re.fullmatch(r"[0-9A-Za-z.*]{2}", text[cut - 1 : cut + 1]):
            cut -= 1
        cut = cut if cut > width // 2 else whole
        lines.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*lines, text] if text else lines


# ---- running headers

_HEADER = re.compile(
    r"·[^·]{3,10}·"
    r"|\d{1,2}/\d{4} *\S{2,4}市人民政府公报.*|.*\b\d{1,2}/\d{4} *\S{2,4}市人民政府公报"
    r"|[—-]{1,2} *\d{1,3}(?: *[—-]{1,2})?"
    r"|20\d\d20\d\d·+\d+\S*市人民政府公报.*"
)


def _header_lines(lines: list[_Line]) -> set[int]:
    """Indices of running headers, page numbers, and headers set upright, one character a line."""
    headers = {i for i, line in enumerate(lines) if _HEADER.fullmatch(line.text)}
    upright: list[int] = []
    for i, line in enumerate([*lines, _Line("", "")]):
        if re.fullmatch(r"[\u4e00-\u9fff]", line.text):
            upright.append(i)
            continue
        if len(upright) >= 5:
            headers.update(upright)
        upright = []
    return headers


def _change_headers(lines: list[_Line], random: Random) -> list[_Line]:
    cities = re.findall(r"([\u4e00-\u9fff]{2}市)人民政府", " ".join(line.text for line in lines))
    name = Counter(cities).most_common(1)[0][0] + "人民政府公报" if cities else "政府公报"
    words = random.choice(((f"{name} 2024年第4期", "- {} -"), ("第 {} 页", name), (f"{name}（总第35期）", "{}")))
    page = random.randint(3, 20)

    def header() -> list[_Line]:
        nonlocal page
        page += 1
        return [_Line("\n\n", text.format(page)) for text in (words if page % 2 else words[::-1])]

    old = _header_lines(lines)
    kept, starts = _paged([line for i, line in enumerate(lines) if i not in old], random, inside=(True, False))
    below = {id(line) for i, line in enumerate(lines) if i not in old and i - 1 in old}
    changed: list[_Line] = []
    for i, line in enumerate(kept):
        if i in starts or id(line) in below:
            changed.extend([*header(), _Line("\n\n", line.text)])
        else:
            changed.append(line)
    return changed


# ---- page breaks


def _move_breaks(lines: list[_Line], random: Random) -> list[_Line]:
    hard = _hard_wrapped(lines)
    if hard:
        lines = [_Line("\n\n", line.text) if re.fullmatch(r"\n[ \f]+", line.gap) else line for line in lines]
    else:
        lines = _close_breaks(lines)
    paged, starts = _paged(lines, random, inside=(True,))
    gaps = ("\n ", "\n\f", "\n\n\n\n   ") if hard else ("\n\n", "\n\f\n", "\n \n   ")
    for start in starts:
        paged[start] = _Line(random.choice(gaps), paged[start].text)
    return paged


def _close_breaks(lines: list[_Line]) -> list[_Line]:
    """Put the halves of sentences together again that a page break parted in a gazette of whole paragraphs."""
    closed: list[_Line] = []
    for line in lines:
        before = closed[-1].text if closed else ""
        parted = (
            "\n\n" in line.gap
            and before
            and _is_prose(before)
            and re.search(r"[\u4e00-\u9fff，、]$", before)
            and (len(before) > 25 or before[-1] in "，、")
            and not _NEW_PARAGRAPH.match(line.text)
            and _is_prose(line.text)
        )
        if parted:
            closed[-1] = _Line(closed[-1].gap, before + line.text)
        else:
            closed.append(line)
    return closed


def _paged(lines: list[_Line], random: Random, inside: tuple[bool, ...]) -> tuple[list[_Line], list[int]]:
    """The lines, and the indices of those that begin a page, about every 45 lines or 900 characters.

    `inside` says by turns whether the page begins inside a sentence or after one. In a gazette of whole paragraphs a
    page that begins inside a sentence cuts its line in two.
    """
    hard = _hard_wrapped(lines)
    runs_on = _runs_on(lines)
    distance = random.randint(35, 50) if hard else random.randint(700, 1000)
    turns = cycle(inside)
    wanted = next(turns)
    paged: list[_Line] = []
    starts: list[int] = []
    room = distance
    for i, (line, goes_on) in enumerate(zip(lines, runs_on, strict=True)):
        paged.append(line)
        room -= 1 if hard else len(line.text)
        if room > 0:
            continue
        if wanted and not hard and _is_prose(line.text) and len(line.text) > 60:
            cuts = [m.end() for m in re.finditer(r"[\u4e00-\u9fff](?=[\u4e00-\u9fff])", line.text) if m.end() > 25]
            cut = random.choice([c for c in cuts if c < len(line.text) - 15] or [0])
            if not cut:
                continue
            paged[-1] = _Line(line.gap, line.text[:cut])
            starts.append(len(paged))
            paged.append(_Line("\n\n", line.text[cut:]))
        elif (wanted and hard and goes_on and lines[i + 1].text[-1] not in "：:") or (
            not wanted and line.text.endswith("。")
        ):
            starts.append(len(paged))
        else:
            continue
        room, wanted = distance, next(turns)
    return paged, [s for s in starts if s < len(paged)]
