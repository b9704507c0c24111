"""DOCX → its words in reading order. The door to python-docx, whose XML parser resolves no entities.

Only the parser is used: python-docx itself opens no file with a dangling relationship (WPS writes such), and its
paragraphs hold neither automatic numbers nor content controls nor text boxes.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from index.errors import BrokenFile
from index.files.numerals import numeral
from index.files.table import MOST_COLUMNS, table_lines

_Element = Any  # an lxml element; lxml has no types

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_PART_BYTES = 64 * 2**20  # of one XML part, unpacked: about 20 000 pages

# deleted, moved away, field codes, the second copy of a drawing, the reading of a ruby, properties
_UNSEEN = frozenset("del delText moveFrom instrText delInstrText Fallback rt rPr pPr sdtPr tcPr trPr tblPr".split())  # noqa: SIM905
_WRAPPERS = frozenset("sdt sdtContent ins moveTo customXml smartTag AlternateContent Choice".split())  # noqa: SIM905
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_docx(raw: bytes, name: str) -> str:
    """One line a paragraph, automatic numbers written out; a table row is one line, its cells parted by tabs.

    Merged cells leave empty cells behind, so that columns stay in line; tables that only lay out the page become
    plain lines. Headers, footers, notes, comments, hidden and deleted words are left out. Raises BrokenFile.
    """
    if raw.startswith(_OLE_MAGIC):
        raise BrokenFile(f"文件“{name}”加了密码，或其实是旧版 .doc，不能读取。请去掉密码并另存为 DOCX 后再试。")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            text = _text(package)
    except _TooLarge as exc:
        raise BrokenFile(f"文件“{name}”解压后过大，不能读取。请拆分成较小的文件后再试。") from exc
    except Exception as exc:  # a hostile or cut package may fail anywhere in zipfile, zlib and lxml
        raise BrokenFile(
            f"文件“{name}”不是完整的 DOCX（可能已损坏、加了密码或没有下载完）。请重新另存为 DOCX 后再试。"
        ) from exc
    if not text.strip():
        raise BrokenFile(f"文件“{name}”里没有文字（可能只有图片）。请提供含有文字的 DOCX 或带文字层的 PDF。")
    return text


class _TooLarge(Exception):
    """A part unpacks to more than _MAX_PART_BYTES."""


def _text(package: zipfile.ZipFile) -> str:
    main = next(iter(_related(package, "", "officeDocument")), "word/document.xml")
    styles = [_part(package, part) for part in _related(package, main, "styles")]
    numberings = [_part(package, part) for part in _related(package, main, "numbering")]
    numbering = _Numbering(numberings[0] if numberings else None, styles[0] if styles else None)
    body = _child(_part(package, main), "body")
    return "\n".join(line for line in _block_lines(body, numbering) if line.strip())


def _part(package: zipfile.ZipFile, part: str) -> _Element:
    from docx.oxml.parser import parse_xml

    entry = package.getinfo(part)
    if entry.file_size > _MAX_PART_BYTES:
        raise _TooLarge(part)
    return parse_xml(package.read(entry))


def _related(package: zipfile.ZipFile, part: str, kind: str) -> list[str]:
    """The parts that `part` ("" for the package) names as its `kind`, as far as they exist."""
    folder, file = posixpath.split(part)
    parts = frozenset(package.namelist())
    rels = posixpath.join(folder, "_rels", f"{file}.rels")
    if rels not in parts:
        return []
    targets = [
        posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        for relation in _part(package, rels)
        if relation.get("Type", "").endswith(f"/{kind}")
    ]
    return [target for target in targets if target in parts]


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _block_lines(parent: _Element, numbering: _Numbering) -> Iterator[str]:
    """The lines of all paragraphs and tables below `parent`. Blank ones occur."""
    for child in parent:
        tag = _tag(child)
        if tag == "p":
            yield from _paragraph_lines(child, numbering)
        elif tag == "tbl":
            yield from _table_lines(child, numbering)
        elif tag in _WRAPPERS:
            yield from _block_lines(child, numbering)


def _paragraph_lines(paragraph: _Element, numbering: _Numbering) -> Iterator[str]:
    boxes: list[_Element] = []
    words = "".join(_words(paragraph, boxes))
    yield from (numbering.label(paragraph) + words).split("\n")
    for box in boxes:  # a text box floats; its words follow the paragraph that it is anchored in
        yield from _block_lines(box, numbering)


def _words(parent: _Element, boxes: list[_Element]) -> Iterator[str]:
    for child in parent:
        tag = _tag(child)
        if tag == "t":
            yield (child.text or "").replace("\n", " ")
        elif tag in _SIGNS:
            yield _SIGNS[tag]
        elif tag == "txbxContent":
            boxes.append(child)
        elif tag not in _UNSEEN and not (tag == "r" and _hidden(child)):
            yield from _words(child, boxes)


def _hidden(run: _Element) -> bool:
    vanish = _child(_child(run, "rPr"), "vanish")
    return vanish is not None and _attribute(vanish, "val") not in ("0", "false", "off")


def _table_lines(table: _Element, numbering: _Numbering) -> Iterator[str]:
    yield from table_lines([list(_cells(row, numbering)) for row in _within(table, "tr") if not _deleted(row)])


def _cells(row: _Element, numbering: _Numbering) -> Iterator[list[str]]:
    """The lines of each cell of a row, blank ones left out; a column that a merged cell covers has none."""
    before = _child(_child(row, "trPr"), "gridBefore")
    yield from [[]] * _columns(before, 0)
    for cell in _within(row, "tc"):
        properties = _child(cell, "tcPr")
        merge = _child(properties, "vMerge")
        covered = merge is not None and _attribute(merge, "val") != "restart"
        yield [] if covered else [line for line in _block_lines(cell, numbering) if line.strip()]
        yield from [[]] * (_columns(_child(properties, "gridSpan"), 1) - 1)


def _within(parent: _Element, tag: str) -> Iterator[_Element]:
    """Children of one tag, also those wrapped in a content control or a tracked insertion."""
    for child in parent:
        if _tag(child) == tag:
            yield child
        elif _tag(child) in _WRAPPERS:
            yield from _within(child, tag)


def _deleted(row: _Element) -> bool:
    return _child(_child(row, "trPr"), "del") is not None


def _columns(element: _Element | None, default: int) -> int:
    return min(max(_number(element, default), 0), MOST_COLUMNS)


# ── automatic numbers ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: how its number is written."""

    start: int
    style: str  # ST_NumberFormat
    pattern: str  # 第%1条, %1.%2
    spaced: bool  # something stands between number and words
    restarts: bool  # after an item of a level above
    legal: bool  # all numbers in digits, whatever their levels say
    paragraph_style: str  # the style whose paragraphs stand on this level


class _Numbering:
    """Counts the automatically numbered paragraphs of one document, in reading order."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        self._styles = {_attribute(style, "styleId"): style for style in _children(styles, "style")}
        self._default_style = next(
            (
                _attribute(style, "styleId")
                for style in self._styles.values()
                if _attribute(style, "type") == "paragraph" and _attribute(style, "default") in ("1", "true")
            ),
            "",
        )
        abstracts = {_attribute(one, "abstractNumId"): one for one in _children(numbering, "abstractNum")}
        linked = {
            _attribute(link, "val"): key
            for key, one in abstracts.items()
            if (link := _child(one, "styleLink")) is not None
        }
        self._list_of: dict[str, str] = {}  # numId → abstractNumId; lists that share one count on
        self._levels: dict[str, dict[int, _Level]] = {}  # by numId
        self._restarts: dict[tuple[str, int], int] = {}  # (numId, level) → where its first item starts anew
        self._counts: dict[str, dict[int, int]] = {}  # by abstractNumId
        for num in _children(numbering, "num"):
            num_id = _attribute(num, "numId")
            key = _attribute(_child(num, "abstractNumId"), "val")
            via_style = _child(abstracts.get(key), "numStyleLink")
            key = linked.get(_attribute(via_style, "val"), key)
            self._list_of[num_id] = key
            self._levels[num_id] = dict(_levels(abstracts.get(key)))
            for override in _children(num, "lvlOverride"):
                self._levels[num_id].update(_levels(override))
                start = _child(override, "startOverride")
                if start is not None:
                    self._restarts[num_id, _number(override, 0, "ilvl")] = _number(start, 1)

    def label(self, paragraph: _Element) -> str:
        """The number that Word prints before this paragraph, with the gap behind it; "" for most paragraphs."""
        num_id, depth = self._place(_child(paragraph, "pPr"))
        levels = self._levels.get(num_id, {})
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(self._list_of[num_id], {})
        level = levels[depth]
        if (start := self._restarts.pop((num_id, depth), None)) is not None:
            counts[depth] = start
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        for deeper in [one for one in counts if one > depth and (one not in levels or levels[one].restarts)]:
            del counts[deeper]
        written = level.pattern
        for above, one in levels.items():
            number = counts.setdefault(above, one.start) if above < depth else counts.get(above, one.start)
            written = written.replace(f"%{above + 1}", numeral(number, "decimal" if level.legal else one.style))
        if level.style == "bullet" or not written.strip():
            return ""
        closed = category(written[-1]).startswith("P")  # 一、 and （一） need no gap, 第一条 does
        return written + " " if level.spaced and not closed else written

    def _place(self, properties: _Element | None) -> tuple[str, int]:
        """numId and level of a paragraph, from itself or its style; ("", 0) where it has none."""
        own = _child(properties, "numPr")
        num_id, depth = _child(own, "numId"), _child(own, "ilvl")
        if num_id is not None:
            return _attribute(num_id, "val"), _number(depth, 0)
        style_id = _attribute(_child(properties, "pStyle"), "val") or self._default_style
        from_style, style_depth = self._style_place(style_id)
        return from_style, style_depth if depth is None else _number(depth, 0)

    def _style_place(self, style_id: str) -> tuple[str, int]:
        seen: set[str] = set()
        depth: int | None = None
        while style_id in self._styles and style_id not in seen:  # a style may be based on itself
            seen.add(style_id)
            style = self._styles[style_id]
            numbered = _child(_child(style, "pPr"), "numPr")
            if depth is None and (given := _child(numbered, "ilvl")) is not None:
                depth = _number(given, 0)
            if (num_id := _child(numbered, "numId")) is not None:
                found = _attribute(num_id, "val")
                levels = self._levels.get(found, {})
                named = (one for one, level in levels.items() if level.paragraph_style in seen)
                return found, next(named, 0) if depth is None else depth
            style_id = _attribute(_child(style, "basedOn"), "val")
        return "", 0


def _levels(parent: _Element | None) -> Iterator[tuple[int, _Level]]:
    for level in _children(parent, "lvl"):
        yield (
            _number(level, 0, "ilvl"),
            _Level(
                start=_number(_child(level, "start"), 0),
                style=_attribute(_child(level, "numFmt"), "val") or "decimal",
                pattern=_attribute(_child(level, "lvlText"), "val"),
                spaced=_attribute(_child(level, "suff"), "val") != "nothing",
                restarts=_number(_child(level, "lvlRestart"), 1) != 0,
                legal=_child(level, "isLgl") is not None,
                paragraph_style=_attribute(_child(level, "pStyle"), "val"),
            ),
        )


# ── XML, by local names: a "strict" DOCX spells its namespaces another way ───────────────────────────────────────────


def _tag(element: _Element) -> str:
    """Local name; "" for comments and entities."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(parent: _Element | None, tag: str) -> list[_Element]:
    return [] if parent is None else [child for child in parent if _tag(child) == tag]


def _child(parent: _Element | None, tag: str) -> _Element | None:
    return next(iter(_children(parent, tag)), None)


def _attribute(element: _Element | None, name: str) -> str:
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _number(element: _Element | None, default: int, name: str = "val") -> int:
    text = _attribute(element, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
