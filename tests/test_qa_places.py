import pytest

from qa.places import places, stands_placed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("大同市云州区、右玉县和盂县", {"大同", "云州区", "右玉县", "盂县"}),
        ("阳泉的规定", {"阳泉"}),
        ("其中应县32公里", {"应县"}),
        ("全市各县区、相应县、主城区、小区和开发区", set()),
        ("长治久安", set()),
        ("", set()),
    ],
)
def test_cities_and_counties_are_named(text: str, found: set[str]) -> None:
    assert places(text) == found


def test_a_county_may_go_by_its_short_name() -> None:
    assert stands_placed("右玉县", "右玉的林场")
    assert not stands_placed("云州区", "云州的")
    assert not stands_placed("大同", "阳泉市")
