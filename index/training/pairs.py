"""The training folder → pairs of a question, or what stands for one, and the passage that answers it.

The folder has `text/` (documents) and `pairs/` (questions with their passages), JSON lines compressed with zstd. Some
pairs are made here: a sentence and the passage it was taken from (the inverse cloze task: Lee, Chang, Toutanova,
"Latent Retrieval for Weakly Supervised Open Domain Question Answering", ACL 2019); a heading and what stands under it;
and a sentence put into lay words by the thesaurus, read backwards.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import WenzhengError
from index.text import normal

NEIGHBOURS = 4  # pairs of one source that stay together: their passages are hard to tell apart
PASSAGE_CHARS = 300  # what of a passage is read
QUESTION_CHARS = 120
WRITTEN = Path(__file__).with_name("written")  # by us: questions.jsonl for clauses of text/, notices.jsonl
KINDS = ("questions", "notices", "stretches", "sayings")  # of what is in `written`
HELD_OUT = 12  # of so many titles in `written` one is held out
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；\n]*")
_ARTICLE = re.compile(r"^第[零〇一二三四五六七八九十百千]{1,7}条[ \u3000]*", re.M)
_HEADING = re.compile(r"^[一二三四五六七八九十]{1,3}、|^（[一二三四五六七八九十]{1,3}）")
_CHAPTER = re.compile(r"^第[零〇一二三四五六七八九十百]{1,5}[编章节][ \u3000]*(\S.*)$", re.M)
_ABOVE_CHARS = 60  # what a title and headings take of a passage
_LONGEST_TERM = 8
_KEPT = 0.5  # of the characters between the terms that are put in lay words
_LEAST_CHARS = 10  # of a sentence that says something


class BadTrainingFolder(WenzhengError):
    """The folder lacks a file that is to be read, or a line of it is not what it should be."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the passage that answers it; `source` is the file it comes from, and how it was made."""

    question: str
    passage: str
    source: str


# How many pairs of each source the bag learns from; more than there are: in several rounds.
BAG_MENU: Mapping[str, int] = {
    "written questions": 80_000,
    "written notices": 40_000,
    "written stretches": 80_000,
    "written sayings": 80_000,
    "gov12345": 25_000,
    "legal": 35_000,
    "ncp_train": 8_000,
    "titles": 30_000,
    "statute_lookup": 2_000,
    "crud_events": 4_000,
    "cmrc_train": 20_000,
    "cjrc_dev": 4_000,
    "squad_zh_dev": 6_000,
    "laws_cn cloze": 90_000,
    "laws_cn chapters": 15_000,
    "laws_cn lay": 130_000,
    "gov_docs cloze": 8_000,
    "gov_docs lay": 6_000,
    "cpcnews cloze": 15_000,
    "xwlb cloze": 10_000,
    "citizen_messages cloze": 10_000,
    "crud_news cloze": 15_000,
    "parallel_zh_en": 160_000,
}
# How often nearness draws a batch of a source, against the others.
NEAR_MENU: Mapping[str, float] = {
    "written questions": 6,
    "written notices": 5,
    "written stretches": 6,
    "written sayings": 6,
    "gov12345": 1,
    "legal": 1,
    "ncp_train": 0.7,
    "laws_cn lay": 1.5,
    "parallel_zh_en": 0.7,
}
SOURCES = tuple(BAG_MENU)


def pairs_of(folder: Path, source: str, lay_words: Mapping[str, Sequence[str]], seed: int) -> list[Pair]:
    """The pairs of a source of RECIPES, in the order of its file; the same seed gives the same pairs.

    `lay_words` leads from the words of notices to what people say. Raises BadTrainingFolder.
    """
    name, _, made = source.partition(" ")
    if name == "written":
        taught = (each for each in written(folder, made) if not each.held_out)
        return [Pair(question, each.passage, source) for each in taught for question in each.questions]
    if not made:
        return [Pair(*each, source) for each in _asked(rows(folder / "pairs" / f"{name}.jsonl.zst"))]
    dice = random.Random(f"{seed} {source}")  # noqa: S311 (a sample, no secret)
    make: Mapping[str, Callable[[str, str], Iterator[tuple[str, str]]]] = {
        "cloze": lambda title, text: _cloze(title, text, dice),
        "chapters": _chapters,
        "lay": lambda title, text: _in_lay_words(title, text, lay_words, dice),
    }
    found: list[Pair] = []
    for row in rows(folder / "text" / f"{name}.jsonl.zst"):
        found += [Pair(*each, source) for each in make[made](row.get("title", ""), row["text"])]
    return found


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a compressed file. Raises BadTrainingFolder."""
    import zstandard

    try:
        with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
            for line in io.TextIOWrapper(stream, encoding="utf-8"):
                yield json.loads(line)
    except (OSError, ValueError, zstandard.ZstdError) as exc:
        raise BadTrainingFolder(f"训练数据 {path} 读不出来。请检查 --data 所指的文件夹。") from exc


def clauses(source: str, title: str, text: str) -> Iterator[tuple[str, str]]:
    """(what stands above it, clause): the articles of laws_cn, else paragraphs under their headings."""
    if source == "laws_cn":
        starts = [*_ARTICLE.finditer(text)]
        ends = [*(match.start() for match in starts[1:]), len(text)]
        for start, end in zip(starts, ends, strict=False):
            body = _CHAPTER.split(text[start.end() : end].strip())[0].strip()
            yield f"{title}\n{start.group().strip()}", body
        return
    heading = ""
    for paragraph in (each.strip() for each in text.split("\n")):
        if len(paragraph) < 40 and _HEADING.match(paragraph):
            heading = paragraph
        yield f"{title}\n{heading}".strip(), paragraph


def digest(text: str) -> str:
    """What names a clause in written/questions.jsonl, a text in written/asked.jsonl."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Written:
    """A clause, and the questions that were written for it."""

    above: str  # title and headings, a line each
    clause: str
    questions: tuple[str, ...]

    @property
    def passage(self) -> str:
        """As a library's chunk is found: the clause, then what it is about."""
        return f"{self.clause}\n{self.above}"

    @property
    def held_out(self) -> bool:
        return is_held_out(self.above.split("\n")[0])


def is_held_out(title: str) -> bool:
    """Of one title in HELD_OUT nothing is trained on."""
    return int(digest(title), 16) % HELD_OUT == 0


def written(folder: Path, kind: str) -> Iterator[Written]:
    """Our own questions: for clauses of the training folder ("questions"), and for clauses made up: with what stands
    above them ("notices"), as parts of longer stretches ("stretches"), or single sentences ("sayings").
    """
    if kind == "notices":
        for row in lines("notices.jsonl"):
            yield Written(f"{row['title']}\n{row['above']}", row["clause"], (*row["lay"], *row["official"]))
        return
    if kind == "stretches":
        for row in lines("stretches.jsonl"):
            yield from _clauses_asked(row)
        return
    if kind == "sayings":
        for row in lines("sayings.jsonl"):
            yield Written(row["topic"], row["clause"], tuple(row["questions"]))
        return
    asked = {row["clause"]: tuple(row["questions"]) for row in lines("questions.jsonl")}
    found: dict[str, tuple[str, str]] = {}
    for source in ("laws_cn", "gov_docs"):
        for row in rows(folder / "text" / f"{source}.jsonl.zst"):
            for above, clause in clauses(source, row["title"], row["text"]):
                if (name := digest(clause)) in asked:
                    found.setdefault(name, (above, clause))
    for name, questions in asked.items():
        if name in found:
            yield Written(*found[name], questions)


def _clauses_asked(stretch: Mapping[str, Any]) -> Iterator[Written]:
    """A stretch in pieces of whole lines, each with the questions whose evidence it holds the most of."""
    pieces = list(_in_pieces(stretch["text"]))
    asked: dict[int, list[str]] = defaultdict(list)
    for each in stretch["questions"]:
        held = [sum(len(words) for words in each["evidence"] if words.strip() in piece) for piece in pieces]
        if any(held):
            asked[held.index(max(held))].append(each["q"])
    for at, piece in enumerate(pieces):
        yield Written(f"{stretch['title']}\n{stretch['above']}".strip(), piece, tuple(asked[at]))


def _in_pieces(text: str) -> Iterator[str]:
    """Runs of whole lines, as long as fits in what is read of a passage."""
    run = ""
    for line in text.split("\n"):
        if run and len(run) + len(line) > PASSAGE_CHARS - _ABOVE_CHARS:
            yield run
            run = ""
        run = f"{run}\n{line}".strip()
    yield run


def lines(name: str) -> list[dict[str, Any]]:
    """The rows of one of our own files."""
    return [json.loads(line) for line in (WRITTEN / name).read_text("utf-8").splitlines()]


def written_texts(kind: str) -> Iterator[str]:
    """Our own questions, and the clauses and stretches that were made up, as plain texts."""
    for row in lines(f"{kind}.jsonl"):
        if kind == "questions":
            parts = row["questions"]
        elif kind == "notices":
            parts = [row["title"], row["above"], row["clause"], *row["lay"], *row["official"]]
        elif kind == "sayings":
            parts = [row["topic"], row["clause"], *row["questions"], *row.get("none", ())]
        else:
            parts = [row["title"], row["above"], row["text"], *(each["q"] for each in row["questions"]), *row["none"]]
        yield "\n".join(parts)


def thinned(pairs: Sequence[Pair], at_most: int, seed: int) -> list[Pair]:
    """At most so many pairs (0: all), in runs of neighbours drawn at random, in the order given."""
    if not at_most or len(pairs) <= at_most:
        return list(pairs)
    starts = range(0, len(pairs), NEIGHBOURS)
    drawn = random.Random(seed).sample(starts, -(-at_most // NEIGHBOURS))  # noqa: S311
    return [pair for start in sorted(drawn) for pair in pairs[start : start + NEIGHBOURS]]


def lay_words(groups: Mapping[str, Sequence[tuple[str, float]]]) -> dict[str, list[str]]:
    """A thesaurus read backwards: term of the notices → what people say for it. Weak terms are left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for lay, terms in groups.items():
        for written, weight in terms:
            term = normal(written)
            if weight >= 0.5 and len(term) > 1 and term not in lay and lay not in found[term]:
                found[term].append(lay)
    return {term: spoken for term, spoken in found.items() if spoken}


def _asked(asked: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Rows of pairs/, each with the part of its passage in which the answer stands; without those that have none."""
    for row in asked:
        if row.get("unanswerable"):
            continue
        passage = row["positive"]
        answers = [a for a in row.get("answers") or () if isinstance(a, str) and len(a) > 1 and a in passage]
        start = max(0, passage.index(answers[0]) - PASSAGE_CHARS // 2) if answers else 0
        yield row["query"][:QUESTION_CHARS], passage[start : start + PASSAGE_CHARS]


def _passages(title: str, text: str) -> Iterator[str]:
    """The articles of a law, else runs of whole paragraphs; each with the document's title left out."""
    starts = [match.start() for match in _ARTICLE.finditer(text)]
    if len(starts) > 3:  # a law
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            yield _ARTICLE.sub("", text[start:end]).split("\n第")[0].strip()[:PASSAGE_CHARS]
        return
    run = ""
    for paragraph in text.split("\n"):
        if run and len(run) + len(paragraph) > PASSAGE_CHARS:
            yield run[:PASSAGE_CHARS]
            run = ""
        run += paragraph.strip() + "\n"
    yield run[:PASSAGE_CHARS]


def _sentences(passage: str) -> list[str]:
    return [s for s in _SENTENCE.findall(passage) if len(s) >= _LEAST_CHARS]


def _cloze(title: str, text: str, dice: random.Random) -> Iterator[tuple[str, str]]:
    """A sentence and the rest of its passage, under the document's title every other time."""
    for passage in _passages(title, text):
        sentences = _sentences(passage)
        if len(sentences) > 1:
            sentence = dice.choice(sentences)
            head = f"{title}\n" if dice.random() < 0.5 else ""
            yield sentence.strip()[:QUESTION_CHARS], head + passage.replace(sentence, "\n", 1)


def _chapters(title: str, text: str) -> Iterator[tuple[str, str]]:
    """The title and a chapter's heading, and each article below it."""
    headings = [(match.start(), match[1].strip()) for match in _CHAPTER.finditer(text)]
    ends = [start for start, _ in headings[1:]] + [len(text)]
    for (start, heading), end in zip(headings, ends, strict=False):
        for article in _ARTICLE.split(text[start:end])[1:]:
            if len(article.strip()) >= _LEAST_CHARS and len(heading) < 20:
                yield f"{title} {heading}", article.strip()[:PASSAGE_CHARS]


def _in_lay_words(
    title: str, text: str, spoken: Mapping[str, Sequence[str]], dice: random.Random
) -> Iterator[tuple[str, str]]:
    """A piece of a sentence in lay words, as short as people ask, and its passage, under the title every other time.

    Only where two terms or more could be put so; what lies between them is said in part.
    """
    for passage in _passages(title, text):
        sentences = _sentences(passage)
        if not sentences:
            continue
        sentence = normal(dice.choice(sentences))
        start = dice.randrange(max(1, len(sentence) - _LEAST_CHARS))
        piece = sentence[start : start + dice.randint(10, 40)]
        said: list[str] = []
        replaced = at = 0
        while at < len(piece):
            term = next((t for n in range(_LONGEST_TERM, 1, -1) if (t := piece[at : at + n]) in spoken), "")
            if term:
                said.append(dice.choice(spoken[term]))
                replaced += 1
            elif dice.random() < _KEPT:
                said.append(piece[at])
            at += len(term) or 1
        if replaced > 1:
            head = f"{title}\n" if dice.random() < 0.5 else ""
            yield "".join(said), head + passage
