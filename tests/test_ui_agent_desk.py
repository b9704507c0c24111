"""A call from its story to a closed ticket, without a server: handlers as nobody, agent, other agent, evaluator."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.page_samples import PlayedAnswerer, corpus_answerer, house
from ui.agent.desk import question_in
from ui.agent.nearby import asked_of
from ui.agent.routes import routes
from ui.agent.tickets import Tickets
from ui.house import House
from ui.proposals import Origin, proposals
from ui.records import Account, Reply, Role, Turned, Visit, Who

NOON = datetime(2026, 3, 2, 12).timestamp()
STORY = "我叫王芳，电话13800138000。我父亲在市殡葬服务中心火化的。请问火化费能减免多少？"
MASKED = "我叫〔姓名〕，电话〔手机号〕。我父亲在市殡葬服务中心火化的。请问火化费能减免多少？"
TOLD = "我叫〔姓名〕，电话〔手机号〕。我父亲在市殡葬服务中心火化的。"
FEES = "普通火化炉火化费减免400元/具[1]；在市殡葬服务中心火化的丧者，都按这个标准减免[2]。"
LINES = ["普通火化炉火化费减免400元/具[1]；", "在市殡葬服务中心火化的丧者，都按这个标准减免[2]。"]


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


@dataclass
class Office:
    """The desk's handlers, by method and path, and those who call them."""

    house: House
    answerer: PlayedAnswerer
    clock: Clock
    agent: Account
    other: Account
    admin: Account

    def call(self, path: str, account: Account, body: object = None, **form: str) -> Reply:
        """As `ui/api.py` would: by the first route whose path fits."""
        method = "POST" if body is not None or form else "GET"
        for route in routes(self.house, self.clock):
            pattern, parts = route.path.split("/"), path.split("/")
            if route.method == method and len(pattern) == len(parts):
                named = {p[1:-1]: part for p, part in zip(pattern, parts, strict=True) if p.startswith("{")}
                if all(p == part or p[:1] == "{" for p, part in zip(pattern, parts, strict=True)):
                    return route.handler(Visit(parts=named, json=body, form=form, account=account))
        raise AssertionError(path)

    def post(self, path: str, account: Account, **body: object) -> dict[str, Any]:
        reply = self.call(path, account, body)
        assert isinstance(reply.body, str)
        return {**json.loads(reply.body), "code": reply.status}

    def ask(self, account: Account | None = None, story: str = STORY, **more: object) -> dict[str, Any]:
        return self.post("/desk/ask", account or self.agent, story=story, **more)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    answerer, clock = corpus_answerer(), Clock()
    made = house(answerer, tmp_path, ticket_days=30)
    with made.store.change():
        ids = [
            made.store.run("INSERT INTO accounts (name, role, password, made_s) VALUES (?, ?, '', 0)", name, role.value)
            for name, role in (("甲", Role.AGENT), ("乙", Role.AGENT), ("主管", Role.ADMIN))
        ]
    people = (Account(ids[0], "甲", Role.AGENT), Account(ids[1], "乙", Role.AGENT), Account(ids[2], "主管", Role.ADMIN))
    yield Office(made, answerer, clock, *people)
    made.store.close()


# ── a story becomes a ticket ────────────────────────────────────────────────────────────────────────────────────


def test_a_story_is_masked_asked_and_kept(office: Office, tmp_path: Path) -> None:
    done = office.ask(place="大同市")
    ticket = done["ticket"]
    assert done["wrong"] == ""
    assert ticket["story"] == MASKED
    assert ticket["masked"] == [{"kind": "手机号", "count": 1}, {"kind": "姓名", "count": 1}]
    assert ticket["question"] == "火化费能减免多少？"
    assert (ticket["state_word"], ticket["place"], ticket["library"]) == ("已答", "大同市", "sample")
    assert [line["text"] for line in ticket["lines"]] == LINES
    assert [source["marker"] for source in ticket["sources"]] == [1, 2, 3]
    asked = office.answerer.asked[-1]
    assert (asked.text, asked.history, asked.place) == ("火化费能减免多少？", (MASKED, TOLD), "大同市")
    assert not _kept(tmp_path, "13800138000")
    assert not _kept(tmp_path, "王芳")
    assert _kept(tmp_path, "〔手机号〕")


def test_masked_words_count_also_when_a_story_comes_back(office: Office) -> None:
    first = office.ask()["ticket"]
    again = office.ask(story=f"{first['story']}另一个电话是13900139000。", ticket=first["id"], version=first["version"])
    assert {each["kind"]: each["count"] for each in again["ticket"]["masked"]} == {"手机号": 2, "姓名": 1}
    assert again["ticket"]["id"] == first["id"]


def test_a_corrected_question_is_asked_with_the_story_before_it(office: Office) -> None:
    first = office.ask()["ticket"]
    done = office.ask(
        story=first["story"], question="出租汽车由谁承办？我是李雷，电话13900139000", ticket=first["id"], version=2
    )
    assert done["ticket"]["question"] == "出租汽车由谁承办？我是〔姓名〕，电话〔手机号〕"
    asked = office.answerer.asked[-1]
    assert asked.text == done["ticket"]["question"]
    assert asked.history == (MASKED, TOLD)
    assert [line["text"] for line in done["ticket"]["lines"]] == ["由市交通局承办[1]。"]
    edits = [(edit["moment"], edit["lines"]) for edit in done["edits"]]
    assert edits == [("生成", ["由市交通局承办[1]。"]), ("生成", LINES)]  # the earlier draft is still there


def test_a_long_story_is_asked_as_a_whole() -> None:
    question, told = question_in("我家老人过世了。" * 20 + "请问火化费能减免多少？")
    assert (question, told) == ("火化费能减免多少？", "我家老人过世了。" * 5)
    assert question_in("火化费") == ("火化费", "")


def test_a_fault_keeps_the_ticket_and_logs_no_word_of_it(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        done = office.ask(story="请问出错了怎么办？我的号码是13800138000")
    assert "系统暂时答不了" in done["wrong"]
    assert done["ticket"]["state_word"] == "待答"
    assert done["ticket"]["lines"] == []
    assert "RuntimeError at " in caplog.text
    assert "secret" not in caplog.text
    assert "怎么办" not in caplog.text


@pytest.mark.parametrize("body", [None, [], "x", {"story": 3}, {"story": " "}, {}, {"story": "字" * 5001}])
def test_what_is_sent_is_not_trusted(office: Office, body: object) -> None:
    with pytest.raises(Turned) as turned:
        office.call("/desk/ask", office.agent, body if body is not None else 0)
    assert turned.value.status in (400, 413)


# ── the draft ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_judged_masked_and_shown_as_it_would_be_sent(office: Office) -> None:
    ticket = office.ask()["ticket"]
    lines = ["火化费减免600元[1]。", "火化费减免400元[1]。", "已致电13800138000。"]
    saved = office.post(f"/desk/tickets/{ticket['id']}/draft", office.agent, version=2, lines=lines, tone="spoken")
    now = saved["ticket"]
    assert now["version"] == 3
    assert [line["sign"] for line in now["lines"]] == ["✗", "✓", "？"]
    assert now["lines"][2]["text"] == "已致电〔手机号〕。"
    assert "400元" in now["reply"]
    assert "600" not in now["reply"]
    assert "同政办规" in now["reply"]
    assert "〔2024〕" not in now["reply"]


def test_two_tabs_lose_nothing(office: Office) -> None:
    ticket = office.ask()["ticket"]
    path = f"/desk/tickets/{ticket['id']}/draft"
    assert office.post(path, office.agent, version=2, lines=["第一页"], tone="written")["code"] == 200
    late = office.post(path, office.agent, version=2, lines=["第二页"], tone="written")
    assert late["code"] == 409
    assert [line["text"] for line in late["ticket"]["lines"]] == ["第一页"]
    opened = office.post(f"/desk/tickets/{ticket['id']}/open", office.agent)
    assert [(edit["moment"], edit["lines"]) for edit in opened["edits"]][:2] == [
        ("与另一页冲突，未采用", ["第二页"]),
        ("修改", ["第一页"]),
    ]
    for name, body in (("pass", {"unit": "x"}), ("close", {})):
        assert office.post(f"/desk/tickets/{ticket['id']}/{name}", office.agent, version=2, **body)["code"] == 409
    assert office.ask(ticket=ticket["id"], version=2)["code"] == 409


# ── on to somebody else, and done ───────────────────────────────────────────────────────────────────────────────


def test_it_is_passed_on_to_a_unit_that_a_notice_names(office: Office) -> None:
    ticket = office.ask(story="请问大同的出租汽车由谁承办？")["ticket"]
    assert [(unit["role"], unit["name"]) for unit in ticket["units"]] == [("承办", "市交通局")]
    path = f"/desk/tickets/{ticket['id']}/pass"
    with pytest.raises(Turned, match="请从文件写明的单位中选一个"):
        office.call(path, office.agent, {"version": 2, "unit": "市公安局"})
    done = office.post(path, office.agent, version=2, unit="市交通局", note="请联系13800138000")
    assert (done["ticket"]["state_word"], done["ticket"]["unit"]) == ("转办", "市交通局")
    assert done["ticket"]["note"] == "请联系〔手机号〕"
    assert done["today"]["words"] == "今日 1 件 · 平均 0 秒"


def test_closing_as_answered_proposes_nothing(office: Office) -> None:
    ticket = office.ask()["ticket"]
    done = office.post(f"/desk/tickets/{ticket['id']}/close", office.agent, version=2)
    assert done["ticket"]["state_word"] == "办结"
    assert done["ticket"]["editable"] is False
    assert FEES in done["ticket"]["reply"]
    assert proposals(office.house.store) == []
    with pytest.raises(Turned, match="已经办结"):
        office.call(f"/desk/tickets/{ticket['id']}/draft", office.agent, {"version": 3, "lines": ["改"]})


def test_a_reply_edited_in_substance_becomes_a_proposed_case(office: Office) -> None:
    ticket = office.ask(place="大同市")["ticket"]
    lines = ["您好。", FEES, "外地户口的也减免，但要带居住证，电话13800138000。"]
    saved = office.post(f"/desk/tickets/{ticket['id']}/draft", office.agent, version=2, lines=lines, tone="written")
    office.post(f"/desk/tickets/{ticket['id']}/close", office.agent, version=saved["ticket"]["version"])
    (case,) = proposals(office.house.store)
    assert (case.origin, case.question, case.place) == (Origin.EDITED, "火化费能减免多少？", "大同市")
    assert case.said == f"您好。\n{FEES}\n外地户口的也减免，但要带居住证，电话〔手机号〕。"
    assert case.shown.text == FEES


def test_nothing_sayable_is_not_sent(office: Office) -> None:
    ticket = office.ask()["ticket"]
    saved = office.post(f"/desk/tickets/{ticket['id']}/draft", office.agent, version=2, lines=["600元[1]。"])
    with pytest.raises(Turned, match="每句都没有依据"):
        office.call(f"/desk/tickets/{ticket['id']}/close", office.agent, {"version": saved["ticket"]["version"]})


# ── beside the draft ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_question_elsewhere(office: Office) -> None:
    ticket = office.ask(place="大同市")["ticket"]
    found = office.post(f"/desk/tickets/{ticket['id']}/elsewhere", office.agent)["cities"]
    assert [each["city"] for each in found] == ["朔州市", "忻州市", "阳泉市", HOSTILE_CITY]
    assert {question.place for question in office.answerer.asked[-4:]} == {each["city"] for each in found}
    assert all(each["held"] for each in found)  # the played answerer knows no places
    assert office.post(f"/desk/tickets/{ticket['id']}/open", office.agent)["ticket"]["lines"] == ticket["lines"]


HOSTILE_CITY = next(card.city for card in corpus_answerer().library.catalogue.cards() if "<script>" in card.city)


def test_a_named_city_gives_way() -> None:
    cities = ("大同市", "阳泉市")
    assert asked_of("大同市的火化费？大同有吗", cities, "阳泉市") == "阳泉市的火化费？阳泉市有吗"
    assert asked_of("火化费？", cities, "阳泉市") == "火化费？"
    assert asked_of("火化费？", (), "阳泉市") == "火化费？"


def test_an_explainer_of_what_is_cited_stands_beside_it(office: Office) -> None:
    ticket = office.ask(story="请问申请减免要什么材料？")["ticket"]
    assert [(near["why"], near["standing"]["word"]) for near in ticket["near"]] == [("解读", "有效期至2029-06-27")]


def test_asked_again_of_a_newer_library(office: Office) -> None:
    ticket = office.ask()["ticket"]
    path = f"/desk/tickets/{ticket['id']}/again"
    assert office.post(path, office.agent)["same"] is True
    office.answerer.script["火化费"] = office.answerer.script["出租汽车"]
    found = office.post(path, office.agent)
    assert found["same"] is False
    assert [(line["sign"], line["text"]) for line in found["lines"]] == [
        ("gone", "普通火化炉火化费减免400元/具；"),
        ("gone", "在市殡葬服务中心火化的丧者，都按这个标准减免。"),
        ("new", "由市交通局承办。"),
    ]
    assert (found["then"], found["now"]) == ("sample", "sample")


def test_an_earlier_ticket_with_what_was_sent_then(office: Office) -> None:
    first = office.ask()["ticket"]
    assert office.ask()["similar"] == []  # not closed yet
    office.post(f"/desk/tickets/{first['id']}/close", office.agent, version=2)
    (alike,) = office.ask(office.other, story="火化费减免多少？")["similar"]
    assert (alike["id"], alike["agent"]) == (first["id"], "甲")
    assert FEES in alike["reply"]


# ── who may what ────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_agents_and_admins_come_in(office: Office) -> None:
    assert {route.who for route in routes(office.house, office.clock)} == {Who.AGENTS}
    assert [Who.AGENTS.admits(each) for each in (None, Account(9, "评", Role.EVALUATOR))] == [False, False]


def test_another_agent_reads_what_is_closed_and_changes_nothing(office: Office) -> None:
    ticket = office.ask()["ticket"]
    base = f"/desk/tickets/{ticket['id']}"
    reads = [(f"{base}/{name}", {"x": 1}) for name in ("open", "again", "elsewhere")] + [(base, None)]
    writes = [
        (f"{base}/draft", {"version": 2, "lines": ["改"]}),
        (f"{base}/pass", {"version": 2, "unit": "x"}),
        (f"{base}/close", {"version": 2}),
        ("/desk/ask", {"story": "改", "ticket": ticket["id"], "version": 2}),
    ]
    for path, body in reads + writes:
        with pytest.raises(Turned) as turned:
            office.call(path, office.other, body)
        assert turned.value.status == 403, path
    assert office.post("/desk/tickets/find", office.other)["total"] == 0
    assert office.post(f"{base}/draft", office.admin, version=2, lines=[FEES])["code"] == 200  # an admin may
    office.post(f"{base}/close", office.agent, version=3)
    for path, body in reads:
        assert office.call(path, office.other, body).status == 200
    assert office.post(f"{base}/open", office.other)["ticket"]["editable"] is False
    for path, body in writes:
        with pytest.raises(Turned):
            office.call(path, office.other, body)


@pytest.mark.parametrize("number", ["0", "99", "a", "-1", "１", "9" * 30])
def test_no_such_ticket(office: Office, number: str) -> None:
    with pytest.raises(Turned) as turned:
        office.call(f"/desk/tickets/{number}", office.agent)
    assert turned.value.status == 404


# ── many ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_found_and_exported(office: Office) -> None:
    ticket = office.ask()["ticket"]
    office.ask(office.other, story="请问大同的出租汽车由谁承办？")
    rows = office.post("/desk/tickets/find", office.agent, words="火化费", number="同政办规[2024]3号")["rows"]
    assert [row["id"] for row in rows] == [ticket["id"]]
    assert office.post("/desk/tickets/find", office.admin, state="nonsense", first_on="2026-13-40")["total"] == 2
    sent = office.call("/desk/tickets/export", office.agent, words="火化费", kind="csv")
    assert isinstance(sent.body, bytes)
    text = sent.body.decode("utf-8-sig")
    assert sent.filename == "工单-2026-03-02.csv"
    assert MASKED in text
    assert "13800138000" not in text
    assert "市交通局" not in text  # another agent's, and not closed
    assert office.call("/desk/tickets/export", office.agent, kind="xlsx").filename == "工单-2026-03-02.xlsx"


def test_what_is_too_old_goes_when_somebody_opens_the_desk(office: Office) -> None:
    ticket = office.ask()["ticket"]
    office.post(f"/desk/tickets/{ticket['id']}/close", office.agent, version=2)
    office.clock.now += 31 * 86_400
    office.call("/desk", office.agent)
    with pytest.raises(Turned):
        office.call(f"/desk/tickets/{ticket['id']}", office.agent)


def test_a_ticket_goes_in_time_also_when_nobody_comes(office: Office) -> None:
    ticket = office.ask()["ticket"]
    office.post(f"/desk/tickets/{ticket['id']}/close", office.agent, version=2)
    tickets = Tickets(office.house.store, office.clock)
    office.house.upkeep.do()
    assert tickets.get(ticket["id"]).id == ticket["id"]
    office.clock.now += 31 * 86_400
    office.house.upkeep.do()
    with pytest.raises(Turned):
        tickets.get(ticket["id"])


def test_every_page_escapes_what_others_wrote(office: Office) -> None:
    html = str(office.call("/desk", replace(office.agent, name='"><script>alert(1)</script>')).body)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html  # a city, and the account's name


def _kept(folder: Path, words: str) -> bool:
    return any(words.encode() in file.read_bytes() for file in folder.iterdir())
