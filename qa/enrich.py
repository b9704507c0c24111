"""A passage → the questions that it answers, as a model words them: for finding alone, never quoted.

The idea is doc2query's (Nogueira et al., "Document Expansion by Query Prediction", 2019). Each passage is asked about
once: what a model said is kept in a file, under the hash of model, prompt and passage, so that a run that is broken off
goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import dataclass, field
from pathlib import Path

from index.records import Chunk, Notice, Passage
from qa.chat import ChatModel, ModelError
from qa.prompt import Prompt, Source

_MOST = 5  # questions of a passage
_LONGEST = 60  # characters; what is longer is no question but talk
_GIVE_UP = 3  # passages in a row on which the model failed
_NUMBERING = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.、)）．]|[（(]\d{1,2}[）)]|[①-⑳])\s*")
_NONE = "无"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Enricher:
    """Asks a model about chunks and keeps what it said in `kept`, one JSON object a line."""

    model: ChatModel
    kept: Path
    prompt: Prompt = field(default_factory=lambda: Prompt.load("questions", ("passages",)))
    _known: dict[str, list[str]] = field(default_factory=dict)
    _failed: int = 0  # in a row

    def __post_init__(self) -> None:
        if self.kept.exists():
            self._known = dict(filter(None, map(_read, self.kept.read_text("utf-8").splitlines())))

    def __call__(self, notice: Notice, chunk: Chunk) -> list[str]:
        """The questions of a chunk; [] where there are none, or the model fails on it: then the next run asks again.

        Raises ModelError where it fails on one chunk after the other, OSError where the file cannot be written.
        """
        message = self.prompt.fill(passages=[Source(Passage(1, chunk, notice, 0.0))])
        key = hashlib.sha256("\0".join((self.model.name, *message)).encode("utf-8", "replace")).hexdigest()
        if key not in self._known:
            try:
                questions = questions_in(self.model.reply(message.system, message.user))
            except ModelError as exc:
                self._failed += 1
                if self._failed >= _GIVE_UP:
                    raise
                _log.warning("%s这一段不加问题。", exc)
                return []
            self._failed = 0
            self._keep(key, questions)
        return self._known[key]

    def _keep(self, key: str, questions: list[str]) -> None:
        self._known[key] = questions
        self.kept.parent.mkdir(parents=True, exist_ok=True)
        with self.kept.open("a", encoding="utf-8") as file:  # line by line: a run that is killed keeps what it has
            file.write(json.dumps({"key": key, "questions": questions}, ensure_ascii=False) + "\n")


def questions_in(reply: str) -> list[str]:
    """The lines of a reply that can be questions, numbering taken off, each once."""
    lines = (_NUMBERING.sub("", line).strip() for line in reply.splitlines())
    return list(dict.fromkeys(line for line in lines if 1 < len(line) <= _LONGEST and line != _NONE))[:_MOST]


def _read(line: str) -> tuple[str, list[str]] | None:
    """None for a line that was cut short."""
    try:
        row = json.loads(line)
        return str(row["key"]), [str(question) for question in row["questions"]]
    except (ValueError, KeyError, TypeError):
        return None
