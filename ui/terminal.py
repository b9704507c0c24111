"""The terminal: UTF-8 for pipes, messages on stderr, colours and a progress bar where a person looks at it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from ui.render import Paint, one_line, plain, visible

Report = Callable[[int, int | None, str], None]
"""(done, of how many or None where nobody knows, what is being done)."""


def speak_utf8() -> None:
    """Pipes and files get UTF-8 whatever the locale; a terminal keeps an encoding that has Chinese."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty() and _knows_chinese(stream.encoding):
            reconfigure(errors="backslashreplace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _knows_chinese(encoding: str) -> bool:
    try:
        "问政".encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def let_go_of_stdout() -> None:
    """Where stdout takes no more, point it nowhere: the interpreter flushes it once more at the end, and complains."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(message: str) -> None:
    if sys.stderr is not None:
        print(visible(message), file=sys.stderr)


_CAUSES = {
    errno.ENOENT: "找不到它，或它所在的文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "是文件夹，这里要文件",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在的磁盘只读",
    errno.ENOSPC: "磁盘已满，请腾出空间后再试",
    errno.EDQUOT: "磁盘配额已用完，请腾出空间后再试",
    errno.EMFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "名字太长",
}


def os_error(exc: OSError) -> str:
    cause = _CAUSES.get(exc.errno or 0) or f"读写失败（{exc.strerror or type(exc).__name__}）"
    return f"“{os.fsdecode(exc.filename)}”：{cause}。" if isinstance(exc.filename, str | bytes) else f"{cause}。"


def is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


_ANSI = {"strong": "1", "mark": "1;34", "muted": "2", "warn": "33"}


def paint() -> Paint:
    if not is_terminal(sys.stdout) or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return plain
    return lambda text, style: f"\x1b[{_ANSI[style]}m{text}\x1b[0m"


@contextmanager
def progress(label: str, quiet: bool = False) -> Iterator[Report]:
    """A bar on stderr where a person looks at it, else nothing."""
    if quiet or not is_terminal(sys.stderr):
        yield lambda done, total, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(label),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    # stdout is the results' own: rich would lead it to the bar's stream
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=one_line(what))
