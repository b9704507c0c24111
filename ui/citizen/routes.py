"""The citizen's addresses beside the conversation: a lasting link, what was of use, what this service is."""

from __future__ import annotations

from collections.abc import Mapping

from ui.citizen import feedback
from ui.citizen.feedback import MAX_WORDS_CHARS, Opinion, Reason
from ui.citizen.kept import Kept, forget, keep, kept, kept_last_hour, seal_key
from ui.citizen.lobby import lobby_of
from ui.citizen.papers import about_page, answer_page, gone_page
from ui.citizen.receipts import Receipt, opened
from ui.house import House
from ui.records import Reply, Route, Turned, Visit, Who
from ui.render import json_reply

MAX_AN_HOUR = 1_000  # links, and as many opinions, of all visitors together: what fills the disk is bounded
_MAX_RECEIPT_BYTES = 400_000
_NOT_SHOWN_ELSEWHERE = {"x-robots-tag": "noindex, nofollow"}


def routes(house: House) -> tuple[Route, ...]:
    """/answer, /feedback, /about."""
    key = seal_key(house.store)
    lobby = lobby_of(house.answerer)
    _forget_old(house)
    house.upkeep.add(lambda: _forget_old(house))

    def lasting(visit: Visit) -> Reply:
        receipt = _receipt(key, visit)
        _forget_old(house)
        if kept_last_hour(house.store) >= MAX_AN_HOUR:
            raise Turned(429, "这一小时里生成的固定链接太多了，请过一会儿再试。")
        with house.store.change():
            keep(house.store, receipt)
        found = kept(house.store, receipt.id)
        assert found is not None
        return json_reply({"address": f"/answer/{found.id}", "until": _until(house, found)})

    def answer(visit: Visit) -> Reply:
        _forget_old(house)
        found = kept(house.store, visit.parts["answer_id"])
        if found is None:
            return Reply(gone_page(), 404, headers=_NOT_SHOWN_ELSEWHERE)
        page = answer_page(found, _until(house, found), renewed=found.shown.library != house.answerer.library.id)
        return Reply(page, headers=_NOT_SHOWN_ELSEWHERE)

    def opinion(visit: Visit) -> Reply:
        receipt = _receipt(key, visit)
        if feedback.given_last_hour(house.store) >= MAX_AN_HOUR:
            raise Turned(429, "这一小时里收到的意见太多了，请过一会儿再试。")
        with house.store.change():
            feedback.give(house.store, receipt, _opinion(visit.json))
        return json_reply({"kept": True})

    def about(_: Visit) -> Reply:
        return Reply(about_page(lobby(), house.settings.answer_days, house.settings.model))

    return (
        Route("POST", "/answer", Who.ANYONE, lasting, max_bytes=_MAX_RECEIPT_BYTES),
        Route("GET", "/answer/{answer_id}", Who.ANYONE, answer),
        Route("POST", "/feedback", Who.ANYONE, opinion, max_bytes=_MAX_RECEIPT_BYTES),
        Route("GET", "/about", Who.ANYONE, about),
    )


def _forget_old(house: House) -> None:
    with house.store.change():
        forget(house.store, house.settings.answer_days)
        feedback.forget(house.store, house.settings.answer_days)


def _receipt(key: bytes, visit: Visit) -> Receipt:
    """Of an answer that this service gave. Raises Turned."""
    sent = visit.json.get("receipt") if isinstance(visit.json, Mapping) else None
    receipt = opened(key, sent) if isinstance(sent, str) else None
    if receipt is None:
        raise Turned(400, "这条答复不是本服务给出的，没有办理。请刷新页面后重新提问。")
    return receipt


def _opinion(sent: object) -> Opinion:
    """What the page sends, which is not trusted. Raises Turned."""
    said = sent if isinstance(sent, Mapping) else {}
    useful, reasons, words = said.get("useful"), said.get("reasons", []), said.get("words", "")
    if not isinstance(useful, bool) or not isinstance(reasons, list) or not isinstance(words, str):
        raise Turned(400, "发来的意见读不懂。请从本站的页面操作。")
    if useful:
        return Opinion(useful=True)
    known = tuple(reason for reason in Reason if reason.value in reasons)
    return Opinion(useful=False, reasons=known, words=" ".join(words.split())[:MAX_WORDS_CHARS])


def _until(house: House, found: Kept) -> str:
    """As a page says it: 保留到 2027-03-01."""
    until = found.until(house.settings.answer_days)
    return f"保留到 {until.isoformat()}" if until else "长期保留"
