"""The original of a notice, to be saved: whole, from a library whose sources have moved, under a harmless name."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from docx import Document as new_docx
from fastapi.testclient import TestClient

from index.build import build_library
from index.catalogue import Catalogue
from index.library import Library
from index.originals import Originals
from tests.fakes import CharEmbedder
from tests.page_samples import HOSTILE, hostile_notice
from tests.test_index_files_pdf import pdf
from tests.ui_samples import NOTICE
from ui.api import application
from ui.reader.files import content_kind, original_name, text_name, text_of
from ui.reader.routes import routes

LINES = (
    "青州市人民政府办公室",
    "关于发放{0}补贴的通知",
    "青政办发〔2024〕12号",
    "各县（区）人民政府：",
    "第一条 {0}补贴每人400元。",
)
ATTACK = "<script>alert(1)</script>"


def docx(about: str) -> bytes:
    document = new_docx()
    for line in LINES:
        document.add_paragraph(line.format(about))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


FILES = {
    "一.txt": "\n".join(LINES).format("一").encode("gb18030"),
    "二.html": f"<meta charset=utf-8>{ATTACK}{''.join(f'<p>{line}</p>' for line in LINES)}".format("二").encode(),
    "三.docx": docx("三"),
    "四.pdf": pdf("\n".join(LINES).format("四")),
}


@dataclass(frozen=True, slots=True)
class OpenLibrary:
    """A generation as the pages see it, without its engines."""

    library: Library

    @property
    def id(self) -> str:
        return self.library.manifest.id

    @property
    def chunks(self) -> int:
        return self.library.manifest.counts["chunks"]

    @property
    def built_s(self) -> float:
        return self.library.files.manifest.stat().st_mtime

    @property
    def catalogue(self) -> Catalogue:
        return self.library.catalogue

    @property
    def originals(self) -> Originals:
        return self.library.originals


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose files have since been moved away; 五 came in a .jsonl file."""
    made = tmp_path_factory.mktemp("originals")
    files = made / "公报"
    files.mkdir()
    for name, raw in FILES.items():
        (files / name).write_bytes(raw)
    line = {"id": "五", "title": "关于发放五补贴的通知", "text": "\n".join(LINES).format("五")}
    (files / "many.jsonl").write_text(json.dumps(line), encoding="utf-8")
    build_library([files], made / "库", embedder=CharEmbedder())
    files.rename(made / "搬走了")
    return made / "库"


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    library = OpenLibrary(Library.open(folder))
    with TestClient(application(routes(lambda: library)), raise_server_exceptions=False) as client:
        yield client


def address(folder: Path, source: str) -> str:
    """Of the notice that was read from there."""
    catalogue = Library.open(folder).catalogue
    return f"/notice/{next(n.id for n in catalogue.notices() if n.source == source)}"


@pytest.mark.parametrize("name", FILES)
def test_the_file_comes_back_byte_for_byte_to_be_saved(client: TestClient, folder: Path, name: str) -> None:
    at = address(folder, name)
    reply = client.get(f"{at}/file")
    assert (reply.status_code, reply.content) == (200, FILES[name])
    assert reply.headers["content-length"] == str(len(FILES[name]))
    assert reply.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert unquote(reply.headers["content-disposition"]).endswith(f"''{name}")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert not reply.headers["content-type"].startswith("text/")  # nothing that is drawn here
    page = client.get(at).text
    assert f'<a href="{at}/file" download>下载公报原件（{name.split(".")[1].upper()}，' in page


def test_of_a_file_of_many_notices_the_words_are_offered(client: TestClient, folder: Path) -> None:
    at = address(folder, "五")
    page = client.get(at).text
    assert "本件来自一份汇编数据，没有单独的原件。" in page
    assert f"{at}/file" not in page
    reply = client.get(f"{at}/text")
    assert reply.content.decode().startswith("青州市人民政府办公室\n关于发放五补贴的通知\n")
    assert reply.content.decode().endswith("公报文件 五。以公报原文为准。\n")
    assert unquote(reply.headers["content-disposition"]) == "attachment; filename*=UTF-8''关于发放五补贴的通知.txt"
    refused = client.get(f"{at}/file")
    assert refused.status_code == 404
    assert f'<a href="{at}/text" download>下载本件文字（TXT）</a>' in refused.text


def test_a_library_without_copies_says_so_kindly(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "一.txt").write_bytes(FILES["一.txt"])
    build_library([tmp_path / "一.txt"], tmp_path / "库", embedder=CharEmbedder(), keep_files=False)
    library = OpenLibrary(Library.open(tmp_path / "库"))
    with TestClient(application(routes(lambda: library))) as client:
        at = address(tmp_path / "库", "一.txt")
        assert "本库没有留存这份公报的原件。" in client.get(at).text
        assert client.get(f"{at}/file").status_code == 404


def test_a_copy_that_was_altered_is_not_handed_over(tmp_path: Path) -> None:
    (tmp_path / "一.txt").write_bytes(FILES["一.txt"])
    build_library([tmp_path / "一.txt"], tmp_path / "库", embedder=CharEmbedder())
    (copy,) = (path for path in (tmp_path / "库" / "originals").rglob("*") if path.is_file())
    copy.write_bytes(FILES["一.txt"].replace(b"400", b"900"))
    library = OpenLibrary(Library.open(tmp_path / "库"))
    with TestClient(application(routes(lambda: library))) as client:
        reply = client.get(f"{address(tmp_path / '库', '一.txt')}/file")
    assert reply.status_code == 404
    assert "留存的原件副本已损坏" in reply.text


@pytest.mark.parametrize(
    ("source", "file_format", "name"),
    [
        ("大同/2024/公报 第3期.txt", "txt", "公报_第3期.txt"),
        ("a.HTM", "html", "a.htm"),
        ("a.b.docx", "docx", "a.b.docx"),
        ("没有后缀", "pdf", "没有后缀.pdf"),
        ('x"; filename="evil.exe', "html", "x_filename=_evil.exe.html"),
        ("x\r\nSet-Cookie: a=b\r\n.txt", "txt", "x_Set-Cookie_a=b.txt"),
        ("甲\u202etxt.exe.pdf", "pdf", "甲_txt.exe.pdf"),
        ("../../.bashrc", "txt", "bashrc.txt"),
        ("...", "txt", "公报文件.txt"),
        ("长" * 300 + ".txt", "txt", "长" * 80 + ".txt"),
        ("半\ud800个.txt", "txt", "半_个.txt"),
    ],
)
def test_a_name_to_save_under_is_harmless(source: str, file_format: str, name: str) -> None:
    assert original_name(source, file_format) == name


def test_hostile_titles_become_plain_names_and_the_text_stays_as_it_is() -> None:
    hostile = hostile_notice()
    assert text_name(hostile) == "script_alert(1)_script_${alert(2)}{{alert(3)}}_img_src=x_onerror=alert(4)_'[_x].txt"
    assert HOSTILE in text_of(hostile)
    assert text_of(replace(NOTICE, source="半\ud800个")).encode()  # fit for UTF-8


@pytest.mark.parametrize("file_format", ["html", "txt", "md", "svg", ""])
def test_nothing_that_a_browser_would_draw_keeps_its_kind(file_format: str) -> None:
    assert content_kind(file_format) == "application/octet-stream"
