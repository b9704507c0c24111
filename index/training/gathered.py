"""The training folder and what we wrote → pairs as the models learn from them: clean, as pieces, with near misses."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from index import thesaurus
from index.pieces import Cutter
from index.training import learn
from index.training.held_out import HeldOut
from index.training.misses import near_misses
from index.training.pairs import BAG_MENU, PASSAGE_CHARS, SOURCES, Pair, lay_words, pairs_of, thinned

_AT_MOST = 2  # times what the bag draws of a source: more pairs of it are not made


def clean_pairs(data: Path, apart: Sequence[HeldOut], without: Sequence[str], seed: int) -> list[Pair]:
    """Of every source as many as the menus can use; nothing that touches what is held out."""
    questions: set[str] = set()
    passages: set[str] = set()
    for each in apart:
        asked, right = each.touches()
        questions |= asked
        passages |= right
    spoken = lay_words(thesaurus.load().groups)
    found: list[Pair] = []
    for source in SOURCES:
        if source not in without:
            made = pairs_of(data, source, spoken, seed)
            clean = [p for p in made if p.question not in questions and p.passage[:PASSAGE_CHARS] not in passages]
            found += thinned(clean, _AT_MOST * BAG_MENU[source], seed)
    return found


def misses_of(pairs: Sequence[Pair], path: Path, told: Callable[[int, int], None]) -> dict[int, list[int]]:
    """For each pair of ours, by its place, the places among all passages of what comes near; kept in a file."""
    if not path.exists():
        places = _places(pairs)
        ours = [(row, pair) for row, pair in enumerate(pairs) if pair.source.startswith("written")]
        passages = list(dict.fromkeys(pair.passage for _, pair in ours))
        own = {passage: at for at, passage in enumerate(passages)}
        asked = [(pair.question, own[pair.passage]) for _, pair in ours]
        found = near_misses(asked, passages, told)
        kept = {row: [places[passages[at]] for at in each] for (row, _), each in zip(ours, found, strict=True)}
        path.write_text(json.dumps(kept), "utf-8")
    return {int(row): each for row, each in json.loads(path.read_text("utf-8")).items()}


def encoded(pairs: Sequence[Pair], cutter: Cutter, misses: dict[int, list[int]]) -> learn.Encoded:
    """The pairs as ids of pieces."""
    places = _places(pairs)
    return learn.Encoded.of(
        cutter.ids([pair.question for pair in pairs]),
        cutter.ids(list(places)),
        [places[pair.passage] for pair in pairs],
        [pair.source for pair in pairs],
        misses,
    )


def _places(pairs: Sequence[Pair]) -> dict[str, int]:
    """Each passage once, in the order of the pairs."""
    places: dict[str, int] = {}
    for pair in pairs:
        places.setdefault(pair.passage, len(places))
    return places
