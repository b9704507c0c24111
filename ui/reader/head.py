"""What stands above a notice's text: title, what it says of itself, relations, attachments, what can be had. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.records import Attachment, Notice, NoticeKind, Relation, RelationKind, Span, Validity
from ui.badges import badge
from ui.markup import badges_html, notice_address, text_html
from ui.reader.files import OF_LINES, Original
from ui.render import titled

_RELATIONS = {  # what a notice says of another, and what another says of it; shown in this order
    (RelationKind.REPEALS, True): "废止",
    (RelationKind.REPEALS, False): "被废止",
    (RelationKind.AMENDS, True): "修改",
    (RelationKind.AMENDS, False): "被修改",
    (RelationKind.EXPLAINS, True): "解读对象",
    (RelationKind.EXPLAINS, False): "解读",
    (RelationKind.FORWARDS, True): "转发",
    (RelationKind.FORWARDS, False): "被转发",
    (RelationKind.IMPLEMENTS, True): "落实",
    (RelationKind.IMPLEMENTS, False): "落实本件",
    (RelationKind.LEGAL_BASIS, True): "依据",
    (RelationKind.LEGAL_BASIS, False): "以本件为依据",
}
_ORDER = list(_RELATIONS.values())


@dataclass(frozen=True, slots=True)
class Related:
    """Another notice that this one points to, or that points to this one."""

    relation: str  # 废止, 被废止, 修改, 解读, 依据 …
    title: str
    document_number: str
    id: str  # "" where the library does not hold it


class Notices(Protocol):
    """What is asked of a catalogue. KeyError for an id that it does not hold."""

    def notice(self, notice_id: str, /) -> Notice: ...

    def relations(self, notice_id: str, /) -> Sequence[Relation]: ...


def related_in(catalogue: Notices, notice: Notice) -> tuple[Related, ...]:
    """What a notice of a catalogue and others say of each other."""
    said = [
        (relation, catalogue.notice(relation.other_id if relation.notice_id == notice.id else relation.notice_id))
        for relation in catalogue.relations(notice.id)
    ]
    return related(notice, said)


def related(notice: Notice, said: Iterable[tuple[Relation, Notice]]) -> tuple[Related, ...]:
    """What a notice and others say of each other. `said`: the catalogue's relations of it, each with the other notice.

    What it refers to is named also where the library does not hold it.
    """
    found: list[Related] = []
    held: dict[int, Notice] = {}
    for relation, other in said:
        ours = relation.notice_id == notice.id
        if ours and relation.reference is not None:
            held[relation.reference] = other
        else:
            found.append(Related(_RELATIONS[relation.kind, ours], other.title, other.document_number, other.id))
    for place, reference in enumerate(notice.references):
        named = held.get(place)
        title, number = (named.title, named.document_number) if named else (reference.title, reference.document_number)
        found.append(Related(_RELATIONS[reference.kind, True], title, number, named.id if named else ""))
    return tuple(sorted(found, key=lambda each: _ORDER.index(each.relation)))


def badges(notice: Notice, validity: Validity | None) -> str:
    """Is it an explainer, does it hold."""
    shown = badges_html(notice.kind is NoticeKind.EXPLAINER, badge(validity) if validity else None)
    return f'<p class="badges">{shown}</p>' if shown else ""


def facts(notice: Notice) -> str:
    """What it says of itself, as far as it does."""
    said = (
        ("文号", notice.document_number),
        ("发文机关", "、".join(notice.issuing_authorities)),
        ("文种", notice.document_type.value),
        ("地区", str(notice.place)),
        ("成文日期", notice.signed_on.isoformat() if notice.signed_on else ""),
        ("施行", _dated(notice.effective_on.isoformat() if notice.effective_on else "", notice.effective_rule)),
        (
            "有效期至" if notice.expires_on else "有效期",
            _dated(notice.expires_on.isoformat() if notice.expires_on else "", notice.validity),
        ),
        ("主送机关", "、".join(notice.recipients)),
        ("公开属性", notice.public_release),
        ("公报文件", notice.source),
    )
    rows = "".join(f"<div><dt>{name}</dt><dd>{text_html(value)}</dd></div>" for name, value in said if value)
    return f'<dl class="facts">{rows}</dl>'


def _dated(day: str, words: str) -> str:
    """2024-08-01（自2024年8月1日起施行）: the day, and the words that say so."""
    return f"{day}（{words}）" if day and words else day or words


def relations(found: Sequence[Related]) -> str:
    """A line a kind: 废止 《…》（文号）; 依据 《…》《…》."""
    kinds = dict.fromkeys(each.relation for each in found)
    items = "".join(
        f"<li><span>{kind}</span>{'、'.join(_named(each) for each in found if each.relation == kind)}</li>"
        for kind in kinds
    )
    if not items:
        return ""
    return f'<section class="related" aria-label="相关"><h2>相关</h2><ul>{items}</ul></section>'


def _named(other: Related) -> str:
    title = titled(other.title) if other.title else ""
    number = f"（{other.document_number}）" if title and other.document_number else other.document_number
    name = text_html(title + number)
    return f'<a href="{notice_address(other.id)}">{name}</a>' if other.id else name


def attachments(notice: Notice, slots: Mapping[int, str]) -> str:
    """What is attached: a link where it is printed, a word where it is not."""
    items = "".join(f"<li>{_attachment(notice, each, slots)}</li>" for each in notice.attachments)
    if not items:
        return ""
    return f'<section class="attached" aria-label="附件"><h2>附件</h2><ul>{items}</ul></section>'


def _attachment(notice: Notice, each: Attachment, slots: Mapping[int, str]) -> str:
    number = f"附件{each.number}" if each.number else "附件"
    name = text_html(f"{number}　{each.title}")
    if not each.present or each.span is None:
        word = "在正文中" if each.present else "未随公报刊载"
        return f'{name}<span class="missing">{word}</span>'
    slot = slots.get(each.span.start)
    href = f"#{text_html(slot)}" if slot else notice_address(notice.id, each.span)
    return f'<a href="{href}">{name}</a>'


def offers(notice: Notice, original: Original | None) -> str:
    """What can be had of it: the file, its own text. `original`: None where nothing is known of it."""
    path = notice_address(notice.id)
    links = [f'<a href="{path}/text" download>下载本件文字（TXT）</a>']
    told = ""
    if original is not None and original.size_bytes is not None:
        links.insert(0, f'<a href="{path}/file" download>下载公报原件（{text_html(original.said)}）</a>')
    elif original is not None:
        told = f'<span class="told">{text_html(no_original(original))}</span>'
    return "".join([*links, told])


def no_original(original: Original | None) -> str:
    """Why there is no file to have, said to a citizen."""
    if original is not None and original.format == OF_LINES:
        return "本件来自一份汇编数据，没有单独的原件。"
    return "本库没有留存这份公报的原件。"


def switch(notice: Notice, cited: Span | None, *, original: bool) -> str:
    """The way from the repaired text to that of the source, and back."""
    path, _, tail = notice_address(notice.id, cited).partition("?")
    tail = f"?{tail}" if tail else ""
    if original:
        return f'<a href="{path}{tail}">看整理后的正文</a>'
    return f'<a href="{path}/original{tail}">看公报里的原样文字</a>'


def imprint(notice: Notice) -> str:
    """Where the text comes from, under it: on paper it stands alone."""
    about = [
        titled(notice.title) + (f"（{notice.document_number}）" if notice.document_number else ""),
        "、".join(notice.issuing_authorities),
        notice.signed_on.isoformat() if notice.signed_on else "",
        f"公报文件 {notice.source}",
    ]
    said = "，".join(text_html(each) for each in about if each)
    where = f'<span class="on-paper">本页地址：{notice_address(notice.id)}</span>'
    return f'<footer class="imprint"><p>出处：{said}。</p><p>由问政从公报整理，以公报原文为准。{where}</p></footer>'
