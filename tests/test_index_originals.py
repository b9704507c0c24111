"""The bytes of what was indexed: kept whole, given out unchanged or not at all, gone when nothing refers to them."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from index import originals as module
from index.build import build_library
from index.errors import LibraryDamaged
from index.library import Library
from index.originals import Originals, pieces
from tests.fakes import CharEmbedder

TEXT = "大同市人民政府办公室\n关于{0}的通知\n同政办发〔2024〕1号\n各县（区）人民政府：\n一、{0}的补贴为每人1元。\n"
HTML = "<!doctype html><meta charset=utf-8><script>alert(1)</script><p>大同市人民政府关于灯的通知</p><p>一、亮。</p>"


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def read(kept: Originals, hash_: str) -> bytes:
    return b"".join(pieces(kept.open(hash_)))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "甲.pdf"
    path.write_bytes(b"%PDF " + bytes(range(256)) * 9000)  # more than is read at once
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Originals:
    return Originals(tmp_path / "originals")


def test_a_copy_outlives_the_file(kept: Originals, file: Path) -> None:
    raw = file.read_bytes()
    assert kept.keep(sha256(raw), file, again=True)
    file.unlink()
    assert read(kept, sha256(raw)) == raw
    assert kept.size(sha256(raw)) == len(raw) == 2_304_005
    assert kept.keep(sha256(raw), file, again=True)  # it is there still


def test_what_is_not_kept_is_not_there(kept: Originals) -> None:
    for hash_ in (sha256(b"other"), "", "../../etc/passwd", "A" * 64):
        assert kept.size(hash_) is None
        with pytest.raises(KeyError):
            kept.open(hash_)


def test_a_file_that_has_changed_since_it_was_read_is_not_kept(kept: Originals, file: Path, tmp_path: Path) -> None:
    assert not kept.keep(sha256(b"as it was"), file, again=True)
    assert names(tmp_path / "originals") == set()


@pytest.mark.parametrize("gone", ["missing", "pipe", "folder"])
def test_what_is_no_file_is_not_kept(kept: Originals, tmp_path: Path, gone: str) -> None:
    path = tmp_path / gone
    if gone == "pipe":
        os.mkfifo(path)
    elif gone == "folder":
        path.mkdir()
    assert not kept.keep(sha256(b""), path, again=True)


def test_a_copy_that_was_altered_is_not_given_out_and_is_mended(kept: Originals, file: Path, tmp_path: Path) -> None:
    raw = file.read_bytes()
    kept.keep(sha256(raw), file, again=False)
    copy = tmp_path / "originals" / sha256(raw)[:2] / sha256(raw)
    copy.write_bytes(raw[:-1] + b"x")
    with pytest.raises(LibraryDamaged, match="请再运行一次 `wenzheng index`"):
        kept.open(sha256(raw))
    assert kept.keep(sha256(raw), file, again=False)  # there is one: it is not looked into
    assert kept.keep(sha256(raw), file, again=True)
    assert read(kept, sha256(raw)) == raw


def test_a_disk_that_is_nearly_full_is_left_alone(
    kept: Originals, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=module.SPARE_BYTES + file.stat().st_size - 1)
    monkeypatch.setattr("index.originals.shutil.disk_usage", lambda _: usage)
    assert not kept.keep(sha256(file.read_bytes()), file, again=True)
    assert names(tmp_path / "originals") == set()


def test_only_what_is_wanted_stays(kept: Originals, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "乙.txt"
    other.write_bytes(b"2")
    for path in (file, other):
        kept.keep(sha256(path.read_bytes()), path, again=True)
    (tmp_path / "originals" / "ab").mkdir(exist_ok=True)
    (tmp_path / "originals" / "ab" / "ab.new").write_bytes(b"half")  # what a killed build left
    kept.retain({sha256(b"2")})
    assert names(tmp_path / "originals") == {sha256(b"2")}
    kept.retain(set())
    assert not (tmp_path / "originals").exists()


# ── with a library ──────────────────────────────────────────────────────────────────────────────────────────────


def index(folder: Path, *paths: Path, only: bool = False, keep_files: bool = True) -> list[str]:
    done = build_library(paths, folder, only=only, embedder=CharEmbedder(), keep_files=keep_files)
    return list(done.problems)


def held(folder: Path) -> set[str]:
    return names(folder / "originals")


def put(path: Path, about: str) -> str:
    """Its hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(about if about.startswith("<") else TEXT.format(about), encoding="gb18030")
    return sha256(path.read_bytes())


def test_a_library_keeps_what_it_was_made_from_and_lets_go_of_what_has_gone(tmp_path: Path) -> None:
    library, here = tmp_path / "库", tmp_path / "甲"
    first, page = put(here / "一.txt", "一"), put(here / "页.html", HTML)
    assert index(library, here) == []
    assert held(library) == {first, page}
    here.rename(tmp_path / "搬走了")
    assert read(Library.open(library).originals, page) == HTML.encode("gb18030")

    second = put(tmp_path / "乙" / "二.txt", "二")
    assert index(library, tmp_path / "乙") == []  # the others are elsewhere, and stay
    assert held(library) == {first, page, second}
    assert index(library, tmp_path / "乙", only=True) == []
    assert held(library) == {second}


def test_a_library_without_copies_gets_them_with_the_next_build_and_loses_them_where_they_are_not_wanted(
    tmp_path: Path,
) -> None:
    library, here = tmp_path / "库", tmp_path / "甲"
    first = put(here / "一.txt", "一")
    index(library, here, keep_files=False)
    assert held(library) == set()
    before = Library.open(library).manifest.id
    index(library, here)
    assert held(library) == {first}
    assert Library.open(library).manifest.id == before  # no answer depends on it
    index(library, here, keep_files=False)
    assert held(library) == set()


def test_lines_of_notices_are_not_copied(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"id": "1", "text": "第1件"}\n', encoding="utf-8")
    assert index(tmp_path / "库", lines) == []
    assert held(tmp_path / "库") == set()


def test_what_could_not_be_copied_is_told_and_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "甲" / "一.txt", "一")
    monkeypatch.setattr(Originals, "_copy", lambda *_: False)
    (problem,) = index(tmp_path / "库", tmp_path / "甲")
    assert problem.startswith("“一.txt”没有留存原件副本")
    assert Library.open(tmp_path / "库").manifest.counts["notices"] == 1


def test_a_build_that_dies_costs_no_copy_of_the_library_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library, here = tmp_path / "库", tmp_path / "甲"
    first = put(here / "一.txt", "一")
    index(library, here)
    (here / "一.txt").unlink()
    put(here / "二.txt", "二")
    with monkeypatch.context() as dying:
        dying.setattr("index.library._share", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            index(library, here)
    assert read(Library.open(library).originals, first)
