"""Files of texts with ids, JSONL or Parquet, read and written table by table."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from cleaning.options import read_options
from warehouse.errors import Misuse

BATCH_ROWS: Final = 10_000
MOST_SHOWN: Final = 2_000  # characters of a line that could not be read
SCHEMA: Final = pa.schema({"id": pa.string(), "text": pa.string(), "opts": pa.string()})
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
Row = dict[str, Any]
Write = Callable[[pa.Table], None]


def read_tables(source: Path) -> Iterator[tuple[pa.Table, list[Row]]]:
    """Read tables of `id`, `text` and, where the file has them, `opts` (options of the row as JSON).

    Beside each stand the lines that could not be read, as rows of `id` (their line), `rule`, `reason` and `text`;
    one whose own options are at fault has its own id, and its line (or row) in the reason.

    Raises:
        Misuse: no such file, or a Parquet file without the columns.
    """
    if not source.is_file():
        raise Misuse(f"no file at {source}; check the path")
    if source.suffix == ".parquet":
        yield from _parquet_tables(source)
        return
    with source.open("rb") as lines:
        numbered = enumerate(lines, start=1)
        while batch := list(islice(numbered, BATCH_ROWS)):
            rows = [_row(number, line) for number, line in batch if line.strip()]
            readable = [row for row in rows if "rule" not in row]
            yield pa.Table.from_pylist(readable, SCHEMA), [row for row in rows if "rule" in row]


@contextmanager
def writing(target: Path) -> Iterator[Write]:
    """Write tables to a Parquet file or, by any other name, JSONL; it is there whole at the end, or not at all."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        if target.suffix == ".parquet":
            with _parquet_writer(partial) as write:
                yield write
        else:
            with partial.open("w", encoding="utf-8") as lines:
                yield lambda table: lines.writelines(_line(row) for row in table.to_pylist())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _parquet_writer(path: Path) -> Iterator[Write]:
    writers: list[pq.ParquetWriter] = []

    def write(table: pa.Table) -> None:
        if not writers:
            writers.append(pq.ParquetWriter(path, table.schema))
        writers[0].write_table(table)

    try:
        yield write
    finally:
        for writer in writers:
            writer.close()


def _parquet_tables(source: Path) -> Iterator[tuple[pa.Table, list[Row]]]:
    try:
        file = pq.ParquetFile(source)
    except pa.ArrowInvalid as error:
        raise Misuse(f"{source} is no Parquet file ({error}); check the path") from None
    found = file.schema_arrow.names
    if missing := {"id", "text"} - set(found):
        raise Misuse(f"{source} has no column {', '.join(sorted(missing))} (it has: {', '.join(found)}); rename them")
    columns = [name for name in SCHEMA.names if name in found]
    wanted = pa.schema([SCHEMA.field(name) for name in columns])
    first = 1
    for batch in file.iter_batches(BATCH_ROWS, columns=columns):
        table = pa.Table.from_batches([batch]).select(columns).cast(wanted)
        yield _without_faulty_options(table, first) if "opts" in columns else (table, [])
        first += table.num_rows


def _without_faulty_options(table: pa.Table, first: int) -> tuple[pa.Table, list[Row]]:
    faults = [*map(_options_fault, table["opts"].to_pylist())]
    if not any(faults):
        return table, []
    bad = [
        {"id": row["id"], "rule": "unreadable", "reason": f"row {number}: {fault}", "text": row["text"]}
        for number, (row, fault) in enumerate(zip(table.to_pylist(), faults, strict=True), first)
        if fault
    ]
    return table.filter(pa.array([fault is None for fault in faults])), bad


@lru_cache(1_000)
def _options_fault(opts: str | None) -> str | None:
    """What is wrong with a row's own options, None where nothing is."""
    try:
        given = json.loads(opts) if opts else {}
        if not isinstance(given, dict):
            return "its opts are no object"
        read_options(given)
    except (ValueError, RecursionError) as error:
        return f"its opts are no JSON: {error}"
    except Misuse as error:
        return f"its opts: {error}"
    return None


def _row(number: int, line: bytes) -> Row:
    shown = line.decode("utf-8", "replace").rstrip("\n")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _unreadable(number, f"no JSON: {error}", shown)
    if not isinstance(row, dict) or "id" not in row:
        return _unreadable(number, "no object with an id", shown)
    text, opts = row.get("text"), row.get("opts")
    if not isinstance(text, str | None):
        return _unreadable(number, "its text is no string", shown)
    told = _storable(json.dumps(opts, ensure_ascii=False)) if opts else None
    kept = {"id": _storable(str(row["id"])), "text": text and _storable(text)}
    if fault := _options_fault(told):
        return kept | {"rule": "unreadable", "reason": f"line {number}: {fault}"}
    return kept | {"opts": told}


def _storable(text: str) -> str:
    """Put U+FFFD, which the cleaning drops by name, for lone surrogates: half a character, which no file can hold."""
    return _SURROGATE.sub("\ufffd", text)


def _unreadable(number: int, reason: str, shown: str) -> Row:
    return {"id": f"line {number}", "rule": "unreadable", "reason": reason, "text": shown[:MOST_SHOWN]}


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
