"""The work of the agent's desk: a story → masked → the question in it → an answer → a ticket; and what follows.

Masking comes first: nothing that a caller or an agent typed is kept, logged or asked before it has been masked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from qa.privacy import Kind, mask
from qa.records import Answer, Question, Status
from qa.story import asking
from qa.understand import understand
from ui.agent.changes import Sign, difference, in_substance
from ui.agent.draft import checked, lines_of, masked, sayable
from ui.agent.nearby import asked_of, near
from ui.agent.records import Near, State, Ticket, Tone, Unit
from ui.agent.tickets import Conflict, Tickets
from ui.agent.tone import reply_of
from ui.agent.units import issuers, units
from ui.citizen.lobby import Lobby, lobby_of
from ui.doors import whereabouts
from ui.house import House
from ui.proposals import Origin, propose
from ui.records import Account, Turned
from ui.shown import Shown

MAX_STORY, MAX_QUESTION, MAX_NOTE = 5_000, 500, 1_000  # characters
MAX_LINES, MAX_LINE = 100, 2_000
_MOST_CITIES = 12
_ISSUER_NEAR = "相近文件的发文机关"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What an agent sends to be answered. `question` is "" where it is to be found in the story."""

    story: str
    question: str = ""
    place: str = ""
    tone: Tone = Tone.WRITTEN


@dataclass(slots=True)
class Desk:
    """Safe to share by threads."""

    house: House
    tickets: Tickets
    lobby: Callable[[], Lobby] = field(init=False)  # of the library that answers now, looked through once a generation

    def __post_init__(self) -> None:
        self.lobby = lobby_of(self.house.answerer)

    def ask(self, agent: Account, told: Told, seen: Ticket | None = None) -> tuple[Ticket, str]:
        """A new ticket, or the one seen with another story or question, answered; and what went wrong, "" if nothing.

        The ticket is kept before the answerer is asked, so that a fault loses nothing. Raises Conflict, Turned.
        """
        story = mask(told.story).text
        if not story.strip():
            raise Turned(400, "请先写下来电内容。")
        found, context = question_in(story)
        question, place = mask(told.question).text.strip() or found, mask(told.place).text
        # counted in what is kept: a story that comes back from the page has been masked before
        kinds = {kind.value: count for kind in Kind if (count := story.count(f"〔{kind}〕"))}
        if seen is None:
            ticket = self.tickets.begin(agent, story, kinds, question, context, place, told.tone)
        else:
            ticket = self.tickets.ask_again(seen, agent, story, kinds, question, context, place)
        try:
            answer = self.house.answerer.answer(question_of(ticket))
        except Exception as exc:
            _log.error("desk: %s", whereabouts(exc))  # without its message, which may hold what was asked
            return ticket, "系统暂时答不了这个问题，来电内容已存为待答工单。请稍后再按“生成”。"
        shown = Shown.of(answer)
        beside, named = self._beside(answer)
        return self.tickets.answered(ticket, agent, shown, lines_of(shown), beside, named), ""

    def save(self, agent: Account, seen: Ticket, lines: Sequence[str], tone: Tone, note: str) -> Ticket:
        """Keep a draft. Where another tab has gone on, this one is kept aside and Conflict raised."""
        try:
            return self.tickets.save(seen, agent, masked(lines, seen.shown), tone, mask(note).text)
        except Conflict:
            self.keep_aside(agent, seen, lines)
            raise

    def keep_aside(self, agent: Account, ticket: Ticket, lines: Sequence[str]) -> None:
        """A draft that came too late is kept among the edits, unless it says what the ticket says already."""
        kept = masked(lines, ticket.shown)
        if kept != ticket.lines:
            self.tickets.lost(ticket.id, agent, kept)

    def pass_on(self, agent: Account, seen: Ticket, unit: str, note: str) -> Ticket:
        """Pass it on to one of the units that the notices name."""
        if unit not in {each.name for each in seen.units}:
            raise Turned(400, "请从文件写明的单位中选一个。")
        return self.tickets.pass_on(seen, agent, unit, mask(note).text)

    def close(self, agent: Account, seen: Ticket) -> Ticket:
        """Close it with the draft as it stands; a reply that says something else than the answer did becomes a
        proposed case for an evaluator.
        """
        said = sayable(checked(seen.lines, seen.shown))
        text = reply_of(seen).text
        if not text and seen.state is State.PASSED:
            text = f"您反映的事项已转{seen.unit}办理。"
        if not text:
            raise Turned(400, "答复还是空的，或每句都没有依据。请先写好答复再办结。")

        def case() -> None:
            shown = seen.shown
            sent = [line.text for line in said]
            if shown and sent and shown.status is not Status.CHAT and in_substance(lines_of(shown), sent):
                history = (seen.context,) if seen.context else ()
                words = "\n".join(sent)
                propose(self.house.store, Origin.EDITED, seen.question, shown, words, place=seen.place, history=history)

        return self.tickets.close(seen, agent, text, seen.lines, case)

    def elsewhere(self, ticket: Ticket) -> list[tuple[str, Shown]]:
        """The same question asked of each other city of the library, as far as _MOST_CITIES."""
        held = self.lobby().cities
        answered = {source.place for source in ticket.shown.sources} if ticket.shown else set()
        here = {city for city in held if city == ticket.place or any(place.startswith(city) for place in answered)}
        question = question_of(ticket)
        found: list[tuple[str, Shown]] = []
        for city in held[:_MOST_CITIES]:
            if city not in here:
                history = tuple(asked_of(each, held, city) for each in question.history)
                asked = replace(question, text=asked_of(question.text, held, city), history=history, place=city)
                found.append((city, Shown.of(self.house.answerer.answer(asked))))
        return found

    def again(self, ticket: Ticket) -> tuple[Shown, tuple[tuple[Sign, str], ...]]:
        """What today's library answers, and how that differs from the answer as it was kept."""
        now = Shown.of(self.house.answerer.answer(question_of(ticket)))
        then = lines_of(ticket.shown) if ticket.shown else ()
        return now, difference(then, lines_of(now))

    def _beside(self, answer: Answer) -> tuple[tuple[Near, ...], tuple[Unit, ...]]:
        """Notices beside the answer, and whom it may be passed on to."""
        catalogue = self.house.catalogue
        try:
            beside = near(answer, catalogue, answer.question.asked_on)
            named = units((c.notice, catalogue.provisions(c.notice.id), c.notice_span) for c in answer.citations)
        except KeyError:  # a new generation of the library came between the answer and this
            return (), issuers(citation.notice for citation in answer.citations)
        return beside, named or issuers((passage.notice for passage in answer.passages[:3]), _ISSUER_NEAR)


def question_in(story: str) -> tuple[str, str]:
    """The question found in a masked story, and the part of the story that it leans on."""
    asked, told = asking(story, long=0)
    return understand(Question(asked)).text, told


def question_of(ticket: Ticket) -> Question:
    """What the answerer is asked: a long story as a whole, since it finds the same question in it; else the question
    that the ticket shows, with the story as what was said before.
    """
    found = ticket.question == question_in(ticket.story)[0]
    if found and asking(ticket.story) == asking(ticket.story, long=0):
        return Question(ticket.story, asked_on=date.today(), place=ticket.place)
    before = (ticket.story, ticket.context) if ticket.context else (ticket.story,)
    return Question(ticket.question, history=before, asked_on=date.today(), place=ticket.place)
