"""Proposed cases: the form, what the checker says of it, what is accepted and exported; without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from eval.cases import load_cases
from eval.check import bundled_corpus_texts, check_cases, read_corpus, read_split
from eval.run import run_eval
from index.build import build_library
from index.contextual import ContextualEmbedder
from index.records import Chunk, Notice, Passage, Span
from index.text import squeeze
from qa.records import Question
from qa.settings import Settings
from tests.page_samples import CORPUS, PlayedAnswerer, corpus_answerer, house, notice_titled
from tests.test_ui_evaluator_routes import PASSWORD, call, html
from ui.evaluator.cases import Draft, Picked, complete
from ui.house import House
from ui.proposals import Origin, State, proposal, proposals, propose
from ui.records import Account, Role, Turned
from ui.shown import Shown

FEES = "遗体火化费。普通火化炉400元/具。"
QUOTE = "在市殡葬服务中心火化的丧者，均按照以上标准减免。"
FORM = {
    "state": "open",
    "question": "人没了烧一下收不收钱",
    "history": "",
    "asked_on": "2024-08-01",
    "type": "amount",
    "wording": "lay",
    "asker": "citizen",
    "gold_answer": "普通火化炉火化费减免400元。",
    "facts": "400元 / 四百元",
    "unanswerable": "",
}


@dataclass(frozen=True, slots=True)
class OneFinder:
    """Finds the stretch of the fees, whatever is asked."""

    notice: Notice

    def retrieve(self, text: str, k: int = 10, place: str = "") -> Sequence[Passage]:
        start = self.notice.text.index(FEES)
        span = Span(start, start + len(FEES))
        chunk = Chunk(f"{self.notice.id}:1", self.notice.id, span, "一、（一）", (), FEES)
        return [Passage(1, chunk, self.notice, 1.0)]


@pytest.fixture
def funeral() -> Notice:
    return notice_titled("惠民殡葬")


@pytest.fixture
def answerer(funeral: Notice) -> PlayedAnswerer:
    return replace(corpus_answerer(), retriever=OneFinder(funeral))  # type: ignore[arg-type]


@pytest.fixture
def desk(answerer: PlayedAnswerer, tmp_path: Path) -> Iterator[House]:
    """With a citizen's 没用 as proposal 1 and an agent's edited reply as proposal 2."""
    opened = house(answerer, tmp_path / "desk")
    shown = Shown.of(answerer.answer(Question("火化费减免多少？", asked_on=date(2024, 8, 1))))
    with opened.store.change():
        propose(opened.store, Origin.FEEDBACK, "人没了烧一下收不收钱", shown, "答非所问", place="大同市")
        propose(opened.store, Origin.EDITED, "火化费减免多少？", shown, "普通火化炉减免400元。", history=("先前的",))
    yield opened
    opened.store.close()


@pytest.fixture
def evaluator(desk: House) -> Account:
    return desk.accounts.add("评测员", Role.EVALUATOR, PASSWORD)


def draft_of(form: dict[str, str], *picked: Picked) -> Draft:
    return replace(Draft.of_form(form), evidence=picked)


# ── what the checker says ──


def test_a_complete_draft_becomes_a_case_with_address_side_and_number(desk: House, funeral: Notice) -> None:
    draft = draft_of(FORM, Picked(funeral.id, FEES))
    case, problems = complete(draft, desk.catalogue, read_split(), {"x-1"})
    assert case is not None
    assert problems == []
    side = {entry.document_number: entry.split for entry in read_split()}[funeral.document_number]
    gazette = funeral.source[:3]
    assert (case.id, case.split) == (f"{side[0]}-{gazette}-901", side)
    assert case.key_facts == (("400元", "四百元"),)
    assert case.evidence[0].source == funeral.source
    assert case.evidence[0].address
    assert case.evidence[0].quote == squeeze(FEES)


def test_numbers_go_on_and_an_accepted_case_keeps_its_own(desk: House, funeral: Notice) -> None:
    draft = draft_of(FORM, Picked(funeral.id, FEES))
    first, _ = complete(draft, desk.catalogue, (), ())
    assert first is not None
    assert first.id.endswith("-901")
    second, _ = complete(draft, desk.catalogue, (), (first.id,))
    assert second is not None
    assert second.id.endswith("-902")
    again, _ = complete(draft, desk.catalogue, (), (first.id, second.id), first.id)
    assert again is not None
    assert again.id == first.id


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gold_answer": ""}, "还没有写标准答案。"),
        ({"facts": ""}, "能答的题要有依据和要点"),
        ({"asked_on": "昨天"}, "提问日期要写成 2024-08-01 的样子。"),
        ({"type": "unanswerable"}, "题型“不能答”要和“差在哪里”一起选。"),
        ({"type": "follow-up"}, "追问题要有先前的问题。"),
        ({"type": "nonsense"}, "type 不能是“nonsense”"),
        ({"facts": "999元", "gold_answer": "999元"}, "要点“999元”没有一种写法在依据里"),
        ({"gold_answer": "减免"}, "要点“400元”没有一种写法在标准答案里"),
        ({"question": "普通火化炉火化费"}, "大白话题与依据重合"),
    ],
)
def test_what_is_wrong_with_a_draft_is_told_in_plain_words(
    desk: House, funeral: Notice, changes: dict[str, str], said: str
) -> None:
    _, problems = complete(draft_of(FORM | changes, Picked(funeral.id, FEES)), desk.catalogue, read_split(), ())
    assert any(problem.startswith(said) for problem in problems), problems


def test_evidence_must_stand_in_its_notice_and_the_notice_in_the_library(desk: House, funeral: Notice) -> None:
    _, problems = complete(draft_of(FORM, Picked(funeral.id, "每具补助四百元整，随到随办")), desk.catalogue, (), ())
    assert any("请逐字照抄" in problem for problem in problems)
    assert complete(draft_of(FORM, Picked("gone", FEES)), desk.catalogue, (), ()) == (
        None,
        ["有一段依据的公文已不在库里，请重新选取。"],
    )


def test_what_needs_no_evidence_has_numbers_of_its_own(desk: House) -> None:
    refusal = FORM | {"type": "unanswerable", "unanswerable": "not-mentioned", "facts": "", "gold_answer": "没有写。"}
    case, problems = complete(draft_of(refusal), desk.catalogue, read_split(), ())
    assert case is not None
    assert (case.id, problems) == ("d-000-901", [])
    chat = FORM | {"type": "small-talk", "facts": "", "gold_answer": "不客气。", "question": "谢谢"}
    case, problems = complete(draft_of(chat), desk.catalogue, read_split(), ())
    assert case is not None
    assert (case.id, problems) == ("d-900-901", [])


# ── the form ──


def test_the_list_and_the_form_show_what_was_asked_shown_and_said(desk: House, evaluator: Account) -> None:
    page = html(call(desk, evaluator, "GET", "/eval/proposals"))
    assert "待定（2）" in page
    assert "市民说没用 · 大同市" in page
    form = html(call(desk, evaluator, "GET", "/eval/proposals/1"))
    for said in ("人没了烧一下收不收钱", "普通火化炉火化费减免400元", "答非所问", "采纳为题"):
        assert said in form
    assert "还没有。" in form  # a 没用 brings no evidence of its own
    edited = html(call(desk, evaluator, "GET", "/eval/proposals/2"))
    assert ">普通火化炉减免400元。</textarea>" in edited
    assert 'name="quote_0"' in edited
    for number in ("3", "x", "９"):
        with pytest.raises(Turned):
            call(desk, evaluator, "GET", f"/eval/proposals/{number}")


def test_a_no_use_without_evidence_cannot_be_accepted(desk: House, evaluator: Account) -> None:
    page = html(call(desk, evaluator, "POST", "/eval/proposals/1", **FORM, do="accept"))
    assert "还不能采纳" in page
    assert "能答的题要有依据和要点" in page
    assert [each.id for each in proposals(desk.store, State.OPEN)] == [2, 1]


def test_evidence_is_searched_picked_and_dropped(desk: House, evaluator: Account, funeral: Notice) -> None:
    found = html(call(desk, evaluator, "POST", "/eval/proposals/1", **FORM, do="search", words="火化"))
    assert '<p class="passage">遗体火化费。普通火化炉400元/具。</p>' in found
    assert f"/notice/{funeral.id}" in found

    def picked(**sent: str) -> str:
        page = html(call(desk, evaluator, "POST", "/eval/proposals/1", **FORM, words="火化", **sent))
        return page.split('name="quote_0" rows="3">')[1].split("<")[0] if "quote_0" in page else ""

    assert picked(do="add:0", picked="") == FEES
    assert picked(do="add:0", picked="普通火化炉\n400元/具。") == "普通火化炉400元/具。"
    assert picked(do="add:0", picked="别处的字") == FEES
    assert picked(do="add:7", picked="") == picked(do="add:x") == ""
    assert picked(do="source:1") == QUOTE
    assert picked(do="source:9") == ""
    held = {"notice_0": funeral.id, "quote_0": FEES}
    assert picked(do="search", **held) == FEES
    assert picked(do="drop:0", **held) == ""


def test_accepting_editing_and_rejecting(desk: House, evaluator: Account, funeral: Notice) -> None:
    form = FORM | {"notice_0": funeral.id, "quote_0": FEES}
    checked = html(call(desk, evaluator, "POST", "/eval/proposals/1", **form, do="check"))
    assert "检查过了，可以采纳。" in checked
    typed = form | {"question": "打13800138000问人没了烧一下收不收钱"}
    reply = call(desk, evaluator, "POST", "/eval/proposals/1", **typed, do="accept")
    assert reply.location == "/eval/proposals?state=accepted"
    kept = proposal(desk.store, 1)
    assert kept is not None
    assert json.loads(kept.case)["question"] == "打〔手机号〕问人没了烧一下收不收钱"
    assert json.loads(kept.case)["evidence"][0]["notice"] == funeral.id
    with pytest.raises(Turned, match="刚由别人定了"):  # another tab, from before
        call(desk, evaluator, "POST", "/eval/proposals/1", **form, do="reject")
    again = html(call(desk, evaluator, "GET", "/eval/proposals/1"))
    assert "保存改动" in again
    assert ">400元 / 四百元</textarea>" in again
    assert f'name="notice_0" value="{funeral.id}"' in again
    changed = form | {"state": "accepted", "gold_answer": "减免400元。"}
    call(desk, evaluator, "POST", "/eval/proposals/1", **changed, do="accept")
    line = call(desk, evaluator, "GET", "/eval/cases.jsonl").body
    assert isinstance(line, str)
    assert [json.loads(each)["gold_answer"] for each in line.splitlines()] == ["减免400元。"]
    call(desk, evaluator, "POST", "/eval/proposals/2", state="open", do="reject")
    assert [each.id for each in proposals(desk.store, State.REJECTED)] == [2]
    assert call(desk, evaluator, "GET", "/eval/cases.jsonl").body == line


def test_hostile_words_stay_words(desk: House, evaluator: Account) -> None:
    hostile = "</textarea><script>alert(1)</script>\"'<img src=x onerror=alert(2)>"
    form = FORM | {"question": hostile, "facts": hostile, "words": hostile, "do": "search", "type": hostile}
    page = html(call(desk, evaluator, "POST", "/eval/proposals/1", **form))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


# ── what comes of it ──


def test_the_export_passes_the_writers_checker_and_is_evaluated_as_it_is(
    desk: House, evaluator: Account, funeral: Notice, tmp_path: Path
) -> None:
    form = FORM | {"notice_0": funeral.id, "quote_0": FEES}
    call(desk, evaluator, "POST", "/eval/proposals/1", **form, do="accept")
    body = call(desk, evaluator, "GET", "/eval/cases.jsonl").body
    assert isinstance(body, str)
    path = tmp_path / "cases.jsonl"
    path.write_text(body, "utf-8")
    cases = load_cases([path])
    assert [case.question for case in cases] == ["人没了烧一下收不收钱"]
    texts = {name: text for name, text in bundled_corpus_texts().items() if name == funeral.source}
    assert check_cases(cases, read_corpus(texts, read_split())) == []
    library = tmp_path / "library"
    build_library([CORPUS / funeral.source], library, embedder=ContextualEmbedder.load())
    run = run_eval(Settings(library=library), [path], jobs=1, output=tmp_path / "run")
    (result,) = run.results
    assert result.outcome.case == cases[0]
    assert result.scores["right"] is not None
