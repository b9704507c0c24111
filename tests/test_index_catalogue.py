from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from index.catalogue import Catalogue, CatalogueWriter
from index.errors import LibraryDamaged
from index.hits import Facets, Filter
from index.records import Card, Document, Notice, NoticeKind, Place, Relation, RelationKind
from tests.library_samples import DATONG, DOCUMENTS, NOTICES, TREE, UNDATED, YANGQUAN, chunks_of
from tests.test_index_lexical import FILTERS


def write(path: Path, notices: Sequence[Notice] = NOTICES, documents: Sequence[Document] = DOCUMENTS) -> str:
    with CatalogueWriter(path) as catalogue:
        catalogue.add_meta("gazetteer", "大同")
        for document in documents:
            catalogue.add_document(document)
        for notice in notices:
            catalogue.add_notice(notice, TREE if notice is DATONG else (), chunks_of(notice))
        catalogue.add_relation(Relation(RelationKind.EXPLAINS, "n-undated", "n-datong"))
        return catalogue.digest


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    write(tmp_path / "目录 #1?.sqlite")
    opened = Catalogue(tmp_path / "目录 #1?.sqlite")
    yield opened
    opened.close()


def test_every_record_comes_back_as_it_was_written(catalogue: Catalogue) -> None:
    assert list(catalogue.documents()) == list(DOCUMENTS)
    assert list(catalogue.notices()) == list(NOTICES)
    assert catalogue.notice("n-datong") == DATONG
    assert catalogue.notice("n-datong").body == DATONG.body  # not part of repr, yet part of the record
    assert catalogue.provisions("n-datong") == TREE
    assert catalogue.provisions("n-yangquan") == ()
    assert list(catalogue.all_chunks()) == [chunk for notice in NOTICES for chunk in chunks_of(notice)]
    assert catalogue.meta() == {"gazetteer": "大同"}
    assert catalogue.counts() == {"documents": 3, "notices": 3, "chunks": 4}


def test_rows_are_numbered_in_the_order_written(tmp_path: Path) -> None:
    with CatalogueWriter(tmp_path / "catalogue.sqlite") as writer:
        assert writer.add_notice(DATONG, TREE, chunks_of(DATONG)) == range(2)
        assert writer.add_notice(YANGQUAN, (), chunks_of(YANGQUAN)) == range(2, 3)
        assert writer.counts == {"notices": 2, "chunks": 3}


def test_chunks_come_in_the_order_asked_and_lead_to_their_notices(catalogue: Catalogue) -> None:
    assert [chunk.text for chunk in catalogue.chunks([3, 0, 3, 1])] == [
        *["火化不收钱。", "火化费减免。\n", "火化不收钱。", "每具四百元。"]
    ]
    assert catalogue.chunks([]) == []
    assert [catalogue.notice_at(row).id for row in range(4)] == ["n-datong", "n-datong", "n-yangquan", "n-undated"]
    assert catalogue.notices_of([3, 0]) == {0: "n-datong", 3: "n-undated"}
    assert catalogue.chunk_counts({"n-datong", "n-undated", "n-nobody"}) == {"n-datong": 2, "n-undated": 1}
    assert catalogue.rows_of("n-datong") == range(2)


def test_a_chunk_has_neighbours_within_its_notice(catalogue: Catalogue) -> None:
    assert [catalogue.neighbours(row) for row in range(4)] == [(None, 1), (0, None), (None, None), (None, None)]


def test_a_notice_without_chunks_stands_in_nobodys_way(tmp_path: Path) -> None:
    empty = replace(
        UNDATED,
        id="n-empty",
        body=replace(UNDATED.body, text="", origins=replace(UNDATED.body.origins, starts=(), sources=(), length=0)),
    )
    write(tmp_path / "catalogue.sqlite", [empty, DATONG, replace(empty, id="n-empty-2"), YANGQUAN])
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    assert [catalogue.neighbours(row) for row in range(3)] == [(None, 1), (0, None), (None, None)]
    assert catalogue.rows_of("n-empty-2") == range(2, 2)
    assert catalogue.rows() == [range(3)]


def test_what_is_not_there_is_a_key_error(catalogue: Catalogue) -> None:
    for ask in (
        lambda: catalogue.document("无.txt"),
        lambda: catalogue.notice("n"),
        lambda: catalogue.provisions("n"),
        lambda: catalogue.rows_of("n"),
        lambda: catalogue.notice_at(4),
        lambda: catalogue.neighbours(4),
        lambda: catalogue.chunks([0, 4]),
    ):
        with pytest.raises(KeyError):
            ask()


@given(where=FILTERS)
@settings(max_examples=60, deadline=None)
def test_a_filter_keeps_the_notices_it_admits(tmp_path_factory: pytest.TempPathFactory, where: Filter) -> None:
    path = tmp_path_factory.getbasetemp() / "filtered.sqlite"
    samples = [
        replace(notice, id=f"{notice.id}-{i}", place=place, issuing_authorities=authorities, document_number=number)
        for i, (place, authorities, number) in enumerate(
            [
                (Place("大同市", "云冈区"), ("市政府", "市 民政局"), "同政发〔2024〕9号"),
                (Place("大同市"), ("市政府",), ""),
                (Place(), (), ""),
            ]
        )
        for notice in NOTICES
    ]
    if not path.exists():
        write(path, samples)
    catalogue = Catalogue(path)
    admitted = [notice for notice in samples if where.admits(Facets.of(notice))]
    assert catalogue.notice_ids(where) == [notice.id for notice in admitted]
    assert list(catalogue.notices(where)) == admitted
    rows = [row for stretch in catalogue.rows(where) for row in stretch]
    assert rows == [row for notice in admitted for row in catalogue.rows_of(notice.id)]
    catalogue.close()


def test_rows_of_neighbouring_notices_are_one_stretch(catalogue: Catalogue) -> None:
    assert catalogue.rows() == [range(4)]
    assert catalogue.rows(Filter(cities=frozenset({"大同市", ""}))) == [range(2), range(3, 4)]
    assert catalogue.rows(Filter(cities=frozenset({"忻州市"}))) == []


def test_what_the_library_holds_at_a_glance(catalogue: Catalogue) -> None:
    assert catalogue.hashes() == {"大同/公报.txt": "a" * 64, "阳泉.txt": "b" * 64, "解读.txt": "c" * 64}
    assert catalogue.page_starts("阳泉.txt") == (0, 3)
    assert catalogue.notice_ids(source="阳泉.txt") == ["n-yangquan"]
    assert catalogue.places() == [Place("大同市", "云冈区"), Place("阳泉市")]
    assert catalogue.authorities() == ["大同市人民政府办公室", "大同市民政局", "阳泉市人民政府"]
    assert catalogue.relations("n-datong") == [Relation(RelationKind.EXPLAINS, "n-undated", "n-datong")]
    assert catalogue.relations("n-datong") == catalogue.relations("n-undated")
    assert catalogue.relations("n-yangquan") == []
    assert catalogue.cards()[1] == Card(
        "n-yangquan", "notice", "关于森林防火的通告", "", "阳泉市", "", date(2023, 3, 1)
    )

    assert catalogue.document_numbers() == ["同政办规〔2024〕3号"]
    assert catalogue.by_city(NoticeKind.NOTICE) == {"大同市": (1, date(2024, 6, 27)), "阳泉市": (1, date(2023, 3, 1))}
    assert catalogue.by_city(NoticeKind.EXPLAINER) == {"": (1, None)}


def test_a_notice_is_found_by_words_of_its_title(catalogue: Catalogue) -> None:
    assert sorted(catalogue.titled("惠民殡葬办法")) == ["n-datong", "n-undated"]
    assert catalogue.titled("森林_火") == []  # no pattern: the words as they are


@pytest.mark.parametrize("at_once", [1, 2, 200])
def test_all_notices_come_with_their_chunks(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("index.catalogue._READ_AT_ONCE", at_once)
    assert list(catalogue.held()) == [(notice, chunks_of(notice)) for notice in NOTICES]


def test_the_digest_tells_content_apart_but_not_where_it_lay(tmp_path: Path) -> None:
    digest = write(tmp_path / "a.sqlite")
    elsewhere = [replace(document, path="/srv/公报.txt") for document in DOCUMENTS]
    assert write(tmp_path / "b.sqlite", documents=elsewhere) == digest
    assert write(tmp_path / "c.sqlite", documents=DOCUMENTS[:2]) != digest
    assert write(tmp_path / "d.sqlite", notices=[*NOTICES[:2], replace(UNDATED, title="解读")]) != digest


def test_several_threads_ask_at_once(catalogue: Catalogue) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda i: (catalogue.chunks([i % 4])[0].notice_id, catalogue.notice_at(i % 4).id), range(400))
        )
    assert all(chunk == notice for chunk, notice in found)


def test_a_failed_block_leaves_no_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with pytest.raises(OverflowError), CatalogueWriter(path) as writer:
        writer.add_document(replace(DOCUMENTS[0], page_starts=(-1,)))
    assert not path.exists()


def test_a_chunk_that_is_no_stretch_of_its_notice_is_refused(tmp_path: Path) -> None:
    with CatalogueWriter(tmp_path / "catalogue.sqlite") as writer:
        chunk = replace(chunks_of(DATONG)[0], text="火化费全免。\n")
        with pytest.raises(ValueError, match="n-datong"):
            writer.add_notice(DATONG, TREE, [chunk])


def test_the_same_source_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"documents\.source"):
        write(tmp_path / "catalogue.sqlite", documents=[DOCUMENTS[0], DOCUMENTS[0]])


def test_a_full_disk_is_an_os_error(tmp_path: Path) -> None:
    writer = CatalogueWriter(tmp_path / "catalogue.sqlite")
    writer._connection.execute("PRAGMA max_page_count = 40")
    with pytest.raises(OSError, match=r"catalogue\.sqlite.*full"), writer:
        writer.add_document(replace(DOCUMENTS[0], text="全文" * 100_000))


def test_a_file_that_is_no_catalogue_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with pytest.raises(LibraryDamaged, match=r"catalogue\.sqlite.*wenzheng index"):
        Catalogue(path)
    path.write_bytes(b"not a catalogue at all, but long enough to be read as a header" * 100)
    with pytest.raises(LibraryDamaged, match=r"catalogue\.sqlite.*wenzheng index"):
        Catalogue(path).counts()
    sqlite3.connect(tmp_path / "other.sqlite").close()
    with pytest.raises(LibraryDamaged, match=r"other\.sqlite.*wenzheng index"):
        Catalogue(tmp_path / "other.sqlite").counts()
