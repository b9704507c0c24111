"""Numbers of automatic lists as Word and browsers print them: 一、 (A) ① iv. Pure."""

from __future__ import annotations

_HAN = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
# styles that print a character of their own, and from which number they no longer do
_ENCLOSED = {
    "decimalEnclosedCircle": ("①", 20),
    "decimalEnclosedCircleChinese": ("①", 20),
    "decimalEnclosedParen": ("⑴", 20),
    "decimalEnclosedFullstop": ("⒈", 20),
    "ideographEnclosedCircle": ("㊀", 10),
}
_CYCLES = {"ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥"}
_COUNTED = frozenset(
    ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "japaneseCounting")
)


def numeral(number: int, style: str) -> str:
    """`number` in a numbering style, named as OOXML does (ST_NumberFormat). Plain digits where the style is unknown
    or has no sign for this number; "" for the styles "none" and "bullet"."""
    if style in ("none", "bullet"):
        return ""
    if style == "decimalZero":
        return f"{number:02d}"
    if style == "decimalFullWidth":
        return str(number).translate({ord("0") + i: chr(0xFF10 + i) for i in range(10)})
    if not 0 < number < 10_000:
        return str(number)
    if style in _COUNTED:
        return _counted(number, _HAN, "十百千", bare_ten=True)
    if style == "chineseLegalSimplified":
        return _counted(number, _LEGAL, "拾佰仟", bare_ten=False)
    if style == "ideographDigital":
        return "".join(_HAN[int(digit)] for digit in str(number))
    if style in _ENCLOSED:
        first, last = _ENCLOSED[style]
        return chr(ord(first) + number - 1) if number <= last else str(number)
    if style in _CYCLES and number <= len(_CYCLES[style]):
        return _CYCLES[style][number - 1]
    if style in ("upperLetter", "lowerLetter"):
        letters = chr(ord("A") + (number - 1) % 26) * (1 + (number - 1) // 26)  # Z is followed by AA, BB, …
        return letters if style == "upperLetter" else letters.lower()
    if style in ("upperRoman", "lowerRoman"):
        return _roman(number) if style == "upperRoman" else _roman(number).lower()
    return str(number)


def _counted(number: int, digits: str, units: str, *, bare_ten: bool) -> str:
    """12 → 十二, 105 → 一百零五."""
    written, gap = "", False
    for power in range(3, -1, -1):
        digit = number // 10**power % 10
        if digit == 0:
            gap = True
            continue
        if gap and written:
            written += "零"
        gap = False
        written += digits[digit] + (units[power - 1] if power else "")
    return written[1:] if bare_ten and 10 <= number < 20 else written


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        written += sign * count
    return written
