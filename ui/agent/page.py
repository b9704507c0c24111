"""The pages of the agent's desk as HTML: three columns to work in, and the list of tickets. Pure.

They hold places and words; what a ticket says is put in by the script, as text.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.agent.records import TONES, WORDS
from ui.markup import desk_page, text_html
from ui.records import Account

TITLE = "坐席台"  # as the bar calls it
_KEYS = (
    ("Ctrl+Enter", "生成答复（在“识别的问题”里按回车也行）"),
    ("Alt+Y", "口语、书面之间切换"),
    ("Alt+C", "复制带出处"),
    ("Alt+T", "转办"),
    ("Alt+S", "办结"),
    ("Alt+1 … Alt+9", "打开第几条依据；Esc 返回"),
    ("Alt+J", "到旧件与相近文件"),
    ("Alt+O", "查外市"),
    ("Alt+R", "用现在的库再问一次，看有什么不同"),
    ("Alt+G", "到相似工单"),
    ("Alt+A / Alt+W / Alt+B", "到来电内容 / 答复草稿 / 识别的问题"),
    ("Alt+N", "新工单"),
    ("F1 或 ?", "这张按键表"),
)
_LINE_KEYS = (
    ("↑ ↓", "上一句、下一句（光标在句首、句尾时）"),
    ("Enter", "在这句后面加一句"),
    ("Ctrl+Backspace", "删去这一句"),
)


def desk_html(account: Account, cities: Sequence[str], ticket: int = 0) -> str:
    """The desk, empty or with a ticket to be opened."""
    opened = f' data-ticket="{ticket}"' if ticket else ""
    body = (
        f'<div id="desk"{opened} data-me="{text_html(account.name)}">'
        f'<h1 class="unseen">{TITLE}</h1>{_strip()}'
        f'<div class="columns">{_story(cities)}{_draft()}{_beside()}</div>{_foot()}</div>{_dialogs()}'
    )
    return desk_page(TITLE, body, account, styles=("agent.css",), scripts=("agent_page.js", "agent.js"))


def list_html(account: Account, cities: Sequence[str]) -> str:
    """The list of tickets with its search form."""
    states = "".join(f'<option value="{state.value}">{word}</option>' for state, word in WORDS.items())
    body = (
        '<div id="tickets"><div class="head"><h1>工单</h1><a class="button" href="/desk">‹ 回到坐席台</a></div>'
        '<form id="search" method="post" action="/desk/tickets/export" autocomplete="off">'
        '<label>词语<input name="words" maxlength="200" autofocus></label>'
        '<label>文号<input name="number" maxlength="60"></label>'
        f'<label>地区<select name="place"><option value="">全部</option>{_options(cities)}</select></label>'
        f'<label>状态<select name="state"><option value="">全部</option>{states}</select></label>'
        '<label>坐席<input name="agent" maxlength="40"></label>'
        '<label>从<input name="first_on" type="date"></label><label>到<input name="last_on" type="date"></label>'
        '<div class="buttons"><button type="button" id="go" class="primary">查找</button>'
        '<button type="submit" name="kind" value="csv">导出 CSV</button>'
        '<button type="submit" name="kind" value="xlsx">导出 XLSX</button></div></form>'
        '<p class="hint">您能看到自己的工单，和同事已办结的工单。来电内容里的个人信息已遮盖。</p>'
        '<p id="count" role="status" aria-live="polite"></p>'
        '<div class="scrolls" tabindex="0" role="region" aria-label="工单列表"><table><thead><tr>'
        '<th scope="col">工单号</th><th scope="col">状态</th><th scope="col">问题</th><th scope="col">地区</th>'
        '<th scope="col">转办单位</th><th scope="col">坐席</th><th scope="col">时间</th></tr></thead>'
        '<tbody id="rows"></tbody></table></div>'
        '<nav class="pages" aria-label="翻页"><button type="button" id="earlier">‹ 上一页</button>'
        '<span id="page"></span><button type="button" id="later">下一页 ›</button></nav></div>'
    )
    return desk_page("工单", body, account, styles=("agent.css",), scripts=("agent_list.js",))


def _strip() -> str:
    """What stands above the columns: the ticket, and what has just happened."""
    return (
        '<div class="strip"><p id="which">新工单</p><p id="says" role="status" aria-live="polite"></p>'
        '<a class="button" href="/desk/tickets">工单列表</a>'
        '<button type="button" id="anew" aria-keyshortcuts="Alt+N">新工单<kbd>Alt+N</kbd></button>'
        '<button type="button" id="keys" aria-keyshortcuts="F1">按键<kbd>F1</kbd></button></div>'
        '<p id="trouble" class="wrong" role="alert" hidden></p>'
    )


def _story(cities: Sequence[str]) -> str:
    return (
        '<section class="story" aria-labelledby="story-title"><h2 id="story-title">来电内容</h2>'
        '<label class="unseen" for="story">来电内容</label>'
        '<textarea id="story" autocomplete="off" spellcheck="false" maxlength="5000" rows="9" '
        'placeholder="粘贴或记录来电内容，按 Ctrl+Enter 生成答复" autofocus></textarea>'
        '<p id="masked" class="hint">身份证号、电话、姓名、住址等先遮盖，再保存和查找。</p>'
        f'<label class="row">地区<select id="place"><option value="">不限</option>{_options(cities)}</select></label>'
        '<button type="button" id="ask" class="primary" aria-keyshortcuts="Control+Enter">生成'
        "<kbd>Ctrl+Enter</kbd></button>"
        '<div id="found" hidden><label for="question">识别的问题</label>'
        '<textarea id="question" autocomplete="off" spellcheck="false" maxlength="500" rows="3"></textarea>'
        '<p class="hint">不对就改，按回车再问。</p><p id="told" class="hint"></p></div></section>'
    )


def _draft() -> str:
    tones = "".join(
        f'<label><input type="radio" name="tone" value="{tone.value}">{word}</label>'
        for tone, word in reversed(TONES.items())
    )
    return (
        '<section class="draft" aria-labelledby="draft-title"><div class="head"><h2 id="draft-title">答复草稿</h2>'
        '<p id="status"></p>'
        f'<fieldset id="tone" aria-keyshortcuts="Alt+Y"><legend class="unseen">语气</legend>{tones}</fieldset></div>'
        '<ol id="lines" aria-label="答复，一句一行"></ol><p id="empty" class="hint">生成后，答复一句一行列在这里，'
        "每句旁边是出处和核验结果，可以直接改。</p>"
        '<ul id="missing" class="hint" aria-label="本库没有"></ul>'
        '<div id="conflict" hidden></div>'
        '<h3 id="reply-title">送出的样子</h3><p id="kept" class="hint"></p>'
        '<div id="reply" tabindex="0" role="region" aria-labelledby="reply-title"></div>'
        '<div class="buttons">'
        '<button type="button" id="copy" aria-keyshortcuts="Alt+C">复制带出处<kbd>Alt+C</kbd></button>'
        '<button type="button" id="pass" aria-keyshortcuts="Alt+T">转办<kbd>Alt+T</kbd></button>'
        '<button type="button" id="close" class="primary" aria-keyshortcuts="Alt+S">办结<kbd>Alt+S</kbd></button>'
        "</div>"
        '<p id="saved" class="hint" role="status" aria-live="polite"></p>'
        '<details id="history"><summary>修改记录</summary><ol id="edits"></ol></details></section>'
    )


def _beside() -> str:
    return (
        '<section class="beside" aria-label="依据与相近文件">'
        '<div id="reader" hidden><div class="head"><button type="button" id="back">‹ 返回<kbd>Esc</kbd></button>'
        '<a id="whole" target="_blank" href="/desk">在新页打开</a></div>'
        '<iframe id="notice" title="公报原文" src="about:blank"></iframe></div>'
        '<div id="shelf"><h2>依据<kbd>Alt+1…9</kbd></h2><ol id="sources"></ol>'
        '<h2 id="near-title" tabindex="-1">旧件与相近文件<kbd>Alt+J</kbd></h2><ul id="near"></ul>'
        '<h2>外市</h2><button type="button" id="elsewhere" aria-keyshortcuts="Alt+O">查外市<kbd>Alt+O</kbd></button>'
        '<div id="cities" role="region" aria-label="外市" tabindex="-1"></div>'
        '<h2>库</h2><p id="library" class="hint"></p>'
        '<button type="button" id="again" aria-keyshortcuts="Alt+R" hidden>用现在的库再问<kbd>Alt+R</kbd></button>'
        '<div id="difference" role="region" aria-label="两次答复的不同" tabindex="-1"></div></div></section>'
    )


def _foot() -> str:
    return (
        '<footer><p id="today"></p><section aria-labelledby="similar-title">'
        '<h2 id="similar-title" tabindex="-1">相似工单<kbd>Alt+G</kbd></h2><ul id="similar"></ul></section></footer>'
    )


def _dialogs() -> str:
    keys, line_keys = (
        "".join(f"<tr><th scope=row><kbd>{key}</kbd></th><td>{what}</td></tr>" for key, what in rows)
        for rows in (_KEYS, _LINE_KEYS)
    )
    return (
        '<dialog id="keys-dialog" aria-labelledby="keys-title"><form method="dialog"><h2 id="keys-title">按键</h2>'
        f"<table>{keys}</table><h3>改草稿时</h3><table>{line_keys}</table>"
        '<div class="buttons"><button class="primary" autofocus>知道了</button></div></form></dialog>'
        '<dialog id="pass-dialog" aria-labelledby="pass-title"><form method="dialog"><h2 id="pass-title">转办</h2>'
        '<p class="hint">以下单位由所引文件写明，请选一个。</p>'
        '<fieldset id="units"><legend class="unseen">单位</legend></fieldset>'
        '<label for="note">备注（个人信息会遮盖）</label>'
        '<textarea id="note" rows="2" maxlength="1000" autocomplete="off"></textarea>'
        '<div class="buttons"><button value="go" class="primary">转办</button><button value="">取消</button></div>'
        "</form></dialog>"
        '<dialog id="close-dialog" aria-labelledby="close-title"><form method="dialog"><h2 id="close-title">办结</h2>'
        '<p class="hint">按下面的答复办结。办结后不能再改。</p><div id="sent" tabindex="0"></div>'
        '<div class="buttons"><button value="go" class="primary" autofocus>办结</button>'
        '<button value="">取消</button></div></form></dialog>'
    )


def _options(cities: Sequence[str]) -> str:
    return "".join(f'<option value="{text_html(city)}">{text_html(city)}</option>' for city in cities)
