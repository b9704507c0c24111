from random import Random

import pytest

from eval import privacy
from eval.privacy import SEED, false_masking, main, of_gazettes, overreach, recall
from eval.privacy_decoys import HARMLESS, harmless
from eval.privacy_samples import (
    FRAMES,
    PERSONAL,
    Sample,
    card,
    digits,
    grouped,
    identity_number,
    numeral_below_fifty,
    personal,
    spoken,
)
from index.records import Span


def test_there_are_enough_of_both_and_they_are_the_same_every_time() -> None:
    spellings = sum(map(len, PERSONAL.values()))
    items = personal(SEED, 10)
    assert len(items) == 10 * spellings >= 500
    assert len(FRAMES) >= 40
    assert len(harmless(SEED, 120)) == 120 * len(HARMLESS) >= 1000
    assert items == personal(SEED, 10) != personal(SEED + 1, 10)


def test_made_up_numbers_hold_the_rules_of_their_standard() -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
    for seed in range(50):
        number = identity_number(Random(seed))
        values = [10 if c == "X" else int(c) for c in number]
        assert sum(v * w for v, w in zip(values, weights, strict=True)) % 11 == 1  # ISO 7064, MOD 11-2
        doubled = [int(c) * (1 + at % 2) for at, c in enumerate(reversed(card(Random(seed), 19, "62")))]
        assert sum(v // 10 + v % 10 for v in doubled) % 10 == 0
    assert len(digits(Random(0), 9)) == 9
    assert (grouped("13800138000", (3, 4), "-"), spoken("10X")) == ("138-0013-8000", "幺零叉")
    assert [numeral_below_fifty(n) for n in (1, 10, 19, 20, 48)] == ["一", "十", "十九", "二十", "四十八"]


def test_an_item_counts_as_masked_from_end_to_end_alone() -> None:
    whole = Sample("手机号", "连写", "打13800138000，", Span(1, 12))
    half = Sample("手机号", "连写", "打13800138000转8001", Span(1, 17))
    (tally,) = recall([whole, half])
    assert (tally.n, len(tally.failed), tally.rate(of_failures=False).value) == (2, 1, 0.5)
    (wrong,) = false_masking([whole, Sample("手机号", "连写", "打12345，", Span(1, 6))])
    assert wrong.rate(of_failures=True).value == 0.5
    cut = Sample("手机号", "连写", "打13800138000，", Span(1, 4))
    assert len(overreach([whole, cut]).failed) == 1


@pytest.mark.parametrize("seed", [SEED, 7])
def test_masking_keeps_what_it_promises(seed: int) -> None:
    found = recall(personal(seed, 10))
    assert sum(len(tally.failed) for tally in found) <= 0.01 * sum(tally.n for tally in found)
    wrong = [*false_masking(harmless(seed, 120)), *of_gazettes()]
    assert sum(len(tally.failed) for tally in wrong) <= 0.005 * sum(tally.n for tally in wrong)


def test_the_command_prints_rates_with_their_numbers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "EACH_PERSONAL", 2)
    monkeypatch.setattr(privacy, "EACH_HARMLESS", 5)
    assert main(["--misses"]) == 0
    told = capsys.readouterr().out
    assert "个人信息：全部遮住" in told
    assert "公报里的数字" in told
    assert "毫秒" in told
