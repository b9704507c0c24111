"""What an answer rests on: the right city, and a rule in force. Rates that should be near zero. Pure."""

from __future__ import annotations

import re

from eval.records import Cited, Outcome
from index.places import province_of

_SAYS_SO = re.compile(r"废止|失效|有效期|期限已过|已过期|不再有效|不再执行")


def wrong_place(outcome: Outcome) -> float | None:
    """1 if the answer cites a notice of a city that was not asked about, without naming that city before the sentence.

    None where no city is at stake, or no answer was given to a question that has one: refusing is no wrong place. A
    refused unanswerable question counts as 0, since not answering from elsewhere is what it asks for.
    """
    if not outcome.cities or outcome.case.small_talk or (outcome.case.answerable and not outcome.answered):
        return None
    return float(outcome.answered and any(_elsewhere(outcome, citation) for citation in outcome.citations))


def wrong_law(outcome: Outcome) -> float | None:
    """1 if the answer rests on a notice that was repealed or had expired on the day asked, and does not say so.

    None where no answer was given.
    """
    if not outcome.answered:
        return None
    lapsed = any(citation.lapsed for citation in outcome.citations)
    return float(lapsed and not _SAYS_SO.search(outcome.text))


def _elsewhere(outcome: Outcome, citation: Cited) -> bool:
    if not citation.city or citation.city in {*outcome.cities, *map(province_of, outcome.cities)}:
        return False
    return not re.search(rf"(?:^|[。；\n\s]){citation.city}：", outcome.text)
