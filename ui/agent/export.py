"""Rows of text → a CSV or XLSX file; the door to xlsxwriter.

What a caller said may begin with = + - or @, which a spreadsheet would take for a formula and run. In XLSX every cell
is written as text; in CSV, which has no types, such a cell begins with an apostrophe (OWASP: CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ui.render import visible

CSV_KIND = "text/csv"
XLSX_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\ufffd", "＝", "＋", "－", "＠")
_MOST_CHARS = 32_000  # of a cell; a spreadsheet takes 32,767
_WIDTHS = (8, 8, 12, 17, 17, 10, 60, 40, 60)


def to_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, by which spreadsheet programs know it; lines end with CR LF (RFC 4180)."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerows([[_inert(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + lines.getvalue().encode()


def to_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """One sheet, its first row as headings."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("工单")
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for place, width in enumerate(_WIDTHS):
            sheet.set_column(place, place, width)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(at, place, visible(cell)[:_MOST_CHARS], wrapped if at else bold)
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def _inert(cell: str) -> str:
    shown = visible(cell)
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown
