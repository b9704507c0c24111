"""HTML → the words a reader of the page sees. The door to BeautifulSoup and lxml; nothing is run or fetched."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from index.errors import BrokenFile
from index.files.numerals import numeral
from index.files.table import MOST_COLUMNS, table_lines
from index.files.text import decode

if TYPE_CHECKING:
    from bs4 import Tag
    from bs4.element import PageElement

_UNSEEN_TAGS = """
    applet area audio base button canvas col colgroup datalist embed head iframe input link map meta nav noframes
    noscript object option param rp rt script select source style svg template textarea title track video
"""
_BLOCK_TAGS = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu ol p pre section summary table tbody td tfoot
    th thead tr ul
"""
_UNSEEN, _BLOCKS = frozenset(_UNSEEN_TAGS.split()), frozenset(_BLOCK_TAGS.split())
_OL_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_LINE_END = re.compile(r"\r\n?|\n")
_SPACE = re.compile(r"[ \t\r\n\f]+")  # what HTML calls white space: &nbsp; and 　 stay


def read_html(raw: bytes, name: str) -> str:
    """One line a block or <br>; a table row is one line, its cells parted by tabs.

    Merged cells leave empty cells behind, so that columns stay in line; tables that only lay out the page become
    plain lines. The <title> counts only where nothing else is visible. Raises WrongEncoding; BrokenFile where no word
    is visible.
    """
    from bs4 import BeautifulSoup

    markup = decode(raw, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # advice to programmers: looks like a path, like XML
        try:
            page = BeautifulSoup(markup, "lxml")
        except Exception as exc:  # a hostile page may fail anywhere in the parser
            raise BrokenFile(f"网页“{name}”已损坏，不能读取。请在浏览器中重新保存后再试。") from exc
    lines = _lines(page)
    if not lines and page.title is not None:
        lines = [line for line in [_collapsed(page.title.get_text())] if line.strip()]
    if not lines:
        raise BrokenFile(f"网页“{name}”里没有可见的文字。请在浏览器中打开原网页，另存为完整的 HTML、DOCX 或 PDF。")
    return "\n".join(lines)


def _lines(root: Tag) -> list[str]:
    """The visible lines below `root`, none of them blank."""
    from bs4.element import NavigableString, PreformattedString, Tag

    lines: list[str] = []
    current: list[str] = []

    def end_line() -> None:
        if (line := _collapsed("".join(current))).strip():
            lines.append(line)
        current.clear()

    # A stack of its own: pages may nest deeper than Python recurses. None ends a line.
    waiting: list[tuple[PageElement | None, bool]] = [(node, False) for node in reversed(root.contents)]
    marks: dict[int, str] = {}
    while waiting:
        node, preformatted = waiting.pop()
        if node is None:
            end_line()
        elif isinstance(node, NavigableString):
            if isinstance(node, PreformattedString):  # comments, doctype, CDATA
                continue
            if preformatted:
                first, *others = _LINE_END.split(node)
                current.append(first)
                for line in others:
                    end_line()
                    current.append(line)
            else:
                current.append(str(node))
        elif isinstance(node, Tag) and _seen(node):
            block = node.name in _BLOCKS
            if block or node.name == "br":
                end_line()
            if node.name == "table" and (rows := _table(node)):
                lines.extend(rows)
                continue
            if node.name == "ol":
                marks.update(_marks(node))
            current.append(marks.get(id(node), ""))
            if block:
                waiting.append((None, False))
            preformatted = preformatted or node.name == "pre"
            waiting.extend((child, preformatted) for child in reversed(node.contents))
    end_line()
    return lines


def _seen(tag: Tag) -> bool:
    return (
        tag.name not in _UNSEEN and not tag.has_attr("hidden") and not _HIDDEN_STYLE.search(str(tag.get("style") or ""))
    )


def _collapsed(text: str) -> str:
    """White space as a browser shows it: one space, and none where the source merely wrapped between two Han."""

    def gap(found: re.Match[str]) -> str:
        before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
        widths = {east_asian_width(char) for char in before + after}
        # “” and … are as wide as their neighbours
        wrapped = "\n" in found[0] and widths <= {"W", "F", "A"} and widths != {"A"}
        return "" if wrapped else " "

    return _SPACE.sub(gap, text).strip(" ").rstrip()


def _marks(ordered: Tag) -> Iterator[tuple[int, str]]:
    """The number that a browser prints before each item of an <ol>, by id of the item."""
    style = _OL_STYLES.get(str(ordered.get("type") or ""), "decimal")
    items = ordered.find_all("li", recursive=False)
    for number, item in enumerate(items, _whole(ordered.get("start"), 1)):
        yield id(item), f"{numeral(number, style)}. "


def _table(table: Tag) -> list[str]:
    """The lines of a table and its caption; [] for one that holds another, or no cells at all."""
    if table.find("table") is not None:
        return []
    rows: list[list[list[str]]] = []
    below: dict[int, int] = {}  # column → rows that a cell above still covers
    for row in filter(_seen, table.find_all("tr")):
        cells: list[list[str]] = []
        for cell in filter(_seen, row.find_all(["td", "th"])):
            _skip_covered(cells, below)
            width = min(max(_whole(cell.get("colspan"), 1), 1), MOST_COLUMNS)
            height = _whole(cell.get("rowspan"), 1)
            below.update((column, height - 1) for column in range(len(cells), len(cells) + width) if height > 1)
            cells += [_lines(cell), *[[] for _ in range(width - 1)]]
        _skip_covered(cells, below)
        rows.append(cells)
    captions = [line for caption in table.find_all("caption") for line in _lines(caption)]
    return captions + table_lines(rows) if rows else []


def _skip_covered(cells: list[list[str]], below: dict[int, int]) -> None:
    """An empty cell for each next column that a cell above covers."""
    while below.get(len(cells), 0):
        below[len(cells)] -= 1
        cells.append([])


def _whole(value: object, default: int) -> int:
    """An attribute that should be a whole number."""
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
