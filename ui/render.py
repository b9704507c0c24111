"""Answers, passages and notices as JSON, plain text and Markdown. Pure.

The JSON is a contract with programs: fields may be added, none renamed or dropped. JSON keeps every character as it is
in the source; text and Markdown are for eyes, so what could move a cursor or turn a line around is shown as �.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from index.records import Attachment, Notice, NoticeKind, Passage, Reference, Relation, Validity
from qa.records import EXTRACTIVE, Answer, Citation, Draft, Support, Verdict
from ui.badges import badge
from ui.records import JSON, Reply

Json = dict[str, object]

Paint = Callable[[str, str], str]
"""(text, style) → the text as the screen wants it. Styles: "strong", "mark", "muted", "warn"."""


def plain(text: str, style: str) -> str:
    """The Paint of pipes and files: none."""
    return text


# ---------------------------------------------------------------------------------------------------- characters

_SURROGATES = re.compile("[\ud800-\udfff]")
# C0 and C1 controls but tab and line feed, the marks that reorder a line, lone surrogates
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_BREAKS = {ord("\x85"): "\\u0085", ord("\u2028"): "\\u2028", ord("\u2029"): "\\u2029"}


def well_formed(text: str) -> str:
    """`text` fit for UTF-8: each lone surrogate becomes one �, so that offsets stay."""
    return _SURROGATES.sub("\ufffd", text)


def visible(text: str) -> str:
    """`text` fit for a terminal: characters that act instead of being seen become �."""
    return _UNSHOWABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """`text` on one line, each run of white space a single space."""
    return visible(" ".join(text.split()))


def json_line(record: Mapping[str, object]) -> str:
    """One object on one line, also to readers that break lines at U+0085, U+2028 and U+2029. No line end."""
    return well_formed(json.dumps(record, ensure_ascii=False)).translate(_LINE_BREAKS)


def json_reply(record: Mapping[str, object], status: int = 200) -> Reply:
    """The same as what a handler gives back."""
    return Reply(json_line(record), status, JSON)


# ---------------------------------------------------------------------------------------------------------- JSON


def answer_json(answer: Answer, id: object = None) -> Json:
    """The contract's object. `id` is the caller's, given back as it came."""
    return {
        "id": id,
        "question": answer.question.text,
        "status": answer.status.value,
        "answer": answer.text,
        "missing": list(answer.missing),
        "citations": citations_json(answer.citations),
        "passages": [
            {
                "rank": passage.rank,
                "source": passage.notice.source,
                "notice": passage.notice.title,
                "start": passage.source_span.start,
                "end": passage.source_span.end,
                "score": _score(passage.score),
            }
            for passage in answer.passages
        ],
        "answerer": answer.answerer,
        "library": answer.library,
        "elapsed_ms": round(float(answer.elapsed_ms), 1),
        "confidence": None if answer.confidence is None else _score(answer.confidence),
        "sentences": [_sentence_json(verdict) for verdict in answer.verdicts],
        "dropped": answer.dropped,
        "note": answer.note or None,
        "prompts": dict(answer.prompts),
        "read_as": list(answer.read_as),
    }


def draft_json(draft: Draft) -> Json:
    """What may be shown of an answer while a model writes it."""
    return {"answer": draft.text, "citations": citations_json(draft.citations)}


def citations_json(citations: Iterable[Citation]) -> list[Json]:
    """In the order of their markers."""
    return [_citation_json(citation) for citation in citations]


def error_json(id: object, message: str) -> Json:
    """What stands in the place of an answer where a row could not be answered."""
    return {"id": id, "status": "error", "error": message}


def _sentence_json(verdict: Verdict) -> Json:
    return {
        "text": verdict.text,
        "markers": list(verdict.markers),
        "verdict": verdict.support.value,
        "failed": list(verdict.failed),
    }


def _citation_json(citation: Citation) -> Json:
    notice = citation.notice
    return {
        "marker": citation.marker,
        "source": notice.source,
        "page": citation.page,
        "notice": notice.title,
        "document_number": notice.document_number or None,
        "issuing_authorities": list(notice.issuing_authorities),
        "signed_on": _iso(notice.signed_on),
        "address": citation.address,
        "quote": citation.quote,
        "start": citation.source_span.start,
        "end": citation.source_span.end,
        "validity": _validity_json(citation.validity) if citation.validity else None,
    }


def _validity_json(validity: Validity) -> Json:
    """How a cited notice stands on the day asked; `until` is the last day of its term, or the first of its repeal."""
    by = validity.by
    return {
        "state": validity.standing.value,
        "word": badge(validity).word,
        "on": validity.on.isoformat(),
        "since": _iso(validity.since),
        "until": _iso(validity.until),
        "by": {"document_number": by.document_number or None, "title": by.title, "id": by.id} if by else None,
    }


def passage_json(passage: Passage) -> Json:
    """One retrieved passage; `start` and `end` are offsets in the source text, `scores` by retriever."""
    notice = passage.notice
    span = passage.source_span
    return {
        "rank": passage.rank,
        "source": notice.source,
        "kind": notice.kind.value,
        "notice": notice.title,
        "document_number": notice.document_number or None,
        "issuing_authorities": list(notice.issuing_authorities),
        "signed_on": _iso(notice.signed_on),
        "place": str(notice.place) or None,
        "address": passage.chunk.address,
        "headings": list(passage.chunk.headings),
        "text": passage.text,
        "start": span.start,
        "end": span.end,
        "score": _score(passage.score),
        "scores": {name: _score(score) for name, score in passage.scores.items()},
    }


def notice_json(notice: Notice, relations: Iterable[Relation] = ()) -> Json:
    """What a notice says of itself and of others; null for what it does not say. `start` and `end` as in the source
    text. `relations`: the catalogue's of this notice, which tell what others the library holds.
    """
    held = {each.reference: each.other_id for each in relations if each.notice_id == notice.id}
    span = notice.source_span()
    return {
        "source": notice.source,
        "kind": notice.kind.value,
        "title": notice.title,
        "document_number": notice.document_number or None,
        "issuing_authorities": list(notice.issuing_authorities),
        "signed_on": _iso(notice.signed_on),
        "effective_on": _iso(notice.effective_on),
        "expires_on": _iso(notice.expires_on),
        "place": str(notice.place) or None,
        "document_type": notice.document_type.value,
        "repeals": [
            {"document_number": repeal.document_number or None, "title": repeal.title or None}
            for repeal in notice.repeals
        ],
        "attachments": [_attachment_json(attachment) for attachment in notice.attachments],
        "start": span.start,
        "end": span.end,
        "effective_rule": notice.effective_rule or None,
        "validity": notice.validity or None,
        "public_release": notice.public_release or None,
        "recipients": list(notice.recipients),
        "explains": notice.explains or None,
        "id": notice.id,
        "references": [
            _reference_json(notice, reference, held.get(place)) for place, reference in enumerate(notice.references)
        ],
    }


def _reference_json(notice: Notice, reference: Reference, held: str | None) -> Json:
    said = notice.source_span(reference.said)
    return {
        "kind": reference.kind.value,
        "document_number": reference.document_number or None,
        "title": reference.title or None,
        "id": held,
        "start": said.start,
        "end": said.end,
    }


def _attachment_json(attachment: Attachment) -> Json:
    return {"number": attachment.number, "title": attachment.title, "present": attachment.present}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _score(score: float) -> float:
    # float() also takes numpy's float32, which json does not write; its noise ends at the seventh digit
    return round(float(score), 6)


# ---------------------------------------------------------------------------------------------------------- text


def answer_text(answer: Answer, paint: Paint = plain) -> str:
    """The answer, its numbered sources, each with its quote on one line, and what a model did. No line end.

    A sentence that is not borne out by its quotes, or could not be checked, bears a sign.
    """
    pieces = ((_marked(visible(piece), answer.citations, paint), sign) for piece, sign in signed(answer))
    parts = ["".join(told + (paint(sign, "warn") if sign else "") for told, sign in pieces)]
    if told := read_as(answer):
        parts.append(paint(told, "warn"))
    missing = _unsaid(answer)
    if missing:
        parts.append(paint(f"本库没有：{'；'.join(map(one_line, missing))}", "warn"))
    if answer.citations:
        lines = [paint("依据", "strong")]
        for citation in answer.citations:
            marker = f"[{citation.marker}]"
            lines.append(f"{paint(marker, 'mark')} {_citation_head(citation, paint)}")
            lines.append(f"{' ' * (len(marker) + 1)}“{one_line(citation.quote)}”")
        parts.append("\n".join(lines))
    if written := written_by(answer):
        parts.append(paint(written, "muted"))
    return "\n\n".join(parts)


def written_by(answer: Answer) -> str:
    """What a model did for an answer, or why it did nothing; "" where there is none."""
    if answer.note or answer.answerer == EXTRACTIVE:
        return one_line(answer.note)
    return f"以上由语言模型“{one_line(answer.answerer)}”写成，每句都与所引的原文核对过。"


def read_as(answer: Answer) -> str:
    """What was read where the question seems misspelt, so that a wrong guess shows; "" where nothing was."""
    words = "、".join(f"“{one_line(word)}”" for word in answer.read_as)
    return f"已按{words}查找。" if words else ""


def passage_text(passage: Passage, paint: Paint = plain) -> str:
    """A passage in three lines: its notice and scores; where it stands; its words. No line end."""
    notice = passage.notice
    number = f"{passage.rank}."
    margin = " " * (len(number) + 1)
    parts = "，".join(f"{_RETRIEVERS.get(name, name)} {score:.4f}" for name, score in passage.scores.items())
    scores = f"得分 {passage.score:.4f}" + (f"（{parts}）" if parts else "")
    span = passage.source_span
    head = [_name(notice, paint), one_line(passage.chunk.address), _iso(notice.signed_on) or ""]
    return "\n".join(
        (
            f"{paint(number, 'mark')} {' · '.join(filter(None, head))}",
            margin + paint(f"{one_line(notice.source)} 第 {span.start}–{span.end} 字 · {scores}", "muted"),
            margin + one_line(passage.text),
        )
    )


NOTICE_COLUMNS = ("成文日期", "文号", "标题", "文种", "地区", "出处")


def notice_row(notice: Notice) -> tuple[str, ...]:
    """A notice as one row under NOTICE_COLUMNS; what it does not say is empty."""
    row = (
        _iso(notice.signed_on) or "",
        notice.document_number,
        notice.title,
        _EXPLAINER if notice.kind is NoticeKind.EXPLAINER else notice.document_type.value,
        str(notice.place),
        notice.source,
    )
    return tuple(map(one_line, row))


def notice_text(notice: Notice, paint: Paint = plain) -> str:
    """A notice in two lines: its title under all else, since titles are long and screens narrow. No line end."""
    signed_on, number, title, *rest = notice_row(notice)
    return f"{paint('  '.join(filter(None, (signed_on, number, *rest))), 'muted')}\n    {title}"


SIGNS = {Support.UNCHECKED: "？未核验", Support.UNSUPPORTED: "✗ 无据"}


def signed(answer: Answer) -> Iterator[tuple[str, str]]:
    """The answer's text in pieces, each with the sign that stands behind it; "" behind the last one, if it needs none.

    Supported sentences need no sign, so they stay in one piece with what follows.
    """
    at = 0
    for verdict in answer.verdicts:
        if verdict.support in SIGNS:
            yield answer.text[at : verdict.span.end], SIGNS[verdict.support]
            at = verdict.span.end
    if at < len(answer.text) or not at:
        yield answer.text[at:], ""


_EXPLAINER = "政策解读"
_RETRIEVERS = {"lexical": "字词", "dense": "语义", "near": "逐词贴近", "near_window": "最近的一段"}
_MARKER = re.compile(r"\[(\d+)\]")


def _marked(text: str, citations: Iterable[Citation], paint: Paint) -> str:
    markers = {str(citation.marker) for citation in citations}
    # [2024] may be a year of a 文号: only what leads to a source is painted
    return _MARKER.sub(lambda found: paint(found[0], "mark") if found[1] in markers else found[0], text)


def _citation_head(citation: Citation, paint: Paint) -> str:
    page = f"第 {citation.page} 页" if citation.page is not None else ""
    signed_on = paint(citation.notice.signed_on.isoformat(), "muted") if citation.notice.signed_on else ""
    stands = _standing(citation.validity, paint) if citation.validity else ""
    head = [_name(citation.notice, paint), one_line(citation.address), page, signed_on, stands]
    return " · ".join(filter(None, head))


def _standing(validity: Validity, paint: Paint) -> str:
    label = badge(validity)
    return paint(f"{label.shape} {label.word}", "muted" if validity.holds else "warn")


def _name(notice: Notice, paint: Paint) -> str:
    kind = f"（{_EXPLAINER}）" if notice.kind is NoticeKind.EXPLAINER else ""
    number = paint(one_line(notice.document_number), "muted") if notice.document_number else ""
    return " ".join(filter(None, (titled(notice.title) + kind, number)))


def titled(title: str) -> str:
    """The title in book marks; book marks within are single ones: 《关于印发〈办法〉的通知》."""
    return f"《{one_line(title).replace('《', '〈').replace('》', '〉')}》"


def _unsaid(answer: Answer) -> tuple[str, ...]:
    """What is missing, as far as the answer's own words do not say it already."""
    return tuple(missing for missing in answer.missing if missing not in answer.text)


# ------------------------------------------------------------------------------------------------------ Markdown

_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|~$&]")
_MARKDOWN_LINE = re.compile(r"^(\d*)([-+=.)])")  # would begin a list or underline a heading
_ESCAPED_MARKER = re.compile(r"\\\[(\d+)\\\](?![(:])")


def answer_markdown(answer: Answer) -> str:
    """The answer, its sources as quotes, and what a model did. No word of theirs acts as Markdown or HTML."""
    text = "".join(piece + sign for piece, sign in signed(answer))
    parts = [_markdown(line) for line in visible(text).splitlines() if line.strip()]
    if told := read_as(answer):
        parts.append(_markdown(told))
    missing = _unsaid(answer)
    if missing:
        parts.append(_markdown(f"本库没有：{'；'.join(map(one_line, missing))}"))
    if answer.citations:
        parts.append("**依据**")
    for citation in answer.citations:
        head = _markdown(f"[{citation.marker}] {_citation_head(citation, plain)}")
        parts.append(f"{head}\n\n> “{_markdown(one_line(citation.quote))}”")
    if written := written_by(answer):
        parts.append(_markdown(written))
    return "\n\n".join(parts)


def _markdown(line: str) -> str:
    escaped = _MARKDOWN.sub(r"\\\g<0>", line.strip())
    return _MARKDOWN_LINE.sub(r"\1\\\2", _ESCAPED_MARKER.sub(r"[\1]", escaped))
