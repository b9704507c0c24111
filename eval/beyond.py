"""Questions about notices that no gazette of ours holds → the files they are about, and cases like any others.

They were written as the dev questions are (GUIDE.zh.md), about notices and regulations of the training folder, and
teach the reader what the five gazettes cannot: other matters, in other words. Kept is what we wrote; of a text only its
title, a digest of its words, and from where to where the evidence stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from eval.records import Case, Evidence
from index.training.pairs import WRITTEN, BadTrainingFolder, digest, rows

ASKED = WRITTEN / "asked.jsonl"
PART = "elsewhere"  # that these questions belong to, beside the parts of the gazettes
_TEXTS = ("gov_docs", "laws_cn", "cpcnews")
_BESIDE = "gov_docs"  # of which all stand beside what is asked about
_LEAST = 1_000  # characters of a text that does


def cases_beyond(data: Path, folder: Path) -> list[Case]:
    """Write the texts of a training folder that are asked about, and others, into a folder; what is asked about them.

    Raises BadTrainingFolder where a file cannot be read, or lacks a text that is asked about.
    """
    asked = [json.loads(line) for line in ASKED.read_text("utf-8").splitlines()]
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
    return list(_cases(asked, held))


def _titled(title: str, text: str) -> str:
    return text if text.lstrip().startswith(title) else f"{title}\n{text}"


def _cases(asked: list[dict[str, Any]], held: Mapping[str, str]) -> Iterator[Case]:
    for at, row in enumerate(asked):
        source, text = f"{row['text']}.txt", held[row["text"]]
        yield Case(
            id=f"b-{at:03d}",
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
        )
