"""The citizen's page in the browser; the door to gradio.

Gradio draws the composer and carries question and answer; everything made of a notice's or a visitor's words is HTML of
our own (`ui/turn.py`, `ui/reader/`), escaped there. The conversation lives in the visitor's browser tab: the page
sends the earlier questions along, and the server keeps and logs none of them.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from index.records import Notice, Provision
from qa.records import Answer, Draft, Question, Status
from ui.citizen.copying import pasted
from ui.citizen.kept import seal_key
from ui.citizen.lobby import foot_html, head_html, lobby_of, onward_html, reader_html, talk_html
from ui.citizen.receipts import Receipt, sealed
from ui.citizen.suggestions import suggestions
from ui.doors import whereabouts
from ui.house import House, PageAnswerer
from ui.records import COOKIE
from ui.shown import Shown
from ui.turn import answer_html, draft_html, failure_html, hint_html
from ui.turnstile import too_often

if TYPE_CHECKING:
    from fastapi import FastAPI
    from gradio import HTML, Blocks, Request
    from gradio.themes import Base

TITLE = "问政 · 政府公报问答"
MAX_QUESTION_CHARS = 1_000
_MAX_EARLIER = 10
_MAX_WAITING = 64  # questions in the queue; more are turned away
_AT_ONCE = 4
_ID_BYTES = 16  # of an answer that may get a lasting link: nobody guesses 128 bits
_ON_PAPER = (Status.ANSWERED, Status.PARTIAL, Status.REFUSED)  # what can be copied, kept and spoken of
_log = logging.getLogger(__name__)

Step = dict[str, object]


def prepare() -> None:
    """Import gradio, which takes seconds, with what it tells others switched off."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read while gradio is imported
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import gradio  # noqa: F401


def mount(app: FastAPI, house: House) -> None:
    """Draw the page at / of an application, with Gradio's side doors closed."""
    prepare()
    import gradio as gr

    gr.mount_gradio_app(
        app,
        _page(house),
        path="/",
        theme=_theme(),
        head=_HEAD,
        footer_links=[],
        run_history=False,
        show_error=False,
        allowed_paths=[],
        max_file_size=1,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )


def answer_turn(
    answerer: PageAnswerer, text: object, place: object, earlier: object, key: bytes = b""
) -> Iterator[Step]:
    """One turn for the browser, step by step; what comes in is not trusted.

    While a model writes, `html` alone: what may be shown so far, the same again where nothing is new. The last step is
    the turn: `html`, and `keep`, whether the question counts as asked; where something was answered or refused, also
    what `_paper_of` tells, sealed with `key`. Nothing that goes wrong reaches the visitor but a polite sentence, and
    the log but its place.
    """
    question = text.strip() if isinstance(text, str) else ""
    if not question:
        yield {"html": hint_html("请先写下您的问题，再点“发送”。", "请写问题"), "keep": False}
        return
    if len(question) > MAX_QUESTION_CHARS:
        message = (
            f"您的问题有 {len(question)} 字，最多 {MAX_QUESTION_CHARS} 字。请用一两句话写出最想知道的事，再发一次。"
        )
        yield {"html": hint_html(message, "请缩短问题"), "keep": False}
        return
    asked = [one for one in earlier if isinstance(one, str)] if isinstance(earlier, list) else []
    history = tuple(one[:MAX_QUESTION_CHARS] for one in asked[-_MAX_EARLIER:])
    chosen = place[:20] if isinstance(place, str) else ""
    try:
        stream = cast("Generator[Draft | Answer]", answerer.stream(Question(question, history, place=chosen)))
        with closing(stream) as steps:  # a visitor who leaves stops the model
            for step in steps:
                if isinstance(step, Draft):
                    yield {"html": draft_html(Shown.of_draft(step))}
                else:
                    shown = Shown.of(step)
                    yield {"html": answer_html(shown), "keep": True, **_paper_of(answerer, step, shown, key)}
    except Exception as exc:
        _log.error("answering failed: %s", whereabouts(exc))
        message = "系统暂时答不了这个问题，我们已记下故障（不含您的问题）。请换个说法再试，或拨打 12345 咨询。"
        yield {"html": failure_html(message), "keep": False}


def _paper_of(answerer: PageAnswerer, answer: Answer, shown: Shown, key: bytes) -> Step:
    """What goes with an answer that can be copied, kept and spoken of: `receipt`, `copy`, the text to copy, and
    `suggest`, pairs of a button's label and the question that it asks.
    """
    if answer.status not in _ON_PAPER:
        return {}
    receipt = Receipt.of(secrets.token_urlsafe(_ID_BYTES), answer.question, shown)
    catalogue = answerer.library.catalogue

    def provisions_of(notice: Notice) -> Sequence[Provision]:
        try:
            return catalogue.provisions(notice.id)
        except KeyError:  # the library has moved on since
            return ()

    onward = [[each.label, each.question] for each in suggestions(answer, provisions_of)]
    return {"receipt": sealed(key, receipt), "copy": pasted(shown), "suggest": onward}


# ── gradio ──────────────────────────────────────────────────────────────────────────────────────────────────────

_HEAD = (
    '<meta name="description" content="政府公报问答：每句话都能点开看出处">'
    + "".join(f'<link rel="stylesheet" href="/ui/{name}.css">' for name in ("tokens", "page", "answer", "ease"))
    + '<script type="module" src="/ui/page.js"></script>'  # which brings the others with it, in their order
)
# the script of _HEAD may come before or after
_LISTENS = "() => { window.wenzhengListens = true; window.wenzheng?.start(); }"


def _page(house: House) -> Blocks:
    import gradio as gr

    answerer, key = house.answerer, seal_key(house.store)
    lobby = lobby_of(answerer)

    drawn = lobby()

    def around() -> object:
        """Head, conversation and foot anew, where the library has changed since the start."""
        now = lobby()
        return gr.skip() if now is drawn else (head_html(now), talk_html(now), foot_html(now))

    def turn(text: str, place: str, earlier: list[str], request: Request) -> Iterator[tuple[object, object]]:
        wait_s = _wait_s(house, request)
        if wait_s:
            yield {}, {"html": hint_html(too_often(wait_s), "请稍候"), "keep": False}
            return
        for step in answer_turn(answerer, text, place, earlier, key):
            yield ({}, step) if "keep" in step else (step, gr.skip())

    turn.__annotations__["request"] = gr.Request  # gradio is told by its class, not by a name

    page: Blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        head_box = _html(head_html(drawn), "wz-head")
        with gr.Row(elem_id="wz-desk"):
            with gr.Column(elem_id="wz-chat"):
                talk_box = _html(talk_html(drawn), "wz-talk")
                _html(onward_html(), "wz-next")
                with gr.Row(elem_id="wz-composer"):
                    question = gr.Textbox(
                        label="您的问题",
                        show_label=False,
                        container=False,
                        placeholder="请输入您的问题…",
                        lines=1,
                        max_lines=6,
                        elem_id="wz-question",
                    )
                    send = gr.Button("发送", variant="primary", elem_id="wz-send")
            _html(reader_html(), "wz-reader")
        foot_box = _html(foot_html(drawn), "wz-foot")
        place, earlier, answered = (gr.JSON(visible=False) for _ in range(3))  # carried, never drawn
        growing = gr.JSON(visible="hidden")  # likewise; what is not there at all tells of no change
        asking = gr.on(
            [send.click, question.submit],
            turn,
            [question, place, earlier],
            [growing, answered],
            js="(question) => window.wenzheng.ask(question)",
            show_progress="hidden",
            trigger_mode="once",
            api_visibility="private",
        )
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        growing.change(None, [growing], None, js="(draft) => window.wenzheng.grow(draft)", **quiet)
        asking.success(None, [answered], None, js="(turn) => window.wenzheng.answered(turn)", **quiet)
        asking.failure(None, None, None, js="() => window.wenzheng.failed()", **quiet)
        page.load(None, js=_LISTENS, **quiet)  # in the browser alone: nobody waits for the service to be let in
        redrawn = page.load(around, None, [head_box, talk_box, foot_box], **quiet)
        redrawn.then(None, js="() => window.wenzheng.redrawn()", **quiet)
    page.queue(api_open=False, max_size=_MAX_WAITING, default_concurrency_limit=_AT_ONCE)
    return page


def _wait_s(house: House, request: Request) -> int:
    """How long a visitor has to wait before the next question; who is signed in never has."""
    wait_s = house.limit.wait_s(request.client.host)
    if wait_s and house.accounts.of_session(request.cookies.get(COOKIE, "")) is None:
        house.metrics.refused("limit")
        return wait_s
    return 0


def _html(value: str, elem_id: str) -> HTML:
    import gradio as gr

    # js_on_load=None: Gradio's own click handler on every HTML block is not wanted
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _theme() -> Base:
    """Gradio's plain theme with our tokens for colours and local fonts only."""
    import gradio as gr

    sans = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif"]
    theme = gr.themes.Base(font=sans, font_mono=["monospace"])
    colours = {
        "body_background_fill": "var(--wz-ground, #f6f7f9)",
        "body_text_color": "var(--wz-ink, #1b2430)",
        "background_fill_primary": "var(--wz-paper)",
        "block_background_fill": "none",
    }
    theme.set(**colours, **{f"{name}_dark": value for name, value in colours.items()})
    return theme
