"""Spreadsheets: what looks like a formula stays text."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest

from ui.agent.export import to_csv, to_xlsx

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://evil","x")', "＝1")
ROWS = [["工单号", "来电内容"], *([str(at), text] for at, text in enumerate(FORMULAS))]


def test_csv_opens_as_utf_8_and_runs_nothing() -> None:
    sent = to_csv([*ROWS, ["9", '他说："减免",\n400元']])
    assert sent.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(sent.decode("utf-8-sig"), newline="")))
    assert [row[1] for row in rows[1:-1]] == [f"'{text}" for text in FORMULAS]
    assert rows[-1] == ["9", '他说："减免",\n400元']
    assert rows[0] == ["工单号", "来电内容"]


def test_a_carriage_return_cannot_begin_a_cell() -> None:
    assert to_csv([["\r=1"]]).decode("utf-8-sig") == "'\ufffd=1\r\n"


def test_xlsx_holds_text_only() -> None:
    book = zipfile.ZipFile(io.BytesIO(to_xlsx(ROWS)))
    sheet, strings = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "sharedStrings"))
    assert "<f>" not in sheet
    assert set(re.findall(r'<c r="[A-Z]+\d+"[^>]* t="(\w+)"', sheet)) == {"s"}  # every cell is a string
    assert not [name for name in book.namelist() if "hyperlink" in name.lower() or "rels/sheet" in name]
    for text in ("=1+1", "@SUM(A1)", "来电内容"):
        assert f">{text}</t>" in strings


@pytest.mark.parametrize("rows", [[], [["x" * 40_000]]])
def test_nothing_and_too_much(rows: list[list[str]]) -> None:
    assert to_xlsx(rows).startswith(b"PK")
