"""The answering story where a model writes, one screen long. The extractive answerer goes first and stands behind it.

question → standing alone → extractive answer → (answered?) → prompt → reply, sentence by sentence → grounded answer
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

from index.query import MAX_QUESTION
from qa.answer import ExtractiveAnswerer, not_printed
from qa.chat import ChatModel, ModelError, failed
from qa.check import verdicts, words
from qa.confidence import UNSURE_BELOW
from qa.figures import figures
from qa.prompt import Message, Prompt, Source, validity
from qa.records import Answer, Draft, Question, Status
from qa.reply import Grounding
from qa.sentences import SentenceReader
from qa.understand import understand

_LONGEST_REWRITING = 200  # characters; what is longer is no question but talk
_OWN_WORDS = 0.6  # share of a rewriting's words that the person must have used
_NOTHING = "未找到"  # what answer.txt has the model say where no passage answers
_FAILED = "语言模型这次没有答成，以上摘自公报原文。"
_UNBACKED = "语言模型写的话没有通过核对，以上摘自公报原文。"
_NOT_FOUND = "语言模型认为查到的公报没有写明这一点；以上摘自公报原文，请您对照原文。"
_log = logging.getLogger(__name__)


def _answer_prompt() -> Prompt:
    return Prompt.load("answer", ("question", "passages"))


def _rewrite_prompt() -> Prompt:
    return Prompt.load("rewrite", ("history", "question"))


@dataclass(frozen=True, slots=True)
class GenerativeAnswerer:
    """Answers in a model's words, as far as the notices' own words back them.

    Whether a question is answered, and from which passages, the extractive answerer decides; its answer stands wherever
    the model fails or most of its reply is not backed, and then bears the extractive answerer's name and a note.
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
        *_, answer = self.stream(question, k)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: Question, k: int = 10) -> Iterator[Draft | Answer]:
        """See StreamingAnswerer. A sentence is in no draft before it has been checked."""
        started = time.perf_counter()
        asked = yield from self._standing_alone(question)
        answer = self.extractive.answer(asked, k)
        if answer.status in (Status.ANSWERED, Status.PARTIAL):
            answer = yield from self._written(answer)
        yield replace(answer, question=question, elapsed_ms=(time.perf_counter() - started) * 1000)

    def _written(self, extracted: Answer) -> Generator[Draft, None, Answer]:
        """The same answer in the model's words, or as it is and why."""
        library = self.extractive.retriever.library
        grounding = Grounding(extracted.passages, library.provisions, library.page_of)
        extracted = replace(extracted, prompts={self.prompt.name: self.prompt.sha256})
        reader = SentenceReader()
        found_nothing = False
        try:
            for piece in self._said(self._message(extracted)):
                taken = [grounding.take(sentence) for sentence in reader.feed(piece)]
                if any(taken) or not piece:
                    yield Draft(grounding.so_far.text, grounding.so_far.citations)
            for sentence in reader.end():
                grounding.take(sentence)
                found_nothing = sentence.text.startswith(_NOTHING)
        except ModelError:
            return replace(extracted, note=_FAILED)
        grounded = grounding.so_far
        if grounded.dropped:
            _log.info("%s: %d sentences dropped", self.name, grounded.dropped)
        if not grounded.text or grounded.kept < grounded.dropped:
            note = _NOT_FOUND if found_nothing else _UNBACKED
            return replace(extracted, note=note, dropped=extracted.dropped + grounded.dropped)
        day = next((c.validity.on for c in extracted.citations if c.validity), extracted.question.asked_on)
        text, citations = self.extractive.dated(grounded.text, grounded.citations, day)
        own = not_printed(extracted.missing)
        text += own
        sure_enough = extracted.missing or (extracted.confidence or 0.0) >= UNSURE_BELOW
        return replace(
            extracted,
            status=extracted.status if sure_enough else Status.ANSWERED,  # it was the extract that came but near
            text=text,
            citations=citations,
            answerer=self.name,
            verdicts=verdicts(text, citations, (own,)),
            dropped=grounded.dropped,
        )

    def _message(self, extracted: Answer) -> Message:
        """The question and its passages, with what is known of the notices' validity on the day of the question."""
        library, on = self.extractive.retriever.library, extracted.question.asked_on
        understood = understand(extracted.question)
        asked = "\n".join(part[:MAX_QUESTION] for part in (understood.context, understood.text) if part)
        sources = [
            Source(passage, validity(passage.notice, on, lapsed=library.lapsed(passage.notice, on)))
            for passage in extracted.passages
        ]
        return self.prompt.fill(question=asked, passages=sources)

    def _standing_alone(self, question: Question) -> Generator[Draft, None, Question]:
        """A follow-up in one question, as the model words it; the question as it was, where that adds anything."""
        understood = understand(question)
        said = f"{understood.context}\n{understood.text}"
        if not understood.context or len(said) > MAX_QUESTION:
            return question
        rewritten = ""
        try:
            for piece in self._said(self.rewriting.fill(history=understood.context, question=understood.text)):
                rewritten += piece
                yield Draft()
        except ModelError:
            return question
        rewritten = rewritten.strip()
        own = words(rewritten) & words(said)
        faithful = figures(rewritten) <= figures(said) and len(own) >= _OWN_WORDS * max(1, len(words(rewritten)))
        if "\n" in rewritten or len(rewritten) > _LONGEST_REWRITING or not faithful:
            return question
        return replace(question, text=rewritten)

    def _said(self, message: Message) -> Iterator[str]:
        """What the model says, piece by piece. Raises ModelError where it fails, in whatever way."""
        try:
            yield from self.model.stream(message.system, message.user)
        except ModelError as exc:
            _log.warning("%s本次按公报原文摘录回答。", exc)
            raise
        except Exception as exc:  # a model is a guest: nothing that it does may cost a citizen the answer
            _log.warning("模型“%s”出错（%s）。本次按公报原文摘录回答。", self.name, type(exc).__name__)
            raise failed(self.name, exc) from exc
