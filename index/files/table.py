"""Rows of cells → lines, alike for every format. Pure."""

from __future__ import annotations

from collections.abc import Sequence

MOST_COLUMNS = 64  # that one merged cell may span: more is a mistake, or meant to exhaust memory
_MOST_LINES_IN_A_CELL = 20  # above, the table lays out a page

Cell = Sequence[str]  # the lines of one cell; none where a merged cell covers its place


def table_lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """One line a row, its cells parted by tabs; rows without words are left out.

    A table of one column, or with a cell as long as a page, merely lays out text: the lines of its cells, one by one.
    """
    cells = [cell for row in rows for cell in row]
    if all(len(row) < 2 for row in rows) or any(len(cell) > _MOST_LINES_IN_A_CELL for cell in cells):
        return [line for cell in cells for line in cell]
    return ["\t".join(map(_joined, row)) for row in rows if any(row)]


def _joined(cell: Cell) -> str:
    return " ".join(line.replace("\t", " ").strip() for line in cell)
