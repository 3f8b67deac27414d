"""Rows of a build on their way into the shards, and what is counted of them on the way."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaning.duplicates.search import normalise
from cleaning.personal.batches import mask_texts
from cleaning.personal.masks import personal_rules
from cleaning.recipe import Recipe
from cleaning.splits.links import link_key
from cleaning.splits.sides import NO_SIDE, SIDES
from pipelines.steps.building.cleandialogues import CleanPart
from pipelines.steps.building.rights import is_copy
from pipelines.steps.building.select import Selected, sides_by_id
from warehouse.datasets.parquet import DROPPED_SCHEMA, ROW_SCHEMA
from warehouse.datasets.parts import Parts
from warehouse.store.dialogues import store_sides

_CARRIED: Final = [name for name in ROW_SCHEMA.names if name not in {"cluster_id", "recipe_version"}]


@dataclass(slots=True)
class Tally:
    """What was written: rules that changed kept rows, rules that dropped rows, kept rows by source.

    `threads` are those of sources that are copies of a site, by which their rights are told. `questions` are
    (key of the first turn, split) of kept rows, 16 bytes each.
    """

    changed: Counter[str] = field(default_factory=Counter)
    drops: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    threads: dict[str, set[str | None]] = field(default_factory=dict)
    questions: list[npt.NDArray[np.uint64]] = field(default_factory=list)

    @property
    def shared_questions(self) -> int:
        """How many first turns, normalised, stand in more than one split, each there with an answer of its own."""
        if not self.questions:
            return 0
        pairs = np.unique(np.concatenate(self.questions), axis=0)
        _, splits = np.unique(pairs[pairs[:, 0] != 0, 0], return_counts=True)
        return int(np.count_nonzero(splits > 1))


def shard_tables(
    parts: Parts, done: Sequence[CleanPart], selected: Selected, recipe: Recipe, tally: Tally
) -> Iterator[tuple[str, Any]]:
    """Give the rows of each part by split, and its dropped ones, and count them."""
    start = 0
    for part in done:
        table = parts.read(part.key)
        yield from _kept(table, selected, start, recipe, tally)
        yield "dropped", _dropped(table, selected, start, personal_rules(recipe.steps), tally)
        start += part.rows


def store_all_sides(engine: Any, parts: Parts, done: Sequence[CleanPart], selected: Selected) -> None:
    """Store the sides of all kept rows; one that has a side keeps it."""
    start = 0
    for part in done:
        ids = np.array(parts.read(part.key, ["dialogue_id"])["dialogue_id"].to_pylist(), selected.clusters.dtype)
        store_sides(engine, sides_by_id(selected, ids, start))
        start += part.rows


def source_loads(parts: Parts, done: Sequence[CleanPart], selected: Selected) -> list[int]:
    """Return the loads by which the kept rows first came in."""
    loads: set[int] = set()
    start = 0
    for part in done:
        first = parts.read(part.key, ["first_load_id"])["first_load_id"].to_numpy()
        loads |= {*np.unique(first[selected.sides[start : start + part.rows] != NO_SIDE]).tolist()}
        start += part.rows
    return sorted(loads)


def message_lengths(version: Path) -> tuple[list[int], list[int]]:
    """Return the lengths in characters of all user turns and of all assistant turns of a dataset version."""
    lengths: dict[str, list[int]] = {"user": [], "assistant": []}
    for shard in sorted((version / "data").glob("*.parquet")):
        turns = pq.read_table(shard, columns=["messages"])["messages"].combine_chunks().flatten()
        roles, counts = turns.field("role"), pc.utf8_length(turns.field("content"))
        for role, found in lengths.items():
            found += counts.filter(pc.equal(roles, role)).to_pylist()
    return lengths["user"], lengths["assistant"]


def _kept(
    table: pa.Table, selected: Selected, start: int, recipe: Recipe, tally: Tally
) -> Iterator[tuple[str, pa.Table]]:
    sides = selected.sides[start : start + table.num_rows]
    for number, split in enumerate(SIDES):
        places = np.flatnonzero(sides == number)
        if not len(places):
            continue
        kept = table.take(pa.array(places))
        _count(kept, tally)
        tally.questions.append(_questions(kept, number))
        clusters = selected.clusters[start + places].astype(str).tolist()
        columns = {name: kept[name] for name in _CARRIED} | {
            "cluster_id": pa.array(clusters, pa.string()),
            "recipe_version": pa.array([f"{recipe.name} {recipe.version}"] * len(places), pa.string()),
        }
        arrays = [columns[name].combine_chunks() if name in _CARRIED else columns[name] for name in ROW_SCHEMA.names]
        yield split, pa.Table.from_arrays(arrays, schema=ROW_SCHEMA)


def _questions(kept: pa.Table, split: int) -> npt.NDArray[np.uint64]:
    first = pc.struct_field(pc.list_element(kept["messages"], 0), "content").to_pylist()
    return np.array([(link_key(normalise(text)), split) for text in first], np.uint64)


def _dropped(table: pa.Table, selected: Selected, start: int, rules: tuple[str, ...], tally: Tally) -> pa.Table:
    places = np.flatnonzero(selected.sides[start : start + table.num_rows] == NO_SIDE)
    lost = table.select(["dialogue_id", "drop_rule", "drop_reason", "stored", "messages"]).take(pa.array(places))
    rows = []
    found = lost.to_pylist()
    # Older rows went through fewer masks at the door, and no recipe has masked what it dropped.
    texts = mask_texts([_said(row) for row in found], rules)
    for place, row, text in zip((start + places).tolist(), found, texts, strict=True):
        rule, reason = selected.rule_of(place) or (row["drop_rule"], row["drop_reason"])
        rows.append({"id": row["dialogue_id"], "rule": rule, "reason": reason, "text": text})
        tally.drops[rule] += 1
    return pa.Table.from_pylist(rows, DROPPED_SCHEMA)


def _said(row: dict[str, Any]) -> str:
    said: str | None = row["stored"]
    return "\n".join(turn["content"] for turn in row["messages"]) if said is None else said


def _count(kept: pa.Table, tally: Tally) -> None:
    for counter, values in (
        (tally.changed, kept["rules"].combine_chunks().flatten()),
        (tally.sources, kept["source"]),
    ):
        for found in pc.value_counts(values).to_pylist():
            counter[found["values"]] += found["counts"]
    for source in {*kept["source"].unique().to_pylist()}:
        if is_copy(source):
            threads = kept["thread"].filter(pc.equal(kept["source"], source)).unique().to_pylist()
            tally.threads.setdefault(source, set()).update(threads)
