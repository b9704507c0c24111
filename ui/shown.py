"""An answer as a face shows it and keeps it: words, badges and places, no notice and no library. Pure.

Answer → Shown → JSON → Shown, so that a ticket, a permalink or a proposed case shows next year what was shown today,
also when the library has moved on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from index.records import NoticeKind, Span
from qa.records import Answer, Citation, Draft, Status, Support, Verdict
from ui.badges import Badge, badge
from ui.render import Json, read_as, titled, written_by


@dataclass(frozen=True, slots=True)
class Source:
    """One stretch of a notice that an answer rests on."""

    marker: int
    notice_id: str
    span: Span  # of the notice's repaired text
    title: str
    explainer: bool
    document_number: str
    issuing_authorities: tuple[str, ...]
    signed_on: date | None
    place: str
    address: str  # 第二条第（一）项
    page: int | None
    quote: str
    standing: Badge | None  # on the day asked

    @classmethod
    def of(cls, citation: Citation) -> Source:
        notice = citation.notice
        return cls(
            marker=citation.marker,
            notice_id=notice.id,
            span=citation.notice_span,
            title=notice.title,
            explainer=notice.kind is NoticeKind.EXPLAINER,
            document_number=notice.document_number,
            issuing_authorities=notice.issuing_authorities,
            signed_on=notice.signed_on,
            place=str(notice.place),
            address=citation.address,
            page=citation.page,
            quote=citation.quote,
            standing=badge(citation.validity) if citation.validity else None,
        )

    @property
    def name(self) -> str:
        """《…》, with what kind it is where it is an explainer."""
        return titled(self.title) + ("（政策解读）" if self.explainer else "")

    def to_json(self) -> Json:
        """As `from_json` reads it."""
        standing = self.standing
        return {
            "marker": self.marker,
            "notice_id": self.notice_id,
            "span": [self.span.start, self.span.end],
            "title": self.title,
            "explainer": self.explainer,
            "document_number": self.document_number,
            "issuing_authorities": list(self.issuing_authorities),
            "signed_on": self.signed_on.isoformat() if self.signed_on else None,
            "place": self.place,
            "address": self.address,
            "page": self.page,
            "quote": self.quote,
            "standing": [standing.tone, standing.shape, standing.word, standing.note] if standing else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Source:
        """What `to_json` gave. KeyError, TypeError or ValueError where it did not."""
        return cls(
            marker=int(kept["marker"]),
            notice_id=str(kept["notice_id"]),
            span=Span(*kept["span"]),
            title=str(kept["title"]),
            explainer=bool(kept["explainer"]),
            document_number=str(kept["document_number"]),
            issuing_authorities=tuple(kept["issuing_authorities"]),
            signed_on=date.fromisoformat(kept["signed_on"]) if kept["signed_on"] else None,
            place=str(kept["place"]),
            address=str(kept["address"]),
            page=kept["page"],
            quote=str(kept["quote"]),
            standing=Badge(*kept["standing"]) if kept["standing"] else None,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer. `told` and `written` are sentences ready for eyes, "" where there is nothing to say."""

    status: Status
    text: str
    sources: tuple[Source, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    missing: tuple[str, ...] = ()
    told: str = ""  # what was read where the question seems misspelt
    written: str = ""  # who wrote, or why no model did
    answerer: str = ""
    library: str = ""
    asked_on: date | None = None
    confidence: float | None = None

    @classmethod
    def of(cls, answer: Answer) -> Shown:
        return cls(
            status=answer.status,
            text=answer.text,
            sources=_sources(answer.citations),
            verdicts=answer.verdicts,
            missing=answer.missing,
            told=read_as(answer),
            written=written_by(answer),
            answerer=answer.answerer,
            library=answer.library,
            asked_on=answer.question.asked_on,
            confidence=answer.confidence,
        )

    @classmethod
    def of_draft(cls, draft: Draft) -> Shown:
        """What may be shown so far."""
        return cls(Status.ANSWERED, draft.text, _sources(draft.citations))

    def to_json(self) -> Json:
        """As `from_json` reads it."""
        return {
            "status": self.status.value,
            "text": self.text,
            "sources": [source.to_json() for source in self.sources],
            "verdicts": [
                [v.span.start, v.span.end, v.text, list(v.markers), v.support.value, list(v.failed)]
                for v in self.verdicts
            ],
            "missing": list(self.missing),
            "told": self.told,
            "written": self.written,
            "answerer": self.answerer,
            "library": self.library,
            "asked_on": self.asked_on.isoformat() if self.asked_on else None,
            "confidence": self.confidence,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Shown:
        """What `to_json` gave. KeyError, TypeError or ValueError where it did not."""
        return cls(
            status=Status(kept["status"]),
            text=str(kept["text"]),
            sources=tuple(Source.from_json(each) for each in kept["sources"]),
            verdicts=tuple(
                Verdict(Span(start, end), text, tuple(markers), Support(support), tuple(failed))
                for start, end, text, markers, support, failed in kept["verdicts"]
            ),
            missing=tuple(kept["missing"]),
            told=str(kept["told"]),
            written=str(kept["written"]),
            answerer=str(kept["answerer"]),
            library=str(kept["library"]),
            asked_on=date.fromisoformat(kept["asked_on"]) if kept["asked_on"] else None,
            confidence=kept["confidence"],
        )


def _sources(citations: Iterable[Citation]) -> tuple[Source, ...]:
    return tuple(map(Source.of, citations))
