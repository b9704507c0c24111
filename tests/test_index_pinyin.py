import pytest

from index.pinyin import characters, readings, sound, syllables


def test_a_character_has_its_readings_and_a_syllable_its_characters() -> None:
    assert set(readings()["行"]) == {"xing", "hang"}
    assert readings()["积"] == ("ji",)
    assert "积" in characters()["ji"]
    assert "a" not in readings()


@pytest.mark.parametrize(
    ("one", "other"),
    [("zheng", "zen"), ("shi", "si"), ("nan", "lan"), ("bing", "bin"), ("hua", "fa"), ("hu", "fu")],
)
def test_what_accents_mix_up_sounds_the_same(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_what_no_accent_mixes_up_does_not() -> None:
    assert len({sound(each) for each in ("ba", "pa", "ma", "bao", "hai", "fei")}) == 6


@pytest.mark.parametrize(
    ("letters", "parts"),
    [("gongjijin", ["gong", "ji", "jin"]), ("zheng", ["zheng"]), ("wifi", []), ("etc", []), ("", [])],
)
def test_letters_are_cut_into_whole_syllables(letters: str, parts: list[str]) -> None:
    assert syllables(letters) == parts
