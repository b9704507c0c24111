import pytest

from index.places import counties_of, counties_where, known_cities, known_counties, named_counties, short_names


def test_every_county_has_a_city_of_the_list() -> None:
    own = {name.removesuffix("市") for name in known_counties()}  # those that a province rules itself
    cities = {city for of in known_counties().values() for city in of}
    assert cities - known_cities().keys() - own == {"朝阳", "吉林"}  # which are a district and a province, too
    assert len(known_counties()) > 2750


def test_a_county_may_be_several_cities() -> None:
    assert known_counties()["右玉县"] == ("朔州",)
    assert set(known_counties()["鼓楼区"]) == {"南京", "徐州", "福州", "开封"}
    assert "矿区" not in known_counties()  # a common word


def test_short_names_that_are_words_of_everyday_speech_are_none() -> None:
    assert short_names()["平遥"] == "平遥县"
    assert {"公安", "延长", "资源", "比如"}.isdisjoint(short_names())


def test_the_counties_of_cities_by_full_and_by_short_name() -> None:
    found = counties_of({"朔州市"})
    assert found["右玉"] == found["右玉县"] == found["朔城区"] == "朔州市"
    assert "朔城" not in found
    assert "鼓楼区" not in counties_of({"南京市", "徐州市"})
    assert counties_of({"延边朝鲜族自治州"})["珲春市"] == "延边朝鲜族自治州"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("右玉县和应县的林场", {"右玉县", "应县"}),
        ("全市各相应县、主城区和开发区", set()),
        ("我在平遥开客栈", {"平遥县"}),
        ("平遥那边的客栈", {"平遥县"}),
        ("公安那边的规定，资源怎么分", set()),
        ("吃平遥牛肉", set()),
    ],
)
def test_where_a_text_says_that_one_is(text: str, found: set[str]) -> None:
    assert counties_where(text) == found
    assert named_counties(text) <= found
