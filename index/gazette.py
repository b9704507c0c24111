"""Document → Notices: where each 公文 begins and ends in a gazette, and what it says of itself. Pure.

A notice is found by its title: an issuing authority followed by 关于…的通知 (通告, 批复, 意见 …), an order (…令,
第N号), a work report, or 《…》政策解读. What stands before the first title (masthead, table of contents) and after the
last notice (colophon) belongs to none. A text without any title is one notice as a whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.layout import Layout, repair
from index.particulars import AUTHORITY, Particulars, document_type_of, read_particulars
from index.records import Document, DocumentType, Notice, NoticeKind, Span
from index.text import HAN, normal, squeeze

_TYPES = (
    "通知|通告|公告|通报|意见|决定|批复|复函|函|纪要|决议|报告|请示|办法|规定|规则|细则|条例|方案|措施|规划|计划|预案|公报"
    "|清单|目录"
)
_TYPED_END = re.compile(rf"的?(?:{_TYPES})(?:[（(][^）)]{{1,20}}[）)])?$")
_ABOUT_END = re.compile(
    rf"关于.*的(?:[{HAN}]{{0,4}})(?:通知|通告|公告|通报|意见|决定|批复|复函|函|纪要|决议|报告|请示|公报)(?:[（(][^）)]+[）)])?$"
)
_ORDINARY = re.compile(rf"(?P<who>{AUTHORITY.pattern}(?:\s+{AUTHORITY.pattern})*)\s*(?P<about>关于.*)?$")
_ORDER = re.compile(rf"[{HAN}]{{2,20}}令")
_ORDER_SERIAL = re.compile(r"第\s*\d{1,4}\s*号")
_CONTENTS_ENTRY = re.compile(r"(?:[（(]\s*\d{1,4}\s*[）)]|[.…·]{3}\s*\d{1,4})$")
_COLOPHON = re.compile(
    rf"[《〈]?[{HAN}]*公报[》〉]?(?:简介|编辑部)|(?:主管主办|编辑出版|编辑|主办|出版|印刷|准印证号?|发送对象)\s*[:：].*"
)
_REPORT = re.compile(r"(?:政府)?工作报告")
_DELIVERED = re.compile(r"—*\s*(\d{4}年\d{1,2}月\d{1,2}日)在.*会议上")
_LONGEST_TITLE = 300  # characters of a title given from outside
_NEAR = 200  # notices before and after an explainer among which its own is looked for
_EXPLAINER_END = re.compile(r"(?:政策)?解读$")


@dataclass(frozen=True, slots=True)
class _Title:
    """A title and the paragraphs [first, last] that it fills."""

    first: int
    last: int
    text: str
    kind: NoticeKind = NoticeKind.NOTICE
    document_type: DocumentType | None = None


def parse(document: Document) -> list[Notice]:
    """The notices of a document in the order in which they stand. Any text but an empty one gives at least one."""
    layout = repair(document.text)
    lines = [layout.body.text[p.start : p.end] for p in layout.paragraphs]
    if not lines:
        return []
    titles = [] if document.one_notice else _titles(lines)
    if not titles:
        given = " ".join(document.title.split())[:_LONGEST_TITLE]
        titles = [_Title(0, -1, given or _first_words(lines))]
    notices: list[Notice] = []
    for title, following in zip(titles, [*titles[1:], None], strict=True):
        end = following.first if following else _before_colophon(lines, title)
        notices.append(_notice(document, layout, lines, title, end))
    return _tie_explainers(notices)


def _notice(document: Document, layout: Layout, lines: Sequence[str], title: _Title, end: int) -> Notice:
    first = 0 if title.last < 0 else title.first
    last = max(first, _last_line(lines, first, end))
    span = Span(layout.paragraphs[first].start, layout.paragraphs[last].end)
    body = layout.body.slice(span)
    shift = span.start
    paragraphs = [Span(p.start - shift, p.end - shift) for p in layout.paragraphs[first : last + 1]]
    found: Particulars = read_particulars(title.text, lines[first : last + 1], paragraphs, title.last + 1 - first)
    text = title.text
    if title.document_type is DocumentType.ORDER and found.promulgated_title:
        text = found.promulgated_title
    document_type = title.document_type
    if document_type in (None, DocumentType.ORDER):
        typed = document_type_of(text)
        document_type = typed if document_type is None or typed is DocumentType.DECISION else DocumentType.ORDER
    assert document_type is not None
    key = f"{document.source}\0{found.document_number}\0{title.text}\0{body.origins.sources[0] if body.text else 0}"
    return Notice(
        id=hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        source=document.source,
        kind=title.kind,
        title=text,
        document_number=found.document_number,
        document_type=document_type,
        issuing_authorities=found.issuing_authorities,
        place=found.place,
        signed_on=found.signed_on,
        effective_on=found.effective_on,
        effective_rule=found.effective_rule,
        expires_on=found.expires_on,
        validity=found.validity,
        public_release=found.public_release,
        recipients=found.recipients,
        references=found.references if title.kind is NoticeKind.NOTICE else (),  # an explainer only tells of them
        attachments=found.attachments,
        explains="",
        body=body,
    )


# ── titles ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _titles(lines: Sequence[str]) -> list[_Title]:
    contents = _contents(lines)
    found: list[_Title] = []
    i = 0
    while i < len(lines):
        title = None if i in contents else _title_at(lines, i)
        if title and not _quoted(lines, title):
            found.append(title)
            i = title.last + 1
        else:
            i += 1
    return found


def _contents(lines: Sequence[str]) -> frozenset[int]:
    """The paragraphs of a table of contents: from 目录 to the last entry that ends with a page number."""
    for i, line in enumerate(lines):
        if re.fullmatch(r"目\s*录", line):
            last, j = i, i + 1
            while j < len(lines) and j - last <= 6:
                if _CONTENTS_ENTRY.search(lines[j]):
                    last = j
                j += 1
            return frozenset(range(last + 1)) if last > i else frozenset()
    return frozenset()


def _title_at(lines: Sequence[str], i: int) -> _Title | None:
    return _report_at(lines, i) or _explainer_at(lines, i) or _order_at(lines, i) or _ordinary_at(lines, i)


def _ordinary_at(lines: Sequence[str], i: int) -> _Title | None:
    """X人民政府关于…的通知, over one to six paragraphs."""
    head = _ORDINARY.match(lines[i])
    if head is None:
        return None
    if head["about"] is None and not (i + 1 < len(lines) and lines[i + 1].startswith("关于")):
        return None
    text = lines[i]
    for j in range(i, min(i + 6, len(lines))):
        if j > i:
            text += lines[j] if head["about"] or j > i + 1 else "\n" + lines[j]
        if len(text) > 160 or re.search("[。；;：:]", lines[j]):
            return None
        following = lines[j + 1] if j + 1 < len(lines) else ""
        if _ABOUT_END.search(squeeze(text)) and not re.match("(?:的|等)", following):
            return _Title(i, j, _clean(text))
    return None


def _order_at(lines: Sequence[str], i: int) -> _Title | None:
    """A title above, X人民政府令, 第N号; or the order's head alone."""
    for j in (i, i + 1, i + 2):
        if j + 1 < len(lines) and _ORDER.fullmatch(lines[j]) and _ORDER_SERIAL.fullmatch(lines[j + 1]):
            above = lines[i:j]
            if any(re.search("[。；;：:]", line) or len(line) > 80 for line in above):
                return None
            if j > i and not _TYPED_END.search(above[-1]) and not re.search(f"[{HAN}]》的.{{2}}$", above[-1]):
                return None
            return _Title(i, j + 1, _clean("".join(above)) or _clean(lines[j]), document_type=DocumentType.ORDER)
    return None


def _report_at(lines: Sequence[str], i: int) -> _Title | None:
    """政府工作报告, ——2023年3月29日在…会议上."""
    if not _REPORT.fullmatch(lines[i]):
        return None
    for j in range(i + 1, min(i + 4, len(lines))):
        if _DELIVERED.search(lines[j]):
            return _Title(i, i, lines[i], document_type=DocumentType.WORK_REPORT)
    return None


def _explainer_at(lines: Sequence[str], i: int) -> _Title | None:
    """《…》政策解读, over one to four paragraphs; or a line that ends with 政策解读."""
    text = ""
    if not any("解读" in line for line in lines[i : i + 4]):
        return None
    for j in range(i, min(i + 4, len(lines))):
        text += lines[j]
        if len(text) > 160 or re.search("[。；;：:，,]", lines[j]):
            return None
        if _EXPLAINER_END.search(text) and (text.startswith(("《", "关于《")) or (j == i and len(text) >= 10)):
            return _Title(i, j, _clean(text), NoticeKind.EXPLAINER, DocumentType.EXPLAINER)
    return None


def _quoted(lines: Sequence[str], title: _Title) -> bool:
    """A title that nothing follows is no beginning: it closes a list of titles, or a sentence quotes it."""
    return title.last + 1 >= len(lines) and title.kind is NoticeKind.NOTICE


def _clean(title: str) -> str:
    """One line: joint authorities stay parted by a space, nothing else does."""
    title = re.sub(r"\s*\n\s*", "", title)
    head = re.match(rf"((?:{AUTHORITY.pattern}\s+)+)(?={AUTHORITY.pattern}\s*关于)", title)
    kept = re.sub(r"\s+", " ", head[1]) if head else ""
    return kept + squeeze(title[head.end() if head else 0 :])


def _first_words(lines: Sequence[str]) -> str:
    """A title for a text that has none: its first line, cut at a sentence's end or 60 characters."""
    line = lines[0].strip()
    return (re.split("[。！？]", line, maxsplit=1)[0] or line)[:60]


# ── ends and ties ───────────────────────────────────────────────────────────────────────────────────────────────


def _before_colophon(lines: Sequence[str], title: _Title) -> int:
    """Where the last notice ends: before the gazette speaks of itself."""
    for i in range(title.last + 1, len(lines)):
        if _COLOPHON.fullmatch(lines[i]):
            return i
    return len(lines)


def _last_line(lines: Sequence[str], first: int, end: int) -> int:
    """The last paragraph of a notice, section labels such as 【市政府文件】 left out."""
    last = end - 1
    while last > first and re.fullmatch(r"【[^】]*】|[·•][^·•]{2,14}[·•]", lines[last]):
        last -= 1
    return last


def _tie_explainers(notices: Sequence[Notice]) -> list[Notice]:
    """Give each explainer the id of the notice whose title holds its subject, else of the one before it; and that
    notice's place and authorities."""
    titles = [normal(notice.title) if notice.kind is NoticeKind.NOTICE else "" for notice in notices]
    tied: list[Notice] = []
    before: Notice | None = None
    for i, notice in enumerate(notices):
        if notice.kind is NoticeKind.NOTICE:
            before = notice
            tied.append(notice)
            continue
        subject = normal(re.sub(r"[《》〈〉]|(?:政策)?解读$", "", notice.title))
        near = range(max(0, i - _NEAR), min(i + _NEAR, len(notices)))
        explained = next((notices[j] for j in near if subject and subject in titles[j]), before)
        if explained:
            notice = replace(
                notice,
                explains=explained.id,
                place=explained.place,
                issuing_authorities=notice.issuing_authorities or explained.issuing_authorities,
            )
        tied.append(notice)
    return tied
