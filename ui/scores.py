"""The commands for evaluators: eval run, compare, report, gate, peers, judge; and bench."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ui.arguments import Group, Parser, add_k, folder, whole
from ui.render import visible
from ui.terminal import progress, say

if TYPE_CHECKING:
    from eval.runs import Run
    from qa.settings import Settings

DONE, HELD_BACK = 0, 3

Add = Callable[..., Parser]
NOISES = (  # eval.noise.KINDS, named here since a command that scores nothing need not load it
    *(
        "homophone",
        "accent",
        "lookalike",
        "dropped",
        "unpunctuated",
        "traditional",
        "pinyin",
        "letters",
        "story",
        "fillers",
    ),
    *("place", "county", "foreign", "ours", "issued", "nickname", "serial", "turns", "double"),
)
_GROUP = ("run", "compare", "report", "gate", "peers", "judge")


def with_default(argv: list[str]) -> list[str]:
    """`eval …` is short for `eval run …`."""
    if argv[:1] == ["eval"] and argv[1:2] not in ([name] for name in (*_GROUP, "-h", "--help")):
        return ["eval", "run", *argv[1:]]
    return argv


# ------------------------------------------------------------------------------------------------------ commands


def _run(args: argparse.Namespace) -> int:
    from eval.canaries import failures
    from eval.report.table import show
    from eval.run import run_eval

    with progress("评测") as report:
        run = run_eval(
            _settings(args),
            args.questions,
            args.split,
            k=args.k,
            jobs=args.jobs,
            swaps=args.swaps,
            noise=args.noise,
            output=args.output,
            progress=report,
        )
    broken = failures([result.outcome for result in run.results])
    print(show(run, broken=broken, as_json=args.json, failures=args.failures))
    say(f"评测记录在 {visible(str(run.folder))}")
    return DONE


def _compare(args: argparse.Namespace) -> int:
    from eval.compare import compare, show_comparison

    print(show_comparison(compare(_read(args.a), _read(args.b)), as_json=args.json))
    return DONE


def _report(args: argparse.Namespace) -> int:
    from eval.canaries import failures
    from eval.report.html import to_html
    from eval.report.markdown import to_markdown
    from eval.report.table import to_json

    run = _read(args.run_folder)
    broken = failures([result.outcome for result in run.results])
    for name, reason in broken.items():
        say(f"指标 {name} 没有通过自检，报告里不显示：{reason}。")
    if args.format == "json":
        text = to_json(run, broken=broken) + "\n"
    elif args.format == "md":
        text = to_markdown(run, broken=broken, lang=args.lang)
    else:
        text = to_html(run, broken=broken, lang=args.lang)
    if args.output is None and args.format == "html":
        args.output = (run.folder or Path()) / "report.html"
    if args.output is None:
        print(text, end="")
    else:
        args.output.write_text(text, encoding="utf-8", newline="\n")
        say(f"报告在 {visible(str(args.output))}")
    return DONE


def _gate(args: argparse.Namespace) -> int:
    from eval.gate import BASELINE, accept, judge, read_baseline, show_judgement, write_baseline

    path = args.baseline or BASELINE
    known = None if args.accept else read_baseline(path)  # before minutes are spent
    with tempfile.TemporaryDirectory() as scratch:
        runs = [_read(each) for each in args.runs] or _gated_runs(_settings(args), Path(scratch))
    if known is None:
        write_baseline(accept(runs, "wenzheng eval gate --accept"), path)
        say(f"已立为基线：{visible(str(path))}")
        return DONE
    found = judge(known, runs)
    print(show_judgement(found))
    return DONE if found.passed else HELD_BACK


def _gated_runs(settings: Settings, scratch: Path) -> list[Run]:
    """The dev questions, and one probe made of each, over the bundled gazettes in a library of their own."""
    from eval.run import run_eval
    from index.build import build_library
    from qa.assemble import embedder_of

    settings = replace(settings, library=scratch / "library")
    with progress("建库") as report:
        build_library([], settings.library, embedder=embedder_of(settings), progress=report)
    runs: list[Run] = []
    for name, swaps in (("dev", False), ("swaps", True)):
        with progress("评测") as report:
            out = scratch / name
            runs.append(run_eval(settings, split="dev", swaps=swaps, swap_cities=1, output=out, progress=report))
    return runs


def _peers(args: argparse.Namespace) -> int:
    from eval.peers.compare import compare_peers
    from eval.peers.table import show_peers

    with progress("比较") as report:
        found = compare_peers(args.paths, args.questions, args.split, args.only, k=args.k, progress=report)
    print(show_peers(found, as_json=args.json))
    return DONE


def _judge(args: argparse.Namespace) -> int:
    from eval.judge import judge_run, show_judged
    from qa.model import open_model

    settings = _settings(args)
    model = open_model(replace(settings, model=args.model) if args.model else settings)
    run = _read(args.run_folder)
    with progress("评判") as report:
        judged = judge_run(run.results, model, progress=report)
    print(show_judged(judged, as_json=args.json))
    return DONE


def _bench(args: argparse.Namespace) -> int:
    if args.reading:
        return _bench_reading(args)
    if args.answering:
        return _bench_answering(args)
    from eval.benchmark import run_benchmark
    from eval.benchmark_report import rankings, show_benchmark
    from qa.assemble import embedder_of, own_reader, reranker_of

    settings = _settings(args)
    with progress("评测") as report:
        found = run_benchmark(
            args.folder,
            args.queries,
            embedder=embedder_of(settings),
            reranker=reranker_of(settings),
            reader=own_reader(settings),
            progress=report,
        )
    print(show_benchmark(found, args.json))
    if args.rankings:
        args.rankings.write_text(rankings(found), encoding="utf-8", newline="\n")
        say(f"排名在 {visible(str(args.rankings))}")
    return DONE


def _bench_reading(args: argparse.Namespace) -> int:
    from eval.public_report import show_reading
    from eval.reading import run_reading
    from qa.assemble import embedder_of, own_reader

    settings = _settings(args)
    embedder, reader = embedder_of(settings), own_reader(settings)
    with progress("评测") as report:
        found = run_reading(args.folder, args.sample, embedder=embedder, reader=reader, progress=report)
    print(show_reading(found, args.json))
    return DONE


def _bench_answering(args: argparse.Namespace) -> int:
    from eval.answering import run_answering
    from eval.public_report import show_answering
    from qa.assemble import embedder_of, own_reader

    settings = _settings(args)
    embedder, reader = embedder_of(settings), own_reader(settings)
    with progress("评测") as report:
        found = run_answering(args.folder, args.sample, embedder=embedder, reader=reader, progress=report)
    print(show_answering(found, args.json))
    return DONE


def _read(name: Path) -> Run:
    """A run by its folder, or by its name below the folder where runs lie."""
    from eval.runs import read_run, runs_folder

    return read_run(name if name.exists() or name.is_absolute() else runs_folder() / name)


def _settings(args: argparse.Namespace) -> Settings:
    from qa.settings import Settings

    return Settings.load(library=args.library)


# ----------------------------------------------------------------------------------------------------- arguments


def add_commands(commands: Group, command: Add) -> None:
    """Add `eval` with its own commands, and `bench`. `command`: adds a command to such a group."""
    text = "给答案打分（wenzheng eval … 就是 wenzheng eval run …）"
    group: Parser = commands.add_parser("eval", help=text, description=text)
    group.set_defaults(run=None)
    parts = group.add_subparsers(title="命令", metavar="命令")

    run = command("run", _run, "考一套题，打印成绩，留下评测记录", parts)
    _add_questions(run)
    add_k(run)
    run.add_argument("--swaps", action="store_true", help="不考原题，考由它们换地生成的题：只看会不会拿外地的规定来答")
    run.add_argument(
        "--noise",
        choices=NOISES,
        default="",
        metavar="KIND",
        help=f"不考原题，考改得像真人随口问的题：{'、'.join(NOISES)}",
    )
    run.add_argument("--jobs", metavar="N", type=whole(1, 256), help="几个进程一起答（默认：按核数和题数）")
    run.add_argument("--output", metavar="DIR", type=folder, help="评测记录放在哪里（默认：数据文件夹的 runs 下）")
    run.add_argument("--failures", action="store_true", help="列出没答对的题")
    run.add_argument("--json", action="store_true", help="一个 JSON 对象，逐题的结果也在里面")

    compare = command("compare", _compare, "比较两次评测：哪些变好，哪些变差，是不是偶然", parts, library=False)
    compare.add_argument("a", metavar="甲", type=folder, help="前一次的评测记录")
    compare.add_argument("b", metavar="乙", type=folder, help="后一次的评测记录")
    compare.add_argument("--json", action="store_true", help="一个 JSON 对象")

    report = command("report", _report, "把一次评测写成报告", parts, library=False)
    report.add_argument("run_folder", metavar="评测记录", type=folder, help="评测记录的文件夹，或它的名字")
    report.add_argument("--format", choices=("html", "md", "json"), default="html", help="格式（默认 %(default)s）")
    report.add_argument("--lang", choices=("zh", "en"), default="zh", help="标题的语言（默认 %(default)s）")
    report.add_argument(
        "--output", metavar="FILE", type=folder, help="写到哪里（默认：html 写进评测记录，其余写到标准输出）"
    )

    gate = command("gate", _gate, "与立下的基线逐题比；有指标变差就不放行（退出码 3）", parts, library=False)
    gate.add_argument(
        "runs", metavar="评测记录", nargs="*", type=folder, help="拿哪几次评测去比（默认：当场考 dev 题和换地题）"
    )
    gate.add_argument("--baseline", metavar="FILE", type=folder, help="基线文件（默认：随附的 eval/baseline.json）")
    gate.add_argument("--accept", action="store_true", help="不比，把这次立为基线")

    peers = command(
        "peers", _peers, "同样的文件和题，与常见的做法比查找的本事（要另装 wenzheng[peers]）", parts, library=False
    )
    peers.add_argument("paths", metavar="PATH", nargs="*", type=folder, help="文件或文件夹（默认：随附的公报）")
    _add_questions(peers)
    add_k(peers)
    peers.add_argument("--only", metavar="NAME", nargs="+", help="只比这几家")
    peers.add_argument("--json", action="store_true", help="一个 JSON 对象")

    judge = command("judge", _judge, "让语言模型也评一遍，看它与要点评分有多一致", parts, library=False)
    judge.add_argument("run_folder", metavar="评测记录", type=folder, help="评测记录的文件夹，或它的名字")
    judge.add_argument("--model", metavar="NAME", help="哪个模型（默认：设置里的 model）")
    judge.add_argument("--json", action="store_true", help="一个 JSON 对象")

    bench = command("bench", _bench, "在公开的评测集上考查找、摘读、作答的本事（BEIR 格式的文件夹）", library=False)
    bench.add_argument("folder", metavar="DIR", type=folder, help="内有 corpus.jsonl、queries.jsonl、qrels.tsv")
    what = bench.add_mutually_exclusive_group()
    what.add_argument("--reading", action="store_true", help="考摘读：每题给出段落（另有 answers.jsonl）")
    what.add_argument(
        "--answering", action="store_true", help="考作答与拒答：另有 answers.jsonl，或 RGB 那样的 cases.jsonl"
    )
    bench.add_argument("--sample", metavar="N", type=whole(1, 10**6), help="摘读与作答只考随机抽出的这么多题")
    bench.add_argument("--queries", metavar="FILE", type=folder, help="另一份问题文件（默认：DIR/queries.jsonl）")
    bench.add_argument(
        "--rankings", metavar="FILE", type=Path, help="另把每条查询排出的文件写成 TREC 格式，供别的程序读"
    )
    bench.add_argument("--json", action="store_true", help="最后一行是一个 JSON 对象")


def _add_questions(parser: Parser) -> None:
    parser.add_argument(
        "--questions", metavar="FILE", nargs="+", type=Path, default=[], help="题目文件，JSONL（默认：随附的题目）"
    )
    parser.add_argument("--split", choices=("dev", "test"), help="只考这一部分（默认：随附的题目考 dev，自己的全考）")
