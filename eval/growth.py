"""How time and memory grow with the library: `python -m eval.growth --texts DIR --output DIR [--sizes 10000,30000]`.

For each size, counted in chunks, a library is built of DIR's texts (JSON lines compressed with zstd: title, text), as
documents and in a process of its own; another process opens it and asks. Every other document bears the name of a city,
so that a place in a question is a filter that keeps half of the library. Where the texts do not suffice they come
again, with other cities in them. Beside the clock's time stands the processor's, which tells one size from another
while other programs keep the machine busy. What has been measured is kept in growth.json and not measured again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from eval.report.plots import Axis, Line, growing
from eval.run import choose_cases
from eval.statistics import percentile
from index.places import known_cities

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
TARGETS = {"search_p95_ms": 80.0, "resident_mb": 2048.0}  # at the largest of SIZES, on two cores
ASKED, TITLES, ANSWERED, WARM_UP = (
    300,
    100,
    100,
    50,
)  # questions: searched for, titles among them, answered, asked before
_CHARS_A_CHUNK = 348  # measured on these texts
_DOCUMENTS_A_FILE = 10_000
_SHOWN = {
    "documents": "文件",
    "chunks": "段落",
    "build_s": "建库 s",
    "build_cpu_s": "建库 CPU s",
    "chunks_per_cpu_s": "段/CPU s",
    "build_peak_mb": "建库内存 MB",
    "disk_mb": "磁盘 MB",
    "open_s": "打开 s",
    "first_ms": "首问 ms",
    "search_p50_ms": "检索 p50 ms",
    "search_p95_ms": "检索 p95 ms",
    "search_cpu_p50_ms": "其 CPU p50 ms",
    "search_cpu_p95_ms": "其 CPU p95 ms",
    "answer_p50_ms": "答题 p50 ms",
    "answer_p95_ms": "答题 p95 ms",
    "answer_cpu_p50_ms": "其 CPU p50 ms",
    "answer_cpu_p95_ms": "其 CPU p95 ms",
    "resident_mb": "内存 MB",
    "anonymous_mb": "其中独占 MB",
}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Built:
    """What building a library took. MB are MiB; the peak counts files that were mapped, too."""

    documents: int
    chunks: int
    build_s: float
    build_cpu_s: float
    chunks_per_cpu_s: float
    build_peak_mb: float
    disk_mb: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking it took, in a process that has answered WARM_UP others; no question is asked twice."""

    open_s: float  # with all hashes compared
    first_ms: float
    search_p50_ms: float
    search_p95_ms: float
    search_cpu_p50_ms: float
    search_cpu_p95_ms: float
    answer_p50_ms: float
    answer_p95_ms: float
    answer_cpu_p50_ms: float
    answer_cpu_p95_ms: float
    resident_mb: float  # at the end
    anonymous_mb: float  # of these, what is no mapped file


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the sizes that were not measured yet, print a table, write growth.json and growth.svg."""
    parser = argparse.ArgumentParser(prog="python -m eval.growth", description="测用时与内存怎样随公文库增长")
    parser.add_argument("--texts", type=Path, required=True, help="正文所在文件夹，内有 *.jsonl.zst")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="各库的段落数，用逗号隔开")
    parser.add_argument("--questions", type=Path, action="append", default=[], help="题目文件（默认用自带的 dev 题）")
    parser.add_argument("--output", type=Path, required=True, help="结果与临时的公文库所在文件夹")
    args = parser.parse_args(argv)
    args.output.mkdir(parents=True, exist_ok=True)
    kept = args.output / "growth.json"
    measured: dict[str, dict[str, float]] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    for size in sorted(map(int, args.sizes.split(","))):
        if str(size) not in measured:
            measured[str(size)] = _measured(size, args.texts, args.questions, args.output)
            kept.write_text(json.dumps(measured, indent=1), "utf-8")
        print(json.dumps({"size": size, **measured[str(size)]}), file=sys.stderr)
    rows = sorted(measured.values(), key=lambda row: row["chunks"])
    print(f"{platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}")
    print(table(rows))
    (args.output / "growth.svg").write_text(plot(rows), "utf-8")
    return 0


def table(rows: Sequence[dict[str, float]]) -> str:
    """Markdown, a library a column."""
    head = ["", *(f"{row['chunks']:,.0f}" for row in rows)]
    lines = [head, ["---", *("---:" for _ in rows)]]
    for name, shown in _SHOWN.items():
        lines.append([shown, *(f"{row[name]:,.{0 if row[name] >= 100 else 1}f}" for row in rows)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plot(rows: Sequence[dict[str, float]]) -> str:
    """Search time and memory against the number of chunks, as SVG."""
    lines = [
        Line(name, [(row["chunks"], row[key]) for row in rows])
        for name, key in (
            ("内存 MB", "resident_mb"),
            ("建库 s", "build_s"),
            ("检索 p95 ms", "search_p95_ms"),
            ("检索 p50 ms", "search_p50_ms"),
        )
    ]
    return growing(lines, Axis("库中段落数", ""), "用时与内存随公文库的增长")


# ── the library ─────────────────────────────────────────────────────────────────────────────────────────────────


def documents(texts: Sequence[tuple[str, str]], chunks: int) -> Iterator[dict[str, str]]:
    """Lines of a .jsonl file that come to about so many chunks: the texts, then again with other cities in them."""
    cities = list(known_cities())
    left = float(chunks)
    for number in count():
        turn, at = divmod(number, len(texts))
        title, text = texts[at]
        if turn:
            title, text = _moved(title, turn), _moved(text, turn)
        if number % 2:
            title = f"{cities[number % len(cities)]}市人民政府关于{title}的通告"
        yield {"id": f"{number:07}", "title": title, "text": text}
        left -= max(1.0, len(text) / _CHARS_A_CHUNK)
        if left <= 0:
            return


def _moved(text: str, by: int) -> str:
    """The text with each city replaced by one so many places further in the list."""
    cities = list(known_cities())
    place = {city: at for at, city in enumerate(cities)}
    return re.sub("|".join(cities), lambda found: cities[(place[found[0]] + by) % len(cities)], text)


def read_texts(folder: Path) -> list[tuple[str, str]]:
    """Title and text of every line of the folder's files, mixed, in the same order every time."""
    import zstandard

    found: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.jsonl.zst")):
        with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
            rows = map(json.loads, stream.read().decode("utf-8").splitlines())
            found += [(row["title"] or row["text"][:20].split("\n")[0], row["text"]) for row in rows]
    if not found:
        raise SystemExit(f"{folder} 里没有 *.jsonl.zst 文件。")
    return sorted(found, key=lambda each: hashlib.sha256("\n".join(each).encode("utf-8", "surrogatepass")).digest())


def _write_documents(rows: Iterable[dict[str, str]], folder: Path) -> None:
    folder.mkdir()
    rows = iter(rows)
    for number in count():
        lines = [json.dumps(row, ensure_ascii=False) for row in islice(rows, _DOCUMENTS_A_FILE)]
        if not lines:
            return
        (folder / f"{number:04}.jsonl").write_text("\n".join(lines), "utf-8")


# ── the measuring ───────────────────────────────────────────────────────────────────────────────────────────────


def _measured(size: int, texts: Path, questions: Sequence[Path], output: Path) -> dict[str, float]:
    """The figures of one size; its library is removed."""
    work = output / f"library-{size}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    found = read_texts(texts)
    _write_documents(documents(found, size), work / "texts")
    asked = [case.question for case in choose_cases(questions, None if questions else "dev")]
    titles = [title for title, _ in islice(found, 0, TITLES * 5, 5)]
    wanted = ASKED - TITLES + ANSWERED + WARM_UP
    asked = asked[:: max(1, len(asked) // wanted)][:wanted]
    try:
        built = _alone(_build, work / "library", work / "texts")
        shutil.rmtree(work / "texts")
        return asdict(built) | asdict(_alone(_ask, work / "library", asked, titles))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _alone(what: Callable[..., _T], *given: Any) -> _T:  # noqa: ANN401
    """Call it in a fresh process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as worker:
        return worker.submit(what, *given).result()


def _build(folder: Path, texts: Path) -> Built:
    from index.build import build_library
    from index.static import StaticEmbedder

    clock = _Clock()
    report = build_library([texts], folder, embedder=StaticEmbedder.load())
    took, cpu_s = clock.read()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    rate = report.chunks / cpu_s
    return Built(report.documents, report.chunks, took, cpu_s, rate, _memory_mb("VmHWM"), size)


def _ask(folder: Path, asked: Sequence[str], titles: Sequence[str]) -> Asked:
    from index.holdings import STATIC
    from qa.assemble import open_answerer
    from qa.records import Question
    from qa.settings import Settings

    clock = _Clock()
    answerer = open_answerer(Settings(library=folder, embedder=STATIC))
    open_s, _ = clock.read()
    before, answered, searched = asked[:WARM_UP], asked[WARM_UP:][:ANSWERED], asked[WARM_UP + ANSWERED :]
    retrieve = answerer.retriever.retrieve
    first, *_ = [1000 * took for took, _ in _timed(retrieve, before)]
    searches = _timed(retrieve, [*searched, *titles])
    answers = _timed(lambda text: answerer.answer(Question(text)), answered)
    return Asked(open_s, first, *_spread_ms(searches), *_spread_ms(answers), _memory_mb("VmRSS"), _memory_mb("RssAnon"))


class _Clock:
    """Seconds since it was made: on the wall, and of the processor, all threads of this process together."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._wall, time.process_time() - self._cpu


def _timed(what: Callable[[str], object], texts: Iterable[str]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for text in texts:
        clock = _Clock()
        what(text)
        found.append(clock.read())
    return found


def _spread_ms(times: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """p50 and p95 on the wall, then of the processor."""
    wall, cpu = ([1000 * each for each in of_one] for of_one in zip(*times, strict=True))
    p50_wall, p95_wall, p50_cpu, p95_cpu = (percentile(ms, share) or 0.0 for ms in (wall, cpu) for share in (0.5, 0.95))
    return p50_wall, p95_wall, p50_cpu, p95_cpu


def _memory_mb(line: str) -> float:
    """What Linux says of this process's memory, in MiB. Of its own only: a child's ru_maxrss begins at its parent's."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split(f"{line}:")[1].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main())
