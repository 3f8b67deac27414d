"""Dialogues looked up and written by plain statements, on any engine: for the small batches of SQL Server."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from warehouse.schema.content import dialogue, turn
from warehouse.store.dialogue_changes import Fresh
from warehouse.store.dialogue_rows import UPDATED, Columns, dialogue_columns, turn_columns

_BATCH: Final = 500


def known(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    """The digests of those that are stored, their rows (and the gaps between them) locked."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), _BATCH):
        batch = dialogue.c.dialogue_id.in_(ids[start : start + _BATCH])
        query = sa.select(dialogue.c.dialogue_id, dialogue.c.text_sha256).where(batch)
        locked = query.with_hint(dialogue, "WITH (UPDLOCK, HOLDLOCK)", "mssql")
        found |= dict(connection.execute(locked).tuples().all())
    return found


def write(connection: sa.Connection, fresh: Fresh, load_id: int) -> None:
    """Insert and update dialogues with their turns."""
    columns = dialogue_columns(fresh.all, fresh.digests, load_id)
    if fresh.new:
        connection.execute(sa.insert(dialogue), _rows(columns, tuple(columns), stop=len(fresh.new)))
    update(connection, fresh, columns)
    turns = turn_columns(fresh.all, load_id)
    if turns["dialogue_id"]:
        connection.execute(sa.insert(turn), _rows(turns, tuple(turns)))


def update(connection: sa.Connection, fresh: Fresh, columns: Columns) -> None:
    """Update the changed ones among `columns`, which stand behind the new ones, and take their turns away."""
    if not fresh.changed:
        return
    these = [{"of_dialogue": row.dialogue_id} for row in fresh.changed]
    values = _rows(columns, UPDATED, start=len(fresh.new))
    this: sa.BindParameter[str] = sa.bindparam("of_dialogue")
    statement = sa.update(dialogue).where(dialogue.c.dialogue_id == this)
    connection.execute(statement, [key | row for key, row in zip(these, values, strict=True)])
    connection.execute(sa.delete(turn).where(turn.c.dialogue_id == this), these)


def _rows(columns: Columns, names: Sequence[str], start: int = 0, stop: int | None = None) -> list[dict[str, Any]]:
    parts = (columns[name][start:stop] for name in names)
    return [dict(zip(names, values, strict=True)) for values in zip(*parts, strict=True)]
