"""Rows as Parquet files, and back: the same rows always give the same bytes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.datasets.manifest import FileFact
from warehouse.errors import Misuse

_MESSAGE = pa.struct([pa.field("role", pa.string()), pa.field("content", pa.string())])

ROW_SCHEMA: Any = pa.schema(
    [
        pa.field("dialogue_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("topic", pa.string()),
        pa.field("url", pa.string()),
        pa.field("asked_at", pa.timestamp("us", tz="UTC")),
        pa.field("messages", pa.list_(_MESSAGE), nullable=False),
        pa.field("label", pa.int64()),
        pa.field("cluster_id", pa.string()),
        pa.field("page_sha256", pa.string()),
        pa.field("parser_version", pa.string()),
        pa.field("recipe_version", pa.string()),
        pa.field("rules", pa.list_(pa.string())),
    ]
)
DROPPED_SCHEMA: Any = pa.schema([pa.field(name, pa.string()) for name in ("id", "rule", "reason", "text")])

_CHUNK = 1 << 20


def file_fact(file: Path, rows: int) -> FileFact:
    """Size and hash of a file as it lies on disk."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return FileFact(rows, file.stat().st_size, digest.hexdigest())


def read_rows(folder: Path, split: str) -> Iterator[dict[str, Any]]:
    """The rows of one split of a dataset version, or its `dropped` ones, in order; none where it has no such rows.

    Raises:
        Misuse: a shard that cannot be read; `mundap verify` tells what is wrong.
    """
    home = folder / ("dropped" if split == "dropped" else "data")
    for file in sorted(home.glob(f"{split}-*.parquet")):
        try:
            for batch in pq.ParquetFile(file).iter_batches():
                yield from batch.to_pylist()
        except pa.ArrowException as error:
            raise Misuse(f"the shard {file} cannot be read; run `mundap verify` and export it again") from error


def shape_of(file: Path) -> tuple[Any, int]:
    """Schema and number of rows of a Parquet file.

    Raises:
        Misuse: it is no Parquet file.
    """
    try:
        with pq.ParquetFile(file) as found:
            return found.schema_arrow, int(found.metadata.num_rows)
    except pa.ArrowException as error:
        raise Misuse(f"{file} is no Parquet file; export the dataset again") from error
