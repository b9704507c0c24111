"""A model behind an HTTP server that speaks OpenAI's protocol, as vLLM and llama.cpp do: well, and in bad ways."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from qa.chat import ModelError
from qa.generate import GenerativeAnswerer
from qa.model import LangChainModel
from qa.records import Answer, Question
from tests.openai_server import ChatServer, serving
from tests.qa_fakes import extractive

pytest.importorskip("langchain_openai", reason="langchain-openai is not installed")

ASKED = Question("大同租赁补贴每人每月多少钱？")
EXTRACTED = extractive().answer(ASKED)
HANDLE = next(p.rank for p in EXTRACTED.passages if "400元" in p.text)
REPLY = ("大同市每人每月4", "00元[", f"{HANDLE}", "]。二十个工作日内办结", f"［{HANDLE}］", "。")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment as README tells to set it."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    for proxy in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(proxy, raising=False)
    return monkeypatch


@contextmanager
def model_at(
    at: pytest.MonkeyPatch,
    *pieces: str,
    manner: str = "well",
    timeout_s: float = 20.0,
    context_tokens: int = 0,
) -> Iterator[tuple[LangChainModel, ChatServer]]:
    with serving(ChatServer(*pieces, manner=manner)) as server:
        at.setenv("OPENAI_BASE_URL", server.url)
        yield LangChainModel("openai:tiny", timeout_s=timeout_s, context_tokens=context_tokens), server


def test_it_streams(at: pytest.MonkeyPatch) -> None:
    with model_at(at, *REPLY) as (model, server):
        assert "".join(model.stream("规矩", "问题")) == model.reply("规矩", "问题") == "".join(REPLY)
    asked = server.seen[0]
    assert [(m["role"], m["content"]) for m in asked["messages"]] == [("system", "规矩"), ("user", "问题")]
    assert (asked["model"], asked["stream"], asked["temperature"]) == ("tiny", True, 0)
    assert asked.get("max_tokens", asked.get("max_completion_tokens")) == 512


def test_an_answer_grows_sentence_by_sentence(at: pytest.MonkeyPatch) -> None:
    with model_at(at, *REPLY) as (model, _):
        *drafts, answer = GenerativeAnswerer(extractive(), model).stream(ASKED)
    assert list(dict.fromkeys(d.text for d in drafts if d.text)) == ["大同市每人每月400元[1]。"]
    assert isinstance(answer, Answer)
    assert (answer.text, answer.answerer) == ("大同市每人每月400元[1]。二十个工作日内办结[1]。", "openai:tiny")


@pytest.mark.parametrize(
    ("manner", "said"),
    [
        ("fails", "答复时出错"),
        ("nonsense", "模型“openai:tiny”"),
        ("breaks", "答复时出错"),
        ("garbles", "答复时出错"),
        ("silent", "1 秒内没有答完|答复时出错"),  # ours or the client's own time limit, whichever comes first
        ("endless", "1 秒内没有答完"),
    ],
)
def test_however_it_fails_the_extractive_answer_stands_and_nothing_repeats_the_question(
    at: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, manner: str, said: str
) -> None:
    with model_at(at, *REPLY, manner=manner, timeout_s=1.0) as (model, _):
        began = time.monotonic()
        answer = GenerativeAnswerer(extractive(), model).answer(ASKED)
        assert time.monotonic() - began < 5
    served = model_at(at, *REPLY, manner=manner, timeout_s=1.0)
    with served as (model, _), pytest.raises(ModelError, match=said) as caught:
        list(model.stream("规矩", ASKED.text))
    assert (answer.text, answer.answerer) == (EXTRACTED.text, "extractive")
    assert "没有答成" in answer.note
    assert ASKED.text not in str(caught.value) + caplog.text


def test_a_server_that_says_nothing_at_all(at: pytest.MonkeyPatch) -> None:
    with model_at(at, "", " \n") as (model, _), pytest.raises(ModelError, match="没有写出答复"):
        list(model.stream("规矩", "问题"))


def test_nobody_at_the_address(at: pytest.MonkeyPatch) -> None:
    at.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(ModelError, match=r"答复时出错（.*ConnectionError）"):
        LangChainModel("openai:tiny", timeout_s=5).reply("规矩", "问题")


def test_who_leaves_closes_the_connection(at: pytest.MonkeyPatch) -> None:
    with model_at(at, *REPLY, manner="endless") as (model, server):
        words = cast("Generator[str]", model.stream("规矩", "问题"))
        assert next(piece for piece in words if piece) == "大同市每人每月4"
        words.close()
        assert server.gone.wait(5)


def test_thoughts_are_kept_back(at: pytest.MonkeyPatch) -> None:
    with model_at(at, "<thi", "nk>想", "</think", ">\n\n", "每月400元[1]。") as (model, _):
        assert "".join(model.stream("规矩", "问题")).strip() == "每月400元[1]。"


def test_a_server_that_does_not_mark_where_thoughts_begin_is_known_by_its_first_reply(at: pytest.MonkeyPatch) -> None:
    with model_at(at, "资料1写了900元[1]。", "</think>", "400元[1]。") as (model, _):
        with pytest.raises(ModelError, match="没有把思考和答复分开"):
            list(model.stream("规矩", "问题"))
        assert "".join(model.stream("规矩", "问题")) == model.reply("规矩", "问题") == "400元[1]。"


def test_what_its_context_does_not_hold_is_left_out_at_the_end(at: pytest.MonkeyPatch) -> None:
    with model_at(at, "好。", context_tokens=612) as (model, server):
        model.reply("规矩" * 10, "问" * 1_000)
    assert [len(m["content"]) for m in server.seen[0]["messages"]] == [20, 80]
