"""The models that write: the door to langchain, and the door to transformers.

A model is opened at its first use, which may take minutes; until then nothing heavy is imported.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from qa.chat import TICK_S, ChatModel, Hear, ModelError, flow, silent, whole
from qa.thoughts import Thoughts, UnopenedThought

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk
    from transformers import BatchEncoding, BitsAndBytesConfig, PreTrainedTokenizerBase
    from transformers.generation.streamers import BaseStreamer

    from qa.settings import Settings

_T = TypeVar("_T")
_CONTEXT_TOKENS = 4096  # where neither the model nor its tokeniser says how much it reads
_AUTOMATIC = "auto"  # the device map of accelerate: over all that there is


@dataclass(frozen=True, slots=True)
class Placing:
    """How a network lies in memory."""

    dtype: str = _AUTOMATIC  # as it was saved; or float32, float16, bfloat16
    device: str = ""  # "" the best there is; cpu, cuda:0 …; auto: accelerate's map over all of them
    bits: int = 0  # 4 or 8: its weights as whole numbers of so many bits (bitsandbytes); 0: as they are

    def __post_init__(self) -> None:
        if self.bits not in (0, 4, 8):
            raise ModelError(f"model_bits 是 {self.bits}，只能是 0（不量化）、4 或 8。请在 wenzheng.toml 里改正。")


@lru_cache(maxsize=1)
def open_model(settings: Settings) -> ChatModel:
    """The model of `settings.model`: a folder or a name on the hub → transformers, provider:name → langchain.

    Equal settings give the same model, so that a new library generation does not load it again. Nothing is loaded yet.
    Raises ModelError for an empty name and for a folder that is not there.
    """
    model = settings.model.strip()
    folder = Path(model).expanduser()
    if not model:
        raise ModelError(
            "没有写明用哪个模型。请把 model 设为模型文件夹、模型名，或“提供方:模型名”，例如 ollama:qwen3:8b。"
        )
    if folder.is_dir():
        return TransformersModel(str(folder), *_limits(settings), _placing(settings))
    if model.startswith((".", "/", "~", "\\")):
        raise ModelError(f"找不到模型文件夹“{model}”。请检查 model 的路径，应指向内有 config.json 的文件夹。")
    if ":" in model:
        return LangChainModel(model, *_limits(settings))
    return TransformersModel(model, *_limits(settings), _placing(settings))


def _limits(settings: Settings) -> tuple[int, float, int]:
    return settings.model_max_tokens, settings.model_timeout_s, settings.model_context_tokens


def _placing(settings: Settings) -> Placing:
    return Placing(settings.model_dtype, settings.model_device, settings.model_bits)


def accelerators() -> list[tuple[str, int]]:
    """The GPUs that a network can be put on: name and bytes of memory of each."""
    import torch

    if not torch.cuda.is_available():
        return []
    found = [torch.cuda.get_device_properties(at) for at in range(torch.cuda.device_count())]
    return [(str(each.name), int(each.total_memory)) for each in found]


class LangChainModel:
    """Any LangChain chat model: by provider string (ollama:qwen3:8b, openai:…), or one that is given."""

    def __init__(
        self, model: str | BaseChatModel, max_tokens: int = 512, timeout_s: float = 60.0, context_tokens: int = 0
    ) -> None:
        """`max_tokens` binds a model opened by provider string; the time limit binds every one.

        `context_tokens`: what the model reads and writes together; 0 leaves that to its server.
        """
        self.name = model if isinstance(model, str) else model.get_name()
        self._timeout_s = timeout_s
        self._room = max(0, context_tokens - max_tokens)
        self._chat = _Once(self.name, lambda: _langchain(model, max_tokens, timeout_s))
        self._thinks_first = False  # a server does not say so; its first reply shows it

    def stream(self, system: str, user: str) -> Iterator[str]:
        """See ChatModel."""
        try:
            yield from _words(self.name, self._said(system, user), Thoughts(thinks_first=self._thinks_first))
        except UnopenedThought as exc:
            self._thinks_first = True
            raise ModelError(f"模型“{self.name}”没有把思考和答复分开。从下一问起，只取思考以后的话。") from exc

    def reply(self, system: str, user: str) -> str:
        """See ChatModel."""
        return whole(self.name, self._said(system, user))

    def _said(self, system: str, user: str) -> Iterator[str]:
        yield from self._chat.opened()
        chat = self._chat.get()
        if self._room:  # a Chinese character is a token at the most, give or take: its server alone could count them
            user = user[: max(0, self._room - len(system))]

        def say(hear: Hear) -> None:
            chunks = chat.stream([("system", system), ("human", user)])
            with closing(cast("Generator[AIMessageChunk]", chunks)) as coming:
                for chunk in coming:
                    hear(str(chunk.text))

        yield from flow(self.name, say, self._timeout_s)


class TransformersModel:
    """A causal language model that runs in this process, by folder or hub name. Same message, same reply.

    Replies to one message at a time; a second thread waits its turn, at most for its time limit.
    """

    def __init__(
        self,
        model: str,
        max_tokens: int = 512,
        timeout_s: float = 60.0,
        context_tokens: int = 0,
        placing: Placing = Placing(),
    ) -> None:
        """`context_tokens`: what it reads and writes together; 0 for all that it could."""
        self.name = Path(model).resolve().name if Path(model).is_dir() else model
        self._max_tokens = max_tokens
        self._timeout_s = timeout_s
        self._turn = Lock()
        self._loaded = _Once(self.name, lambda: _Loaded(model, context_tokens, placing))

    def stream(self, system: str, user: str) -> Iterator[str]:
        """See ChatModel."""
        yield from self._loaded.opened()
        thinks_first = self._loaded.get().thinks_first
        yield from _words(self.name, self._said(system, user), Thoughts(thinks_first=thinks_first))

    def reply(self, system: str, user: str) -> str:
        """See ChatModel."""
        return whole(self.name, self._said(system, user))

    def _said(self, system: str, user: str) -> Iterator[str]:
        yield from self._loaded.opened()
        loaded = self._loaded.get()
        began = time.monotonic()
        while not self._turn.acquire(timeout=min(TICK_S, self._timeout_s)):
            if time.monotonic() - began >= self._timeout_s:
                raise ModelError(f"模型“{self.name}”正忙，{self._timeout_s:g} 秒内没有轮到。请稍后再问。")
            yield ""

        def say(hear: Hear) -> None:
            try:
                loaded.generate(self.name, system, user, self._max_tokens, hear)
            finally:
                self._turn.release()

        yield from flow(self.name, say, self._timeout_s, time.monotonic() - began)


def _words(name: str, said: Iterator[str], thoughts: Thoughts) -> Iterator[str]:
    """What is said less the thoughts; "" while there are but thoughts. Raises ModelError where there are no words."""
    spoken = False
    for piece in said:
        words = thoughts.feed(piece)
        spoken = spoken or bool(words.strip())
        yield words
    rest = thoughts.end()
    if not (spoken or rest.strip()):
        raise silent(name)
    yield rest


class _Once(Generic[_T]):
    """A thing that is opened at first use, by one thread. A failure is kept: what is not there is not sought again."""

    def __init__(self, name: str, opening: Callable[[], _T]) -> None:
        self._name = name
        self._opening = opening
        self._lock = Lock()
        self._opened: _T | None = None
        self._failure = ""

    def opened(self) -> Iterator[str]:
        """Opens it, which may take minutes; "" every TICK_S meanwhile. Raises ModelError."""
        if self._opened is None:
            yield from flow(self._name, lambda hear: self.get(), math.inf)

    def get(self) -> _T:
        with self._lock:
            if self._opened is None and not self._failure:
                try:
                    self._opened = self._opening()
                except Exception as exc:  # whatever a model's files, the hub, a provider or the device may raise
                    self._failure = (
                        f"模型“{self._name}”打不开：{_first_line(exc)}。请检查模型的名称和所需的软件包；没有网络时，"
                        "请先把模型下载到本机，再把 model 设为它的文件夹。改好后请重新启动。"
                    )
                    raise ModelError(self._failure) from exc
            if self._opened is None:
                raise ModelError(self._failure)
            return self._opened


class _Loaded:
    """A tokeniser and a network in memory."""

    def __init__(self, model: str, context_tokens: int, placing: Placing) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        noise: Any = logging
        noise.disable_progress_bar()
        noise.set_verbosity_error()
        self._tokenizer: Any = AutoTokenizer.from_pretrained(model)
        best = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        place = placing.device or str(best or "cpu")
        placed: dict[str, Any] = {"device_map": place} if placing.bits or place == _AUTOMATIC else {}
        if placing.bits:
            placed["quantization_config"] = _in_whole_numbers(placing.bits)
        network: Any = AutoModelForCausalLM.from_pretrained(model, dtype=placing.dtype, **placed)
        self._network = (network if placed else network.to(place)).eval()
        # the likeliest word each time; the model's own settings for sampling would only give rise to warnings
        self._network.generation_config.update(do_sample=False, temperature=None, top_p=None, top_k=None)
        limits = (
            context_tokens,
            network.config.get_text_config().to_dict().get("max_position_embeddings"),
            self._tokenizer.model_max_length,
        )
        self._context = min((limit for limit in limits if limit and limit < 10_000_000), default=_CONTEXT_TOKENS)

    @property
    def thinks_first(self) -> bool:
        """Whether the template opens a thought, so that a reply begins inside it."""
        return bool(self._tokenizer.chat_template) and self._in_template(_messages("甲", "乙")).rstrip().endswith(
            "<think>"
        )

    def generate(self, name: str, system: str, user: str, max_tokens: int, hear: Hear) -> None:
        """Tells `hear` what the network says next, piece by piece."""
        max_tokens = min(max_tokens, self._context // 2)
        inputs = self._fitted(name, system, user, self._context - max_tokens).to(self._network.device)
        pad = self._tokenizer.pad_token_id
        self._network.generate(
            **inputs,
            max_new_tokens=max_tokens,
            streamer=_streamer(self._tokenizer, hear),
            pad_token_id=self._tokenizer.eos_token_id if pad is None else pad,
        )

    def _fitted(self, name: str, system: str, user: str, room: int) -> BatchEncoding:
        """Token ids of the message, at most `room`; as much of the end of `user` left out as that takes."""
        while True:
            inputs = self._encoded(system, user)
            tokens = inputs["input_ids"].shape[1]
            if tokens <= room:
                return inputs
            if not user:
                raise ModelError(f"模型“{name}”一次只能读 {self._context} 个词元，连提示词都放不下。请换一个模型。")
            user = user[: -math.ceil(len(user) * (tokens - room) / tokens)]

    def _encoded(self, system: str, user: str) -> BatchEncoding:
        if self._tokenizer.chat_template:
            text = self._in_template(_messages(system, user))
        else:
            text = f"{system}\n\n{user}\n\n"
        marks = not self._tokenizer.chat_template  # a template writes the marks of a beginning itself
        encoded: BatchEncoding = self._tokenizer(
            text, add_special_tokens=marks, return_tensors="pt", return_token_type_ids=False
        )
        return encoded

    def _in_template(self, messages: list[dict[str, str]]) -> str:
        from jinja2 import TemplateError

        # enable_thinking: templates that know it (Qwen3) then leave the thoughts out, others pass it over
        options: dict[str, Any] = {"add_generation_prompt": True, "tokenize": False, "enable_thinking": False}
        try:
            text: str = self._tokenizer.apply_chat_template(messages, **options)
        except TemplateError:  # some models (Gemma) know no system role
            joined = "\n\n".join(message["content"] for message in messages)
            text = self._tokenizer.apply_chat_template([{"role": "user", "content": joined}], **options)
        return text


def _langchain(model: str | BaseChatModel, max_tokens: int, timeout_s: float) -> BaseChatModel:
    if not isinstance(model, str):
        return model
    from langchain.chat_models import init_chat_model

    return init_chat_model(model, temperature=0, max_tokens=max_tokens, timeout=timeout_s, max_retries=0)


def _messages(system: str, user: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def _streamer(tokenizer: PreTrainedTokenizerBase, hear: Hear) -> BaseStreamer:
    """Hands on a network's tokens as whole characters."""
    from transformers import TextStreamer

    class Streamer(TextStreamer):
        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
            hear(text)

    return Streamer(tokenizer, skip_prompt=True, skip_special_tokens=True)


def _in_whole_numbers(bits: int) -> BitsAndBytesConfig:
    """How bitsandbytes is to hold a network. ImportError where it is not installed."""
    import torch
    from transformers import BitsAndBytesConfig

    four_bits = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": torch.bfloat16}
    config: Any = BitsAndBytesConfig
    made: BitsAndBytesConfig = config(**(four_bits if bits == 4 else {"load_in_8bit": True}))
    return made


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0].rstrip("。.")
