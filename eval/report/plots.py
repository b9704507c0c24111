"""The door to matplotlib: numbers → an SVG drawing as a string, for a page. It is imported where it is used.

Text stays text, so that the page's own Chinese fonts show it. A colour is a class (`fill-blue`) beside the light tone,
so that the page's style sheet turns it dark; nothing is styled in place, so that a page may forbid inline styles. The
same numbers give the same bytes: no date, ids made from content, layout measured with the font that matplotlib brings.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 344  # of a drawing, in px at scale 1: a phone's card
INK, MUTED, LINE, PAPER = "#1b2430", "#5a6572", "#d5dae1", "#ffffff"
BLUE, TINT = "#0b4f9e", "#c9dcf2"
TONES = {INK: "ink", MUTED: "muted", LINE: "line", PAPER: "paper", BLUE: "blue", TINT: "tint"}

_TEXT_PX = 14
_HEIGHT = 260
_ROW, _HEADING_ROW = 26, 34  # heights of a row of bars
_NAME_WIDTH, _NAME_HEIGHT = 84, 17  # of a line's name, in px
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 14, 30, 52  # margins, in px
_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_NAMES = [f"{share:g}" for share in _SHARES]
_MIDDLE = 0.6  # of an axis: what stands beyond it is named to its left


class Dot(NamedTuple):
    """A point with the interval of its y; all within what the axes show."""

    x: float
    y: float
    low: float
    high: float


class Bar(NamedTuple):
    """A row of a bar chart; a heading has neither value nor note."""

    label: str
    note: str = ""  # at the right end
    value: float | None = None
    low: float = 0.0
    high: float = 0.0
    heading: bool = False


class Line(NamedTuple):
    """A line through measured points, and the name that stands at its last one."""

    name: str
    points: Sequence[tuple[float, float]]


class Axis(NamedTuple):
    """What the axes are called."""

    x: str
    y: str


def bars(rows: Sequence[Bar], label: str, label_width: int) -> str:
    """Horizontal bars from 0 to 1 with their intervals, top down. `label_width`: px for the names at the left."""
    heights = [_HEADING_ROW if row.heading else _ROW for row in rows]
    note_width, bottom = 92, 26

    def draw(axes: Axes) -> None:
        height = sum(heights)
        axes.set_xlim(0, 1)
        axes.set_ylim(height, 0)
        top = 0
        for row, tall in zip(rows, heights, strict=True):
            middle = top + tall / 2
            top += tall
            if row.heading:
                axes.text(-label_width / span, top - tall * 0.3, row.label, va="center", weight="bold")
                continue
            axes.text(-8 / span, middle, row.label, ha="right", va="center")
            axes.text(1 + note_width / span, middle, row.note, ha="right", va="center", color=MUTED)
            if row.value is not None:
                axes.barh(middle, row.value, 14, color=TINT)
                axes.plot([row.low, row.high], [middle, middle], color=INK, linewidth=1.5, solid_capstyle="butt")
                axes.plot([row.value], [middle], marker="o", markersize=6, color=BLUE, clip_on=False)
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.grid(axis="x", color=LINE, linewidth=1)
        axes.yaxis.set_visible(False)

    span = WIDTH - label_width - note_width
    return _drawn(draw, label, sum(heights) + bottom + 4, (label_width, note_width, 4, bottom))


def band(dots: Sequence[Dot], axis: Axis, label: str) -> str:
    """A line over whole numbers, with the band of its intervals; y from 0 to 1."""

    def draw(axes: Axes) -> None:
        xs = [dot.x for dot in dots]
        axes.fill_between(xs, [dot.low for dot in dots], [dot.high for dot in dots], color=TINT, linewidth=0)
        axes.plot(xs, [dot.y for dot in dots], color=BLUE, linewidth=2, marker="o", markersize=5, clip_on=False)
        step = max(1, len(dots) // 5)
        ticks = [x for x in xs if x == xs[0] or x % step == 0]
        axes.set_xlim(xs[0] - 0.4, xs[-1] + 0.4)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        _shares(axes, axis)

    return _drawn(draw, label)


def against_diagonal(dots: Sequence[Dot], axis: Axis, label: str) -> str:
    """Points with their intervals, beside the line on which y is x; both from 0 to 1."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        for dot in dots:
            axes.plot([dot.x, dot.x], [dot.low, dot.high], color=INK, linewidth=1.5, solid_capstyle="butt")
        axes.plot(
            [d.x for d in dots], [d.y for d in dots], color=BLUE, linewidth=0, marker="o", markersize=7, clip_on=False
        )
        axes.set_xlim(0, 1)
        axes.set_xticks(_SHARES, _NAMES)
        _shares(axes, axis)

    return _drawn(draw, label)


def curve(
    points: Sequence[tuple[float, float]],
    mark: tuple[str, float, float],
    axis: Axis,
    label: str,
    *,
    diagonal: bool = False,
) -> str:
    """A line over shares; both from 0 to 1. `mark`: (name, x, y) of a point to be named; `diagonal`: y is x, too."""
    name, x, y = mark
    shift, side = ((10, "left"), (-10, "right"))[x > _MIDDLE]

    def draw(axes: Axes) -> None:
        if diagonal:
            axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.plot([x for x, _ in points], [y for _, y in points], color=BLUE, linewidth=2)
        axes.plot([x], [y], color=BLUE, marker="o", markersize=7, clip_on=False)
        axes.annotate(name, (x, y), (shift, -12), textcoords="offset points", ha=side, va="center")
        axes.set_xlim(0, 1)
        axes.set_xticks(_SHARES, _NAMES)
        _shares(axes, axis)

    return _drawn(draw, label)


def steps_to(ms: Sequence[float], marks: Sequence[tuple[str, float, float]], axis: Axis, label: str) -> str:
    """The share of some times that are at most x, x logarithmic. `marks`: (name, x, y) of points to be named."""
    from matplotlib.ticker import NullLocator

    times = sorted(max(each, 0.01) for each in ms)

    def draw(axes: Axes) -> None:
        shares = [(i + 1) / len(times) for i in range(len(times))]
        axes.set_xscale("log")
        axes.step([times[0], *times], [0, *shares], where="post", color=BLUE, linewidth=2)
        for name, x, y in marks:
            axes.plot([x], [y], color=BLUE, marker="o", markersize=7, clip_on=False)
            axes.annotate(name, (x, y), (10, -9), textcoords="offset points", ha="left", va="center")
        # a few that ask nothing take no time: they would push the others into a corner
        low, high = times[len(times) // 50] * 0.7, times[-1] * 1.25
        axes.set_xlim(low, high)
        ticks = _decades(low, high)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
        _shares(axes, axis)

    return _drawn(draw, label)


def growing(lines: Sequence[Line], axis: Axis, label: str) -> str:
    """Lines over a quantity that grows; both axes logarithmic, all values > 0. Each line is named at its last point."""
    from matplotlib.ticker import NullLocator

    xs = sorted({x for line in lines for x, _ in line.points})
    ys = [y for line in lines for _, y in line.points]
    shades = (BLUE, INK, MUTED)

    def draw(axes: Axes) -> None:
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(xs[0] * 0.8, xs[-1] * 1.25)
        low, high = min(ys) * 0.7, max(ys) * 1.4
        axes.set_ylim(low, high)
        tall = (_HEIGHT - _TOP - _BOTTOM) / math.log(high / low)
        ends = [math.log(line.points[-1][1] / low) * tall for line in lines]
        moved = [place - end for place, end in zip(apart(ends, _NAME_HEIGHT), ends, strict=True)]
        for at, line in enumerate(lines):
            colour, shift = shades[at % len(shades)], (8, moved[at])
            axes.plot(*zip(*line.points, strict=True), color=colour, linewidth=2, marker="o", markersize=5)
            axes.annotate(line.name, line.points[-1], shift, textcoords="offset points", color=colour, va="center")
        axes.set_xticks(xs, [_short(x) for x in xs])
        ticks = _decades(*axes.get_ylim())
        axes.set_yticks(ticks, [f"{tick:,g}" for tick in ticks])
        axes.grid(axis="y", color=LINE, linewidth=1)
        for each in (axes.xaxis, axes.yaxis):
            each.set_minor_locator(NullLocator())
        _named(axes, axis)

    return _drawn(draw, label, margins=(54, _NAME_WIDTH, _TOP, _BOTTOM))


def apart(places: Sequence[float], least: float) -> list[float]:
    """Places no nearer to each other than this, in the same order from low to high, moved as little as need be: of a
    run that is too close each gives way alike.
    """
    order = sorted(range(len(places)), key=lambda at: places[at])
    runs: list[tuple[float, int]] = []  # the middle of a run, and how many are in it
    for at in order:
        middle, count = places[at], 1
        while runs and middle - runs[-1][0] < least * (count + runs[-1][1]) / 2:
            before, more = runs.pop()
            middle, count = (middle * count + before * more) / (count + more), count + more
        runs.append((middle, count))
    moved = [middle + least * (at - (count - 1) / 2) for middle, count in runs for at in range(count)]
    found = [0.0] * len(places)
    for at, place in zip(order, moved, strict=True):
        found[at] = place
    return found


def _short(number: float) -> str:
    """10万, 3万: a tick of the axis of sizes."""
    return f"{float(f'{number / 10_000:.2g}'):g}万"


def _decades(low: float, high: float) -> list[float]:
    """Ticks of a logarithmic axis: 1, 10, 100; with 2 and 5 between where that leaves fewer than three."""
    for steps in ((1,), (1, 3), (1, 2, 5)):
        ticks = [step * 10.0**power for power in range(-3, 8) for step in steps]
        within = [tick for tick in ticks if low <= tick <= high]
        if len(within) >= 3:
            break
    return within


# ── axes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _shares(axes: Axes, axis: Axis) -> None:
    """y from 0 to 1 with level lines, its name above it, that of x below."""
    axes.set_ylim(0, 1.02)
    axes.set_yticks(_SHARES, _NAMES)
    axes.grid(axis="y", color=LINE, linewidth=1)
    _named(axes, axis)


def _named(axes: Axes, axis: Axis) -> None:
    axes.text(-0.1, 1.06, axis.y, transform=axes.transAxes, va="bottom", color=MUTED)
    axes.text(0.5, -0.17, axis.x, transform=axes.transAxes, ha="center", va="top", color=MUTED)


def _drawn(
    draw: Callable[[Axes], None],
    label: str,
    height: int = _HEIGHT,
    margins: tuple[int, int, int, int] = (_LEFT, _RIGHT, _TOP, _BOTTOM),
) -> str:
    """The SVG of what `draw` puts on empty axes. Margins: left, right, top, bottom.

    `label` is what a screen reader says; ids are made from it, too, so that two drawings on a page share none.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    left, right, top, bottom = margins
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()  # whatever this machine's matplotlibrc says
        matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": label, "text.parse_math": False})
        # for measuring only; it comes with matplotlib, so every machine has it, but it has no 汉字
        matplotlib.rcParams.update({"font.family": "DejaVu Sans", "font.size": _TEXT_PX, "text.color": INK})
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="none")
        FigureCanvasSVG(figure)
        box = (left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (top + bottom) / height)
        axes = figure.add_axes(box, facecolor="none")
        axes.set_axisbelow(True)
        axes.spines[["left", "top", "right"]].set_visible(False)
        axes.spines["bottom"].set_color(MUTED)
        axes.tick_params(length=0, pad=8, colors=MUTED)
        draw(axes)
        drawing = io.StringIO()
        figure.savefig(drawing, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return _for_a_page(drawing.getvalue(), label)


# ── SVG for a page ──────────────────────────────────────────────────────────────────────────────────────────────

_STYLED = re.compile(r' style="([^"]*)"')
_DROPPED = re.compile(
    r"<metadata>.*?</metadata>\s*|<defs>\s*<style.*?</style>\s*</defs>\s*| transform=\"rotate\(-?0 [^\"]*\"", re.DOTALL
)
_ID = re.compile(r' id="([^"]*)"')
_LONG = re.compile(r"\d+\.\d{4,}")
_BREAKS = re.compile(r" *\n *")


def _for_a_page(svg: str, label: str) -> str:
    """Without prologue, inline styles, ids that nothing leads to, and digits that nobody sees."""
    inner = svg[svg.index(">", svg.index("<svg")) + 1 :]
    inner = _STYLED.sub(lambda styled: _attributes(styled[1]), _DROPPED.sub("", inner))
    inner = inner.replace("xlink:href", "href")
    inner = _ID.sub(lambda named: named[0] if f"#{named[1]}" in inner else "", inner)
    inner = _BREAKS.sub("\n", _LONG.sub(lambda long: f"{float(long[0]):.2f}".rstrip("0").rstrip("."), inner))
    height = re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', svg)
    box = f"0 0 {WIDTH} {float(height[1]):g}" if height else ""
    head = f'viewBox="{box}" role="img" aria-label="{escape(label)}" stroke-linejoin="round"'
    return f'<svg class="plot" xmlns="http://www.w3.org/2000/svg" {head}>{inner.strip()}'


def _attributes(style: str) -> str:
    """`fill: #0b4f9e; font-size: 14px` as attributes, each colour with its class. The page says which font."""
    given = [tuple(part.strip() for part in item.split(":", 1)) for item in style.split(";") if ":" in item]
    classes = [f"{name}-{TONES[value]}" for name, value in given if value in TONES]
    kept = [f' {name}="{value}"' for name, value in given if name != "font-family"]
    return "".join(kept) + (f' class="{" ".join(classes)}"' if classes else "")
