"""Where one dialogue stands in the dataset versions on record: kept on a side, or dropped by a rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from warehouse.errors import Misuse
from warehouse.schema.models import dataset


@dataclass(frozen=True, slots=True)
class Place:
    """A dialogue in one dataset version: kept on `split`, or dropped by `rule` for `reason`; neither: not in it.

    `is_there` is False where the version's folder is gone, and then nothing else is known. `copies` are the
    (dialogue_id, reason) of the rows dropped there by `near_duplicate`.
    """

    dataset: str
    version: str
    path: Path
    recipe: tuple[str, str]
    is_there: bool = True
    split: str | None = None
    rule: str | None = None
    reason: str | None = None
    copies: tuple[tuple[str, str], ...] = ()


def places_of(engine: sa.Engine, dialogue_id: str) -> list[Place]:
    """One entry a dataset version on record, the newest first.

    Raises:
        Misuse: a shard that cannot be read.
    """
    columns = (dataset.c.name, dataset.c.version, dataset.c.path, dataset.c.recipe_name, dataset.c.recipe_version)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(*columns).order_by(dataset.c.dataset_id.desc())).all()
    return [_place(row, dialogue_id) for row in rows]


def _place(row: Any, dialogue_id: str) -> Place:
    folder, recipe = Path(row.path), (row.recipe_name, row.recipe_version)
    if not folder.is_dir():
        return Place(row.name, row.version, folder, recipe, is_there=False)
    for file in sorted((folder / "data").glob("*.parquet")):
        if any(_rows(file, ["dialogue_id"], ("dialogue_id", "=", dialogue_id))):
            copies = tuple(
                (found["id"], found["reason"]) for found in _dropped(folder, ("rule", "=", "near_duplicate"))
            )
            return Place(row.name, row.version, folder, recipe, split=file.name.partition("-")[0], copies=copies)
    for found in _dropped(folder, ("id", "=", dialogue_id)):
        return Place(row.name, row.version, folder, recipe, rule=found["rule"], reason=found["reason"])
    return Place(row.name, row.version, folder, recipe)


def _dropped(folder: Path, condition: tuple[str, str, str]) -> Iterator[dict[str, Any]]:
    for file in sorted((folder / "dropped").glob("*.parquet")):
        yield from _rows(file, ["id", "rule", "reason"], condition)


def _rows(file: Path, columns: list[str], condition: tuple[str, str, str]) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = pq.read_table(file, columns=columns, filters=[condition]).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise Misuse(f"the shard {file} cannot be read; run `mundap verify` and export it again") from error
    return found
