"""index/references.py: what notices say of each other, against the gold of the five gazettes and on small ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from index.gazette import parse
from index.records import Document, Notice, NoticeKind, Reference, RelationKind, Span
from index.references import Resolver, issued_title
from tests.alter import Alteration, alter
from tests.page_samples import CORPUS, bundled
from tests.test_index_gazette_gold import COPIES, normal

GOLD = Path(__file__).parent / "gold" / "references.jsonl"
MIN_FIGURE = 0.95
LETTER = (
    "衡水市人民政府办公室\n关于{title}的通知\n衡政办发〔2024〕6号\n各县人民政府：\n{body}\n"
    "衡水市人民政府办公室\n2024年5月20日\n"
)

Key = tuple[str, str, str, str, str]  # source, notice, kind, number, title


@cache
def gold(kind: Alteration, seed: int) -> tuple[frozenset[Key], frozenset[Key]]:
    """(what the gold holds, what was read) of all gazettes, under one alteration."""
    rows = [json.loads(row) for row in GOLD.read_text("utf-8").splitlines()]
    wanted: set[Key] = set()
    read: set[Key] = set()
    for path in sorted(CORPUS.glob("*.txt")):
        altered = alter(path.read_text("utf-8"), seed, kind)
        for row in (row for row in rows if row["source"] == path.name):
            number, other, title = (normal(altered.rename(row[key])) for key in ("notice", "document_number", "title"))
            wanted.add((path.name, number, row["kind"], other, title))
        for notice in parse(Document(path.name, altered.text, "0", "txt")):
            for each in notice.references:
                named = (normal(each.document_number), normal(each.title))
                read.add((path.name, normal(notice.document_number), each.kind.value, *named))
    return frozenset(wanted), frozenset(read)


@pytest.mark.parametrize(("kind", "seed"), [(Alteration(0), 0), *COPIES])
def test_what_notices_say_of_each_other_is_read(kind: Alteration, seed: int) -> None:
    wanted, read = gold(kind, seed)
    assert len(wanted & read) / len(wanted) >= MIN_FIGURE, sorted(wanted - read)
    assert len(wanted & read) / len(read) >= MIN_FIGURE, sorted(read - wanted)


def test_of_the_gazettes_as_printed_all_is_read_and_nothing_else() -> None:
    wanted, read = gold(Alteration(0), 0)
    assert len(wanted) == 181
    assert read == wanted


def test_a_reference_leads_to_its_name_and_to_the_sentence_around_it() -> None:
    for notice in bundled():
        for each in notice.references:
            named, said = (notice.text[span.start : span.end] for span in (each.span, each.said))
            assert named.startswith("《")
            assert named in said
            assert unmarked(each.title) in unmarked(said)


def unmarked(text: str) -> str:
    """Without book marks."""
    return normal(re.sub("[《》〈〉]", "", text))


def told(title: str, body: str) -> list[tuple[str, str, str]]:
    (notice,) = parse(Document("0.txt", LETTER.format(title=title, body=body), "0", "txt"))
    return [(each.kind.value, each.document_number, each.title) for each in notice.references]


@pytest.mark.parametrize(
    ("title", "body", "found"),
    [
        (
            "转发《河北省养老服务办法》",
            "现将《河北省养老服务办法》（冀政办发〔2024〕2号）转发给你们，请贯彻执行。",
            [("forwards", "冀政办发〔2024〕2号", "河北省养老服务办法")],
        ),
        ("转发省民政厅养老服务办法", "请认真执行。", [("forwards", "", "省民政厅养老服务办法")]),
        (
            "修改部分文件",
            "经研究，市政府决定修改《衡水市供水办法》（衡政发〔2019〕2号）。《衡水市供热办法》第五条修改为：“按面积收费。”",
            [("amends", "衡政发〔2019〕2号", "衡水市供水办法"), ("amends", "", "衡水市供热办法")],
        ),
        (
            "调整供热价格",
            "对《衡水市供热办法》（衡政发〔2019〕3号）作如下修改：",
            [("amends", "衡政发〔2019〕3号", "衡水市供热办法")],
        ),
        (
            "做好供水工作",
            "根据冀政发〔2024〕3号文件精神，按照《供水条例》规定，现就有关事项通知如下：",
            [("legal_basis", "冀政发〔2024〕3号", ""), ("legal_basis", "", "供水条例")],
        ),
        ("做好供水工作", "各县要根据《衡水市供水规划》制定实施细则，适时修订《供水预案》。", []),
        (
            "公布《衡水市行政许可事项清单》",
            "一、根据《供水条例》修订情况，新增行政许可事项“供水许可”，由市水务局实施，并按照《供水规程》审查。\n"
            "（二）依据《供热条例》，取消“供热许可”等3个事项。\n三、各县要根据《燃气条例》，取消相应许可事项。\n"
            "四、根据《供水规划》，新增供水管网20公里。",
            [("legal_basis", "", "供水条例"), ("legal_basis", "", "供热条例")],
        ),
        (
            "王一职务任免",
            "根据《机构改革方案》关于单位更名的要求，王一原职务自行免去。\n按照《挂职办法》规定，免去李二的副局长职务。",
            [("legal_basis", "", "机构改革方案"), ("legal_basis", "", "挂职办法")],
        ),
        ("做好供水工作", "供水单位违反《供水条例》的，依照《供水条例》处罚。", []),
        (
            "印发《衡水市供水办法》",
            "为贯彻落实《供水条例》，现将修订后的《衡水市供水办法》印发给你们。《衡水市供水办法》（衡政发〔2019〕2号）同时废止。",
            [("repeals", "衡政发〔2019〕2号", "衡水市供水办法"), ("implements", "", "供水条例")],
        ),
        (
            "印发《供水规则》（以下简称《规则》）",
            "依据《供水条例》（以下简称《条例》），制定本规则。",
            [("legal_basis", "", "供水条例")],
        ),
    ],
)
def test_what_is_said_of_other_notices(title: str, body: str, found: list[tuple[str, str, str]]) -> None:
    assert told(title, body) == found


@pytest.mark.parametrize(
    ("title", "issued"),
    [
        ("衡水市人民政府关于印发衡水市供水办法的通知", "衡水市供水办法"),
        ("衡水市人民政府关于印发《衡水市供水办法》的通知", "衡水市供水办法"),
        ("衡水市人民政府关于修订印发衡水市供水办法的通知", "衡水市供水办法"),
        ("衡水市人民政府关于做好供水工作的通知", ""),
    ],
)
def test_the_title_of_what_is_issued(title: str, issued: str) -> None:
    assert issued_title(title) == issued


def versions() -> Iterator[Notice]:
    """Three issues of one 办法, 2018, 2020 and 2022."""
    for year in (2018, 2020, 2022):
        number = f"衡政发〔{year}〕1号"
        title = "衡水市人民政府关于印发衡水市供水办法的通知"
        signed_on = date(year, 3, 1)
        yield replace(
            bundled()[0], id=str(year), kind=NoticeKind.NOTICE, title=title, document_number=number, signed_on=signed_on
        )


@pytest.mark.parametrize(
    ("number", "title", "meant"),
    [
        ("衡政发〔2018〕1号", "", "2018"),
        ("", "衡水市供水办法", "2020"),  # the newest before who names it
        ("衡政发〔2019〕9号", "衡水市供水办法", None),  # a number decides, and that one is not held
        ("衡政发〔2022〕1号", "", None),  # itself
        ("", "衡水市供热办法", None),
    ],
)
def test_a_reference_is_found_in_the_library(number: str, title: str, meant: str | None) -> None:
    held = list(versions())
    reference = Reference(RelationKind.AMENDS, number, title, Span(0, 1), Span(0, 1))
    found = Resolver(held)(held[-1], reference)
    assert (found.id if found else None) == meant
