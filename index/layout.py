"""Raw text → repaired text, and the map from each character back to its source. Pure.

Nothing is invented and nothing is moved: the repaired text is the source text less its furniture (line wraps, running
headers, page numbers, the second half of doubled titles, markup). Steps, one function each:

    source text → lines → without furniture → without doubling → paragraphs → RepairedText
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, pairwise

from index.records import RepairedText, SourceMap, Span
from index.text import HAN, NUMERALS, display_width

TERMINAL = "。！？!?…"
_CLOSERS = "”’』」）)】〕］]》〉"
_LINE = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Line:
    """What is left of one source line: the offsets of its kept characters, and what stood around it."""

    text: str
    offsets: tuple[int, ...]  # of each character of `text` in the source
    level: int = 0  # depth of a heading that is marked as one (Markdown, doubled type), 0 for none
    page_break: bool = False  # furniture was removed right before it
    bullet: bool = False  # it began with a list mark, which is dropped
    break_at: int = -1  # source offset of the line break right before it; -1 for the first line

    @property
    def width(self) -> float:
        """In Chinese characters."""
        return display_width(self.text)

    def keep(self, spans: Sequence[tuple[int, int]]) -> Line:
        """The line reduced to some of its own stretches."""
        text = "".join(self.text[a:b] for a, b in spans)
        if len(text) == len(self.text):
            return self
        offsets = tuple(chain.from_iterable(self.offsets[a:b] for a, b in spans))
        return replace(self, text=text, offsets=offsets)

    def without(self, pattern: re.Pattern[str]) -> Line:
        """The line less every match of a pattern."""
        kept, at = [], 0
        for match in pattern.finditer(self.text):
            kept.append((at, match.start()))
            at = match.end()
        return self.keep([*kept, (at, len(self.text))]) if at else self


@dataclass(frozen=True, slots=True)
class Layout:
    """A repaired text and its paragraphs, in reading order; `levels` holds each one's Markdown heading depth or 0."""

    body: RepairedText
    paragraphs: tuple[Span, ...]
    levels: tuple[int, ...]


def repair(source: str) -> Layout:
    """Make a text fit for reading. Any Unicode text is taken; an empty one gives no paragraphs."""
    lines = [_unmark(line) for line in _lines(source)]
    lines = [_undouble(line) for line in _without_furniture([line for line in lines if line.text.strip()])]
    paragraphs = [_tidy_spaces(paragraph) for paragraph in _paragraphs(lines)]
    return _assemble(source, [p for p in paragraphs if p.text.strip()])


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────

_MARKDOWN_HEADING = re.compile(r"^\s*(#{1,6})\s+")
_MARKUP = re.compile(r"</?(?:sup|sub|b|i|u|em|strong|br|span|font)\s*/?>|\*\*", re.IGNORECASE)
_BULLET = re.compile(r"\s*[-*•]\s+(?=\S)")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\x00-\x08\x0e-\x1b\x7f]+")


def _lines(source: str) -> Iterator[Line]:
    for match in _LINE.finditer(source):
        start, text = (
            match.start(),
            match.group().rstrip(" \u3000\xa0\t" if "\t" not in match.group() else " \u3000\xa0"),
        )
        lead = len(text) - len(text.lstrip(" \u3000\xa0"))
        text = text[lead:]
        yield Line(text, tuple(range(start + lead, start + lead + len(text))), break_at=start - 1)


def _unmark(line: Line) -> Line:
    """Drop Markdown and OCR markup, remember a heading's depth."""
    line = line.without(_INVISIBLE)
    heading = _MARKDOWN_HEADING.match(line.text)
    if heading:
        line = replace(line.keep([(heading.end(), len(line.text))]), level=len(heading[1]))
    bullet = _BULLET.match(line.text)
    if bullet:
        line = replace(line.keep([(bullet.end(), len(line.text))]), bullet=True)
    return line.without(_MARKUP)


# ── furniture ───────────────────────────────────────────────────────────────────────────────────────────────────

_DASH = r"\-—–―－"
_PAGE_NUMBER = re.compile(
    rf"(?!\d+\.$)[{_DASH}·•.]*\s*第?\s*\d{{1,4}}\s*页?"
    rf"(?:\s*(?:[,，/／]\s*共?|共)\s*\d{{1,4}}\s*页?)?\s*[{_DASH}·•.]*"
)
_COLUMN = rf"[·•・]\s*[{HAN}]{{2,14}}\s*[·•・]"  # ·市政府文件·
_MASTHEAD = rf"[{HAN}]{{2,16}}公报"
_HEADER_NAME = re.compile(rf"{_COLUMN}|{_MASTHEAD}")
_HEADER_PARTS = re.compile(
    rf"(?:{_COLUMN}|{_MASTHEAD}|[（(]?总?第\s*\d+\s*期[）)]?|[\d\s·•／/.{_DASH}]|年|月|日)++"  # ++: one reading, or 2ⁿ
)
_LONGEST_PAGE_NUMBER = 40  # characters
_DIGITS = re.compile(r"\d+")
_ONE_HAN = re.compile(f"[{HAN}]")
_LABELLED = re.compile(r"附件|附表|附图|表|图|第|注")


def _without_furniture(lines: list[Line]) -> list[Line]:
    """Drop running headers, vertical headers and page numbers."""
    numbered = _numbered_furniture(lines)
    vertical = _vertical_furniture(lines)
    kept: list[Line] = []
    removed = False
    for i, line in enumerate(lines):
        if i in numbered or i in vertical or _is_header(line.text) or _is_page_number(lines, i):
            removed = True
            continue
        kept.append(replace(line, page_break=True) if removed else line)
        removed = False
    return kept


def _is_header(text: str) -> bool:
    """A running header: the gazette's name, its number, the column, and nothing else."""
    text = text.strip()
    return len(text) <= 80 and _HEADER_NAME.search(text) is not None and _HEADER_PARTS.fullmatch(text) is not None


def _is_page_number(lines: Sequence[Line], i: int) -> bool:
    """A page number on a line of its own. Bare digits count only inside running text: else they may be a table's."""
    text = lines[i].text.strip()
    if len(text) > _LONGEST_PAGE_NUMBER or not _PAGE_NUMBER.fullmatch(text):
        return False
    if not text.isdigit():
        return True
    around = [lines[j].text.strip() for j in (i - 1, i + 1) if 0 <= j < len(lines)]
    return len(around) == 2 and all(len(near) >= 8 and not near.isdigit() for near in around)


def _numbered_furniture(lines: Sequence[Line]) -> set[int]:
    """Lines that recur with nothing but a rising number changed: `政务公开 17`, `第17期 临河公报`."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for i, line in enumerate(lines):
        text = line.text.strip()
        digits = _DIGITS.findall(text) if len(text) <= 40 else []
        if not digits:
            continue
        plain = not re.search(r"[。；;：:，,、（(〔\[]", text) and not _LABELLED.match(text) and not _stands_alone(text)
        if plain and not STRUCTURE.match(text):
            places[_DIGITS.sub("#", text)].append((i, int("".join(digits)[:12])))
    found: set[int] = set()
    for shape, uses in places.items():
        values = [value for _, value in uses]
        rising = all(a < b for a, b in pairwise(values))
        if len(uses) >= 3 and rising and len(_ONE_HAN.findall(shape)) >= 2 and uses[-1][0] - uses[0][0] > 20:
            found.update(i for i, _ in uses)
    return found


def _vertical_furniture(lines: Sequence[Line]) -> set[int]:
    """A masthead set upright: one character a line."""
    found: set[int] = set()
    i = 0
    while i < len(lines):
        j = i
        while j < len(lines) and _ONE_HAN.fullmatch(lines[j].text.strip()):
            j += 1
        if j - i >= 4 and "".join(line.text.strip() for line in lines[i:j]).endswith("公报"):
            found.update(range(i, j))
        i = max(j, i + 1)
    return found


# ── doubled titles ──────────────────────────────────────────────────────────────────────────────────────────────

_LONGEST_DOUBLED = 200  # characters of a title printed twice; finding the runs takes the square of that


def _undouble(line: Line) -> Line:
    """A title printed twice over itself (`实施方案实施方案`, `《《办法办法》》`) loses its second half."""
    text = line.text.strip()
    if len(text) % 2 or len(text) > _LONGEST_DOUBLED or len(set(text)) < 3 or len(_ONE_HAN.findall(text)) < 6:
        return line
    halves = _halves(line.text.rstrip())
    return replace(line.keep(halves), level=line.level or 1) if halves else line


def _halves(text: str) -> list[tuple[int, int]]:
    """The first halves of the doubled runs that make up a text, fewest runs first; [] where they do not."""
    if any(times % 2 for times in Counter(text).values()):  # what is doubled holds each character evenly often
        return []
    n = len(text)
    best: list[list[tuple[int, int]] | None] = [None] * n + [[]]
    for i in range(n - 2, -1, -1):
        for size in range((n - i) // 2, 0, -1):
            rest = best[i + 2 * size]
            if rest is not None and text[i : i + size] == text[i + size : i + 2 * size]:
                here = best[i]
                if here is None or len(rest) + 1 < len(here):
                    best[i] = [(i, i + size), *rest]
    return best[0] or []


# ── paragraphs ──────────────────────────────────────────────────────────────────────────────────────────────────

STRUCTURE = re.compile(
    rf"第[{NUMERALS}\d]+[章节条编](?!例)|[{NUMERALS}]{{1,3}}、|[（(][{NUMERALS}]{{1,3}}[）)]|[（(]\d{{1,2}}[）)]"
    rf"|\d{{1,2}}\s*[.．、](?!\d)|\d{{1,2}}(?:\.\d{{1,2}}){{1,4}}(?=[\s{HAN}])|\d{{1,2}}\s+(?=[{HAN}])(?![年月日名人个项家件元万亿米])"
    rf"|[①-⑳]|附件|附表|附图|附录|——|注[:：]"
)
_LOOSE_STRUCTURE = re.compile(rf"第|\d{{1,2}}\s+[{HAN}]|\d{{1,2}}(?:\.\d{{1,2}})+")  # may stand inside a sentence, too
_DATE_LINE = re.compile(
    r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]+月[一二三四五六七八九十]+日"
)
_AUTHORITY = re.compile(
    rf"[{HAN}]{{2,}}(?:政府|办公室|办公厅|局|委员会|委|厅|部|院|中心|处|会|公司)|[{HAN}]{{0,3}}[省市县区]长\s*[{HAN}\s]{{2,5}}"
)
_STANDING = re.compile(
    rf"[（(](?:此件|此页|具体)[^）)]*[）)]|【[^】]*】|目\s*录|特此.{{2,4}}。"
    rf"|[（(]?[{HAN}]{{2,16}}\s*[〔\[［﹝（(]\s*\d{{4}}\s*[〕\]］﹞）)]\s*\d+\s*号[）)]?|[{HAN}]{{0,14}}令|第\s*\d+\s*号"
)
_ROLE = re.compile(rf"[{HAN}](?:[{HAN}\s]{{0,10}}[{HAN}])?\s*[:：]")
_PERSON = re.compile(  # a line set wide (应 当 参 照) names nobody
    rf"(?:[{HAN}·]{{2,4}}|[{HAN}][ \u3000]+[{HAN}])[ \u3000]+[{HAN}（(](?![ \u3000]+[{HAN}][ \u3000])"
)
_ROSTER_LINE = re.compile(rf"(?!第)(?:{_ROLE.pattern}\s*)?{_PERSON.pattern}")
_TITLE_END = re.compile(
    rf"^[^，,。；;]*的\s*(?:[{HAN}]{{2}})?(?:通知|通告|公告|通报|意见|决定|批复|函)(?:[（(][^）)]+[）)])?$"
)
_LIST_HEAD = re.compile(r"附\s*[件图表]\s*[:：]\s*\S")
_PUNCTUATION = re.compile("[，,。；;：:、]")
_ADDRESSED = re.compile(rf"各[{HAN}（）()、]{{1,12}}[，,：:]|[{HAN}、]{{2,10}}人民政府[，,：:]")
_REMARK = re.compile(r"[（(][^）)。]{1,16}[）)]")
_OPEN_NUMBER = re.compile(r"[〔\[［﹝]\d{4}[〕\]］﹞]$")  # 晋政办发〔2019〕 | 45 号
_ENDS = f"{TERMINAL}；;：:"  # of a sentence or clause; quotation marks and brackets may close after it
_LONGEST_REST = 120  # characters of the rest of an item after a page break
_LONGEST_REST_OF_ROLE = 14  # characters
_LONGEST_TITLE = 200  # characters
_LONGEST_JOINED = 4_000  # characters of a paragraph put together from lines; longer ones are no paragraphs
_MOST_COLUMNS = 20  # of a table printed column by column
_JOINS_LEFT = re.compile(r"[，,、；;。：:！!？?）)》〉”’％%]")


def _paragraphs(lines: Sequence[Line]) -> list[Line]:
    """Join the lines that belong together."""
    wrap = _wrap_width(lines)
    apart = _flattened_cells(lines) | _signatures(lines)
    wrapped = _wrapped_entries(lines, apart) if wrap else set()
    paragraphs: list[Line] = []
    first_width = last_width = 0.0  # of the open paragraph's last line, and whether that line began it
    for i, line in enumerate(lines):
        if paragraphs and i not in apart:
            open_one = paragraphs[-1]
            began = first_width == last_width and len(open_one.text) <= wrap + 4
            if i in wrapped or _continues(open_one, line, last_width, began, wrap):
                paragraphs[-1] = _join(open_one, line)
                last_width, first_width = line.width, -1.0
                continue
        paragraphs.append(line)
        first_width = last_width = line.width
    return paragraphs


def _flattened_cells(lines: Sequence[Line]) -> set[int]:
    """Lines that begin a cell of a table printed column by column: 序号 1 2 3 决策事项 … … …; and the line after it."""
    found: set[int] = set()

    @cache
    def is_cell(i: int) -> bool:
        text = lines[i].text
        return len(text) <= 60 and _title_like(text) and not _STANDING.fullmatch(text.strip())

    for i, line in enumerate(lines):
        rows = 0
        while i + rows + 1 < len(lines) and lines[i + rows + 1].text.strip() == str(rows + 1):
            rows += 1
        if rows < 2 or not re.fullmatch(f"[{HAN}]{{2,4}}", line.text.strip()):
            continue
        end = i + rows + 1
        widest = end + _MOST_COLUMNS * (rows + 1)
        while end + rows < min(len(lines), widest) and all(map(is_cell, range(end, end + rows + 1))):
            end += rows + 1
        found.update(range(i, end + 1))
    return found


def _wrapped_entries(lines: Sequence[Line], apart: set[int]) -> set[int]:
    """Lines that go on with an entry of an attachment list (附件：1.… 2.…), set with a hanging indent."""
    found: set[int] = set()
    listing = False
    for i, line in enumerate(lines):
        text = line.text.strip()
        if _LIST_HEAD.match(text):
            listing = True
        elif not listing:
            continue
        elif i in apart or _stands_alone(text) or _AUTHORITY.fullmatch(text) or re.search("[。；;：:]", text):
            listing = False
        elif not STRUCTURE.match(text) and not line.bullet:
            found.add(i)
    return found


def _signatures(lines: Sequence[Line]) -> set[int]:
    """Lines that name an issuing authority: above the date, or above a title that begins with 关于."""
    found: set[int] = set()
    for i, line in enumerate(lines):
        if _DATE_LINE.fullmatch(line.text.strip()):
            j = i - 1
            while j >= 0 and i - j <= 8 and _AUTHORITY.fullmatch(lines[j].text.strip()):
                found.add(j)
                j -= 1
        elif line.text.startswith("关于") and i and _AUTHORITY.fullmatch(lines[i - 1].text.strip()):
            found.add(i - 1)
    return found


def _wrap_width(lines: Sequence[Line]) -> float:
    """The width at which the text is hard-wrapped, in Chinese characters; 0 where it is not."""
    widths = Counter(round(line.width) for line in lines if line.width >= 8)
    total = sum(widths.values())
    if total < 8:
        return 0.0
    width, _ = max(widths.items(), key=lambda item: (item[1], item[0]))
    near = sum(n for w, n in widths.items() if width - 3 <= w <= width + 2)
    over = sum(n for w, n in widths.items() if w > width + 2)
    return float(width) if near >= 0.5 * total and over <= 0.2 * total else 0.0


def _continues(before: Line, line: Line, last_width: float, began: bool, wrap: float) -> bool:
    """Does `line` go on with the paragraph `before`, whose last line was `last_width` wide?"""
    if len(before.text) > _LONGEST_JOINED or line.level or before.level or line.bullet:
        return False
    text, left = line.text, before.text.rstrip()
    if "\t" in text or "\t" in left:
        return False
    if _JOINS_LEFT.match(text) or _open_bracket(left) or (_OPEN_NUMBER.search(left[-8:]) and re.match(r"第?\d", text)):
        return True
    if _stands_alone(text) or _stands_alone(left) or (len(left) <= _LONGEST_TITLE and _TITLE_END.search(left)):
        return False
    if _ADDRESSED.match(text) and _title_like(left):
        return False
    open_sentence = _is_open(left, wrap)
    if STRUCTURE.match(text):
        return bool(open_sentence and _LOOSE_STRUCTURE.match(text))
    if _ROSTER_LINE.match(left) and not re.search("[。；;]", left):
        return bool(wrap) and not _ROLE.match(text) and not _ROSTER_LINE.match(text) and len(text) <= 14
    ended = _ends_with(left, _ENDS)
    if (_ROSTER_LINE.match(text) or _ROLE.match(text)) and (ended or not open_sentence):
        return False
    if open_sentence or (wrap and not ended and _ends_role(left, text)):
        return True
    if not wrap:
        item_goes_on = (
            re.search("[，,、]", left)
            and STRUCTURE.match(left)
            and len(text) <= _LONGEST_REST
            and text.rstrip().endswith(("；", ";"))
        )
        return bool((_REMARK.fullmatch(text) or item_goes_on) and not ended)
    if last_width < wrap - (3.5 if began else 2.5):
        return False
    first_line = wrap - 3.2 <= line.width <= wrap - 1.3
    heading = line.width < wrap - 4 and _title_like(text)
    return not (ended and (first_line or heading or left.endswith(("：", ":"))))


def _ends_role(left: str, text: str) -> bool:
    """A role's line that has not ended, and what little ends it: 组长：市发展和改革委员会主要负 | 责人。"""
    return len(text) <= _LONGEST_REST_OF_ROLE and text.rstrip().endswith("。") and _ROLE.match(left) is not None


def _is_open(left: str, wrap: float) -> bool:
    """A sentence that has not ended: it holds sentence punctuation, or opens an article, and lacks an end."""
    if _ends_with(left, f"{_ENDS})）〕】"):
        return False
    label = STRUCTURE.match(left)
    if label is None:
        return re.search("[，,。；;]", left) is not None or (not wrap and len(left) > 40 and "、" in left)
    body = left[label.end() :]
    if label[0].endswith("条"):
        return len(body) >= 8
    return "。" in body or (len(left) > max(24, wrap) and re.search("[，,；;]", body) is not None)


def _ends_with(left: str, marks: str) -> bool:
    """One of these marks ends the text, closing quotation marks and brackets aside."""
    tail = left[-20:]  # nothing closes more than that
    closed = len(tail.rstrip(_CLOSERS))
    return any(c in marks for c in tail[max(0, closed - 1) :])


def _open_bracket(left: str) -> bool:
    """A title in 《》 or a remark in （） begun shortly before and not closed."""
    tail = left[-80:]
    return any(
        tail.count(a) > tail.count(b) and left.count(a) > left.count(b) for a, b in ("《》", "〈〉", "（）", "()")
    )


def _stands_alone(text: str) -> bool:
    return bool(_DATE_LINE.fullmatch(text.strip()) or _STANDING.fullmatch(text.strip()))


def _title_like(text: str) -> bool:
    """A line without sentence punctuation: a heading, a title, a signature, a name in a list."""
    return not _PUNCTUATION.search(text)


def _join(before: Line, line: Line) -> Line:
    """Two lines as one; characters repeated across the break are dropped from the second."""
    left = before.text.rstrip()
    before = before.keep([(0, len(left))])
    repeated = _repeated(left, line.text) if not _ends_with(left, _ENDS) else 0
    kept = line.keep([(repeated, len(line.text))])
    words = re.match("[A-Za-z0-9]", left[-1:]) and re.match("[A-Za-z]", line.text)
    space, at = (" ", (line.break_at,)) if words else ("", ())  # it stands for the line break
    return replace(before, text=left + space + kept.text, offsets=before.offsets + at + kept.offsets)


def _repeated(left: str, right: str) -> int:
    """How many characters at the end of one page stand again at the start of the next.

    One character alone may be meant (`市` | `市场监管局`); it counts as repeated where punctuation follows it.
    """
    for size in range(min(12, len(left), len(right)), 1, -1):
        if left.endswith(right[:size]) and re.fullmatch(f"[{HAN}]+", right[:size]):
            return size
    return 1 if len(right) > 1 and left.endswith(right[0]) and re.match(f"[{HAN}][，,、；;]", right) else 0


# ── spaces ──────────────────────────────────────────────────────────────────────────────────────────────────────

_BLANK = " \u3000\xa0"
_PADDED_LABEL = re.compile(rf"(?:[{HAN}][{_BLANK}]+){{1,15}}[{HAN}](?=\s*[:：\t]|\s*$)")
_PADDED_NAME = re.compile(rf"(?:(?<=^)|(?<=[:：;；、\s]))[{HAN}][{_BLANK}]+[{HAN}](?=[\s为的、，,；;]|[{HAN}]{{3}})")
# 应 当 参 照 《大 同 市: a line that is set wide
_SET_WIDE = re.compile(
    rf"(?<![{HAN}])(?:[{HAN}][{_BLANK}]+[，、《》]?){{5,}}[{HAN}](?![{HAN}])"
)  # 应 当 参 照 《大 同 市
_NUMBER_HEAD = re.compile(rf"\d{{1,2}}(?:\.\d{{1,2}})*[{_BLANK}]+(?=[ⅠⅡⅢⅣⅤI]|[{HAN}])(?![年月日名人个项元万亿米])")
_ARTICLE_HEAD = re.compile(rf"第[{NUMERALS}\d]+[章节条][{_BLANK}]+")
_BETWEEN_SCRIPTS = re.compile(
    rf"(?<=[{HAN}，。、；：“”‘’（）《》〔〕])[{_BLANK}]+(?=[^\s{HAN}])|(?<=[^\s{HAN}])[{_BLANK}]+(?=[{HAN}，。、；：“”‘’（）《》〔〕])"
)


def _tidy_spaces(paragraph: Line) -> Line:
    """Drop the spaces that only set the type: round digits and Latin words, and inside padded names and labels."""
    text = paragraph.text
    drop: set[int] = set()
    for match in _SET_WIDE.finditer(text):
        drop.update(i for i in range(match.start(), match.end()) if text[i] in _BLANK)
    for pattern in (_PADDED_LABEL, _PADDED_NAME):
        for match in pattern.finditer(text):
            if pattern is _PADDED_LABEL and match.start() and text[match.start() - 1] not in f"{_BLANK}\t，、；。":
                continue
            drop.update(i for i in range(match.start(), match.end()) if text[i] in _BLANK)
    head = _NUMBER_HEAD.match(text) or _ARTICLE_HEAD.match(text)
    for match in _BETWEEN_SCRIPTS.finditer(text, head.end() if head else 0):
        drop.update(range(match.start(), match.end()))
    drop.update(range(len(text.rstrip()), len(text)))
    if not drop:
        return paragraph
    kept = [i for i in range(len(text)) if i not in drop]
    return replace(paragraph, text="".join(text[i] for i in kept), offsets=tuple(paragraph.offsets[i] for i in kept))


def _assemble(source: str, paragraphs: Sequence[Line]) -> Layout:
    """Paragraphs → one text, a line break between each two; the break is the source's own first one in the gap."""
    pieces: list[str] = []
    origins: list[int] = []
    spans: list[Span] = []
    for paragraph in paragraphs:
        if pieces:
            gap = range(origins[-1] + 1, paragraph.offsets[0])
            origins.append(next((o for o in gap if _LINE.match(source[o]) is None), gap[0]))
            pieces.append("\n")
        start = len(origins)
        pieces.append(paragraph.text)
        origins.extend(paragraph.offsets)
        spans.append(Span(start, len(origins)))
    body = RepairedText("".join(pieces), SourceMap.of(origins))
    return Layout(body, tuple(spans), tuple(p.level for p in paragraphs))
