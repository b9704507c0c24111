"""Near misses: for each of our own questions, clauses that words bring up and that are not right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from index.hits import Facets
from index.lexical import FieldBoosts, LexicalIndex, LexicalRow
from index.query import Gazetteer, read_query
from index.thesaurus import load

_LOOKED_AT = 30  # hits of each question
_BODY = FieldBoosts(title=0.0, headings=0.0, body=1.0)
_RUN = 6  # characters
_ALIKE = 0.3  # of the runs of the shorter of two clauses: what shares more may be right as well


def near_misses(
    questions: Sequence[tuple[str, int]], passages: Sequence[str], told: Callable[[int, int], None]
) -> list[list[int]]:
    """For each (question, place of its passage) the places of others, nearest first. Neighbouring cities copy each
    other's clauses: what shares much of its wording with the right one is left out.
    """
    nowhere, words = Gazetteer({}, {}), load()
    runs: dict[int, set[str]] = {}
    found: list[list[int]] = []
    with TemporaryDirectory() as scratch:
        folder = Path(scratch, "words")
        LexicalIndex.build(folder, (LexicalRow(row, "", "", text, Facets()) for row, text in enumerate(passages)))
        index = LexicalIndex.open(folder)
        for done, (question, right) in enumerate(questions, 1):
            terms = read_query(question, nowhere, words).terms
            hits = [hit.row for hit in index.search(terms, _LOOKED_AT, None, _BODY) if hit.row != right]
            for row in (right, *hits):
                runs.setdefault(row, _runs(passages[row]))
            found.append([row for row in hits if not _alike(runs[right], runs[row])])
            told(done, len(questions))
    return found


def _runs(text: str) -> set[str]:
    plain = "".join(text.split())
    return {plain[at : at + _RUN] for at in range(max(1, len(plain) - _RUN + 1))}


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) > _ALIKE * min(len(one), len(other))
