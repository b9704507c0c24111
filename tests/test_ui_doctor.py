"""`wenzheng doctor`: what is set is tried; what fails is told with the way out, and the rest is tried all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.build import build_library
from index.contextual import ContextualEmbedder
from qa.inventory import Held
from qa.settings import Settings
from ui.cli import main
from ui.doctor import _held


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "a.txt").write_text("甲市人民政府关于供热的通知\n供热期为每年11月1日至次年3月31日。\n", "utf-8")
    build_library([folder / "a.txt"], folder / "library", embedder=ContextualEmbedder.load())
    return folder / "library"


def test_all_is_well(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--library", str(library)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split("：")[0] for line in told] == [
        f"好  {thing}" for thing in ("公文库", "词表", "嵌入模型", "重排模型", "语言模型", "本机的模型")
    ]


def test_a_model_that_fails_does_not_keep_the_rest_from_being_tried(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "wenzheng.toml"
    settings.write_text(f'reranker = "{tmp_path}"\nthesaurus = "{tmp_path / "none"}"\n', "utf-8")
    monkeypatch.setenv("WENZHENG_CONFIG", str(settings))
    assert main(["doctor", "--library", str(library)]) == 2
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 6
    assert told[1].startswith("不行  词表：设置里的 thesaurus 指向")
    assert told[3].startswith("不行  重排模型：重排模型")
    assert told[4].startswith("好")


@pytest.mark.parametrize(
    ("gigabytes", "said"),
    [
        (1.0, 'tiny（文件夹，1.0 GB，放得下）；可设 model = "/models/tiny"'),
        (30.0, "tiny（文件夹，30.0 GB，放不下）；可下载 Qwen/Qwen3-1.7B 再设 model"),
    ],
)
def test_what_is_here_and_fits_is_told_with_what_to_set(
    gigabytes: float, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Held("/models/tiny", int(gigabytes * 1e9), "文件夹")
    monkeypatch.setattr("qa.inventory.held_models", lambda model: [here])
    monkeypatch.setattr("qa.inventory.memory_bytes", lambda: int(16e9))
    monkeypatch.setattr("qa.model.accelerators", list)
    told = _held(Settings())
    assert told == f"内存 16.0 GB，没有 GPU；/models/{said}"
