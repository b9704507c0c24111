"""POST /v1/chat/completions and GET /v1/models in the OpenAI protocol, for chat clients that exist already.

The last message of the user is the question, earlier ones are its history. No other message is read: a system message
of a client is data, and nothing here follows instructions. https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import cast

from qa.records import Answer, Draft, Question
from ui.asking import MOST_PASSAGES, PASSAGES, BadField, read_asked, read_count
from ui.doors import whereabouts
from ui.house import House
from ui.programs import schemas
from ui.programs.events import FAULT, STILL_THERE, event
from ui.records import EVENTS, Reply, Route, Visit, Who
from ui.render import Json, answer_markdown, citations_json, json_reply

MODEL = "wenzheng"
_ONE = f"这里只有一个模型，请写 model: {MODEL}。"
_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_PIECE = re.compile(r"[^。；！？\n]*(?:[。；！？\n]+|$)")
_TYPES = {400: "invalid_request_error", 404: "invalid_request_error", 429: "rate_limit_error"}
_CODES = {404: "model_not_found", 429: "rate_limit_exceeded"}
_log = logging.getLogger(__name__)


class _NoSuchModel(Exception):
    """A model is asked for that is not here."""


def routes(house: House) -> tuple[Route, ...]:
    """The addresses below /v1."""

    def complete(visit: Visit) -> Reply:
        try:
            asked = _Asked.of(visit.json)
        except BadField as exc:
            return refusing(400, str(exc), "messages" if exc.field == "question" else exc.field)
        except _NoSuchModel:
            return refusing(404, _ONE, "model")
        if asked.streams:
            return Reply(_chunks(asked, house.answerer.stream(asked.question, asked.k)), kind=EVENTS)
        answer = house.answerer.answer(asked.question, asked.k)
        return json_reply(_completion(asked, answer))

    # the answerer has no day of birth; the server's is as good as any
    listed: Json = {"id": MODEL, "object": "model", "created": int(time.time()), "owned_by": house.answerer.name}

    def models(_: Visit) -> Reply:
        return json_reply({"object": "list", "data": [listed]})

    def model(visit: Visit) -> Reply:
        return json_reply(listed) if visit.parts["model"] == MODEL else refusing(404, _ONE, "model")

    return (
        Route(
            *("POST", "/v1/chat/completions", Who.ANYONE, complete),
            *("按 OpenAI 协议提问，现成的聊天软件可直接使用", schemas.COMPLETIONS),
            asks=True,
            refusing=refusing,
        ),
        Route("GET", "/v1/models", Who.ANYONE, models, "按 OpenAI 协议列出模型", schemas.MODELS, refusing=refusing),
        Route("GET", "/v1/models/{model}", Who.ANYONE, model, refusing=refusing),
    )


def refusing(status: int, message: str, param: str | None = None) -> Reply:
    """What was not done, as this protocol tells it."""
    return json_reply({"error": _error(status, message, param)}, status)


def _error(status: int, message: str, param: str | None = None) -> Json:
    kind = _TYPES.get(status, "server_error")
    return {"message": message, "type": kind, "param": param, "code": _CODES.get(status)}


# ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that has been read, and the id that its reply bears in every piece."""

    question: Question
    k: int
    streams: bool
    counts: bool  # a stream ends with its usage
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created_s: int = field(default_factory=lambda: int(time.time()))

    @classmethod
    def of(cls, body: object) -> _Asked:
        """Raises BadField, or _NoSuchModel. What shapes a model's writing (temperature …) is passed over."""
        if not isinstance(body, dict):
            raise BadField("messages", "请发一个 JSON 对象，里面有 model 和 messages。")
        row: Json = body
        if row.get("model") != MODEL:
            raise _NoSuchModel
        if row.get("n") not in (None, 1):
            raise BadField("n", "每次只答一个，请不写 n 或写 1。")
        if _kind(row.get("response_format")) not in ("", "text"):
            raise BadField("response_format", "答案是文字，不能按别的格式写。要 JSON 请用 POST /api/ask。")
        said = _said(row.get("messages"))
        options = row.get("stream_options")
        return cls(
            question=read_asked({**row, "question": said[-1], "history": said[:-1]}),
            k=read_count(row, "k", PASSAGES, MOST_PASSAGES),
            streams=row.get("stream") is True,
            counts=isinstance(options, dict) and options.get("include_usage") is True,
        )


def _kind(value: object) -> object:
    return value.get("type", "") if isinstance(value, dict) else ""


def _said(messages: object) -> list[str]:
    """What the user said, oldest first. Raises BadField."""
    if not isinstance(messages, list) or not messages:
        raise BadField("messages", "messages 应是消息的列表，至少有一条。")
    said = []
    for place, message in enumerate(messages):
        here = f"messages[{place}]"
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise BadField(here, f'{here} 应是 {{"role": …, "content": …}}，role 是 {"、".join(_ROLES)} 之一。')
        if message["role"] == "user":
            said.append(_words(message.get("content"), here))
    if not said:
        raise BadField("messages", "messages 里没有 role 为 user 的消息，不知道问的是什么。")
    return said


def _words(content: object, here: str) -> str:
    """Text, or parts that are text."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [None]
    words = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    if len(words) < len(parts) or not all(isinstance(each, str) for each in words):
        raise BadField(f"{here}.content", f"{here}.content 应是文字；图片、声音和文件读不了。")
    return "\n".join(map(str, words))


# ── what comes back ─────────────────────────────────────────────────────────────────────────────────────────────


def _completion(asked: _Asked, answer: Answer) -> Json:
    words = answer_markdown(answer)
    message = {"role": "assistant", "content": words, "refusal": None}
    return {
        **_head(asked, "chat.completion"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _usage(asked.question, words),
        **_grounds(answer),
    }


def _chunks(asked: _Asked, steps: Iterator[Draft | Answer]) -> Generator[str]:
    """The completion piece by piece. What is sent cannot be taken back in this protocol, and a draft may still fall: so
    nothing but comments is sent before the answer stands. Closing this stops a model.
    """
    try:
        with closing(cast("Generator[Draft | Answer]", steps)) as coming:
            for step in coming:
                if isinstance(step, Draft):
                    yield STILL_THERE
                else:
                    yield from _pieces(asked, step)
    except Exception as exc:
        _log.error("answering failed: %s", whereabouts(exc))
        yield event("", {"error": _error(500, FAULT)})
    yield "data: [DONE]\n\n"


def _pieces(asked: _Asked, answer: Answer) -> Iterator[str]:
    head = _head(asked, "chat.completion.chunk")
    words = answer_markdown(answer)
    role: Json = {"role": "assistant", "content": ""}
    for delta in (role, *({"content": piece} for piece in _PIECE.findall(words) if piece)):
        yield event("", {**head, "choices": [_choice(delta)]})
    yield event("", {**head, "choices": [_choice({}, "stop")], **_grounds(answer)})
    if asked.counts:
        yield event("", {**head, "choices": [], "usage": _usage(asked.question, words)})


def _choice(delta: Json, finish_reason: str | None = None) -> Json:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _head(asked: _Asked, kind: str) -> Json:
    return {"id": asked.id, "object": kind, "created": asked.created_s, "model": MODEL}


def _grounds(answer: Answer) -> Json:
    """What this service adds to the protocol: see the same fields of POST /api/ask."""
    return {
        "status": answer.status.value,
        "citations": citations_json(answer.citations),
        "answerer": answer.answerer,
        "library": answer.library,
    }


def _usage(question: Question, words: str) -> Json:
    """In characters: of the question and its history, and of what was written. No tokeniser is at work here."""
    read = len(question.text) + sum(map(len, question.history))
    return {"prompt_tokens": read, "completion_tokens": len(words), "total_tokens": read + len(words)}
