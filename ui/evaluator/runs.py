"""The run folders of this machine, by name: which there are, which are sound, and never one outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.records import BadRun
from eval.runs import CASES, JOURNAL, read_head, runs_folder
from ui.evaluator.glance import Card, Glances
from ui.records import Turned

_NAME = re.compile(r"(?!\.+$)[\w.~-]+")  # what an address can hold
_MAX_NAME_BYTES = 255  # what a file system can


@dataclass(frozen=True, slots=True)
class Entry:
    """A run folder in the list. `card` is None while it is not worked out; `broken` says why nothing can be shown."""

    name: str
    started_at: str = ""
    split: str = ""
    n: int = 0
    answerer: str = ""
    library: str = ""
    card: Card | None = None
    broken: str = ""
    unfinished: bool = False  # broken, but can be gone on with


def entries(glances: Glances) -> Sequence[Entry]:
    """Every run folder, the newest first, those that are broken last."""
    folder = runs_folder()
    names = [each.name for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []
    found = [_entry(folder / name, glances) for name in sorted(names)]
    return sorted(found, key=lambda entry: (not entry.broken, entry.started_at), reverse=True)


def run_folder(name: str) -> Path:
    """The folder of this name. Raises Turned where there is none directly in the folder of runs."""
    folder = runs_folder() / name
    if not _NAME.fullmatch(name) or len(name.encode()) > _MAX_NAME_BYTES or not _within(folder):
        raise Turned(404, "没有这次评测。现有的见评测台。")
    return folder


def _within(folder: Path) -> bool:
    """Is it a folder that lies there itself, and not a link to elsewhere?"""
    return folder.is_dir() and folder.resolve().parent == runs_folder().resolve()


def _entry(folder: Path, glances: Glances) -> Entry:
    if not _NAME.fullmatch(folder.name):
        return Entry(folder.name, broken="名字里有网址不能写的字。请改成只有汉字、字母、数字和 . _ - 的名字。")
    if not _within(folder):
        return Entry(folder.name, broken="它是指向别处的链接，评测台只打开评测文件夹里的记录。")
    if (folder / JOURNAL).exists() and not (folder / CASES).exists():
        return Entry(folder.name, broken="用同样的题和问法再做一次，会接着做。", unfinished=True)
    try:
        head, card = read_head(folder), glances.card(folder)
    except BadRun as exc:
        return Entry(folder.name, broken=str(exc))
    setup, timings = head.setup, head.timings
    n, library = len(timings.elapsed_ms), str(setup.library.get("id", ""))
    return Entry(folder.name, str(timings.started_at), str(setup.split), n, str(setup.answerer), library, card)
