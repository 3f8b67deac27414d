"""One table of texts at a time: Polars finds the rows that a rule can touch, Python takes only those through."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import polars as pl
import pyarrow as pa

from cleaning.options import Options, read_options
from cleaning.recipe import Cleaned, Recipe, clean_text
from cleaning.rules import RULES
from warehouse.errors import Misuse

_KEPT = pa.schema([("id", pa.string()), ("text", pa.string()), ("rules", pa.list_(pa.string()))])
_DROPPED = pa.schema([("id", pa.string()), ("rule", pa.string()), ("reason", pa.string()), ("text", pa.string())])
_TRIPLES = [chr(code) * 3 for code in (*range(0x3131, 0x3164), *range(0xAC00, 0xD7A4))]


def clean_batch(table: pa.Table, recipe: Recipe) -> tuple[pa.Table, pa.Table]:
    """Kept rows (`id, text, rules`) and dropped rows (`id, rule, reason, text` as given), each in the order given.

    `table` holds `id` and `text` (nullable), optionally `site` and `opts` (JSON of the options that differ from
    the recipe's). The result is that of `clean_text` with `doc` = `id` on each row. Raises Misuse for a missing
    column, an unknown site or an unknown option.
    """
    for column in ("id", "text"):
        if column not in table.column_names:
            raise Misuse(f"the table to clean has no column {column!r}: give `id` and `text`")
    ids, texts = (table.column(name).cast(pa.string()).to_pylist() for name in ("id", "text"))
    kept: tuple[list[Any], ...] = ([], [], [])
    dropped: tuple[list[Any], ...] = ([], [], [], [])
    for row_id, text, cleaned in zip(ids, texts, _cleaned_rows(table, ids, texts, recipe), strict=True):
        if cleaned is None:
            _append(kept, row_id, text, ())
        elif cleaned.drop:
            _append(dropped, row_id, *cleaned.drop, text)
        else:
            _append(kept, row_id, cleaned.text, cleaned.rules)
    return pa.Table.from_arrays(_arrays(kept, _KEPT), schema=_KEPT), pa.Table.from_arrays(
        _arrays(dropped, _DROPPED), schema=_DROPPED
    )


def _append(columns: Sequence[list[Any]], *values: object) -> None:
    for column, value in zip(columns, values, strict=True):
        column.append(value)


def _arrays(columns: Sequence[list[Any]], schema: pa.Schema) -> list[pa.Array]:
    return [pa.array(column, type=kind) for column, kind in zip(columns, schema.types, strict=True)]


def _cleaned_rows(
    table: pa.Table, ids: Sequence[str], texts: Sequence[str | None], recipe: Recipe
) -> Iterator[Cleaned | None]:
    """What became of each row; None for a row that no rule can touch."""
    sites, opts = (_optional(table, name) for name in ("site", "opts"))
    touched = _touched(table, recipe)
    for row_id, text, site, opt, may_change in zip(ids, texts, sites, opts, touched, strict=True):
        if may_change or site or opt:
            options = replace(_row_options(recipe, site, opt), doc=row_id) if row_id else None
            yield clean_text(text, recipe, options=options)
        else:
            yield None


def _optional(table: pa.Table, name: str) -> list[str | None]:
    if name not in table.column_names:
        return [None] * table.num_rows
    return list(table.column(name).cast(pa.string()).to_pylist())


@lru_cache(maxsize=1024)
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


def _touched(table: pa.Table, recipe: Recipe) -> list[bool]:
    """Whether any rule of the recipe, under its own options, can touch each row."""
    text = pl.col("text")
    rules = [RULES[name] for name in dict.fromkeys((*recipe.steps, *recipe.repeat, *recipe.last))]
    rules = [rule for rule in rules if rule.applies(recipe.options)]
    doubt = text.is_null() | text.str.contains("|".join(f"(?:{rule.guard})" for rule in rules if not rule.triples))
    for rule in rules:
        if rule.needs:
            doubt |= ~text.str.contains(rule.needs)
    if any(rule.triples for rule in rules):
        doubt |= text.str.contains_any(_TRIPLES)
    frame = pl.DataFrame({"text": pl.Series(values=table.column("text").cast(pa.string()), dtype=pl.String)})
    return frame.select(doubt.fill_null(True)).to_series().to_list()
