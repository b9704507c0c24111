"""A library over the bundled gazettes and an answerer that plays back prepared answers, for the page's tests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

import index
from index.gazette import parse
from index.originals import Originals
from index.provisions import innermost, provisions
from index.records import (
    Card,
    Document,
    DocumentType,
    Notice,
    NoticeKind,
    Passage,
    Place,
    Provision,
    Relation,
    RelationKind,
    RepairedText,
    SourceMap,
    Span,
)
from qa.records import Answer, Citation, Draft, Question, Status
from qa.settings import Settings
from ui.accounts import Accounts
from ui.house import House, PageAnswerer
from ui.limits import Limit
from ui.store import now_s
from ui.web import open_store

CORPUS = Path(index.__file__).parent / "corpus"
HOSTILE = "<script>alert(1)</script>${alert(2)}{{alert(3)}}<img src=x onerror=alert(4)>\"'[/x]"


@cache
def gazettes() -> tuple[Document, ...]:
    """The bundled documents."""
    files = sorted(CORPUS.glob("*.txt"))
    return tuple(
        Document(f.name, f.read_text("utf-8"), hashlib.sha256(f.read_bytes()).hexdigest(), "txt") for f in files
    )


@cache
def bundled() -> tuple[Notice, ...]:
    """Their notices."""
    return tuple(notice for document in gazettes() for notice in parse(document))


def notice_titled(words: str) -> Notice:
    """The first bundled notice whose title holds these words."""
    return next(n for n in bundled() if words in n.title and n.kind is NoticeKind.NOTICE)


def hostile_notice() -> Notice:
    """A notice whose every word is an attack."""
    text = f"{HOSTILE}\n第一条 {HOSTILE}\n甲\t{HOSTILE}\n乙\t2"
    return Notice(
        id="hostile",
        source=f"{HOSTILE}.html",
        kind=NoticeKind.NOTICE,
        title=HOSTILE,
        document_number=HOSTILE,
        document_type=DocumentType.NOTICE,
        issuing_authorities=(HOSTILE,),
        place=Place(HOSTILE),
        signed_on=date(2024, 1, 1),
        effective_on=None,
        effective_rule=HOSTILE,
        expires_on=None,
        validity=HOSTILE,
        public_release="",
        recipients=(),
        references=(),
        attachments=(),
        explains="",
        body=RepairedText(text, SourceMap.of(range(len(text)))),
    )


def hostile_document() -> Document:
    """What it was read from."""
    notice = hostile_notice()
    return Document(notice.source, notice.text, hashlib.sha256(notice.text.encode()).hexdigest(), "html")


def cite(marker: int, notice: Notice, words: str) -> Citation:
    """A citation of words as they stand in a notice."""
    start = notice.text.index(words)
    span = Span(start, start + len(words))
    found = innermost(provisions(notice), start)
    return Citation(marker, notice, found.address if found else "", words, notice.source_span(span), span)


def card(notice: Notice) -> Card:
    """A notice at a glance, as the catalogue gives it."""
    place = notice.place
    return Card(
        notice.id, notice.kind, notice.title, notice.document_number, place.city, place.county, notice.signed_on
    )


@dataclass(frozen=True, slots=True)
class SampleCatalogue:
    """What the pages read of a catalogue, over notices at hand."""

    held: Sequence[Notice]
    documents: Sequence[Document] = ()

    def cards(self) -> Sequence[Card]:
        return [card(notice) for notice in self.held]

    def notice(self, id: str) -> Notice:
        found = {n.id: n for n in self.held}
        return found[id]

    def provisions(self, notice_id: str) -> Sequence[Provision]:
        return provisions(self.notice(notice_id))

    def relations(self, notice_id: str) -> Sequence[Relation]:
        pairs = [Relation(RelationKind.EXPLAINS, n.id, n.explains) for n in self.held if n.explains]
        return [r for r in pairs if notice_id in (r.notice_id, r.other_id)]

    def document(self, source: str) -> Document:
        return {d.source: d for d in self.documents}[source]


@dataclass(frozen=True, slots=True)
class SampleLibrary:
    catalogue: SampleCatalogue
    id: str = "sample"
    chunks: int = 828
    built_s: float = 1_700_000_000.0
    originals: Originals = field(default_factory=lambda: Originals(Path("no copies")))


@dataclass(slots=True)
class PlayedAnswerer:
    """Answers what it has a script for, refuses the rest; keeps what it was asked."""

    library: SampleLibrary
    script: dict[str, Callable[[Question], Answer]] = field(default_factory=dict)
    name: str = "played"
    retriever: PlayedFinder = field(default_factory=lambda: PlayedFinder())
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question, k: int = 10) -> Answer:
        self.asked.append(question)
        for words, play in self.script.items():
            if words in question.text:
                return replace(play(question), question=question)
        text = f"本库收录的公报中没有找到“{question.text}”的规定（已查：{len(self.library.catalogue.held)} 件文件）。"
        return Answer(question, Status.REFUSED, f"{text}可拨打 12345 咨询。")

    def stream(self, question: Question, k: int = 10) -> Iterator[Draft | Answer]:
        yield self.answer(question, k)


@dataclass(frozen=True, slots=True)
class PlayedFinder:
    """Finds nothing."""

    def retrieve(self, text: str, k: int = 10, place: str = "") -> Sequence[Passage]:
        return ()


def house(answerer: PageAnswerer, folder: Path, clock: Callable[[], float] = now_s, **values: object) -> House:
    """The faces over an answerer, what the desks keep in a folder of its own; `values` are settings."""
    settings = Settings(desk=folder, **{"asks_per_minute": 0, **values})  # type: ignore[arg-type]
    store = open_store(settings)
    return House(answerer, store, Accounts(store, clock), settings, Limit(settings.asks_per_minute))


def corpus_answerer() -> PlayedAnswerer:
    """Over the bundled gazettes and a hostile notice, one question for each status."""
    funeral = notice_titled("惠民殡葬")
    explainer = next(n for n in bundled() if n.explains == funeral.id)
    table = notice_titled("重大行政决策事项目录")
    prices = notice_titled("城镇基准地价")
    fire = notice_titled("消防安全责任制")
    hostile = hostile_notice()

    def say(
        status: Status, text: str, *citations: Citation, missing: tuple[str, ...] = ()
    ) -> Callable[[Question], Answer]:
        return lambda question: Answer(question, status, text, citations, missing, library="sample")

    def fail(question: Question) -> Answer:
        raise RuntimeError(f"secret {question.text}")

    fees = cite(1, funeral, "遗体火化费。普通火化炉400元/具。")
    script = {
        "火化费": say(
            Status.ANSWERED,
            "普通火化炉火化费减免400元/具[1]；在市殡葬服务中心火化的丧者，都按这个标准减免[2]。",
            fees,
            cite(2, funeral, "在市殡葬服务中心火化的丧者，均按照以上标准减免。"),
            cite(3, explainer, explainer.text.split("\n")[2]),
        ),
        "什么材料": say(
            Status.PARTIAL,
            "可以减免[1]。办理时须交验相关材料[2]。",
            fees,
            cite(2, funeral, "经交验相关材料后，结算时直接免除惠民项目相关费用。"),
            missing=("申请所需材料的清单：附件未随公报刊载",),
        ),
        "出租汽车": say(Status.ANSWERED, "由市交通局承办[1]。", cite(1, table, "市交通局")),
        "地价": say(Status.ANSWERED, "商服用地I级1880元/平方米[1]。", cite(1, prices, "1880")),
        "消防": say(
            Status.ANSWERED,
            f"大同市：{fire.text[400:460]}[1]\u3000阳泉市：没有另行规定。",
            cite(1, fire, fire.text[400:460]),
        ),
        "攻击": say(Status.ANSWERED, f"{HOSTILE}[1]", cite(1, hostile, HOSTILE)),
        "那个": say(Status.CLARIFY, "您问的是哪一项服务？例如“火化费减免”。"),
        "谢谢": say(Status.CHAT, "不客气，还有想了解的请接着问。"),
        "出错": fail,
    }
    catalogue = SampleCatalogue((*bundled(), hostile), (*gazettes(), hostile_document()))
    return PlayedAnswerer(SampleLibrary(catalogue), script)
