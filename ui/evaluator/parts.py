"""What the evaluator's pages have in common: the way between them, signs, figures, times, tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from eval.report.cases_html import state_html
from eval.report.sheet import State
from ui.markup import desk_page, text_html
from ui.records import Account

DESK = "评测台"
_PLACES = (("/eval", "历次评测"), ("/eval/compare", "比较两次"), ("/eval/proposals", "建议的题"))


def page(title: str, body: str, account: Account, here: str) -> str:
    """A page of this desk; `here` is the address of the place that it belongs to."""
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if path == here else ""}>{name}</a>' for path, name in _PLACES
    )
    around = f'<nav class="places" aria-label="{DESK}">{links}</nav><div class="desk"><h1>{text_html(title)}</h1>'
    return desk_page(
        DESK,
        f"{around}{body}</div>",
        account,
        styles=("evaluator.css", "evaluator_cases.css"),
        scripts=("evaluator.js",),
    )


def sign(state: State | None) -> str:
    """How a case ended, in shape and word; "" where that is withheld."""
    return state_html(state.tone, state.shape, state.word) if state else ""


def share(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """56.8%（53.5–60.3）, or a dash."""
    if value is None:
        return "—"
    between = "" if low is None or high is None else f"（{100 * low:.1f}–{100 * high:.1f}）"
    return f"{100 * value:.1f}%{between}"


def moment(written: str) -> str:
    """2026-11-26 16:52, by this machine's clock, of a time in ISO 8601; else what is written."""
    try:
        return f"{datetime.fromisoformat(written).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return written or "未记录"


def moment_of(seconds: float) -> str:
    """The same of seconds since 1970."""
    return moment(datetime.fromtimestamp(seconds, UTC).isoformat())


def duration(seconds: float) -> str:
    """1 分 40 秒, 25 秒."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str, kind: str = "") -> str:
    """A table that scrolls in its own box. The cells of `rows` are HTML, the first of each row its heading."""
    columns = "".join(f'<th scope="col">{text_html(name)}</th>' for name in head)
    told = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    named = text_html(caption)
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{named}"><table class="{kind}">'
        f'<caption class="unseen">{named}</caption><thead><tr>{columns}</tr></thead><tbody>{told}</tbody></table></div>'
    )


def select(name: str, label: str, options: Mapping[str, str], chosen: str = "") -> str:
    """A labelled list to choose from: value → words."""
    told = "".join(
        f'<option value="{text_html(value)}"{" selected" if value == chosen else ""}>{text_html(word)}</option>'
        for value, word in options.items()
    )
    return f'<label>{text_html(label)}<select name="{text_html(name)}">{told}</select></label>'
