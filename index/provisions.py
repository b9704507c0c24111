"""Notice → tree of 章/条/款/项, “一、（一）1.”, attachments, tables, rosters. Pure.

Every paragraph of a notice becomes one leaf; headings and articles hold what follows them. Addresses are spelt as
people say them: 第十二条第二款第（三）项, 二、（一）1., 6.3.4, 附件2 三、. 款 are not numbered in print, so paragraphs
are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.particulars import AUTHORITY
from index.records import Cell, Notice, Provision, ProvisionKind, Span
from index.text import DATE, HAN, NUMERALS, normal, numeral, squeeze

_MARKERS: tuple[tuple[float, re.Pattern[str]], ...] = (
    (0, re.compile(rf"第[{NUMERALS}\d]{{1,9}}[章编]")),
    (1, re.compile(rf"第[{NUMERALS}\d]{{1,9}}节")),
    (2, re.compile(rf"第[{NUMERALS}\d]{{1,9}}条(?:之[{NUMERALS}]{{1,3}})?")),
    (3, re.compile(rf"[{NUMERALS}]{{1,3}}、")),
    (4, re.compile(rf"[（(][{NUMERALS}]{{1,3}}[）)]")),
    (5, re.compile(r"\d{1,3}\s*[.．、](?!\d)")),
    (6, re.compile(r"[（(]\d{1,2}[）)]")),
    (7, re.compile(r"[①-⑳]")),
)
_DECIMAL = re.compile(
    rf"\d{{1,2}}(?:\.\d{{1,2}}){{1,4}}(?=[\s{HAN}ⅠⅡⅢⅣⅤI])|\d{{1,2}}(?=\s+[{HAN}])|\d{{1,2}}(?=[{HAN}]{{2,6}}$)"
)
_ARTICLE, _ITEM, _SUBITEM = 2, 4, 5
_ATTACHMENT = re.compile(r"附\s*件\s*+(\d{0,2})\s*+[:：]?\s*")
_LISTS_ATTACHMENTS = re.compile(r"附\s*[件图表]\s*\d*\s*[:：]")
_NUMBER = re.compile(
    rf"[（(]?[{HAN}（）]{{2,16}}[〔\[［﹝（(]\d{{4}}[〕\]］﹞）)]\d+号[）)]?|[{HAN}]{{2,20}}令|第\d+号"
)
_MAYOR = re.compile(rf"[省市县区]长\s*[{HAN}\s]{{2,5}}")
_ROLE = re.compile(rf"(?P<role>[{HAN}]{{2,8}})\s*[:：]\s*")
_PERSON = re.compile(rf"(?P<name>[{HAN}·]{{2,4}})[ \u3000]+(?P<office>[{HAN}（(].*)")
_CAPTION = re.compile(r"表\s*\d*\s*\S+|.{2,40}表(?:[（(].*[）)])?$")
_LONGEST_CAPTION = 80  # characters
_SENTENCE_END = re.compile(r"[。；：:！？]")


@dataclass(slots=True)
class _Node:
    """A provision in the making; becomes frozen once its span and address are known."""

    kind: ProvisionKind
    label: str
    heading: str
    start: int
    end: int
    rank: float
    parent: _Node | None = None
    prefix: str = ""  # 附件2, for what stands below an attachment
    cells: tuple[Cell, ...] = ()
    ordinal: int = 0  # of a 款 in its article, or of a plain paragraph in a text without headings
    in_paragraph: int = 1  # of a child of an article: which 款 it belongs to
    children: list[_Node] = field(default_factory=list)


def provisions(notice: Notice) -> tuple[Provision, ...]:
    """The tree in reading order: parents before children, `parent` an index into the result."""
    lines = list(_lines(notice.text))
    roots = _Grower(notice).grow(lines)
    for node in _walk(roots):
        if node.children:
            node.end = max(node.end, max(child.end for child in node.children))
    return _freeze(roots)


def innermost(tree: Sequence[Provision], offset: int) -> Provision | None:
    """The deepest provision that holds an offset; None where none does."""
    found = None
    for provision in tree:
        if provision.span.start <= offset < provision.span.end and (found is None or provision.depth >= found.depth):
            found = provision
    return found


def address_of(tree: Sequence[Provision], span: Span) -> str:
    """Where a stretch stands, as people say it; the first paragraph of an article that has several is its 第一款."""
    home = innermost(tree, span.start)
    if home is None:
        return ""
    second = next((p for p in tree if p.address == f"{home.address}第二款"), None)
    first_of_several = home.kind is ProvisionKind.ARTICLE and second is not None and span.end <= second.span.start
    return f"{home.address}第一款" if first_of_several else home.address


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


class _Grower:
    """Grows the tree paragraph by paragraph; keeps the open headings, the roster's role and the text's prefix."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._roots: list[_Node] = []
        self._open: list[_Node] = []
        self._prefix = ""
        self._role = ""
        self._plain = 0
        self._titles = {normal(t) for t in re.findall(r"《([^《》]+)》", notice.title)} | {_issued(notice.title)}
        self._attached = {a.span.start: a for a in notice.attachments if a.span}

    def grow(self, lines: Sequence[tuple[int, str]]) -> list[_Node]:
        i = self._title(lines)
        while i < len(lines):
            i = self._attachment(lines, i) or self._table(lines, i) or self._paragraph(lines, i)
        return self._roots

    # Each of these takes what begins at line i and returns the line after it, or 0 where it does not begin there.

    def _title(self, lines: Sequence[tuple[int, str]]) -> int:
        wanted, seen, i = normal(self._notice.title), "", 0
        while i < min(len(lines), 6) and wanted.startswith(seen + normal(lines[i][1])) and lines[i][1]:
            seen += normal(lines[i][1])
            self._add(ProvisionKind.TITLE, lines[i], address="标题")
            i += 1
        return i

    def _attachment(self, lines: Sequence[tuple[int, str]], i: int) -> int:
        start, text = lines[i]
        head = _ATTACHMENT.fullmatch(text)
        listed = self._attached.get(start)
        if head is None and listed is None:
            return 0
        above = self._open[-1] if self._open else None
        if head and above and above.kind is ProvisionKind.ATTACHMENT and above.end == start - 1:
            above.end = start + len(text)  # the title stands above the word 附件
            return i + 1
        number = head[1] if head else (str(listed.number) if listed and listed.number else "")
        self._open, self._role, self._plain = [], "", 0
        self._prefix = f"附件{number}"
        node = self._add(ProvisionKind.ATTACHMENT, lines[i], heading=listed.title if listed else "", rank=-1)
        self._open = [node]
        return i + 1

    def _table(self, lines: Sequence[tuple[int, str]], i: int) -> int:
        if "\t" in lines[i][1]:
            j = i
            while j < len(lines) and "\t" in lines[j][1]:
                j += 1
            self._grid(lines[i:j], lines[i - 1][1] if i else "")
            return j
        flat = _flattened(lines, i)
        if flat is None:
            return 0
        columns, rows, end = flat
        above = lines[i - 1][1] if i else ""
        caption = above if len(above) <= _LONGEST_CAPTION and not _SENTENCE_END.search(above) else ""
        table = self._add(ProvisionKind.TABLE, lines[i], heading=caption, rank=90)
        table.end = lines[end - 1][0] + len(lines[end - 1][1])
        for row in rows:
            cells = tuple(Cell(column, Span(s, s + len(t))) for column, (s, t) in zip(columns, row, strict=True))
            anchor = row[1] if len(row) > 1 else row[0]
            self._child(table, ProvisionKind.ROW, anchor, cells)
        return end

    def _grid(self, rows: Sequence[tuple[int, str]], above: str) -> None:
        caption = above if len(above) <= _LONGEST_CAPTION and _CAPTION.match(above) else ""
        table = self._add(ProvisionKind.TABLE, rows[0], heading=caption, rank=90)
        grid = [
            [(m.start() + start, m.group()) for m in re.finditer(r"[^\t]*(?:(?=\t)|$)", text)] for start, text in rows
        ]
        grid = [_merge_empty(cells) for cells in grid]
        heads = _header_rows(grid)
        columns = _columns(grid[:heads])
        for (start, text), cells in zip(rows, grid, strict=True):
            named = tuple(
                Cell(columns[k] if k < len(columns) else "", Span(s, s + len(t))) for k, (s, t) in enumerate(cells) if t
            )
            self._child(table, ProvisionKind.ROW, (start, text), named)

    def _paragraph(self, lines: Sequence[tuple[int, str]], i: int) -> int:
        start, text = lines[i]
        front = self._front(text)
        if front:
            kind, address = front
            if kind is ProvisionKind.SIGNATURE:
                self._open, self._role = [], ""
            self._add(kind, lines[i], address=address)
        elif normal(text) in self._titles or self._title_over_two(lines, i):
            self._open, self._role, self._plain = [], "", 0
            self._add(ProvisionKind.HEADING, lines[i], heading=text, rank=-0.5, open_it=True)
            if self._title_over_two(lines, i):
                self._open[-1].heading += lines[i + 1][1]
                self._open[-1].end = lines[i + 1][0] + len(lines[i + 1][1])
                return i + 2
        else:
            self._numbered(start, text) or self._person(lines[i]) or self._plain_paragraph(lines[i])
        return i + 1

    def _title_over_two(self, lines: Sequence[tuple[int, str]], i: int) -> bool:
        return i + 1 < len(lines) and normal(lines[i][1] + lines[i + 1][1]) in self._titles

    def _front(self, text: str) -> tuple[ProvisionKind, str] | None:
        plain = text.strip()
        if _NUMBER.fullmatch(squeeze(plain)):
            return ProvisionKind.FRONT, "文号"
        if re.fullmatch(r"[（(]此件[^）)]*[）)]", plain):
            return ProvisionKind.FRONT, "公开属性"
        if (
            self._notice.recipients
            and plain.endswith(("：", ":"))
            and normal(self._notice.recipients[0]) in normal(plain)
        ):
            return ProvisionKind.FRONT, "主送机关"
        if DATE.fullmatch(plain) or plain in self._notice.issuing_authorities or _MAYOR.fullmatch(plain):
            return ProvisionKind.SIGNATURE, "落款"
        return None

    def _numbered(self, start: int, text: str) -> bool:
        marker = _marker(text)
        if marker is None:
            return False
        rank, label = marker
        while self._open and self._open[-1].rank >= rank:
            self._open.pop()
        in_article = any(node.kind is ProvisionKind.ARTICLE for node in self._open)
        kind = _kind(rank, in_article)
        body = text[len(label) :].strip()
        heading = re.split(r"[。；：:]", body, maxsplit=1)[0].strip()
        heading = heading if kind not in (ProvisionKind.ARTICLE, ProvisionKind.ITEM) and len(heading) <= 40 else ""
        self._role = ""
        node = self._add(kind, (start, text), label=squeeze(label), heading=heading, rank=rank, open_it=True)
        if kind is ProvisionKind.ARTICLE:
            node.ordinal = 1
        return True

    def _person(self, line: tuple[int, str]) -> bool:
        """A line of a roster: a role and a name, a name and an office, or a role alone that holds for what follows."""
        _, text = line
        role = _ROLE.match(text)
        rest = text[role.end() :] if role else text
        person = _PERSON.match(rest)
        listed = person is not None and _SENTENCE_END.search(rest) is None and len(text) <= 60
        if not listed and not (role and not rest):
            return False
        if role:
            self._role = role["role"]
        self._add(ProvisionKind.ROSTER, line, heading=self._role, rank=80)
        return True

    def _plain_paragraph(self, line: tuple[int, str]) -> bool:
        _, text = line
        self._role = ""
        article = next((node for node in reversed(self._open) if node.kind is ProvisionKind.ARTICLE), None)
        if article and _LISTS_ATTACHMENTS.match(text):  # what is attached is no 款 of the last article
            del self._open[self._open.index(article) :]
            article = None
        if article:
            while self._open[-1] is not article:
                self._open.pop()
        node = self._add(ProvisionKind.PARAGRAPH, line, rank=95)
        if article:
            article.ordinal += 1
            node.ordinal = node.in_paragraph = article.ordinal
        elif not any(open_one.label for open_one in self._open):
            self._plain += 1
            node.ordinal = self._plain
        return True

    def _add(
        self,
        kind: ProvisionKind,
        line: tuple[int, str],
        *,
        label: str = "",
        heading: str = "",
        rank: float = 99,
        address: str = "",
        open_it: bool = False,
    ) -> _Node:
        start, text = line
        parent = self._open[-1] if self._open else None
        node = _Node(kind, label or address, heading, start, start + len(text), rank, parent, self._prefix)
        if parent and parent.kind is ProvisionKind.ARTICLE:
            node.in_paragraph = parent.ordinal
        (parent.children if parent else self._roots).append(node)
        if open_it:
            self._open.append(node)
        return node

    def _child(self, parent: _Node, kind: ProvisionKind, line: tuple[int, str], cells: tuple[Cell, ...]) -> None:
        start, text = line
        ordinal = len(parent.children) + 1
        name = squeeze(text.split("\t")[0])
        label = f"“{name}”行" if "\t" in text and name else f"第{ordinal}行"
        node = _Node(kind, label, "", start, start + len(text), 96, parent, self._prefix, cells, ordinal)
        parent.children.append(node)
        parent.end = max(parent.end, node.end)


def _marker(text: str) -> tuple[float, str] | None:
    """Rank and label of a numbered paragraph; decimals rank between 一、 and （一）, by their depth."""
    for rank, pattern in _MARKERS:
        found = pattern.match(text)
        if found:
            return rank, found.group()
    found = _DECIMAL.match(text)
    return (3 + 0.1 * (found.group().count(".") + 1), found.group()) if found else None


def _kind(rank: float, in_article: bool) -> ProvisionKind:
    if rank < _ARTICLE:
        return ProvisionKind.CHAPTER if rank == 0 else ProvisionKind.SECTION
    if rank == _ARTICLE:
        return ProvisionKind.ARTICLE
    if in_article:
        return ProvisionKind.ITEM if rank <= _ITEM else ProvisionKind.SUBITEM
    return ProvisionKind.HEADING


def _issued(title: str) -> str:
    """What a covering notice issues: 关于印发X的通知 → X, normalised; "" where it issues nothing."""
    found = re.search(r"关于(?:修订)?(?:印发|公布|转发|发布)《?(.+?)》?的(?:通知|公告|通告)$", title)
    return normal(found[1]) if found else ""


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _flattened(lines: Sequence[tuple[int, str]], i: int) -> tuple[list[str], list[list[tuple[int, str]]], int] | None:
    """A table printed column by column: 序号 1 2 … n, then n + 1 paragraphs for each further column."""
    n = 0
    while i + n + 1 < len(lines) and lines[i + n + 1][1].strip() == str(n + 1):
        n += 1
    if n < 2 or not re.fullmatch(f"[{HAN}]{{2,4}}", lines[i][1]):
        return None
    columns = [list(lines[i : i + n + 1])]
    end = i + n + 1
    while end + n < len(lines) and all(_SENTENCE_END.search(text) is None for _, text in lines[end : end + n + 1]):
        if not re.fullmatch(f"[{HAN}]{{2,10}}", lines[end][1]) or AUTHORITY.fullmatch(lines[end][1]):
            break
        columns.append(list(lines[end : end + n + 1]))
        end += n + 1
    rows = [[column[r] for column in columns] for r in range(1, n + 1)]
    return ([column[0][1] for column in columns], rows, end) if len(columns) > 1 else None


def _merge_empty(cells: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The cells of one row, blanks kept; re.finditer yields an empty match after each full one, dropped here."""
    kept: list[tuple[int, str]] = []
    at = -1
    for start, text in cells:
        if start != at:
            kept.append((start, text))
        at = start + len(text)
    return kept


def _header_rows(grid: Sequence[Sequence[tuple[int, str]]]) -> int:
    """One header row, or two where the second has no first cell or no figure; none in a roster."""
    if grid and grid[0] and grid[0][0][1].rstrip().endswith(("：", ":")):  # a roster set with tabs: 组长:⇥张三⇥市长
        return 0
    if len(grid) < 3:
        return min(1, len(grid))
    second = [text for _, text in grid[1]]
    return 2 if not second[0] or not any(re.search(r"\d", text) for text in second) else 1


def _columns(heads: Sequence[Sequence[tuple[int, str]]]) -> list[str]:
    """The name of each column; a merged head cell holds for the blanks to its right."""
    names = [""] * max((len(row) for row in heads), default=0)
    for depth, row in enumerate(heads):
        merged = ""
        for k in range(len(names)):
            text = row[k][1] if k < len(row) else ""
            merged = text or merged
            names[k] += merged if depth + 1 < len(heads) else text
    return names


# ── addresses ───────────────────────────────────────────────────────────────────────────────────────────────────


def _walk(nodes: Sequence[_Node]) -> Iterator[_Node]:
    """Children before parents."""
    for node in nodes:
        yield from _walk(node.children)
        yield node


def _freeze(roots: Sequence[_Node]) -> tuple[Provision, ...]:
    out: list[Provision] = []

    def visit(node: _Node, parent: int | None, depth: int) -> None:
        out.append(
            Provision(node.kind, _address(node), node.heading, Span(node.start, node.end), parent, depth, node.cells)
        )
        here = len(out) - 1
        for child in node.children:
            visit(child, here, depth + 1)

    for root in roots:
        visit(root, None, 0)
    return tuple(out)


def _address(node: _Node) -> str:
    """附件2 三、（一）; 第六条第一款第（二）项; 表1 第3行."""
    path: list[_Node] = []
    walker: _Node | None = node
    while walker:
        path.insert(0, walker)
        walker = walker.parent
    article = next((n for n in path if n.kind is ProvisionKind.ARTICLE), None)
    if article:
        spelt = _article_address(path, article)
    else:
        labels = [n.label for n in path if n.kind is ProvisionKind.HEADING or n.kind in _PLACED]
        decimals = [k for k, label in enumerate(labels) if re.fullmatch(r"\d+(?:\.\d+)*", label)]
        spelt = "".join(labels[decimals[-1] :] if decimals else labels)
        if not spelt and node.kind is ProvisionKind.PARAGRAPH and node.ordinal:
            spelt = f"第{node.ordinal}段"
        if node.kind is ProvisionKind.ROW and node.parent and node.parent.heading:
            caption = re.split(r"[（(]单位", squeeze(node.parent.heading))[0]
            spelt = f"{caption}{node.label}"
    return f"{node.prefix} {spelt}".strip()


def _counted(ordinal: int) -> str:
    return numeral(ordinal) if ordinal <= 9999 else str(ordinal)


_PLACED = frozenset(
    {
        ProvisionKind.CHAPTER,
        ProvisionKind.SECTION,
        ProvisionKind.TITLE,
        ProvisionKind.FRONT,
        ProvisionKind.SIGNATURE,
        ProvisionKind.ROW,
    }
)


def _article_address(path: Sequence[_Node], article: _Node) -> str:
    spelt = article.label
    inside = path[path.index(article) + 1 :]
    if article.ordinal > 1:
        spelt += f"第{_counted(inside[0].in_paragraph)}款" if inside else ""
    for node in inside:
        if node.kind is ProvisionKind.ITEM:
            spelt += f"第{node.label.rstrip('、')}项"
        elif node.kind is ProvisionKind.SUBITEM:
            spelt += f"第{node.label.rstrip('.．、')}目" if node.label.rstrip(".．、").isdigit() else node.label
    return spelt
