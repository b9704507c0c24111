"""The answering story where a model writes, one screen long. The extractive answerer goes first and stands behind it.

question → standing alone → extractive answer → (answered?) → prompt → reply → grounded answer
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace

from index.query import MAX_QUESTION
from qa.answer import ExtractiveAnswerer, not_printed
from qa.check import verdicts, words
from qa.figures import figures
from qa.model import ChatModel, ModelError
from qa.prompt import Message, Prompt
from qa.records import Answer, Question, Status
from qa.reply import ground
from qa.understand import understand

_LONGEST_REWRITING = 200  # characters; what is longer is no question but talk
_OWN_WORDS = 0.6  # share of a rewriting's words that the person must have used
_log = logging.getLogger(__name__)


def _answer_prompt() -> Prompt:
    return Prompt.load("answer", ("question", "passages"))


def _rewrite_prompt() -> Prompt:
    return Prompt.load("rewrite", ("history", "question"))


@dataclass(frozen=True, slots=True)
class GenerativeAnswerer:
    """Answers in a model's words, as far as the notices' own words back them.

    Whether a question is answered, and from which passages, the extractive answerer decides; its answer stands wherever
    the model fails or nothing of its reply is backed, and then bears the extractive answerer's name.
    """

    extractive: ExtractiveAnswerer
    model: ChatModel
    prompt: Prompt = field(default_factory=_answer_prompt)
    rewriting: Prompt = field(default_factory=_rewrite_prompt)

    @property
    def name(self) -> str:
        return self.model.name

    def answer(self, question: Question, k: int = 10) -> Answer:
        """Answer, or refuse and say why. Never raises on account of the question or of the model."""
        started = time.perf_counter()
        asked = self._standing_alone(question)
        answer = self.extractive.answer(asked, k)
        if answer.status in (Status.ANSWERED, Status.PARTIAL):
            answer = self._written(answer)
        return replace(answer, question=question, elapsed_ms=(time.perf_counter() - started) * 1000)

    def _written(self, extracted: Answer) -> Answer:
        """The same answer in the model's words, or as it is."""
        understood = understand(extracted.question)
        asked = "\n".join(part[:MAX_QUESTION] for part in (understood.context, understood.text) if part)
        reply = self._reply(self.prompt.fill(question=asked, passages=extracted.passages))
        library = self.extractive.retriever.library
        grounded = ground(reply, extracted.passages, library.provisions, library.page_of)
        if grounded.dropped:
            _log.info("%s: %d sentences dropped", self.name, grounded.dropped)
        if not grounded.text:
            return replace(extracted, dropped=extracted.dropped + grounded.dropped)
        day = next((c.validity.on for c in extracted.citations if c.validity), extracted.question.asked_on)
        text, citations = self.extractive.dated(grounded.text, grounded.citations, day)
        own = not_printed(extracted.missing)
        text += own
        return replace(
            extracted,
            text=text,
            citations=citations,
            answerer=self.name,
            verdicts=verdicts(text, citations, (own,)),
            dropped=grounded.dropped,
        )

    def _standing_alone(self, question: Question) -> Question:
        """A follow-up in one question, as the model words it; the question as it was, where that adds anything."""
        understood = understand(question)
        said = f"{understood.context}\n{understood.text}"
        if not understood.context or len(said) > MAX_QUESTION:
            return question
        rewritten = self._reply(self.rewriting.fill(history=understood.context, question=understood.text))
        own = words(rewritten) & words(said)
        faithful = figures(rewritten) <= figures(said) and len(own) >= _OWN_WORDS * max(1, len(words(rewritten)))
        if "\n" in rewritten or len(rewritten) > _LONGEST_REWRITING or not faithful:
            return question
        return replace(question, text=rewritten)

    def _reply(self, message: Message) -> str:
        """What the model says; "" where it fails, in whatever way."""
        try:
            return self.model.reply(message.system, message.user)
        except ModelError as exc:
            _log.warning("%s本次按公报原文摘录回答。", exc)
        except Exception as exc:  # a model is a guest: nothing that it does may cost a citizen the answer
            _log.warning("模型“%s”出错（%s）。本次按公报原文摘录回答。", self.name, type(exc).__name__)
        return ""
