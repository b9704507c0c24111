from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.catalogue import CatalogueWriter
from index.dense import DenseIndex
from index.hits import Facets, Filter
from index.holdings import Holdings, tokeniser_name
from index.lexical import LexicalIndex, LexicalRow
from index.library import Library, write_generation
from index.nearness import Nearness
from index.pieces import PieceStore
from index.records import Notice, Relation, RelationKind, RepairedText, SourceMap
from tests.fakes import CharEmbedder
from tests.library_samples import DATONG, DOCUMENTS, UNDATED, YANGQUAN, chunks_of

OLD = replace(
    DATONG, id="n-old", signed_on=date(2019, 1, 1), effective_on=date(2019, 2, 1), expires_on=None, references=()
)
NEW = replace(DATONG, id="n-new", signed_on=date(2024, 6, 27), effective_on=date(2024, 8, 1), expires_on=None)


@contextmanager
def holdings(folder: Path, *notices: Notice, relations: tuple[Relation, ...] = ()) -> Iterator[Holdings]:
    """A library of these notices, of which some repeal others."""
    with write_generation(folder) as draft:
        with CatalogueWriter(draft.files.catalogue) as catalogue:
            catalogue.add_document(DOCUMENTS[0])
            for notice in notices:
                catalogue.add_notice(notice, (), chunks_of(notice, [notice.id]))
            for relation in relations:
                catalogue.add_relation(relation)
            content, counts = catalogue.digest, catalogue.counts
        texts = [chunk.text for notice in notices for chunk in chunks_of(notice)]
        rows = (LexicalRow(row, "", "", text, Facets.of(DATONG)) for row, text in enumerate(texts))
        LexicalIndex.build(draft.files.words, rows)
        PieceStore.build(draft.files.pieces, Nearness.load().pieces(texts))
        DenseIndex.build([CharEmbedder().embed_texts(texts)]).save(draft.files.vectors)
        draft.files.embedder.mkdir()
        (draft.files.embedder / "embedder.json").write_text("{}", encoding="utf-8")
        draft.describe(content=content, tokeniser=tokeniser_name(), embedder="characters", counts=counts, corpus={})
    yield Holdings(Library.open(folder), CharEmbedder())


def lapses(found: Holdings, notice: Notice, *days: date) -> list[bool]:
    return [found.lapsed(notice, day) for day in days]


def test_a_notice_holds_up_to_the_last_day_of_its_term(tmp_path: Path) -> None:
    with holdings(tmp_path, DATONG) as found:
        assert lapses(found, DATONG, date(2024, 8, 1), date(2029, 7, 31), date(2029, 8, 1)) == [False, False, True]


def test_a_notice_without_a_term_holds_on(tmp_path: Path) -> None:
    with holdings(tmp_path, OLD) as found:
        assert lapses(found, OLD, date(2019, 2, 1), date(2099, 1, 1)) == [False, False]


@pytest.mark.parametrize(
    ("effective_on", "signed_on", "days"),
    [
        (date(2024, 8, 1), date(2024, 6, 27), (date(2024, 7, 31), date(2024, 8, 1))),
        (None, date(2024, 6, 27), (date(2024, 6, 26), date(2024, 6, 27))),  # states no day: from its signing
    ],
)
def test_a_repealed_notice_holds_until_the_repealing_one_does(
    tmp_path: Path, effective_on: date | None, signed_on: date, days: tuple[date, date]
) -> None:
    new = replace(NEW, effective_on=effective_on, signed_on=signed_on)
    with holdings(tmp_path, OLD, new, relations=(Relation(RelationKind.REPEALS, new.id, OLD.id),)) as found:
        assert lapses(found, OLD, *days) == [False, True]
        assert lapses(found, new, *days) == [False, False]  # who repeals is not repealed


def test_a_repealing_notice_without_any_date_repeals_nothing(tmp_path: Path) -> None:
    new = replace(NEW, effective_on=None, signed_on=None)
    with holdings(tmp_path, OLD, new, relations=(Relation(RelationKind.REPEALS, new.id, OLD.id),)) as found:
        assert lapses(found, OLD, date(2099, 1, 1)) == [False]


def test_the_first_of_two_repeals_counts(tmp_path: Path) -> None:
    later = replace(NEW, id="n-later", effective_on=date(2025, 1, 1))
    relations = (Relation(RelationKind.REPEALS, later.id, OLD.id), Relation(RelationKind.REPEALS, NEW.id, OLD.id))
    with holdings(tmp_path, OLD, NEW, later, relations=relations) as found:
        assert lapses(found, OLD, date(2024, 7, 31), date(2024, 8, 1)) == [False, True]


def test_being_explained_ends_nothing(tmp_path: Path) -> None:
    explainer = replace(YANGQUAN, id="n-explainer", source=DATONG.source, signed_on=date(2019, 1, 1))
    with holdings(
        tmp_path, OLD, explainer, relations=(Relation(RelationKind.EXPLAINS, explainer.id, OLD.id),)
    ) as found:
        assert lapses(found, OLD, date(2024, 8, 1)) == [False]


def test_the_rows_of_several_cities_are_those_of_the_filter(tmp_path: Path) -> None:
    with holdings(tmp_path, DATONG, YANGQUAN, UNDATED) as found:  # rows 0 and 1, 2, 3
        for cities, rows in (({"大同市", ""}, [0, 1, 3]), ({"阳泉市"}, [2]), ({"忻州市"}, []), ({"忻州市", ""}, [3])):
            allowed = found.allowed(Filter(cities=frozenset(cities)))
            assert allowed.nonzero()[0].tolist() == rows
        one = Filter(cities=frozenset({"大同市", ""}), notice_ids=frozenset({"n-undated"}))
        assert found.allowed(one).nonzero()[0].tolist() == [3]


def test_what_was_searched_is_counted_by_city(tmp_path: Path) -> None:
    with holdings(tmp_path, DATONG, YANGQUAN, UNDATED) as found:  # the last is an explainer
        assert found.searched(()) == (2, date(2024, 6, 27))
        assert found.searched(["阳泉市", ""]) == (1, date(2023, 3, 1))
        assert found.searched(["忻州市", ""]) == (0, None)


def test_what_stands_in_a_title_is_no_slip(tmp_path: Path) -> None:
    text = "施工工地应当围挡。" + "低保边缘家庭由民政部门认定。" * 200
    body = RepairedText(text, SourceMap((0,), (0,), len(text)))
    plain = replace(DATONG, title="关于施工的通知", body=body)
    with holdings(tmp_path / "plain", plain) as found:
        assert [slip.meant for slip in found.speller.slips("工抵房怎么网签")] == ["工地"]
    with holdings(tmp_path / "titled", replace(plain, title="关于“工抵房”网签备案的通知")) as found:
        assert found.speller.slips("工抵房怎么网签") == ()
