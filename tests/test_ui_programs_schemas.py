"""The description of the addresses is one, and real replies are what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from qa.records import Question
from tests.page_samples import house
from tests.program_samples import WritingAnswerer, handler_of, post, read, read_events
from tests.qa_fakes import extractive
from tests.ui_samples import ANSWER, EXPLAINER, NOTICE, PASSAGE
from ui.programs.routes import routes
from ui.programs.schemas import COMPONENTS
from ui.records import Visit
from ui.render import answer_json, notice_json, passage_json


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    answerer = WritingAnswerer.of_corpus()
    answerer.may_end.set()
    return routes(house(answerer, tmp_path_factory.mktemp("desk")))


@pytest.fixture(scope="module")
def description(made: Any) -> Any:
    return read(handler_of(made, "GET", "/openapi.json")(Visit()))


def fits(value: object, name: str) -> None:
    """Raises where a value is not what the component says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": COMPONENTS}}
    jsonschema.Draft202012Validator(schema).validate(value)


def operations(description: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_address_is_described_and_each_reference_leads_somewhere(description: Any) -> None:
    assert [(method, path) for method, path, _ in operations(description)] == [
        ("POST", "/api/ask"),
        ("POST", "/api/search"),
        ("POST", "/api/notices"),
        ("GET", "/api/notices"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/v1/models"),
    ]
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(set(names)) == len(names)
    for schema in COMPONENTS.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    assert set(references(description)) <= set(COMPONENTS)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].removeprefix("#/components/schemas/")
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_each_example_is_what_its_schema_says_and_is_answered_as_described(made: Any, description: Any) -> None:
    for method, path, operation in operations(description):
        if method == "POST":
            body = operation["requestBody"]["content"]["application/json"]
            jsonschema.Draft202012Validator(body["schema"]).validate(body["example"])
            reply = read(post(made, path, body["example"]))
        else:
            reply = read(handler_of(made, method, path)(Visit(query={"limit": "50"} if "notices" in path else {})))
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        fits(reply, schema["$ref"].rsplit("/", 1)[1])


def test_answers_of_every_kind_fit() -> None:
    real = extractive()
    asked = (
        "租赁补贴每人每月多少钱？",
        "什么时候失效？",
        "外星人怎么落户？",
        "谢谢",
        "那个呢",
        "大同市和阳泉市的补贴各是多少？",
    )
    answers = [ANSWER, *(real.answer(Question(text)) for text in asked)]
    assert {"answered", "partial", "refused", "chat"} <= {answer.status.value for answer in answers}
    for answer in answers:
        fits(answer_json(answer), "Answer")


def test_what_is_null_or_full_fits() -> None:
    fits(passage_json(PASSAGE), "Passage")
    fits(notice_json(NOTICE), "Notice")
    fits(notice_json(EXPLAINER), "Notice")


def test_events_fit(made: Any, tmp_path: Path) -> None:
    answerer = WritingAnswerer.of_corpus()
    reply = post(routes(house(answerer, tmp_path)), "/api/ask", {"question": "写一写火化费", "stream": True})
    ((name, draft),) = read_events(str(next(reply.body)))  # type: ignore[arg-type]
    assert name == "draft"
    fits(draft, "Draft")
    with pytest.raises(jsonschema.ValidationError):
        fits({"answer": 5}, "Draft")


def test_refusals_fit(made: Any) -> None:
    fits(read(post(made, "/api/ask", {})), "Error")
    fits(read(post(made, "/v1/chat/completions", {})), "ChatError")
