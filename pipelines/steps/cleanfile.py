"""File to file cleaning: kept rows to one file, dropped rows with their reasons beside it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from cleaning.batch import clean_batch
from cleaning.options import Options, read_options
from cleaning.recipe import load_recipe
from pipelines.steps.rowfiles import SCHEMA, read_tables, writing
from warehouse.errors import Misuse


@dataclass(frozen=True, slots=True)
class CleanReport:
    """`read` = `kept` + `dropped`; `rules` counts rows that a rule changed, or dropped (`drop:` before its name)."""

    read: int
    kept: int
    dropped: int
    rules: dict[str, int]


def clean_file(
    source: Path,
    target: Path,
    recipe_name: str,
    options: Mapping[str, str],
    *,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> CleanReport:
    """Clean `source` (JSONL or Parquet of id and text) into `target`; dropped rows go to `target`.dropped.jsonl.

    Raises:
        Misuse: no such file, a column missing, IN and OUT the same, an unknown recipe or option.
    """
    if target.resolve() == source.resolve():
        raise Misuse(f"{target} is both IN and OUT; name another OUT")
    recipe = load_recipe(recipe_name)
    recipe = replace(recipe, options=read_options(_typed(options), recipe.options))
    rules: Counter[str] = Counter()
    read = kept_rows = 0
    tables = read_tables(source)
    # A file at fault is refused before anything is written; one without rows makes files without rows.
    first = list(islice(tables, 1)) or [(SCHEMA.empty_table(), [])]
    with writing(target) as keep, writing(target.with_name(f"{target.name}.dropped.jsonl")) as drop:
        for table, unreadable in chain(first, tables):
            kept, dropped = clean_batch(table, recipe)
            dropped = pa.concat_tables([dropped, pa.Table.from_pylist(unreadable, dropped.schema)])
            keep(kept)
            drop(dropped)
            rules.update(chain.from_iterable(kept.column("rules").to_pylist()))
            rules.update(f"drop:{rule}" for rule in dropped.column("rule").to_pylist())
            read, kept_rows = read + kept.num_rows + dropped.num_rows, kept_rows + kept.num_rows
            on_rows(read)
    return CleanReport(read, kept_rows, read - kept_rows, dict(sorted(rules.items())))


def _typed(options: Mapping[str, str]) -> dict[str, Any]:
    """Turn option texts into the kinds that the options have; `read_options` refuses what is left."""
    kinds = {name: type(getattr(Options(), name)) for name in Options.__dataclass_fields__}
    return {name: _value(name, text, kinds.get(name, str)) for name, text in options.items()}


def _value(name: str, text: str, kind: type) -> object:
    if kind is bool and text in ("true", "false"):
        return text == "true"
    if kind is tuple:
        return text.split(",")
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise Misuse(f"cleaning option {name} is a whole number, not {text!r}") from None
    return text
