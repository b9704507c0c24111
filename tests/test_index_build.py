from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.build import build_library, bundled_corpus
from index.errors import LibraryDamaged, LibraryError, LibraryMismatch, NothingToIndex
from index.files.read import FoundFile, ReadResult, read_file
from index.library import Library, write_generation
from tests.fakes import CharEmbedder

TEXT = "大同市人民政府办公室\n关于{0}的通知\n同政办发〔2024〕{1}号\n各县（区）人民政府：\n一、{0}的补贴为每人{1}元。\n"


def put(path: Path, about: str = "", number: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEXT.format(about or path.stem, number), encoding="utf-8")
    return path


def index(library: Path, *paths: Path, only: bool = False) -> tuple[int, str]:
    """How many documents went, and the problems."""
    done = build_library(paths, library, only=only, embedder=CharEmbedder())
    return done.dropped, "\n".join(done.problems)


def held(library: Path) -> dict[str, str]:
    """The texts by source."""
    return {each.source: each.text for each in Library.open(library).catalogue.documents()}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Holds 甲/一.txt, 甲/二.txt and 甲/下/三.txt."""
    for name in ("一.txt", "二.txt", "下/三.txt"):
        put(tmp_path / "甲" / name)
    index(tmp_path / "库", tmp_path / "甲")
    return tmp_path / "库"


# ----------------------------------------------------------------------------------------- what cannot be read now


def test_what_is_gone_below_a_folder_goes(library: Path, tmp_path: Path) -> None:
    (tmp_path / "甲" / "一.txt").unlink()
    (tmp_path / "甲" / "下" / "三.txt").unlink()
    (tmp_path / "甲" / "下").rmdir()
    assert index(library, tmp_path / "甲") == (2, "")
    assert held(library).keys() == {"二.txt"}


@pytest.mark.parametrize("only", [False, True])
def test_a_file_that_cannot_be_read_keeps_its_version(library: Path, tmp_path: Path, only: bool) -> None:
    before = held(library)
    (tmp_path / "甲" / "一.txt").write_text("", encoding="utf-8")
    dropped, problems = index(library, tmp_path / "甲", only=only)
    assert (dropped, held(library)) == (0, before)
    assert "“一.txt”是空的" in problems
    assert problems.endswith("“一.txt”这次没有读到，库里保留上次读到的内容。")


def test_a_folder_that_cannot_be_listed_keeps_its_documents(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, scandir = held(library), os.scandir

    def listed(folder: Path | int) -> object:
        if str(folder).endswith("下"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    with monkeypatch.context() as here:
        here.setattr("index.files.read.os.scandir", listed)
        dropped, problems = index(library, tmp_path / "甲")
    assert (dropped, held(library)) == (0, before)
    assert "“下/三.txt”这次没有读到" in problems


def test_a_path_that_is_not_there_keeps_its_documents(library: Path, tmp_path: Path) -> None:
    before = held(library)
    (tmp_path / "甲").rename(tmp_path / "拔掉的盘")
    put(tmp_path / "乙" / "四.txt")
    dropped, problems = index(library, tmp_path / "甲", tmp_path / "乙", only=True)
    assert (dropped, set(held(library))) == (0, {*before, "四.txt"})
    assert "没有读到，库里保留" in problems
    with pytest.raises(NothingToIndex, match="没有读到，库里保留"):
        index(library, tmp_path / "甲")


def test_a_bad_line_keeps_what_it_held_and_a_line_that_is_gone_goes(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    good = '{{"id": "{0}", "text": "第{0}件"}}\n'
    lines.write_text("".join(map(good.format, "123")), encoding="utf-8")
    index(tmp_path / "库", lines)
    lines.write_text(good.format(1) + "{坏\n", encoding="utf-8")
    assert index(tmp_path / "库", lines)[0] == 0
    assert held(tmp_path / "库").keys() == set("123")
    lines.write_text(good.format(1) + good.format(3), encoding="utf-8")
    assert index(tmp_path / "库", lines) == (1, "")
    assert held(tmp_path / "库").keys() == set("13")


# ---------------------------------------------------------------------------------------------- a damaged library


def damage(library: Path) -> None:
    path = Library.open(library).files.vectors
    path.write_bytes(path.read_bytes()[:-1])


def test_a_damaged_library_is_not_replaced_by_a_part_of_it(library: Path, tmp_path: Path) -> None:
    damage(library)
    with pytest.raises(LibraryDamaged, match=r"vectors\.faiss.*wenzheng index --only.*没有改动.*甲/下/三\.txt"):
        index(library, put(tmp_path / "四.txt"))
    with pytest.raises(LibraryDamaged, match="--only"):
        index(library)
    with pytest.raises(LibraryDamaged, match="--only"):
        Library.open(library)
    _, problems = index(library, tmp_path / "甲", tmp_path / "四.txt", only=True)
    assert "重新建立" in problems
    assert held(library).keys() == {"一.txt", "二.txt", "下/三.txt", "四.txt"}


def test_a_library_of_another_version_is_not_replaced_either(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.library.FORMAT", 99)
    with pytest.raises(LibraryMismatch, match=r"--only.*甲/一\.txt"):
        index(library, put(tmp_path / "四.txt"))


def test_a_library_that_has_lost_its_pointer_is_not_replaced_either(library: Path, tmp_path: Path) -> None:
    (library / "current").unlink()
    with pytest.raises(LibraryDamaged, match=r"current。.*--only.*甲/一\.txt"):
        index(library, put(tmp_path / "四.txt"))


def test_without_a_manifest_and_a_catalogue_nothing_is_replaced(library: Path, tmp_path: Path) -> None:
    files = Library.open(library).files
    files.manifest.write_bytes(b"{")
    files.catalogue.write_bytes(b"SQLite")
    with pytest.raises(LibraryDamaged, match=r"没有改动。$"):
        index(library)


def test_a_damaged_library_of_the_bundled_corpus_alone_is_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "corpus" / "随附.txt")
    monkeypatch.setattr("index.build.bundled_corpus", lambda: tmp_path / "corpus")
    index(tmp_path / "库")
    damage(tmp_path / "库")
    assert "重新建立" in index(tmp_path / "库")[1]
    assert held(tmp_path / "库").keys() == {"随附.txt"}
    assert bundled_corpus().is_dir()


# ------------------------------------------------------------------------------------------------ two runs at once


def test_a_second_run_is_told_before_it_reads_anything(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_while_another_runs(file: FoundFile) -> ReadResult:
        with pytest.raises(LibraryError, match="另一个 `wenzheng index` 正在更新"), write_generation(library):
            pass
        return read_file(file)

    monkeypatch.setattr("index.build.read_file", read_while_another_runs)
    index(library, put(tmp_path / "四.txt"))
    assert "四.txt" in held(library)


# ------------------------------------------------------------------------------------- one source from two folders


def test_another_folders_file_of_the_same_name_does_not_replace_the_first(library: Path, tmp_path: Path) -> None:
    before = held(library)
    put(tmp_path / "乙" / "一.txt", "另一事项", 2)
    put(tmp_path / "乙" / "五.txt")
    _, problems = index(library, tmp_path / "乙")
    assert problems.startswith(f"“一.txt”有两份内容不同的文件：{tmp_path / '甲/一.txt'} 与 {tmp_path / '乙/一.txt'}。")
    assert held(library)["一.txt"] == before["一.txt"]
    assert "五.txt" in held(library)


def test_a_file_that_has_moved_and_changed_replaces_the_first(library: Path, tmp_path: Path) -> None:
    (tmp_path / "甲" / "一.txt").unlink()
    assert index(library, put(tmp_path / "乙" / "一.txt", "另一事项", 2)) == (0, "")
    assert "另一事项" in held(library)["一.txt"]
