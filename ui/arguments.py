"""argparse in Chinese, and the kinds of argument that several commands take."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from ui.render import visible, well_formed

REFUSED = 2  # it could not be done

Group: TypeAlias = "argparse._SubParsersAction[Parser]"  # what commands are added to


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
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


def folder(text: str) -> Path:
    if not text:  # an unset shell variable, which would otherwise mean the current folder
        raise argparse.ArgumentTypeError("请写文件夹的路径。")
    return Path(text)


def whole(low: int, high: int | None = None) -> Callable[[str], int]:
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


def add_k(parser: Parser) -> None:
    parser.add_argument("--k", metavar="N", type=whole(1), default=10, help="最多取几段（默认 %(default)s）")


def add_finding(parser: Parser) -> None:
    add_k(parser)
    parser.add_argument("--place", metavar="地区", type=place, default="", help="限定地区，例如 大同市")


def add_model(parser: Parser) -> None:
    parser.add_argument(
        "--model",
        metavar="NAME",
        help='这一次用哪个语言模型：模型文件夹、模型名，或“提供方:模型名”；空着（""）就摘录原文（默认：照设置）',
    )


def place(text: str) -> str:
    """A place, without what no terminal could have typed."""
    return well_formed(text).strip()
