"""All dialogues in batches that know their content without reading it: what was made of one can be found again."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from warehouse.records.dialogues import Dialogue
from warehouse.schema.content import SIDES, dialogue
from warehouse.store.dialogues import read_by_ids

_BATCH_SIDES = 50_000
_BEFORE_ALL = (-1, "")  # no load has such a number


@dataclass(frozen=True, slots=True)
class DialogueBatch:
    """Dialogues by id, in order; `digest` changes when anything in them does."""

    ids: tuple[str, ...]
    digest: str


def dialogue_batches(engine: sa.Engine, *, rows: int = 5_000) -> Iterator[DialogueBatch]:
    """All dialogues in the order of (first load, dialogue_id); nothing is held open between batches."""
    row, after = dialogue.c, _BEFORE_ALL
    columns = (row.first_load_id, row.dialogue_id, row.text_sha256, row.page_sha256, row.parser_version)
    while True:
        with engine.connect() as connection:
            found = _rows_after(connection, after, rows, columns)
        if not found:
            return
        digest = hashlib.sha256("".join(f"{tuple(one)}\n" for one in found).encode()).hexdigest()
        yield DialogueBatch(tuple(one.dialogue_id for one in found), digest)
        after = (found[-1].first_load_id, found[-1].dialogue_id)


def read_batch(engine: sa.Engine, batch: DialogueBatch) -> list[Dialogue]:
    """The dialogues of a batch as they are now, in order."""
    with engine.connect() as connection:
        return read_by_ids(connection, batch.ids)


def stored_sides(engine: sa.Engine) -> Iterator[list[tuple[str, str]]]:
    """The (dialogue_id, side) of all that have one, by id, in batches."""
    after = ""
    row = dialogue.c
    query = sa.select(row.dialogue_id, row.side).where(row.side.in_(SIDES)).order_by(row.dialogue_id)
    while True:
        with engine.connect() as connection:
            found = connection.execute(query.where(row.dialogue_id > after).limit(_BATCH_SIDES)).all()
        if not found:
            return
        after = found[-1].dialogue_id
        yield [(one.dialogue_id, one.side) for one in found]


def _rows_after(
    connection: sa.Connection, after: tuple[int, str], most: int, columns: Sequence[sa.ColumnElement[Any]]
) -> list[Any]:
    """The next rows of `dialogue` behind a (first load, dialogue_id), in that order.

    Asked for load by load: a condition on both at once ("or") makes SQLite go through the table anew for every batch.
    """
    row = dialogue.c
    query = sa.select(*columns).order_by(row.first_load_id, row.dialogue_id)
    same_load = sa.and_(row.first_load_id == after[0], row.dialogue_id > after[1])
    found = list(connection.execute(query.where(same_load).limit(most)).all())
    if len(found) < most:
        found += connection.execute(query.where(row.first_load_id > after[0]).limit(most - len(found))).all()
    return found
