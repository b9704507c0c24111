from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text import (
    add_years,
    display_width,
    normal,
    number_value,
    numeral,
    parse_date,
    simplified,
    squeeze,
    years_in_digits,
)


def test_squeeze_drops_every_kind_of_white_space() -> None:
    assert squeeze(" 任　务\t2636\r\n户\u2028\xa0") == "任务2636户"


@pytest.mark.parametrize(
    ("printed", "matched"),
    [
        ("同政办规［２０２４］３号", "同政办规[2024]3号"),
        ("同政办规〔2024〕 3 号", "同政办规[2024]3号"),
        ("同政办规【2024】3号", "同政办规[2024]3号"),
        ("〈办法〉", "《办法》"),
        ("「以上」『以下』", "“以上”“以下”"),
        ("ＰＭ2.5", "pm2.5"),
        ("㈠", "(一)"),  # NFKC lengthens it: normal() is for matching only, never for offsets
    ],
)
def test_normal_gives_one_spelling(printed: str, matched: str) -> None:
    assert normal(printed) == matched


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("12", 12),
        ("１２", 12),
        (" 7 ", 7),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("廿三", 23),
        ("两百", 200),
        ("一百零三", 103),
        ("二百零五", 205),
        ("一千零一十", 1010),
        ("三万二千", 32_000),
        ("一亿二千万", 120_000_000),
        ("三十五万六千", 356_000),
        ("一万亿", 1_000_000_000_000),
        ("万", 10_000),
        ("二〇二四", 2024),
        ("二○二四", 2024),
        ("零", 0),
        ("壹佰贰拾", 120),
        ("", None),
        ("十二条", None),
        ("3.5", None),
        ("-1", None),
        ("²", 2),  # NFKC makes it a digit
        ("٣", None),  # a digit in Arabic script is none of ours
        ("一" * 5000, None),  # Python refuses integers of more than 4,300 digits
        ("9" * 5000, None),
    ],
)
def test_number_value(words: str, value: int | None) -> None:
    assert number_value(words) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        *((1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一"), (100, "一百"), (103, "一百零三")),
        *((110, "一百一十"), (1001, "一千零一"), (1010, "一千零一十"), (9999, "九千九百九十九")),
    ],
)
def test_numeral_is_spelt_as_articles_are(value: int, words: str) -> None:
    assert numeral(value) == words


def test_every_numeral_reads_as_its_number() -> None:
    assert all(number_value(numeral(n)) == n for n in range(1, 10_000))


@pytest.mark.parametrize("value", [0, -1, 10_000])
def test_no_article_has_such_a_number(value: int) -> None:
    with pytest.raises(ValueError, match=str(value)):
        numeral(value)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年6月13日", date(2024, 6, 13)),
        ("２０２４年６月１３日", date(2024, 6, 13)),
        ("（2024 年 6 月 3 日市政府第5次会议通过）", date(2024, 6, 3)),
        ("二〇二四年六月十三日", date(2024, 6, 13)),
        ("二○一九年十二月三十一日", date(2019, 12, 31)),
        ("自2024年7月1日起至2026年6月30日", date(2024, 7, 1)),
        ("2024年2月30日", None),
        ("2023年2月29日", None),
        ("0000年1月1日", None),
        ("2024年6月", None),
        ("第13日", None),
        ("", None),
    ],
)
def test_parse_date(text: str, day: date | None) -> None:
    assert parse_date(text) == day


@given(st.dates())
def test_a_date_is_read_back_in_either_script(day: date) -> None:
    assert parse_date(f"于{day.year:04}年{day.month}月{day.day}日起") == day
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in f"{day.year:04}")
    assert parse_date(f"{year}年{numeral(day.month)}月{numeral(day.day)}日") == day


def test_add_years() -> None:
    assert add_years(date(2024, 7, 1), 5) == date(2029, 7, 1)
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_a_latin_letter_is_half_as_wide_as_a_character() -> None:
    assert display_width("任务2636户") == 5.0  # 3 characters and 4 digits
    assert display_width("（一）") == 3.0
    assert display_width("") == 0.0


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert squeeze(normal(text)) == normal(text)
    assert not any(c.isspace() for c in squeeze(text))
    number_value(text)
    parse_date(text)
    assert display_width(text) <= len(text)


@pytest.mark.parametrize("text", ["乾隆皇后的头发", "里程、干部、著作、几个", "abc，12", ""])
def test_simplified_text_stays_as_it_is(text: str) -> None:
    assert simplified(text) == text


def test_years_are_read_as_notices_print_them() -> None:
    assert years_in_digits("到二〇三〇年、二零二七年底") == "到2030年、2027年底"
    assert (
        years_in_digits("再熬到二七年，明年就是25年，前年就是二三年") == "再熬到2027年，明年就是2025年，前年就是2023年"
    )
    assert years_in_digits("23年底，18年那趟，一三年那份") == "2023年底，2018年那趟，2013年那份"
    for how_long in ("二三年以后，二十年", "干了26年", "一二年的工夫", "10年以上", "三十二年"):
        assert years_in_digits(how_long) == how_long
