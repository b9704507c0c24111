"""ChatModel: something that replies in words, piece by piece; and what its doors share. No library stands behind this.

A model may be slow, and whoever asked may leave. So its words come from a thread of their own, and where there are
none for a while, an empty piece comes: a listener who stops listening then stops the model.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Protocol

from index.errors import WenzhengError
from qa.thoughts import without_thoughts

TICK_S = 0.5  # a listener hears something at least this often

Hear = Callable[[str], None]
"""Takes the next piece of a reply. Raises NobodyListens where the model is to stop."""


class ModelError(WenzhengError):
    """A model that cannot be opened, failed, took too long or said nothing. Its message never repeats a question."""


class NobodyListens(Exception):
    """Whoever asked has left, or the time is over."""


class ChatModel(Protocol):
    """Replies to a message under standing rules. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """What people are told: who wrote an answer. Needs no model to be opened."""

    def stream(self, system: str, user: str) -> Iterator[str]:
        """The words of the reply as they come, without the model's thoughts; "" at least every TICK_S.

        Closing the iterator stops the model. Where system and user together exceed what the model reads, the end of
        `user` is left out. Raises ModelError where the model cannot be opened, fails, says nothing, or has not ended
        within its time limit (opening not counted in); what came before then is but a part of a reply.
        """

    def reply(self, system: str, user: str) -> str:
        """The same as one text, never empty, without white space around it. Raises ModelError."""


def flow(name: str, say: Callable[[Hear], object], timeout_s: float, waited_s: float = 0.0) -> Iterator[str]:
    """The pieces that `say` hands to the function it is given, as they come; "" where there is none for TICK_S.

    `waited_s` of the time are over already. Raises ModelError where it fails or has not ended in time. Once too slow,
    or no longer listened to, it is stopped at its next piece; a thread that never comes to one goes on in the
    background, since it cannot be ended.
    """
    said: SimpleQueue[str | Exception | None] = SimpleQueue()
    left = Event()

    def hear(piece: str) -> None:
        if left.is_set():
            raise NobodyListens
        said.put(piece)

    def work() -> None:
        try:
            say(hear)
            said.put(None)
        except Exception as exc:  # whatever a model, its library or a provider may raise
            said.put(exc)

    Thread(target=work, daemon=True).start()  # a daemon: no program waits for it to end
    ends_at = time.monotonic() + timeout_s - waited_s
    try:
        while (rest := ends_at - time.monotonic()) > 0:
            try:
                piece = said.get(timeout=min(rest, TICK_S))
            except Empty:
                piece = ""
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise piece if isinstance(piece, ModelError) else failed(name, piece) from piece
            yield piece
        raise too_slow(name, timeout_s)
    finally:
        left.set()


def whole(name: str, pieces: Iterable[str]) -> str:
    """A reply in one text, less its thoughts. Raises ModelError where nothing is left."""
    words = without_thoughts("".join(pieces))
    if not words:
        raise silent(name)
    return words


def silent(name: str) -> ModelError:
    return ModelError(f"模型“{name}”没有写出答复。请换一个模型，或把 model_max_tokens 调大。")


def too_slow(name: str, seconds: float) -> ModelError:
    return ModelError(f"模型“{name}”在 {seconds:g} 秒内没有答完。请把 model_timeout_s 调大，或换一个小些的模型。")


def failed(name: str, exc: Exception) -> ModelError:
    """Names the kind of failure alone: a provider's message may repeat the question."""
    return ModelError(f"模型“{name}”答复时出错（{type(exc).__name__}）。请检查模型服务是否正常、内存是否够用。")
