"""ChatModel: something that replies in words. The door to langchain, and the door to transformers.

A model is opened at its first use, which may take minutes; until then nothing heavy is imported.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from index.errors import WenzhengError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from transformers import BatchEncoding

    from qa.settings import Settings

_T = TypeVar("_T")
_CONTEXT_TOKENS = 4096  # where neither the model nor its tokeniser says how much it reads
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_THOUGHT_END = "</think>"


class ModelError(WenzhengError):
    """A model that cannot be opened, failed, took too long or said nothing. Its message never repeats a question."""


class ChatModel(Protocol):
    """Replies to a message under standing rules. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """What people are told: who wrote an answer. Needs no model to be opened."""

    def reply(self, system: str, user: str) -> str:
        """The words of the reply, never empty, without the model's thoughts or white space around.

        Where system and user together exceed what the model reads, the end of `user` is left out. Raises ModelError
        where the model cannot be opened, fails, says nothing, or has not ended within its time limit (opening not
        counted in).
        """


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
        return TransformersModel(str(folder), settings.model_max_tokens, settings.model_timeout_s)
    if model.startswith((".", "/", "~", "\\")):
        raise ModelError(f"找不到模型文件夹“{model}”。请检查 model 的路径，应指向内有 config.json 的文件夹。")
    if ":" in model:
        return LangChainModel(model, settings.model_max_tokens, settings.model_timeout_s)
    return TransformersModel(model, settings.model_max_tokens, settings.model_timeout_s)


class LangChainModel:
    """Any LangChain chat model: by provider string (ollama:qwen3:8b, openai:…), or one that is given."""

    def __init__(self, model: str | BaseChatModel, max_tokens: int = 512, timeout_s: float = 60.0) -> None:
        self.name = model if isinstance(model, str) else model.get_name()
        self._timeout_s = timeout_s
        self._chat = _Once(self.name, lambda: _langchain(model, max_tokens, timeout_s))

    def reply(self, system: str, user: str) -> str:
        """See ChatModel. `max_tokens` binds a model opened by provider string; the time limit binds every one."""
        chat = self._chat.get()
        messages = [("system", system), ("human", user)]
        try:
            message = _within(self._timeout_s, lambda: chat.invoke(messages))
        except TimeoutError as exc:
            raise _too_slow(self.name, self._timeout_s) from exc
        except Exception as exc:  # whatever a provider's library may raise
            raise _failed(self.name, exc) from exc
        return _spoken(self.name, str(message.text))


class TransformersModel:
    """A causal language model that runs in this process, by folder or hub name. Same message, same reply.

    Replies to one message at a time; a second thread waits its turn, at most for its time limit.
    """

    def __init__(self, model: str, max_tokens: int = 512, timeout_s: float = 60.0) -> None:
        self.name = Path(model).resolve().name if Path(model).is_dir() else model
        self._max_tokens = max_tokens
        self._timeout_s = timeout_s
        self._turn = Lock()
        self._loaded = _Once(self.name, lambda: _Loaded(model))

    def reply(self, system: str, user: str) -> str:
        loaded = self._loaded.get()
        deadline = time.monotonic() + self._timeout_s
        if not self._turn.acquire(timeout=self._timeout_s):
            raise ModelError(f"模型“{self.name}”正忙，{self._timeout_s:g} 秒内没有轮到。请稍后再问。")
        try:
            text = loaded.generate(self.name, system, user, self._max_tokens, max(0.0, deadline - time.monotonic()))
        except ModelError:
            raise
        except Exception as exc:  # out of memory, a template that fails, whatever a model's own code may raise
            raise _failed(self.name, exc) from exc
        finally:
            self._turn.release()
        if time.monotonic() >= deadline:  # cut off in the middle of a sentence
            raise _too_slow(self.name, self._timeout_s)
        return _spoken(self.name, text)


class _Once(Generic[_T]):
    """A thing that is opened at first use, by one thread. A failure is kept: what is not there is not sought again."""

    def __init__(self, name: str, opening: Callable[[], _T]) -> None:
        self._name = name
        self._opening = opening
        self._lock = Lock()
        self._opened: _T | None = None
        self._failure = ""

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

    def __init__(self, model: str) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        noise: Any = logging
        noise.disable_progress_bar()
        noise.set_verbosity_error()
        self._tokenizer: Any = AutoTokenizer.from_pretrained(model)
        network: Any = AutoModelForCausalLM.from_pretrained(model, dtype="auto")
        accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        self._network = network.to(accelerator or "cpu").eval()
        # the likeliest word each time; the model's own settings for sampling would only give rise to warnings
        self._network.generation_config.update(do_sample=False, temperature=None, top_p=None, top_k=None)
        limits = (
            network.config.get_text_config().to_dict().get("max_position_embeddings"),
            self._tokenizer.model_max_length,
        )
        self._context = min((limit for limit in limits if limit and limit < 10_000_000), default=_CONTEXT_TOKENS)

    def generate(self, name: str, system: str, user: str, max_tokens: int, max_time_s: float) -> str:
        """What the network says next; cut where max_time_s is over."""
        max_tokens = min(max_tokens, self._context // 2)
        inputs = self._fitted(name, system, user, self._context - max_tokens).to(self._network.device)
        pad = self._tokenizer.pad_token_id
        words = self._network.generate(
            **inputs,
            max_new_tokens=max_tokens,
            max_time=max_time_s,
            pad_token_id=self._tokenizer.eos_token_id if pad is None else pad,
        )
        told: str = self._tokenizer.decode(words[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
        return told

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
            text = self._in_template([{"role": "system", "content": system}, {"role": "user", "content": user}])
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


def _within(seconds: float, call: Callable[[], _T]) -> _T:
    """The result of a call, or TimeoutError; then it goes on in the background, since a thread cannot be stopped."""
    future: Future[_T] = Future()

    def work() -> None:
        try:
            future.set_result(call())
        except Exception as exc:
            future.set_exception(exc)

    Thread(target=work, daemon=True).start()  # a daemon: no program waits for it to end
    return future.result(timeout=seconds)


def _spoken(name: str, reply: str) -> str:
    """The reply without thoughts, of which some templates open the first themselves."""
    text = _THOUGHT.sub("", reply).rsplit(_THOUGHT_END, 1)[-1].strip()
    if not text:
        raise ModelError(f"模型“{name}”没有写出答复。请换一个模型，或把 model_max_tokens 调大。")
    return text


def _too_slow(name: str, seconds: float) -> ModelError:
    return ModelError(f"模型“{name}”在 {seconds:g} 秒内没有答完。请把 model_timeout_s 调大，或换一个小些的模型。")


def _failed(name: str, exc: Exception) -> ModelError:
    """Names the kind of failure alone: a provider's message may repeat the question."""
    return ModelError(f"模型“{name}”答复时出错（{type(exc).__name__}）。请检查模型服务是否正常、内存是否够用。")


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0].rstrip("。.")
