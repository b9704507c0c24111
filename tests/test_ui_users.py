"""wenzheng user …"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from ui.cli import main
from ui.users import ROLES

PASSWORD = "一个很长的口令：甲乙丙丁"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WENZHENG_DESK", str(tmp_path / "desk"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "desk"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return main(["user", *arguments])


def test_an_account_from_first_to_last(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "add", "李坐席", "--role", "agent", typed=f"{PASSWORD}\n") == 0
    assert "已开通坐席账号“李坐席”" in capsys.readouterr().out
    assert run(monkeypatch, "role", "李坐席", "--role", "evaluator") == 0
    assert run(monkeypatch, "password", "李坐席", typed=f"{PASSWORD}新\n") == 0
    assert run(monkeypatch, "close", "李坐席") == 0
    capsys.readouterr()
    assert run(monkeypatch, "list") == 0
    assert capsys.readouterr().out == "李坐席\t评测员\t已停用\n"
    assert run(monkeypatch, "open", "李坐席") == 0


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("add", "甲", "--role", "agent"), "", "没有读到密码"),
        (("add", "甲", "--role", "agent"), "短\n", "10 到 200 个字符"),
        (("add", "甲"), "", "--role"),
        (("add", "甲", "--role", "king"), "", "agent"),
        (("close", "乙"), "", "没有用户“乙”"),
        (("password",), "", "缺少"),
    ],
)
def test_what_cannot_be_done_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    typed: str,
    said: str,
) -> None:
    assert run(monkeypatch, *arguments, typed=typed) == 2
    assert said in capsys.readouterr().err


def test_every_role_has_a_chinese_name() -> None:
    from ui.records import Role

    assert set(ROLES) == {role.value for role in Role}
