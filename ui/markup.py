"""Words of others → HTML that is only text; the shell of every page that no page framework draws. Pure.

Whatever a notice, a file name, a caller or a citizen says is escaped once, by `text_html`, and nowhere put into a
style, a script or an unquoted attribute.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from index.records import Span
from ui.badges import Badge
from ui.records import Account, Role
from ui.render import visible

_BREAKS = {ord("\r"): None, ord("\f"): "\n"}
_DESKS = (  # where an account may go: address, name, roles
    ("/", "公众问答", tuple(Role)),
    ("/desk", "坐席台", (Role.AGENT, Role.ADMIN)),
    ("/eval", "评测台", (Role.EVALUATOR, Role.ADMIN)),
)


def text_html(text: str) -> str:
    """Any text as HTML text or as the value of a quoted attribute; what could turn a line around becomes �."""
    return escape(visible(text.translate(_BREAKS)), quote=True)


def notice_address(notice_id: str, cited: Span | None = None) -> str:
    """Where a notice is read: /notice/ID?s=…&e=…#cited. Opaque: no word of a question or a notice stands in it."""
    where = f"?s={cited.start}&e={cited.end}#cited" if cited else ""
    return f"/notice/{quote(notice_id, safe='')}{where}"


def badges_html(explainer: bool, standing: Badge | None) -> str:
    """Small labels of what a reader must know before relying on a notice: is it an explainer, does it hold."""
    shown = [standing] if standing else []
    if explainer:
        shown.insert(0, Badge("blue", "", "政策解读"))
    return "".join(map(badge_html, shown))


def badge_html(shown: Badge) -> str:
    shape = f'<span aria-hidden="true">{shown.shape}</span>' if shown.shape else ""
    note = f' title="{text_html(shown.note)}"' if shown.note else ""
    return f'<span class="badge {shown.tone}"{note}>{shape}{text_html(shown.word)}</span>'


def plain_page(title: str, body: str, *, styles: Sequence[str] = (), scripts: Sequence[str] = ()) -> str:
    """A whole page. `title` is text, `body` HTML; styles and scripts are names of files of ui/assets, beside those
    that every page has: the tokens, and face.js, which keeps what a person prefers to see.
    """
    linked = "".join(f'<link rel="stylesheet" href="/ui/{name}">' for name in ("tokens.css", *styles))
    run = "".join(f'<script src="/ui/{name}" defer></script>' for name in scripts)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{text_html(title)} · 问政</title><link rel="icon" href="/ui/favicon.svg">{linked}'
        f'<script src="/ui/face.js"></script>{run}</head><body>{body}</body></html>'
    )


def note_page(message: str, title: str = "没有办成") -> str:
    """A page that holds one message and the way back."""
    body = (
        f'<main class="note-page"><h1>{text_html(title)}</h1><p>{text_html(message)}</p>'
        '<p><a href="/">回到首页</a></p></main>'
    )
    return plain_page(title, body, styles=("desk.css",))


def desk_page(
    title: str, body: str, account: Account, *, styles: Sequence[str] = (), scripts: Sequence[str] = ()
) -> str:
    """A page of a desk: the bar with the desks that this account may use, the preferences and the way out; `body` is
    the HTML of <main>.
    """
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if name == title else ""}>{name}</a>'
        for path, name, roles in _DESKS
        if account.role in roles
    )
    bar = (
        '<header class="bar"><a class="skip" href="#main">跳到正文</a>'
        '<span class="brand"><img src="/ui/favicon.svg" alt="" width="28" height="28">问政</span>'
        f'<nav aria-label="工作台">{links}</nav>'
        '<button type="button" data-prefers="contrast" aria-pressed="false">高对比</button>'
        f'<span class="who">{text_html(account.name)}</span>'
        '<form method="post" action="/logout"><button type="submit">退出</button></form></header>'
    )
    return plain_page(
        title, f'{bar}<main id="main" tabindex="-1">{body}</main>', styles=("desk.css", *styles), scripts=scripts
    )
