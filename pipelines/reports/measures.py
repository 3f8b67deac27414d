"""What the report says of an evaluation: the model beside its baselines, and every other measure with its meaning."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from markupsafe import Markup

from pipelines.measures import Figure, measure_of, too_few
from pipelines.reports import pictures as pictures
from pipelines.reports.sections import Section

BITS_SUFFIX: Final = "bits_per_char"
_COLUMNS: Final = ("95 % low", "95 % high", "held-out dialogues")


def bits_section(metrics: Sequence[Figure], side: str = "") -> Section:
    """Show the metrics named `…bits_per_char` with their 95 % intervals; `side` says which split they are from."""
    key, title = "bits", "How well the model predicts held-out answers"
    chosen = [metric for metric in metrics if metric.name.endswith(BITS_SUFFIX)]
    drawn = [metric for metric in chosen if math.isfinite(metric.value)]
    if not drawn:
        return Section(key, title, "No bits per character were measured in this run.")
    reading = (
        "Further left is better: fewer bits for each character of an answer that the model has not seen; "
        "the pale band is the 95 % interval"
    )
    reading += ", the grey rows are baselines counted on the same training dialogues." if len(drawn) > 1 else "."
    reading += f" Measured on the {side}." * bool(side)
    points = [(_short(m.name), m.value, *_bounds(m)) for m in drawn]
    return Section(
        key,
        title,
        reading,
        Markup(pictures.intervals(key, points, "bits per character of held-out answers", _short(BITS_SUFFIX))),
        "Points with intervals, bits per character: "
        + ", ".join(f"{name} {figure(value)} ({figure(low)} to {figure(high)})" for name, value, low, high in points)
        + ".",
        ("predictor", "bits per character", *_COLUMNS),
        tuple((_short(metric.name), *_cells(metric)) for metric in chosen),
    )


def metric_section(metrics: Sequence[Figure]) -> Section:
    """List the metrics that are not in bits per character, each with its unit and a phrase on what it says."""
    key, title = "metrics", "Other measures"
    rows = tuple(_explained(metric for metric in metrics if not metric.name.endswith(BITS_SUFFIX)))
    if not rows:
        return Section(key, title, "No other measure was taken in this run.")
    reading = "Each measure with its 95 % interval over the held-out dialogues; a dash stands where there is none."
    columns = ("measure", "value", *_COLUMNS, "what it says")
    return Section(key, title, reading, columns=columns, rows=rows, explained=True)


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


def _explained(metrics: Iterable[Figure]) -> Iterable[tuple[str, ...]]:
    for metric in metrics:
        known = measure_of(metric.name)
        name = f"{metric.name} ({known.unit})" if known.unit else metric.name
        yield name, *_cells(metric), known.meaning or "–"


def _cells(metric: Figure) -> tuple[str, str, str, str]:
    rows = "–" if metric.rows is None else f"{metric.rows:,}"
    low, high = _bounds(metric)
    return figure(metric.value), figure(low), figure(high), rows


def _bounds(metric: Figure) -> tuple[float, float]:
    """The interval, NaN twice where too few dialogues give none."""
    return (math.nan, math.nan) if too_few(metric.rows) else (_number(metric.low), _number(metric.high))


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _short(name: str) -> str:
    return name.removesuffix(BITS_SUFFIX).rstrip("_").replace("_", " ") or "this model"
