"""An answer as one pastes it into a message: its words, and the numbered sources behind them. Pure."""

from __future__ import annotations

from ui.render import one_line, visible
from ui.shown import Shown, Source


def pasted(shown: Shown) -> str:
    """Answer, what is missing, sources with title, 文号, place and exact words, and what kind of answer it is."""
    parts = [visible(shown.text)]
    unsaid = [one_line(missing) for missing in shown.missing if missing not in shown.text]
    if unsaid:
        parts.append(f"本库没有：{'；'.join(unsaid)}")
    if shown.sources:
        parts.append("\n".join(["出处：", *map(_source, shown.sources)]))
    on = f"（{shown.asked_on.isoformat()}）" if shown.asked_on else ""
    parts.append(f"问政自动答复{on}，以公报原文为准。")
    return "\n\n".join(parts)


def _source(source: Source) -> str:
    number = f"（{one_line(source.document_number)}）" if source.document_number else ""
    address = f" {one_line(source.address)}" if source.address else ""
    standing = f"〔{source.standing.word}〕" if source.standing else ""
    return f"[{source.marker}] {one_line(source.name)}{number}{standing}{address}：“{one_line(source.quote)}”"
