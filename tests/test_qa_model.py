import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch
from langchain_core.language_models.fake_chat_models import FakeListChatModel, FakeMessagesListChatModel
from langchain_core.messages import AIMessage
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from qa.chat import ModelError
from qa.model import LangChainModel, Placing, TransformersModel, _Loaded, _streamer, open_model
from qa.settings import Settings
from tests.qa_fakes import QWEN3_TEMPLATE, QWEN3_THINKING_TEMPLATE, USER_TEMPLATE, save_tiny_model

REPLY = "补贴每月40元[1]。"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny-chat"
    save_tiny_model(folder, REPLY)
    return folder


def test_a_local_model_replies_the_same_every_time(tiny: Path) -> None:
    model = TransformersModel(str(tiny))
    assert model.name == "tiny-chat"
    assert [model.reply("规矩", "问题") for _ in range(2)] == [REPLY, REPLY]


@pytest.mark.parametrize("template", ["", USER_TEMPLATE])
def test_models_without_a_template_or_a_system_role_reply(tmp_path: Path, template: str) -> None:
    save_tiny_model(tmp_path, REPLY, template)
    assert TransformersModel(str(tmp_path)).reply("规矩", "问题") == REPLY


def test_a_qwen3_model_streams(tmp_path: Path) -> None:
    save_tiny_model(tmp_path, REPLY, QWEN3_TEMPLATE, family="Qwen3")
    pieces = list(TransformersModel(str(tmp_path)).stream("规矩", "问题"))
    assert "".join(pieces) == REPLY
    assert [piece for piece in pieces if piece] == ["补", "贴", "每", "月", "40元", "[1]。"]


def test_a_qwen3_model_that_always_thinks_tells_no_thoughts(tmp_path: Path) -> None:
    save_tiny_model(tmp_path, "想到</think>甲[1]。", QWEN3_THINKING_TEMPLATE, family="Qwen3")
    model = TransformersModel(str(tmp_path))
    assert "".join(model.stream("规矩", "问题")) == model.reply("规矩", "问题") == "甲[1]。"


def test_who_stops_listening_stops_the_network(tiny: Path) -> None:
    model = TransformersModel(str(tiny), max_tokens=150)
    model.reply("规矩", "问题")
    loaded = model._loaded.get()
    first, last = (loaded._tokenizer.convert_tokens_to_ids(REPLY[at]) for at in (0, -1))
    with torch.no_grad():
        loaded._network.lm_head.weight[first, last] = 2.0  # round and round
    steps: list[int] = []
    loaded._network.register_forward_pre_hook(lambda *_: steps.append(1))
    words = model.stream("规矩", "问题")
    assert next(piece for piece in words if piece) == "补"
    words.close()  # type: ignore[attr-defined]
    assert model._turn.acquire(timeout=5)  # free for the next one
    stopped_after = len(steps)
    model._turn.release()
    steps.clear()
    assert len(model.reply("规矩", "问题")) > 100
    assert stopped_after < len(steps) / 2


def test_characters_that_come_in_half_tokens_are_whole() -> None:
    tokenizer = Tokenizer(models.BPE({symbol: i for i, symbol in enumerate(pre_tokenizers.ByteLevel.alphabet())}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    heard: list[str] = []
    fast: Any = PreTrainedTokenizerFast
    streamer: Any = _streamer(fast(tokenizer_object=tokenizer), heard.append)
    for token in [0, *tokenizer.encode(REPLY).ids]:  # the first is the prompt
        streamer.put(torch.tensor([token]))
    streamer.end()
    assert len(tokenizer.encode(REPLY).ids) == len(REPLY.encode())
    assert "".join(heard) == REPLY
    assert not any("\ufffd" in piece for piece in heard)


def test_it_is_held_as_the_settings_say(tiny: Path) -> None:
    half = open_model(Settings(model=str(tiny), model_dtype="bfloat16", model_device="cpu", model_context_tokens=100))
    assert isinstance(half, TransformersModel)
    loaded = half._loaded.get()
    assert (loaded._network.dtype, loaded._network.device.type, loaded._context) == (torch.bfloat16, "cpu", 100)
    assert half.reply("规矩", "问题") == REPLY
    with pytest.raises(ModelError, match="model_bits 是 5，只能是 0"):
        open_model(Settings(model=str(tiny), model_bits=5))
    if find_spec("bitsandbytes") is None:
        with pytest.raises(ModelError, match=r"打不开：.*(?:bitsandbytes|accelerate).*请检查模型的名称和所需的软件包"):
            open_model(Settings(model=str(tiny), model_bits=4)).reply("规矩", "问题")


def test_while_a_model_is_opened_a_listener_may_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.chat.TICK_S", 0.01)
    opening = Event()
    monkeypatch.setattr("qa.model._langchain", lambda *_: opening.wait(5))
    words = LangChainModel("openai:tiny").stream("规矩", "问题")
    assert [next(words), next(words)] == ["", ""]
    opening.set()


def test_a_reply_ends_at_its_greatest_length(tiny: Path) -> None:
    assert TransformersModel(str(tiny), max_tokens=4).reply("规矩", "问题") == "补贴每月"


def test_what_does_not_fit_is_left_out_at_the_end_of_the_material(tmp_path: Path) -> None:
    save_tiny_model(tmp_path, REPLY, "{{ messages[0].content }}{{ messages[1].content }}答", context_tokens=64)
    loaded = _Loaded(str(tmp_path), 0, Placing())
    inputs = loaded._fitted("tiny", "补", "贴" + "月" * 10_000, 40)
    read = loaded._tokenizer.decode(inputs["input_ids"][0])
    assert read.startswith("补贴月")
    assert read.endswith("月答")
    assert 30 <= len(read) <= 40
    assert TransformersModel(str(tmp_path)).reply("规矩", "月" * 10_000) == REPLY
    with pytest.raises(ModelError, match="一次只能读 64 个词元"):
        TransformersModel(str(tmp_path)).reply("规矩" * 50, "问题")


def test_a_model_that_takes_too_long_is_an_error(tiny: Path) -> None:
    with pytest.raises(ModelError, match="“tiny-chat”在 0 秒内没有答完"):
        TransformersModel(str(tiny), timeout_s=0).reply("规矩", "问题")
    slow = LangChainModel(FakeListChatModel(responses=["好"], sleep=2), timeout_s=0.05)
    started = time.monotonic()
    with pytest.raises(ModelError, match=r"0\.05 秒内没有答完"):
        slow.reply("规矩", "问题")
    assert time.monotonic() - started < 1


def test_a_busy_model_is_waited_for_no_longer_than_its_limit(tiny: Path) -> None:
    model = TransformersModel(str(tiny), timeout_s=0.05)
    with model._turn, pytest.raises(ModelError, match="正忙"):
        model.reply("规矩", "问题")


def test_a_folder_without_a_model_is_named_and_not_read_again(tmp_path: Path) -> None:
    model = TransformersModel(str(tmp_path))
    with pytest.raises(ModelError, match=rf"模型“{tmp_path.name}”打不开") as first:
        model.reply("规矩", "问题")
    save_tiny_model(tmp_path, REPLY)
    with pytest.raises(ModelError) as second:
        model.reply("规矩", "问题")
    assert str(second.value) == str(first.value)


def test_a_failing_network_does_not_tell_what_was_asked(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("out of memory at 身份证140200")

    monkeypatch.setattr(_Loaded, "generate", fail)
    with pytest.raises(ModelError, match="RuntimeError") as caught:
        TransformersModel(str(tiny)).reply("规矩", "身份证140200")
    assert "140200" not in str(caught.value)


def test_any_langchain_chat_model_replies() -> None:
    model = LangChainModel(FakeListChatModel(responses=["  400元[1]。\n"]))
    assert model.name == "FakeListChatModel"
    assert model.reply("规矩", "问题") == "400元[1]。"
    named = LangChainModel(FakeListChatModel(responses=["好"], name="市政务大模型"))
    assert named.name == "市政务大模型"


def test_a_reply_in_blocks_is_read_as_text() -> None:
    blocks = AIMessage([{"type": "text", "text": "400元"}, {"type": "text", "text": "[1]。"}])
    assert LangChainModel(FakeMessagesListChatModel(responses=[blocks])).reply("规矩", "问题") == "400元[1]。"


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("<think>资料1写了900元[1]。</think>\n\n400元[1]。", "400元[1]。"),
        ("资料1写了900元[1]。</think>400元[1]。", "400元[1]。"),
        ("<think>甲</think>乙<think>丙</think>丁", "乙丁"),
    ],
)
def test_thoughts_are_not_part_of_a_reply(said: str, heard: str) -> None:
    assert LangChainModel(FakeListChatModel(responses=[said])).reply("规矩", "问题") == heard


@pytest.mark.parametrize("said", [" \n", "<think>想了很久", "<think>想</think>"])
def test_an_empty_reply_is_an_error(said: str) -> None:
    with pytest.raises(ModelError, match="没有写出答复"):
        LangChainModel(FakeListChatModel(responses=[said])).reply("规矩", "问题")
    with pytest.raises(ModelError, match="没有写出答复"):
        list(LangChainModel(FakeListChatModel(responses=[said])).stream("规矩", "问题"))


def test_a_failing_provider_is_named_without_its_words() -> None:
    with pytest.raises(ModelError, match=r"“FakeListChatModel”答复时出错（IndexError）"):
        LangChainModel(FakeListChatModel(responses=[])).reply("规矩", "问题")


def test_an_unknown_provider_is_an_error_with_the_way_out() -> None:
    with pytest.raises(ModelError, match=r"模型“nowhere:chat”打不开：.*请检查模型的名称和所需的软件包"):
        LangChainModel("nowhere:chat").reply("规矩", "问题")


def test_the_settings_choose_the_door(tiny: Path) -> None:
    local = open_model(Settings(model=str(tiny), model_max_tokens=4))
    assert isinstance(local, TransformersModel)
    assert local.reply("规矩", "问题") == "补贴每月"
    assert open_model(Settings(model=str(tiny), model_max_tokens=4)) is local
    served = open_model(Settings(model="ollama:qwen3:8b"))
    assert isinstance(served, LangChainModel)
    assert served.name == "ollama:qwen3:8b"
    hub = open_model(Settings(model="Qwen/Qwen3-0.6B"))
    assert isinstance(hub, TransformersModel)
    assert hub.name == "Qwen/Qwen3-0.6B"


@pytest.mark.parametrize("model", ["", "  ", "./nothing-here", "/nothing-here", "~/nothing-here"])
def test_a_model_that_cannot_be_is_refused_at_once(model: str) -> None:
    with pytest.raises(ModelError):
        open_model(Settings(model=model))


def test_importing_the_doors_loads_nothing_heavy() -> None:
    heavy = "{'torch', 'transformers', 'langchain', 'langchain_core', 'tokenizers'}"
    code = f"import sys, qa.model, qa.generate; print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
