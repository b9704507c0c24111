"""A run at a glance: what its page shows, worked out once and kept, so that a page opens at once.

Scoring a run of 774 cases, its intervals and its plots take ten to thirty seconds; reading what came of it takes a
tenth. In the desk's folder, a file a run:

    runs/NAME.jsonl    a line with the stamp and the card; a line with the figures as HTML; then one line a case

The stamp tells the run's bytes and the code that scored it: after a change to either, the file counts as none.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from eval.canaries import failures
from eval.cases import case_row, parse_case
from eval.noise import KINDS
from eval.records import BadRun, Case, Fault, Outcome
from eval.report.html import figures_html, warning_html
from eval.report.sheet import Listed, Sheet, State
from eval.report.wording import Words
from eval.runs import CASES, Run, read_head, read_outcome, read_run
from eval.scores import Result
from qa.records import Status

FIGURES = ("headlines", "groups", "plots", "faults", "near_zero", "metrics")  # in the page's order


@dataclass(frozen=True, slots=True)
class Card:
    """A run as the list of runs shows it. `right` is None where no case is judged, or the metric is withheld."""

    name: str
    started_at: str
    split: str
    how: str  # 只报号: what kind of probes was asked in place of the questions; "" for these themselves
    n: int
    answerer: str
    library: str
    fingerprint: str
    right: float | None
    low: float | None
    high: float | None

    @property
    def asked(self) -> str:
        """dev · 只报号"""
        return " · ".join(filter(None, (self.split or "自备", self.how)))

    @property
    def guarded(self) -> bool:
        """Whoever tunes does not look at the failures of the test split."""
        return "test" in self.split.split("-")


@dataclass(frozen=True, slots=True)
class Line:
    """A case as the list of cases shows it, and where in cases.jsonl the rest of it stands."""

    number: int  # from 1
    case: Case
    state: State | None  # None where `right` is withheld
    scores: Mapping[str, float | None]
    fault: str
    status: str
    said: str  # tells the answer from another one
    at: int  # byte of cases.jsonl
    size: int

    @property
    def right(self) -> bool | None:
        """What the automatic score says; None where it judges nothing."""
        score = self.scores.get("right")
        return None if score is None else score == 1

    def result(self) -> Result:
        """As much of the result as comparing needs: no answer, no passages."""
        status = None if self.status == "error" else Status(self.status)
        outcome = Outcome(self.case, (), (), status, "")
        return Result(outcome, self.scores, Fault(self.fault) if self.fault else None)


@dataclass(frozen=True, slots=True)
class Glance:
    """All that a run's page shows, cases that are open aside."""

    card: Card
    warning: str  # HTML, "" where no metric is withheld
    withheld: Mapping[str, str]
    figures: Mapping[str, str]  # heading → HTML
    facts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...] = field(repr=False)

    def line(self, number: int) -> Line | None:
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else None

    def run(self, folder: Path) -> Run:
        """As much of the run as comparing needs. Raises BadRun."""
        head = read_head(folder)
        return Run(head.setup, tuple(line.result() for line in self.lines), head.timings, folder)


# ── making ──────────────────────────────────────────────────────────────────────────────────────────────────────


def make_glance(folder: Path) -> Glance:
    """Score a run and draw its plots: tens of seconds. Raises BadRun."""
    run = read_run(folder)
    sheet = Sheet.of(run, failures([result.outcome for result in run.results]), "zh")
    drawn = figures_html(sheet)
    return Glance(
        card=_card(folder, sheet),
        warning=warning_html(sheet),
        withheld=sheet.withheld,
        figures={sheet.words(phrase): drawn[phrase] for phrase in FIGURES},
        facts=tuple(sheet.facts()),
        lines=tuple(
            _line(sheet, listed, *place) for listed, place in zip(sheet.listed(), _places(folder), strict=True)
        ),
    )


def _card(folder: Path, sheet: Sheet) -> Card:
    setup, right = sheet.run.setup, sheet.means.get("right")
    low, high = right.interval if right and right.interval else (None, None)
    return Card(
        name=folder.name,
        started_at=sheet.run.timings.started_at,
        split=setup.split,
        how=_how(sheet.run),
        n=len(sheet.results),
        answerer=setup.answerer,
        library=str(setup.library.get("id", "")),
        fingerprint=setup.fingerprint,
        right=right.value if right else None,
        low=low,
        high=high,
    )


def _how(run: Run) -> str:
    """Read off the cases: an id of eval/noise.py ends in its kind."""
    cases = [result.outcome.case for result in run.results]
    if any(case.probe for case in cases):
        return "换地"
    kinds = {case.id.partition("~")[2] for case in cases}
    return "、".join(sorted(KINDS.get(kind, "") for kind in kinds))


def _line(sheet: Sheet, listed: Listed, at: int, size: int) -> Line:
    result = listed.result
    outcome = result.outcome
    return Line(
        number=listed.number,
        case=outcome.case,
        state=listed.state,
        # what is withheld is None, so that no comparison can show it
        scores={name: score if sheet.shows(name) else None for name, score in result.scores.items()},
        fault=str(result.fault or "") if listed.state else "",
        status=outcome.status.value if outcome.status else "error",
        said=hashlib.sha256(outcome.text.encode()).hexdigest()[:12],
        at=at,
        size=size,
    )


def _places(folder: Path) -> Iterator[tuple[int, int]]:
    """From which byte on each line of cases.jsonl stands, and how many it has."""
    at = 0
    with (folder / CASES).open("rb") as file:
        for line in file:
            if line.strip():
                yield at, len(line)
            at += len(line)


# ── a case ──────────────────────────────────────────────────────────────────────────────────────────────────────


def case_sheet(folder: Path, glance: Glance, line: Line, side: str = "c") -> tuple[Sheet, Listed]:
    """One case, whole, and a sheet to read it by. `side`: where one page shows two, another one each. Raises BadRun."""
    try:
        with (folder / CASES).open("rb") as file:
            file.seek(line.at)
            outcome = read_outcome(folder, file.read(line.size))
    except OSError as exc:
        raise BadRun(f"{folder} 里的评测记录读不出来了。请刷新页面再试。") from exc
    head = read_head(folder)
    result = Result.of(outcome)
    sheet = Sheet(Run(head.setup, (result,), head.timings, folder), Words("zh"), glance.withheld, {})
    return sheet, Listed(line.number, result, line.state, side)


# ── keeping ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Glances:
    """Those that are kept in a desk's folder."""

    def __init__(self, desk: Path) -> None:
        self._folder = desk / "runs"

    def card(self, folder: Path) -> Card | None:
        """None where there is none yet, or it is out of date. Raises BadRun where the run turned out to be damaged."""
        return _read_card(next(self._rows(folder), {}), folder)

    def glance(self, folder: Path) -> Glance | None:
        """As `card`, with all of it."""
        rows = self._rows(folder)
        card, about = _read_card(next(rows, {}), folder), next(rows, {})
        lines = tuple(map(_read_line, rows))
        if card is None or len(lines) != card.n:
            return None
        facts = tuple((name, value) for name, value in about["facts"])
        return Glance(card, about["warning"], about["withheld"], about["figures"], facts, lines)

    def make(self, folder: Path) -> None:
        """Work it out and keep it; what is wrong with a damaged run is kept, too. Raises BadRun, OSError."""
        stamp = _stamp(folder)
        try:
            made = make_glance(folder)
        except BadRun as exc:
            self._keep(folder, [{"stamp": stamp, "broken": str(exc)}])
            raise
        card = asdict(made.card)
        about = {name: getattr(made, name) for name in ("warning", "withheld", "figures", "facts")}
        self._keep(folder, [{"stamp": stamp, "card": card}, about, *map(_line_row, made.lines)])

    def _path(self, folder: Path) -> Path:
        return self._folder / f"{folder.name}.jsonl"

    def _keep(self, folder: Path, rows: list[Mapping[str, Any]]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f".{folder.name}.{os.getpid()}"
        draft.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8", newline="\n")
        draft.replace(self._path(folder))

    def _rows(self, folder: Path) -> Iterator[dict[str, Any]]:
        with suppress(FileNotFoundError), self._path(folder).open(encoding="utf-8") as file:
            yield from map(json.loads, file)


def _read_card(row: Mapping[str, Any], folder: Path) -> Card | None:
    if row.get("stamp") != _stamp(folder):
        return None
    if "broken" in row:
        raise BadRun(row["broken"])
    return Card(**row["card"])


def _line_row(line: Line) -> dict[str, Any]:
    row = {name: getattr(line, name) for name in Line.__dataclass_fields__}
    return row | {"case": case_row(line.case), "state": asdict(line.state) if line.state else None}


def _read_line(row: Mapping[str, Any]) -> Line:
    state = State(**row["state"]) if row["state"] else None
    return Line(**{**row, "case": parse_case(row["case"]), "state": state})


def _stamp(folder: Path) -> str:
    """Another one after any change to the run or to the code. Raises BadRun where the run is not there."""
    try:
        about = (folder / CASES).stat()
    except OSError as exc:
        raise BadRun(f"{folder} 里没有评测记录（缺 {CASES}）。请先运行 wenzheng eval，或改路径。") from exc
    return f"{about.st_size}-{about.st_mtime_ns}-{_code()}"


@cache
def _code() -> str:
    """Tells the code that scores and draws."""
    root = Path(__file__).parent.parent.parent
    files = [*sorted((root / "eval").rglob("*.py")), Path(__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
