"""The places of China that a text may name, whether or not a library holds them: cities.txt, counties.txt. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

from index.text import normal

# what may stand before a name of two characters, which else may be the end of a word: 应县, not 相应县
_APART = re.compile(r"[^\u4e00-\u9fff]|[市省在和与由向及到的是们咱住中为含括经]")
_OF_ITSELF = "直管"  # heads the line of those that are a city of their own
_ENDS = re.compile("[县区市旗]")
_CITY = re.compile("[\u4e00-\u9fff]{2,9}?(?:自治州|地区|市|盟)")
_SORT_OF_PROVINCE = re.compile("省$|(?:壮族|回族|维吾尔)?自治区$")
# a name without 县, 市 or 区, which may be many a thing, is the county's where a word for being there stands beside it
_BEFORE = r"(?:^|[，,。；;！!？?、\s]|在|住|们|咱|俺|我是|我家是|老家|来电人是)"
_BEHIND = "(?:县城|县里|这边|那边|这头|那头|这儿|那儿|这里|那里|人[，,。]|当地|本地)"


@cache
def known_cities() -> dict[str, bool]:
    """China's cities, without 市, and whether the name is a common word as well; cities.txt."""
    return {name.rstrip("*"): name.endswith("*") for _, names in _provinces() for name in names}


@cache
def provinces() -> Mapping[str, str]:
    """China's provinces and autonomous regions, by their full names and by short: 广东 → 广东省."""
    full = [province for province, _ in _provinces() if province]
    return {**{_SORT_OF_PROVINCE.sub("", each): each for each in full}, **{each: each for each in full}}


def province_of(place: str) -> str:
    """The province that a city (佛山市 or 佛山) or a county lies in, by its full name; "" for none, or several."""
    of = _province_by_city()
    found = {of.get(_stem(city), "") for city in (place, *known_counties().get(place, ()))} - {""}
    return found.pop() if len(found) == 1 else ""


def beginning(name: str) -> tuple[str, str]:
    """City, or province, and county that a title or an office's name begins with: 宁波市, "" for 宁波东钱湖旅游度假区。

    A county that is no other city's brings its city along.
    """
    plain = normal(name)
    city = next((full for full in provinces().values() if plain.startswith(full)), "")
    rest = plain.removeprefix(city)
    found = _CITY.match(rest)
    stem = next((each for each in _stems(rest) if not known_cities()[each] or rest.startswith(f"{each}市")), "")
    if stem:
        city = found[0] if found and found[0].startswith(stem) else f"{stem}市"
        rest = rest.removeprefix(city) if rest.startswith(city) else rest.removeprefix(stem)
    county = next((each for each in named_counties(rest) if rest.startswith(each)), "")
    of = known_counties().get(county, ())
    if county and not stem and len(of) == 1:
        city = f"{of[0]}市" if of[0] in known_cities() else of[0]
    return city, county if not stem or stem in of else ""


@cache
def known_counties() -> Mapping[str, tuple[str, ...]]:
    """China's counties and districts by their full names → their cities, without 市; several share 鼓楼区."""
    found: dict[str, list[str]] = defaultdict(list)
    for city, name, mark in _counties():
        if mark != "*":
            found[name].append(city)
    return {name: tuple(cities) for name, cities in found.items()}


@cache
def short_names() -> Mapping[str, str]:
    """右玉 → 右玉县: the counties and county-level cities that go by less, where that is no word of everyday speech."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, name, mark in _counties():
        if not mark and len(name) > 2 and name[-1] in "县市":
            found[name[:-1]].add(name)
    return {short: names.pop() for short, names in found.items() if len(names) == 1 and short not in known_cities()}


def counties_of(cities: Collection[str]) -> dict[str, str]:
    """The counties of these cities (大同市 or 大同) that are no other city's, by full name and by short → the city."""
    by_stem = {_stem(city): city for city in cities}
    found = {name: by_stem[of[0]] for name, of in known_counties().items() if len(of) == 1 and of[0] in by_stem}
    return {**{short: found[name] for short, name in short_names().items() if name in found}, **found}


def named_counties(plain: str) -> frozenset[str]:
    """The counties that a text in normal form names in full: 右玉县."""
    known, longest = known_counties(), _longest_county()
    return frozenset(
        name
        for found in _ENDS.finditer(plain)
        for length in range(2, longest + 1)
        if found.end() >= length and (name := plain[found.end() - length : found.end()]) in known
        if length > 2 or found.end() == 2 or _APART.match(plain[found.end() - 3])
    )


def counties_where(plain: str) -> frozenset[str]:
    """The counties where a text says that one is: those named in full, and 我在平遥, 平遥那边."""
    short = (found["behind"] or found["before"] for found in _there().finditer(plain))
    return named_counties(plain) | {short_names()[name] for name in short}


def is_there(short: str, plain: str) -> bool:
    """Whether a text says that one is where a district's short name may be meant: 我在云冈, 云冈这头."""
    return short in plain and re.search(_there_by(re.escape(short)), plain) is not None


def _stems(plain: str) -> Iterator[str]:
    """The cities with whose short name a text begins, the longest first."""
    return (plain[:length] for length in range(7, 1, -1) if plain[:length] in known_cities())


@cache
def _province_by_city() -> Mapping[str, str]:
    return {name.rstrip("*"): province for province, names in _provinces() for name in names}


def _provinces() -> Iterator[tuple[str, list[str]]]:
    """Each province with its cities, * and all; "" for the cities that lie in none."""
    for line in _lines("cities.txt"):
        province, _, names = line.rpartition("：")
        yield province, names.split()


def stands_apart(name: str, plain: str) -> bool:
    """Whether a text holds a name that does not end a word begun before it: 江西, but not in 长江西路."""
    return any(m.start() == 0 or _APART.match(plain[m.start() - 1]) for m in re.finditer(re.escape(name), plain))


def _counties() -> Iterator[tuple[str, str, str]]:
    """City, county, and its mark: * for a common word, ~ for one whose short name is."""
    for line in _lines("counties.txt"):
        city, _, names = line.partition("：")
        for each in names.split():
            name = each.rstrip("*~")
            yield (name if city == _OF_ITSELF else city).removesuffix("市"), name, each[len(name) :]


def _stem(city: str) -> str:
    """大同市 → 大同, 延边朝鲜族自治州 → 延边."""
    own = (name for name in known_cities() if city.startswith(name) and not city.endswith("市"))
    return next(own, city.removesuffix("市"))


@cache
def _there() -> re.Pattern[str]:
    return re.compile(_there_by("|".join(sorted(short_names(), key=len, reverse=True))))


def _there_by(names: str) -> str:
    return rf"{_BEFORE}(?P<behind>{names})|(?P<before>{names})(?={_BEHIND})"


@cache
def _longest_county() -> int:
    return max(map(len, known_counties()))


def _lines(name: str) -> list[str]:
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]
