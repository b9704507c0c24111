"""Questions about notices that no gazette of ours holds → the files they are about, and cases like any others.

They were written as the dev questions are (GUIDE.zh.md), about notices and regulations of the training folder: other
matters, in other words, of other places. Of a text only its title is kept, a digest of its words, and from where to
where the evidence stands. `ASKED` taught the reader; of `beyond.jsonl` it has learned nothing, and at its held-out part
and its fresh one, about texts that nothing else asks about, nobody looks: so they show how far what was learned
carries. `FURTHER` is there to learn from; nothing that ships has.

    python -m eval.beyond TRAINING_FOLDER FOLDER     # writes FOLDER/texts, develop.jsonl, held-out.jsonl, fresh.jsonl
    wenzheng index --library LIBRARY FOLDER/texts
    wenzheng eval --library LIBRARY --questions FOLDER/held-out.jsonl
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.cases import case_row
from eval.records import Case, Evidence
from index.build import build_library
from index.errors import WenzhengError
from index.holdings import Holdings
from index.training.pairs import WRITTEN, BadTrainingFolder, digest, rows
from qa.assemble import embedder_of, open_holdings
from qa.settings import Settings

ASKED, FURTHER = WRITTEN / "asked.jsonl", WRITTEN / "further.jsonl"
BEYOND = Path(__file__).with_name("beyond.jsonl")
DEVELOP, HELD_OUT = "develop", "held-out"  # parts of BEYOND; the fresh one stands by itself
_LEARNED = frozenset({"", DEVELOP})  # what may be learned from: ASKED has no parts
PART = "elsewhere"  # that the questions of ASKED belong to, beside the parts of the gazettes
_TEXTS = ("gov_docs", "laws_cn", "cpcnews")
_BESIDE = "gov_docs"  # of which all stand beside what is asked about
_LEAST = 1_000  # characters of a text that does


def cases_beyond(data: Path, folder: Path, questions: Path | None = None) -> dict[str, list[Case]]:
    """Write the texts of a training folder that are asked about, and others, into a folder; what is asked about them,
    by half ("" for questions of none). `questions`: ASKED or BEYOND (default: ASKED).

    Raises BadTrainingFolder where a file cannot be read, or lacks a text that is asked about.
    """
    asked = [json.loads(line) for line in (questions or ASKED).read_text("utf-8").splitlines()]
    wanted = {row["text"] for row in asked}
    held: dict[str, str] = {}
    for source in _TEXTS:
        for row in rows(data / "text" / f"{source}.jsonl.zst"):
            text, name = row["text"], digest(row["text"])
            if name in wanted or (source == _BESIDE and len(text) >= _LEAST):
                held[name] = text
                (folder / f"{name}.txt").write_text(_titled(row["title"], text), "utf-8")
    missing = wanted - held.keys()
    if missing:
        raise BadTrainingFolder(f"训练数据 {data} 里没有 {len(missing)} 份问到的公文，多半是另一版的数据。")
    found: dict[str, list[Case]] = {}
    for half, case in _cases(asked, held):
        found.setdefault(half, []).append(case)
    return found


def open_beyond(
    data: Path, settings: Settings, scratch: Path, questions: Path | None = None
) -> tuple[dict[str, list[Case]], Holdings]:
    """What cases_beyond finds, and a library of its texts, built in an empty folder. Raises BadTrainingFolder."""
    texts = scratch / "texts"
    texts.mkdir()
    cases = cases_beyond(data, texts, questions)
    build_library([texts], scratch / "library", embedder=embedder_of(settings))
    return cases, open_holdings(replace(settings, library=scratch / "library"))


def learned_beyond(data: Path, settings: Settings, files: Sequence[Path] = ()) -> Iterator[tuple[list[Case], Holdings]]:
    """Of each file (default: ASKED) the questions that may be learned from, and the library that they are asked of.

    Raises BadTrainingFolder.
    """
    for questions in files or (ASKED,):
        with TemporaryDirectory() as scratch:
            halves, holdings = open_beyond(data, settings, Path(scratch), questions)
            yield [case for half, own in halves.items() if half in _LEARNED for case in own], holdings


def _titled(title: str, text: str) -> str:
    return text if text.lstrip().startswith(title) else f"{title}\n{text}"


def _cases(asked: list[dict[str, Any]], held: Mapping[str, str]) -> Iterator[tuple[str, Case]]:
    for at, row in enumerate(asked):
        source, text = f"{row['text']}.txt", held[row["text"]]
        yield (
            row.get("half", ""),
            Case(
                id=f"b-{at:04d}",
                split="dev",
                type=row["type"],
                wording=row["wording"],
                asker=row["asker"],
                question=row["question"],
                history=(),
                asked_on=date.fromisoformat(row["asked_on"]),
                gold_answer="；".join(spellings[0] for spellings in row["key_facts"]) or "没有写到。",
                key_facts=tuple(tuple(spellings) for spellings in row["key_facts"]),
                evidence=tuple(Evidence(source, "", text[start:end]) for start, end in row["evidence"]),
                unanswerable=row["unanswerable"],
            ),
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Write the texts and both halves; 1 with a message where the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m eval.beyond", description="五份公报以外的题：写出公文和题目")
    parser.add_argument("data", type=Path, help="训练数据文件夹（有 text/）")
    parser.add_argument("folder", type=Path, help="写到哪里")
    args = parser.parse_args(argv)
    texts = args.folder / "texts"
    texts.mkdir(parents=True, exist_ok=True)
    try:
        halves = cases_beyond(args.data, texts, BEYOND)
    except WenzhengError as exc:
        print(exc, file=sys.stderr)
        return 1
    for half, cases in halves.items():
        lines = (json.dumps(case_row(case), ensure_ascii=False) + "\n" for case in cases)
        (args.folder / f"{half}.jsonl").write_text("".join(lines), "utf-8")
    print(
        f"公文 {len(list(texts.iterdir()))} 份；" + "，".join(f"{half} {len(own)} 题" for half, own in halves.items())
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
