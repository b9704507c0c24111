"""The answering story of the extractive answerer, one screen long.

question → understood → query → passages → readings → doubts? → statements → cited answer
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.asked import Asked, asked_of
from index.query import Query, cities_in
from index.records import Passage
from index.retrieve import Retriever
from qa.cite import Statement, cite
from qa.compare import sides
from qa.compose import compose, compose_sides
from qa.confidence import answerable, confidence, signs
from qa.read import Reading, read
from qa.records import Answer, Question, Status
from qa.refuse import ANSWER_FROM, PARTIAL_FROM, Doubt, Lack, doubts, impossible
from qa.understand import MAX_TURNS, Understanding, understand
from qa.validity import tell

READ = 6  # passages that are read; answers from later ones were right in none of the dev questions
_TOLD = 0.7  # confidence in what a notice says of itself: share right of the dev questions so answered
_CLARIFY = "请再说具体一点：您想了解哪个地方、哪件事？例如某项补贴给多少钱、某件事归哪个部门管、某份文件什么时候失效。"


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Answers with the notices' own sentences. Needs no model; the same question gets the same answer."""

    retriever: Retriever
    name: str = "extractive"

    def answer(self, question: Question, k: int = 10) -> Answer:
        """Answer, or refuse and say why. Never raises on account of the question."""
        started = time.perf_counter()
        answer = replace(self._answer(self._placed(question), k), question=question)
        elapsed_ms = (time.perf_counter() - started) * 1000
        return replace(answer, answerer=self.name, library=self.retriever.library.id, elapsed_ms=elapsed_ms)

    def _answer(self, question: Question, k: int) -> Answer:
        understood = understand(question)
        if understood.small_talk:
            return Answer(question, Status.CHAT, understood.small_talk)
        if understood.unclear:
            return Answer(question, Status.CLARIFY, _CLARIFY)
        query = self.retriever.query(understood.text, understood.context, question.place)
        passages = self.retriever.find(query, k)
        read_as = tuple(dict.fromkeys(slip.meant for slip in query.slips))
        return replace(self.answer_from(question, understood, query, passages), read_as=read_as)

    def _placed(self, question: Question) -> Question:
        """The question with the place that the person last named, unless one is chosen on the page.

        Who has asked about 阳泉 goes on asking about 阳泉, also where the next question needs no other word of it; and
        a caller names the place somewhere in the story, seldom in the sentence that asks.
        """
        if question.place:
            return question
        gazetteer = self.retriever.library.gazetteer
        said = (question.text, *reversed(question.history[-MAX_TURNS:]))
        named = (cities_in(each, gazetteer) for each in said)
        return replace(question, place=next((cities[0] for cities in named if cities), ""))

    def answer_from(
        self, question: Question, understood: Understanding, query: Query, passages: Sequence[Passage]
    ) -> Answer:
        """Read, doubt, compose, cite: the part that starts from passages."""
        library = self.retriever.library
        told = [] if query.unknown_places else tell(query, question.asked_on, passages)
        if told:
            text, citations = cite(told, library.provisions, library.page_of)
            return Answer(question, Status.ANSWERED, text, citations, passages=tuple(passages), confidence=_TOLD)
        readings = self._read(query, understood.asked, passages)
        elsewhere = self.retriever.elsewhere(query)
        held, rarity = library.document_numbers, library.words.rarity
        doubted = doubts(query, understood.asked, readings, passages, elsewhere, held, rarity)
        seen = signs(doubted, readings, passages) if readings else ()
        believed = confidence(seen) if seen else 0.0
        if self._refuses(query, doubted, seen):
            refusal = self._refusal(query, doubted)
            return Answer(question, Status.REFUSED, refusal, passages=tuple(passages), confidence=believed)
        statements = self._compared(question, understood) or compose(
            query, understood.asked, readings, library.provisions
        )
        text, citations = cite(statements, library.provisions, library.page_of)
        missing = tuple(d.about for d in doubted if d.lack is Lack.ATTACHMENT and d.weight >= PARTIAL_FROM)
        text += not_printed(missing)
        status = Status.PARTIAL if missing else Status.ANSWERED
        return Answer(question, status, text, citations, missing, tuple(passages), confidence=believed)

    def _refuses(self, query: Query, doubted: Sequence[Doubt], seen: Sequence[float]) -> bool:
        """Whether not to answer: nothing was found, or it cannot be, or it is too unlikely that it was."""
        return not seen or impossible(query, doubted) or answerable(seen) < ANSWER_FROM

    def _read(self, query: Query, asked: Sequence[Asked], passages: Sequence[Passage]) -> list[Reading]:
        library = self.retriever.library
        first = passages[:READ]
        closely = self.retriever.closely(query, first)
        return read(query, asked, first, library.provisions, library.words.rarity, library.nearness.of_texts, closely)

    def _compared(self, question: Question, understood: Understanding) -> list[Statement]:
        """Each side of a comparison read by itself; [] where there are no two sides, or both rest on the same words."""
        if Asked.COMPARISON not in understood.asked:
            return []
        found: list[tuple[Query, Reading]] = []
        for text in sides(understood.text):
            query = self.retriever.query(text, understood.context, question.place)
            readings = self._read(query, asked_of(text), self.retriever.find(query, READ))
            found.extend((query, reading) for reading in readings[:1])
        return compose_sides(found)

    def _refusal(self, query: Query, doubted: Sequence[Doubt]) -> str:
        """What was looked for in vain, what was searched, and whom to ask."""
        searched, newest = self.retriever.library.searched(query.cities)
        first = doubted[0] if doubted else Doubt(Lack.NOTHING, 0.0)
        place = query.cities[0] if query.cities else ""
        reason = {
            Lack.PLACE: f"本库收录的公报中没有找到{first.about or place}的有关规定",
            Lack.YEAR: "收录的公报中有相近的规定，但没有您问的这一年（次）的",
            Lack.KIND: "收录的公报提到了这件事，但没有写明您问的这一点",
            Lack.ATTACHMENT: f"您问的内容在{first.about}里，附件未随公报刊载，本库没有",
            Lack.NOT_HELD: f"本库没有收录{first.about}",
            Lack.ELSEWHERE: f"收录的公报没有写明，只说“{first.about}”",
        }.get(first.lack, "本库收录的公报中没有找到能回答这个问题的规定")
        scope = f"已查：{place or '全部'} {searched} 件文件" + (f"，最新 {newest.isoformat()}" if newest else "")
        return f"{reason}（{scope}）。可向发文机关或拨打 12345 咨询。"


def not_printed(missing: Sequence[str]) -> str:
    """The sentence that names what an answer would need and the gazettes did not print; "" for nothing."""
    return f"{'、'.join(missing)}未随公报刊载。" if missing else ""
