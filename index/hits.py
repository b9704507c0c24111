"""What the search engines are asked and what they answer: Facets, Filter, Hit. Frozen, no I/O.

A *row* is a chunk's number in its library, from 0, the same in the catalogue, among the words and among the vectors.
The chunks of one notice are neighbours, so a set of notices is a list of `range`s of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from index.records import Notice


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found, and how well it fits: higher is better, comparable within one search."""

    row: int
    score: float


@dataclass(frozen=True, slots=True)
class Facets:
    """What a filter may ask of a chunk: facts of its notice. "" (or no authority, no year) where it does not say."""

    notice_id: str = ""
    city: str = ""
    county: str = ""
    authorities: tuple[str, ...] = ()
    year: int | None = None  # signed in
    document_type: str = ""
    document_number: str = ""
    kind: str = ""

    @classmethod
    def of(cls, notice: Notice) -> Facets:
        """The facets of every chunk of a notice."""
        return cls(
            notice_id=notice.id,
            city=notice.place.city,
            county=notice.place.county,
            authorities=notice.issuing_authorities,
            year=notice.signed_on.year if notice.signed_on else None,
            document_type=notice.document_type.value,
            document_number=notice.document_number,
            kind=notice.kind.value,
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """Which chunks may be found: any value within a key, every key that names values.

    An empty set leaves its key free, and `Filter()` admits everything. What a notice does not say is a value too:
    cities {"阳泉市", ""} admits 阳泉 and notices that name no city; years {2024, None} those that bear no date.
    """

    notice_ids: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()  # one of the issuing authorities
    years: frozenset[int | None] = frozenset()
    document_types: frozenset[str] = frozenset()
    document_numbers: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether it keeps anything out."""
        return any(getattr(self, each.name) for each in fields(self))

    def admits(self, facets: Facets) -> bool:
        """The meaning of a filter in plain words; both engines and the catalogue agree with it."""
        asked = (
            (self.notice_ids, {facets.notice_id}),
            (self.cities, {facets.city}),
            (self.counties, {facets.county}),
            (self.authorities, set(facets.authorities) or {""}),
            (self.years, {facets.year}),
            (self.document_types, {facets.document_type}),
            (self.document_numbers, {facets.document_number}),
            (self.kinds, {facets.kind}),
        )
        return all(not allowed or allowed & given for allowed, given in asked)
