"""What programs send and get, as OpenAPI 3.1 operations and JSON Schemas; docs/format.md tells it in prose. Pure.

Written by hand, since `ui/render.py` is the contract; the tests hold real replies against these schemas. A field may be
added in a reply, so none forbids others.
"""

from __future__ import annotations

from ui.asking import MOST_PASSAGES, MOST_PLACE_CHARS, PASSAGES
from ui.render import Json

_TEXT: Json = {"type": "string"}
_TEXTS: Json = {"type": "array", "items": _TEXT}
_NUMBER: Json = {"type": "number"}
_OFFSET: Json = {"type": "integer", "minimum": 0}
_DAY: Json = {"type": "string", "format": "date", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}


def _object(fields: Json, *optional: str, text: str = "") -> Json:
    """An object of these fields, all of them there but the optional ones."""
    told: Json = {"description": text} if text else {}
    return {**told, "type": "object", "properties": fields, "required": [f for f in fields if f not in optional]}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: Json, text: str = "") -> Json:
    told: Json = {"description": text} if text else {}
    return {**told, "type": "array", "items": schema}


def _told(schema: Json, text: str) -> Json:
    return {**schema, "description": text}


def _of(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


# ── what is sent ────────────────────────────────────────────────────────────────────────────────────────────────

_QUESTION: Json = {
    "question": _told(_TEXT, "问题，一般一两句话"),
    "history": _told(_TEXTS, "同一个人先前的问题，先问的在前"),
    "place": _told({**_TEXT, "maxLength": MOST_PLACE_CHARS}, "地区，例如“大同市”；问题里写了地名的以问题为准"),
    "asked_on": _told(_DAY, "提问的日期，默认今天；答案以这一天为准说效力"),
    "k": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_PASSAGES,
        "default": PASSAGES,
        "description": "最多取几段",
    },
}
_STREAM: Json = {"type": "boolean", "default": False, "description": "逐步返回（server-sent events）"}
_PAGE: Json = {
    "place": _told(_TEXT, "市或县的名字；不写则全部"),
    "offset": _told({**_OFFSET, "default": 0}, "从第几件起，0 为第一件"),
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100, "description": "最多几件"},
}
_MESSAGE = _object(
    {
        "role": {"enum": ["system", "developer", "user", "assistant", "tool", "function"]},
        "content": {
            "anyOf": [
                _TEXT,
                _list(_object({"type": {"const": "text"}, "text": _TEXT})),
                {"type": "null"},
            ]
        },
    },
    "content",
    text="最后一条 user 消息是问题，先前的 user 消息是它的上文；别的角色的消息不读",
)

# ── what comes back ─────────────────────────────────────────────────────────────────────────────────────────────

_CITATION = _object(
    {
        "marker": _told({"type": "integer", "minimum": 1}, "答案里的编号"),
        "source": _told(_TEXT, "文件"),
        "page": _or_null({"type": "integer", "minimum": 1}),
        "notice": _told(_TEXT, "公文标题"),
        "document_number": _or_null(_told(_TEXT, "文号")),
        "issuing_authorities": _TEXTS,
        "signed_on": _or_null(_DAY),
        "address": _told(_TEXT, "第几条第几款"),
        "quote": _told(_TEXT, "原文"),
        "start": _OFFSET,
        "end": _OFFSET,
        "validity": _or_null(_of("Validity")),
    },
    text="答案所依据的一处原文",
)
_VALIDITY = _object(
    {
        "state": {"enum": ["in_force", "in_term", "not_yet_in_force", "lapsed", "repealed", "unknown"]},
        "word": _TEXT,
        "on": _DAY,
        "since": _or_null(_DAY),
        "until": _or_null(_DAY),
        "by": _or_null(_object({"document_number": _or_null(_TEXT), "title": _TEXT, "id": _TEXT})),
    },
    text="公文在所问之日的效力",
)
_SENTENCE = _object(
    {
        "text": _TEXT,
        "markers": {"type": "array", "items": {"type": "integer"}},
        "verdict": {"enum": ["supported", "unsupported", "unchecked", "own"]},
        "failed": _TEXTS,
    },
    text="答案的一句，与它自己的出处核对的结果",
)
_STATUS: Json = {
    "enum": ["answered", "partial", "refused", "clarify", "chat"],
    "description": "answered 已答；partial 部分答复，或只有最接近的条文；refused 公报里没有；clarify 请补充；chat 寒暄",
}
_ANSWER = _object(
    {
        "id": {"description": "总是 null"},
        "question": _TEXT,
        "status": _STATUS,
        "answer": _told(_TEXT, "先说结论，每句末尾是出处的编号：……400元[1]。"),
        "missing": _told(_TEXTS, "还需要而公报里没有的"),
        "citations": _list(_of("Citation")),
        "passages": _list(
            _object(
                {
                    "rank": {"type": "integer", "minimum": 1},
                    "source": _TEXT,
                    "notice": _TEXT,
                    "start": _OFFSET,
                    "end": _OFFSET,
                    "score": _NUMBER,
                }
            ),
            "查到的段落，最相关的在前",
        ),
        "answerer": _told(_TEXT, "谁写的：extractive，或语言模型的名字"),
        "library": _told(_TEXT, "公文库的编号"),
        "elapsed_ms": _NUMBER,
        "confidence": _or_null({"type": "number", "minimum": 0, "maximum": 1}),
        "sentences": _list(_of("Sentence")),
        "dropped": _OFFSET,
        "note": _or_null(_TEXT),
        "prompts": {"type": "object", "additionalProperties": _TEXT},
        "read_as": _TEXTS,
    },
    text="与 wenzheng ask --json 相同",
)
_PASSAGE = _object(
    {
        "rank": {"type": "integer", "minimum": 1},
        "source": _TEXT,
        "kind": {"enum": ["notice", "explainer"]},
        "notice": _TEXT,
        "document_number": _or_null(_TEXT),
        "issuing_authorities": _TEXTS,
        "signed_on": _or_null(_DAY),
        "place": _or_null(_TEXT),
        "address": _TEXT,
        "headings": _TEXTS,
        "text": _TEXT,
        "start": _OFFSET,
        "end": _OFFSET,
        "score": _NUMBER,
        "scores": {"type": "object", "additionalProperties": _NUMBER},
    },
    text="与 wenzheng search --json 的一行相同",
)
_NAMED: Json = {"document_number": _or_null(_TEXT), "title": _or_null(_TEXT)}
_NOTICE = _object(
    {
        "source": _TEXT,
        "kind": {"enum": ["notice", "explainer"]},
        "title": _TEXT,
        "document_number": _or_null(_TEXT),
        "issuing_authorities": _TEXTS,
        "signed_on": _or_null(_DAY),
        "effective_on": _or_null(_DAY),
        "expires_on": _or_null(_DAY),
        "place": _or_null(_TEXT),
        "document_type": _TEXT,
        "repeals": _list(_object(_NAMED)),
        "attachments": _list(
            _object({"number": _or_null({"type": "integer"}), "title": _TEXT, "present": {"type": "boolean"}})
        ),
        "start": _OFFSET,
        "end": _OFFSET,
        "effective_rule": _or_null(_TEXT),
        "validity": _or_null(_TEXT),
        "public_release": _or_null(_TEXT),
        "recipients": _TEXTS,
        "explains": _or_null(_TEXT),
        "id": _told(_TEXT, "公文的编号；原文见 /notice/编号"),
        "references": _list(
            _object({"kind": _TEXT, **_NAMED, "id": _or_null(_TEXT), "start": _OFFSET, "end": _OFFSET})
        ),
    },
    text="与 wenzheng notices --json 的一行相同",
)
_USAGE = _object(
    dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), _OFFSET),
    text="按字数：读了的问题和上文，写出的答案",
)
_ADDED: Json = {"status": _STATUS, "citations": _list(_of("Citation")), "answerer": _TEXT, "library": _TEXT}
_COMPLETION = _object(
    {
        "id": _TEXT,
        "object": {"const": "chat.completion"},
        "created": {"type": "integer"},
        "model": _TEXT,
        "choices": _list(
            _object(
                {
                    "index": {"const": 0},
                    "message": _object(
                        {"role": {"const": "assistant"}, "content": _TEXT, "refusal": {"type": "null"}},
                        text="答案和编了号的出处（Markdown）",
                    ),
                    "logprobs": {"type": "null"},
                    "finish_reason": {"const": "stop"},
                }
            )
        ),
        "usage": _USAGE,
        **_ADDED,
    }
)
_ERROR = _object(
    {"error": _told(_TEXT, "哪里不对，怎么改"), "field": _told(_TEXT, "不对的字段")}, "field", text="没有办成"
)
_CHAT_ERROR = _object(
    {"error": _object({"message": _TEXT, "type": _TEXT, "param": _or_null(_TEXT), "code": _or_null(_TEXT)})},
    text="没有办成，按 OpenAI 协议",
)

COMPONENTS: Json = {
    "Answer": _ANSWER,
    "Citation": _CITATION,
    "Validity": _VALIDITY,
    "Sentence": _SENTENCE,
    "Draft": _object({"answer": _TEXT, "citations": _list(_of("Citation"))}, text="核对过的句子，还没有写完"),
    "Passages": _object({"library": _TEXT, "passages": _list(_of("Passage"))}),
    "Passage": _PASSAGE,
    "Notices": _object({"library": _TEXT, "total": _told(_OFFSET, "一共几件"), "notices": _list(_of("Notice"))}),
    "Notice": _NOTICE,
    "Completion": _COMPLETION,
    "Models": _object(
        {
            "object": {"const": "list"},
            "data": _list(_object({"id": _TEXT, "object": {"const": "model"}, "created": _OFFSET, "owned_by": _TEXT})),
        }
    ),
    "Error": _ERROR,
    "ChatError": _CHAT_ERROR,
}

# ── operations ──────────────────────────────────────────────────────────────────────────────────────────────────

_FAILURES = {
    "400": "字段不对；error 说怎么改，field 是字段的名字",
    "413": "内容太长",
    "429": "问得太快；Retry-After 说几秒之后再试",
    "500": "服务出了问题",
    "503": "同时提问的人太多；Retry-After 说几秒之后再试",
}


def _operation(reply: str, asked: Json | None, example: Json, text: str, error: str = "Error") -> Json:
    """An operation whose JSON body is `asked`; None for none."""
    failures = {status: _reply(error, why) for status, why in _FAILURES.items()}
    responses: Json = {"200": _reply(reply, "办好了"), **failures}
    if asked is None:
        return {"description": text, "responses": responses}
    body = {"required": True, "content": {"application/json": {"schema": asked, "example": example}}}
    return {"description": text, "requestBody": body, "responses": responses}


def _reply(name: str, text: str) -> Json:
    return {"description": text, "content": {"application/json": {"schema": _of(name)}}}


ASK = _operation(
    "Answer",
    _object({**_QUESTION, "stream": _STREAM}, *(f for f in _QUESTION if f != "question"), "stream"),
    {"question": "那外地户口的呢？", "history": ["火化费能减免多少？"], "place": "大同市"},
    "stream 为 true，或请求头有 Accept: text/event-stream，则逐步返回：先有若干 draft 事件（Draft），"
    "最后一个 answer 事件（Answer）；中途出错是 error 事件（Error）。断开连接，语言模型就停下。",
)
SEARCH = _operation(
    "Passages",
    _object(_QUESTION, *(f for f in _QUESTION if f != "question")),
    {"question": "以旧换新", "k": 5},
    "段落的文字是修整过的；原文按 source、start、end 取。",
)
NOTICES = _operation("Notices", _object(_PAGE, *_PAGE), {"place": "大同市", "limit": 10}, "分页列出，按文件里的先后。")
NOTICES_BY_QUERY: Json = {
    **_operation("Notices", None, {}, "与 POST 相同，条件写在地址里：/api/notices?place=大同市&limit=10"),
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in _PAGE.items()
    ],
}
COMPLETIONS = _operation(
    "Completion",
    _object(
        {
            "model": {"const": "wenzheng"},
            "messages": {"type": "array", "items": _MESSAGE, "minItems": 1},
            "stream": _STREAM,
            "stream_options": _object({"include_usage": {"type": "boolean"}}, "include_usage"),
            **{name: schema for name, schema in _QUESTION.items() if name not in ("question", "history")},
        },
        *("stream", "stream_options", "place", "asked_on", "k"),
    ),
    {"model": "wenzheng", "messages": [{"role": "user", "content": "火化费能减免多少？"}]},
    "答案的正文里有编了号的出处，另有 citations 字段。place、asked_on、k 是本站加的。"
    "temperature、max_tokens 等不影响答案。逐步返回时，答案核对完才开始发出，在此之前只有注释行。usage 按字数。",
    "ChatError",
)
MODELS = _operation("Models", None, {}, "只有一个：wenzheng。", "ChatError")
