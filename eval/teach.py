"""Dev questions → what our own reader is to learn from them: `python -m eval.teach FILE`.

Each question is asked of the library. The sentences that would be read by themselves compete (qa/choose.py), and so do
the passages (index/retrieve.py), each as the reader sees it: near misses such as it meets at work, which no made-up
text has. Of what competes one answers, or none. The file is read by `python -m index.training.reading --further FILE`.

Questions belong to a part by the gazette they were written over, one of PARTS. A reader that learned without a part
has seen neither its questions nor its notices: that is how to measure what the others taught, and on its readings the
weights are fitted (`python -m eval.fit --readers FOLDER`). With `--data FOLDER` the questions are those about notices
of the training folder (eval/beyond.py), asked of a library of these: a part by itself.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from eval.beyond import PART, learned_beyond
from eval.examine import LibraryShelf, library_sources
from eval.records import Case, Stretch
from eval.rightness import held, overlaps, rightness
from eval.run import choose_cases
from index.errors import WenzhengError
from index.pieces import Cutter
from index.query import Query
from index.records import Passage, Span
from index.retrieve import Retriever, laid_out
from index.training.reading.arrays import write_arrays
from index.training.reading.examples import Candidate, Group
from qa import choose
from qa.answer import READ, ExtractiveAnswerer
from qa.assemble import open_holdings
from qa.read import Reading
from qa.records import Question
from qa.settings import Settings
from qa.understand import understand

PARTS = ("part0", "part1", "part2")
SENTENCES, PASSAGES = 8, 6  # that compete: twice as many, and half as many again, as are read at work
_WRONG = {"sentences": 7, "passages": 4}  # at most, beside the right one


def part_of(case: Case) -> str:
    """The part that its gazette belongs to: the first number in the question's id (eval/GUIDE.zh.md)."""
    number = re.search(r"\d+", case.id)
    return PARTS[int(number[0]) % len(PARTS) if number else 0]


def groups(cases: Sequence[Case], retriever: Retriever, part: Callable[[Case], str] = part_of) -> Iterator[Group]:
    """Of each question its sentences, then its passages; those teach nothing where the right one was not found."""
    sources = library_sources(LibraryShelf(retriever.library), cases)
    answerer = ExtractiveAnswerer(retriever)
    for case in (c for c in cases if not c.small_talk):
        evidence = sources.locate(case) if case.answerable else ()
        understood = understand(Question(case.question, case.history, case.asked_on))
        query = retriever.query(understood.text, understood.context)
        found = retriever.find(query, READ)
        readings = answerer.readings(query, understood.asked, found)[:SENTENCES]
        yield from _group(
            case, query, [_sentence(case, reading, evidence) for reading in readings], part(case), "sentences"
        )
        stretches = [_stretch(passage, retriever.nearest(query, passage), evidence) for passage in found[:PASSAGES]]
        yield from _group(case, query, stretches, part(case), "passages")


def _beyond(data: Path, files: Sequence[Path]) -> Iterator[Group]:
    """Of the questions about notices of the training folder, in libraries of their own."""
    for cases, holdings in learned_beyond(data, Settings.load(), files):
        yield from groups(cases, Retriever(holdings), lambda _case: PART)


def _group(case: Case, query: Query, competing: Sequence[Candidate | None], part: str, kind: str) -> Iterator[Group]:
    right = [each for each in competing if each and each.answers][:1]
    wrong = [each for each in competing if each and not each.answers][: _WRONG[kind]]
    if (right or not case.answerable) and (right or wrong):
        yield Group(query.whole, part, (*right, *wrong))


def _sentence(case: Case, reading: Reading, evidence: Sequence[Stretch]) -> Candidate | None:
    """None where it says a part of what is asked: neither right nor wrong."""
    above, text = choose.laid_out(reading.unit)
    answers = rightness(case, reading.unit, evidence) if evidence else 0.0
    if 0 < answers < 1:
        return None
    return Candidate(above, text, bool(answers), ((0, len(text)),) if answers else ())


def _stretch(passage: Passage, span: Span, evidence: Sequence[Stretch]) -> Candidate | None:
    """None where the passage holds the evidence, but this stretch of it does not."""
    above, text = laid_out(passage, span)
    start = passage.chunk.span.start
    read = Stretch(passage.notice.source, passage.notice.source_span(Span(start + span.start, start + span.end)))
    if any(overlaps(each, read) for each in evidence):
        return Candidate(above, text, True)
    return None if held(passage, evidence) else Candidate(above, text, False, ())


def main(argv: Sequence[str] | None = None) -> int:
    """Write the file; 1 with a message where there is no library."""
    parser = argparse.ArgumentParser(prog="python -m eval.teach", description="用题目教细读的模型：备好训练用的文件")
    parser.add_argument("file", type=Path, help="写到哪里（.npz）")
    parser.add_argument("--questions", type=Path, nargs="*", default=[], help="自己的题；不写：随附的 dev 题")
    parser.add_argument("--library", type=Path, default=None, help="公文库文件夹")
    parser.add_argument(
        "--data",
        type=Path,
        help="训练数据文件夹：用我们就其中的公文写的题，另建一个库来问；--questions 可换成别的这种题",
    )
    args = parser.parse_args(argv)
    try:
        if args.data:
            made = _beyond(args.data, args.questions)
        else:
            retriever = Retriever(open_holdings(Settings.load(library=args.library)))
            made = groups(choose_cases(tuple(args.questions), "dev"), retriever)
        counts = write_arrays(made, Cutter.load(), args.file)
    except WenzhengError as exc:
        print(exc, file=sys.stderr)
        return 1
    print("，".join(f"{name} {count} 组" for name, count in sorted(counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
