"""JSONL → Documents, one a line: {"id": …, "title": …, "text": …}. A bad line costs none of the others."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from index.errors import BrokenFile, UnreadableFile, WrongEncoding
from index.files.names import is_plain
from index.files.text import decode
from index.records import Document

MAX_LINE_BYTES = 50 * 2**20
_MOST_PROBLEMS = 20  # told one by one; the rest are counted
_WAY_OUT = '请让每行是一个 JSON 对象：{"id": "编号", "title": "标题", "text": "正文"}。'


def read_jsonl(stream: BinaryIO, name: str, path: str) -> tuple[list[Document], list[str]]:
    """The documents of all good lines, in order, and a message for each bad one (blank lines are neither).

    Each document is one notice with the line's id as source and the line's text untouched. UTF-8 or GB18030, read
    line by line. Raises UnreadableFile where no line is good.
    """
    documents: list[Document] = []
    problems: list[str] = []
    bad = 0
    line_of: dict[str, int] = {}
    for number, line in _lines(stream, name):
        try:
            document = _document(line, path)
            if document.source in line_of:
                raise _BadLine(f"id“{document.source}”与第 {line_of[document.source]} 行重复")
        except _BadLine as exc:
            bad += 1
            if bad <= _MOST_PROBLEMS:
                problems.append(f"文件“{name}”第 {number} 行没有读取：{exc}。{_WAY_OUT}")
            continue
        line_of[document.source] = number
        documents.append(document)
    if bad > _MOST_PROBLEMS:
        problems.append(f"文件“{name}”还有 {bad - _MOST_PROBLEMS} 行没有读取。{_WAY_OUT}")
    if not documents:
        raise BrokenFile(f"文件“{name}”里没有一行可读。{problems[0] if problems else _WAY_OUT}")
    return documents, problems


class _BadLine(Exception):
    """Why a line is no document."""


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank, with its number from 1; one that is too long comes cut short by a byte too few."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE_BYTES + 1)
        if number == 1:
            if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise WrongEncoding(f"文件“{name}”的编码是 UTF-16。JSONL 文件请另存为 UTF-8 后再试。")
            line = line.removeprefix(codecs.BOM_UTF8)
        if line.strip():
            yield number, line


def _document(line: bytes, path: str) -> Document:
    if len(line) > MAX_LINE_BYTES:
        raise _BadLine(f"超过 {MAX_LINE_BYTES // 2**20} MB 的上限")
    try:
        fields = json.loads(decode(line, path))
    except UnreadableFile as exc:
        raise _BadLine("文字编码不是 UTF-8，也不像 GB18030") from exc
    except (ValueError, RecursionError) as exc:  # numbers of a million digits, a million brackets
        raise _BadLine("不是完整的 JSON") from exc
    if not isinstance(fields, dict):
        raise _BadLine("不是 JSON 对象")
    source = _string(fields, "id")
    if not is_plain(source):
        raise _BadLine("id 为空或含有控制字符")
    text = _string(fields, "text")
    if not text.strip():
        raise _BadLine("text 没有内容")
    title = "" if fields.get("title") is None else _string(fields, "title")
    return Document(
        source=source,
        text=text,
        sha256=hashlib.sha256(line.rstrip(b"\r\n")).hexdigest(),
        format="jsonl",
        title=title,
        one_notice=True,
        path=path,
    )


def _string(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key)
    if value is None:
        raise _BadLine(f"缺少 {key}")
    if not isinstance(value, str):
        raise _BadLine(f"{key} 不是字符串")
    if "\0" in value or _surrogates(value):
        raise _BadLine(f"{key} 含有无法保存的字符")
    return value


def _surrogates(text: str) -> bool:
    """JSON may spell half a character: \\ud83d."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
