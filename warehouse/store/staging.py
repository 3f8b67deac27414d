"""Bulk load of dialogues on SQL Server: pymssql's bulk copy into a staging table, then INSERT … SELECT.

All of it is in the caller's transaction, so that a load that fails leaves neither rows nor staged ones behind. The
cautions of the bulk copy are in `schema/staging.py`; `prepared` meets them, and `staged_rows` counts what arrived.
"""

from datetime import UTC
from types import TracebackType
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa

from warehouse.errors import MundapError, Transient
from warehouse.failures import as_ours
from warehouse.schema.content import dialogue, turn
from warehouse.schema.staging import SPACES, staged_dialogue, staged_turn
from warehouse.store.dialogue_changes import Fresh
from warehouse.store.dialogue_rows import UPDATED, Columns, stored_text, turn_columns
from warehouse.types import Body, Key, Moment

STAGED_ROWS: Final = 1_000  # below that, multi-row inserts are as fast (8.5k rows/s against 41k, tried in 2026-11)
_COPIED_AT_ONCE: Final = 10_000


class Staged:
    """A batch in the staging table; leaving the block takes it out again."""

    def __init__(self, connection: sa.Connection, columns: Columns) -> None:
        self._connection, self._columns, self._batch = connection, columns, uuid4().hex

    def __enter__(self) -> "Staged":
        bulk_copy(self._connection, dialogue, staged_dialogue, self._columns, self._batch)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None:  # else the transaction takes them back
            for table in (staged_turn, staged_dialogue):
                self._connection.execute(sa.delete(table).where(table.c.batch == self._batch))

    def known(self) -> dict[str, str]:
        """The digests of those that are stored already, their rows (and the gaps between them) locked."""
        return dict(self._connection.execute(known_statement(self._batch)).tuples().all())

    def store(self, fresh: Fresh, load_id: int) -> None:
        """Insert the new ones and update the changed ones.

        Raises:
            Transient: other rows arrived than were sent; the transaction is to be done again.
        """
        rows = fresh.all
        bulk_copy(self._connection, turn, staged_turn, turn_columns(rows, load_id), self._batch)
        if fresh.changed:
            for statement in changed_statements(self._batch):
                self._connection.execute(statement)
        self._put(dialogue, len(fresh.new))
        self._put(turn, sum(len(row.turns) for row in rows))

    def _put(self, table: sa.Table, wanted: int) -> None:
        found = self._connection.execute(insert_statement(table, self._batch)).rowcount
        if found != wanted:
            raise Transient(f"{found:,} of {wanted:,} staged rows reached {table.name}; try again")


def prepared(target: sa.Table, columns: Columns) -> Columns:
    """Columns as the bulk copy brings them over whole: '' as a NUL, spaces at the end counted, moments as ISO text.

    Raises:
        Unstorable: a key with a NUL in it, or one that is too long: the bulk copy would cut it without a word.
    """
    ready: Columns = {}
    for name, values in columns.items():
        kind = target.c[name].type
        if isinstance(kind, Body):
            texts = stored_text(kind, values)
            ready[name] = [None if text is None else text.rstrip(" ") or "\0" for text in texts]
            ready[name + SPACES] = [None if text is None else len(text) - len(text.rstrip(" ")) for text in texts]
        elif isinstance(kind, Key):
            ready[name] = [None if text is None else text or "\0" for text in stored_text(kind, values)]
        elif isinstance(kind, Moment):
            ready[name] = [None if moment is None else _iso(moment) for moment in values]
        else:
            ready[name] = values
    return ready


def bulk_copy(connection: sa.Connection, target: sa.Table, staging: sa.Table, columns: Columns, batch: str) -> None:
    """Copy the rows of `target` into its staging table, in the transaction of `connection`.

    Raises:
        Transient: a deadlock or a lost connection. Unready: no permission, no space.
    """
    ready: Columns = {"batch": [batch] * len(columns["dialogue_id"]), **prepared(target, columns)}
    places = [place for place, found in enumerate(staging.columns, 1) if found.name in ready]
    ordered = [ready[found.name] for found in staging.columns if found.name in ready]
    # A list: an exception in the middle of an iterator would kill the connection.
    rows = list(zip(*ordered, strict=True))
    driver: Any = connection.connection.driver_connection
    try:
        driver.bulk_copy(staging.name, rows, column_ids=places, batch_size=_COPIED_AT_ONCE)
    except Exception as error:
        ours = _translated(error, connection)
        if ours is None:
            raise
        raise ours from error


def _translated(error: Exception, connection: sa.Connection) -> MundapError | None:
    # Bulk copy raises the exceptions of pymssql's lower half, which SQLAlchemy does not know.
    number = getattr(error, "number", None)
    return as_ours(Exception(number, str(error)) if number else error, connection.engine.url)


def known_statement(batch: str) -> sa.Select[Any]:
    """The statement that tells which rows of the batch are stored, and locks them."""
    stage = staged_dialogue
    return (
        sa.select(dialogue.c.dialogue_id, dialogue.c.text_sha256)
        .select_from(stage.join(dialogue, dialogue.c.dialogue_id == stage.c.dialogue_id))
        .where(stage.c.batch == batch)
        .with_hint(dialogue, "WITH (UPDLOCK, HOLDLOCK)", "mssql")
    )


def changed_statements(batch: str) -> tuple[sa.Update, sa.Delete]:
    """The statements that update the rows that are stored with another text, and take their turns away."""
    stage = staged_dialogue
    differs = sa.and_(
        stage.c.batch == batch,
        stage.c.dialogue_id == dialogue.c.dialogue_id,
        stage.c.text_sha256 != dialogue.c.text_sha256,
    )
    update = sa.update(dialogue).where(differs).values({name: _unstaged(dialogue, stage, name) for name in UPDATED})
    of_batch = sa.select(staged_turn.c.dialogue_id).where(staged_turn.c.batch == batch)
    return update, sa.delete(turn).where(turn.c.dialogue_id.in_(of_batch))


def insert_statement(target: sa.Table, batch: str) -> sa.Insert:
    """The statement that inserts the batch's rows that are not there; a row staged twice counts once."""
    stage = staged_dialogue if target is dialogue else staged_turn
    key = [found.name for found in target.primary_key]
    names = [found.name for found in target.columns if found.name in stage.c]
    number = sa.func.row_number().over(partition_by=[stage.c[name] for name in key], order_by=stage.c.staged_id)
    once = sa.select(stage, number.label("copy")).where(stage.c.batch == batch).subquery("staged")
    there = target.alias("there")
    absent = ~sa.exists(
        sa.select(sa.literal_column("1"))
        .select_from(there)
        .with_hint(there, "WITH (UPDLOCK, HOLDLOCK)", "mssql")
        .where(*(there.c[name] == once.c[name] for name in key))
    )
    rows = sa.select(*(_unstaged(target, once, name) for name in names)).where(once.c.copy == 1, absent)
    return sa.insert(target).from_select(names, rows)


def _unstaged(target: sa.Table, staged: sa.FromClause, name: str) -> sa.ColumnElement[Any]:
    kind = target.c[name].type
    if isinstance(kind, Moment):
        return sa.cast(staged.c[name], kind)
    if not isinstance(kind, Body):
        return staged.c[name]
    # REPLICATE of a short text stops at 8,000 bytes, of NVARCHAR(MAX) it does not.
    blank = sa.cast(sa.literal_column("' '"), Body())
    return staged.c[name] + sa.func.replicate(blank, staged.c[name + SPACES], type_=Body())


def _iso(moment: Any) -> str:
    return str(moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds"))
