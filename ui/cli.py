"""The console command: index, notices, text, search, ask, serve, eval.

Results go to stdout, progress and messages to stderr. Exit codes: 0 done; 1 a fault of the program; 2 it could not be
done, and the message says why; 130 interrupted; 141 nobody reads the output any more. A message never holds a question:
citizens type ID numbers.
"""

from __future__ import annotations

import argparse
import errno
import os
import re
import stat
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, TextIO

from index.errors import WenzhengError
from ui.render import (
    NOTICE_COLUMNS,
    Paint,
    answer_json,
    answer_text,
    json_line,
    notice_json,
    notice_row,
    notice_text,
    one_line,
    passage_json,
    passage_text,
    plain,
    visible,
    well_formed,
)

if TYPE_CHECKING:
    from index.library import Library
    from qa.assemble import LiveAnswerer
    from qa.settings import Settings

DONE, FAULT, REFUSED, INTERRUPTED, UNREAD = 0, 1, 2, 130, 141

Report = Callable[[int, int | None, str], None]
"""(done, of how many or None where nobody knows, what is being done)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's own) and return its exit code. Raises nothing."""
    _speak_utf8()
    try:
        try:
            code = _run(sys.argv[1:] if argv is None else list(argv))
        except SystemExit as done:  # argparse, after --help or a wrong argument
            code = done.code if isinstance(done.code, int) else DONE
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a full disk can still be told
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _let_go_of_stdout()
        return UNREAD
    except WenzhengError as exc:
        _say(str(exc))
        return REFUSED
    except OSError as exc:
        _say(_os_error(exc))
        _let_go_of_stdout()
        return REFUSED
    except Exception as exc:
        _say(
            f"程序内部出错（{type(exc).__name__}）。请把所用的子命令和这一行告诉维护者；"
            "要看详情，请设环境变量 WENZHENG_DEBUG=1 再运行一次。"
        )
        return FAULT


def _run(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] | None = args.run
    if command is None:
        _parser().print_help()
        return DONE
    try:
        return command(args)
    except Exception:
        if os.environ.get("WENZHENG_DEBUG") == "1":
            traceback.print_exc()
        raise


# ------------------------------------------------------------------------------------------------------ commands


def _index(args: argparse.Namespace) -> int:
    from index.build import build_library, bundled_corpus
    from qa.assemble import embedder_of

    began = time.perf_counter()
    settings = _settings(args)
    folder, paths = settings.library, args.paths or [bundled_corpus()]
    with _progress("建库") as report:
        done = build_library(paths, folder, only=args.only, embedder=embedder_of(settings), progress=report)
    for problem in done.problems:
        _say(one_line(problem))
    print(
        f"{done.documents} 份文件、{done.notices} 件公文、{done.chunks} 段"
        f"（新增 {done.added}、更新 {done.refreshed}、未变 {done.unchanged}、移除 {done.dropped}），"
        f"用时 {time.perf_counter() - began:.1f} 秒。库 {done.library_id} 在 {visible(str(folder))}"
    )
    nothing_done = not (done.added or done.refreshed or done.unchanged or done.dropped)
    return REFUSED if nothing_done and done.problems else DONE


def _notices(args: argparse.Namespace) -> int:
    notices = _open_library(args).catalogue.notices()
    if args.json:
        for notice in notices:
            print(json_line(notice_json(notice)))
    elif _is_terminal(sys.stdout):
        paint = _paint()
        for notice in notices:
            print(notice_text(notice, paint))
    else:
        print("\t".join(NOTICE_COLUMNS))
        for notice in notices:
            print("\t".join(notice_row(notice)))
    return DONE


def _text(args: argparse.Namespace) -> int:
    try:
        document = _open_library(args).catalogue.document(args.source)
    except KeyError:
        _say(f"库里没有“{args.source}”。收录的文件见 wenzheng notices，请照那里的写法写。")
        return REFUSED
    # bytes, since a text stream may rewrite line ends
    sys.stdout.buffer.write(well_formed(document.text).encode("utf-8"))
    return DONE


def _search(args: argparse.Namespace) -> int:
    passages = _open_answerer(args).retriever.retrieve(_words(args.question), args.k, args.place)
    if not passages:
        _say("没有找到相关的段落。请换一种说法，或不限地区再试。")
    paint = _paint()
    for passage in passages:
        print(json_line(passage_json(passage)) if args.json else passage_text(passage, paint))
    return DONE


def _ask(args: argparse.Namespace) -> int:
    from qa.records import Question

    if bool(args.question) == (args.batch is not None):
        _say('请写一个问题（wenzheng ask "您的问题"），或用 --batch 给一批问题，两者取一。')
        return REFUSED
    if args.batch is not None:
        return _ask_batch(args)
    if args.output != "-":
        _say("--output 要和 --batch 一起用；一个问题的答案写在标准输出。")
        return REFUSED
    answer = _open_answerer(args).answer(Question(_words(args.question), place=args.place), args.k)
    print(json_line(answer_json(answer)) if args.json else answer_text(answer, _paint()))
    return DONE


def _ask_batch(args: argparse.Namespace) -> int:
    from ui.batch import answer_rows

    began = time.perf_counter()
    rows = errors = 0
    with _reading(args.batch) as lines:
        if _is_same_file(lines, args.output):
            _say("--batch 和 --output 是同一个文件，问题会被答案盖掉。请另写一个输出文件。")
            return REFUSED
        answerer = _open_answerer(args)  # before the old output is given up
        with _writing(args.output) as out, _progress("作答", quiet=args.output == "-") as report:
            for record in answer_rows(_reported(lines, report), answerer, args.k, args.place):
                out.write(json_line(record) + "\n")
                out.flush()  # a batch that is killed keeps what it has
                rows += 1
                errors += record["status"] == "error"
    _say(f"{rows} 行：答 {rows - errors}，出错 {errors}，用时 {time.perf_counter() - began:.1f} 秒。")
    return REFUSED if rows == errors else DONE


def _eval(args: argparse.Namespace) -> int:
    from eval.report import show
    from eval.run import run_eval

    answerer = _open_answerer(args)
    with _progress("评测") as report:
        scores = run_eval(answerer, answerer.library.catalogue, args.questions, args.split, k=args.k, progress=report)
    print(show(scores, as_json=args.json, failures=args.failures))
    return DONE


def _serve(args: argparse.Namespace) -> int:
    from index.errors import LibraryMissing
    from index.library import Library
    from ui.web import serve

    settings = _settings(args)
    try:
        Library.open(settings.library)
    except LibraryMissing:
        _say(f"{settings.library} 里还没有公文库，先用随附的五份公报建一个。")
        _index(argparse.Namespace(library=args.library, paths=[], only=False))
    serve(settings, args.host, args.port)
    return DONE


# -------------------------------------------------------------------------------------------- what commands need


def _settings(args: argparse.Namespace) -> Settings:
    from qa.settings import Settings

    return Settings.load(library=args.library)


def _open_library(args: argparse.Namespace) -> Library:
    from index.library import Library

    return Library.open(_settings(args).library)


def _open_answerer(args: argparse.Namespace) -> LiveAnswerer:
    from qa.assemble import open_answerer

    return open_answerer(_settings(args))


def _place(text: str) -> str:
    return well_formed(text).strip()


def _words(words: Sequence[str]) -> str:
    """The question of a command line, quoted or not."""
    return well_formed(" ".join(words))


@contextmanager
def _reading(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
    else:
        with open(name, "rb") as stream:
            yield stream


@contextmanager
def _writing(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdout
    else:
        with open(name, "w", encoding="utf-8", newline="\n") as stream:
            yield stream


def _is_same_file(stream: IO[bytes], name: str) -> bool:
    try:
        there = os.fstat(sys.stdout.fileno()) if name == "-" else os.stat(name)
        here = os.fstat(stream.fileno())
    except (OSError, AttributeError):  # not there yet, or no file behind it
        return False
    return stat.S_ISREG(there.st_mode) and os.path.samestat(here, there)


def _reported(lines: IO[bytes], report: Report) -> Iterator[bytes]:
    """The lines, telling how many of the file's bytes are behind."""
    try:
        size = os.fstat(lines.fileno()).st_size or None
    except OSError:
        size = None
    done = 0
    for number, line in enumerate(lines, 1):
        yield line
        done += len(line)
        report(done, size, f"第 {number} 行")


# ------------------------------------------------------------------------------------------------------ terminal


def _speak_utf8() -> None:
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


def _let_go_of_stdout() -> None:
    """Where stdout takes no more, point it nowhere: the interpreter flushes it once more at the end, and complains."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _say(message: str) -> None:
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


def _os_error(exc: OSError) -> str:
    cause = _CAUSES.get(exc.errno or 0) or f"读写失败（{exc.strerror or type(exc).__name__}）"
    return f"“{os.fsdecode(exc.filename)}”：{cause}。" if isinstance(exc.filename, str | bytes) else f"{cause}。"


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


_ANSI = {"strong": "1", "mark": "1;34", "muted": "2", "warn": "33"}


def _paint() -> Paint:
    if not _is_terminal(sys.stdout) or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return plain
    return lambda text, style: f"\x1b[{_ANSI[style]}m{text}\x1b[0m"


@contextmanager
def _progress(label: str, quiet: bool = False) -> Iterator[Report]:
    """A bar on stderr where a person looks at it, else nothing."""
    if quiet or not _is_terminal(sys.stderr):
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


# ----------------------------------------------------------------------------------------------------- arguments


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """argparse in Chinese, which does not say back what may be a question."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        options = {"add_help": False, "allow_abbrev": False, "formatter_class": _Help} | kwargs
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(REFUSED, f"参数有误：{visible(_in_chinese(message))}\n")


_OPTION = re.compile(r"-{1,2}[A-Za-z][A-Za-z-]*")


def _in_chinese(message: str) -> str:
    name, _, rest = message.removeprefix("argument ").partition(": ")
    if message.startswith("unrecognized arguments"):
        unknown = [word for word in rest.split() if _OPTION.fullmatch(word)]
        if unknown:
            return f"不认识的选项 {'、'.join(unknown)}。请看 --help。"
        return "有多余的参数。请给带空格的参数加引号；问题以“-”开头时，请在它前面写 --。"
    if message.startswith("the following arguments are required"):
        return f"缺少 {rest}。"
    if rest.startswith("invalid choice") and name.startswith("--"):
        return f"{name} 要从 {rest.partition('choose from ')[2].rstrip(')')} 中选一个。"
    if rest.startswith("invalid choice"):
        return '没有这个命令。请看 wenzheng --help；要提问，请写 wenzheng ask "您的问题"。'
    if rest.startswith("expected"):
        return f"{name} 后面缺少内容。"
    if rest.startswith("ignored explicit argument"):
        return f"{name} 后面不带内容。"
    return f"{name}：{rest}" if rest and not rest.isascii() else "请看 --help。"


def _folder(text: str) -> Path:
    if not text:  # an unset shell variable, which would otherwise mean the current folder
        raise argparse.ArgumentTypeError("请写文件夹的路径。")
    return Path(text)


def _whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """Reads a whole number from low to high."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if number < low or (high is not None and number > high):
            raise argparse.ArgumentTypeError(
                f"请写不小于 {low} 的整数。" if high is None else f"请写 {low} 到 {high} 的整数。"
            )
        return number

    return read


def _parser() -> _Parser:
    parser = _Parser(
        prog="wenzheng",
        description="问政：就政府公报提问，答案句句有出处。",
        epilog="退出码：0 完成；1 程序出错；2 不能完成，原因见提示；130 被中断；141 输出没有人读。\n"
        "结果写到标准输出（UTF-8），进度和提示写到标准错误。每个命令的用法：wenzheng 命令 --help",
    )
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="命令", metavar="命令")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> _Parser:
        added: _Parser = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument(
            "--library",
            metavar="DIR",
            type=_folder,
            help="库所在的文件夹（默认：环境变量 WENZHENG_LIBRARY，再默认系统的数据文件夹）",
        )
        return added

    index = command("index", _index, "读文件或文件夹，建库或更新库")
    index.add_argument("paths", metavar="PATH", nargs="*", type=_folder, help="文件或文件夹（默认：随附的公报）")
    index.add_argument("--only", action="store_true", help="库里只留这些文件，其余移除")

    notices = command("notices", _notices, "列出库里的公文")
    notices.add_argument("--json", action="store_true", help="每行一个 JSON 对象")

    text = command("text", _text, "原样打印一份文件的文字；出处的起止位置按它数（Unicode 码位）")
    text.add_argument("source", metavar="SOURCE", type=well_formed, help="文件的名字，照 wenzheng notices 列出的写法")

    search = command("search", _search, "只查找，不作答：列出相关的段落")
    search.add_argument("question", metavar="问题", nargs="+", help="要找的话")
    _add_finding(search)
    search.add_argument("--json", action="store_true", help="每行一个 JSON 对象")

    ask = command("ask", _ask, "提一个问题，或用 --batch 提一批")
    ask.add_argument("question", metavar="问题", nargs="*", help="要问的话")
    _add_finding(ask)
    ask.add_argument("--json", action="store_true", help="一行一个 JSON 对象")
    ask.add_argument(
        "--batch",
        metavar="IN.jsonl",
        help='一批问题，每行 {"id", "question", "history": […]}，可加 "asked_on": "YYYY-MM-DD"；- 为标准输入',
    )
    ask.add_argument("--output", metavar="OUT.jsonl", default="-", help="这批答案写到哪里（默认 -，标准输出）")

    serve = command("serve", _serve, "打开问答网页")
    serve.add_argument("--host", default="127.0.0.1", help="监听的地址（默认 %(default)s，只有本机能打开）")
    serve.add_argument("--port", type=_whole(0, 65535), default=7860, help="端口（默认 %(default)s）")

    scores = command("eval", _eval, "给答案打分")
    scores.add_argument(
        "--questions", metavar="FILE", nargs="+", type=Path, default=[], help="题目文件，JSONL（默认：随附的题目）"
    )
    scores.add_argument("--split", choices=("dev", "test"), help="只考这一部分（默认：随附的题目考 dev，自己的全考）")
    _add_k(scores)
    scores.add_argument("--failures", action="store_true", help="列出没答对的题")
    scores.add_argument("--json", action="store_true", help="一个 JSON 对象，逐题的结果也在里面")

    return parser


def _add_k(parser: _Parser) -> None:
    parser.add_argument("--k", metavar="N", type=_whole(1), default=10, help="最多取几段（默认 %(default)s）")


def _add_finding(parser: _Parser) -> None:
    _add_k(parser)
    parser.add_argument("--place", metavar="地区", type=_place, default="", help="限定地区，例如 大同市")
