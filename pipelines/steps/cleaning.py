"""File to file cleaning, and the story of one dialogue."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from cleaning.batch import clean_batch
from cleaning.recipe import Options, Recipe, explain, load_recipe
from pipelines.settings import Settings
from warehouse.connect import open_warehouse
from warehouse.dialogues import read_dialogue
from warehouse.errors import Misuse

BATCH_ROWS: Final = 10_000
IN_SCHEMA: Final = pa.schema({"id": pa.string(), "text": pa.string(), "opts": pa.string()})


@dataclass(frozen=True, slots=True)
class CleanReport:
    """`read` = `kept` + `dropped`; `rules` counts rows that a rule changed, or dropped (`drop:` before its name)."""

    read: int
    kept: int
    dropped: int
    rules: dict[str, int]


def clean_file(
    settings: Settings,
    source: Path,
    target: Path,
    recipe_name: str,
    options: Mapping[str, str],
    *,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> CleanReport:
    """Clean `source` (JSONL or Parquet with `id` and `text`) into `target`, dropped rows beside it.

    Raises:
        Misuse: no such file, a line or column at fault, an unknown recipe or option.
    """
    recipe = with_options(load_recipe(recipe_name), options)
    rules: Counter[str] = Counter()
    read = kept_rows = 0
    batches = _batches(source)
    first = list(islice(batches, 1))
    aside = target.with_name(target.name + ".dropped.jsonl")
    partial = target.with_name(target.name + ".partial")
    with _writer(partial, as_parquet=target.suffix == ".parquet") as write, aside.open("w", encoding="utf-8") as lines:
        for batch in _chain(first, batches):
            kept, dropped = clean_batch(batch, recipe)
            write(kept)
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in dropped.to_pylist())
            rules.update(rule for row in kept.column("rules").to_pylist() for rule in row)
            rules.update(f"drop:{rule}" for rule in dropped.column("rule").to_pylist())
            read, kept_rows = read + batch.num_rows, kept_rows + kept.num_rows
            on_rows(read)
    partial.replace(target)
    return CleanReport(read, kept_rows, read - kept_rows, dict(sorted(rules.items())))


def with_options(recipe: Recipe, values: Mapping[str, str]) -> Recipe:
    """Return the recipe with options given as text.

    Raises:
        Misuse: an unknown option, or a value of the wrong kind.
    """
    changes: dict[str, Any] = {}
    known = {name: getattr(recipe.options, name) for name in Options.__dataclass_fields__}
    for name, text in values.items():
        if name not in known:
            raise Misuse(f"no option {name!r}; known are {', '.join(known)}")
        changes[name] = _value(name, text, known[name])
    return replace(recipe, options=replace(recipe.options, **changes))


def explain_dialogue(settings: Settings, dialogue_id: str, recipe_name: str) -> list[dict[str, Any]]:
    """Return each change to each turn: `turn` (from 1), `rule`, `before`, `after`.

    Raises:
        Misuse: no such dialogue.
    """
    recipe = load_recipe(recipe_name)
    dialogue = read_dialogue(open_warehouse(settings.database_url), dialogue_id)
    if dialogue is None:
        raise Misuse(
            f"no dialogue {dialogue_id} in the warehouse; `mundap query 'select dialogue_id from dialogue'` lists them"
        )
    options = replace(recipe.options, site=dialogue.site, doc=dialogue_id)
    return [
        {"turn": number, "rule": rule, "before": before, "after": after}
        for number, turn in enumerate(dialogue.turns, start=1)
        for rule, before, after in explain(turn.content, recipe, options=options)
    ]


def _value(name: str, text: str, present: object) -> object:
    if isinstance(present, bool):
        if text not in ("true", "false"):
            raise Misuse(f"option {name} is true or false, not {text!r}")
        return text == "true"
    if isinstance(present, tuple):
        return tuple(text.split(","))
    if isinstance(present, int):
        if not text.lstrip("-").isdigit():
            raise Misuse(f"option {name} is a whole number, not {text!r}")
        return int(text)
    return text


def _batches(source: Path) -> Iterator[pa.Table]:
    if not source.is_file():
        raise Misuse(f"no file at {source}; check the path")
    if source.suffix == ".parquet":
        yield from _parquet(source)
        return
    with source.open("rb") as lines:
        numbered = enumerate(lines, start=1)
        while rows := [_row(source, number, line) for number, line in islice(numbered, BATCH_ROWS)]:
            yield pa.Table.from_pylist([row for row in rows if row], IN_SCHEMA)


def _parquet(source: Path) -> Iterator[pa.Table]:
    try:
        file = pq.ParquetFile(source)
    except pa.ArrowInvalid as error:
        raise Misuse(f"{source} is no Parquet file: {error}") from None
    missing = {"id", "text"} - set(file.schema_arrow.names)
    if missing:
        found = ", ".join(file.schema_arrow.names)
        raise Misuse(f"{source} has no column {', '.join(sorted(missing))} (it has: {found}); rename them")
    columns = [name for name in IN_SCHEMA.names if name in file.schema_arrow.names]
    for batch in file.iter_batches(BATCH_ROWS, columns=columns):
        table = pa.Table.from_batches([batch])
        yield table.cast(pa.schema([IN_SCHEMA.field(name) for name in table.column_names]))


def _row(source: Path, number: int, line: bytes) -> dict[str, Any] | None:
    if not line.strip():
        return None
    try:
        row = json.loads(line)
        text, opts = row["text"], row.get("opts")
        if not isinstance(text, str | None):
            raise TypeError("text is no string")
        return {"id": str(row["id"]), "text": text, "opts": json.dumps(opts, ensure_ascii=False) if opts else None}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misuse(f"{source}, line {number}: no object with id and text ({error}); mend that line") from None


def _chain(first: list[pa.Table], rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield from first
    yield from rest


class _writer:
    """Write kept tables to a Parquet or JSONL file."""

    def __init__(self, path: Path, *, as_parquet: bool) -> None:
        self._path, self._as_parquet = path, as_parquet
        self._parquet: pq.ParquetWriter | None = None

    def __enter__(self) -> Callable[[pa.Table], None]:
        if not self._as_parquet:
            self._lines = self._path.open("w", encoding="utf-8")
        return self._write

    def __exit__(self, *_: object) -> None:
        if self._parquet is not None:
            self._parquet.close()
        if not self._as_parquet:
            self._lines.close()

    def _write(self, table: pa.Table) -> None:
        if not self._as_parquet:
            self._lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist())
            return
        if self._parquet is None:
            self._parquet = pq.ParquetWriter(self._path, table.schema)
        self._parquet.write_table(table)
