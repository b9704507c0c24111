"""A proposal → an evaluation case that an evaluator has completed, held to the rules of the writers' checker. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from eval.cases import case_row, parse_case
from eval.check import SplitEntry, check_cases, corpus_of
from eval.records import TYPES, BadQuestions, Case, Evidence
from index.provisions import innermost
from index.records import Document, Notice
from index.text import squeeze
from qa.privacy import mask
from ui.house import Catalogue
from ui.proposals import Origin, Proposal

MOST_EVIDENCE = 6
MAX_QUOTE_CHARS = 300  # eval/check.py says so
# a pair of places is not made here, a probe by a program
CHOOSABLE = {name: word for name, word in TYPES.items() if name not in ("place-swap", "swapped")}
_FIRST_NUMBER = 901  # below are the bundled questions
_NO_GAZETTE, _SMALL_TALK = "000", "900"
_BETWEEN = re.compile(r"\s*[/／]\s*")  # spellings of one fact


@dataclass(frozen=True, slots=True)
class Picked:
    """Words of a notice that an evaluator has picked as evidence."""

    notice_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A case in the making, as the form holds it."""

    question: str
    history: tuple[str, ...]
    asked_on: str
    type: str
    wording: str
    asker: str
    gold_answer: str
    facts: str  # a fact a line, its spellings parted by /
    unanswerable: str  # "" where it can be answered
    evidence: tuple[Picked, ...] = ()

    @classmethod
    def of_proposal(cls, proposal: Proposal, today: date) -> Draft:
        """What a proposal tells already. What an agent sent in place of a draft rests on the draft's sources; of an
        answer that a citizen called no use, nothing is taken over.
        """
        edited = proposal.origin is Origin.EDITED
        sources = proposal.shown.sources if edited else ()
        return cls(
            question=proposal.question,
            history=proposal.history,
            asked_on=(proposal.shown.asked_on or today).isoformat(),
            type="follow-up" if proposal.history else "fact",
            wording="lay",
            asker="agent" if edited else "citizen",
            gold_answer=proposal.said if edited else "",
            facts="",
            unanswerable="",
            evidence=tuple(Picked(s.notice_id, squeeze(s.quote)[:MAX_QUOTE_CHARS]) for s in sources[:MOST_EVIDENCE]),
        )

    @classmethod
    def of_line(cls, line: str) -> Draft:
        """An accepted case, by `case_line`, to be changed."""
        row = json.loads(line)
        case = parse_case(row)
        return cls(
            question=case.question,
            history=case.history,
            asked_on=case.asked_on.isoformat(),
            type=case.type,
            wording=case.wording,
            asker=case.asker,
            gold_answer=case.gold_answer,
            facts="\n".join(" / ".join(fact) for fact in case.key_facts),
            unanswerable=case.unanswerable or "",
            evidence=tuple(Picked(each["notice"], each["quote"]) for each in row["evidence"]),
        )

    @classmethod
    def of_form(cls, form: Mapping[str, str]) -> Draft:
        """What was sent in, personal data masked but for the quotes, which are a notice's own words."""

        def typed(name: str) -> str:
            return mask(form.get(name, "").replace("\r", "").strip()[:3000]).text

        picked = [
            Picked(form[f"notice_{at}"], form.get(f"quote_{at}", "").strip())
            for at in range(MOST_EVIDENCE)
            if form.get(f"notice_{at}")
        ]
        return cls(
            question=typed("question"),
            history=tuple(line.strip() for line in typed("history").split("\n") if line.strip()),
            asked_on=form.get("asked_on", ""),
            type=form.get("type", ""),
            wording=form.get("wording", ""),
            asker=form.get("asker", ""),
            gold_answer=typed("gold_answer"),
            facts=typed("facts"),
            unanswerable=form.get("unanswerable", ""),
            evidence=tuple(picked),
        )

    def with_evidence(self, picked: Picked) -> Draft:
        """With one more, where there is room and it is not there yet."""
        if picked in self.evidence or len(self.evidence) >= MOST_EVIDENCE:
            return self
        return replace(self, evidence=(*self.evidence, picked))

    def without_evidence(self, at: int) -> Draft:
        return replace(self, evidence=tuple(each for i, each in enumerate(self.evidence) if i != at))


def case_line(case: Case, draft: Draft) -> str:
    """A case as a line of JSONL; each evidence tells the notice, too, that it was picked from."""
    row = case_row(case)
    row["evidence"] = [
        asdict(evidence) | {"notice": picked.notice_id}
        for evidence, picked in zip(case.evidence, draft.evidence, strict=True)
    ]
    return json.dumps(row, ensure_ascii=False)


# ── checking ────────────────────────────────────────────────────────────────────────────────────────────────────


def complete(
    draft: Draft, catalogue: Catalogue, split: Sequence[SplitEntry], taken: Collection[str], own_id: str = ""
) -> tuple[Case | None, Sequence[str]]:
    """The case, and what is wrong with it, in Chinese; a case without problems can be accepted, None cannot.

    `taken`: ids in use; `own_id`: what the case was called before. The notices of the evidence say on which side it
    stands.
    """
    try:
        held = _held(draft.evidence, catalogue)
    except KeyError:
        return None, ["有一段依据的公文已不在库里，请重新选取。"]
    corpus = corpus_of(held, split)
    evidence = tuple(_evidence(each, catalogue) for each in draft.evidence)
    side = next((side.split for side in corpus.sides if side.split), "dev")
    try:
        case = Case(
            id=_id(side, evidence, draft.type, taken, own_id),
            split=side,
            type=draft.type,
            wording=draft.wording,
            asker=draft.asker,
            question=draft.question,
            history=draft.history,
            asked_on=date.fromisoformat(draft.asked_on),
            gold_answer=draft.gold_answer,
            key_facts=_facts(draft.facts),
            evidence=evidence,
            unanswerable=draft.unanswerable or None,
        )
    except BadQuestions as exc:
        return None, [_plain(problem) for problem in str(exc).split("；")]
    except ValueError:
        return None, ["提问日期要写成 2024-08-01 的样子。"]
    return case, [problem.removeprefix(f"{case.id}：") for problem in check_cases([case], corpus)]


def _held(evidence: Sequence[Picked], catalogue: Catalogue) -> dict[Document, list[Notice]]:
    """The documents of the evidence, each with the notices that it was picked from. KeyError for one not held."""
    held: dict[Document, list[Notice]] = {}
    for id in dict.fromkeys(each.notice_id for each in evidence):
        notice = catalogue.notice(id)
        kept = held.setdefault(catalogue.document(notice.source), [])
        # an explainer is on the side of its notice
        kept += [catalogue.notice(notice.explains), notice] if notice.explains else [notice]
    return held


def _evidence(picked: Picked, catalogue: Catalogue) -> Evidence:
    """With the address of the provision in which it begins; "" where it is not in the notice."""
    notice = catalogue.notice(picked.notice_id)
    offsets = [i for i, character in enumerate(notice.text) if not character.isspace()]
    quote = squeeze(picked.quote)
    at = squeeze(notice.text).find(quote) if quote else -1
    found = innermost(catalogue.provisions(notice.id), offsets[at]) if at >= 0 else None
    return Evidence(notice.source, found.address if found else "", quote)


def _facts(written: str) -> tuple[tuple[str, ...], ...]:
    lines = (line.strip() for line in written.split("\n"))
    return tuple(tuple(filter(None, _BETWEEN.split(line))) for line in lines if line)


def _id(side: str, evidence: Sequence[Evidence], type_: str, taken: Collection[str], own_id: str) -> str:
    """Its own where that still fits, else the next free one: side, number of the gazette, number."""
    numbered = [each.source[:3] for each in evidence if re.match(r"\d{3}", each.source)]
    gazette = _SMALL_TALK if type_ == "small-talk" else numbered[0] if numbered else _NO_GAZETTE
    beginning = f"{side[0]}-{gazette}-"
    if own_id.startswith(beginning):
        return own_id
    used = [int(id.removeprefix(beginning)) for id in taken if id.startswith(beginning)]
    return f"{beginning}{max([_FIRST_NUMBER - 1, *used]) + 1}"


_PLAIN = {
    "gold_answer 是空的": "还没有写标准答案。",
    "question 是空的": "还没有写问题。",
    "能答的题要有 evidence 和 key_facts": "能答的题要有依据和要点：请查找公文，选取原文，再写要点。",
    "不能答的题和闲聊，evidence 与 key_facts 要留空": "不能答的题和闲聊，不要依据和要点。",
    "type 与 unanswerable 对不上：要么都说不能答，要么都不说": "题型“不能答”要和“差在哪里”一起选。",
    "追问题要有 history": "追问题要有先前的问题。",
}


def _plain(problem: str) -> str:
    """What a record says of its fields, in the words of the form."""
    return _PLAIN.get(problem, f"{problem}。")
