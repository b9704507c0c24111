"""Tickets: versions, edits, who finds which, likeness, and a deletion that leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.agent_samples import SHOWN
from ui.accounts import Accounts
from ui.agent.draft import lines_of
from ui.agent.records import Moment, Near, State, Ticket, Tone, Unit, may_edit, may_read
from ui.agent.tickets import Conflict, Tickets, Wanted
from ui.badges import Badge
from ui.records import Account, Role, Turned
from ui.store import Store
from ui.web import TABLES

NOON = datetime(2026, 3, 2, 12).timestamp()  # local time
PASSWORD = "一个很长的口令：甲乙丙丁"


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tickets(tmp_path: Path, clock: Clock) -> Iterator[Tickets]:
    with Store(tmp_path, TABLES) as store:
        yield Tickets(store, clock)


@pytest.fixture
def people(tickets: Tickets) -> tuple[Account, Account, Account]:
    accounts = Accounts(tickets.store)
    for name, role in (("甲", Role.AGENT), ("乙", Role.AGENT), ("主管", Role.ADMIN)):
        with tickets.store.change():
            tickets.store.run(
                "INSERT INTO accounts (name, role, password, made_s) VALUES (?, ?, '', 0)", name, role.value
            )
    first, second, admin = sorted((account for account, _ in accounts.all()), key=lambda account: account.id)
    return first, second, admin


def begun(tickets: Tickets, agent: Account, story: str = "火化费能减免多少？", place: str = "大同市") -> Ticket:
    return tickets.begin(agent, story, {"手机号": 1}, story, "", place)


def closed(tickets: Tickets, agent: Account, story: str = "火化费能减免多少？", reply: str = "减免400元。") -> Ticket:
    return tickets.close(begun(tickets, agent, story), agent, reply, [reply])


def test_a_ticket_comes_back_as_it_was_kept(tickets: Tickets, people: tuple[Account, ...]) -> None:
    agent = people[0]
    near = Near("被废止", "n2", "旧办法", "同政发〔2019〕8号", "大同市", date(2019, 1, 2), Badge("red", "✕", "已废止"))
    unit = Unit("市民政局", "牵头", "n1", None)
    made = begun(tickets, agent)
    assert (made.state, made.version, made.lines, made.shown) == (State.WAITING, 1, (), None)
    answered = tickets.answered(made, agent, SHOWN, lines_of(SHOWN), [near], [unit])
    assert tickets.get(made.id) == answered
    assert (answered.state, answered.version, answered.shown) == (State.ANSWERED, 2, SHOWN)
    assert (answered.near, answered.units, answered.lines) == ((near,), (unit,), lines_of(SHOWN))
    assert answered.masked == {"手机号": 1}


def test_it_outlives_a_restart(tickets: Tickets, people: tuple[Account, ...], tmp_path: Path) -> None:
    saved = tickets.save(begun(tickets, people[0]), people[0], ["写到一半"], Tone.SPOKEN, "回电")
    tickets.store.close()
    with Store(tmp_path, TABLES) as store:
        assert Tickets(store).get(saved.id) == saved


def test_who_has_not_seen_the_last_version_overwrites_nothing(tickets: Tickets, people: tuple[Account, ...]) -> None:
    agent = people[0]
    seen = begun(tickets, agent)
    first = tickets.save(seen, agent, ["第一页写的"], Tone.WRITTEN, "")
    with pytest.raises(Conflict) as met:
        tickets.save(seen, agent, ["第二页写的"], Tone.WRITTEN, "")
    assert met.value.ticket == first
    tickets.lost(seen.id, agent, ["第二页写的"])
    assert tickets.get(seen.id).lines == ("第一页写的",)
    kept = [(edit.moment, edit.lines) for edit in tickets.edits(seen.id)]
    assert kept == [(Moment.SAVED, ("第一页写的",)), (Moment.LOST, ("第二页写的",))]
    for change in (
        lambda: tickets.pass_on(seen, agent, "市民政局", ""),
        lambda: tickets.close(seen, agent, "答", ["答"]),
    ):
        with pytest.raises(Conflict):
            change()


def test_what_is_saved_again_within_a_minute_is_one_edit(
    tickets: Tickets, people: tuple[Account, ...], clock: Clock
) -> None:
    ticket = begun(tickets, people[0])
    for seconds, text in ((0, "一"), (30, "一二"), (120, "一二三")):
        clock.now = NOON + seconds
        ticket = tickets.save(ticket, people[0], [text], Tone.WRITTEN, "")
    assert [edit.lines for edit in tickets.edits(ticket.id)] == [("一二",), ("一二三",)]
    assert ticket.version == 4


def test_a_closed_ticket_does_not_change(tickets: Tickets, people: tuple[Account, ...]) -> None:
    done = closed(tickets, people[0])
    assert (done.state, done.reply, done.closed_s) == (State.CLOSED, "减免400元。", NOON)
    with pytest.raises(Turned, match="已经办结"):
        tickets.save(done, people[0], ["改"], Tone.WRITTEN, "")


def test_what_follows_from_closing_is_kept_with_it_or_not_at_all(tickets: Tickets, people: tuple[Account, ...]) -> None:
    def fails() -> None:
        raise RuntimeError

    made = begun(tickets, people[0])
    with pytest.raises(RuntimeError):
        tickets.close(made, people[0], "答", ["答"], fails)
    assert tickets.get(made.id) == made
    assert tickets.similar("火化费能减免多少？") == []


def test_who_may_read_and_change_what(tickets: Tickets, people: tuple[Account, ...]) -> None:
    mine, other, admin = people
    evaluator = Account(99, "评测", Role.EVALUATOR)
    own_but_evaluator = replace(mine, role=Role.EVALUATOR)
    open_one, closed_one = begun(tickets, mine), closed(tickets, mine)
    everyone = (mine, other, admin, evaluator, own_but_evaluator)
    assert [may_read(each, open_one) for each in everyone] == [True, False, True, False, False]
    assert [may_read(each, closed_one) for each in everyone] == [True, True, True, False, False]
    assert [may_edit(each, open_one) for each in everyone] == [True, False, True, False, False]
    found = {each.name: {t.id for t in tickets.find(each, Wanted())[0]} for each in (mine, other, admin)}
    assert found == {"甲": {open_one.id, closed_one.id}, "乙": {closed_one.id}, "主管": {open_one.id, closed_one.id}}
    assert [may_read(other, t) for t in tickets.find(admin, Wanted())[0]] == [True, False]  # newest first


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), {1, 2, 3}),
        (Wanted(words="火化费"), {1}),
        (Wanted(words="减免 多少"), {1}),
        (Wanted(words="100%"), set()),
        (Wanted(words="' OR 1=1 --"), set()),
        (Wanted(number="同政办规〔2024〕3号"), {1}),
        (Wanted(number="2024"), {1}),
        (Wanted(place="阳泉市"), {2}),
        (Wanted(place="大同市"), {1, 3}),
        (Wanted(state=State.CLOSED), {3}),
        (Wanted(agent="乙"), {2}),
        (Wanted(first_on=date(2026, 3, 3)), {3}),
        (Wanted(last_on=date(2026, 3, 2)), {1, 2}),
        (Wanted(first_on=date(2026, 3, 2), last_on=date(2026, 3, 3)), {1, 2, 3}),
    ],
)
def test_search(tickets: Tickets, people: tuple[Account, ...], clock: Clock, wanted: Wanted, found: set[int]) -> None:
    one = begun(tickets, people[0], place="")  # the place of what it cites is found as well
    tickets.answered(one, people[0], SHOWN, lines_of(SHOWN))
    begun(tickets, people[1], "公租房怎么申请？", "阳泉市")
    clock.now = NOON + 86_400
    closed(tickets, people[0], "小区消防谁负责？")
    assert {each.id for each in tickets.find(people[2], wanted)[0]} == found


def test_pages_of_a_list(tickets: Tickets, people: tuple[Account, ...]) -> None:
    for number in range(5):
        begun(tickets, people[0], f"第{number}问")
    pages = [tickets.find(people[0], Wanted(), page, 2) for page in range(4)]
    assert [[each.id for each in rows] for rows, _ in pages] == [[5, 4], [3, 2], [1], []]
    assert {total for _, total in pages} == {5}


def test_similar_are_closed_tickets_that_share_words(tickets: Tickets, people: tuple[Account, ...]) -> None:
    fees = closed(tickets, people[0], "我想问一下普通火化炉的火化费能减免多少钱")
    closed(tickets, people[1], "公租房怎么申请，需要什么材料")
    begun(tickets, people[0], "火化费减免多少")  # not closed: nothing was sent yet
    assert tickets.similar("请问火化费减免多少钱？") == [fees]
    assert tickets.similar("请问火化费减免多少钱？", besides=fees.id) == []
    assert tickets.similar("我想问一下怎么办") == []
    assert tickets.similar('"火化 OR *') == [fees]
    assert tickets.similar("") == []


def test_today_counts_what_was_passed_on_or_closed(tickets: Tickets, people: tuple[Account, ...], clock: Clock) -> None:
    agent = people[0]
    assert tickets.today(agent) == (0, None)
    clock.now = NOON - 13 * 3600  # yesterday, an hour before midnight
    closed(tickets, agent)
    clock.now = NOON
    first, second = begun(tickets, agent), begun(tickets, agent)
    begun(tickets, agent)
    clock.now = NOON + 40
    passed = tickets.pass_on(first, agent, "市民政局", "")
    clock.now = NOON + 56
    tickets.close(second, agent, "答", ["答"])
    assert tickets.today(agent) == (2, 48.0)
    tickets.close(passed, agent, "已转", ["已转"])  # counted once, when it was passed on
    assert tickets.today(agent) == (2, 48.0)
    assert tickets.today(people[1]) == (0, None)


def test_old_closed_tickets_are_deleted_and_leave_no_trace(
    tickets: Tickets, people: tuple[Account, ...], clock: Clock, tmp_path: Path
) -> None:
    secret, reply = "独一无二的来电内容甲乙丙", "独一无二的答复丁戊己"
    old = closed(tickets, people[0], secret, reply)
    tickets.save(begun(tickets, people[0], "还没办完的来电"), people[0], ["草稿"], Tone.WRITTEN, "")
    clock.now = NOON + 10 * 86_400
    young = closed(tickets, people[0], "小区消防谁负责？")
    assert tickets.delete_old(0) == 0  # 0: never
    assert tickets.delete_old(11) == 0
    assert _on_disk(tmp_path, secret) is True
    clock.now += 86_401
    assert tickets.delete_old(11) == 1
    with pytest.raises(Turned, match="没有这张工单"):
        tickets.get(old.id)
    assert {each.id for each in tickets.find(people[0], Wanted())[0]} == {young.id, old.id + 1}
    assert tickets.similar(secret) == []
    assert tickets.edits(old.id) == ()
    for trace in (secret, reply, "独一"):  # its words in the index, too
        assert not _on_disk(tmp_path, trace)
    assert _on_disk(tmp_path, "小区消防")
    assert tickets.delete_old(11) == 0


def _on_disk(folder: Path, words: str) -> bool:
    return any(words.encode() in file.read_bytes() for file in folder.iterdir())
