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

from pipelines import report_pictures as pictures

Metric = tuple[str, float, float, float]

BITS_SUFFIX: Final = "bits_per_char"
_BARS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report.

    `picture` is SVG made here, so the page takes it as it is; all other texts are escaped there. The cells of
    `rows` are ready to print; all but the first of a row are figures.
    """

    key: str
    title: str
    reading: str
    picture: Markup | None = None
    alt: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def count_section(
    key: str, title: str, counts: Mapping[str, int], *, unit: str, reading: str, empty: str, share: str = ""
) -> Section:
    """Show (name, count) pairs as bars, largest first; `unit` names what is counted, `empty` is said of nothing.

    `share` heads a column of each count's part of their sum; leave it out where one row may count twice.
    """
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    total = sum(counts.values())
    if not total:
        return Section(key, title, empty)
    shown = ranked[:_BARS_SHOWN]
    if len(shown) < len(ranked):
        reading += f" The {len(shown)} largest are drawn; the table has all {len(ranked)}."
    rows = ((name, f"{count:,}", f"{count / total:.1%}") for name, count in ranked)
    return Section(
        key,
        title,
        reading,
        Markup(pictures.bars(key, shown, unit)),
        f"Horizontal bars, {unit}: {', '.join(f'{name} {count:,}' for name, count in shown)}.",
        ("name", unit, share) if share else ("name", unit),
        tuple(row if share else row[:2] for row in rows),
    )


def length_section(lengths: Mapping[str, Sequence[int]]) -> Section:
    """Show how long the kept texts are, in characters, one histogram per name."""
    key, title = "lengths", "How long the texts are"
    if not any(lengths.values()):
        return Section(key, title, "No rows were kept, so there are no lengths to show.")
    limits = {name: _limit(values) for name, values in lengths.items()}
    beyond = sum(value > limits[name] for name, values in lengths.items() for value in values)
    reading = "Each bar counts the kept rows of that length in characters; the dashed line is the median."
    if beyond:
        reading += f" Long texts beyond the right edge, counted in the table only: {beyond:,}."
    rows = tuple(_length_row(name, values) for name, values in lengths.items())
    return Section(
        key,
        title,
        reading,
        Markup(pictures.histograms(key, lengths, limits)),
        "Histograms of lengths in characters. "
        + " ".join(f"{row[0].capitalize()}: {row[1]} rows, median {row[3]}." for row in rows),
        ("text", "rows", "shortest", "median", "mean", "90th percentile", "longest"),
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


def bits_section(metrics: Sequence[Metric]) -> Section:
    """Show the metrics named `…bits_per_char` with their 95 % intervals: the model beside the baselines."""
    key, title = "bits", "How well the model predicts held-out answers"
    chosen = [(_short(name), value, low, high) for name, value, low, high in metrics if name.endswith(BITS_SUFFIX)]
    rows = [row for row in chosen if math.isfinite(row[1])]
    if not rows:
        return Section(key, title, "No bits per character were measured in this run.")
    reading = (
        "Further left is better: fewer bits for each character of an answer that the model has not seen; "
        "the pale band is the 95 % interval"
    )
    reading += ", the grey rows are baselines counted on the same training rows." if len(rows) > 1 else "."
    return Section(
        key,
        title,
        reading,
        Markup(pictures.intervals(key, rows, "bits per character of held-out answers", _short(BITS_SUFFIX))),
        "Points with intervals, bits per character: "
        + ", ".join(f"{name} {figure(value)} ({figure(low)} to {figure(high)})" for name, value, low, high in rows)
        + ".",
        ("predictor", "bits per character", "95 % low", "95 % high"),
        _figures(chosen),
    )


def metric_section(metrics: Sequence[Metric]) -> Section:
    """List the metrics that are not in bits per character."""
    key, title = "metrics", "Other measures"
    rows = _figures([metric for metric in metrics if not metric[0].endswith(BITS_SUFFIX)])
    if not rows:
        return Section(key, title, "No other measure was taken in this run.")
    reading = "Each measure with its 95 % interval over the held-out dialogues; a dash stands where there is none."
    return Section(key, title, reading, columns=("measure", "value", "95 % low", "95 % high"), rows=rows)


def figure(value: float) -> str:
    """Print a number for a table: whole or with one decimal from 100 on, with three below; NaN is a dash."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if isinstance(value, int):
        return f"{value:,}"
    # A perplexity is a power of the loss, so an untrained model's can have more digits than a line.
    if abs(value) >= 1e9:
        return f"{value:.3g}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3f}"


def _figures(metrics: Sequence[Metric]) -> tuple[tuple[str, ...], ...]:
    return tuple((name, figure(value), figure(low), figure(high)) for name, value, low, high in metrics)


def _short(name: str) -> str:
    return name.removesuffix(BITS_SUFFIX).rstrip("_").replace("_", " ") or "this model"


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
