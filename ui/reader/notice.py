"""Notice → its reader page: head, contents, text with the cited words marked; and its stretch of the source. Pure.

Every word of a notice is text of somebody else's: it is escaped once, by `text_html`, and nowhere put into a style, a
script or an unquoted attribute.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.records import Notice, Provision, Span, Validity
from ui.markup import notice_address, plain_page, text_html
from ui.reader import head
from ui.reader.body import Body
from ui.reader.contents import contents_html
from ui.reader.files import Original
from ui.reader.head import Related
from ui.reader.marker import Marker
from ui.reader.slots import slots

_SEARCH = (
    '<form class="find" role="search" hidden>'
    '<label class="unseen" for="wz-find">在本件中查找</label>'
    '<input id="wz-find" type="search" placeholder="在本件中查找" autocomplete="off" enterkeyhint="search" '
    'maxlength="80" aria-keyshortcuts="/" aria-describedby="wz-found">'
    '<output id="wz-found" for="wz-find" aria-live="polite"></output>'
    '<button type="button" data-step="-1" aria-label="上一处" disabled>↑</button>'
    '<button type="button" data-step="1" aria-label="下一处" disabled>↓</button></form>'
)
_TOLD = '<div id="wz-told" role="status" aria-live="polite"></div>'


def notice_page(
    notice: Notice,
    tree: Sequence[Provision],
    cited: Span | None = None,
    relations: Sequence[Related] = (),
    *,
    validity: Validity | None = None,
    original: Original | None = None,
) -> str:
    """The whole page of a notice. `cited` is a span of its repaired text; it is marked and carries the id `cited`.
    `validity`: how it stands today; `original`: what the library has of the file it was read from.
    """
    named = slots(tree)
    body = Body(notice, tree, named, cited)
    title = body.title()
    contents = contents_html(notice, tree, named)
    tools = "".join(
        [
            head.offers(notice, original),
            head.switch(notice, cited, original=False),
            '<button type="button" id="wz-print" hidden>打印</button>',
        ]
    )
    return notice_frame(
        notice.title,
        f'<header class="head"><h1>{title}</h1>{head.badges(notice, validity)}{head.facts(notice)}'
        f"{head.relations(relations)}{head.attachments(notice, named)}"
        f'<p class="tools">{tools}</p></header>'
        f'<div class="sheet"><aside>{_SEARCH}{_contents(contents)}</aside>'
        f'<article id="wz-text" tabindex="-1" lang="zh-CN">{body.html()}{head.imprint(notice)}</article></div>{_TOLD}',
    )


def _contents(listed: str) -> str:
    if not listed:
        return ""
    return f'<details class="contents" open><summary>目录</summary><nav aria-label="目录">{listed}</nav></details>'


def original_page(notice: Notice, source_text: str, cited: Span | None = None) -> str:
    """The notice's stretch of the source, untouched to the character. `cited` is a span of the notice's own text."""
    whole = notice.source_span()
    marked = notice.source_span(cited) if cited else None
    stretch = source_text[whole.start : whole.end]
    note = f"下面是公报文件“{text_html(notice.source)}”中的原样文字，换行、页眉、页码均未整理。"
    words = Marker(stretch, whole.start, marked).html(whole)
    return notice_frame(
        f"原文：{notice.title}",
        f'<header class="head"><h1>{text_html(notice.title)}</h1><p class="note">{note}</p>'
        f'<p class="tools">{head.switch(notice, cited, original=True)}</p></header>'
        f'<div class="sheet"><aside>{_SEARCH}</aside><article id="wz-text" tabindex="-1" lang="zh-CN">'
        f"<pre>{words}</pre></article></div>",
    )


def notice_frame(title: str, body: str) -> str:
    """A page of the reader: the ways back, and `body`."""
    return plain_page(
        title,
        '<a class="skip" href="#wz-text">跳到正文</a>'
        '<nav class="ways" aria-label="本站"><a class="home" href="/">‹ 返回问答</a>'
        f'<a href="/notices">全部文件</a></nav><main>{body}</main>',
        styles=("notice.css", "notice-aside.css", "notice-text.css", "notice-print.css"),
        scripts=("notice.js", "notice-find.js", "notice-links.js"),
    )


def missing_page() -> str:
    """Instead of a notice that the library does not hold (any longer)."""
    note = "本库里没有这个编号的文件，它可能已随公报更新移出。请返回重新提问，或拨打 12345 咨询。"
    return _note_page("没有找到这份文件", note)


def no_file_page(notice: Notice, original: Original | None) -> str:
    """Instead of a file that the library has not kept."""
    note = f"{head.no_original(original)}整理后的文字可以照常阅读和下载。"
    return _note_page("没有可下载的原件", note, _back(notice))


def broken_file_page(notice: Notice) -> str:
    """Instead of a file whose copy is not what it was."""
    note = "留存的原件副本已损坏，为免误导没有提供。整理后的文字不受影响；管理员重新建库后即可下载。"
    return _note_page("原件暂时不能下载", note, _back(notice))


def _back(notice: Notice) -> str:
    """What there is instead, and the way back."""
    back = f'<a href="{notice_address(notice.id)}">返回本件</a>'
    return f'<p class="tools">{head.offers(notice, None)}{back}</p>'


def _note_page(title: str, note: str, below: str = "") -> str:
    return notice_frame(title, f'<header class="head"><h1>{title}</h1><p class="note">{note}</p>{below}</header>')
