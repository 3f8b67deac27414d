"""A dataset folder in (`data/<split>-*.parquet`, `manifest.json`), dialogues out."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import Misuse
from warehouse.records.dialogues import Turn

_COLUMNS = ["dialogue_id", "messages", "label"]


@dataclass(frozen=True, slots=True)
class Example:
    """One dialogue of a shard, ready to be rendered; `label` is the corpus's own class, where it has one."""

    dialogue_id: str
    turns: tuple[Turn, ...]
    label: int | None = None


def read_manifest(dataset: Path) -> dict[str, Any]:
    """This reads what a dataset was built from.

    Raises:
        Misuse: there is no manifest, so the folder is no finished dataset.
    """
    try:
        manifest = json.loads((dataset / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Misuse(f"{dataset} is no dataset: {error}; export one with `mundap export NAME`") from error
    if not isinstance(manifest, dict):
        raise Misuse(f"{dataset}/manifest.json is not an object; export the dataset again")
    return manifest


def read_split(dataset: Path, split: str) -> tuple[Example, ...]:
    """The dialogues of one split in shard order; a split without a file is empty.

    Raises:
        Misuse: a shard cannot be read or lacks a column.
    """
    examples: list[Example] = []
    for file in sorted((dataset / "data").glob(f"{split}-*.parquet")):
        try:
            rows = pq.read_table(file, columns=_COLUMNS).to_pylist()
        except (OSError, pa.ArrowException, KeyError) as error:
            reason = str(error).partition("\n")[0]
            raise Misuse(f"shard {file} cannot be read: {reason}; run `mundap verify {dataset}`") from error
        examples.extend(_example(row) for row in rows)
    return tuple(examples)


def digest(examples: tuple[Example, ...]) -> str:
    """SHA-256 over ids and texts in order: two evaluations may be compared only when it is the same."""
    content = [[e.dialogue_id, [[t.role, t.content] for t in e.turns]] for e in examples]
    return sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _example(row: dict[str, Any]) -> Example:
    turns = tuple(Turn(role=m["role"], content=m["content"] or "") for m in row["messages"] or ())
    return Example(dialogue_id=row["dialogue_id"], turns=turns, label=row["label"])
