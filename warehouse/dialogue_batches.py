"""All dialogues in batches that know their content without reading it: what was made of one can be found again."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from warehouse.dialogues import later, read_between
from warehouse.records.dialogues import Dialogue
from warehouse.schema.content import SIDES, dialogue

_BATCH_SIDES = 50_000
_Place = tuple[int, str]  # (first load, dialogue_id), by which dialogues are ordered
_BEFORE_ALL: _Place = (-1, "")


@dataclass(frozen=True, slots=True)
class DialogueBatch:
    """The dialogues after one place up to another; `digest` changes when anything in them does."""

    after: tuple[int, str]
    until: tuple[int, str]
    rows: int
    digest: str


def dialogue_batches(engine: sa.Engine, *, rows: int = 5_000) -> Iterator[DialogueBatch]:
    """All dialogues in the order of (first load, dialogue_id); nothing is held open between batches."""
    row, after = dialogue.c, _BEFORE_ALL
    columns = (row.first_load_id, row.dialogue_id, row.text_sha256, row.page_sha256, row.parser_version)
    while True:
        query = sa.select(*columns).where(later(*after)).order_by(row.first_load_id, row.dialogue_id).limit(rows)
        with engine.connect() as connection:
            found = connection.execute(query).all()
        if not found:
            return
        until = (found[-1].first_load_id, found[-1].dialogue_id)
        digest = hashlib.sha256("".join(f"{tuple(one)}\n" for one in found).encode()).hexdigest()
        yield DialogueBatch(after, until, len(found), digest)
        after = until


def read_batch(engine: sa.Engine, batch: DialogueBatch) -> list[Dialogue]:
    """The dialogues of a batch as they are now, in order."""
    with engine.connect() as connection:
        return read_between(connection, batch.after, batch.until)


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
