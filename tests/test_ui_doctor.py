"""`wenzheng doctor`: what is set is tried; what fails is told with the way out, and the rest is tried all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.build import build_library
from index.static import StaticEmbedder
from ui.cli import main


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "a.txt").write_text("甲市人民政府关于供热的通知\n供热期为每年11月1日至次年3月31日。\n", "utf-8")
    build_library([folder / "a.txt"], folder / "library", embedder=StaticEmbedder.load())
    return folder / "library"


def test_all_is_well(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--library", str(library)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split("：")[0] for line in told] == [
        f"好  {thing}" for thing in ("公文库", "词表", "嵌入模型", "重排模型", "语言模型")
    ]


def test_a_model_that_fails_does_not_keep_the_rest_from_being_tried(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "wenzheng.toml"
    settings.write_text(f'reranker = "{tmp_path}"\nthesaurus = "{tmp_path / "none"}"\n', "utf-8")
    monkeypatch.setenv("WENZHENG_CONFIG", str(settings))
    assert main(["doctor", "--library", str(library)]) == 2
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 5
    assert told[1].startswith("不行  词表：设置里的 thesaurus 指向")
    assert told[3].startswith("不行  重排模型：重排模型")
    assert told[4].startswith("好")
