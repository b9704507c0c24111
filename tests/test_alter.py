"""The altered copies hold what the originals hold: else they would prove nothing about the parser."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

import index
from tests.alter import PLACES, Alteration, alter, renames_of

CORPUS = {p.name: p.read_text("utf-8") for p in sorted((Path(index.__file__).parent / "corpus").glob("*.txt"))}
GOLD = [json.loads(row) for row in (Path(__file__).parent / "gold" / "notices.jsonl").read_text("utf-8").splitlines()]
ALL = Alteration.RENAME | Alteration.REWRAP | Alteration.HEADERS | Alteration.BREAKS
SEEDS = (1, 2)

every_gazette = pytest.mark.parametrize("source", CORPUS)


def squeeze(text: str) -> str:
    return "".join(text.split())


def is_subsequence(inner: str, outer: str) -> bool:
    rest = iter(outer)
    return all(c in rest for c in inner)


@every_gazette
def test_the_same_seed_gives_the_same_copy_and_another_seed_another(source: str) -> None:
    text = CORPUS[source]
    assert alter(text, 1, ALL) == alter(text, 1, ALL)
    assert alter(text, 1, ALL).text != alter(text, 2, ALL).text


@every_gazette
@pytest.mark.parametrize("seed", SEEDS)
def test_no_place_and_no_code_of_the_original_is_left(source: str, seed: int) -> None:
    copy = squeeze(alter(CORPUS[source], seed, Alteration.RENAME).text).replace("相应县", "")
    assert [place for place in PLACES if place in copy] == []
    assert re.findall(r"[同阳朔忻晋](?:政|民|财|自然资)[\u4e00-\u9fff]{0,4}[〔\[]\d{4}", copy) == []
    assert not {"朔", "忻", "DATONG", "www.dt.gov"} & {*copy, *re.findall("DATONG|www.dt.gov", copy)}


@every_gazette
@pytest.mark.parametrize("seed", SEEDS)
def test_the_renamed_gold_stands_in_the_copy(source: str, seed: int) -> None:
    original = squeeze(CORPUS[source])
    altered = alter(CORPUS[source], seed, Alteration.RENAME)
    copy = squeeze(altered.text)
    words = set()
    for row in GOLD:
        if row["source"] == source:
            words |= {row["title"], row["document_number"], row["effective_rule"], row["validity"], row["place_city"]}
            words |= {*row["recipients"], *row["issuing_authorities"], row["place_county"]}
            words |= {a["title"] for a in row["attachments"]}
            words |= {v for r in row["repeals"] for v in r.values()}
    words = {squeeze(w) for w in words if squeeze(w) in original}
    assert len(words) > 30
    assert [w for w in words if altered.rename(w) not in copy] == []


def test_names_are_drawn_apart_from_each_other_and_from_the_originals() -> None:
    text = squeeze("".join(CORPUS.values()))
    for seed in SEEDS:
        new = [name for old, name in renames_of(seed).names if len(old) > 1 and old != "规划和自然资源局"]
        assert len(set(new)) == len(new)
        assert [name for name in new if name in text] == []


def test_renaming_keeps_lengths_and_follows_a_name_over_a_line_end() -> None:
    renames = renames_of(1)
    text = "大\n\n同市人民政府，相应县（区），同意。\n同政办发〔20\n24〕 12号，2021—2025年，1.2024"
    renamed = renames(text)
    assert len(renamed) == len(text)
    city = renames("大同")
    assert renamed.startswith(f"{city[0]}\n\n{city[1]}市人民政府，相应县（区），同意。\n{city[0]}政办发〔20\n")
    year = str(2024 + renames.years)
    assert squeeze(renamed).endswith(f"号，{2021 + renames.years}—{2025 + renames.years}年，1.2024")
    assert f"〔{year}〕" in squeeze(renamed)
    assert renames.date("2024-06-13") == f"{year}-06-13"
    assert {len(renames(f"同政发〔2024〕{n}号")) for n in range(1, 10)} == {11}
    assert len({renames(f"同政发〔2024〕{n}号") for n in range(1, 100)}) == 99


@every_gazette
def test_an_unrenamed_copy_renames_nothing(source: str) -> None:
    altered = alter(CORPUS[source], 1, Alteration.BREAKS)
    assert altered.rename("大同市") == "大同市"
    assert altered.redate("2024-06-13") == "2024-06-13"
    assert altered.redate(None) is None


@every_gazette
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [Alteration.REWRAP, Alteration.BREAKS, Alteration.REWRAP | Alteration.BREAKS])
def test_another_width_and_other_page_breaks_move_white_space_and_headers_only(
    source: str, seed: int, kind: Alteration
) -> None:
    text = CORPUS[source]
    copy = alter(text, seed, kind).text
    assert copy != text
    if kind == Alteration.BREAKS:
        assert squeeze(copy) == squeeze(text)
    assert Counter(squeeze(copy)) == Counter(squeeze(text))
    assert titles_in_order(copy, source)


@every_gazette
@pytest.mark.parametrize("seed", SEEDS)
def test_new_headers_are_added_and_old_ones_gone(source: str, seed: int) -> None:
    text = CORPUS[source]
    copy = alter(text, seed, Alteration.HEADERS).text
    assert re.search("^·.*·$", copy, re.MULTILINE) is None
    assert len(re.findall(r"^[^，。]{2,20}人民政府公报.{0,20}$", copy, re.MULTILINE)) > 15
    content = re.sub(r"^·.*·$|^.*\d/\d{4}.*$|^—.*\d.*$|^.$|^2024.*公报.*$", "", text, flags=re.MULTILINE)
    assert is_subsequence(squeeze(content), squeeze(copy))
    assert titles_in_order(copy, source)


def test_lines_are_set_to_the_new_width() -> None:
    hard = [alter(CORPUS["000_c42adc4029a86acb.txt"], seed, Alteration.REWRAP).text for seed in (1, 2)]
    common = [Counter(len(line) for line in text.split("\n") if line).most_common(1)[0][0] for text in hard]
    assert common == [16, 28]
    whole = alter(CORPUS["003_c4099b40e8340732.txt"], 1, Alteration.REWRAP).text
    assert Counter(len(line) for line in whole.split("\n") if line).most_common(1)[0][0] == 24


def titles_in_order(copy: str, source: str) -> bool:
    """Whether the numbers of the notices follow each other as in the gold (their numbers, for titles repeat)."""
    numbers = [row["document_number"] for row in GOLD if row["source"] == source and "〔" in row["document_number"]]
    text = squeeze(copy).replace("[", "〔").replace("]", "〕")
    return is_ordered([text.rfind(number) for number in numbers if text.count(number) < 3])


def is_ordered(offsets: list[int]) -> bool:
    return -1 not in offsets and offsets == sorted(offsets)
