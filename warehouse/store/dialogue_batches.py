"""All dialogues in batches that know their content without reading it: what was made of one can be found again."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from warehouse.records.dialogues import Dialogue
from warehouse.schema.content import SIDES, dialogue
from warehouse.store.dialogues import BEFORE_ALL, read_by_ids, rows_after

_BATCH_SIDES = 50_000


@dataclass(frozen=True, slots=True)
class DialogueBatch:
    """Dialogues by id, in order; `digest` changes when anything in them does."""

    ids: tuple[str, ...]
    digest: str


def dialogue_batches(engine: sa.Engine, *, rows: int = 5_000) -> Iterator[DialogueBatch]:
    """All dialogues in the order of (first load, dialogue_id); nothing is held open between batches."""
    row, after = dialogue.c, BEFORE_ALL
    columns = (row.first_load_id, row.dialogue_id, row.text_sha256, row.page_sha256, row.parser_version)
    while True:
        with engine.connect() as connection:
            found = rows_after(connection, after, rows, columns)
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
