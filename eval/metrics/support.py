"""Support: does what is quoted bear out the sentence, whether or not it is the gold evidence? Pure.

A sentence is held against its own quotes (and what their cards show: title, 文号, address), as a reader would. It is
*supported* where all its figures, dates, document numbers and names stand there, most of its words do, and it does not
deny what they affirm or the reverse. That is entailment as far as words go: no model judges it here, and a claim that
bends the sense with the quote's own words passes. The rules are this file's own, although qa/check.py judges the same
question for readers: an answerer that drops what its own check finds fault with would score 1 by that check. Figures
and names are read alike in both (qa/figures.py, qa/names.py). After Rashkin et al., "Measuring Attribution in Natural
Language Generation Models", Computational Linguistics 49(4), 2023.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from eval.records import Cited, Outcome
from index.text import normal
from qa.check import words
from qa.figures import figures, stands_among
from qa.names import names, stands_named
from qa.sentences import Sentence, sentences

LEAST_SHARED = 0.6  # of a sentence's words that its quotes must hold
_NEGATED = re.compile(r"不得|不予|不能|不可|不准|不再|不属于|不适用|不需|不必|不用|无需|无须|禁止|严禁|未经|没有|不是")
# where a sentence ends: a mark of no source there makes `sentences` keep the words of one that cites nothing
_PERMITTED = re.compile(r"(?<!不)可以|(?<!不)允许|(?<!不)应当|(?<!不)能够|必须")


class Verdict(StrEnum):
    """What holding a sentence against its quotes came to."""

    SUPPORTED = "有据"
    UNSUPPORTED = "无据"
    UNCHECKED = "未核验"  # it cites nothing, and claims no figure or name: 附件2未随公报刊载。


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of an answer, without its marks, and how it fared."""

    text: str
    verdict: Verdict
    lacking: tuple[str, ...]  # figures and names that none of its quotes holds
    shared: float  # of its words


def citation_support(outcome: Outcome) -> float | None:
    """Share of the answer's checked sentences that are supported. None where there is no answer, or none to check."""
    found = [sentence for sentence in check(outcome) if sentence.verdict is not Verdict.UNCHECKED]
    if not found:
        return None
    return sum(sentence.verdict is Verdict.SUPPORTED for sentence in found) / len(found)


def support_rate(outcome: Outcome) -> float | None:
    """Share of the sentences of which every figure, date, 文号 and name stands in their quotes. None as above."""
    found = [sentence for sentence in check(outcome) if sentence.verdict is not Verdict.UNCHECKED]
    return sum(not sentence.lacking for sentence in found) / len(found) if found else None


def check(outcome: Outcome) -> tuple[Checked, ...]:
    """Each sentence of an answer with its verdict; () where no answer was given."""
    if not outcome.answered:
        return ()
    cited = {citation.marker: citation for citation in outcome.citations}
    return tuple(_checked(sentence, cited) for sentence in sentences(outcome.text))


def _checked(sentence: Sentence, cited: dict[int, Cited]) -> Checked:
    handles = dict.fromkeys(h for claim in sentence.claims for h in claim.handles)
    quotes = [cited[handle] for handle in handles if handle in cited]
    found = judge(sentence.text, quotes)
    return Checked(sentence.text, Verdict.UNCHECKED, (), 0.0) if not handles and not found.lacking else found


def judge(text: str, quotes: Sequence[Cited]) -> Checked:
    """A sentence that cites these quotes, held against them."""
    lacking = _lacking(text, quotes)
    quoted = "\n".join(citation.quote for citation in quotes)
    wanted = words(text)
    shared = len(wanted & words("\n".join(map(_card, quotes)))) / len(wanted) if wanted else 1.0
    sound = bool(quotes) and not lacking and shared >= LEAST_SHARED and not _turned(normal(text), normal(quoted))
    return Checked(text, Verdict.SUPPORTED if sound else Verdict.UNSUPPORTED, lacking, shared)


def _lacking(text: str, quotes: Sequence[Cited]) -> tuple[str, ...]:
    shown = "\n".join(map(_card, quotes))
    known = figures(shown)
    absent = [f"{figure.value}{figure.unit}" for figure in figures(text) if not stands_among(figure, known)]
    return tuple(sorted(absent + [name for name in names(text) if not stands_named(name, shown)]))


def _card(citation: Cited) -> str:
    return "\n".join((citation.quote, citation.notice, citation.document_number, citation.address, citation.city))


def _turned(said: str, quoted: str) -> bool:
    """It denies where the quote denies nothing, or permits where the quote only denies."""
    denies, permits = bool(_NEGATED.search(said)), bool(_PERMITTED.search(said))
    if denies:
        return not _NEGATED.search(quoted)
    return permits and bool(_NEGATED.search(quoted)) and not _PERMITTED.search(quoted)
