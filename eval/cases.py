"""JSONL → Case: a question, the words of the notices that answer it, or "must refuse".

`load_cases` takes any well-formed question, so that people can score their own; `eval.check` holds the bundled ones to
the rules of GUIDE.zh.md. `case.schema.json` says the same to an editor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

from eval.records import BadQuestions, Case, Evidence, Stretch
from index.errors import system_reason
from index.records import Span
from index.text import squeeze

MAX_PROBLEMS_SHOWN = 20

_FOLDER = Path(__file__).parent
_STRINGS = ("id", "split", "type", "wording", "asker", "question", "gold_answer")
_FIELDS = (*_STRINGS, "history", "asked_on", "key_facts", "evidence", "unanswerable")


def parse_case(row: object) -> Case:
    """One JSON object; keys that are no field are ignored. Raises BadQuestions, saying which field is wrong."""
    if not isinstance(row, dict):
        raise BadQuestions("这一行不是 JSON 对象")
    absent = [name for name in _FIELDS if name not in row]
    if absent:
        raise BadQuestions(f"缺字段：{'、'.join(absent)}")
    return Case(
        **{name: _string(row[name], name) for name in _STRINGS},
        history=_strings(row["history"], "history"),
        asked_on=_date(row["asked_on"]),
        key_facts=tuple(_strings(fact, "key_facts 的每个要点") for fact in _list(row["key_facts"], "key_facts")),
        evidence=tuple(_evidence(item) for item in _list(row["evidence"], "evidence")),
        unanswerable=_string_or_none(row["unanswerable"], "unanswerable"),
        pair=_string_or_none(row.get("pair"), "pair"),
    )


def case_row(case: Case) -> dict[str, object]:
    """A case as it stands in JSONL; `parse_case` reads it back."""
    row = {**asdict(case), "asked_on": case.asked_on.isoformat()}
    if case.pair is None:
        del row["pair"]
    return row


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
    written = _string(value, "asked_on")
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
            raise ValueError(written)  # 20240801 and 2024-W31-4 are ISO dates, too
        return date.fromisoformat(written)
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
            problems.append(f"{path}：打不开（{system_reason(exc)}）。请检查路径。")
            continue
        except UnicodeDecodeError:
            problems.append(f"{path}：不是 UTF-8 文本。请另存为 UTF-8。")
            continue
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{path.name} 第 {number} 行"
            try:
                case = parse_case(json.loads(line))
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
