"""Texts for the tests of the parser: helpers, and strategies for what gazettes print and what they never would."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import strategies as st

import index
from index.gazette import parse
from index.provisions import innermost
from index.records import Document, Notice, Provision

CORPUS = Path(index.__file__).parent / "corpus"
LINE_BREAKS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"

_LINES = (
    *("", "　　", "\t", " ", "12", "1", "2", "3", "—12—", "- 3 -", "·市政府文件·", "临河市人民政府公报", "公", "报"),
    *(
        "20242024··44临河市人民政府公报",
        "# 一、总则",
        "**附件**",
        "- 一项",
        "<sup>2</sup>",
        "〔2024〕",
        "【市政府文件】",
    ),
    *(
        "临河市人民政府",
        "关于印发临河市供水办法的通知",
        "临河市人民政府关于印发临河市供水办法的通知",
        "临政发〔2024〕3号",
    ),
    *(
        "各县、区人民政府，市直各单位：",
        "2024年6月13日",
        "二〇二四年六月十三日",
        "（此件公开发布）",
        "临河市人民政府令",
    ),
    *("第88号", "市　长　王　伟", "政府工作报告", "——2024年3月29日在临河市第一届人民代表大会第二次会议上"),
    *("《临河市供水办法》政策解读", "临河市供水办法临河市供水办法", "目录", "一、关于供水的通知（3）", "编辑：某某"),
    *("第一章 总则", "第一条 为了供水，", "第二条", "（一）甲；", "1.乙；", "（1）丙；", "①丁", "1.1.2 戊", "3 己庚"),
    *("供水单位应当保证水质。", "供水单位应当在", "规定的期限内完成，", "不得", "附件", "附件2", "附件：1.供水表"),
    *("2.名单（见网络版）", "序号", "决策事项", "承办单位", "供水方案", "市水利局", "地区\t人数\t金额", "甲区\t1\t2"),
    *("\t合计\t\t", "组  长：王　伟  副市长", "张三  水利局局长", "成　员：", "自发布之日起施行，有效期五年。"),
    *(
        "自2024年7月1日起施行，《临河市旧办法》（临政发〔2009〕1号）同时废止。",
        "任 务 2636 户",
        "35 蒸吨/小时",
        "abc def",
    ),
)
_SEPARATORS = ("\n", "\n\n", "\r\n", "\n ", "\n\n　　", "\u2028", "\f")
_SIGNS = "的局令第条款项（）()《》〈〉〔〕[]。，；：、.·-—…0123456789一二十百零年月日附件表公报  　\t\n\r*#<>/“”’①"


@st.composite
def odd_texts(draw: st.DrawFn) -> str:
    """Lines of gazettes in any order, torn and glued together, with anything in between."""
    pieces: list[str] = []
    for _ in range(draw(st.integers(0, 24))):
        line = draw(st.sampled_from(_LINES) | st.text(_SIGNS, max_size=30) | st.text(max_size=12))
        pieces.append(line[: draw(st.sampled_from((99, 99, 99, 7)))])
        pieces.append(draw(st.sampled_from(_SEPARATORS) | st.just("\n") | st.just("")))
    return "".join(pieces)


def document(text: str, *, title: str = "", one_notice: bool = False) -> Document:
    """A text file of that content."""
    return Document("临河.txt", text, "0" * 64, "txt", title=title, one_notice=one_notice)


def notice(text: str, title: str = "") -> Notice:
    """The text as one notice."""
    return parse(document(text, title=title, one_notice=True))[0]


def address(tree: tuple[Provision, ...], of: Notice, words: str) -> str:
    """The address that a citation of these words would carry."""
    found = innermost(tree, of.text.index(words))
    return "" if found is None else found.address


@cache
def bundled() -> tuple[tuple[Document, tuple[Notice, ...]], ...]:
    """The five gazettes and their notices."""
    found = []
    for path in sorted(CORPUS.glob("*.txt")):
        held = Document(path.name, path.read_text("utf-8"), "0" * 64, "txt")
        found.append((held, tuple(parse(held))))
    return tuple(found)
