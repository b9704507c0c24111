import pytest

from index.files.numerals import numeral


@pytest.mark.parametrize(
    ("number", "style", "written"),
    [
        (7, "decimal", "7"),
        (7, "decimalZero", "07"),
        (12, "decimalFullWidth", "１２"),
        (1, "chineseCounting", "一"),
        (10, "chineseCounting", "十"),
        (19, "chineseCountingThousand", "十九"),
        (20, "chineseCounting", "二十"),
        (34, "chineseCounting", "三十四"),
        (100, "chineseCountingThousand", "一百"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "chineseCountingThousand", "一百一十"),
        (1002, "chineseCountingThousand", "一千零二"),
        (1020, "chineseCountingThousand", "一千零二十"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (2024, "ideographDigital", "二〇二四"),
        (3, "ideographTraditional", "丙"),
        (11, "ideographTraditional", "11"),
        (1, "ideographZodiac", "子"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircleChinese", "21"),
        (2, "decimalEnclosedParen", "⑵"),
        (3, "decimalEnclosedFullstop", "⒊"),
        (2, "upperLetter", "B"),
        (28, "lowerLetter", "bb"),
        (1994, "upperRoman", "MCMXCIV"),
        (4, "lowerRoman", "iv"),
        (5, "bullet", ""),
        (5, "none", ""),
        (0, "chineseCounting", "0"),
        (10_000, "chineseCounting", "10000"),
        (5, "hebrew1", "5"),
    ],
)
def test_numbers_are_written_as_word_prints_them(number: int, style: str, written: str) -> None:
    assert numeral(number, style) == written
