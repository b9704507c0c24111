"""Documents, notices, provisions, chunks and how notices relate, kept in one file. The one door to sqlite.

A chunk's row is its number from 0 in the order written; a notice's chunks are neighbours. A notice's text and its
source map are read with it (then kept), a document's text only when it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

from index.errors import REBUILD, LibraryDamaged
from index.hits import Filter
from index.records import (
    Attachment,
    Card,
    Cell,
    Chunk,
    Document,
    DocumentType,
    Notice,
    NoticeKind,
    Place,
    Provision,
    ProvisionKind,
    Reference,
    Relation,
    RelationKind,
    RepairedText,
    SourceMap,
    Span,
)

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, sha256 TEXT NOT NULL, format TEXT NOT NULL, page_starts BLOB NOT NULL,
    title TEXT NOT NULL, one_notice INTEGER NOT NULL, path TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE notices (
    number INTEGER PRIMARY KEY, first_row INTEGER NOT NULL, end_row INTEGER NOT NULL, year INTEGER NOT NULL,
    id TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, document_number TEXT NOT NULL,
    document_type TEXT NOT NULL, issuing_authorities TEXT NOT NULL, city TEXT NOT NULL, county TEXT NOT NULL,
    signed_on TEXT, effective_on TEXT, effective_rule TEXT NOT NULL, expires_on TEXT, validity TEXT NOT NULL,
    public_release TEXT NOT NULL, recipients TEXT NOT NULL, refers TEXT NOT NULL, attachments TEXT NOT NULL,
    explains TEXT NOT NULL);
CREATE TABLE bodies (
    number INTEGER PRIMARY KEY, text TEXT NOT NULL, origin_starts BLOB NOT NULL, origin_sources BLOB NOT NULL);
CREATE TABLE authorities (
    authority TEXT NOT NULL, notice INTEGER NOT NULL, PRIMARY KEY (authority, notice)) WITHOUT ROWID;
CREATE TABLE provisions (
    notice INTEGER NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL, address TEXT NOT NULL, heading TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, parent INTEGER, depth INTEGER NOT NULL, cells TEXT NOT NULL,
    PRIMARY KEY (notice, place)) WITHOUT ROWID;
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, notice_id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    address TEXT NOT NULL, headings TEXT NOT NULL);
CREATE TABLE relations (
    kind TEXT NOT NULL, notice_id TEXT NOT NULL, other_id TEXT NOT NULL, reference INTEGER,
    PRIMARY KEY (kind, notice_id, other_id)) WITHOUT ROWID;
"""
# made after all rows are in: twice as fast as keeping them up to date
_INDEXES = """
CREATE UNIQUE INDEX documents_source ON documents (source);
CREATE UNIQUE INDEX notices_id ON notices (id);
CREATE INDEX notices_source ON notices (source);
CREATE INDEX notices_document_number ON notices (document_number);
CREATE INDEX notices_title ON notices (title, id);
CREATE INDEX notices_first_row ON notices (first_row);
CREATE INDEX notices_city ON notices (city, first_row, end_row);
CREATE INDEX relations_other ON relations (other_id);
"""
_NOTICES_KEPT = 512  # in memory, of a library that is being asked
_READ_AT_ONCE = 200  # notices, where all are read
_DOCUMENT_COLUMNS = "source, sha256, format, page_starts, title, one_notice, path, text"
_NOTICE_COLUMNS = (
    "id, source, kind, title, document_number, document_type, issuing_authorities, city, county, signed_on, "
    "effective_on, effective_rule, expires_on, validity, public_release, recipients, refers, attachments, explains"
)
_BODY_COLUMNS = "text, origin_starts, origin_sources"
_CHUNK_COLUMNS = "row, id, notice_id, start, end, address, headings"
_FILTERS = {  # a filter's key → what must be among its values
    "notice_ids": "id",
    "cities": "city",
    "counties": "county",
    "years": "year",
    "document_types": "document_type",
    "document_numbers": "document_number",
    "kinds": "kind",
}
_UNDATED = 0  # the year of a notice that bears no date


class CatalogueWriter:
    """Writes a new catalogue in one transaction: used with `with`, it is whole at the end of the block, else gone.

    OSError where the disk is full. Adding what is there already (a source, a notice's id) is a ValueError at the end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._digest = hashlib.sha256()
        self._notices = 0
        self._rows = 0
        # the file is new and nobody reads it before it is whole: no journal, no waiting for the disk
        self._connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA} BEGIN;")

    def __enter__(self) -> CatalogueWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        whole = False
        try:
            if kind is None:
                self._connection.executescript(f"{_INDEXES} ANALYZE;")  # which commits first
                whole = True
        except sqlite3.IntegrityError as twice:
            raise ValueError(f"a source or a notice occurs twice: {twice}") from twice
        except sqlite3.OperationalError as full:
            raise OSError(f"{self._path}: {full}") from full
        finally:
            self._connection.close()
            if not whole:
                self._path.unlink(missing_ok=True)

    @property
    def digest(self) -> str:
        """sha256 over what was written so far, in order, less meta and paths of files: the same on every machine."""
        return self._digest.hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """How many notices and chunks were written so far."""
        return {"notices": self._notices, "chunks": self._rows}

    def add_meta(self, key: str, value: str) -> None:
        self._insert("meta", [(key, value)])

    def add_document(self, document: Document) -> None:
        values = (document.source, document.sha256, document.format, _packed(document.page_starts), document.title)
        self._mark([(*values, document.text)])
        self._insert("documents", [(None, *values, int(document.one_notice), document.path, document.text)])

    def add_notice(self, notice: Notice, provisions: Sequence[Provision], chunks: Sequence[Chunk]) -> range:
        """Add a notice with its tree and its chunks, whose texts are stretches of its own. The rows of its chunks."""
        if any(chunk.text != notice.text[chunk.span.start : chunk.span.end] for chunk in chunks):
            raise ValueError(f"a chunk of {notice.id} has a text of its own")
        number, rows = self._notices, range(self._rows, self._rows + len(chunks))
        self._notices += 1
        self._rows = rows.stop
        year = notice.signed_on.year if notice.signed_on else _UNDATED
        of_notice = [(number, rows.start, rows.stop, year, *_notice_values(notice))]
        of_body = [(number, *_body_values(notice.body))]
        of_provisions = [(number, place, *_provision_values(each)) for place, each in enumerate(provisions)]
        of_chunks = [(row, *_chunk_values(each)) for row, each in zip(rows, chunks, strict=True)]
        self._mark(of_notice, of_body, of_provisions, of_chunks)
        self._insert("notices", of_notice)
        self._insert("bodies", of_body)
        self._insert("authorities", [(each, number) for each in dict.fromkeys(notice.issuing_authorities or ("",))])
        self._insert("provisions", of_provisions)
        self._insert("chunks", of_chunks)
        return rows

    def add_relation(self, relation: Relation) -> None:
        values = [(relation.kind.value, relation.notice_id, relation.other_id, relation.reference)]
        self._mark(values)
        self._insert("relations", values)

    def _mark(self, *rows: Sequence[tuple[Any, ...]]) -> None:
        self._digest.update(repr(rows).encode("utf-8", "surrogatepass"))

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            try:
                self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            except sqlite3.OperationalError as exc:
                raise OSError(f"{self._path}: {exc}") from exc


class Catalogue:
    """A whole catalogue, read only; gives back the records that were written. Safe to ask from several threads.

    LibraryDamaged if the file is no catalogue. KeyError for an id, a source or a row that it does not hold.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        # immutable: no locks are taken and no other file is looked for, so a read-only disk will do
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as exc:
            raise self._damaged() from exc
        self._notice = lru_cache(_NOTICES_KEPT)(self._read_notice)
        self._provisions = lru_cache(_NOTICES_KEPT)(self._read_provisions)

    def close(self) -> None:
        self._connection.close()

    def meta(self) -> dict[str, str]:
        return dict(self._all("SELECT key, value FROM meta"))

    def counts(self) -> dict[str, int]:
        """How many documents, notices and chunks there are."""
        query = (
            "SELECT (SELECT max(id) FROM documents), (SELECT max(number) + 1 FROM notices), "
            "(SELECT max(row) + 1 FROM chunks)"  # numbered without gaps: no need to read them all
        )
        return {what: n or 0 for what, n in zip(("documents", "notices", "chunks"), self._all(query)[0], strict=True)}

    def hashes(self) -> dict[str, str]:
        """sha256 by source, in the order written; without reading a text."""
        return dict(self._all("SELECT source, sha256 FROM documents ORDER BY id"))

    def paths(self) -> dict[str, str]:
        """The file that each document was read from, by source; without reading a text."""
        return dict(self._all("SELECT source, path FROM documents ORDER BY id"))

    def document(self, source: str) -> Document:
        return _document(self._one(f"SELECT {_DOCUMENT_COLUMNS} FROM documents WHERE source = ?", source))

    def page_starts(self, source: str) -> tuple[int, ...]:
        """Where each page of a document begins, without reading its text; () for formats without pages."""
        return _unpacked(self._one("SELECT page_starts FROM documents WHERE source = ?", source)[0])

    def documents(self) -> Iterator[Document]:
        """All documents in the order written, one at a time."""
        return (self.document(source) for source in self.hashes())

    def notice(self, notice_id: str) -> Notice:
        return self._notice(notice_id)

    def notice_at(self, row: int) -> Notice:
        """The notice of a chunk."""
        return self._notice(self._one("SELECT notice_id FROM chunks WHERE row = ?", row)[0])

    def notice_ids(self, where: Filter | None = None, source: str | None = None) -> list[str]:
        """The notices that pass the filter (of one source), in the order written."""
        condition, values = _condition(where)
        if source is not None:
            condition, values = f"{condition} AND source = ?", [*values, source]
        return [found[0] for found in self._all(f"SELECT id FROM notices WHERE {condition} ORDER BY number", *values)]

    def notices(self, where: Filter | None = None, source: str | None = None) -> Iterator[Notice]:
        """As notice_ids, one notice at a time."""
        return (self._read_notice(each) for each in self.notice_ids(where, source))

    def cards(self) -> list[Card]:
        """Every notice at a glance, in the order written."""
        query = "SELECT id, kind, title, document_number, city, county, signed_on FROM notices ORDER BY number"
        return [
            Card(notice_id, kind, title, number, city, county, _date(day))
            for notice_id, kind, title, number, city, county, day in self._all(query)
        ]

    def document_numbers(self) -> list[str]:
        """Every 文号, canonical, sorted."""
        query = "SELECT DISTINCT document_number FROM notices WHERE document_number <> '' ORDER BY document_number"
        return [values[0] for values in self._all(query)]

    def titled(self, part: str) -> list[str]:
        """The notices whose title holds these words."""
        return [values[0] for values in self._all("SELECT id FROM notices WHERE instr(title, ?)", part)]

    def by_city(self, kind: NoticeKind) -> dict[str, tuple[int, date | None]]:
        """Of each city ("": of none): how many notices of the kind there are, and the newest date that one bears."""
        query = "SELECT city, count(*), max(signed_on) FROM notices WHERE kind = ? GROUP BY city"
        return {city: (n, _date(day)) for city, n, day in self._all(query, kind.value)}

    def notices_of(self, rows: Sequence[int]) -> dict[int, str]:
        """The notice's id for each of these rows."""
        query = "SELECT row, notice_id FROM chunks WHERE row IN (SELECT value FROM json_each(?))"
        return dict(self._all(query, json.dumps(list(rows))))

    def chunk_counts(self, notice_ids: Collection[str]) -> dict[str, int]:
        """Of how many chunks each of these notices consists; an id that is none is left out."""
        query = "SELECT id, end_row - first_row FROM notices WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._all(query, json.dumps(sorted(notice_ids))))

    def provisions(self, notice_id: str) -> tuple[Provision, ...]:
        """The notice's tree in reading order."""
        return self._provisions(notice_id)

    def chunks(self, rows: Sequence[int]) -> list[Chunk]:
        """The chunks of these rows, in the order asked."""
        query = f"SELECT {_CHUNK_COLUMNS} FROM chunks WHERE row IN (SELECT value FROM json_each(?))"
        found = {
            row: _chunk(values, self._notice(values[1]).text)
            for row, *values in self._all(query, json.dumps(list(rows)))
        }
        return [found[row] for row in rows]

    def all_chunks(self) -> Iterator[Chunk]:
        """Every chunk in row order, read a thousand at a time."""
        total = self.counts()["chunks"]
        for start in range(0, total, 1000):
            yield from self.chunks(range(start, min(start + 1000, total)))

    def held(self) -> Iterator[tuple[Notice, list[Chunk]]]:
        """Every notice with its chunks, in row order, read some hundreds at a time."""
        query = (
            f"SELECT first_row, end_row, {_NOTICE_COLUMNS}, {_BODY_COLUMNS} FROM notices JOIN bodies USING (number) "
            "WHERE number BETWEEN ? AND ? ORDER BY number"
        )
        of_rows = f"SELECT {_CHUNK_COLUMNS} FROM chunks WHERE row BETWEEN ? AND ? ORDER BY row"
        for number in range(0, self.counts()["notices"], _READ_AT_ONCE):
            notices = self._all(query, number, number + _READ_AT_ONCE - 1)
            chunks = iter(self._all(of_rows, notices[0][0], notices[-1][1] - 1))
            for first, end, *values, text, starts, sources in notices:
                own = [_chunk(each[1:], text) for each in islice(chunks, end - first)]
                yield _notice(values, _body(text, starts, sources)), own

    def rows(self, where: Filter | None = None) -> list[range]:
        """The rows of all chunks that pass the filter: stretches in rising order that neither touch nor are empty."""
        condition, values = _condition(where)
        query = f"SELECT first_row, end_row FROM notices WHERE {condition} AND first_row < end_row ORDER BY first_row"
        stretches: list[range] = []
        begin = end = 0
        for start, stop in self._all(query, *values):
            if start != end:
                stretches.append(range(begin, end))
                begin = start
            end = stop
        return [stretch for stretch in (*stretches, range(begin, end)) if stretch]

    def rows_of(self, notice_id: str) -> range:
        """The rows of a notice's chunks, in reading order."""
        start, stop = self._one("SELECT first_row, end_row FROM notices WHERE id = ?", notice_id)
        return range(start, stop)

    def neighbours(self, row: int) -> tuple[int | None, int | None]:
        """The rows before and after in the same notice; None where the notice begins or ends."""
        start, stop = self._one(
            "SELECT first_row, end_row FROM notices WHERE first_row <= ? ORDER BY first_row DESC, end_row DESC LIMIT 1",
            row,
        )
        if not start <= row < stop:
            raise KeyError(row)
        return (row - 1 if row > start else None), (row + 1 if row + 1 < stop else None)

    def relations(self, notice_id: str) -> list[Relation]:
        """What the notice says of others, and what others say of it."""
        query = "SELECT kind, notice_id, other_id, reference FROM relations WHERE notice_id = ? OR other_id = ?"
        return [Relation(RelationKind(kind), *said) for kind, *said in self._all(query, notice_id, notice_id)]

    def places(self) -> list[Place]:
        """Every place that a notice names, sorted."""
        query = "SELECT DISTINCT city, county FROM notices WHERE city || county <> '' ORDER BY city, county"
        return [Place(*values) for values in self._all(query)]

    def authorities(self) -> list[str]:
        """Every issuing authority, sorted."""
        query = "SELECT DISTINCT authority FROM authorities WHERE authority <> '' ORDER BY authority"
        return [values[0] for values in self._all(query)]

    def _read_notice(self, notice_id: str) -> Notice:
        query = f"SELECT {_NOTICE_COLUMNS}, {_BODY_COLUMNS} FROM notices JOIN bodies USING (number) WHERE id = ?"
        *values, text, starts, sources = self._one(query, notice_id)
        return _notice(values, _body(text, starts, sources))

    def _read_provisions(self, notice_id: str) -> tuple[Provision, ...]:
        number = self._one("SELECT number FROM notices WHERE id = ?", notice_id)[0]
        query = (
            "SELECT kind, address, heading, start, end, parent, depth, cells FROM provisions "
            "WHERE notice = ? ORDER BY place"
        )
        return tuple(_provision(values) for values in self._all(query, number))

    def _all(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as exc:
            raise self._damaged() from exc

    def _one(self, query: str, value: str | int) -> tuple[Any, ...]:
        found = self._all(query, value)
        if not found:
            raise KeyError(value)
        return found[0]

    def _damaged(self) -> LibraryDamaged:
        return LibraryDamaged(f"目录文件 {self._path} 读不出来。{REBUILD}")


def _condition(where: Filter | None) -> tuple[str, list[str]]:
    """A condition on notices, and its values."""
    conditions, values = ["1"], []
    for key, column in _FILTERS.items():
        if where and (allowed := getattr(where, key)):
            conditions.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps([_UNDATED if each is None else each for each in allowed]))
    if where and where.authorities:
        conditions.append(
            "number IN (SELECT notice FROM authorities WHERE authority IN (SELECT value FROM json_each(?)))"
        )
        values.append(json.dumps(list(where.authorities)))
    return " AND ".join(conditions), values


def _notice_values(notice: Notice) -> tuple[Any, ...]:
    """In the order of _NOTICE_COLUMNS."""
    attachments = [
        (each.number, each.title, each.present, (each.span.start, each.span.end) if each.span else None)
        for each in notice.attachments
    ]
    return (
        notice.id,
        notice.source,
        notice.kind.value,
        notice.title,
        notice.document_number,
        notice.document_type.value,
        _json(notice.issuing_authorities),
        notice.place.city,
        notice.place.county,
        _day(notice.signed_on),
        _day(notice.effective_on),
        notice.effective_rule,
        _day(notice.expires_on),
        notice.validity,
        notice.public_release,
        _json(notice.recipients),
        _json(map(_reference_values, notice.references)),
        _json(attachments),
        notice.explains,
    )


def _notice(values: Sequence[Any], body: RepairedText) -> Notice:
    """From a row of _NOTICE_COLUMNS."""
    return Notice(
        id=values[0],
        source=values[1],
        kind=NoticeKind(values[2]),
        title=values[3],
        document_number=values[4],
        document_type=DocumentType(values[5]),
        issuing_authorities=tuple(json.loads(values[6])),
        place=Place(values[7], values[8]),
        signed_on=_date(values[9]),
        effective_on=_date(values[10]),
        effective_rule=values[11],
        expires_on=_date(values[12]),
        validity=values[13],
        public_release=values[14],
        recipients=tuple(json.loads(values[15])),
        references=tuple(map(_reference, json.loads(values[16]))),
        attachments=tuple(
            Attachment(number, title, present, Span(*span) if span else None)
            for number, title, present, span in json.loads(values[17])
        ),
        explains=values[18],
        body=body,
    )


def _reference_values(each: Reference) -> tuple[str | int, ...]:
    named = (each.kind.value, each.document_number, each.title)
    return (*named, each.span.start, each.span.end, each.said.start, each.said.end)


def _reference(values: Sequence[Any]) -> Reference:
    kind, number, title, start, end, said_from, said_to = values
    return Reference(RelationKind(kind), number, title, Span(start, end), Span(said_from, said_to))


def _body_values(body: RepairedText) -> tuple[Any, ...]:
    """In the order of _BODY_COLUMNS."""
    return body.text, _packed(body.origins.starts), _packed(body.origins.sources)


def _body(text: str, starts: bytes, sources: bytes) -> RepairedText:
    return RepairedText(text, SourceMap(_unpacked(starts), _unpacked(sources), len(text)))


def _provision_values(provision: Provision) -> tuple[Any, ...]:
    cells = _json([(cell.column, cell.span.start, cell.span.end) for cell in provision.cells])
    span = provision.span
    position = (span.start, span.end, provision.parent, provision.depth)
    return (provision.kind.value, provision.address, provision.heading, *position, cells)


def _provision(values: tuple[Any, ...]) -> Provision:
    kind, address, heading, start, end, parent, depth, cells = values
    columns = tuple(Cell(column, Span(*span)) for column, *span in json.loads(cells))
    return Provision(ProvisionKind(kind), address, heading, Span(start, end), parent, depth, columns)


def _chunk_values(chunk: Chunk) -> tuple[Any, ...]:
    """In the order of _CHUNK_COLUMNS, less the row."""
    return chunk.id, chunk.notice_id, chunk.span.start, chunk.span.end, chunk.address, _json(chunk.headings)


def _chunk(values: Sequence[Any], notice_text: str) -> Chunk:
    """From a row of _CHUNK_COLUMNS, less the row."""
    chunk_id, notice_id, start, end, address, headings = values
    return Chunk(chunk_id, notice_id, Span(start, end), address, tuple(json.loads(headings)), notice_text[start:end])


def _document(values: tuple[Any, ...]) -> Document:
    """From a row of _DOCUMENT_COLUMNS."""
    source, sha256, form, pages, title, one_notice, path, text = values
    return Document(source, text, sha256, form, _unpacked(pages), title, bool(one_notice), path)


def _json(value: Iterable[Any]) -> str:
    return json.dumps(list(value), ensure_ascii=False, separators=(",", ":"))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _packed(offsets: Sequence[int]) -> bytes:
    return array("I", offsets).tobytes()


def _unpacked(blob: bytes) -> tuple[int, ...]:
    offsets = array("I")
    offsets.frombytes(blob)
    return tuple(offsets)
