"""Figures of a benchmark, and the one table in which they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from unicodedata import east_asian_width

HEAD = ("figure", "Mundap", "rival", "ratio", "aim", "met")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    `ratio` is above 1 where Mundap is the better one; `met` is None where nothing is aimed at.
    """

    name: str
    ours: str
    rival: str = "-"
    ratio: float | None = None
    aim: str = "-"
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one benchmark found; `compared` says what was held against what, besides the figures."""

    title: str
    rival: str
    figures: tuple[Figure, ...]
    compared: str
    notes: tuple[str, ...] = field(default=())


def paired(
    name: str,
    ours: Sequence[float],
    rival: Sequence[float],
    *,
    unit: str = "",
    more_is_better: bool = True,
    at_least: float | None = None,
) -> Figure:
    """Return the line for rounds taken in turn: medians of both, and the median of the ratios round by round.

    >>> paired("speed", [30, 20, 40], [10, 10, 10], unit="pages/s", at_least=1).ratio
    3.0
    """
    pairs = zip(ours, rival, strict=True)
    ratio = median(mine / other if more_is_better else other / mine for mine, other in pairs)
    met = None if at_least is None else ratio >= at_least
    aim = "-" if at_least is None else f">= {at_least:g}x"
    return Figure(name, shown(median(ours), unit), shown(median(rival), unit), ratio, aim, met)


def alone(name: str, value: float, *, unit: str = "", at_most: float | None = None) -> Figure:
    """Return the line of a figure that has no rival."""
    met = None if at_most is None else value <= at_most
    return Figure(name, shown(value, unit), aim="-" if at_most is None else f"<= {at_most:g} {unit}".rstrip(), met=met)


def shown(value: float, unit: str) -> str:
    """Return a number with its unit, in as many digits as it deserves.

    >>> shown(1234.5, "pages/s"), shown(0.01234, "s"), shown(3, "")
    ('1,234 pages/s', '0.0123 s', '3')
    """
    digits = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
    return f"{digits} {unit}".rstrip()


def render(report: Report) -> str:
    """Return the report as text: title, table, what was compared, notes."""
    head = tuple(report.rival if name == "rival" else name for name in HEAD)
    rows = [head, *(_cells(figure) for figure in report.figures)]
    widths = [max(_width(row[place]) for row in rows) for place in range(len(HEAD))]
    lines = ["  ".join(map(_padded, row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([report.title, "", *lines, "", f"compared: {report.compared}", *report.notes])


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    # A Hangul syllable takes two columns of a terminal.
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _cells(figure: Figure) -> tuple[str, ...]:
    ratio = "-" if figure.ratio is None else f"{figure.ratio:.2f}x"
    return figure.name, figure.ours, figure.rival, ratio, figure.aim, {None: "-", True: "yes", False: "NO"}[figure.met]
