import pytest

from index.places import (
    beginning,
    counties_of,
    counties_where,
    known_cities,
    known_counties,
    named_counties,
    province_of,
    provinces,
    short_names,
    stands_apart,
)


def test_every_county_has_a_city_of_the_list() -> None:
    own = {name.removesuffix("市") for name in known_counties()}  # those that a province rules itself
    cities = {city for of in known_counties().values() for city in of}
    assert cities - known_cities().keys() - own == {"朝阳", "吉林"}  # which are a district and a province, too
    assert len(known_counties()) > 2750


def test_a_county_may_be_several_cities() -> None:
    assert known_counties()["右玉县"] == ("朔州",)
    assert set(known_counties()["鼓楼区"]) == {"南京", "徐州", "福州", "开封"}
    assert "矿区" not in known_counties()  # a common word


def test_every_city_but_four_lies_in_a_province() -> None:
    assert {city for city in known_cities() if not province_of(city)} == {"北京", "天津", "上海", "重庆"}
    assert len(set(provinces().values())) == 27
    assert provinces()["内蒙古"] == provinces()["内蒙古自治区"] == "内蒙古自治区"


@pytest.mark.parametrize(
    ("place", "province"),
    [
        ("佛山", "广东省"),
        ("佛山市", "广东省"),
        ("右玉县", "山西省"),
        ("鼓楼区", ""),
        ("延边朝鲜族自治州", "吉林省"),
        ("火星", ""),
    ],
)
def test_the_province_that_a_place_lies_in(place: str, province: str) -> None:
    assert province_of(place) == province


@pytest.mark.parametrize(
    ("name", "city", "county"),
    [
        ("北京市出租汽车管理条例", "北京市", ""),
        ("宁波东钱湖旅游度假区条例", "宁波市", ""),
        ("广东省城镇房屋租赁条例", "广东省", ""),
        ("上海市浦东新区绿色金融若干规定", "上海市", "浦东新区"),
        ("延边朝鲜族自治州水条例", "延边朝鲜族自治州", ""),
        ("浑源县人民政府", "大同市", "浑源县"),
        ("义乌市市容管理办法", "金华市", "义乌市"),
        ("通化学品管理办法", "", ""),  # a city, and a word of every day
        ("中华人民共和国气象法", "", ""),
    ],
)
def test_the_place_that_a_title_begins_with(name: str, city: str, county: str) -> None:
    assert beginning(name) == (city, county)


def test_a_name_stands_apart_where_no_word_began_before_it() -> None:
    assert stands_apart("江西", "我是江西的")
    assert not stands_apart("江西", "长江西路")


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
