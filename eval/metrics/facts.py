"""Key facts: what an answer must say, and how much of what it says is so. Pure.

recall = |{f ∈ F : some spelling of f stands in the answer}| / |F|, F being the case's key facts. precision =
|{a ∈ A : a stands in the gold}| / |A|, A being the figures, dates, document numbers and names of the answer, and the
gold being the case's answer, facts and evidence. The pair follows the nuggets of the TREC question-answering track
(Voorhees, "Overview of the TREC 2003 Question Answering Track"), with figures in the place of judged nuggets for
precision.
"""

from __future__ import annotations

import re

from eval.records import Case, Outcome
from index.text import NUMERAL, normal
from qa.figures import figures, stands_among
from qa.names import names, stands_named

_BETWEEN_NUMBERS = re.compile(r"(?<=\d)(?:\s+|\s*，\s*)(?=\d)")
_MARKER = re.compile(r"\[\d{1,3}\]")  # [2024] is a year


def without_markers(text: str) -> str:
    """An answer as it is read: without its citation marks [1][2]. [2024] is a year and stays."""
    return _MARKER.sub("", text)


def key_fact_recall(outcome: Outcome) -> float | None:
    """Share of the key facts that the answer states. None where the case has none."""
    facts = outcome.case.key_facts
    if not facts:
        return None
    return 1 - len(missing_facts(outcome.case, without_markers(outcome.text))) / len(facts)


def key_fact_precision(outcome: Outcome) -> float | None:
    """Share of the answer's figures and names that stand in the gold. None where it gives no answer, or holds none."""
    if not outcome.case.answerable or not outcome.answered:
        return None
    case, text = outcome.case, without_markers(outcome.text)
    gold = "\n".join([case.gold_answer, *(s for f in case.key_facts for s in f), *(e.quote for e in case.evidence)])
    known = figures(gold)
    so = [stands_among(figure, known) for figure in figures(text)] + [stands_named(n, gold) for n in names(text)]
    return sum(so) / len(so) if so else None


def states(text: str, spelling: str) -> bool:
    """Whether a text holds one spelling (not blank) of a key fact: both in normal form, and no number cut in two.

    “2年” does not stand in “2022年”, “5000元” not in “15000元”, “3万元” not in “1.3万元”, “十五天” not in “二十五天”.
    """
    wanted = _matchable(spelling)
    pattern = re.escape(wanted)
    if wanted[0].isdecimal():
        # no four digits follow a decimal point or a comma of thousands: “1.2024年” is an item's number and a year
        decimal = "" if re.match(r"\d{4}", wanted) else r"(?<!\d[.,])"
        pattern = decimal + r"(?<!\d)" + pattern
    elif wanted[0] in NUMERAL:
        pattern = f"(?<![{NUMERAL}])" + pattern
    if wanted[-1].isdecimal():
        pattern += r"(?!\d|[.,]\d)"
    elif wanted[-1] in NUMERAL:
        pattern += f"(?![{NUMERAL}])"
    return re.search(pattern, _matchable(text)) is not None


def _matchable(text: str) -> str:
    """Normal form in which numbers parted by white space (cells of a table) or a full-width comma stay apart."""
    return normal(_BETWEEN_NUMBERS.sub("|", text))


def missing_facts(case: Case, text: str) -> tuple[str, ...]:
    """The key facts, each by its first spelling, of which no spelling stands in the text."""
    return tuple(fact[0] for fact in case.key_facts if not any(states(text, spelling) for spelling in fact))
