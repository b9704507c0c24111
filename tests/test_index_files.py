"""The story of index/files/read.py, with one real file of each format."""

import io
import json
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from docx import Document as new_docx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.errors import BrokenFile, UnreadableFile, UnsupportedFormat, WrongEncoding
from index.files.read import FORMATS, FoundFile, file_sha256, find_files, read_file

WORDS = "第一条 为了规范管理，制定本办法。"


def pdf(*pages: str) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for words in pages:
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(50, 700, words)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def docx(words: str) -> bytes:
    buffer = io.BytesIO()
    document = new_docx()
    document.add_paragraph(words)
    document.save(buffer)
    return buffer.getvalue()


SAMPLES = {
    "a.txt": WORDS.encode("gb18030"),
    "b.md": WORDS.encode(),
    "c.html": f"<p>{WORDS}</p>".encode(),
    "d.HTM": f"<p>{WORDS}</p>".encode("utf-16"),
    "e.docx": docx(WORDS),
    "f.PDF": pdf(WORDS, "第二条"),
    "g.jsonl": json.dumps({"id": "n1", "title": "通知", "text": WORDS}).encode(),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """公文/ with a sample of each format, two of them deeper, and what is none of our business."""
    root = tmp_path / "公文"
    (root / "下级").mkdir(parents=True)
    for name, raw in SAMPLES.items():
        (root / ("下级" if name < "c" else "") / name).write_bytes(raw)
    for name in (".hidden.txt", "~$e.docx", "Thumbs.db"):
        (root / name).write_bytes(b"x")
    (root / ".git").mkdir()
    (root / ".git" / "x.txt").write_text("x")
    return root


def written(tmp_path: Path, name: str, raw: bytes) -> FoundFile:
    path = tmp_path / name
    path.write_bytes(raw)
    return FoundFile(path, name)


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_is_walked_in_order_and_hidden_files_are_passed_over(folder: Path) -> None:
    found = find_files([folder])
    assert [file.source for file in found.files] == [
        "c.html",
        "d.HTM",
        "e.docx",
        "f.PDF",
        "g.jsonl",
        "下级/a.txt",
        "下级/b.md",
    ]
    assert found.problems == ()
    assert found.files[-1].path == folder / "下级" / "b.md"


def test_a_file_given_by_name_is_its_name_even_if_hidden(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "下级")
    found = find_files([Path("a.txt"), Path("../.hidden.txt")])
    assert found.files == (
        FoundFile(folder / "下级" / "a.txt", "a.txt"),
        FoundFile(folder / ".hidden.txt", ".hidden.txt"),
    )


def test_each_file_is_found_once_and_the_first_path_names_it(folder: Path) -> None:
    found = find_files([folder / "下级" / "b.md", folder, folder / "e.docx", folder])
    assert [file.source for file in found.files].count("b.md") == 1
    assert len(found.files) == 7


def test_links_are_followed_but_never_in_circles(folder: Path, tmp_path: Path) -> None:
    (folder / "下级" / "回").symlink_to(folder)
    (folder / "0.html").symlink_to(folder / "c.html")
    (tmp_path / "外").mkdir()
    (tmp_path / "外" / "h.txt").write_text("外")
    (folder / "外").symlink_to(tmp_path / "外")
    found = find_files([folder])
    assert [file.source for file in found.files if file.source.startswith(("0", "c", "外", "下级/回"))] == [
        "c.html",
        "外/h.txt",
    ]
    assert len(found.files) == 8


def test_a_link_to_itself_is_named_and_harms_no_other(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "l").symlink_to("l")
    (tmp_path / "d" / "m.txt").write_text("甲")
    found = find_files([tmp_path])
    assert [file.source for file in found.files] == ["d/m.txt"]
    assert found.problems == ("读取“d/l”失败（链接绕回了自身）。请检查路径和磁盘后再试。",)


def test_a_library_within_a_folder_is_passed_over(folder: Path) -> None:
    for name in ("generations", "current", "half/generations"):
        (folder / "库" / name).mkdir(parents=True)
        (folder / "库" / name / "manifest.txt").write_text("甲")
    assert len(find_files([folder]).files) == 10  # `current` is no file
    (folder / "库" / "current" / "manifest.txt").unlink()
    (folder / "库" / "current").rmdir()
    (folder / "库" / "current").write_text("0001-0123456789ab")
    assert len(find_files([folder]).files) == 7
    assert find_files([folder / "库"]).problems == (f"文件夹“{folder / '库'}”里没有可读的文件。请确认文件已放在其中。",)


def test_an_empty_folder_is_named_but_not_one_that_was_walked_through(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "空"
    (empty / "下").mkdir(parents=True)
    found = find_files([empty, folder / "e.docx", folder, folder, folder / "下级"])
    assert len(found.files) == 7
    assert found.problems == (f"文件夹“{empty}”里没有可读的文件。请确认文件已放在其中。",)
    (tmp_path / "外" / "内").mkdir(parents=True)
    (tmp_path / "外" / "内" / "h.txt").write_text("外")
    assert find_files([tmp_path / "外" / "内", tmp_path / "外"]).problems == ()


def test_a_file_found_in_its_folder_and_by_name_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "甲").mkdir()
    (tmp_path / "乙").mkdir()
    scan = tmp_path / "甲" / "图.ofd"
    scan.write_bytes(b"x")
    first = find_files([tmp_path / "甲", scan])
    assert (len(first.files), len(first.problems)) == (0, 1)
    first = find_files([scan, tmp_path / "甲"])
    assert (len(first.files), len(first.problems)) == (1, 0)  # reading it will tell
    (tmp_path / "乙" / "好.txt").write_text("乙")
    (tmp_path / "甲" / "链.ofd").symlink_to(tmp_path / "乙" / "好.txt")
    assert [file.source for file in find_files([tmp_path / "甲", tmp_path / "乙"]).files] == ["好.txt"]


def test_other_formats_in_a_folder_are_told_once_a_format(tmp_path: Path) -> None:
    for name in ("甲.ofd", "乙.OFD", "丙.ofd", "丁.ofd", "说明", "图.png", "好.txt"):
        (tmp_path / name).write_bytes(b"x")
    found = find_files([tmp_path])
    assert [file.source for file in found.files] == ["好.txt"]
    readable = "可读的格式有 TXT、MD、HTML、DOCX、带文字层的 PDF 和 JSONL。"
    assert found.problems == (
        f"文件夹“{tmp_path}”里有 1 个没有扩展名的文件不能读取：“说明”。{readable}请另存为 DOCX 或带文字层的 PDF。",
        f"文件夹“{tmp_path}”里有 4 个 .ofd 文件不能读取：“丁.ofd”“丙.ofd”“乙.OFD”等。{readable}"
        "请另存为 DOCX 或带文字层的 PDF。",
        f"文件夹“{tmp_path}”里有 1 个 .png 文件不能读取：“图.png”。{readable}请提供带文字层的 PDF 或 DOCX。",
    )


@pytest.mark.parametrize("name", ["没有.txt", "a\0b.txt", "a.txt/b.txt", "名" * 500])
def test_a_path_that_leads_nowhere_is_a_message_and_harms_no_other(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "下级")
    found = find_files([Path(name), Path("a.txt")])
    assert [file.source for file in found.files] == ["a.txt"]
    assert len(found.problems) == 1
    assert "“" + name.replace("\0", "\\x00") + "”" in found.problems[0]


@pytest.mark.parametrize(
    ("name", "told"), [(b"\xb9\xab\xb8\xe6.txt", "\\udcb9"), (b"a\x1b[31m\n.txt", "a\\x1b[31m\\n")]
)
def test_a_name_that_cannot_be_shown_is_spelled_out(tmp_path: Path, name: bytes, told: str) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)
    try:
        with open(path, "wb") as file:
            file.write(b"x")
    except OSError:
        pytest.skip("this file system takes no such names")
    found = find_files([tmp_path])
    assert found.files == ()
    assert len(found.problems) == 1
    assert told in found.problems[0]
    assert "请改名" in found.problems[0]
    found.problems[0].encode()


def test_a_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.txt").mkdir()
    (tmp_path / "x.txt" / "y.txt").write_text("甲")
    assert [file.source for file in find_files([tmp_path]).files] == ["x.txt/y.txt"]
    assert [file.source for file in find_files([tmp_path / "x.txt"]).files] == ["y.txt"]


def test_a_folder_that_may_not_be_opened_is_a_message(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def guarded(path: str) -> Any:
        if Path(path).name == "下级":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = find_files([folder])
    assert len(found.files) == 5
    assert found.problems == ("没有权限读取“下级”。请检查它的访问权限后再试。",)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_format_gives_its_words(folder: Path) -> None:
    for file in find_files([folder]).files:
        result = read_file(file)
        assert result.problems == ()
        (document,) = result.documents
        assert document.text.startswith(WORDS)
        assert document.format == FORMATS[file.path.suffix.lower()]
        assert document.path == str(file.path)
        if document.format == "jsonl":
            assert (document.source, document.title, document.one_notice) == ("n1", "通知", True)
        else:
            assert (document.source, document.title, document.one_notice) == (file.source, "", False)
            assert document.sha256 == file_sha256(file) == sha256(SAMPLES[file.path.name]).hexdigest()


def test_offsets_of_a_pdf_lead_to_pages(tmp_path: Path) -> None:
    (document,) = read_file(written(tmp_path, "f.pdf", pdf(WORDS, "", "第二条 附则"))).documents
    assert document.page_starts == (0, len(WORDS) + 1, len(WORDS) + 1)
    assert document.page_of(0) == 1
    assert document.page_of(len(WORDS)) == 1
    assert document.page_of(document.text.index("第二条")) == 3


def test_text_keeps_line_ends_and_markup(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbf" + "# 通知\r\n\r\n<sup>1</sup>　　甲\n".encode()
    (document,) = read_file(written(tmp_path, "a.md", raw)).documents
    assert document.text == "# 通知\r\n\r\n<sup>1</sup>　　甲\n"
    assert document.page_of(3) is None


def test_bad_lines_do_not_lose_the_good_ones(tmp_path: Path) -> None:
    raw = b'{"id": "n1", "text": "\xe7\x94\xb2"}\n{"id": 2}\n'
    result = read_file(written(tmp_path, "a.jsonl", raw))
    assert [one.source for one in result.documents] == ["n1"]
    assert len(result.problems) == 1
    assert "“a.jsonl”第 2 行" in result.problems[0]


@pytest.mark.parametrize(
    ("name", "raw", "error", "reason"),
    [
        ("空.txt", b"", BrokenFile, "是空的"),
        ("空.pdf", b"\n \n", BrokenFile, "是空的"),
        ("空白.txt", "\n　\u00a0\r\n".encode(), BrokenFile, "只有空白"),
        ("空.jsonl", b"", BrokenFile, "没有一行可读"),
        ("二进制.txt", bytes(range(256)), BrokenFile, "不是文本"),
        ("公告.txt", "臺北市政府公告：本市各機關學校".encode("big5"), WrongEncoding, "Big5"),
        ("半.pdf", pdf(WORDS)[: len(pdf(WORDS)) // 2], BrokenFile, "不完整"),
        ("扫描.pdf", pdf(""), UnsupportedFormat, "扫描件"),
        ("半.docx", docx(WORDS)[:5000], BrokenFile, "不是完整的 DOCX"),
        ("公文.ofd", b"PK\x03\x04", UnsupportedFormat, "另存为 DOCX 或带文字层的 PDF"),
        ("公文.doc", b"\xd0\xcf\x11\xe0", UnsupportedFormat, "可读的格式有 TXT、MD"),
        ("公文.wps", b"\xd0\xcf\x11\xe0", UnsupportedFormat, "可读的格式有 TXT、MD"),
        ("图.JPG", b"\xff\xd8\xff", UnsupportedFormat, "请提供带文字层的 PDF 或 DOCX"),
        ("公文.zip", b"PK\x03\x04", UnsupportedFormat, "请先解压"),
        ("公文", b"x", UnsupportedFormat, "可读的格式有 TXT、MD"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_way_out(
    tmp_path: Path, name: str, raw: bytes, error: type[UnreadableFile], reason: str
) -> None:
    with pytest.raises(error, match=reason) as refused:
        read_file(written(tmp_path, name, raw))
    assert f"“{name}”" in str(refused.value)
    assert "请" in str(refused.value)


@pytest.mark.parametrize("suffix", [".txt", ".html", ".pdf", ".docx"])
@pytest.mark.parametrize("touch", [read_file, file_sha256])
def test_a_huge_file_is_refused_without_being_opened(
    tmp_path: Path, suffix: str, touch: Callable[[FoundFile], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "大" + suffix, b"")
    os.truncate(file.path, 100 * 2**20)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened"))
    with pytest.raises(BrokenFile, match="有 100 MB，超过 50 MB 的上限。请拆分"):
        touch(file)


def test_a_jsonl_file_may_be_larger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.files.read.MAX_FILE_BYTES", 10)
    assert len(read_file(written(tmp_path, "a.jsonl", SAMPLES["g.jsonl"])).documents) == 1
    monkeypatch.setattr("index.files.read.MAX_JSONL_BYTES", 10)
    with pytest.raises(BrokenFile, match="上限"):
        read_file(written(tmp_path, "a.jsonl", SAMPLES["g.jsonl"]))


def test_a_vanished_file_a_folder_and_a_pipe_are_messages(tmp_path: Path) -> None:
    (tmp_path / "x.txt").mkdir()
    os.mkfifo(tmp_path / "p.txt")
    (tmp_path / "l.txt").symlink_to(tmp_path / "gone.txt")
    for name, reason in (
        ("gone.txt", "找不到"),
        ("l.txt", "找不到"),
        ("x.txt", "不是普通文件"),
        ("p.txt", "不是普通文件"),
    ):
        for touch in (read_file, file_sha256):
            with pytest.raises(UnreadableFile, match=reason) as refused:
                touch(FoundFile(tmp_path / name, name))
            assert f"“{name}”" in str(refused.value)


def test_a_file_that_may_not_be_read_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, "密.txt", b"x")

    def denied(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(UnreadableFile, match="没有权限读取“密\\.txt”"):
        read_file(file)


def test_a_failing_disk_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, "a.txt", b"x")

    def broken(*_args: object, **_kwargs: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", broken)
    with pytest.raises(UnreadableFile, match="读取“a\\.txt”失败"):
        read_file(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=300))
def test_any_bytes_under_any_name_are_read_or_refused(tmp_path: Path, suffix: str, raw: bytes) -> None:
    with suppress(UnreadableFile):
        result = read_file(written(tmp_path, "a" + suffix, raw))
        assert all(document.text.strip() for document in result.documents)
