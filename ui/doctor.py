"""`wenzheng doctor`: does what the settings name work on this machine? One line a thing, with how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import WenzhengError

if TYPE_CHECKING:
    from qa.settings import Settings

_QUESTION = "房本丢了怎么补办"
_RIGHT = "不动产权证书遗失的，权利人可以向不动产登记机构申请补发。"
_WRONG = "森林防火期内禁止野外用火。"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    thing: str
    text: str
    sound: bool


def examine(settings: Settings) -> Iterator[Finding]:
    """Each thing as soon as it has been tried; what fails is told, and the next one is tried."""
    things: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("公文库", _library),
        ("词表", _thesaurus),
        ("嵌入模型", _embedder),
        ("重排模型", _reranker),
        ("语言模型", _model),
        ("本机的模型", _held),
    )
    for thing, look in things:
        began = time.perf_counter()
        try:
            text = look(settings)
            yield Finding(thing, f"{text}（{time.perf_counter() - began:.1f} 秒）", sound=True)
        except WenzhengError as exc:
            yield Finding(thing, str(exc), sound=False)


def _library(settings: Settings) -> str:
    from qa.assemble import open_holdings

    holdings = open_holdings(settings)
    holdings.words.search({"市": 1.0}, 1)
    counts = holdings.library.manifest.counts
    return f"{holdings.id}，{counts['notices']} 件公文、{counts['chunks']} 段，嵌入 {holdings.embedder.name}"


def _thesaurus(settings: Settings) -> str:
    from index.thesaurus import load
    from qa.assemble import own_words

    return f"{len(load(own=own_words(settings)).groups)} 个说法"


def _embedder(settings: Settings) -> str:
    """The vectors are there, and a question is nearer to its answer than to another matter."""
    from qa.assemble import embedder_of

    embedder = embedder_of(settings)
    if embedder is None:
        return "潜在语义（lsa），随公文库建立"
    texts = embedder.embed_texts([_RIGHT, _WRONG])
    began = time.perf_counter()
    right, wrong = (float(score) for score in texts @ embedder.embed_question(_QUESTION))
    took = (time.perf_counter() - began) * 1000
    return f"{embedder.name}，{embedder.dim} 维，一问 {took:.1f} 毫秒；{_verdict(right, wrong)}"


def _reranker(settings: Settings) -> str:
    from qa.assemble import reranker_of

    reranker = reranker_of(settings)
    if reranker is None:
        return "没有设置，不用"
    right, wrong = reranker.log_odds(_QUESTION, [_RIGHT, _WRONG])
    return f"{reranker.name}；{_verdict(right, wrong)}"


def _verdict(right: float, wrong: float) -> str:
    order = "相关的排在前" if right > wrong else "相关的没有排在前，请确认模型适合中文检索"
    return f"试一对：相关 {right:.2f}，不相关 {wrong:.2f}，{order}"


def _model(settings: Settings) -> str:
    if not settings.model:
        return "没有设置，用原文作答"
    from qa.model import open_model

    reply = open_model(settings).reply("你是客服。", "请只回答两个字：您好")
    return f"{settings.model}，回话 {len(reply)} 个字"


# what to fetch where nothing is here: bytes of memory that it takes → name, as README's table has it
_ADVISED = ((40e9, "Qwen/Qwen3-14B"), (20e9, "Qwen/Qwen3-8B"), (11e9, "Qwen/Qwen3-4B"), (5e9, "Qwen/Qwen3-1.7B"))


def _held(settings: Settings) -> str:
    """The machine's memory, the language models that are on it, and what to set."""
    from qa.inventory import held_models, memory_bytes
    from qa.model import accelerators

    gpus, memory = accelerators(), memory_bytes()
    machine = [f"内存 {_gigabytes(memory)}", *(f"{name} {_gigabytes(size)}" for name, size in gpus)]
    room = max((size for _, size in gpus), default=memory // 2)  # of a machine's own memory others need their part
    held = held_models(settings.model)
    fitting = [model for model in held if model.fits(room)]
    listed = "、".join(
        f"{model.name}（{model.where}，{_gigabytes(model.bytes)}，{'放得下' if model in fitting else '放不下'}）"
        for model in held
    )
    best = max(fitting, key=lambda model: model.bytes, default=None)
    if best is not None:
        advice = f'可设 model = "{best.name}"' if settings.model != best.name else "已设的就是放得下的最大一个"
    else:
        name = next((name for bytes_, name in _ADVISED if bytes_ <= room), "")
        advice = f"可下载 {name} 再设 model" if name else "内存不足以用语言模型，摘录原文即可"
    without = "" if gpus else "，没有 GPU"
    return f"{'，'.join(machine)}{without}；{listed or '没有语言模型'}；{advice}"


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
