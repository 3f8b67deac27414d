"""What the report says: each section is a picture, one sentence on how to read it, and the figures as a table.

Every function takes plain values and returns a `Section`; where there is nothing to show, the section holds a
sentence and neither picture nor table.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from markupsafe import Markup

from pipelines.reports import pictures as pictures

_BARS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report.

    `picture` is SVG made here, so the page takes it as it is; all other texts are escaped there. The cells of
    `rows` are ready to print; all but the first of a row are figures, and where `explained` the last is a phrase.
    """

    key: str
    title: str
    reading: str
    picture: Markup | None = None
    alt: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    explained: bool = False


def count_section(
    key: str,
    title: str,
    counts: Mapping[str, int],
    *,
    unit: str,
    reading: str,
    empty: str,
    share: str = "",
    meanings: Mapping[str, str] = {},
) -> Section:
    """Show (name, count) pairs as bars, largest first; `unit` names what is counted, `empty` is said of nothing.

    `share` heads a column of each count's part of their sum; leave it out where one row may count twice. `meanings`
    are short phrases on the names, shown beside the counts.
    """
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    total = sum(counts.values())
    if not total:
        return Section(key, title, empty)
    shown = ranked[:_BARS_SHOWN]
    if len(shown) < len(ranked):
        reading += f" The {len(shown)} largest are drawn; the table has all {len(ranked)}."
    return Section(
        key,
        title,
        reading,
        Markup(pictures.bars(key, shown, unit)),
        f"Horizontal bars, {unit}: {', '.join(f'{name} {count:,}' for name, count in shown)}.",
        ("name", unit, *[share] * bool(share), *["what it does"] * bool(meanings)),
        tuple(
            (
                name,
                f"{count:,}",
                *[f"{count / total:.1%}"] * bool(share),
                *[meanings.get(name.partition(":")[0], "–")] * bool(meanings),
            )
            for name, count in ranked
        ),
        explained=bool(meanings),
    )


def length_section(lengths: Mapping[str, Sequence[int]]) -> Section:
    """Show how long the turns of the kept dialogues are, in characters, one histogram per role."""
    key, title = "lengths", "How long the turns are"
    if not any(lengths.values()):
        return Section(key, title, "No dialogue was kept, so there are no lengths to show.")
    limits = {name: _limit(values) for name, values in lengths.items()}
    beyond = sum(value > limits[name] for name, values in lengths.items() for value in values)
    reading = (
        "Each bar counts the turns of that length in the kept dialogues (a dialogue has two turns or more); "
        "the dashed line is the median."
    )
    if beyond:
        reading += f" Long turns beyond the right edge, counted in the table only: {beyond:,}."
    rows = tuple(_length_row(name, values) for name, values in lengths.items())
    return Section(
        key,
        title,
        reading,
        Markup(pictures.histograms(key, lengths, limits)),
        "Histograms of lengths in characters. "
        + " ".join(f"{row[0].capitalize()}: turns {row[1]}, median {row[3]}." for row in rows),
        ("role", "turns", "shortest (characters)", "median", "mean", "90th percentile", "longest"),
        rows,
    )


def loss_section(losses: Sequence[tuple[int, float]]) -> Section:
    """Show the training loss by optimiser step; values that are no finite number are counted, not drawn."""
    key, title = "loss", "How the training went"
    points = sorted((step, loss) for step, loss in losses if math.isfinite(loss))
    lost = len(losses) - len(points)
    broken = f" {lost:,} logged values were not finite numbers: the training diverged there." if lost else ""
    if not points:
        return Section(key, title, "No training loss was recorded in this run." + broken)
    best = min(points, key=lambda point: point[1])
    rows = zip(("first", "lowest", "last"), (points[0], best, points[-1]), strict=True)
    reading = (
        "A falling line means that the model fits its training text better; a flat end means little is left to gain."
    )
    return Section(
        key,
        title,
        reading + broken,
        Markup(pictures.curve(key, points, ("optimiser step", "training loss (nats per token)"))),
        f"Line of the training loss, from {points[0][1]:.3f} at step {points[0][0]:,}"
        f" to {points[-1][1]:.3f} at step {points[-1][0]:,}.",
        ("point", "step", "training loss (nats per token)"),
        tuple((name, f"{step:,}", f"{loss:.4f}") for name, (step, loss) in rows),
    )


def _limit(lengths: Sequence[int]) -> int:
    """The longest length worth drawing: a few giants would squeeze all others into one bar."""
    if not lengths:
        return 0
    edge = math.ceil(float(np.percentile(lengths, 99)))
    return edge if max(lengths) > 1.5 * edge else max(lengths)


def _length_row(name: str, values: Sequence[int]) -> tuple[str, ...]:
    if not values:
        return (name, "0", *["–"] * 5)
    median, high = np.percentile(values, [50, 90])
    numbers = (len(values), min(values), round(median), fmean(values), round(high), max(values))
    return (name, *(f"{number:,.1f}" if isinstance(number, float) else f"{number:,}" for number in numbers))
