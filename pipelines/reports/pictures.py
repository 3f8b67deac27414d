"""The report's pictures: figures in, an `<svg>` element out that takes its colours from the page around it.

Texts stay texts in the SVG, so the browser's fonts draw them and no font of this machine is assumed. Only
matplotlib's object interface is used; the three settings that it keeps for the whole process are set for the
length of one drawing.
"""

import io
import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

# Colours that nobody would choose stand for the page's CSS variables until the drawing is done, because
# matplotlib takes colours only: this is how one SVG serves light and dark.
_INK, _MUTED, _GRID, _ACCENT = "#010203", "#040506", "#070809", "#0a0b0c"
_VARIABLES: Final = {_INK: "var(--ink)", _MUTED: "var(--muted)", _GRID: "var(--grid)", _ACCENT: "var(--accent)"}
_WIDTH_INCHES: Final = 8.0
_TEXT_POINTS: Final = 10
_BINS: Final = 30
_PLACES_NAMED: Final = 8


@contextmanager
def _drawing() -> Iterator[None]:
    """Text as text, no formulas in names, and ids that depend on the picture only (same facts, same bytes)."""
    with (
        rc_context({"svg.fonttype": "none", "svg.hashsalt": "mundap", "text.parse_math": False}),
        warnings.catch_warnings(),
    ):
        # The browser draws the letters: that matplotlib's own font lacks Hangul only moves a margin.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        yield


@_drawing()
def bars(key: str, counts: Sequence[tuple[str, int]], axis: str) -> str:
    """Draw one horizontal bar per (name, count), the first on top, its count at its end; `axis` names the unit."""
    figure = _figure(0.9 + 0.3 * len(counts))
    axes = figure.subplots()
    _style(axes, axis, grid="x")
    names, values = [name for name, _ in counts], [count for _, count in counts]
    drawn = axes.barh(range(len(counts)), values, height=0.68, color=_ACCENT)
    axes.bar_label(drawn, labels=[f"{value:,}" for value in values], padding=4, color=_INK, fontsize=_TEXT_POINTS)
    _name_rows(axes, names)
    axes.set_xlim(0, max(values) * 1.12)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.xaxis.set_major_formatter(_thousands())
    return _svg(figure, key)


@_drawing()
def histograms(key: str, lengths: Mapping[str, Sequence[int]], limits: Mapping[str, int]) -> str:
    """Draw one histogram per role, side by side; `limits` is the longest length drawn, a line marks the median."""
    figure = _figure(2.9)
    panels = figure.subplots(1, len(lengths), squeeze=False)[0]
    for axes, (name, values) in zip(panels, lengths.items(), strict=True):
        _style(axes, f"characters in {'an assistant' if name == 'assistant' else f'a {name}'} turn", grid="y")
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.yaxis.set_major_formatter(_thousands())
        axes.xaxis.set_major_formatter(_thousands())
        if not values:
            axes.text(0.5, 0.5, "no turns", ha="center", transform=axes.transAxes, color=_MUTED)
            continue
        # Whole-number bin widths: a width of 1.5 characters would make a comb of a smooth distribution.
        step = max(1, math.ceil((limits[name] - min(values) + 1) / _BINS))
        edges = np.arange(min(values), limits[name] + step + 1, step) - 0.5
        axes.hist(
            [value for value in values if value <= limits[name]],
            bins=edges.tolist(),
            color=_ACCENT,
            edgecolor="none",
            rwidth=0.9,
        )
        axes.axvline(float(np.median(values)), color=_INK, linewidth=1.2, linestyle=(0, (4, 3)))
    panels[0].set_ylabel("turns", color=_MUTED, fontsize=_TEXT_POINTS)
    return _svg(figure, key)


@_drawing()
def curve(key: str, points: Sequence[tuple[int, float]], axes_names: tuple[str, str]) -> str:
    """Draw (step, value) points joined by a line; `axes_names` name the horizontal and the vertical axis."""
    figure = _figure(2.9)
    axes = figure.subplots()
    _style(axes, axes_names[0], grid="y")
    steps, values = [step for step, _ in points], [value for _, value in points]
    # Beyond some thirty points the markers hide the line; a single point is invisible without one.
    axes.plot(steps, values, color=_ACCENT, linewidth=1.8, marker="o" if len(points) <= 30 else "", markersize=4)
    axes.set_ylabel(axes_names[1], color=_MUTED, fontsize=_TEXT_POINTS)
    axes.margins(y=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axes.xaxis.set_major_formatter(_thousands())
    return _svg(figure, key)


@_drawing()
def intervals(key: str, rows: Sequence[tuple[str, float, float, float]], axis: str, strong: str) -> str:
    """Draw (name, value, low, high) as a dot on its interval; the row named `strong` takes the accent colour."""
    figure = _figure(0.9 + 0.42 * len(rows))
    axes = figure.subplots()
    _style(axes, axis, grid="x")
    for place, (name, value, low, high) in enumerate(rows):
        colour = _ACCENT if name == strong else _MUTED
        if math.isfinite(low) and math.isfinite(high):
            axes.hlines(place, low, high, color=colour, linewidth=5, alpha=0.4)
        axes.plot([value], [place], "o", color=colour, markersize=8)
        axes.annotate(
            f"{value:.3f}", (value, place), (0, 8), textcoords="offset points", ha="center", color=_INK, fontsize=9
        )
    _name_rows(axes, [name for name, *_ in rows])
    axes.margins(x=0.08)
    return _svg(figure, key)


@_drawing()
def stacks(key: str, places: Sequence[str], layers: Mapping[str, Sequence[int]], axis: str) -> str:
    """Draw one column per place, made of the layers from the first up, each in its own shade; `axis` is the unit."""
    figure = _figure(3.2)
    axes = figure.subplots()
    _style(axes, "", grid="y")
    floor = np.zeros(len(places))
    for number, (name, values) in enumerate(layers.items()):
        shade = 1 - 0.8 * number / len(layers)
        axes.bar(range(len(places)), values, bottom=floor, width=0.85, color=_ACCENT, alpha=shade, label=name)
        floor += np.asarray(values)
    shown = range(0, len(places), max(1, math.ceil(len(places) / _PLACES_NAMED)))
    axes.set_xticks(list(shown), labels=[places[place] for place in shown])
    axes.set_ylabel(axis, color=_MUTED, fontsize=_TEXT_POINTS)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.set_major_formatter(_thousands())
    axes.legend(frameon=False, labelcolor=_INK, fontsize=_TEXT_POINTS)
    return _svg(figure, key)


def _figure(height_inches: float) -> Figure:
    return Figure(figsize=(_WIDTH_INCHES, height_inches), layout="constrained")


def _style(axes: Axes, xlabel: str, *, grid: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_GRID)
    axes.tick_params(colors=_MUTED, labelsize=_TEXT_POINTS, length=0, pad=5)
    axes.set_xlabel(xlabel, color=_MUTED, fontsize=_TEXT_POINTS)
    axes.grid(axis=grid, color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), labels=list(names), color=_INK)
    axes.set_ylim(len(names) - 0.4, -0.6)


def _thousands() -> FuncFormatter:
    return FuncFormatter(lambda value, _: f"{value:,.0f}")


def _svg(figure: Figure, key: str) -> str:
    out = io.StringIO()
    no_metadata = dict.fromkeys(["Date", "Creator", "Format", "Type"])
    figure.savefig(out, format="svg", transparent=True, metadata=no_metadata)
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    # Several pictures share one page, and matplotlib calls the first axes of each of them axes_1.
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{key}-", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    return svg
