"""A notice's tree → the table of contents beside its text: chapters, headings, articles, attachments. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from index.records import Notice, Provision, ProvisionKind
from ui.markup import text_html

_LISTED = (
    ProvisionKind.CHAPTER,
    ProvisionKind.SECTION,
    ProvisionKind.ARTICLE,
    ProvisionKind.HEADING,
    ProvisionKind.ATTACHMENT,
)
_MOST_LEVELS = 3
_LABEL_MAX_CHARS = 28


@dataclass(slots=True)
class _Entry:
    slot: str
    label: str
    brief: bool  # its first words stand for a heading that it does not have: as many as there is room for
    below: list[_Entry] = field(default_factory=list)


def contents_html(notice: Notice, tree: Sequence[Provision], slots: Mapping[int, str]) -> str:
    """A list of links, one within the other; "" where there are not two to choose from."""
    entries = _entries(notice, tree, slots)
    return _list(entries) if sum(1 for _ in _walk(entries)) > 1 else ""


def _entries(notice: Notice, tree: Sequence[Provision], slots: Mapping[int, str]) -> list[_Entry]:
    roots: list[_Entry] = []
    made: dict[int, tuple[_Entry, int]] = {}  # by place in the tree, with its level from 0
    for place, provision in enumerate(tree):
        slot = slots.get(provision.span.start, "")
        if provision.kind not in _LISTED or not slot or not (label := _label(notice, provision)):
            continue
        parent, level = _above(tree, provision, made)
        if level >= _MOST_LEVELS:
            continue
        entry = _Entry(slot, label, brief=provision.kind is ProvisionKind.ARTICLE)
        (parent.below if parent else roots).append(entry)
        made[place] = entry, level
    return roots


def _above(
    tree: Sequence[Provision], provision: Provision, made: Mapping[int, tuple[_Entry, int]]
) -> tuple[_Entry | None, int]:
    """The nearest entry above it, and the level of what stands below that."""
    place = provision.parent
    while place is not None:
        if place in made:
            entry, level = made[place]
            return entry, level + 1
        place = tree[place].parent
    return None, 0


def _label(notice: Notice, provision: Provision) -> str:
    """As much of its first line as names it; "" for a numbered paragraph without a heading."""
    line = notice.text[provision.span.start : provision.span.end].split("\n", 1)[0].strip()
    if provision.kind is ProvisionKind.HEADING:
        if not provision.heading:
            return ""
        at = line.find(provision.heading)
        line = line[: at + len(provision.heading)] if at >= 0 else line
    elif provision.kind is ProvisionKind.ATTACHMENT and provision.heading and provision.heading not in line:
        line = f"{line.rstrip('：:')} {provision.heading}"
    return line if len(line) <= _LABEL_MAX_CHARS else f"{line[:_LABEL_MAX_CHARS]}…"


def _list(entries: Sequence[_Entry]) -> str:
    return f"<ol>{''.join(map(_item, entries))}</ol>"


def _item(entry: _Entry) -> str:
    below = _list(entry.below) if entry.below else ""
    brief = ' class="brief"' if entry.brief else ""
    return f'<li><a{brief} href="#{quote(entry.slot)}">{text_html(entry.label)}</a>{below}</li>'


def _walk(entries: Sequence[_Entry]) -> Iterator[_Entry]:
    for entry in entries:
        yield entry
        yield from _walk(entry.below)
