"""The commands for accounts: user add, list, password, role, close, open; for whoever runs the service."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from index.errors import WenzhengError
from ui.arguments import Group, Parser
from ui.render import visible, well_formed
from ui.terminal import is_terminal, say

if TYPE_CHECKING:
    from ui.accounts import Accounts

DONE = 0
ROLES = {"agent": "坐席", "evaluator": "评测员", "admin": "管理员"}  # ui.records.Role, in Chinese

Add = Callable[..., Parser]


class PasswordError(WenzhengError):
    """No password was given, or two that differ."""


# ------------------------------------------------------------------------------------------------------ commands


def _add(args: argparse.Namespace) -> int:
    from ui.records import Role

    with _accounts() as accounts:
        account = accounts.add(args.name, Role(args.role), _password())
    print(f"已开通{ROLES[account.role]}账号“{visible(account.name)}”。请到 /login 登录。")
    return DONE


def _list(args: argparse.Namespace) -> int:
    with _accounts() as accounts:
        for account, closed in accounts.all():
            print(f"{visible(account.name)}\t{ROLES[account.role]}\t{'已停用' if closed else '可用'}")
    return DONE


def _set_password(args: argparse.Namespace) -> int:
    with _accounts() as accounts:
        accounts.set_password(args.name, _password())
    print("密码已改，原来的登录都已退出。")
    return DONE


def _set_role(args: argparse.Namespace) -> int:
    from ui.records import Role

    with _accounts() as accounts:
        accounts.set_role(args.name, Role(args.role))
    print(f"“{visible(args.name)}”现在是{ROLES[args.role]}。")
    return DONE


def _close(args: argparse.Namespace) -> int:
    with _accounts() as accounts:
        accounts.set_closed(args.name, True)
    print("账号已停用，登录已退出；它办过的工单都在。恢复请用 wenzheng user open。")
    return DONE


def _open(args: argparse.Namespace) -> int:
    with _accounts() as accounts:
        accounts.set_closed(args.name, False)
    print("账号已恢复。")
    return DONE


def _help(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return DONE


@contextmanager
def _accounts() -> Iterator[Accounts]:
    from qa.settings import Settings
    from ui.accounts import Accounts
    from ui.web import open_store

    with open_store(Settings.load()) as store:
        yield Accounts(store)


def _password() -> str:
    """Typed twice at a terminal, unseen; else the first line of standard input. Raises PasswordError."""
    if not is_terminal(sys.stdin):
        typed = sys.stdin.readline().rstrip("\r\n")
        if not typed:
            raise PasswordError("没有读到密码。请在终端里运行，或从标准输入给一行密码。")
        return typed
    say("密码至少 10 个字符，输入时不显示。")
    typed = getpass.getpass("密码：")
    if getpass.getpass("再输一遍：") != typed:
        raise PasswordError("两遍密码不一样，没有改动。请再试一次。")
    return typed


# ----------------------------------------------------------------------------------------------------- arguments


def add_commands(commands: Group, command: Add) -> None:
    """Add `user` with its own commands. `command`: adds a command to such a group."""
    text = "坐席台和评测台的账号"
    group: Parser = commands.add_parser("user", help=text, description=text)
    group.set_defaults(run=lambda _: _help(group))
    parts = group.add_subparsers(title="命令", metavar="命令")

    def named(name: str, run: Callable[[argparse.Namespace], int], text: str) -> Parser:
        added = command(name, run, text, parts, library=False)
        added.add_argument("name", metavar="用户名", type=well_formed, help="登录用的名字")
        return added

    for parser in (
        named("add", _add, "开一个账号；密码在终端里输，或从标准输入给一行"),
        named("role", _set_role, "改角色"),
    ):
        parser.add_argument(
            "--role",
            choices=tuple(ROLES),
            required=True,
            help="agent 坐席：只用坐席台；evaluator 评测员：只用评测台；admin 管理员：都能用",
        )
    command("list", _list, "列出账号", parts, library=False)
    named("password", _set_password, "改密码，并退出它所有的登录")
    named("close", _close, "停用账号，并退出它所有的登录")
    named("open", _open, "恢复停用的账号")
