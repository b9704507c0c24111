"""The page /api: an OpenAPI description → HTML that a programmer reads, with commands to copy. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from ui.markup import plain_page, text_html

Part = Mapping[str, Any]

_ADDRESS = "http://127.0.0.1:7860"
_KINDS = {
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "true 或 false",
    "object": "对象",
}
_PYTHON = """from openai import OpenAI

client = OpenAI(base_url="{address}/v1", api_key="不用填")
reply = client.chat.completions.create(
    model="wenzheng",
    messages=[{{"role": "user", "content": "火化费能减免多少？"}}],
)
print(reply.choices[0].message.content)
for citation in reply.citations:
    print(citation["marker"], citation["notice"], citation["address"], citation["quote"])"""
_STREAMED = """event: draft
data: {"answer": "……400元[1]。", "citations": [{"marker": 1, …}]}

: 正在查找

event: answer
data: {"id": null, "question": "…", "status": "answered", "answer": "……", …}"""


def manual_page(description: Part) -> str:
    """The whole page."""
    operations = list(_operations(description))
    schemas: Part = description["components"]["schemas"]
    body = (
        f"{_bar()}<div class=columns>{_contents(operations, schemas)}<main id=main tabindex=-1>"
        f"<h1>程序接口</h1><p class=lead>{text_html(description['info']['description'])}</p>"
        '<p>机器可读的描述：<a href="/openapi.json">/openapi.json</a>（OpenAPI 3.1）。'
        "字段只会增加，不会改名或去掉。</p>"
        f"{''.join(_operation(*each) for each in operations)}"
        f"<section aria-labelledby=stream><h2 id=stream>逐步返回</h2>"
        f"<p>server-sent events。以冒号开头的行是注释，可以不理。</p>{_code(_STREAMED)}</section>"
        f"<section aria-labelledby=openai><h2 id=openai>用 OpenAI 的客户端</h2>"
        f"{_code(_PYTHON.format(address=_ADDRESS))}</section>"
        f"{''.join(_schema(name, schema) for name, schema in schemas.items())}</main></div>"
    )
    return plain_page("程序接口", body, styles=("desk.css", "manual.css"))


def _bar() -> str:
    return (
        '<header class="bar"><a class="skip" href="#main">跳到正文</a>'
        '<span class="brand"><img src="/ui/favicon.svg" alt="" width="28" height="28">问政</span>'
        '<nav aria-label="网站"><a href="/">公众问答</a><a href="/api" aria-current="page">程序接口</a></nav>'
        '<button type="button" data-prefers="contrast" aria-pressed="false">高对比</button></header>'
    )


def _operations(description: Part) -> Iterator[tuple[str, str, Part]]:
    """(method, path, operation)"""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _contents(operations: list[tuple[str, str, Part]], schemas: Part) -> str:
    calls = "".join(
        f'<li><a href="#{operation["operationId"]}"><span class=method>{method}</span> {text_html(path)}</a></li>'
        for method, path, operation in operations
    )
    kinds = "".join(f'<li><a href="#{name}">{name}</a></li>' for name in schemas)
    return (
        f"<nav class=contents aria-label=目录><h2>地址</h2><ul>{calls}</ul>"
        '<ul><li><a href="#stream">逐步返回</a></li><li><a href="#openai">用 OpenAI 的客户端</a></li></ul>'
        f"<h2>对象</h2><ul>{kinds}</ul></nav>"
    )


def _operation(method: str, path: str, operation: Part) -> str:
    here = operation["operationId"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    fields = body.get("schema") or _of_query(operation.get("parameters", ()))
    replies = "".join(
        f"<tr><td>{status}</td><td>{_kind(reply['content']['application/json']['schema'])}</td>"
        f"<td>{text_html(reply['description'])}</td></tr>"
        for status, reply in operation["responses"].items()
    )
    return (
        f'<section aria-labelledby="{here}"><h2 id="{here}"><span class=method>{method}</span> <code>{text_html(path)}'
        f"</code></h2><p><strong>{text_html(operation['summary'])}。</strong>{text_html(operation['description'])}</p>"
        f"{_code(_curl(method, path, body.get('example')))}{_fields(fields, '请求')}"
        "<table><caption>回复</caption>"
        "<thead><tr><th scope=col>状态码<th scope=col>对象<th scope=col>说明</tr></thead>"
        f"<tbody>{replies}</tbody></table></section>"
    )


def _of_query(parameters: list[Part]) -> Part:
    return {"properties": {each["name"]: each["schema"] for each in parameters}} if parameters else {}


def _curl(method: str, path: str, example: object) -> str:
    if method == "GET":
        query = f"?{urlencode({'place': '大同市', 'limit': 10})}" if path == "/api/notices" else ""
        return f"curl '{_ADDRESS}{path}{query}'"
    sent = json.dumps(example, ensure_ascii=False)
    return f"curl {_ADDRESS}{path} \\\n  -H 'Content-Type: application/json' \\\n  -d '{sent}'"


def _schema(name: str, schema: Part) -> str:
    told = f"<p>{text_html(schema['description'])}。</p>" if "description" in schema else ""
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{name}</h2>{told}{_fields(schema)}</section>'


def _fields(schema: Part, caption: str = "") -> str:
    """A table of the fields of an object, of those within it in their own rows."""
    rows = "".join(_rows(schema))
    if not rows:
        return ""
    return (
        f"<table>{f'<caption>{caption}</caption>' if caption else ''}"
        f"<thead><tr><th scope=col>字段<th scope=col>值<th scope=col>说明</tr></thead><tbody>{rows}</tbody></table>"
    )


def _rows(schema: Part, above: str = "") -> Iterator[str]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        told = [field.get("description") or _inner(field).get("description", "")]
        told += [f"默认 {json.dumps(field['default'])}"] if "default" in field else []
        told += [f"{field['minimum']} 到 {field['maximum']}"] if "maximum" in field else []
        must = "" if name in required else "<span class=hint>（可不写）</span>"
        yield (
            f"<tr><td><code>{text_html(above + name)}</code>{must}</td><td>{_kind(field)}</td>"
            f"<td>{text_html('；'.join(filter(None, told)))}</td></tr>"
        )
        yield from _rows(_inner(field), f"{above}{name}{'[]' if field.get('type') == 'array' else ''}.")


def _inner(field: Part) -> Part:
    """The object that a field holds, by itself, in a list, or where it is not null; {} for none."""
    if "anyOf" in field:
        return next((inner for inner in map(_inner, field["anyOf"]) if inner), {})
    inner = field.get("items", field)
    return inner if isinstance(inner, Mapping) and "properties" in inner else {}


def _kind(schema: Part) -> str:
    """What a value may be, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " 或 ".join(map(_kind, schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(f"<code>{text_html(str(value))}</code>" for value in schema["enum"])
    if "const" in schema:
        return f"<code>{text_html(str(schema['const']))}</code>"
    if schema.get("type") == "array":
        return f"列表：{_kind(schema['items'])}"
    if schema.get("format") == "date":
        return "日期 <code>2024-06-27</code>"
    return _KINDS.get(str(schema.get("type", "")), str(schema.get("type", "任意值")))


def _code(text: str) -> str:
    return f"<pre tabindex=0><code>{text_html(text)}</code></pre>"
