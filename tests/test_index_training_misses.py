"""index/training/misses.py: near in words, not right, and not nearly the same."""

from __future__ import annotations

from index.training.misses import near_misses

RIGHT = "失业人员可以领取失业保险金，领取期限最长为二十四个月，由社会保险经办机构按月发放。"
COPIED = "失业人员可以领取失业保险金，领取期限最长为二十四个月，由失业保险经办机构按月发放。"
NEAR = "用人单位应当为职工缴纳失业保险费，职工个人应当缴纳的部分由单位代扣。"
FAR = "森林防火期内禁止野外用火。"


def test_near_misses_share_words_and_are_no_copies() -> None:
    told: list[tuple[int, int]] = []
    found = near_misses([("失业保险金能领多久", 0)], [RIGHT, COPIED, NEAR, FAR], lambda *at: told.append(at))
    assert found == [[2]]
    assert told == [(1, 1)]
