"""The console command: index, notices, text, search, ask, serve, doctor, thesaurus; eval and bench stand in scores.py,
user in users.py.

Results go to stdout, progress and messages to stderr. Exit codes: 0 done; 1 a fault of the program; 2 it could not be
done, and the message says why; 3 the gate holds a run back; 130 interrupted; 141 nobody reads the output any more. A
message never holds a question: citizens type ID numbers.
"""

from __future__ import annotations

import argparse
import gc
import os
import stat
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, TYPE_CHECKING, TextIO

from index.errors import WenzhengError
from ui import scores, users
from ui.arguments import REFUSED, Group, Parser, add_finding, add_model, folder, whole
from ui.render import (
    NOTICE_COLUMNS,
    answer_json,
    answer_text,
    json_line,
    notice_json,
    notice_row,
    notice_text,
    one_line,
    passage_json,
    passage_text,
    visible,
    well_formed,
)
from ui.terminal import Report, is_terminal, let_go_of_stdout, os_error, paint, progress, say, speak_utf8

if TYPE_CHECKING:
    from index.library import Library
    from index.retrieve import Retriever
    from qa.assemble import LiveAnswerer
    from qa.enrich import Enricher
    from qa.settings import Settings

DONE, FAULT, INTERRUPTED, UNREAD = 0, 1, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's own) and return its exit code. Raises nothing."""
    speak_utf8()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: what we multiply is small
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
        let_go_of_stdout()
        return UNREAD
    except WenzhengError as exc:
        say(str(exc))
        return REFUSED
    except OSError as exc:
        say(os_error(exc))
        let_go_of_stdout()
        return REFUSED
    except Exception as exc:
        say(
            f"程序内部出错（{type(exc).__name__}）。请把所用的子命令和这一行告诉维护者；"
            "要看详情，请设环境变量 WENZHENG_DEBUG=1 再运行一次。"
        )
        return FAULT


def _run(argv: list[str]) -> int:
    args = _parser().parse_args(scores.with_default(argv))
    command: Callable[[argparse.Namespace], int] | None = args.run
    if command is None:  # `wenzheng` alone
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
    questions = _enricher(settings) if args.enrich else None
    with progress("建库") as report:
        done = build_library(
            paths,
            folder,
            only=args.only,
            embedder=embedder_of(settings),
            questions=questions,
            keep_files=settings.keep_files,
            progress=report,
        )
    for problem in done.problems:
        say(one_line(problem))
    print(
        f"{done.documents} 份文件、{done.notices} 件公文、{done.chunks} 段"
        f"（新增 {done.added}、更新 {done.refreshed}、未变 {done.unchanged}、移除 {done.dropped}），"
        f"用时 {time.perf_counter() - began:.1f} 秒。库 {done.library_id} 在 {visible(str(folder))}"
    )
    nothing_done = not (done.added or done.refreshed or done.unchanged or done.dropped)
    return REFUSED if nothing_done and done.problems else DONE


def _enricher(settings: Settings) -> Enricher:
    """What the settings' model thinks a passage answers; kept beside the library's generations."""
    from qa.enrich import Enricher
    from qa.model import open_model

    return Enricher(open_model(settings), settings.library / "questions.jsonl")


def _notices(args: argparse.Namespace) -> int:
    catalogue = _open_library(args).catalogue
    notices = catalogue.notices()
    if args.json:
        for notice in notices:
            print(json_line(notice_json(notice, catalogue.relations(notice.id))))
    elif is_terminal(sys.stdout):
        brush = paint()
        for notice in notices:
            print(notice_text(notice, brush))
    else:
        print("\t".join(NOTICE_COLUMNS))
        for notice in notices:
            print("\t".join(notice_row(notice)))
    return DONE


def _text(args: argparse.Namespace) -> int:
    try:
        document = _open_library(args).catalogue.document(args.source)
    except KeyError:
        say(f"库里没有“{args.source}”。收录的文件见 wenzheng notices，请照那里的写法写。")
        return REFUSED
    # bytes, since a text stream may rewrite line ends
    sys.stdout.buffer.write(well_formed(document.text).encode("utf-8"))
    return DONE


def _search(args: argparse.Namespace) -> int:
    with _uncollected():
        passages = _open_retriever(args).retrieve(_words(args.question), args.k, args.place)
    if not passages:
        say("没有找到相关的段落。请换一种说法，或不限地区再试。")
    brush = paint()
    for passage in passages:
        print(json_line(passage_json(passage)) if args.json else passage_text(passage, brush))
    return DONE


def _ask(args: argparse.Namespace) -> int:
    from qa.records import Question

    if bool(args.question) == (args.batch is not None):
        say('请写一个问题（wenzheng ask "您的问题"），或用 --batch 给一批问题，两者取一。')
        return REFUSED
    if args.batch is not None:
        return _ask_batch(args)
    if args.output != "-":
        say("--output 要和 --batch 一起用；一个问题的答案写在标准输出。")
        return REFUSED
    with _uncollected():
        answer = _open_answerer(args).answer(Question(_words(args.question), place=args.place), args.k)
    print(json_line(answer_json(answer)) if args.json else answer_text(answer, paint()))
    return DONE


def _ask_batch(args: argparse.Namespace) -> int:
    from ui.batch import answer_rows

    began = time.perf_counter()
    rows = errors = 0
    with _reading(args.batch) as lines:
        if _is_same_file(lines, args.output):
            say("--batch 和 --output 是同一个文件，问题会被答案盖掉。请另写一个输出文件。")
            return REFUSED
        answerer = _open_answerer(args)  # before the old output is given up
        with _writing(args.output) as out, progress("作答", quiet=args.output == "-") as report:
            for record in answer_rows(_reported(lines, report), answerer, args.k, args.place):
                out.write(json_line(record) + "\n")
                out.flush()  # a batch that is killed keeps what it has
                rows += 1
                errors += record["status"] == "error"
    say(f"{rows} 行：答 {rows - errors}，出错 {errors}，用时 {time.perf_counter() - began:.1f} 秒。")
    return REFUSED if rows == errors else DONE


def _serve(args: argparse.Namespace) -> int:
    from index.errors import LibraryMissing
    from index.library import Library
    from ui.web import serve

    settings = _settings(args)
    try:
        Library.open(settings.library)
    except LibraryMissing:
        say(f"{settings.library} 里还没有公文库，先用随附的五份公报建一个。")
        _index(argparse.Namespace(library=args.library, paths=[], only=False, enrich=False))
    serve(settings, args.host, args.port)
    return DONE


def _doctor(args: argparse.Namespace) -> int:
    from ui.doctor import examine

    sound = True
    brush = paint()
    for finding in examine(_settings(args)):
        sound = sound and finding.sound
        mark = brush("好", "green") if finding.sound else brush("不行", "red")
        print(f"{mark}  {finding.thing}：{one_line(finding.text)}", flush=True)
    return DONE if sound else REFUSED


def _help(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return DONE


def _thesaurus_check(args: argparse.Namespace) -> int:
    from index.thesaurus import BUNDLED
    from index.thesaurus.check import check
    from qa.assemble import own_words

    own = own_words(_settings(args))
    found = check(args.folders or [BUNDLED, *([own] if own else [])])
    for finding in found.findings:
        print(f"{finding.place}：{finding.text}" if finding.fault else f"{finding.place}（可留意）：{finding.text}")
    faults = sum(finding.fault for finding in found.findings)
    print(
        f"{found.files} 个词表、{found.groups} 组：{found.said} 个说法，{found.meant} 个公文用词，{found.pairs} 对；"
        f"读不懂的 {faults} 处，可留意的 {len(found.findings) - faults} 处。"
    )
    return DONE if found.sound and found.files else REFUSED


# -------------------------------------------------------------------------------------------- what commands need


def _settings(args: argparse.Namespace) -> Settings:
    from qa.settings import Settings

    settings = Settings.load(library=args.library)
    model = getattr(args, "model", None)
    return settings if model is None else replace(settings, model=model)


@contextmanager
def _uncollected() -> Iterator[None]:
    """For one question: what is opened stays, so that nothing is gained by looking through it for what does not."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _open_library(args: argparse.Namespace) -> Library:
    from index.library import Library

    return Library.open(_settings(args).library)


def _open_answerer(args: argparse.Namespace) -> LiveAnswerer:
    from qa.assemble import open_answerer

    return open_answerer(_settings(args))


def _open_retriever(args: argparse.Namespace) -> Retriever:
    from qa.assemble import open_retriever

    return open_retriever(_settings(args))


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


# ----------------------------------------------------------------------------------------------------- arguments


def _parser() -> Parser:
    parser = Parser(
        prog="wenzheng",
        description="问政：就政府公报提问，答案句句有出处。",
        epilog="退出码：0 完成；1 程序出错；2 不能完成，原因见提示；3 没有通过 eval gate；"
        "130 被中断；141 输出没有人读。\n"
        "结果写到标准输出（UTF-8），进度和提示写到标准错误。每个命令的用法：wenzheng 命令 --help",
    )
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="命令", metavar="命令")

    def command(
        name: str,
        run: Callable[[argparse.Namespace], int],
        text: str,
        group: Group = commands,
        library: bool = True,  # does it lean on one?
    ) -> Parser:
        added: Parser = group.add_parser(name, help=text, description=text)
        added.set_defaults(run=run, library=None)
        if not library:
            return added
        added.add_argument(
            "--library",
            metavar="DIR",
            type=folder,
            help="库所在的文件夹（默认：环境变量 WENZHENG_LIBRARY，再默认系统的数据文件夹）",
        )
        return added

    index = command("index", _index, "读文件或文件夹，建库或更新库")
    index.add_argument("paths", metavar="PATH", nargs="*", type=folder, help="文件或文件夹（默认：随附的公报）")
    index.add_argument("--only", action="store_true", help="库里只留这些文件，其余移除")

    index.add_argument(
        "--enrich",
        action="store_true",
        help="让语言模型为每段设想市民的问法，只用来查找，不会引用；要很久，中断后再运行会接着做（默认不用）",
    )
    add_model(index)

    notices = command("notices", _notices, "列出库里的公文")
    notices.add_argument("--json", action="store_true", help="每行一个 JSON 对象")

    text = command("text", _text, "原样打印一份文件的文字；出处的起止位置按它数（Unicode 码位）")
    text.add_argument("source", metavar="SOURCE", type=well_formed, help="文件的名字，照 wenzheng notices 列出的写法")

    search = command("search", _search, "只查找，不作答：列出相关的段落")
    search.add_argument("question", metavar="问题", nargs="+", help="要找的话")
    add_finding(search)
    search.add_argument("--json", action="store_true", help="每行一个 JSON 对象")

    ask = command("ask", _ask, "提一个问题，或用 --batch 提一批")
    ask.add_argument("question", metavar="问题", nargs="*", help="要问的话")
    add_finding(ask)
    add_model(ask)
    ask.add_argument("--json", action="store_true", help="一行一个 JSON 对象")
    ask.add_argument(
        "--batch",
        metavar="IN.jsonl",
        help='一批问题，每行 {"id", "question", "history": […]}，可加 "asked_on": "YYYY-MM-DD"；- 为标准输入',
    )
    ask.add_argument("--output", metavar="OUT.jsonl", default="-", help="这批答案写到哪里（默认 -，标准输出）")

    serve = command("serve", _serve, "打开问答网页")
    add_model(serve)
    serve.add_argument("--host", default="127.0.0.1", help="监听的地址（默认 %(default)s，只有本机能打开）")
    serve.add_argument("--port", type=whole(0, 65535), default=7860, help="端口（默认 %(default)s）")

    command(
        "doctor", _doctor, "逐项检查：公文库、词表、嵌入模型、重排模型、语言模型能不能用，各要多久；本机有哪些语言模型"
    )

    words = commands.add_parser("thesaurus", help="词表：老百姓的说法对公文的用词", description="词表的命令")
    words.set_defaults(run=lambda _: _help(words))
    check = command(
        "check",
        _thesaurus_check,
        "逐行检查词表：读不懂的、重复的、两头都写的",
        words.add_subparsers(title="命令", metavar="命令"),
        library=False,
    )
    check.add_argument(
        "folders", metavar="DIR", nargs="*", type=folder, help="词表的文件夹（默认：随附的，加设置里的）"
    )

    scores.add_commands(commands, command)
    users.add_commands(commands, command)

    return parser
