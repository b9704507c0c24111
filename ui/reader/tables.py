"""A table of a notice → an HTML table that scrolls within itself. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from index.records import Notice, Provision, ProvisionKind, Span
from index.text import display_width
from ui.markup import text_html
from ui.reader.marker import Marker

_LONG = 8  # characters wide; a cell with more is given room, so that it is not set one character a line


def table_html(notice: Notice, tree: Sequence[Provision], index: int, mark: Marker) -> str:
    """The table at a place of the tree. What scrolls can be reached by keyboard, and says what it is."""
    table = tree[index]
    rows = [p for p in tree if p.kind is ProvisionKind.ROW and p.parent == index]
    by_column = any(not _within(cell.span, row.span) for row in rows for cell in row.cells)
    html = _columns(notice, table, rows, mark) if by_column else _grid(notice, table, mark)
    name = text_html(f"表格：{table.heading}" if table.heading else "表格")
    return f'<div class="table" tabindex="0" role="region" aria-label="{name}">{html}</div>'


def _columns(notice: Notice, table: Provision, rows: Sequence[Provision], mark: Marker) -> str:
    """A table that was printed column by column, read row by row; whatever no cell holds stands above it."""
    names = [cell.column for cell in rows[0].cells]
    held = {i for row in rows for cell in row.cells for i in range(cell.span.start, cell.span.end)}
    rest, start = [], table.span.start
    for line in notice.text[table.span.start : table.span.end].split("\n"):
        span = Span(start, start + len(line))
        if line.strip() and line not in names and not held.intersection(range(span.start, span.end)):
            rest.append(f"<p>{mark.html(span)}</p>")
        start = span.end + 1
    head = "".join(f'<th scope="col">{text_html(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(_cell(cell.span, mark) for cell in row.cells)}</tr>" for row in rows)
    return f"{''.join(rest)}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _grid(notice: Notice, table: Provision, mark: Marker) -> str:
    """A table whose cells are parted by tabs, line by line; a head cell spans the blanks to its right."""
    grid: list[list[Span]] = []
    start = table.span.start
    for line in notice.text[table.span.start : table.span.end].split("\n"):
        row = []
        for cell in line.split("\t"):
            row.append(Span(start, start + len(cell)))
            start += len(cell) + 1
        grid.append(row)
    heads = _head_rows(grid, mark)
    width = max(len(row) for row in grid)
    head = "".join(_head_row(row, width, mark) for row in grid[:heads])
    body = "".join(_body_row(row, width, mark) for row in grid[heads:])
    return f"<table>{f'<thead>{head}</thead>' if head else ''}<tbody>{body}</tbody></table>"


def _head_rows(grid: Sequence[Sequence[Span]], mark: Marker) -> int:
    """None for a roster (组长：…); two where the second row has no first cell, else one."""
    if len(grid) < 2 or any(mark.words(span).strip().endswith((":", "：")) for span in grid[0]):
        return 0
    return 2 if len(grid) > 2 and not len(grid[1][0]) else 1


def _head_row(row: Sequence[Span], width: int, mark: Marker) -> str:
    cells: list[tuple[Span, int]] = []
    for k, span in enumerate(row):
        if k and not len(span) and len(cells[-1][0]):
            cells[-1] = (cells[-1][0], cells[-1][1] + 1)
        else:
            cells.append((span, 1))
    missing = width - len(row)
    if missing > 0:
        cells[-1] = (cells[-1][0], cells[-1][1] + missing)
    return f"<tr>{''.join(_head_cell(span, n, mark) for span, n in cells)}</tr>"


def _head_cell(span: Span, columns: int, mark: Marker) -> str:
    wide = f' colspan="{columns}"' if columns > 1 else ""
    if not mark.words(span).strip():
        return f"<td{wide}></td>"  # a head cell without a word heads nothing
    return f'<th scope="col"{wide}>{mark.html(span)}</th>'


def _body_row(row: Sequence[Span], width: int, mark: Marker) -> str:
    cells = "".join(_cell(span, mark) for span in row)
    return f"<tr>{cells}{'<td></td>' * (width - len(row))}</tr>"


def _cell(span: Span, mark: Marker) -> str:
    long = ' class="long"' if display_width(mark.words(span)) > _LONG else ""
    return f"<td{long}>{mark.html(span)}</td>"


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
