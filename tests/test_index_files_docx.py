"""DOCX files are made here with python-docx, and by hand where it cannot write what Word and WPS write."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from docx import Document as new_docx
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import BrokenFile
from index.files.docx import read_docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def saved(docx: Any) -> bytes:
    buffer = io.BytesIO()
    docx.save(buffer)
    return buffer.getvalue()


def read_body(body: str, numbering: str = "", styles: str = "") -> str:
    """The text of a document written by hand, which holds nothing that is not needed."""
    parts = {
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        "word/document.xml": f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/"
        "relationships'><Relationship Id='a' Type='x/numbering' Target='numbering.xml'/>"
        "<Relationship Id='b' Type='x/styles' Target='/word/styles.xml'/>"
        "<Relationship Id='c' Type='x/image' Target='../NULL'/></Relationships>",
        "word/numbering.xml": f"<w:numbering {W}>{numbering}</w:numbering>",
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
    }
    return read_docx(packed(parts), "通知.docx")


def packed(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return buffer.getvalue()


def level(depth: int, style: str, pattern: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def numbered(text: str, depth: int = 0, num: int = 1) -> str:
    place = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{num}"/></w:numPr>'
    return f"<w:p><w:pPr>{place}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def plain(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def test_paragraphs_and_tables_come_in_document_order() -> None:
    docx = new_docx()
    docx.sections[0].header.paragraphs[0].text = "页眉"
    docx.add_heading("关于印发办法的通知", 1)
    docx.add_paragraph()
    docx.add_paragraph("各县（区）人民政府：").add_run().add_break()
    table = docx.add_table(2, 3)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], "区价元甲12", strict=True):
        cell.text = text
    table.rows[1].cells[2].add_paragraph("元")
    docx.add_paragraph("特此通知")
    assert read_docx(saved(docx), "a.docx") == (
        "关于印发办法的通知\n各县（区）人民政府：\n区\t价\t元\n甲\t1\t2 元\n特此通知"
    )


def test_merged_cells_keep_the_columns_in_line() -> None:
    docx = new_docx()
    table = docx.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "区"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "价"
    for row, column, text in ((1, 1, "商"), (1, 2, "住"), (2, 0, "甲"), (2, 1, "5"), (2, 2, "6")):
        table.cell(row, column).text = text
    assert read_docx(saved(docx), "a.docx") == "区\t价\t\n\t商\t住\n甲\t5\t6"


def test_a_table_of_one_column_is_a_frame_around_text() -> None:
    docx = new_docx()
    cell = docx.add_table(1, 1).cell(0, 0)
    cell.text = "第一段"
    cell.add_paragraph("第二段")
    assert read_docx(saved(docx), "a.docx") == "第一段\n第二段"


def test_automatic_numbers_are_written_out() -> None:
    lists = (
        '<w:abstractNum w:abstractNumId="7">'
        + level(0, "chineseCounting", "第%1章")
        + level(1, "chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>')
        + level(2, "chineseCounting", "（%3）")
        + level(3, "decimal", "%2.%4", "<w:isLgl/>")
        + level(4, "bullet", "\uf0b7")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        + '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="11"/>'
        + "</w:lvlOverride></w:num>"
    )
    body = (
        numbered("总则")
        + numbered("为了", 1)
        + numbered("甲", 2)
        + numbered("乙", 2)
        + numbered("丙", 3)
        + numbered("丁", 4)
        + numbered("附则")
        + numbered("本办法", 1)
        + numbered("戊", 2)
        + numbered("补则", num=2)
        + numbered("无", num=0)
    )
    assert read_body(body, lists).split("\n") == [
        "第一章 总则",
        "第一条 为了",
        "（一）甲",
        "（二）乙",
        "1.1 丙",
        "丁",
        "第二章 附则",
        "第二条 本办法",  # articles count on through the chapters
        "（一）戊",
        "第十一章 补则",
        "无",
    ]


def test_numbers_may_come_from_a_style() -> None:
    lists = (
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "chineseCounting", "%1、", '<w:pStyle w:val="head"/>')
        + level(1, "decimal", "%2.", '<w:pStyle w:val="sub"/>')
        + '</w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    )
    styles = (
        '<w:style w:type="paragraph" w:styleId="head"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="sub"><w:basedOn w:val="head"/><w:pPr><w:numPr><w:numId w:val="3"/>'
        "</w:numPr></w:pPr></w:style>"
        '<w:style w:type="paragraph" w:styleId="loop"><w:basedOn w:val="loop"/></w:style>'
    )
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in (
            ("head", "目标"),
            ("sub", "甲"),
            ("sub", "乙"),
            ("head", "任务"),
            ("sub", "丙"),
            ("loop", "尾"),
        )
    )
    assert read_body(body, lists, styles) == "一、目标\n1.甲\n2.乙\n二、任务\n1.丙\n尾"


def test_only_what_a_reader_sees_is_read() -> None:
    body = (
        "<w:p><w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>显</w:t></w:r>'
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:tab/><w:noBreakHyphen/></w:r>"
        '<w:hyperlink><w:r><w:t xml:space="preserve"> 链 </w:t></w:r></w:hyperlink>'
        "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:t>尾</w:t></w:r></w:p>"
        "<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert read_body(body) == "增显\t- 链 尾\n框\n控件"


def test_a_dangling_relationship_and_missing_parts_do_no_harm() -> None:
    parts = {"word/document.xml": f"<w:document {W}><w:body>{plain('正文')}</w:body></w:document>"}
    assert read_docx(packed(parts), "a.docx") == "正文"
    assert read_body(plain("正文")) == "正文"  # with a relationship to ../NULL


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"PK\x03\x04 no zip", "不是完整的 DOCX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "加了密码，或其实是旧版 .doc"),
        (saved(new_docx())[:2000], "不是完整的 DOCX"),
        (saved(new_docx()), "没有文字"),
        (packed({"xl/workbook.xml": "<workbook/>"}), "不是完整的 DOCX"),
        (packed({"word/document.xml": "<w:document"}), "不是完整的 DOCX"),
        (packed({"word/document.xml": f"<w:document {W}/>"}), "不是完整的 DOCX"),
    ],
)
def test_what_is_no_docx_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(BrokenFile, match=reason) as refused:
        read_docx(raw, "通知.docx")
    assert "“通知.docx”" in str(refused.value)


def test_a_bomb_is_refused() -> None:
    zeros = packed({"word/document.xml": "<a>" + " " * (65 * 2**20) + "</a>"})
    assert len(zeros) < 100_000
    with pytest.raises(BrokenFile, match="解压后过大"):
        read_docx(zeros, "a.docx")


def test_entities_of_other_files_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("密")
    xml = (
        f'<!DOCTYPE d [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
        f"<w:document {W}><w:body><w:p><w:r><w:t>甲&s;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert read_docx(packed({"word/document.xml": xml}), "a.docx") == "甲"


def test_a_billion_laughs_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    xml = f'<!DOCTYPE d [<!ENTITY l0 "哈">{laughs}]><w:document {W}><w:body>{plain("&l9;")}</w:body></w:document>'
    with pytest.raises(BrokenFile, match="不是完整的 DOCX"):
        read_docx(packed({"word/document.xml": xml}), "a.docx")


def test_deep_nesting_ends_in_a_message() -> None:
    deep = f"<w:document {W}><w:body>" + "<w:ins>" * 5000 + plain("正文") + "</w:ins>" * 5000 + "</w:body></w:document>"
    with pytest.raises(BrokenFile, match="不是完整的 DOCX"):
        read_docx(packed({"word/document.xml": deep}), "a.docx")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(BrokenFile):
        read_docx(raw, "a.docx")


GOOD = packed({"word/document.xml": f"<w:document {W}><w:body>{plain('正文')}</w:body></w:document>"})


@settings(deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=4))
def test_a_damaged_package_is_read_or_refused(at: int, damage: bytes) -> None:
    raw = bytearray(GOOD)
    raw[at % len(raw) : at % len(raw) + len(damage)] = damage
    with suppress(BrokenFile):
        assert read_docx(bytes(raw), "a.docx")
