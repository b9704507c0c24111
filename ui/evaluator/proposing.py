"""The addresses of proposed cases: look at one, complete it, accept or reject it, export what was accepted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from eval.cases import parse_case
from eval.check import read_split
from eval.records import Case
from index.text import squeeze
from ui.evaluator.cases import MAX_QUOTE_CHARS, Draft, Picked, case_line, complete
from ui.evaluator.parts import page
from ui.evaluator.proposal_page import Form, Hit, list_html, proposal_html
from ui.evaluator.worker import accepted_lines
from ui.house import House
from ui.proposals import Proposal, State, decide, proposal, proposals
from ui.records import Reply, Route, Turned, Visit, Who, moved
from ui.store import Store

_HITS = 8
_MOST_FORM_BYTES = 200_000
_HERE = "/eval/proposals"


def proposing_routes(house: House) -> tuple[Route, ...]:
    """/eval/proposals and /eval/cases.jsonl; for evaluators only."""
    desk = _Proposing(house)
    return (
        Route("GET", "/eval/proposals", Who.EVALUATORS, desk.listed),
        Route("GET", "/eval/proposals/{number}", Who.EVALUATORS, desk.form),
        Route("POST", "/eval/proposals/{number}", Who.EVALUATORS, desk.change, max_bytes=_MOST_FORM_BYTES),
        Route("GET", "/eval/cases.jsonl", Who.EVALUATORS, desk.export),
    )


def accepted_cases(store: Store) -> Sequence[Case]:
    """The cases that evaluators have accepted, oldest first."""
    return [parse_case(json.loads(line)) for line in accepted_lines(store).split("\n") if line]


class _Proposing:
    """The handlers."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._store = house.store

    def listed(self, visit: Visit) -> Reply:
        wanted = visit.query.get("state", "")
        state = State(wanted) if wanted in list(State) else State.OPEN
        found = {each: proposals(self._store, each) for each in State}
        counts = {each: len(those) for each, those in found.items()}
        return Reply(page("建议的题", list_html(found[state], state, counts), visit.agent, _HERE))

    def form(self, visit: Visit) -> Reply:
        each = self._proposal(visit)
        return self._shown(visit, each, self._form(each, self._begun(each)))

    def change(self, visit: Visit) -> Reply:
        """One press of a button of the form: search, pick or drop evidence, check, accept, reject."""
        each = self._proposal(visit)
        if visit.form.get("state") != each.state.value:
            raise Turned(409, "这一条刚由别人定了。请回到“建议的题”再看。")
        draft, do = Draft.of_form(visit.form), visit.form.get("do", "")
        words = visit.form.get("words", "").strip()[:200]
        if do == "reject":
            return self._decided(visit, each, State.REJECTED)
        if do in ("check", "accept"):
            case, problems = self._complete(each, draft)
            if do == "accept" and case and not problems:
                return self._decided(visit, each, State.ACCEPTED, case_line(case, draft))
            return self._shown(visit, each, self._form(each, draft, problems=problems, checked=True))
        hits = self._search(words, each.place) if words else ()
        draft = self._picked(draft, do, each, hits, visit.form.get("picked", ""))
        return self._shown(visit, each, self._form(each, draft, words=words, hits=hits))

    def export(self, visit: Visit) -> Reply:
        """What `wenzheng eval --questions FILE` takes as it is."""
        return Reply(accepted_lines(self._store), kind="application/jsonl", filename="cases.jsonl")

    # ── steps ──

    def _begun(self, each: Proposal) -> Draft:
        """The form's first state: the accepted case, or what the proposal tells."""
        return Draft.of_line(each.case) if each.case else Draft.of_proposal(each, date.today())

    def _complete(self, each: Proposal, draft: Draft) -> tuple[Case | None, Sequence[str]]:
        own_id = parse_case(json.loads(each.case)).id if each.case else ""
        taken = {case.id for case in accepted_cases(self._store)}
        return complete(draft, self._house.catalogue, read_split(), taken, own_id)

    def _decided(self, visit: Visit, each: Proposal, state: State, line: str = "") -> Reply:
        with self._store.change():
            now = proposal(self._store, each.id)
            if now is None or now.state is not each.state:
                raise Turned(409, "这一条刚由别人定了。请回到“建议的题”再看。")
            decide(self._store, each.id, state, visit.agent.id, line)
        return moved(f"{_HERE}?state={state.value}")

    def _search(self, words: str, place: str) -> Sequence[Hit]:
        found = self._house.answerer.retriever.retrieve(words, _HITS, place)
        return [Hit(passage.notice, passage.chunk.address, passage.text.strip()) for passage in found]

    def _picked(self, draft: Draft, do: str, each: Proposal, hits: Sequence[Hit], selected: str) -> Draft:
        """With what a button picked or dropped; unchanged where it was pressed for something that is not there."""
        kind, _, written = do.partition(":")
        at = int(written) if written.isascii() and written.isdigit() and len(written) < 4 else -1
        if kind == "drop":
            return draft.without_evidence(at)
        if kind == "add" and 0 <= at < len(hits):
            text = squeeze(hits[at].text)
            # only words of this passage: a selection may have begun anywhere on the page
            chosen = squeeze(selected) if squeeze(selected) in text else ""
            return draft.with_evidence(Picked(hits[at].notice.id, chosen or text[:MAX_QUOTE_CHARS]))
        if kind == "source" and 0 <= at < len(each.shown.sources):
            source = each.shown.sources[at]
            return draft.with_evidence(Picked(source.notice_id, squeeze(source.quote)[:MAX_QUOTE_CHARS]))
        return draft

    # ── the page ──

    def _proposal(self, visit: Visit) -> Proposal:
        written = visit.parts["number"]
        each = proposal(self._store, int(written)) if written.isascii() and written.isdigit() else None
        if each is None:
            raise Turned(404, "没有这一条。请回到“建议的题”。")
        return each

    def _form(
        self,
        each: Proposal,
        draft: Draft,
        *,
        problems: Sequence[str] = (),
        checked: bool = False,
        words: str = "",
        hits: Sequence[Hit] = (),
    ) -> Form:
        titles = [self._title(picked.notice_id) for picked in draft.evidence]
        return Form(each.id, draft, titles, problems, checked, words, hits)

    def _title(self, notice_id: str) -> str:
        try:
            return self._house.catalogue.notice(notice_id).title
        except KeyError:
            return ""

    def _shown(self, visit: Visit, each: Proposal, form: Form) -> Reply:
        return Reply(page("建议的一题", proposal_html(each, form), visit.agent, _HERE))
