from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.query import MAX_QUESTION, Gazetteer, Query, read_query
from index.thesaurus import Thesaurus
from tests.gazette_samples import notice, odd_texts

PLACES = Gazetteer(
    cities={"临河市": "临河市", "临河": "临河市", "阳山市": "阳山市", "阳山": "阳山市"},
    counties={"河口县": "临河市"},
)
LAY = Thesaurus({"房本": (("不动产权证书", 1.0), ("登记", 0.5)), "低保": (("最低生活保障", 1.0),)})


def read(text: str, context: str = "", place: str = "") -> Query:
    return read_query(text, PLACES, LAY, context, place)


# ── where ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "cities", "counties"),
    [
        ("临河市怎么补贴？", ("临河市",), ()),
        ("临河怎么补贴？", ("临河市",), ()),
        ("阳山和临河市哪个补得多？", ("阳山市", "临河市"), ()),  # in the order of the question
        ("河口县怎么补贴？", ("临河市",), ("河口县",)),  # a county brings its city along
        ("怎么补贴？", (), ()),
    ],
)
def test_places_are_known_by_every_name_people_use(
    question: str, cities: tuple[str, ...], counties: tuple[str, ...]
) -> None:
    found = read(question)
    assert (found.cities, found.counties) == (cities, counties)


def test_the_place_of_the_question_comes_before_that_of_the_context_and_the_one_chosen_beside_it() -> None:
    assert read("阳山呢？", context="临河怎么补贴？", place="临河市").cities == ("阳山市",)
    assert read("外地户口呢？", context="临河怎么补贴？", place="阳山市").cities == ("临河市",)
    assert read("怎么补贴？", place="阳山").cities == ("阳山市",)
    assert read("怎么补贴？", place="望海市").cities == ("望海市",)  # the library may hold nothing of it


def test_a_city_that_the_library_does_not_know_is_named() -> None:
    assert read("杭州市怎么补贴？").unknown_places == ("杭州",)
    assert read("临河市怎么补贴？").unknown_places == ()
    assert read("什么时候开封，日照要多久？").unknown_places == ()  # cities, and words of every day
    assert read("日照市怎么补贴？").unknown_places == ("日照",)


OVER = Gazetteer({"广东省": "广东省", "广东": "广东省", "佛山市": "佛山市", "佛山": "佛山市"}, {})


@pytest.mark.parametrize(
    ("question", "cities", "scope"),
    [
        ("佛山怎么补贴？", ("佛山市",), {"佛山市", "广东省", ""}),  # its province's notices hold there, too
        ("广东佛山怎么补贴？", ("佛山市",), {"佛山市", "广东省", ""}),
        ("广州怎么补贴？", ("广东省",), {"广东省", ""}),  # the library holds no notice of its own
        ("我在龙门县，怎么补贴？", ("广东省",), {"广东省", ""}),
        ("广东怎么补贴？", ("广东省",), {"广东省", ""}),
        ("怎么补贴？", (), set()),
    ],
)
def test_a_province_holds_in_its_cities(question: str, cities: tuple[str, ...], scope: set[str]) -> None:
    found = read_query(question, OVER, LAY)
    assert (found.cities, set(found.scope), found.unknown_places) == (cities, scope, ())


def test_a_province_that_the_library_knows_nothing_of_is_named() -> None:
    assert read_query("湖南省怎么补贴？", OVER, LAY).unknown_places == ("湖南省",)
    assert read_query("从湖南省回来，怎么补贴？", OVER, LAY).unknown_places == ()
    assert read_query("长沙怎么补贴？", OVER, LAY).unknown_places == ("长沙",)
    held = Gazetteer({"佛山市": "佛山市", "佛山": "佛山市"}, {})
    assert read_query("广东省怎么补贴？", held, LAY).unknown_places == ()


def test_a_county_that_no_city_of_the_library_has_is_unknown_and_one_of_several_cities_decides_nothing() -> None:
    assert read("平遥县怎么补贴？").unknown_places == ("平遥县",)
    assert read("我在平遥，怎么补贴？").unknown_places == ("平遥县",)
    held = Gazetteer({"南京市": "南京市", "南京": "南京市"}, {}).completed()
    assert read_query("鼓楼区怎么补贴？", held, LAY).cities == ()  # four cities have one
    assert read_query("鼓楼区怎么补贴？", held, LAY).unknown_places == ()
    assert read_query("六合区怎么补贴？", held, LAY).cities == ("南京市",)


def test_a_foreign_place_goes_before_the_one_chosen_but_not_one_that_somebody_comes_from() -> None:
    assert read("杭州呢？", context="临河怎么补贴？", place="临河市").unknown_places == ("杭州",)
    assert read("从杭州回来怎么补贴？", place="临河市").cities == ("临河市",)


def test_towns_and_scenic_areas_are_read_off_the_notices() -> None:
    text = "临河市人民政府关于征地的通告\n征收河口县西坪镇、杜庄乡。\n提升恒山风景名胜区。\n城镇、各乡镇照办。"
    places = Gazetteer.of([notice(f"{text}\n临河市人民政府\n2024年6月1日", title="临河市人民政府关于征地的通告")])
    assert {"西坪镇", "杜庄乡", "恒山", "恒山风景名胜区"} <= places.counties.keys()
    assert not {"城镇", "各乡镇"} & places.counties.keys()


def test_a_gazetteer_is_read_off_the_notices() -> None:
    addressed = notice(
        "临河市人民政府关于供水的通知\n河口县、东山县人民政府：\n正文在此。\n临河市人民政府\n2024年6月1日",
        title="临河市人民政府关于供水的通知",
    )
    places = Gazetteer.of([addressed, notice("没有地名的正文在此。")])
    assert places.cities == {"临河市": "临河市", "临河": "临河市"}
    assert places.counties["河口县"] == places.counties["东山县"] == "临河市"


# ── which notice, which provision ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "spelling",
    [
        "同政办规〔2024〕3号",
        "同政办规[2024]3号",
        "同政办规（2024）3号",
        "同政办规(2024)第3号",
        "同政办规【2024】3 号",
        "同政办规 〔２０２４〕 ３ 号",
        "同政办规［2024］3号",
    ],
)
def test_a_document_number_is_found_in_every_spelling(spelling: str) -> None:
    assert read(f"{spelling}，管哪些事？").document_numbers == ("同政办规〔2024〕3号",)


@pytest.mark.parametrize(
    "spelling", ["同政办规2024年3号", "请问同政办规2024 3号", "同政办规２０２４-３号", "同政办规2024第3号"]
)
def test_of_one_that_the_library_holds_the_brackets_may_be_left_out(spelling: str) -> None:
    read = read_query(f"{spelling}，管哪些事？", PLACES, LAY, held={"同政办规〔2024〕3号"})
    (number,) = read.document_numbers
    assert number.endswith("同政办规〔2024〕3号")
    assert "号" not in read.text
    assert read_query(f"{spelling}，管哪些事？", PLACES, LAY).document_numbers == ()


def test_numbers_of_orders_and_several_numbers() -> None:
    assert read("青州市人民政府令第8号管哪些事？").document_numbers == ("青州市人民政府令第8号",)
    assert read("同政发〔2024〕3号、同政发〔2023〕7号").document_numbers == ("同政发〔2024〕3号", "同政发〔2023〕7号")
    assert read("有效期呢？", context="同政发〔2024〕3号管哪些事？").document_numbers == ("同政发〔2024〕3号",)
    assert read("2024年有3号文件吗？").document_numbers == ()


def test_articles_are_spelt_as_in_print() -> None:
    assert read("第12条、第十二条、第 １２ 条和第一百零三条").articles == ("第十二条", "第一百零三条")


def test_titles_and_years() -> None:
    assert read("《供水办法》和《节水条例》哪个管？").titles == ("供水办法", "节水条例")
    assert read("2024年印发的通知").issued_in == 2024
    assert read("2024年6月13日发布的通知").issued_in == 2024
    assert read("2024年的文件里怎么说？").issued_in == 2024
    assert read("2024年工作计划怎么说？").issued_in is None
    assert read("2024年要交多少钱？").issued_in is None  # the year of the matter, not of the notice


# ── which words ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_words_that_only_frame_a_question_weigh_little() -> None:
    terms = read("请问怎么办理补贴").terms
    assert terms["补贴"] > 2 * terms["怎么"]
    assert terms["补贴"] > 2 * terms["请"]


def test_the_words_of_notices_come_with_lay_words_and_weigh_less() -> None:
    found = read("房本丢了")
    assert found.asked_for == {"房本": ("不动产权证书", "登记")}
    assert 0 < found.terms["登记"] < found.terms["证书"] < found.terms["房本"]
    assert not any(len(term) == 1 and term not in "房本丢了" for term in found.terms)  # single ones match too much


def test_what_was_asked_before_weighs_less() -> None:
    terms = read("外地户口呢？", context="补贴多少？").terms
    assert 0 < terms["补贴"] < terms["户口"]


def test_a_long_question_is_cut() -> None:
    assert read("水" * 20_000).text == "水" * MAX_QUESTION
    assert set(read("水" * MAX_QUESTION + "电").terms) == {"水", "水水"}


@pytest.mark.parametrize("nothing", ["", "   ", "？！", "😀😀"])
def test_a_question_of_nothing_asks_for_nothing(nothing: str) -> None:
    assert read(nothing) == Query(text=nothing, terms={})


@settings(deadline=None)
@given(odd_texts(), st.text(max_size=30))
def test_any_question_is_read(text: str, context: str) -> None:
    found = read(text, context)
    assert all(weight > 0 and term for term, weight in found.terms.items())
