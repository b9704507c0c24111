import re
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

import pytest

from eval.report.plots import (
    TONES,
    Axis,
    Bar,
    Dot,
    Line,
    against_diagonal,
    apart,
    band,
    bars,
    curve,
    growing,
    steps_to,
)

AXIS = Axis("看前几段", "召回")
DOTS = [Dot(1, 0.5, 0.4, 0.6), Dot(2, 0.75, 0.7, 0.8)]
BARS = [Bar("全部", "0.500 · 8", 0.5, 0.25, 0.75), Bar("题型", heading=True), Bar("闲聊", "-")]
DRAWINGS: Mapping[str, Callable[[], str]] = {
    "bars": lambda: bars(BARS, "各组", 78),
    "band": lambda: band(DOTS, AXIS, "召回"),
    "diagonal": lambda: against_diagonal([Dot(0.5, 0.25, 0.1, 0.4)], AXIS, "信心"),
    "curve": lambda: curve([(0.5, 0.0), (1.0, 0.25)], ("门槛 0.5", 1.0, 0.25), AXIS, "风险"),
    "growth": lambda: growing([Line("内存 MB", [(10_000, 400), (1e6, 1500)])], Axis("段落数", ""), "增长"),
    "steps": lambda: steps_to([10.0, 20.0, 0.0], [("p50 10.0", 10.0, 0.5)], AXIS, "用时"),
}

every_drawing = pytest.mark.parametrize("name", DRAWINGS)


@every_drawing
def test_the_same_numbers_give_the_same_bytes(name: str) -> None:
    assert DRAWINGS[name]() == DRAWINGS[name]()


@every_drawing
def test_a_drawing_needs_no_inline_style_and_loads_nothing(name: str) -> None:
    svg = DRAWINGS[name]()
    ElementTree.fromstring(svg)  # it is well-formed
    assert not re.search(r"style|<script|<metadata|xlink|http(?!://www\.w3\.org/2000/svg\")", svg)
    assert not re.search(r"\d\.\d{4}", svg)


@every_drawing
def test_every_colour_has_a_class_that_a_dark_page_can_turn(name: str) -> None:
    for tag in re.findall(r"<\w+[^>]*>", DRAWINGS[name]()):
        for part, colour in re.findall(r'(fill|stroke)="(#\w+)"', tag):
            assert f"{part}-{TONES[colour]}" in tag


def test_text_stays_text() -> None:
    words = re.findall(r"<text[^>]*>([^<]*)</text>", bars(BARS, "各组", 78))
    assert set(words) == {"全部", "0.500 · 8", "题型", "闲聊", "-", "0", "0.5", "1"}
    assert "font-family" not in bars(BARS, "各组", 78)


def test_a_bar_is_as_long_as_its_value() -> None:
    """Of 344 px, 78 hold names and 92 notes; on the 174 between them 0.5 stands at 78 + 87."""
    svg = bars([Bar("全部", "", 0.5, 0.25, 0.75)], "各组", 78)
    assert re.search(r"M 78 \S+\s+L 165 ", svg)
    assert re.search(r"M 121\.5 \S+\s+L 208\.5 ", svg)  # its interval: 78 + 43.5 to 78 + 130.5
    assert not re.search(r"M 78 \S+\s+L 165 ", bars([Bar("全部", "-")], "各组", 78))


def test_a_line_that_grows_is_named_and_its_sizes_are_the_ticks() -> None:
    words = re.findall(r"<text[^>]*>([^<]*)</text>", DRAWINGS["growth"]())
    assert {"内存 MB", "1万", "100万", "段落数", "1,000"} <= set(words)


def test_what_takes_no_time_can_be_drawn() -> None:
    assert "毫秒" in steps_to([0.0], [], Axis("毫秒", "比例"), "用时")


def test_two_drawings_on_a_page_share_no_id() -> None:
    ids = [re.findall(r'\bid="([^"]*)"', draw()) for draw in DRAWINGS.values()]
    assert all(ids)
    assert len({each for some in ids for each in some}) == sum(map(len, ids))


def test_what_a_screen_reader_says_is_escaped() -> None:
    assert 'role="img" aria-label="&lt;&quot;$x$&amp;"' in band(DOTS, AXIS, '<"$x$&')


def test_the_settings_of_this_machine_neither_count_nor_change() -> None:
    import matplotlib

    plain = band(DOTS, AXIS, "召回")
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.fonttype": "path"}):
        before = dict(matplotlib.rcParams)
        assert band(DOTS, AXIS, "召回") == plain
        assert dict(matplotlib.rcParams) == before


def test_names_give_way_to_each_other_alike() -> None:
    assert apart([10.0, 100.0, 12.0], 16) == [3.0, 100.0, 19.0]
    assert apart([0.0, 1.0, 2.0, 50.0], 10) == [-9.0, 1.0, 11.0, 50.0]
    assert apart([], 10) == []
