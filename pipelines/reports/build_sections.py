"""The sections that only a build's report has: rows by stage, near-copies, sources by month."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from cleaning.splits.contamination import RULE as OVERLAP
from pipelines.reports import pictures as pictures
from pipelines.reports.sections import Section, count_section

_SELECTED: Final = ("near_duplicate", "split_conflict")
_SOURCES_DRAWN: Final = 5
_REST: Final = "all others"


def stage_section(dialogues: int, drops: Mapping[str, int]) -> Section:
    """Show how many dialogues are left after each stage."""
    overlapping = sum(rows for rule, rows in drops.items() if rule.partition(":")[0] == OVERLAP)
    selected = sum(drops.get(rule, 0) for rule in _SELECTED)
    left = {"in the warehouse": dialogues}
    left["after cleaning and filters"] = dialogues - (sum(drops.values()) - overlapping - selected)
    left["without evaluation texts"] = left["after cleaning and filters"] - overlapping
    left["without near-copies"] = left["without evaluation texts"] - drops.get("near_duplicate", 0)
    left["without split conflicts"] = left["without near-copies"] - drops.get("split_conflict", 0)
    return count_section(
        "stages",
        "How many dialogues each stage left",
        left,
        unit="dialogues",
        reading="Each bar is what was left after one stage; the last is what is kept.",
        empty="The warehouse held no dialogue.",
    )


def duplicate_section(copies: Mapping[str, int], measured: Mapping[str, float]) -> Section:
    """Show how large the clusters of near-copies are, and how surely they were found.

    `copies` counts the rows dropped for each one that stayed.
    """
    found = (
        f"Measured on {measured['rows']:,.0f} of these dialogues by comparing every pair: of {measured['true']:,.0f} "
        f"pairs of near-copies recall {measured['recall']:.4f}, precision {measured['precision']:.4f}."
    )
    sizes = Counter(_size(1 + rows) for rows in copies.values())
    return count_section(
        "duplicates",
        "Near-copies",
        sizes,
        unit="clusters",
        reading=f"Each bar counts the clusters of that many near-copies, of which the first stays. {found}",
        empty=f"No dialogue was a near-copy of another. {found}",
    )


def month_section(by_source: Mapping[str, Mapping[str, int]]) -> Section:
    """Show from which source and which month the kept dialogues are."""
    key, title = "months", "Sources by month"
    if not by_source:
        return Section(key, title, "No dialogue was kept.")
    largest = sorted(by_source, key=lambda source: (-sum(by_source[source].values()), source))
    layers: dict[str, Counter[str]] = {}
    for place, source in enumerate(largest):
        name = source if place < _SOURCES_DRAWN else _REST
        layers[name] = layers.get(name, Counter()) + Counter(by_source[source])
    months = sorted({month for counts in by_source.values() for month in counts})
    columns = {name: [counts[month] for month in months] for name, counts in layers.items()}
    reading = "Each column is a month in which dialogues began (UTC), its shades are their sources."
    return Section(
        key,
        title,
        reading,
        Markup(pictures.stacks(key, months, columns, "dialogues kept")),
        f"Stacked columns from {months[0]} to {months[-1]}; "
        + ", ".join(f"{name}: {sum(counts):,} dialogues" for name, counts in columns.items())
        + ".",
        ("month", *columns),
        tuple((month, *(f"{counts[month]:,}" for counts in layers.values())) for month in months),
    )


def _size(rows: int) -> str:
    if rows < 5:
        return f"{rows} dialogues"
    return "5 to 9 dialogues" if rows < 10 else "10 dialogues or more"
