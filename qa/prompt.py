"""Fills a prompt; a missing or unknown placeholder is an error. Prompts are the plain text files of prompts/.

What people and documents wrote reaches a model as material only. `fill` makes every value harmless: in the copy that
the model sees, brackets that could pass for a handle ([1]), a fence (</资料>) or a model's own control words
(<|im_end|>, [INST]) are replaced by ones that mean nothing. What is quoted later is the notice itself, not this copy.
What a person typed goes out with their personal data masked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from string import Template
from typing import NamedTuple

from index.errors import WenzhengError
from index.records import Notice, Passage
from qa.privacy import mask

_NOTE = "#"  # begins a line for the person who edits the file
_PART = re.compile(r"^={4,}[ \t]*$", re.MULTILINE)  # parts the standing rules from what is filled in
_HARMLESS = str.maketrans("[]［］【】<>", "〔〕〔〕〔〕＜＞")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class BadPrompt(WenzhengError):
    """A prompt file that is gone, unreadable, or whose placeholders are not those that will be filled."""


class Message(NamedTuple):
    """What goes to a model: the standing rules, and this question with its passages."""

    system: str
    user: str


class Source(NamedTuple):
    """A passage as a model is given it."""

    passage: Passage
    validity: str = ""  # see `validity`


@dataclass(frozen=True, slots=True)
class Prompt:
    """The text of one prompt file, as the person who edits it sees it."""

    name: str
    text: str

    @classmethod
    def load(cls, name: str, placeholders: Sequence[str], folder: Traversable | None = None) -> Prompt:
        """Read prompts/NAME.txt, which must hold exactly these placeholders, below its ====. Raises BadPrompt."""
        file = (folder or resources.files("prompts")).joinpath(f"{name}.txt")
        try:
            prompt = cls(name, file.read_text("utf-8-sig"))
        except UnicodeDecodeError as exc:
            raise BadPrompt(f"提示词文件 {name}.txt 不是 UTF-8 编码。请用“另存为”选 UTF-8 再保存一次。") from exc
        except OSError as exc:
            raise BadPrompt(
                f"提示词文件 {name}.txt 读不到：{exc.strerror or exc}。请把它放回 prompts 文件夹。"
            ) from exc
        prompt._check(placeholders)
        return prompt

    @property
    def sha256(self) -> str:
        """Hash of the text: tells which wording an answer was written under."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def fill(self, **values: str | Sequence[Source]) -> Message:
        """Put the values in; sources come under the handles [1], [2] … in the order given. Raises BadPrompt.

        A value is never read as a prompt: `$question` in it stays as it is, and what could mislead a model is defused.
        """
        self._check(tuple(values))
        rules, asked = self._parts()
        filled = {name: typed(v) if isinstance(v, str) else listed(v) for name, v in values.items()}
        return Message(Template(rules).substitute().strip(), Template(asked).substitute(filled).strip())

    def _parts(self) -> tuple[str, str]:
        lines = [line for line in self.text.splitlines() if not line.startswith(_NOTE)]
        parts = _PART.split("\n".join(lines))
        if len(parts) != 2:
            raise BadPrompt(f"提示词文件 {self.name}.txt 里应有一行、且只有一行“====”，把规矩和提问的内容分开。")
        return parts[0], parts[1]

    def _check(self, placeholders: Sequence[str]) -> None:
        rules, asked = self._parts()
        if not (Template(rules).is_valid() and Template(asked).is_valid()):
            raise BadPrompt(f"提示词文件 {self.name}.txt 里有多余的“$”。要写美元符号时，请写两个：$$。")
        if Template(rules).get_identifiers():
            raise BadPrompt(f"提示词文件 {self.name}.txt 里“====”以上的规矩不能用 $ 占位。请把占位移到这一行以下。")
        found, wanted = set(Template(asked).get_identifiers()), set(placeholders)
        if found != wanted:
            missing, unknown = (_dollars(names) for names in (wanted - found, found - wanted))
            said = "；".join(filter(None, (missing and f"缺少 {missing}", unknown and f"不认识 {unknown}")))
            raise BadPrompt(f"提示词文件 {self.name}.txt 的占位不对：{said}。“====”以下应正好有：{_dollars(wanted)}。")


def typed(text: str) -> str:
    """What a person typed, as it may leave for a model: personal data masked, the rest harmless."""
    return harmless(mask(text).text)


def harmless(text: str) -> str:
    """The text with nothing in it that a model or our reading of its reply could take for more than text.

    Same length, same words; 〔2024〕 stays, since those brackets are never a handle.
    """
    return _CONTROL.sub(" ", text).translate(_HARMLESS)


def listed(sources: Sequence[Source]) -> str:
    """The passages under their handles, each headed by title, 文号, place, address, validity; parted by empty lines."""
    return "\n\n".join(
        f"[{handle}] {_head(source)}\n{harmless(source.passage.text).strip()}"
        for handle, source in enumerate(sources, 1)
    )


def validity(notice: Notice, on: date, *, lapsed: bool) -> str:
    """Whether a notice holds on a day, as far as it is known: 2024-07-01起施行，有效期至2026-06-30，已失效."""
    begins, ends = notice.effective_on, notice.expires_on
    said = (
        f"{begins.isoformat()}起施行" if begins else "",
        f"有效期至{ends.isoformat()}" if ends else "",
        "已失效" if lapsed else "尚未施行" if begins and on < begins else "",
    )
    return "，".join(filter(None, said))


def _head(source: Source) -> str:
    notice = source.passage.notice
    holds = f"〔{source.validity}〕" if source.validity else ""
    about = (f"《{notice.title}》", notice.document_number, str(notice.place), source.passage.chunk.address, holds)
    return " ".join(harmless(part).replace("\n", " ") for part in about if part)


def _dollars(names: set[str]) -> str:
    return "、".join(f"${name}" for name in sorted(names))
