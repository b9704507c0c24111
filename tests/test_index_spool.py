from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from index.spool import Spool
from tests.library_samples import DOCUMENTS


def test_documents_come_back_as_they_were_in_any_order(tmp_path: Path) -> None:
    half = replace(DOCUMENTS[0], source="半个字", text="\ud83d 与\u2028换行\n")
    given = [*DOCUMENTS, half]
    spool = Spool(tmp_path)
    places = [spool.put(each) for each in given]
    assert [spool.get(place) for place in reversed(places)] == given[::-1]
    assert spool.get(spool.put(half)) == half


def test_it_leaves_nothing_behind(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(DOCUMENTS[0])
    assert list(tmp_path.iterdir()) == []
    spool.close()
