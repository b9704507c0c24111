from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.catalogue import CatalogueWriter
from index.dense import DenseIndex
from index.errors import LibraryDamaged, LibraryError, LibraryMismatch, LibraryMissing
from index.hits import Facets
from index.lexical import LexicalIndex, LexicalRow
from index.library import Draft, Library, default_folder, write_generation
from tests.fakes import CharEmbedder
from tests.library_samples import DATONG, DOCUMENTS, YANGQUAN, chunks_of


def fill(draft: Draft, note: str = "") -> None:
    """All parts of a small library; `note` makes it another one."""
    texts = [chunk.text for chunk in chunks_of(DATONG)]
    with CatalogueWriter(draft.files.catalogue) as catalogue:
        catalogue.add_document(DOCUMENTS[0])
        catalogue.add_notice(DATONG, (), chunks_of(DATONG))
        if note:
            catalogue.add_notice(YANGQUAN, (), chunks_of(YANGQUAN, [note]))
        content, counts = catalogue.digest, catalogue.counts
    rows = (LexicalRow(row, "", "", text, Facets.of(DATONG)) for row, text in enumerate(texts))
    LexicalIndex.build(draft.files.words, rows)
    DenseIndex.build([CharEmbedder().embed_texts(texts)]).save(draft.files.vectors)
    draft.files.embedder.mkdir()
    (draft.files.embedder / "embedder.json").write_text("{}", encoding="utf-8")
    corpus = {document.source: document.sha256 for document in DOCUMENTS[:1]}
    draft.describe(content=content, tokeniser="han1+han2", embedder="characters", counts=counts, corpus=corpus)


def build(folder: Path, note: str = "") -> str:
    with write_generation(folder) as draft:
        fill(draft, note)
    assert draft.manifest is not None
    return draft.manifest.id


def fails_after_filling(draft: Draft, error: type[BaseException]) -> None:
    fill(draft, "另一件")
    raise error


def in_use(folder: Path) -> Path:
    return Library.open(folder).files.folder


def test_a_library_opens_with_all_its_parts(tmp_path: Path) -> None:
    made = build(tmp_path / "公文 库")
    library = Library.open(tmp_path / "公文 库")
    manifest = library.manifest
    assert (manifest.id, manifest.tokeniser, manifest.embedder) == (made, "han1+han2", "characters")
    assert (manifest.counts, manifest.corpus) == ({"notices": 1, "chunks": 2}, {"大同/公报.txt": "a" * 64})
    assert set(manifest.built_by) == {"wenzheng", "tantivy", "faiss-cpu", "numpy"}
    assert {"catalogue.sqlite", "vectors.faiss", "words/meta.json", "embedder/embedder.json"} < set(manifest.files)
    assert library.catalogue.notice("n-datong") == DATONG
    assert [hit.row for hit in library.lexical.search(["火化"], 5)] == [0]
    assert [hit.row for hit in library.dense.search(CharEmbedder().embed_question("每具"), 1)] == [1]


def test_the_id_is_made_from_content(tmp_path: Path) -> None:
    assert build(tmp_path / "a") == build(tmp_path / "b")
    assert build(tmp_path / "a", "另一件") != build(tmp_path / "b")


def test_an_open_library_takes_up_the_next_generation_and_the_old_one_goes(tmp_path: Path) -> None:
    build(tmp_path)
    library = Library.open(tmp_path)
    assert library.current() is library
    old = library.catalogue
    build(tmp_path, "另一件")
    newer = library.current()
    assert newer.manifest.id != library.manifest.id
    assert newer.catalogue.counts()["notices"] == 2
    assert newer.current() is newer
    assert old.notice("n-datong") == DATONG  # its file is deleted, but open
    assert os.listdir(tmp_path / "generations") == [newer.files.folder.name]


def test_the_same_content_again_is_a_new_generation_of_the_same_id(tmp_path: Path) -> None:
    assert build(tmp_path) == build(tmp_path)
    assert in_use(tmp_path).name.startswith("0002-")


def test_no_library_is_told_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match=r"无.*没有公文库.*wenzheng index.*--library"):
        Library.open(tmp_path / "无")
    (tmp_path / "文件").write_text("", encoding="utf-8")
    with pytest.raises(LibraryMissing, match=r"文件.*不是文件夹"):
        Library.open(tmp_path / "文件")


def files_of(folder: Path) -> list[Path]:
    parts = [path for path in in_use(folder).rglob("*") if path.is_file() and not path.name.startswith(".tantivy")]
    return sorted([*parts, folder / "current"])


def test_a_flipped_byte_or_a_cut_or_a_loss_is_found_in_every_file(tmp_path: Path) -> None:
    build(tmp_path)
    files = files_of(tmp_path)
    assert len(files) > 8
    for path in files:
        content = path.read_bytes()
        assert content, path
        flipped = bytearray(content)
        flipped[len(content) // 2] ^= 1
        for damaged in (bytes(flipped), content[:-1], b"", None):
            path.unlink()
            if damaged is not None:
                path.write_bytes(damaged)
            expected = LibraryMissing if damaged is None and path.name == "current" else LibraryDamaged
            with pytest.raises(expected, match="wenzheng index") as told:
                Library.open(tmp_path)
            assert path.name in str(told.value) or path.name == "current"  # what it names is then not to be found
            path.write_bytes(content)
    Library.open(tmp_path)


def test_a_library_of_another_version_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr("index.library.FORMAT", 99)
        build(tmp_path)
    with pytest.raises(LibraryMismatch, match=r"另一版本.*格式 99.*wenzheng index"):
        Library.open(tmp_path)
    build(tmp_path)
    Library.open(tmp_path)


def with_manifest(folder: Path, text: str) -> None:
    """Replaces the manifest, hash and all."""
    generation = in_use(folder)
    (generation / "manifest.json").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / "current").write_text(f"{generation.name} {digest}\n", encoding="ascii")


def test_a_manifest_of_other_keys_is_another_versions(tmp_path: Path) -> None:
    build(tmp_path)
    values = json.loads((in_use(tmp_path) / "manifest.json").read_text(encoding="utf-8"))
    for key in values:
        build(tmp_path)
        with_manifest(tmp_path, json.dumps({name: value for name, value in values.items() if name != key}))
        with pytest.raises(LibraryMismatch, match=rf"另一版本.*({key}|格式 不明).*wenzheng index"):
            Library.open(tmp_path)
    build(tmp_path)
    with_manifest(tmp_path, json.dumps(values | {"colour": "red"}))
    with pytest.raises(LibraryMismatch, match="缺少或多出 colour"):
        Library.open(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[1]", "3"])
def test_a_manifest_that_is_none_is_damage(tmp_path: Path, text: str) -> None:
    build(tmp_path)
    with_manifest(tmp_path, text)
    with pytest.raises(LibraryDamaged, match=r"manifest\.json 不完整"):
        Library.open(tmp_path)


def test_others_may_read_what_the_umask_allows(tmp_path: Path) -> None:
    for umask, mode in ((0o022, 0o644), (0o027, 0o640)):
        before = os.umask(umask)
        try:
            build(tmp_path)
        finally:
            os.umask(before)
        assert {path.stat().st_mode & 0o777 for path in files_of(tmp_path)} == {mode}


@pytest.mark.parametrize("name", ["current", "manifest.json", "meta.json"])
def test_a_file_that_may_not_be_read_is_not_called_damaged(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path)

    def guarded(whole: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Path, *args: Any, **kwargs: Any) -> Any:
            if path.name == name:
                raise PermissionError(errno.EACCES, "Permission denied")
            return whole(path, *args, **kwargs)

        return call

    for method in ("open", "read_text"):
        monkeypatch.setattr(Path, method, guarded(getattr(Path, method)))
    with pytest.raises(LibraryError, match=rf"没有权限读取公文库的文件 .*{name}") as told:
        Library.open(tmp_path)
    assert not isinstance(told.value, LibraryDamaged)


def test_another_embedder_or_tokeniser_is_told(tmp_path: Path) -> None:
    build(tmp_path)
    library = Library.open(tmp_path)
    library.require(tokeniser="han1+han2", embedder="characters")
    with pytest.raises(LibraryMismatch, match="分词方式是 han1\\+han2，现在的设置是 han2。"):
        library.require(tokeniser="han2", embedder="characters")
    with pytest.raises(LibraryMismatch, match="嵌入模型是 characters，现在的设置是 BAAI/bge-m3。"):
        library.require(tokeniser="han1+han2", embedder="BAAI/bge-m3")


def test_a_build_that_fails_leaves_the_old_library_and_no_traces(tmp_path: Path) -> None:
    build(tmp_path)
    before = in_use(tmp_path)
    for error in (KeyboardInterrupt, ZeroDivisionError):
        with pytest.raises(error), write_generation(tmp_path) as draft:
            fails_after_filling(draft, error)
    assert in_use(tmp_path) == before
    assert os.listdir(tmp_path / "generations") == [before.name]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满"),
        (OSError("words: An IO error occurred: 'No space left on device (os error 28)'"), "磁盘已满"),
        (OSError("catalogue.sqlite: database or disk is full"), "磁盘已满"),
        (PermissionError(errno.EACCES, "Permission denied"), "没有写入权限"),
        (OSError(errno.EROFS, "Read-only file system"), "磁盘是只读的"),
        (OSError("5305088 requested and 231360 written"), "磁盘已满"),
        (OSError("words: An IO error occurred: 'Input/output error (os error 5)'"), "磁盘读写出错"),
        (OSError(errno.EIO, "Input/output error"), "磁盘读写出错"),
        (OSError(errno.EXDEV, "Invalid cross-device link"), "Invalid cross-device link"),
    ],
)
def test_a_folder_that_cannot_be_written_is_told_with_the_reason(tmp_path: Path, error: OSError, reason: str) -> None:
    build(tmp_path)
    with (
        pytest.raises(LibraryError, match=f"写不进公文库文件夹 {tmp_path}：.*{reason}.*--library"),
        write_generation(tmp_path),
    ):
        raise error
    Library.open(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "库").write_text("", encoding="utf-8")
    for folder in (tmp_path / "库", tmp_path / "库" / "下"):
        with pytest.raises(LibraryError, match="路径中有一段不是文件夹"), write_generation(folder):
            pass


def test_of_two_builds_at_once_the_second_is_told(tmp_path: Path) -> None:
    with write_generation(tmp_path) as draft:
        with pytest.raises(LibraryError, match="另一个 `wenzheng index` 正在更新"), write_generation(tmp_path):
            pass
        fill(draft)
    Library.open(tmp_path)


def test_a_draft_that_was_not_described_does_not_take_over(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not described"), write_generation(tmp_path):
        pass
    with pytest.raises(LibraryMissing):
        Library.open(tmp_path)


KILLED_BUILD = """
import os, shutil, signal, sys
from pathlib import Path
from index.library import write_generation
from tests.test_index_library import fill

folder, limit = Path(sys.argv[1]), int(sys.argv[2])
steps = []

def dies_at_the_limit(name, call):
    def step(*args, **kwargs):
        if len(steps) == limit:
            os.kill(os.getpid(), signal.SIGKILL)
        steps.append(name)
        return call(*args, **kwargs)
    return step

with write_generation(folder) as draft:
    fill(draft, "另一件")
    for module, name in ((os, "fsync"), (os, "rename"), (os, "replace"), (shutil, "rmtree"), (Path, "write_text")):
        setattr(module, name, dies_at_the_limit(name, getattr(module, name)))
    if limit < 0:
        os.kill(os.getpid(), signal.SIGKILL)
print(*steps)
"""


def run_build(folder: Path, limit: int) -> subprocess.CompletedProcess[str]:
    """A build of another library in a process of its own, killed before its step `limit`; below 0, before the end."""
    command = [sys.executable, "-c", KILLED_BUILD, str(folder), str(limit)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_build_killed_at_any_step_leaves_a_whole_library_and_the_next_one_works(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    old, new = build(folder), build(tmp_path / "new", "另一件")
    whole = run_build(folder, 1000)
    steps = whole.stdout.split()
    assert steps[-8:] == [*["rename", "fsync", "write_text", "fsync", "replace", "fsync"], *["rmtree"] * 2], (
        whole.stderr
    )
    taken_over = len(steps) - 4  # the replacing
    for limit in (-1, taken_over - 4, taken_over - 1, taken_over, taken_over + 1, taken_over + 2):
        assert build(folder) == old  # takes the lock, clears away what the last one left
        assert len(os.listdir(folder / "generations")) == 1
        killed = run_build(folder, limit)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        library = Library.open(folder)
        assert library.manifest.id == (new if limit > taken_over else old), limit
        assert library.catalogue.notice("n-datong") == DATONG
        assert [hit.row for hit in library.lexical.search(["火化"], 5)] == [0]


def test_the_folder_is_what_the_environment_names_else_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_LIBRARY", "/srv/公文库")
    assert default_folder() == Path("/srv/公文库")
    monkeypatch.delenv("WENZHENG_LIBRARY")
    monkeypatch.setenv("XDG_DATA_HOME", "/home/某人/.local/share")
    assert default_folder().parts[-2:] == ("wenzheng", "library")


def test_the_manifest_is_plain_json(tmp_path: Path) -> None:
    build(tmp_path)
    values = json.loads((in_use(tmp_path) / "manifest.json").read_text(encoding="utf-8"))
    assert values["format"] == 4
    assert values["counts"] == {"notices": 1, "chunks": 2}
