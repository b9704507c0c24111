"""The answering story of the extractive answerer, one screen long.

question → understood → query → passages → readings → doubts? → statements → cited answer
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from index.asked import Asked, asked_of
from index.english import is_english
from index.english import load as load_glossary
from index.query import Query, cities_in
from index.records import Notice, Passage
from index.retrieve import CLOSE, Retriever
from index.spelling import in_letters
from index.text import simplified
from qa.about import asked_of_library, tell_of_library
from qa.check import verdicts
from qa.choose import choose
from qa.cite import Statement, cite, moved_on, verbatim
from qa.compare import sides
from qa.compose import SHORT, asks_what_it_is, compose, compose_sides, of_year, other_answer
from qa.confidence import ALONE_FROM, DOUBTED_BELOW, UNSURE_BELOW, answerable, confidence, signs
from qa.day import issued_ago
from qa.read import Reading, read
from qa.records import EXTRACTIVE, Answer, Citation, Question, Status, Support
from qa.refuse import PARTIAL_FROM, Doubt, Lack, doubts, impossible, least_belief
from qa.several import parted
from qa.standing import besides, warnings
from qa.understand import MAX_TURNS, Understanding, of_our_city, understand
from qa.validity import UNSAID, Told, day_of, named_by, tell

READ = 6  # passages that are read; answers from later ones were right in none of the dev questions
_TOLD = 0.7  # confidence in what a notice says of itself: share right of the dev questions so answered
# share of the belief that one city's notices must have where “our city” is asked about and not named: of 150 dev
# questions so worded one in three is asked back, and 4 of the others lead to another city, where 31 did
_ONE_CITY = 0.8
_NEAREST = "没有找到直接写明的规定，以下是最接近的条文。"
_CLARIFY = "请再说具体一点：您想了解哪个地方、哪件事？例如某项补贴给多少钱、某件事归哪个部门管、某份文件什么时候失效。"
_CLARIFY_IN_ENGLISH = "请用中文提问。Please ask in Chinese, or say in plain English which city and which matter."


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Answers with the notices' own sentences. Needs no model; the same question gets the same answer."""

    retriever: Retriever
    name: str = EXTRACTIVE

    def answer(self, question: Question, k: int = 10) -> Answer:
        """Answer, or refuse and say why. Never raises on account of the question."""
        started = time.perf_counter()
        written = self._written_out(question)
        answer = self._answer(
            self._placed(written), k, word_by_word=written is not question and is_english(question.text)
        )
        if written is not question:
            answer = replace(answer, read_as=(written.text, *answer.read_as))
        answer = replace(answer, question=question)
        elapsed_ms = (time.perf_counter() - started) * 1000
        return replace(answer, answerer=self.name, library=self.retriever.library.id, elapsed_ms=elapsed_ms)

    def stream(self, question: Question, k: int = 10) -> Iterator[Answer]:
        """The answer alone: it is there at once."""
        yield self.answer(question, k)

    def _answer(self, question: Question, k: int, *, word_by_word: bool = False) -> Answer:
        library = self.retriever.library
        of_it = asked_of_library(simplified(question.text), library.gazetteer.cities)
        if of_it:
            return Answer(question, Status.CHAT, tell_of_library(of_it, library.by_city, library.newest))
        understood = understand(question)
        if understood.small_talk:
            return Answer(question, Status.CHAT, understood.small_talk)
        if understood.unclear:
            return Answer(question, Status.CLARIFY, _CLARIFY_IN_ENGLISH if is_english(question.text) else _CLARIFY)
        query = self.retriever.query(understood.text, understood.context, question.place)
        issued_in = query.issued_in or issued_ago(query.text, question.asked_on)
        on = day_of(query, question.asked_on)
        query = replace(query, on=on, issued_in=issued_in, word_by_word=word_by_word)
        passages = self.retriever.find(query, k)
        if not query.cities and of_our_city(query.text) and _contested(passages):
            return Answer(question, Status.CLARIFY, self._which_city(), passages=tuple(passages))
        read_as = tuple(dict.fromkeys(slip.meant for slip in query.slips))
        return replace(self.answer_from(question, understood, query, passages), read_as=read_as)

    def _written_out(self, question: Question) -> Question:
        """A question in pinyin or in English in the characters that it is likeliest to stand for, if it is one."""
        library, text = self.retriever.library, ""
        if in_letters(question.text):
            text = library.typist.written_out(question.text)
        elif is_english(question.text):
            text = load_glossary().read(question.text, library.places_in_letters)
        return replace(question, text=text) if text else question

    def _which_city(self) -> str:
        cities = dict.fromkeys(self.retriever.library.gazetteer.cities.values())
        return f"您说的是哪个市？本库收录{'、'.join(cities)}的公文，各市的规定不一样。"

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
        day = query.on or question.asked_on
        told = Told() if query.unknown_places else tell(query, question.asked_on, passages, library.validity)
        if told:
            return self._told(question, query, told, passages, day)
        readings = self.readings(query, understood.asked, passages)
        elsewhere = self.retriever.elsewhere(query)
        held, rarity = library.document_numbers, library.words.rarity
        doubted = doubts(query, understood.asked, readings, passages, elsewhere, held, rarity)
        seen = self._seen(query, doubted, readings, passages) if readings else ()
        believed = confidence(seen) if seen else 0.0
        judged = Answer(
            question,
            Status.REFUSED,
            "",
            passages=tuple(passages),
            confidence=believed,
            answerable=_hope(query, doubted, seen),
        )
        in_turn = self._in_turn(question, understood, word_by_word=query.word_by_word)
        if self._refuses(query, doubted, seen) and not in_turn:
            return replace(judged, text=self._refusal(query, doubted))
        in_parts = in_turn or self._compared(question, understood)
        statements = in_parts or compose(query, understood.asked, readings, library.provisions)
        missing = tuple(d.about for d in doubted if d.lack is Lack.ATTACHMENT and d.weight >= PARTIAL_FROM)
        unsure = False
        if not (in_parts or asks_what_it_is(query)):
            statements, unsure = self._hedged(statements, readings, believed)
        own = (_NEAREST if unsure else "", not_printed(missing))
        answer = replace(judged, status=Status.PARTIAL if missing or unsure else Status.ANSWERED, missing=missing)
        return self._said(answer, statements, day, own, named_by(query, passages))

    def _hedged(
        self, statements: Sequence[Statement], readings: Sequence[Reading], believed: float
    ) -> tuple[list[Statement], bool]:
        """The statements as they are given when so much is believed of them, and whether it must be said that none
        may be right: what is believed in but halfway has what else may answer beside it.
        """
        unsure = believed < UNSURE_BELOW
        room = SHORT - len(_NEAREST) if unsure else SHORT
        kept = _shortened(statements, room) if unsure else list(statements)
        return [*kept, *(other_answer(kept, readings, room) if believed < ALONE_FROM else ())], unsure

    def _said(
        self,
        answer: Answer,
        statements: Sequence[Statement],
        day: date,
        own: tuple[str, str] = ("", ""),
        asked: Sequence[Notice] = (),
    ) -> Answer:
        """The answer in these statements, each checked; what its quotes do not bear out is said in their own words.

        `own`: what it says itself, before and after them, of what these notices do not hold; `asked`: the notices that
        are asked of.
        """
        opening, closing = own
        said = warnings((s.notice for s in statements), day, self.retriever.library.validity, asked)
        statements = besides(statements, said)
        text, citations = self._cited(statements)
        notes = tuple(statement.note for statement in statements if statement.note)
        found = verdicts(text, citations, notes)
        wrong = [verdict.support is Support.UNSUPPORTED for verdict in found]
        if any(wrong) and len(found) == len(statements):
            mended = [verbatim(s) if bad else s for s, bad in zip(statements, wrong, strict=True)]
            text, citations = self._cited(mended)
        text, citations = self._led(said, text, citations, day)
        text = opening + text + closing
        found = verdicts(text, citations, (*own, *notes))
        return replace(answer, text=text, citations=citations, verdicts=found, dropped=sum(wrong))

    def _cited(self, statements: Sequence[Statement]) -> tuple[str, tuple[Citation, ...]]:
        library = self.retriever.library
        return cite(statements, library.provisions, library.page_of)

    def dated(self, text: str, citations: Sequence[Citation], day: date) -> tuple[str, tuple[Citation, ...]]:
        """An answer as of a day: each citation with how its notice stands then, and first what must be said of that."""
        said = warnings((citation.notice for citation in citations), day, self.retriever.library.validity)
        return self._led(said, text, citations, day)

    def _led(
        self, said: Sequence[Statement], text: str, citations: Sequence[Citation], day: date
    ) -> tuple[str, tuple[Citation, ...]]:
        """An answer led by what is said first, its markers moved on; each citation with how its notice stands."""
        first, before = self._cited(said)
        rest, behind = moved_on(text, citations, len(before))
        return first + rest, self._as_of(day, (*before, *behind))

    def _as_of(self, day: date, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        return tuple(replace(c, validity=self.retriever.library.validity(c.notice, day)) for c in citations)

    def _told(self, question: Question, query: Query, told: Told, passages: Sequence[Passage], day: date) -> Answer:
        """What a notice tells of its own life; refused where it says nothing of it."""
        held = tuple(passages)
        if not told.statements:
            return Answer(question, Status.REFUSED, self._in_vain(query, told.silence), passages=held, confidence=0.0)
        status = Status.PARTIAL if told.silence else Status.ANSWERED
        own = f"{told.silence}。" if told.silence else ""
        text, citations = self._cited(told.statements)
        text, citations = text + own, self._as_of(day, citations)
        found = verdicts(text, citations, (own, *UNSAID))
        return Answer(question, status, text, citations, passages=held, confidence=_TOLD, verdicts=found)

    def _refuses(self, query: Query, doubted: Sequence[Doubt], seen: Sequence[float]) -> bool:
        """Whether not to answer: nothing was found, or it cannot be, or it is too unlikely that it was. What a notice
        is about, its title says.
        """
        hope = _hope(query, doubted, seen)
        return not hope or (hope < least_belief(query) and not asks_what_it_is(query))

    def readings(self, query: Query, asked: Sequence[Asked], passages: Sequence[Passage]) -> list[Reading]:
        """What could answer in the first READ passages, best first."""
        library = self.retriever.library
        first = passages[:READ]
        closely, near = self.retriever.closely(query, first), library.nearness.of_texts
        readings = read(query, asked, first, library.provisions, library.words.rarity, near, closely)
        return choose(readings, partial(self.retriever.read_texts, query))

    def _compared(self, question: Question, understood: Understanding) -> list[Statement]:
        """Each side of a comparison read by itself; [] where there are no two sides, or both rest on the same words."""
        if Asked.COMPARISON not in understood.asked:
            return []
        found: list[tuple[Query, Reading]] = []
        for text in sides(understood.text):
            query = self.retriever.query(text, understood.context, question.place)
            readings = self.readings(query, asked_of(text), self.retriever.find(query, READ))
            found.extend((query, reading) for reading in readings[:1])
        return compose_sides(found)

    def _in_turn(self, question: Question, understood: Understanding, *, word_by_word: bool) -> list[Statement]:
        """Each of several questions in one read and answered by itself; [] where there is one, or all rest on the same
        words, or one of them is not answered.
        """
        library = self.retriever.library
        found: list[Statement] = []
        for part in parted(understood.text):
            context = "\n".join(filter(None, (understood.context, part.context)))
            query = replace(self.retriever.query(part.text, context, question.place), word_by_word=word_by_word)
            passages = self.retriever.find(query, READ)
            readings = self.readings(query, part.asked, passages)
            if not readings or self._doubted(query, part.asked, readings, passages):
                return []
            one_year = [of_year(query, readings[0].unit, part.year)] if part.year else []
            found += besides(one_year or compose(query, part.asked, readings, library.provisions), found)
        return found

    def _doubted(
        self, query: Query, asked: Sequence[Asked], readings: Sequence[Reading], passages: Sequence[Passage]
    ) -> bool:
        """Whether too little speaks for an answer, as of a question by itself."""
        library, elsewhere = self.retriever.library, self.retriever.elsewhere(query)
        doubted = doubts(query, asked, readings, passages, elsewhere, library.document_numbers, library.words.rarity)
        return _hope(query, doubted, self._seen(query, doubted, readings, passages)) < least_belief(query)

    def _seen(
        self, query: Query, doubted: Sequence[Doubt], readings: Sequence[Reading], passages: Sequence[Passage]
    ) -> tuple[float, ...]:
        """What tells a sure answer from a doubtful one; of the passages the reader is asked where it doubts the best
        sentence.
        """
        asked = passages[:CLOSE] if readings[0].alone < DOUBTED_BELOW else ()
        believed = [each.belief for each in self.retriever.read_closely(query, asked)]
        return signs(doubted, readings, passages, believed)

    def _refusal(self, query: Query, doubted: Sequence[Doubt]) -> str:
        """What was looked for in vain, what was searched, and whom to ask."""
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
        return self._in_vain(query, reason)

    def _in_vain(self, query: Query, reason: str) -> str:
        searched, newest = self.retriever.library.searched(query.scope)
        place = query.cities[0] if query.cities else ""
        scope = f"已查：{place or '全部'} {searched} 件文件" + (f"，最新 {newest.isoformat()}" if newest else "")
        return f"{reason}（{scope}）。可向发文机关或拨打 12345 咨询。"


def _shortened(statements: Sequence[Statement], room: int) -> list[Statement]:
    """The first of them, as many as fit."""
    kept = list(statements[:1])
    for statement in statements[1:]:
        if sum(len(each.text) for each in (*kept, statement)) > room:
            break
        kept.append(statement)
    return kept


def _contested(passages: Sequence[Passage]) -> bool:
    """Whether no city's notices have nearly all of the belief."""
    shares: dict[str, float] = defaultdict(float)
    for passage in passages[:READ]:
        shares[passage.notice.place.city] += passage.score
    return max(shares.values(), default=0.0) < _ONE_CITY * sum(shares.values())


def _hope(query: Query, doubted: Sequence[Doubt], seen: Sequence[float]) -> float:
    """The belief that the notices answer; 0 where nothing was found, or none can."""
    return answerable(seen) if seen and not impossible(query, doubted) else 0.0


def not_printed(missing: Sequence[str]) -> str:
    """The sentence that names what an answer would need and the gazettes did not print; "" for nothing."""
    return f"{'、'.join(missing)}未随公报刊载。" if missing else ""
