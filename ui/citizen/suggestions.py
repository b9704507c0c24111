"""What one may well ask next: what the cited notice says that the answer has not said. Pure.

A suggestion is made of a heading, an article or a particular of the notice, and names the notice, so that the library
can answer it, whatever was asked before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.records import Notice, Provision, ProvisionKind, Span
from qa.records import Answer, Status

MAX_SUGGESTIONS = 3
_HEADED = (ProvisionKind.CHAPTER, ProvisionKind.SECTION, ProvisionKind.ARTICLE, ProvisionKind.HEADING)
_HEADING_CHARS = range(4, 15)  # a shorter one says nothing, a longer one is a sentence
_NAME = re.compile(
    r"《(?P<quoted>[^《》]{2,40})》"
    r"|关于(?:修订|公布|做好|加强|进一步|调整|建立|成立)*(?:印发|实施|推行)?(?P<plain>[^《》]{2,40}?)的?(?:实施)?(?:通知|通告|意见|决定)$"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`label`: on a button, in few words. `question`: what it asks, the notice named, so that it stands alone."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class _Topic:
    """One thing that notices regulate: how it is asked for, the beginning of a provision that holds it, and the words
    by which one knows that it was asked for already.
    """

    asked: str
    held: re.Pattern[str]
    known: re.Pattern[str]


_TOPICS = tuple(
    _Topic(asked, re.compile(held), re.compile(known))
    for asked, held, known in (
        (
            "适用哪些人？",
            r"^(?:减免|保障|救助|补贴|补助|享受|服务|培训|普查)对象",
            r"哪些人|什么人|对象|谁能|谁可以",
        ),
        ("适用哪些情形？", r"^适用范围|^本(?:办法|预案|细则|通知).{0,6}适用于", r"范围|适用|情形"),
        ("要符合什么条件？", r"^(?:申请|认定|准入|享受|受理)条件", r"条件|资格|符合"),
        (
            "需要什么材料？",
            r"(?:提交|提供|出具|携带)[^。；]{0,20}材料|^(?:申请|申报|所需|办理)材料",
            r"材料|证件|带什么|带啥",
        ),
        (
            "怎么办理？",
            r"^(?:办理|申请|申报|认定|审批|出让)(?:程序|流程|步骤)",
            r"怎么办|怎么申请|程序|流程|手续|办理",
        ),
        (
            "标准是多少？",
            r"^(?:减免|补贴|补助|奖励|收费|认定|保障|救助)(?:项目及)?标准",
            r"多少|标准|几",
        ),
        (
            "由谁负责？",
            r"^(?:责任|职责)分工|^组织机构|^(?:组织)?指挥(?:体系|机构)|由[^。，；]{2,20}(?:负责|牵头|主管)",
            r"谁|哪个部门|负责|牵头",
        ),
    )
)
_ASKED_UNTIL = re.compile(r"有效|多久|失效|几年|到期")
_ASKED_SINCE = re.compile(r"施行|实施|执行|什么时候|何时|管用")
_FORMAL = re.compile(  # headings under which nobody looks for anything
    r"总则|附则|总体|指导思想|原则|编制|领导|要求|保障措施|机制|名词|修订|备案|背景|意义|考核|督导|宣传|其他|有关|解释"
    r"|实施时间|主要职责|主要任务|任务分工|工作安排|预案管理|，"
)


def suggestions(answer: Answer, provisions_of: Callable[[Notice], Sequence[Provision]]) -> tuple[Suggestion, ...]:
    """At most three questions to the notice that the answer cites most; none where it cites nothing."""
    if answer.status not in (Status.ANSWERED, Status.PARTIAL) or not answer.citations:
        return ()
    notice = _most_cited(answer)
    name = name_of(notice)
    if not name:
        return ()
    tree = provisions_of(notice)
    cited = [citation.notice_span for citation in answer.citations if citation.notice.id == notice.id]
    asked = "".join((*answer.question.history, answer.question.text))
    labels = dict.fromkeys(
        (
            *_of_topics(notice, tree, cited, asked),
            *_of_neighbours(tree, cited, asked),
            *_of_particulars(notice, asked),
        )
    )
    return tuple(Suggestion(label, f"{name}{label}") for label in [*labels][:MAX_SUGGESTIONS])


def name_of(notice: Notice) -> str:
    """What people call it: 关于印发《报警器补贴办法》的通知 → 《报警器补贴办法》; "" where its title does not say."""
    found = _NAME.search(notice.title)
    if found is None:
        return ""
    return f"《{found['quoted']}》" if found["quoted"] else found["plain"]


def _most_cited(answer: Answer) -> Notice:
    """The first of those cited most often."""
    counts = Counter(citation.notice.id for citation in answer.citations)
    return max((citation.notice for citation in answer.citations), key=lambda notice: counts[notice.id])


def _of_topics(notice: Notice, tree: Sequence[Provision], cited: Sequence[Span], asked: str) -> Iterator[str]:
    unsaid = [_begins(notice, each) for each in tree if each.kind in _HEADED and not _said(each.span, cited)]
    for topic in _TOPICS:
        if not topic.known.search(asked) and any(map(topic.held.search, unsaid)):
            yield topic.asked


def _begins(notice: Notice, provision: Provision) -> str:
    """Its heading, else its first sentence without the number: 第五条 申请人应提交下列材料 → 申请人应提交下列材料."""
    if provision.heading:
        return provision.heading
    first = re.split(r"[。\n]", notice.text[provision.span.start : provision.span.end], maxsplit=1)[0]
    return re.sub(r"^第[^条]{1,6}条\s*", "", first)


def _of_neighbours(tree: Sequence[Provision], cited: Sequence[Span], asked: str) -> Iterator[str]:
    """The headings beside the first cited words, those that follow it first."""
    at = max((k for k, each in enumerate(tree) if _short(each) and _said(each.span, cited[:1])), default=None)
    if at is None:
        return
    beside = [k for k, each in enumerate(tree) if each.parent == tree[at].parent and each.kind in _HEADED]
    for k in sorted(beside, key=lambda k: (k < at, k)):
        heading = _short(tree[k])
        if any(topic.held.search(heading) for topic in _TOPICS):
            continue  # it is asked for in plainer words
        if heading and heading not in asked and not _said(tree[k].span, cited) and not _FORMAL.search(heading):
            yield f"{heading}有哪些规定？"


def _short(provision: Provision) -> str:
    """The words of a heading up to its first stop; "" where they make no name."""
    words = re.split(r"[。：:；]", provision.heading, maxsplit=1)[0].strip()
    return words if len(words) in _HEADING_CHARS else ""


def _said(span: Span, cited: Iterable[Span]) -> bool:
    return any(span.start <= each.start and each.end <= span.end for each in cited)


def _of_particulars(notice: Notice, asked: str) -> Iterator[str]:
    if (notice.expires_on or notice.validity) and not _ASKED_UNTIL.search(asked):
        yield "有效期到什么时候？"
    if (notice.effective_on or notice.effective_rule) and not _ASKED_SINCE.search(asked):
        yield "从什么时候开始施行？"
