"""The citizen's plain pages: a kept answer, what this service is. Pure."""

from __future__ import annotations

from ui.citizen.kept import Kept
from ui.citizen.lobby import Lobby
from ui.markup import plain_page, text_html
from ui.turn import answer_html

_STYLES = ("answer.css", "papers.css", "ease.css")
_SCRIPTS = ("papers.js",)
_FOOT = '<footer>自动答复，以公报原文为准 · 人工服务请拨 <a href="tel:12345">12345</a></footer>'


def answer_page(kept: Kept, until: str, *, renewed: bool) -> str:
    """A kept answer. `until`: how long this page is kept, in words; `renewed`: the library has moved on since."""
    shown = kept.shown
    asked_on = shown.asked_on.isoformat() if shown.asked_on else kept.made_on.isoformat()
    place = f"（地区：{text_html(kept.place)}）" if kept.place else ""
    note = (
        '<p class="note" role="note"><span aria-hidden="true">▲ </span>答复之后，本库已经更新，现在的答案可能不同。'
        "请重新提问。</p>"
        if renewed
        else ""
    )
    body = (
        f'<h1>{asked_on} 的答复</h1>{note}<p class="question" data-question data-place="{text_html(kept.place)}">'
        f'<span class="unseen">问：</span>{text_html(kept.question)}</p>{answer_html(shown)}'
        f'<p class="hint">{asked_on} 自动答复{place}，依据公报库 {text_html(shown.library) or "（未记编号）"}。'
        f"提问中的个人信息已遮盖。本页{text_html(until)}。</p>"
        '<p><a class="button" href="/" data-again>重新提问</a></p>'
    )
    return _paper("问政答复", body)


def gone_page() -> str:
    """Instead of an answer that is not kept, or not any more."""
    body = (
        "<h1>没有找到这条答复</h1><p>它可能已过保留期限，或者链接不完整。请回到首页重新提问，或拨打 12345 咨询。</p>"
        '<p><a class="button" href="/">重新提问</a></p>'
    )
    return _paper("没有找到这条答复", body)


def about_page(lobby: Lobby, answer_days: int, model: str = "") -> str:
    """What this is, what it rests on, what becomes of what one types, whom to call. `model`: who writes, if any."""
    until = f"，最新一件成文于 {lobby.newest_on.isoformat()}" if lobby.newest_on else ""
    places = "、".join(map(text_html, lobby.cities)) or "（暂无）"
    writes = f"由语言模型“{text_html(model)}”照公报原文写成，每句都与原文核对" if model else "由程序从公报原文里摘出"
    gone = f"，{answer_days} 天后删除" if answer_days else ""
    goes = "遮盖个人信息后交给语言模型写答复" if model else "只用来查找答案，不发往别处"
    body = (
        "<h1>关于问政</h1>"
        f"<h2>这是什么</h2><p>问政是自动答复服务：答复{writes}，没有人工把关。每句话都标明出处，"
        "点开就能看到公报原文。答复仅供参考，以公报原文为准。</p>"
        f"<h2>依据什么</h2><p>只依据本库收录的 {lobby.notices} 件公报文件{until}。涉及：{places}。"
        "库里没有的，会直说没有找到，不会编造。</p>"
        f"<h2>您的隐私</h2><ul><li>您的问题{goes}，也不写进日志；对话只存在您这个浏览器标签页里，关掉就没有了。</li>"
        f"<li>只有您点“固定链接”时，这一问一答才会保存，个人信息先遮盖{gone}。</li>"
        "<li>您点“没用”时，问题和答复会在遮盖个人信息后交给评测人员改进服务。</li></ul>"
        '<h2>找谁办</h2><p>要办事、投诉或想听人工解释，请拨打 <a href="tel:12345">12345</a> 政务服务便民热线；'
        '有生命危险请立即拨打 <a href="tel:110">110</a>、<a href="tel:119">119</a>、<a href="tel:120">120</a>。</p>'
        '<p><a class="button" href="/">开始提问</a></p>'
    )
    return _paper("关于", body)


def _paper(title: str, body: str) -> str:
    head = (
        '<header class="paper-head"><a class="skip" href="#main">跳到正文</a>'
        '<a class="brand" href="/"><img src="/ui/favicon.svg" alt="" width="28" height="28">问政 '
        "<small>· 政府公报问答</small></a>"
        '<button type="button" data-prefers="elder" aria-pressed="false">长辈版</button>'
        '<button type="button" data-prefers="contrast" aria-pressed="false">高对比</button></header>'
    )
    return plain_page(
        title,
        f'{head}<main id="main" class="wz paper" tabindex="-1">{body}</main>{_FOOT}',
        styles=_STYLES,
        scripts=_SCRIPTS,
    )
