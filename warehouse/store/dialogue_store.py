"""Dialogues stored without repeating: what is new is inserted, what changed is updated, the rest is left alone.

Everything of one call is one transaction. SQLite takes whole columns through its driver, SQL Server large batches by
bulk load (`staging`) and small ones by statements.
"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from warehouse.connect import in_transaction
from warehouse.loads import Stored
from warehouse.records.dialogues import Dialogue
from warehouse.store import dialogue_sqlite, dialogue_statements
from warehouse.store.contract import require_dialogues
from warehouse.store.dialogue_changes import digest, fresh_among
from warehouse.store.dialogue_rows import dialogue_columns
from warehouse.store.staging import STAGED_ROWS, Staged


def store_dialogues(
    engine: sa.Engine,
    dialogues: Sequence[Dialogue],
    load_id: int,
    *,
    also: Callable[[sa.Connection, Stored], None] = lambda connection, stored: None,
) -> Stored:
    """Store dialogues, each once by its id, in one transaction; unchanged rows are not touched.

    `also` is done in the same transaction, with what was stored; again where that is tried again.
    A new row's first load is the record's `first_load_id`, or `load_id` where that is 0; it never changes after.

    Raises:
        BrokenBatch: a record breaks the contract; nothing is stored.
    """
    require_dialogues(dialogues)
    # In the order of their keys, so that a batch walks through each index once.
    by_id = {row.dialogue_id: row for row in dialogues}
    rows = [by_id[key] for key in sorted(by_id)]
    digests = [digest(row) for row in rows]

    def work(connection: sa.Connection) -> Stored:
        stored = _store(connection, rows, digests, load_id)
        also(connection, stored)
        return stored

    return in_transaction(engine, work)


def stored_otherwise(engine: sa.Engine, dialogues: Sequence[Dialogue]) -> list[bool]:
    """For each dialogue whether its id is stored with another text."""
    ids = [row.dialogue_id for row in dialogues]
    with engine.connect() as connection:
        known = _known(connection, ids)
    return [
        known.get(row.dialogue_id, mine) != mine for row, mine in zip(dialogues, map(digest, dialogues), strict=True)
    ]


def _store(connection: sa.Connection, rows: Sequence[Dialogue], digests: Sequence[str], load_id: int) -> Stored:
    if connection.dialect.name == "mssql" and len(rows) >= STAGED_ROWS:
        with Staged(connection, dialogue_columns(rows, digests, load_id)) as staged:
            fresh = fresh_among(rows, digests, staged.known())
            staged.store(fresh, load_id)
    else:
        fresh = fresh_among(rows, digests, _known(connection, [row.dialogue_id for row in rows]))
        way = dialogue_sqlite if connection.dialect.name == "sqlite" else dialogue_statements
        way.write(connection, fresh, load_id)
    return Stored(len(fresh.new), len(fresh.changed), len(rows) - len(fresh.new) - len(fresh.changed))


def _known(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        return dialogue_sqlite.known(connection, ids)
    return dialogue_statements.known(connection, ids)
