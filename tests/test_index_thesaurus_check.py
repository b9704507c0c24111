"""index/thesaurus/check.py and the command: what keeps a file out, and what a clerk may look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.thesaurus import BUNDLED, load
from index.thesaurus.check import check
from ui.cli import main


def test_faults_and_doubts_name_the_line(tmp_path: Path) -> None:
    lines = [
        "# 住房",
        "房本, 房产证 > 不动产权证书",
        "房本 > 不动产权证书*0.5, 不动产登记",  # the first pair stands above
        "房本",  # leads nowhere
        "船 > 船舶",
        "不动产登记 > 房本",  # line 3 leads the other way
        "失业 > 待业*2",
    ]
    (tmp_path / "words.txt").write_text("\n".join(lines), "utf-8")
    (tmp_path / "old.txt").write_bytes("房本 > 证".encode("gb18030"))
    found = check([tmp_path])
    assert (found.files, found.groups, found.said, found.meant, found.pairs) == (2, 4, 4, 4, 5)
    assert not found.sound
    assert [(finding.place, finding.fault) for finding in found.findings] == [
        ("词表 old.txt", True),
        ("词表 words.txt 第 3 行", False),
        ("词表 words.txt 第 4 行", True),
        ("词表 words.txt 第 5 行", False),
        ("词表 words.txt 第 7 行", True),
        ("词表 words.txt 第 6 行", False),
    ]
    assert "第 2 行已经写过" in found.findings[1].text
    assert "读不懂" in found.findings[2].text
    assert "权重" in found.findings[4].text
    assert "第 3 行" in found.findings[5].text


def test_the_bundled_one_is_sound_and_as_large_as_it_says() -> None:
    found = check([BUNDLED])
    assert found.sound
    assert found.groups >= 9_500
    assert found.said == len(load().groups)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "words.txt").write_text("房本 > 不动产权证书\n", "utf-8")
    assert main(["thesaurus", "check", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ("1 个词表、1 组：1 个说法，1 个公文用词，1 对；读不懂的 0 处，可留意的 0 处。\n")
    (tmp_path / "words.txt").write_text("房本\n", "utf-8")
    assert main(["thesaurus", "check", str(tmp_path)]) == 2
    settings = tmp_path / "wenzheng.toml"
    settings.write_text(f'thesaurus = "{tmp_path / "none"}"', "utf-8")
    monkeypatch.setenv("WENZHENG_CONFIG", str(settings))
    assert main(["thesaurus", "check"]) == 2
    assert "没有这个文件夹" in capsys.readouterr().err


def test_words_of_ones_own_join_the_bundled_ones(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("蓝本本 > 不动产权证书\n", "utf-8")
    words = load(own=tmp_path)
    assert [found.term for found in words.expand("我家的蓝本本")] == ["不动产权证书"]
    assert len(words.groups) == len(load().groups) + 1
