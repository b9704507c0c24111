"""The parser against the gold of the five gazettes, and against altered copies of them.

What each field of the gold means is written in gold/README.md. A miss is printed with the value wanted and the value
read.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import index
from index.gazette import parse
from index.records import Document, Notice, NoticeKind
from tests.alter import Alteration, Altered, Renames, alter

CORPUS = Path(index.__file__).parent / "corpus"
GOLD = Path(__file__).parent / "gold" / "notices.jsonl"
ALL = Alteration.RENAME | Alteration.REWRAP | Alteration.HEADERS | Alteration.BREAKS
ORIGINAL = (Alteration(0), 0)
COPIES = (
    (Alteration.RENAME, 1),
    (Alteration.REWRAP, 1),  # 16 characters a line
    (Alteration.REWRAP, 2),  # 28
    (Alteration.HEADERS, 1),
    (Alteration.HEADERS, 2),
    (Alteration.BREAKS, 1),
    (ALL, 3),
    (ALL, 4),
)
FIELDS = (
    "title",
    "document_number",
    "issuing_authorities",
    "signed_on",
    "effective_on",
    "effective_rule",
    "validity",
    "expires_on",
    "place_city",
    "place_county",
    "document_type",
    "public_release",
    "recipients",
    "repeals",
    "attachments",
    "begins",
    "ends",
)
COMPLETE = ("title", "document_number")
ENDS = ("begins", "ends")
WORDS_AT_ENDS = 12  # characters of the gold's first_words and last_words
MIN_FIGURE = 0.95
MAX_LOSS = 0.05  # of an altered copy against the original

_BRACKETS = str.maketrans("[]〔〕【】—–－−", "(" + ")" + "()()" + "----")


def normal(text: str) -> str:
    """One spelling for comparison: no white space, no full-width forms, one kind of bracket and dash."""
    squeezed = "".join(unicodedata.normalize("NFKC", text).split())
    return squeezed.translate(_BRACKETS)


@dataclass(frozen=True, slots=True)
class Row:
    """A gold notice and what the parser made of it (None: not found)."""

    name: str
    wanted: Mapping[str, object]
    read: Mapping[str, object] | None

    def misses(self, field: str) -> bool:
        if self.read is None:
            return True
        wanted, read = self.wanted[field], self.read[field]
        return not _nearly_same(wanted, read) if field in ENDS else wanted != read


@dataclass(frozen=True, slots=True)
class Result:
    """All gazettes, parsed under one alteration."""

    notices: tuple[Row, ...]
    explainers: tuple[Row, ...]
    unasked: tuple[str, ...]  # notices that the gold does not know

    def figure(self, field: str) -> float:
        """Share of the 58 notices whose field is right."""
        return sum(not row.misses(field) for row in self.notices) / len(self.notices)

    def table(self, *fields: str) -> str:
        """Every miss in these fields, one a line."""
        lines = []
        for field in fields:
            missed = [row for row in self.notices if row.misses(field)]
            lines.append(f"\n{field}: {len(self.notices) - len(missed)}/{len(self.notices)}")
            for row in missed:
                read = "not found" if row.read is None else repr(row.read[field])
                lines.append(f"  {row.name}\n    wanted {row.wanted[field]!r}\n    read   {read}")
        return "\n".join(lines)


@cache
def result(kind: Alteration, seed: int) -> Result:
    gold = [json.loads(row) for row in GOLD.read_text("utf-8").splitlines()]
    notices: list[Row] = []
    explainers: list[Row] = []
    unasked: list[str] = []
    for path in sorted(CORPUS.glob("*.txt")):
        original = path.read_text("utf-8")
        altered = alter(original, seed, kind) if kind else Altered(original, Renames())
        digest = hashlib.sha256(altered.text.encode()).hexdigest()
        found = parse(Document(source=path.name, text=altered.text, sha256=digest, format="txt", path=path.name))
        rest = list(found)
        for entry in (e for e in gold if e["source"] == path.name):
            wanted = _wanted(entry, altered)
            notice = _match(entry, wanted, rest)
            if notice is not None:
                rest.remove(notice)
            read = None if notice is None else _read(notice, found)
            name = f"{path.name[:3]} {entry['document_number']} {entry['title'][:24]}"
            (notices if entry["kind"] == "notice" else explainers).append(Row(name, wanted, read))
        unasked.extend(f"{path.name[:3]} {n.kind} {n.document_number} {n.title}" for n in rest)
    return Result(tuple(notices), tuple(explainers), tuple(unasked))


def _match(entry: Mapping[str, Any], wanted: Mapping[str, object], notices: list[Notice]) -> Notice | None:
    """The notice of the same kind with the same number, else with the same title."""
    same_kind = [n for n in notices if n.kind == NoticeKind(entry["kind"])]
    number = wanted["document_number"]
    by_number = [n for n in same_kind if number and normal(n.document_number) == number]
    by_title = [n for n in same_kind if normal(n.title) == wanted["title"]]
    return next(iter(by_number + by_title), None)


def _wanted(entry: Mapping[str, Any], altered: Altered) -> dict[str, object]:
    def words(text: str) -> str:
        return normal(altered.rename(text))

    def day(iso: str | None) -> date | None:
        moved = altered.redate(iso)
        return date.fromisoformat(moved) if moved else None

    return {
        "title": words(entry["title"]),
        "document_number": words(entry["document_number"]),
        "issuing_authorities": tuple(map(words, entry["issuing_authorities"])),
        "signed_on": day(entry["signed_on"]),
        "effective_on": day(entry["effective_on"]),
        "effective_rule": words(entry["effective_rule"]),
        "validity": words(entry["validity"]),
        "expires_on": day(entry["expires_on"]),
        "place_city": words(entry["place_city"]),
        "place_county": words(entry["place_county"]),
        "document_type": entry["document_type"],
        "public_release": words(entry["public_release"]),
        "recipients": tuple(map(words, entry["recipients"])),
        "repeals": tuple((words(r["document_number"]), words(r["title"])) for r in entry["repeals"]),
        "attachments": tuple((a["number"], words(a["title"]), a["present"]) for a in entry["attachments"]),
        "begins": _undoubled(words(entry["first_words"])),
        "ends": words(entry["last_words"]),
        "explains": words(entry["explains"]),
    }


def _read(notice: Notice, all_of_source: list[Notice]) -> dict[str, object]:
    text = normal(notice.text)
    return {
        "title": normal(notice.title),
        "document_number": normal(notice.document_number),
        "issuing_authorities": tuple(map(normal, notice.issuing_authorities)),
        "signed_on": notice.signed_on,
        "effective_on": notice.effective_on,
        "effective_rule": normal(notice.effective_rule),
        "validity": normal(notice.validity),
        "expires_on": notice.expires_on,
        "place_city": normal(notice.place.city),
        "place_county": normal(notice.place.county),
        "document_type": notice.document_type.value,
        "public_release": normal(notice.public_release),
        "recipients": tuple(map(normal, notice.recipients)),
        "repeals": tuple((normal(r.document_number), normal(r.title)) for r in notice.repeals),
        "attachments": tuple((a.number, normal(a.title), a.present) for a in notice.attachments),
        "begins": _undoubled(text.lstrip("#*"))[:WORDS_AT_ENDS],
        "ends": text.rstrip("#*")[-WORDS_AT_ENDS:],
        "explains": next((normal(n.document_number) for n in all_of_source if n.id == notice.explains), ""),
    }


def _undoubled(text: str) -> str:
    """Without the second 《 of a doubled title: the repaired text keeps one."""
    return text.removeprefix("《") if text.startswith("《《") else text


def _nearly_same(wanted: object, read: object) -> bool:
    """Whether all but two characters of the words wanted stand in their places.

    Words that were cut out of their sentence are not always renamed as the sentence is (“…印发大” for “…印发大同市”).
    """
    same = sum(a == b for a, b in zip(str(wanted), str(read), strict=False))
    return same >= len(str(wanted)) - 2


def test_every_notice_is_found_and_none_is_made_up() -> None:
    parsed = result(*ORIGINAL)
    assert len(parsed.notices) == 58
    assert [row.name for row in parsed.notices if row.read is None] == []
    assert parsed.unasked == ()


@pytest.mark.parametrize("field", COMPLETE)
def test_titles_and_document_numbers_are_all_right(field: str) -> None:
    assert result(*ORIGINAL).figure(field) == 1, result(*ORIGINAL).table(field)


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_is_right_in_95_of_100_notices(field: str) -> None:
    assert result(*ORIGINAL).figure(field) >= MIN_FIGURE, result(*ORIGINAL).table(field)


@pytest.mark.parametrize(("kind", "seed"), [ORIGINAL, *COPIES])
def test_explainers_are_found_and_tied_to_their_notices(kind: Alteration, seed: int) -> None:
    explainers = result(kind, seed).explainers
    assert len(explainers) == 3
    for row in explainers:
        assert row.read is not None, row.name
        for field in ("title", "explains", "document_type", "place_city", "begins", "ends"):
            assert not row.misses(field), (row.name, field, row.wanted[field], row.read[field])


@pytest.mark.parametrize(("kind", "seed"), COPIES)
def test_an_altered_copy_is_read_as_well_as_the_original(kind: Alteration, seed: int) -> None:
    original, copy = result(*ORIGINAL), result(kind, seed)
    worse = [field for field in FIELDS if copy.figure(field) < original.figure(field) - MAX_LOSS]
    assert worse == [], copy.table(*worse)
    assert len(copy.unasked) <= len(original.unasked) + MAX_LOSS * len(original.notices), copy.unasked
