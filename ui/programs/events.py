"""An answer as it comes, as server-sent events. Pure.

`draft` as often as there is more to show, `answer` once at the end, or `error`; a comment where nothing is new for a
while, so that a listener who has left is noticed. https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import cast

from qa.records import Answer, Draft
from ui.render import Json, answer_json, draft_json, json_line

STILL_THERE = ": 正在查找\n\n"
FAULT = "服务出了问题，请稍后再试。"


def event(name: str, record: Json) -> str:
    """One event with an object; `name` may be "", as the OpenAI protocol has it."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json_line(record)}\n\n"


def events(steps: Iterator[Draft | Answer], fault: Callable[[Exception], None]) -> Generator[str]:
    """The events of one answer. Closing this closes `steps`, which stops a model. What goes wrong is handed to `fault`,
    and told without its own words, which may hold the question.
    """
    shown: Draft | None = None
    try:
        with closing(cast("Generator[Draft | Answer]", steps)) as coming:
            for step in coming:
                if isinstance(step, Answer):
                    yield event("answer", answer_json(step))
                elif step == shown or not step.text:
                    yield STILL_THERE
                else:
                    shown = step
                    yield event("draft", draft_json(step))
    except Exception as exc:
        fault(exc)
        yield event("error", {"error": FAULT})
