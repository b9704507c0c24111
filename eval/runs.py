"""The run folder: what was asked, case by case what came of it, and apart from both how long it took.

    run.json        what the run depends on: settings, library, prompts, questions, versions
    cases.jsonl     one outcome a line, with its scores and verdicts; with the extractive answerer the same every time
    timings.json    when, on how many processes, milliseconds by case, memory: what differs from time to time
    journal.jsonl   while it runs: whose it is, the outcomes so far with their milliseconds; a killed run goes on here

A run is whole once cases.jsonl is there. Scores are worked out anew when a run is read, so that a mended metric counts
for old runs as well; those in the file are for readers.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from eval.cases import case_row, parse_case
from eval.metrics.support import check
from eval.records import BadQuestions, BadRun, Cited, Found, Outcome, Stretch
from eval.scores import Result
from index.errors import system_reason
from index.records import Span
from qa.records import Status

FORMAT = 1
ABOUT, CASES, TIMINGS, JOURNAL = "run.json", "cases.jsonl", "timings.json", "journal.jsonl"

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Setup:
    """All that a run's outcomes depend on. Two runs of equal setup have equal outcomes, if no model writes."""

    answerer: str
    split: str  # dev, test, or dev-test
    k: int  # passages asked for
    settings: Mapping[str, object]  # less the folder of the library
    library: Mapping[str, object]  # id, embedder, tokeniser, counts
    questions: str  # sha256 of the cases
    prompts: Mapping[str, str]  # name → sha256
    versions: Mapping[str, str]  # wenzheng, python, packages

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that tell this setup from others."""
        return hashlib.sha256(_compact(asdict(self)).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Timings:
    """What differs from time to time."""

    started_at: str  # ISO 8601, UTC
    elapsed_s: float
    jobs: int  # processes that asked at the same time
    peak_mb: float  # of the largest process
    elapsed_ms: Mapping[str, float]  # by case id


@dataclass(frozen=True, slots=True)
class Run:
    """One answerer over some cases, scored, in the cases' order."""

    setup: Setup
    results: tuple[Result, ...]
    timings: Timings
    folder: Path | None = None


def runs_folder() -> Path:
    """Where runs lie unless told otherwise."""
    return user_data_path("wenzheng", appauthor=False) / "runs"


class Journal:
    """A run folder that is being written. Opened on a folder of the same setup, it holds what was done before.

    Raises BadRun where the folder holds a run of another setup that is not finished, or cannot be written. A finished
    run gives way to the new one only when that is finished, too: until then its files stay as they are.
    """

    def __init__(self, folder: Path, setup: Setup) -> None:
        self.folder, self._setup = folder, setup
        self.done: dict[str, tuple[Outcome, float]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            whose, self.done = _read_journal(folder / JOURNAL)
            if whose not in ("", setup.fingerprint):
                raise BadRun(
                    f"{folder} 里有一次没有做完的评测，设置与这次不同。请换一个 --output，或删去那个文件夹后再试。"
                )
            self._file = (folder / JOURNAL).open("a" if whose else "w", encoding="utf-8", newline="\n")
            # the empty line parts what comes from a last line that was cut short
            self._append("" if whose else _compact({"fingerprint": setup.fingerprint}))
        except OSError as exc:
            raise self._unwritable(exc) from exc

    def add(self, outcome: Outcome, elapsed_ms: float) -> None:
        """Keep one outcome; it is on the disk when this returns, as far as the system says."""
        try:
            self._append(_compact({"elapsed_ms": elapsed_ms, **outcome_row(outcome)}))
        except OSError as exc:
            raise self._unwritable(exc) from exc
        self.done[outcome.case.id] = (outcome, elapsed_ms)

    def finish(self, results: Sequence[Result], timings: Timings) -> Run:
        """Write cases and timings, drop the journal, and give the run."""
        self._file.close()
        run = Run(self._setup, tuple(results), timings, self.folder)
        write_run(run, self.folder)
        (self.folder / JOURNAL).unlink(missing_ok=True)
        return run

    def close(self) -> None:
        """Leave it unfinished."""
        with suppress(OSError):  # what the disk had no room for is asked again
            self._file.close()

    def _append(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()

    def _unwritable(self, exc: OSError) -> BadRun:
        return BadRun(f"{self.folder} 写不进去（{system_reason(exc)}）。请用 --output 另指一个文件夹。")


def write_run(run: Run, folder: Path) -> None:
    """Write a whole run; cases.jsonl last, since with it a run is whole. That of an earlier run goes first."""
    (folder / CASES).unlink(missing_ok=True)
    _write(folder / ABOUT, json.dumps(_about(run.setup), ensure_ascii=False, indent=1) + "\n")
    _write(folder / TIMINGS, json.dumps(asdict(run.timings), ensure_ascii=False, indent=1) + "\n")
    _write(folder / CASES, "".join(_compact(result_row(result)) + "\n" for result in run.results))


def read_run(folder: Path) -> Run:
    """A finished run, scored anew. Raises BadRun, naming the folder and what is wrong with it."""
    head = read_head(folder)
    results = tuple(Result.of(read_outcome(folder, line)) for line in _lines(folder / CASES))
    return Run(head.setup, results, head.timings, folder)


def read_head(folder: Path) -> Run:
    """A finished run without its results: what it depends on, and its times. Raises BadRun as `read_run` does."""
    if (folder / JOURNAL).exists() and not (folder / CASES).exists():
        raise BadRun(f"{folder} 里的评测还没有做完。请用同样的参数再运行一次 wenzheng eval，它会接着做。")
    about, timings = _read_about(folder), _read_object(folder / TIMINGS)
    try:
        setup = Setup(**{name: about[name] for name in Setup.__dataclass_fields__})  # type: ignore[arg-type]
        head = Run(setup, (), Timings(**timings), folder)  # type: ignore[arg-type]
        for held in (setup.settings, setup.library, setup.prompts, setup.versions, head.timings.elapsed_ms):
            if not isinstance(held, dict):
                raise TypeError(type(held))
        return head
    except (KeyError, TypeError) as exc:
        raise _damaged(folder, exc) from exc


def read_outcome(folder: Path, line: str | bytes) -> Outcome:
    """What one line of this folder's cases.jsonl tells. Raises BadRun, naming the folder."""
    try:
        return _outcome(json.loads(line))
    except (KeyError, TypeError, ValueError, BadQuestions) as exc:
        raise _damaged(folder, exc) from exc


def _damaged(folder: Path, exc: Exception) -> BadRun:
    return BadRun(f"{folder} 里的评测记录已损坏（{type(exc).__name__}）。请重新运行 wenzheng eval。")


# ── outcomes as rows ────────────────────────────────────────────────────────────────────────────────────────────


def result_row(result: Result) -> Json:
    """An outcome with its scores, fault and the verdict on each of its sentences."""
    verdicts = [
        {"sentence": c.text, "verdict": c.verdict, "lacking": list(c.lacking), "shared": round(c.shared, 3)}
        for c in check(result.outcome)
    ]
    return {
        **outcome_row(result.outcome),
        "fault": result.fault,
        "scores": dict(result.scores),
        "verdicts": verdicts,
    }


def outcome_row(outcome: Outcome) -> Json:
    """All of an outcome; `_outcome` reads it back."""
    return {
        **case_row(outcome.case),
        "located": [_place(place) for place in outcome.evidence],
        "cities": list(outcome.cities),
        "status": outcome.status.value if outcome.status else "error",
        "answer": outcome.text,
        "confidence": outcome.confidence,
        "answerable": outcome.answerable,
        "answerer": outcome.answerer,
        "error": outcome.error,
        "citations": [{**_fields(c), **_place(c.place)} for c in outcome.citations],
        "passages": [{"rank": rank, **_fields(p), **_place(p.place)} for rank, p in enumerate(outcome.passages, 1)],
    }


def _outcome(row: Mapping[str, object]) -> Outcome:
    """What outcome_row wrote. KeyError, TypeError, ValueError where it is none."""
    status = str(row["status"])
    return Outcome(
        case=parse_case(row),
        evidence=tuple(map(_stretch, _rows(row["located"]))),
        cities=tuple(map(str, _list(row["cities"]))),
        status=None if status == "error" else Status(status),
        text=str(row["answer"]),
        citations=tuple(Cited(place=_stretch(c), **_kept(c, Cited)) for c in _rows(row["citations"])),
        passages=tuple(Found(place=_stretch(p), **_kept(p, Found)) for p in _rows(row["passages"])),
        confidence=_belief(row["confidence"]),
        answerable=_belief(row.get("answerable")),  # runs of 0.4.0 and before do not tell
        answerer=str(row["answerer"]),
        error=str(row["error"]),
    )


def _belief(value: object) -> float | None:
    return None if value is None else float(str(value))


def _place(place: Stretch) -> Json:
    return {"source": place.source, "start": place.span.start, "end": place.span.end}


def _stretch(row: Mapping[str, object]) -> Stretch:
    return Stretch(str(row["source"]), Span(int(str(row["start"])), int(str(row["end"]))))


def _fields(item: Cited | Found) -> Json:
    return {name: getattr(item, name) for name in type(item).__dataclass_fields__ if name != "place"}


def _kept(row: Mapping[str, object], record: type[Cited] | type[Found]) -> dict[str, Any]:
    return {name: row[name] for name in record.__dataclass_fields__ if name != "place"}


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(type(value))
    return value


def _rows(value: object) -> list[Mapping[str, object]]:
    rows = _list(value)
    if not all(isinstance(row, dict) for row in rows):
        raise TypeError("not an object")
    return rows  # type: ignore[return-value]


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _about(setup: Setup) -> Json:
    return {"format": FORMAT, "fingerprint": setup.fingerprint, **asdict(setup)}


def _read_about(folder: Path) -> Json:
    about = _read_object(folder / ABOUT)
    if about.get("format") != FORMAT:
        raise BadRun(f"{folder} 是别的版本留下的评测记录，读不懂。请重新运行 wenzheng eval。")
    return about


def _read_object(path: Path) -> Json:
    try:
        found = json.loads("".join(_lines(path)))
    except ValueError as exc:
        raise BadRun(f"{path} 已损坏。请重新运行 wenzheng eval。") from exc
    if not isinstance(found, dict):
        raise BadRun(f"{path} 已损坏。请重新运行 wenzheng eval。")
    return found


def _lines(path: Path) -> list[str]:
    try:
        # never splitlines: a passage may hold U+2028
        return [line for line in path.read_text("utf-8").split("\n") if line.strip()]
    except FileNotFoundError as exc:
        raise BadRun(f"{path.parent} 里没有评测记录（缺 {path.name}）。请先运行 wenzheng eval，或改路径。") from exc
    except (OSError, UnicodeDecodeError) as exc:
        reason = system_reason(exc) if isinstance(exc, OSError) else "不是 UTF-8 文本"
        raise BadRun(f"{path} 读不出来（{reason}）。") from exc


def _read_journal(path: Path) -> tuple[str, dict[str, tuple[Outcome, float]]]:
    """The fingerprint of the setup and the outcomes of a journal by case id; "" and none where there is no journal.

    A line that was cut short, within a character maybe, is none.
    """
    whose, done = "", dict[str, tuple[Outcome, float]]()
    for line in path.read_bytes().split(b"\n") if path.exists() else ():
        with suppress(KeyError, TypeError, ValueError, BadQuestions):
            row = json.loads(line)
            if "fingerprint" in row:
                whose = str(row["fingerprint"])
            else:
                outcome = _outcome(row)
                done[outcome.case.id] = (outcome, float(row["elapsed_ms"]))
    return whose, done


def _write(path: Path, text: str) -> None:
    """All of it or nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    except OSError as exc:
        draft.unlink(missing_ok=True)
        raise BadRun(f"{path} 写不进去（{system_reason(exc)}）。请用 --output 另指一个文件夹。") from exc


def _compact(row: object) -> str:
    return json.dumps(row, ensure_ascii=False, default=str)


def digest(rows: Iterable[object]) -> str:
    """sha256 over rows, as they stand in a file."""
    return hashlib.sha256("\n".join(map(_compact, rows)).encode()).hexdigest()
