"""Rows on their way into Parquet files: the same rows give the same bytes, in whatever portions they come."""

from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.datasets.manifest import FileFact
from warehouse.datasets.parquet import file_fact
from warehouse.disk import sync

_ROWS_PER_GROUP: Final = 10_000


class ShardWriter:
    """Writes `<stem>-00000-of-0000N.parquet` under `folder`; no rows, no file. Holds one row group in memory."""

    def __init__(self, folder: Path, stem: str, schema: Any, rows_per_shard: int) -> None:
        self._folder, self._stem, self._schema, self._most = folder, stem, schema, rows_per_shard
        self._held: list[Any] = []
        self._held_rows = 0
        self._rows: list[int] = []  # of each file begun
        self._open: Any = None

    def add(self, table: Any) -> None:
        """Add rows behind those that were added before."""
        self._held.append(table)
        self._held_rows += table.num_rows
        while self._held_rows and self._held_rows >= (most := self._room()):
            self._write(most)

    def close(self) -> dict[str, FileFact]:
        """Write what is left and give the facts of each file, on disk now, by its path relative to `folder`."""
        while self._held_rows:
            self._write(min(self._held_rows, self._room()))
        self._end_file()
        facts: dict[str, FileFact] = {}
        for number, rows in enumerate(self._rows):
            name = f"{self._stem}-{number:05d}-of-{len(self._rows):05d}.parquet"
            self._path(number).rename(self._folder / name)
            facts[name] = file_fact(self._folder / name, rows)
        return facts

    def abandon(self) -> None:
        """Close the file that is open; what stands in it is for nobody."""
        writer, self._open = self._open, None
        if writer is not None:
            writer.close()

    def _room(self) -> int:
        """Rows of the next group: fewer at the end of a file."""
        in_file = self._rows[-1] if self._open is not None else 0
        return min(_ROWS_PER_GROUP, self._most - in_file)

    def _write(self, rows: int) -> None:
        if self._open is None:
            self._rows.append(0)
            path = self._path(len(self._rows) - 1)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._open = pq.ParquetWriter(path, self._schema, compression="zstd")
        held = pa.concat_tables(self._held)
        # Whole columns without gaps: how the rows were portioned must not show in the file.
        self._open.write_table(held.slice(0, rows).combine_chunks(), row_group_size=rows)
        self._held, self._held_rows = [held.slice(rows)], held.num_rows - rows
        self._rows[-1] += rows
        if self._rows[-1] == self._most:
            self._end_file()

    def _end_file(self) -> None:
        if self._open is not None:
            self.abandon()
            sync(self._path(len(self._rows) - 1))

    def _path(self, number: int) -> Path:
        return self._folder / f"{self._stem}-{number:05d}.parquet"
