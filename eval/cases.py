"""JSONL → Case: a question, the words of the notices that answer it, or "must refuse".

`load_cases` takes any well-formed question, so that people can score their own; `eval.check` holds the bundled ones to
the rules of GUIDE.zh.md. `case.schema.json` says the same to an editor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.errors import WenzhengError
from index.records import Span
from index.text import NUMERAL, normal, squeeze

SPLITS = ("dev", "test")
TYPES = {
    "number": "数字",
    "amount": "金额",
    "fact": "事实",
    "condition": "条件",
    "list": "列举",
    "procedure": "步骤",
    "department": "部门",
    "table": "表格",
    "validity": "效力",
    "comparison": "比较",
    "person": "人事",
    "follow-up": "追问",
    "transcript": "来电转述",
    "place-swap": "换地",
    "small-talk": "闲聊",
    "unanswerable": "不能答",
}
WORDINGS = {"lay": "大白话", "official": "公文用语"}
ASKERS = {"citizen": "市民", "agent": "话务员"}
NEAR_MISSES = {
    "wrong-place": "城市不对",
    "wrong-year": "年份不对",
    "missing-attachment": "附件未刊",
    "not-mentioned": "没有写到",
    "elsewhere": "另见文件",
}
MAX_PROBLEMS_SHOWN = 20

_FOLDER = Path(__file__).parent
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)(?:\s+|\s*，\s*)(?=\d)")
_STRINGS = ("id", "split", "type", "wording", "asker", "question", "gold_answer")
_FIELDS = (*_STRINGS, "history", "asked_on", "key_facts", "evidence", "unanswerable")


class BadQuestions(WenzhengError):
    """Evaluation questions that cannot be used: malformed, or quoting words that no source holds."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a source that answer, or help to answer, a question."""

    source: str
    address: str  # as the writer calls the place; for readers only
    quote: str  # the source's own characters, white space aside


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one source text: evidence, a passage and a citation are compared as such."""

    source: str
    span: Span

    def overlap(self, other: Stretch) -> int:
        """Number of source characters that both hold."""
        return self.span.overlap(other.span) if self.source == other.source else 0


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what a good answer must say and where that stands. The fields of GUIDE.zh.md.

    Right from birth: an answerable case has evidence and key facts, an unanswerable one has neither but the kind of its
    near miss, small talk none of the three. Raises BadQuestions, naming every field that does not fit.
    """

    id: str
    split: str
    type: str  # a key of TYPES
    wording: str  # a key of WORDINGS
    asker: str  # a key of ASKERS
    question: str
    history: tuple[str, ...]
    asked_on: date
    gold_answer: str
    key_facts: tuple[tuple[str, ...], ...]  # each fact as the spellings that count
    evidence: tuple[Evidence, ...]
    unanswerable: str | None  # a key of NEAR_MISSES
    pair: str | None = None  # id of the same question about another place

    def __post_init__(self) -> None:
        problems = [f"{name} 是空的" for name in ("id", "question", "gold_answer") if not getattr(self, name).strip()]
        allowed: tuple[tuple[str, Collection[str]], ...] = (
            ("split", SPLITS),
            ("type", TYPES),
            ("wording", WORDINGS),
            ("asker", ASKERS),
        )
        for name, values in allowed:
            if getattr(self, name) not in values:
                problems.append(f"{name} 不能是“{getattr(self, name)}”，可用：{'、'.join(values)}")
        if self.unanswerable is not None and self.unanswerable not in NEAR_MISSES:
            problems.append(f"unanswerable 不能是“{self.unanswerable}”，可用：null、{'、'.join(NEAR_MISSES)}")
        if (self.type == "unanswerable") != (self.unanswerable is not None):
            problems.append("type 与 unanswerable 对不上：要么都说不能答，要么都不说")
        if self.type == "follow-up" and not self.history:
            problems.append("追问题要有 history")
        if self.type == "place-swap" and not self.pair:
            problems.append("换地题要有 pair：另一地那一题的 id")
        if self.answerable and not (self.evidence and self.key_facts):
            problems.append("能答的题要有 evidence 和 key_facts")
        if not self.answerable and (self.evidence or self.key_facts):
            problems.append("不能答的题和闲聊，evidence 与 key_facts 要留空")
        if any(not fact or not all(normal(spelling) for spelling in fact) for fact in self.key_facts):
            problems.append("key_facts 里每个要点至少要有一种写法，写法不能是空的")
        if any(not squeeze(evidence.quote) for evidence in self.evidence):
            problems.append("evidence 的 quote 不能是空的")
        if problems:
            raise BadQuestions("；".join(problems))

    @property
    def answerable(self) -> bool:
        """Whether the notices hold an answer; if not, a refusal is due, or some friendly words."""
        return self.unanswerable is None and not self.small_talk

    @property
    def small_talk(self) -> bool:
        """Whether it asks nothing of the notices: thanks, greetings, what is outside public affairs."""
        return self.type == "small-talk"

    @classmethod
    def parse(cls, row: object) -> Case:
        """One JSON object; keys that are no field are ignored. Raises BadQuestions, saying which field is wrong."""
        if not isinstance(row, dict):
            raise BadQuestions("这一行不是 JSON 对象")
        absent = [name for name in _FIELDS if name not in row]
        if absent:
            raise BadQuestions(f"缺字段：{'、'.join(absent)}")
        return cls(
            **{name: _string(row[name], name) for name in _STRINGS},
            history=_strings(row["history"], "history"),
            asked_on=_date(row["asked_on"]),
            key_facts=tuple(_strings(fact, "key_facts 的每个要点") for fact in _list(row["key_facts"], "key_facts")),
            evidence=tuple(_evidence(item) for item in _list(row["evidence"], "evidence")),
            unanswerable=_string_or_none(row["unanswerable"], "unanswerable"),
            pair=_string_or_none(row.get("pair"), "pair"),
        )


def _string(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise BadQuestions(f"{name} 应当是字符串")
    return value


def _string_or_none(value: object, name: str) -> str | None:
    return None if value is None else _string(value, name)


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise BadQuestions(f"{name} 应当是数组")
    return value


def _strings(value: object, name: str) -> tuple[str, ...]:
    return tuple(_string(item, f"{name}的每一项") for item in _list(value, name))


def _date(value: object) -> date:
    try:
        return date.fromisoformat(_string(value, "asked_on"))
    except ValueError:
        raise BadQuestions(f"asked_on “{value}”不是日期，要写成 2024-08-01 的样子") from None


def _evidence(value: object) -> Evidence:
    if not isinstance(value, dict):
        raise BadQuestions("evidence 的每一项应当是对象")
    return Evidence(*(_string(value.get(name), f"evidence 的 {name}") for name in ("source", "address", "quote")))


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────


def bundled_questions() -> list[Path]:
    """The question files that come with wenzheng, dev and test."""
    return sorted((_FOLDER / "questions").glob("*.jsonl"))


def load_cases(paths: Iterable[Path]) -> list[Case]:
    """The cases of some JSONL files, in order. Raises BadQuestions, naming file, line and field of each bad one."""
    cases, problems = read_cases(paths)
    if problems:
        shown = problems[:MAX_PROBLEMS_SHOWN]
        more = [f"……另有 {len(problems) - len(shown)} 处"] if len(problems) > len(shown) else []
        raise BadQuestions("\n".join(["评测题读不进来，请按 eval/GUIDE.zh.md 改正：", *shown, *more]))
    return cases


def read_cases(paths: Iterable[Path]) -> tuple[list[Case], list[str]]:
    """The good cases of some JSONL files in order, and one line for each row that is none. Ids are unique over all."""
    cases: list[Case] = []
    problems: list[str] = []
    places: dict[str, str] = {}
    for path in paths:
        try:
            lines = path.read_text("utf-8-sig").split("\n")
        except OSError as exc:
            problems.append(f"{path}：打不开（{exc.strerror}）。请检查路径。")
            continue
        except UnicodeDecodeError:
            problems.append(f"{path}：不是 UTF-8 文本。请另存为 UTF-8。")
            continue
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{path.name} 第 {number} 行"
            try:
                case = Case.parse(json.loads(line))
            except BadQuestions as exc:
                problems.append(f"{place}：{exc}")
            except (ValueError, RecursionError):
                problems.append(f"{place}：不是 JSON")
            else:
                if case.id in places:
                    problems.append(f"{place}：id “{case.id}”已经用在{places[case.id]}")
                else:
                    places[case.id] = place
                    cases.append(case)
    return cases, problems


class Sources:
    """The source texts that evidence is quoted from, made ready once for finding quotes in them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._squeezed = {source: squeeze(text) for source, text in texts.items()}
        self._offsets = {source: [i for i, c in enumerate(text) if not c.isspace()] for source, text in texts.items()}

    def __contains__(self, source: object) -> bool:
        return source in self._squeezed

    def find(self, evidence: Evidence) -> list[Stretch]:
        """Every place of its source where the quote stands, white space aside; [] too where the source is unknown."""
        text, quote = self._squeezed.get(evidence.source, ""), squeeze(evidence.quote)
        found: list[Stretch] = []
        start = text.find(quote) if quote else -1
        while start >= 0:
            offsets = self._offsets[evidence.source]
            span = Span(offsets[start], offsets[start + len(quote) - 1] + 1)
            found.append(Stretch(evidence.source, span))
            start = text.find(quote, start + 1)
        return found

    def locate(self, case: Case) -> tuple[Stretch, ...]:
        """Where each evidence of a case stands, in its order. Raises BadQuestions unless each stands in one place."""
        located: list[Stretch] = []
        for evidence in case.evidence:
            problem = self.problem(evidence)
            if problem:
                raise BadQuestions(f"{case.id}：{problem}")
            located += self.find(evidence)
        return tuple(located)

    def problem(self, evidence: Evidence) -> str:
        """Why an evidence has no one place, in Chinese; "" where it has."""
        if evidence.source not in self:
            return f"没有叫“{evidence.source}”的文档"
        times = len(self.find(evidence))
        if times == 1:
            return ""
        said = f"在 {evidence.source} 里出现 {times} 次，请加长" if times else f"不在 {evidence.source} 里，请逐字照抄"
        return f"依据“{squeeze(evidence.quote)[:24]}…”{said}"


# ── what a question says, against what the texts say ────────────────────────────────────────────────────────────


def states(text: str, spelling: str) -> bool:
    """Whether a text holds one spelling (not blank) of a key fact: both in normal form, and no number cut in two.

    “2年” does not stand in “2022年”, “5000元” not in “15000元”, “3万元” not in “1.3万元”, “十五天” not in “二十五天”.
    """
    wanted = _matchable(spelling)
    pattern = re.escape(wanted)
    if wanted[0].isdecimal():
        # no four digits follow a decimal point or a comma of thousands: “1.2024年” is an item's number and a year
        decimal = "" if re.match(r"\d{4}", wanted) else r"(?<!\d[.,])"
        pattern = decimal + r"(?<!\d)" + pattern
    elif wanted[0] in NUMERAL:
        pattern = f"(?<![{NUMERAL}])" + pattern
    if wanted[-1].isdecimal():
        pattern += r"(?!\d|[.,]\d)"
    elif wanted[-1] in NUMERAL:
        pattern += f"(?![{NUMERAL}])"
    return re.search(pattern, _matchable(text)) is not None


def _matchable(text: str) -> str:
    """Normal form in which numbers parted by white space (cells of a table) or a full-width comma stay apart."""
    return normal(_BETWEEN_NUMBERS.sub("|", text))


def missing_facts(case: Case, text: str) -> tuple[str, ...]:
    """The key facts, each by its first spelling, of which no spelling stands in the text."""
    return tuple(fact[0] for fact in case.key_facts if not any(states(text, spelling) for spelling in fact))
