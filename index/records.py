"""The nouns of the index: what a file becomes on its way to a passage. Frozen, no I/O. Open this file first.

Offsets count Unicode code points. Three texts occur, each with its own offsets:

* the *source text* of a `Document`: what `wenzheng text SOURCE` prints, untouched;
* the *repaired text* of a `Notice`: the same characters in the same order, less the furniture (wraps, running
  headers, page numbers, doubled titles). Its `SourceMap` leads every character back to the source text;
* a chunk or a provision is a `Span` of the repaired text of its notice.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from index.errors import BadDocumentNumber


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open stretch [start, end) of one text, in code points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}–{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def overlap(self, other: Span) -> int:
        """Number of code points that both hold."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where each character of a repaired text came from, as runs of neighbours.

    Run r begins at repaired offset `starts[r]` and at source offset `sources[r]`; both rise strictly, so the repaired
    text is a subsequence of the source text.
    """

    starts: tuple[int, ...]
    sources: tuple[int, ...]
    length: int  # of the repaired text

    @classmethod
    def of(cls, origins: Iterable[int]) -> SourceMap:
        """From one source offset per repaired character, strictly rising."""
        starts: list[int] = []
        sources: list[int] = []
        previous = -2
        length = 0
        for origin in origins:
            if origin != previous + 1:
                starts.append(length)
                sources.append(origin)
            previous = origin
            length += 1
        return cls(tuple(starts), tuple(sources), length)

    def source_offset(self, offset: int) -> int:
        """Source offset of the character at `offset`. IndexError outside the text."""
        if not 0 <= offset < self.length:
            raise IndexError(offset)
        run = bisect_right(self.starts, offset) - 1
        return self.sources[run] + offset - self.starts[run]

    def source_span(self, span: Span) -> Span:
        """The smallest source span that holds every character of a non-empty repaired span."""
        return Span(self.source_offset(span.start), self.source_offset(span.end - 1) + 1)

    def slice(self, span: Span) -> SourceMap:
        """The map of repaired[start:end], its offsets beginning at 0."""
        if not span:
            return SourceMap((), (), 0)
        source = self.source_offset(span.start)
        self.source_offset(span.end - 1)  # IndexError outside the text
        first, last = bisect_right(self.starts, span.start), bisect_right(self.starts, span.end - 1)
        starts = (0, *(start - span.start for start in self.starts[first:last]))
        return SourceMap(starts, (source, *self.sources[first:last]), len(span))


@dataclass(frozen=True, slots=True)
class RepairedText:
    """Text made fit for reading, and the way back to its source."""

    text: str
    origins: SourceMap

    def __post_init__(self) -> None:
        if len(self.text) != self.origins.length:
            raise ValueError(f"{len(self.text)} characters but {self.origins.length} origins")

    def slice(self, span: Span) -> RepairedText:
        """repaired[start:end] with its own map."""
        return RepairedText(self.text[span.start : span.end], self.origins.slice(span))


@dataclass(frozen=True, slots=True)
class Document:
    """One readable text: a file, or one line of a .jsonl file.

    `source` names it everywhere: the file's name, or its path below the folder that was indexed, with `/`; the id for
    a .jsonl line. `page_starts` holds the source offset at which each page begins (PDF), else it is empty.
    """

    source: str
    text: str
    sha256: str  # of what was read: the file's bytes, or the line's
    format: str  # txt, md, html, pdf, docx, jsonl
    page_starts: tuple[int, ...] = ()
    title: str = ""  # given from outside (.jsonl); else read from the text
    one_notice: bool = False  # never to be split into several notices
    path: str = ""  # the file it was read from, for messages

    def page_of(self, offset: int) -> int | None:
        """The page, counted from 1, that holds a source offset; None for formats without pages."""
        return bisect_right(self.page_starts, offset) or None if self.page_starts else None


class NoticeKind(StrEnum):
    """A notice proper, or a 政策解读 that explains one."""

    NOTICE = "notice"
    EXPLAINER = "explainer"


class DocumentType(StrEnum):
    """文种. The fifteen of 《党政机关公文处理工作条例》 that occur in gazettes, and what else a gazette prints."""

    RESOLUTION = "决议"
    DECISION = "决定"
    ORDER = "令"
    COMMUNIQUE = "公报"
    ANNOUNCEMENT = "公告"
    PUBLIC_NOTICE = "通告"
    OPINIONS = "意见"
    NOTICE = "通知"
    CIRCULAR = "通报"
    REPORT = "报告"
    REQUEST = "请示"
    REPLY = "批复"
    LETTER = "函"
    MINUTES = "纪要"
    WORK_REPORT = "工作报告"
    REGULATION = "办法"  # printed without a covering notice: 办法、规定、条例、细则
    PLAN = "方案"  # likewise: 方案、规划、计划、预案
    EXPLAINER = "政策解读"
    OTHER = "其他"


_NUMBER = re.compile(  # of a text without white space
    r"(?P<prefix>[\u3400-\u4dbf\u4e00-\u9fff（）()]{1,20}?)"
    r"[〔\[［（(【﹝](?P<year>\d{4})[〕\]］）)】﹞]第?(?P<serial>\d{1,5})号"
    r"|(?P<order>[\u3400-\u4dbf\u4e00-\u9fff]{0,20}?令)第?(?P<order_serial>\d{1,5})号"
)
_ASCII_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A 文号 in its one canonical spelling: 青政办发〔2024〕12号; for an order 青州市人民政府令第8号."""

    prefix: str  # 机关代字: 青政办发; for an order its name up to 令
    year: int | None  # None for an order
    serial: int

    @classmethod
    def parse(cls, text: str) -> DocumentNumber:
        """Read what people type: 〔2024〕, [2024], （2024）, full-width digits, spaces. Raises BadDocumentNumber."""
        found = _NUMBER.fullmatch("".join(text.split()).translate(_ASCII_DIGITS))
        if found is None:
            raise BadDocumentNumber(f"“{text}”不是文号。文号的样子：青政办发〔2024〕12号。")
        if found["order"]:
            return cls(found["order"], None, int(found["order_serial"]))
        return cls(found["prefix"], int(found["year"]), int(found["serial"]))

    def __str__(self) -> str:
        if self.year is None:
            return f"{self.prefix}第{self.serial}号"
        return f"{self.prefix}〔{self.year:04}〕{self.serial}号"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notice holds: a city, or a province and so all its cities; a county (县、区、县级市) if it names one.

    One of no place holds everywhere.
    """

    city: str = ""
    county: str = ""

    def __str__(self) -> str:
        return self.city + self.county


class RelationKind(StrEnum):
    """What one notice does to another, or says of it."""

    REPEALS = "repeals"  # 同时废止
    AMENDS = "amends"  # 修改, 修订
    FORWARDS = "forwards"  # 转发
    IMPLEMENTS = "implements"  # 贯彻落实, 按照…要求
    LEGAL_BASIS = "legal_basis"  # rests on: 根据…制定
    EXPLAINS = "explains"  # a 政策解读 of it


@dataclass(frozen=True, slots=True)
class Reference:
    """Another notice as this one names it, by 文号, title, or both: at least one is given."""

    kind: RelationKind
    document_number: str  # canonical, or ""
    title: str
    span: Span  # of the repaired text: the name
    said: Span  # the sentence that says so


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment that a notice names. `present`: its text stands in the same source."""

    number: int | None  # 附件2 → 2; None where there is but one
    title: str
    present: bool
    span: Span | None = None  # of its text in the notice, where present


class ProvisionKind(StrEnum):
    """What a stretch of a notice is."""

    TITLE = "title"
    FRONT = "front"  # 文号, main recipients, date, public-release mark, and the covering letter
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    HEADING = "heading"  # “一、（一）1.（1）”, 1.1, Markdown headings
    PARAGRAPH = "paragraph"  # a 款, or plain text
    ITEM = "item"  # 项: （一）
    SUBITEM = "subitem"  # 目: 1.
    ATTACHMENT = "attachment"
    TABLE = "table"
    ROW = "row"
    ROSTER = "roster"  # name — office, or role: names
    SIGNATURE = "signature"  # issuing authority and date at the end


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its column's name and where its words stand in the notice."""

    column: str
    span: Span


@dataclass(frozen=True, slots=True)
class Provision:
    """One node of a notice's tree, in reading order. A child's span lies within its parent's."""

    kind: ProvisionKind
    address: str  # the way people say it: 第三条第二款第（一）项; 二、（一）1.; 附件2 三、
    heading: str  # the words of the heading, without its number; "" for plain text
    span: Span  # of the notice's repaired text
    parent: int | None  # index among the notice's provisions
    depth: int  # 0 for the roots
    cells: tuple[Cell, ...] = ()  # of a ROW, left to right; a cell may lie outside the row's own span


@dataclass(frozen=True, slots=True)
class Notice:
    """One 公文 of a gazette (or its 政策解读), with what it says of itself."""

    id: str  # made from content: source text and 文号
    source: str
    kind: NoticeKind
    title: str
    document_number: str  # canonical, or ""
    document_type: DocumentType
    issuing_authorities: tuple[str, ...]
    place: Place
    signed_on: date | None
    effective_on: date | None
    effective_rule: str  # the words that say from when: 自公布之日起施行
    expires_on: date | None
    validity: str  # the words that say how long: 有效期五年
    public_release: str  # 此件公开发布
    recipients: tuple[str, ...]  # 主送机关
    references: tuple[Reference, ...]  # to what it repeals, amends, forwards, implements, rests on
    attachments: tuple[Attachment, ...]
    explains: str  # id of the notice that an explainer belongs to, else ""
    body: RepairedText = field(repr=False)

    @property
    def text(self) -> str:
        """The repaired text, paragraphs parted by one line break."""
        return self.body.text

    @property
    def repeals(self) -> tuple[Reference, ...]:
        """What it repeals."""
        return tuple(each for each in self.references if each.kind is RelationKind.REPEALS)

    def source_span(self, span: Span | None = None) -> Span:
        """Where a span of this notice (default: all of it) stands in the source text."""
        return self.body.origins.source_span(span or Span(0, len(self.text)))


class Standing(StrEnum):
    """Where a notice stands in its life."""

    IN_FORCE = "in_force"
    IN_TERM = "in_term"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    LAPSED = "lapsed"  # by time
    REPEALED = "repealed"  # by decision
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Validity:
    """How a notice stands on a day, and the dates behind that."""

    standing: Standing
    on: date  # the day
    since: date | None = None  # the first day on which it holds
    until: date | None = None  # the last day of its term; of a repealed one, the day from which it is repealed
    by: Notice | None = None  # what repeals it
    planned: bool = False  # the term is that of the years in its title

    @property
    def over(self) -> bool:
        """It held, and does not any longer."""
        return self.standing in (Standing.REPEALED, Standing.LAPSED)

    @property
    def holds(self) -> bool:
        """Nothing says that it does not hold on the day."""
        return not self.over and self.standing is not Standing.NOT_YET_IN_FORCE


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is indexed: a stretch of one notice that is read in one go."""

    id: str  # made from content: notice id and span
    notice_id: str
    span: Span  # of the notice's repaired text
    address: str  # of its first provision
    headings: tuple[str, ...]  # the heading path above it, outermost first; context for search, not to be quoted
    text: str  # repaired


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk, with its notice and the scores that brought it here."""

    rank: int  # from 1
    chunk: Chunk
    notice: Notice
    score: float  # higher is better; comparable within one question
    scores: dict[str, float] = field(default_factory=dict)  # by retriever: lexical, dense, …
    sentences: tuple[float, ...] = ()  # how near each of its sentences (index/excerpt.py) comes, in meaning: cosines

    @property
    def text(self) -> str:
        return self.chunk.text

    @property
    def source_span(self) -> Span:
        return self.notice.source_span(self.chunk.span)


@dataclass(frozen=True, slots=True)
class Card:
    """A notice at a glance: what a list of thousands needs, without the texts."""

    id: str
    kind: str
    title: str
    document_number: str
    city: str
    county: str
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class Relation:
    """`notice_id` says something of `other_id`; both are in the library."""

    kind: RelationKind
    notice_id: str
    other_id: str
    reference: int | None = None  # which of the notice's references says so, from 0
