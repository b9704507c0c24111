import pytest

from eval import fit_small_talk
from eval.fit_small_talk import fit, labelled
from qa import small_talk
from qa.small_talk import asks_nothing

CHAT = [f"{who}真是{how}" for who in ("你", "您", "机器人") for how in ("聪明", "好笑", "没用", "可爱")]
ASKED = [f"{what}补贴{how}" for what in ("采暖", "高龄", "租房") for how in ("多少钱", "谁发", "怎么领", "给几年")]


def test_what_is_like_the_small_talk_it_was_taught_weighs_for_it() -> None:
    weights = fit([(text, True) for text in CHAT] + [(text, False) for text in ASKED])
    assert weights["真"] > 0 > weights["补贴"]
    assert weights["真是"] > 0
    assert asks_nothing("您真是聪明可爱", weights) > asks_nothing("养老补贴怎么领", weights)


def test_the_bundled_lines_and_the_dev_questions_are_taught_and_no_test_question() -> None:
    texts = dict(labelled(None))
    assert sum(texts.values()) > 800
    assert len(texts) - sum(texts.values()) > 600
    assert texts["你到底是真人还是机器啊，叫啥名儿？"]  # of the dev split
    assert len(fit_small_talk.LINES.read_text("utf-8").splitlines()) == 1 + 1258


def test_checking_writes_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    before = small_talk.WEIGHTS.read_bytes()
    monkeypatch.setattr(
        fit_small_talk, "labelled", lambda pairs: [(t, True) for t in CHAT] + [(t, False) for t in ASKED]
    )
    assert fit_small_talk.main(["--check"]) == 0
    assert "闲聊" in capsys.readouterr().out
    assert small_talk.WEIGHTS.read_bytes() == before
