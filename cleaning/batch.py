"""One table of texts at a time."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cleaning.columns import Outcome, clean_column
from cleaning.options import Options, read_options
from cleaning.recipe import Recipe
from warehouse.errors import Misuse

_KEPT = pa.schema([("id", pa.string()), ("text", pa.string()), ("rules", pa.list_(pa.string()))])
_DROPPED = pa.schema([("id", pa.string()), ("rule", pa.string()), ("reason", pa.string()), ("text", pa.string())])
_Rows = npt.NDArray[np.int64]


def clean_batch(table: pa.Table, recipe: Recipe) -> tuple[pa.Table, pa.Table]:
    """Kept rows (`id, text, rules`) and dropped rows (`id, rule, reason, text` as given), each in the order given.

    `table` holds `id` and `text` (nullable), optionally `site` and `opts` (JSON of the options that differ from
    the recipe's). The result is that of `clean_text` with `doc` = `id` on each row. Raises Misuse for a missing
    column, an unknown site or an unknown option.
    """
    _require_columns(table)
    ids, texts = (_strings(table, name) for name in ("id", "text"))
    filled = pc.fill_null(texts, "")
    groups = list(_groups(table, recipe))
    outcomes = [
        clean_column(filled if rows is None else filled.take(pa.array(rows)), recipe, options, _docs(ids, rows))
        for rows, options in groups
    ]
    places = [np.arange(len(texts)) if rows is None else rows for rows, _ in groups]
    told = list(zip(places, outcomes, strict=True))
    dropped, drops = _drops(texts, told)
    cleaned, rules = _rewritten(filled, told), _rule_lists(len(texts), told)
    lost = np.flatnonzero(dropped)
    kept: list[pa.Array] = [ids, cleaned, rules]
    if len(lost):
        kept = [column.filter(pa.array(~dropped)) for column in kept]
    said = [drops[row] for row in lost.tolist()]
    why = (pa.array([each[part] for each in said], pa.string()) for part in (0, 1))
    return (
        pa.Table.from_arrays(kept, schema=_KEPT),
        pa.Table.from_arrays([ids.take(lost), *why, texts.take(lost)], schema=_DROPPED),
    )


def _require_columns(table: pa.Table) -> None:
    for column in ("id", "text"):
        if column not in table.column_names:
            raise Misuse(f"the table to clean has no column {column!r}: give `id` and `text`")


def _strings(table: pa.Table, name: str) -> pa.StringArray:
    column = table.column(name).cast(pa.string()).combine_chunks()
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) and column.num_chunks else column


def _docs(ids: pa.StringArray, rows: _Rows | None) -> Callable[[int], str | None]:
    return lambda row: ids[row if rows is None else int(rows[row])].as_py()


def _groups(table: pa.Table, recipe: Recipe) -> Iterator[tuple[_Rows | None, Options]]:
    """Rows with the same options; None for all of them."""
    given = [table.column(name) for name in ("site", "opts") if name in table.column_names]
    if all(column.null_count == len(column) for column in given):
        yield None, recipe.options
        return
    sites, opts = (_optional(table, name) for name in ("site", "opts"))
    groups: dict[tuple[str | None, str | None], list[int]] = {}
    for row, kind in enumerate(zip(sites, opts, strict=True)):
        groups.setdefault(kind, []).append(row)
    for (site, opt), rows in groups.items():
        yield np.array(rows), _row_options(recipe, site, opt)


def _optional(table: pa.Table, name: str) -> list[str | None]:
    if name not in table.column_names:
        return [None] * table.num_rows
    return list(table.column(name).cast(pa.string()).to_pylist())


def _row_options(recipe: Recipe, site: str | None, opts: str | None) -> Options:
    given: dict[str, Any] = {"site": site} if site else {}
    if opts:
        try:
            differing = json.loads(opts)
        except ValueError as error:
            raise Misuse(f"the options of a row are no JSON: {opts[:80]!r}; write an object such as {{}}") from error
        if not isinstance(differing, dict):
            raise Misuse(f"the options of a row are no JSON object: {opts[:80]!r}; write an object such as {{}}")
        given |= differing
    return read_options(given, recipe.options)


def _drops(
    texts: pa.StringArray, told: Sequence[tuple[_Rows, Outcome]]
) -> tuple[npt.NDArray[np.bool_], dict[int, tuple[str, str]]]:
    """Which rows are dropped, and the rule and reason of each."""
    drops = dict.fromkeys(np.flatnonzero(texts.is_null().to_numpy(False)).tolist(), ("empty", "the row has no text"))
    for places, outcome in told:
        for rule, reason, rows in outcome.drops:
            for row in places[rows].tolist():
                drops.setdefault(row, (rule, reason))
    dropped = np.zeros(len(texts), np.bool_)
    dropped[list(drops)] = True
    return dropped, drops


def _rewritten(texts: pa.StringArray, told: Sequence[tuple[_Rows, Outcome]]) -> pa.StringArray:
    """The texts with those that a rule looked at put in their places."""
    rows = np.concatenate([places[outcome.rows] for places, outcome in told])
    looked_at = np.zeros(len(texts), np.bool_)
    looked_at[rows] = True
    now = pa.array([*chain.from_iterable(outcome.texts for _, outcome in told)], pa.string())
    if len(told) > 1:
        now = now.take(pa.array(np.argsort(rows)))
    return pc.replace_with_mask(texts, pa.array(looked_at), now)


def _rule_lists(rows_total: int, told: Sequence[tuple[_Rows, Outcome]]) -> pa.ListArray:
    """For each row the rules that changed it, in the order of their first change."""
    changes = [(rule, places[rows]) for places, outcome in told for rule, rows in outcome.changes]
    names = list(dict.fromkeys(rule for rule, _ in changes))
    rows = np.concatenate([rows for _, rows in changes] or [np.zeros(0, np.int64)])
    rules = np.repeat([names.index(rule) for rule, _ in changes], [len(rows) for _, rows in changes]).astype(np.int64)
    _, first = np.unique(rows * max(1, len(names)) + rules, return_index=True)
    first.sort()
    first = first[np.argsort(rows[first], kind="stable")]
    offsets = np.zeros(rows_total + 1, np.int32)
    np.cumsum(np.bincount(rows[first], minlength=rows_total), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(names, pa.string()).take(pa.array(rules[first])))
