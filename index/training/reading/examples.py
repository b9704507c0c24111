"""The training folder and what we wrote → questions, each among passages, with the words that answer it.

Whether a passage answers is known of every one; where in it the answer stands is known of some: of our own notices a
reader marked the sentences, of public reading sets it is the shortest answer, and of what the thesaurus put into lay
words the sentence it was taken from.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.excerpt import sentences  # of a clause they are numbered so in written/evidence.jsonl
from index.text import normal
from index.training import pairs as made
from index.training.misses import near_misses

Span = tuple[int, int]  # characters of a passage's text
Told = Callable[[int, int], None]  # how many of how many questions have their near misses
MISSES = 12  # of a question that are kept
_QUESTION_CHARS = 220
_TEXT_CHARS = 420
_FEWEST = 3  # sentences among which to choose
_MOST = 0.6  # of a sentence
_ITEM = re.compile(r"[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、]")
_BESIDE_OPEN = 3  # others beside what leaves a question open
_NEAR = 4  # sayings before and after one, of the same field
_FAR = 5  # sayings beside those of the same section
_BESIDE = 0.7  # of the clauses made up: others of the same notice stand beside


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage: title and headings, a line each, and its text; `None`: nothing is known."""

    above: str
    text: str
    answers: bool
    evidence: tuple[Span, ...] | None = None
    answer: Span | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A question among passages; what answers it comes first, and there may be nothing."""

    question: str
    source: str
    candidates: tuple[Candidate, ...]


def cut_about(candidate: Candidate, dice: random.Random, most: int = _TEXT_CHARS) -> Candidate:
    """The text no longer than this, with its evidence (or answer) in it, not always in the middle."""
    if len(candidate.text) <= most:
        return candidate
    known = [*(candidate.evidence or ()), *([candidate.answer] if candidate.answer else [])]
    first, last = (min(a for a, _ in known), max(b for _, b in known)) if known else (0, 0)
    low, high = max(0, last - most), max(0, min(first, len(candidate.text) - most))
    start = dice.randint(min(low, high), max(low, high)) if known else 0
    end = start + most

    def moved(span: Span) -> Span:
        return max(0, span[0] - start), min(end, span[1]) - start

    evidence = candidate.evidence and tuple(s for s in map(moved, candidate.evidence) if s[0] < s[1])
    answer = moved(candidate.answer) if candidate.answer else None
    if answer and answer[0] >= answer[1]:
        answer = None
    return replace(candidate, text=candidate.text[start:end], evidence=evidence, answer=answer)


# ── what we wrote ───────────────────────────────────────────────────────────────────────────────────────────────


def of_clauses(data: Path, told: Told, apart: bool = False) -> Iterator[Group]:
    """Questions written for clauses of laws, among clauses that words bring up."""
    clauses = list(made.written(data, "questions"))
    asked = [(q, at) for at, each in enumerate(clauses) if each.held_out is apart for q in each.questions]
    for (question, at), beside in zip(asked, near_misses(asked, [c.passage for c in clauses], told), strict=True):
        own = clauses[at]
        whole = ((0, len(own.clause)),) if len(sentences(own.clause)) == 1 else None
        yield Group(
            question,
            "clauses",
            (
                Candidate(own.above, own.clause, True, whole),
                *(
                    Candidate(clauses[o].above, clauses[o].clause, False)
                    for o in beside
                    if apart or not clauses[o].held_out
                ),
            ),
        )


def of_runs(data: Path, dice: random.Random, apart: bool = False) -> Iterator[Group]:
    """The same questions, each among runs of the articles of its own law, as a library cuts them: only close reading
    tells which run answers, and which article in it.
    """
    asked = {row["clause"]: row["questions"] for row in made.lines("questions.jsonl")}
    for law in made.rows(data / "text" / "laws_cn.jsonl.zst"):
        if made.is_held_out(law["title"]) is not apart:
            continue
        runs = list(_runs_of_articles(law["title"], law["text"], dice))
        for at, run in enumerate(runs):
            near = [runs[o] for o in (at - 1, at + 1) if 0 <= o < len(runs)]
            far = [runs[o] for o in range(len(runs)) if abs(o - at) > 1]
            for name, span in run.articles:
                for question in asked.get(name, ()):
                    others = [*near, *dice.sample(far, min(3, len(far)))]
                    dice.shuffle(others)
                    own = Candidate(law["title"], run.text, True, (span,))
                    yield Group(question, "runs", (own, *(Candidate(law["title"], o.text, False) for o in others)))


@dataclass(frozen=True, slots=True)
class _Run:
    """Articles one after the other, and which stands where, by the digest of its words."""

    text: str
    articles: tuple[tuple[str, Span], ...]


def _runs_of_articles(title: str, text: str, dice: random.Random) -> Iterator[_Run]:
    run, articles, most = "", list[tuple[str, Span]](), dice.randint(200, _TEXT_CHARS)
    for above, clause in made.clauses("laws_cn", title, text):
        piece = f"{above.split(chr(10))[-1]} {clause}\n"
        if run and len(run) + len(piece) > most:
            yield _Run(run, tuple(articles))
            run, articles, most = "", [], dice.randint(200, _TEXT_CHARS)
        articles.append((made.digest(clause), (len(run), len(run) + len(piece) - 1)))
        run += piece
    if run:
        yield _Run(run, tuple(articles))


def of_made_up(dice: random.Random, told: Told, apart: bool = False) -> Iterator[Group]:
    """Questions for clauses of notices that were made up, with the sentences that a reader marked."""
    clauses = list(made.written(Path(), "notices"))
    marked = {row["clause"]: row for row in made.lines("evidence.jsonl")}
    titles: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(clauses):
        titles[each.above.split("\n")[0]].append(at)
    asked = [(q, at) for at, each in enumerate(clauses) if each.held_out is apart for q in each.questions]
    which = [k for each in clauses if each.held_out is apart for k in range(len(each.questions))]
    found = near_misses(asked, [c.passage for c in clauses], told)
    for (question, at), kth, beside in zip(asked, which, found, strict=True):
        own = clauses[at]
        cut = sentences(own.clause)
        said = marked.get(at, {}).get("abcdefgh"[kth]) if len(cut) > 1 else [0]
        if said == []:
            yield Group(question, "made up", (Candidate(own.above, own.clause, False),))
            continue
        right = Candidate(own.above, own.clause, True, None if said is None else tuple(cut[i] for i in said))
        same = [o for o in titles[own.above.split("\n")[0]] if o != at]
        far = [o for o in beside if o not in same and (apart or not clauses[o].held_out)]
        wrong = [Candidate(clauses[o].above, clauses[o].clause, False) for o in (*same, *far)]
        if len(same) > 1 and dice.random() < _BESIDE:  # two runs of the notice's clauses
            dice.shuffle(same)
            half = len(same) // 2
            for o in same[:half]:
                right = _joined(right, clauses[o].clause, dice.random() < 0.5)
            rest = "\n".join(clauses[o].clause for o in same[half:])
            wrong[0] = Candidate(clauses[same[-1]].above, rest, False)
        yield Group(question, "made up", (right, *wrong[:MISSES]))


def _joined(candidate: Candidate, other: str, before: bool) -> Candidate:
    if not before:
        return replace(candidate, text=f"{candidate.text}\n{other}")
    by = len(other) + 1
    return replace(
        candidate,
        text=f"{other}\n{candidate.text}",
        evidence=candidate.evidence and tuple((a + by, b + by) for a, b in candidate.evidence),
        answer=candidate.answer and (candidate.answer[0] + by, candidate.answer[1] + by),
    )


def of_stretches(dice: random.Random, told: Told, apart: bool = False) -> Iterator[Group]:
    """Questions for stretches of notices that were made up, and questions that they leave open."""
    rows = [row for row in made.lines("stretches.jsonl") if made.is_held_out(row["title"]) is apart]
    asked = [(each["q"], at) for at, row in enumerate(rows) for each in row["questions"]]
    open_ = [(q, at) for at, row in enumerate(rows) for q in row["none"]]
    texts = [f"{row['text']}\n{row['title']}\n{row['above']}" for row in rows]
    found = iter(near_misses([*asked, *open_], texts, told))
    for row in rows:
        for each in row["questions"]:
            evidence = tuple(_span(row["text"], quote) for quote in each["evidence"])
            start, end = evidence[0]
            inside = row["text"].find(each["answer"], start, end)
            answer = (inside, inside + len(each["answer"])) if inside >= 0 and len(evidence) == 1 else None
            right = Candidate(f"{row['title']}\n{row['above']}", row["text"], True, evidence, answer)
            whole = (right, *(_other(rows[o]) for o in next(found)[:MISSES]))
            yield Group(each["q"], "stretches", whole)
            parted = _parted(right, dice)
            if parted:
                yield Group(each["q"], "parted", parted)
    for question, at in open_:
        yield Group(question, "open", (_other(rows[at]), *(_other(rows[o]) for o in next(found)[:_BESIDE_OPEN])))


def of_sayings(dice: random.Random, told: Told, apart: bool = False) -> Iterator[Group]:
    """Questions for single sentences, each under its topic, among those of the same section and others that words bring
    up or that stand near; and questions that the sentence leaves open.
    """
    rows = made.lines("sayings.jsonl")
    held_out = [made.is_held_out(row["topic"]) for row in rows]
    ours = [at for at, held in enumerate(held_out) if held is apart]
    asked = [(q, at) for at in ours for q in rows[at]["questions"]]
    open_ = [(q, at) for at in ours for q in rows[at].get("none", ())]
    texts = [f"{row['clause']}\n{row['topic']}" for row in rows]
    section_of = {at: section for section in _sections(rows) for at in section}
    found = near_misses([*asked, *open_], texts, told)
    for number, ((question, at), hits) in enumerate(zip([*asked, *open_], found, strict=True)):
        siblings = [o for o in section_of[at] if o != at]
        near = [o for o in range(max(0, at - _NEAR), min(len(rows), at + _NEAR + 1)) if o != at]
        beside = [
            o for o in dict.fromkeys([*siblings, *hits, *dice.sample(near, len(near))]) if apart or not held_out[o]
        ]
        most = len(siblings) + _FAR if siblings else MISSES
        others = [Candidate(rows[o]["topic"], rows[o]["clause"], False) for o in beside[:most]]
        topic, clause = rows[at]["topic"], rows[at]["clause"]
        if number < len(asked):
            yield Group(question, "sayings", (Candidate(topic, clause, True, ((0, len(clause)),)), *others))
        else:
            yield Group(question, "open sayings", (Candidate(topic, clause, False), *others[:_BESIDE_OPEN]))


def of_sections(dice: random.Random, told: Told, apart: bool = False) -> Iterator[Group]:
    """The same questions, each among whole sections: the sentences that stand under one topic, as one passage."""
    rows = made.lines("sayings.jsonl")
    sections = [
        section
        for section in _sections(rows)
        if len(section) >= _FEWEST and made.is_held_out(rows[section[0]]["topic"]) is apart
    ]
    passages = [_in_one(rows[section.start : section.stop], dice.choice(("", "\n"))) for section in sections]
    topics = [rows[section[0]]["topic"] for section in sections]
    places = [(number, at) for number, section in enumerate(sections) for at in section]
    asked = [(q, number, at) for number, at in places for q in rows[at]["questions"]]
    open_ = [(q, number, -1) for number, at in places for q in rows[at].get("none", ())]
    everything = [*asked, *open_]
    texts = [f"{text}\n{topic}" for (text, _), topic in zip(passages, topics, strict=True)]
    found = near_misses([(question, number) for question, number, _ in everything], texts, told)
    for (question, number, at), hits in zip(everything, found, strict=True):
        text, spans = passages[number]
        others = [Candidate(topics[o], passages[o][0], False) for o in hits]
        if at >= 0:
            own = Candidate(topics[number], text, True, (spans[at - sections[number].start],))
            yield Group(question, "sections", (own, *others[:MISSES]))
        else:
            yield Group(question, "open sections", (Candidate(topics[number], text, False), *others[:_BESIDE_OPEN]))


def _sections(rows: Sequence[Mapping[str, Any]]) -> Iterator[range]:
    """Of all rows, those in a row that have one topic."""
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at]["topic"] != rows[start]["topic"]:
            yield range(start, at)
            start = at


def _in_one(rows: Sequence[Mapping[str, Any]], between: str) -> tuple[str, list[Span]]:
    """Their sentences as one text, and where each stands in it."""
    text, spans = "", list[Span]()
    for row in rows:
        text += between if text else ""
        spans.append((len(text), len(text) + len(row["clause"])))
        text += row["clause"]
    return text, spans


def _parted(right: Candidate, dice: random.Random) -> tuple[Candidate, Candidate] | None:
    """The stretch in two, between sentences: the part with the evidence, and the other; None where both hold some."""
    cuts = [end for _, end in sentences(right.text)[:-1] if 80 < end < len(right.text) - 80]
    dice.shuffle(cuts)
    for cut in cuts:
        spans = right.evidence or ()
        head, tail = right.text[:cut], right.text[cut:]
        if all(end <= cut for _, end in spans):
            answer = right.answer if right.answer and right.answer[1] <= cut else None
            return replace(right, text=head, answer=answer), Candidate(right.above, tail, False)
        if all(start >= cut for start, _ in spans):
            moved = tuple((a - cut, b - cut) for a, b in spans)
            answer = (right.answer[0] - cut, right.answer[1] - cut) if right.answer else None
            return replace(right, text=tail, evidence=moved, answer=answer), Candidate(right.above, head, False)
    return None


def of_sentences(groups: Iterable[Group], dice: random.Random) -> Iterator[Group]:
    """Each question among the sentences of the passage that answers it, or leaves it open, one sentence a candidate.

    What governs a sentence stands above it, as it does when an answer is chosen. Of several sentences that answer, one;
    the others are left out. Nothing comes of a passage whose evidence is not known, or is a part of no sentence.
    """
    for group in groups:
        passage = group.candidates[0]
        cut = sentences(passage.text)
        known = passage.evidence or ()
        right = [at for at, own in enumerate(cut) if any(_covers(span, own) for span in known)]
        if len(cut) < _FEWEST or (passage.answers and not right):
            continue
        wrong = [at for at in range(len(cut)) if at not in right]
        dice.shuffle(wrong)
        first = [dice.choice(right)] if right else []
        candidates = tuple(_alone(passage, cut, at, at in right) for at in [*first, *wrong])
        if len(candidates) > 1:
            yield Group(group.question, f"{group.source} sentences", candidates)


def _alone(passage: Candidate, cut: Sequence[Span], at: int, right: bool) -> Candidate:
    """One sentence of a passage; above it, if it is an item, the sentence that governs it."""
    start, end = cut[at]
    text = passage.text[start:end].strip()
    above = passage.above
    if _ITEM.match(text):
        leads = (passage.text[a:b].strip() for a, b in reversed(cut[:at]))
        above += "".join(f"\n{lead}" for lead in [next((each for each in leads if each.endswith("：")), "")] if lead)
    return Candidate(above, text, right, ((0, len(text)),) if right else None)


def _covers(evidence: Span, sentence: Span) -> bool:
    """Does evidence hold most of a sentence?"""
    shared = min(evidence[1], sentence[1]) - max(evidence[0], sentence[0])
    return shared > _MOST * (sentence[1] - sentence[0])


def _other(row: Mapping[str, Any]) -> Candidate:
    return Candidate(f"{row['title']}\n{row['above']}", row["text"], False)


def _span(text: str, quote: str) -> Span:
    start = text.index(quote)
    return start, start + len(quote)


# ── public reading sets, and pairs ──────────────────────────────────────────────────────────────────────────────


def of_reading(data: Path, name: str, told: Told) -> Iterator[Group]:
    """cmrc_train, cjrc_dev, squad_zh_dev: a question and a paragraph, with the shortest answer; some have none."""
    rows = list(made.rows(data / "pairs" / f"{name}.jsonl.zst"))
    places: dict[str, int] = {}
    for row in rows:
        places.setdefault(row["positive"], len(places))
    texts = list(places)
    asked = [(row["query"], places[row["positive"]]) for row in rows]
    beside = near_misses(asked, texts, told) if name == "cmrc_train" else [[] for _ in asked]
    for row, others in zip(rows, beside, strict=True):
        text = row["positive"]
        if row.get("unanswerable"):
            yield Group(row["query"], name, (Candidate("", text, False),))
            continue
        answers = [a for a in row.get("answers") or () if isinstance(a, str) and a in text and len(a) < 120]
        if not answers:
            continue
        answer = _span(text, answers[0])
        marked = [e for e in row.get("evidence") or () if isinstance(e, str) and e in text]
        evidence = tuple(_span(text, e) for e in marked) or tuple(
            s for s in sentences(text) if s[0] < answer[1] and answer[0] < s[1]
        )
        yield Group(
            row["query"],
            name,
            (Candidate("", text, True, evidence, answer), *(Candidate("", texts[o], False) for o in others[:MISSES])),
        )


def of_pairs(data: Path, name: str, told: Told, at_most: int = 0) -> Iterator[Group]:
    """legal, gov12345, ncp_train, crud_events: a question and what answers it, among what words bring up."""
    found = made.thinned(made.pairs_of(data, name, {}, 0), at_most, 0)
    places: dict[str, int] = {}
    for pair in found:
        places.setdefault(pair.passage, len(places))
    texts = list(places)
    asked = [(pair.question, places[pair.passage]) for pair in found]
    for (question, at), beside in zip(asked, near_misses(asked, texts, told), strict=True):
        whole = ((0, len(texts[at])),) if name == "ncp_train" else None
        yield Group(
            question,
            name,
            (Candidate("", texts[at], True, whole), *(Candidate("", texts[o], False) for o in beside[:MISSES])),
        )


def of_parallel(data: Path, at_most: int, dice: random.Random) -> Iterator[Group]:
    """English sentences among Chinese ones that stand near."""
    found = made.thinned(made.pairs_of(data, "parallel_zh_en", {}, 0), at_most, 0)
    for at, pair in enumerate(found):
        near = [p.passage for p in found[max(0, at - 3) : at + 4] if p.passage != pair.passage]
        near += [dice.choice(found).passage for _ in range(3)]
        own = Candidate("", pair.passage, True, ((0, len(pair.passage)),))
        yield Group(pair.question, "parallel", (own, *(Candidate("", t, False) for t in near if t != pair.passage)))


def in_lay_words(
    data: Path, name: str, spoken: Mapping[str, Sequence[str]], at_most: int, dice: random.Random
) -> Iterator[Group]:
    """A piece of a sentence in lay words, and the passage of several clauses that holds the sentence."""
    for row in _documents(data, name, dice):
        runs = list(_runs(name, row["title"], row["text"], dice))
        for at, (above, text) in enumerate(runs):
            cut = [s for s in sentences(text) if s[1] - s[0] >= 12]
            if not cut:
                continue
            start, end = dice.choice(cut)
            asked = _said(normal(text[start:end]), spoken, dice)
            if not asked:
                continue
            others = [runs[o] for o in range(max(0, at - 3), min(len(runs), at + 4)) if o != at]
            dice.shuffle(others)
            own = Candidate(above, text, True, ((start, end),))
            yield Group(asked, f"{name} lay", (own, *(Candidate(*other, False) for other in others[:4])))
            at_most -= 1
            if not at_most:
                return


def _documents(data: Path, name: str, dice: random.Random) -> list[dict[str, Any]]:
    rows = list(made.rows(data / "text" / f"{name}.jsonl.zst"))
    dice.shuffle(rows)
    return rows


def _runs(source: str, title: str, text: str, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Whole clauses run together, as a library's chunks are, of differing length."""
    run, first, most = "", "", dice.randint(80, _TEXT_CHARS)
    for above, clause in made.clauses(source, title, text):
        if run and len(run) + len(clause) > most:
            yield first, run[:_TEXT_CHARS]
            run, most = "", dice.randint(80, _TEXT_CHARS)
        first = first if run else above
        run += clause + "\n"
    if run.strip():
        yield first, run[:_TEXT_CHARS]


def _said(sentence: str, spoken: Mapping[str, Sequence[str]], dice: random.Random) -> str:
    """A piece of the sentence as people might say it: official terms in lay words, much left out. "" if too little."""
    start = dice.randrange(max(1, len(sentence) - 10))
    piece = sentence[start : start + dice.randint(10, 40)]
    kept, said, at = dice.uniform(0.3, 0.9), [], 0
    while at < len(piece):
        term = next((t for n in range(8, 1, -1) if (t := piece[at : at + n]) in spoken), "")
        if term and dice.random() < 0.8:
            said.append(dice.choice(spoken[term]))
        elif dice.random() < kept:
            said.append(piece[at : at + max(1, len(term))])
        at += len(term) or 1
    words = "".join(said).strip("，。；、：")
    return words if len(words) > 3 else ""


def prepared(groups: Iterable[Group], dice: random.Random) -> Iterator[Group]:
    """Cut to length, for the network."""
    for group in groups:
        yield Group(
            group.question[-_QUESTION_CHARS:],
            group.source,
            tuple(cut_about(each, dice) for each in group.candidates[: MISSES + 1]),
        )
