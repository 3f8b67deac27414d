"""Dialogues and their turns read in the order that splitting needs, their sides, and their end."""

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from warehouse.connect import in_transaction
from warehouse.dialogue_rows import COPIED
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.schema.content import SIDES, dialogue, turn

_BATCH = 500


def remove_dialogues(engine: sa.Engine, ids: Collection[str]) -> int:
    """Delete dialogues with their turns and give the number of those that were there."""
    wanted = sorted(set(ids))

    def work(connection: sa.Connection) -> int:
        gone = 0
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            connection.execute(sa.delete(turn).where(turn.c.dialogue_id.in_(batch)))
            gone += connection.execute(sa.delete(dialogue).where(dialogue.c.dialogue_id.in_(batch))).rowcount
        return gone

    return in_transaction(engine, work)


def read_dialogues(engine: sa.Engine, *, batch: int = 5000) -> Iterator[list[Dialogue]]:
    """All dialogues in the order of (first load, dialogue_id); nothing is held open between batches."""
    after = (-1, "")
    while True:
        with engine.connect() as connection:
            rows = read_between(connection, after, None, limit=batch)
        if not rows:
            return
        after = (rows[-1].first_load_id, rows[-1].dialogue_id)
        yield rows


def read_between(
    connection: sa.Connection, after: tuple[int, str], until: tuple[int, str] | None, *, limit: int | None = None
) -> list[Dialogue]:
    """The dialogues after a (first load, dialogue_id) up to another, or so many of them, in that order."""
    wanted = later(*after) if until is None else sa.and_(later(*after), sa.not_(later(*until)))
    query = sa.select(dialogue).where(wanted).order_by(dialogue.c.first_load_id, dialogue.c.dialogue_id)
    rows = connection.execute(query.limit(limit)).mappings().all()
    if not rows:
        return []
    last = (rows[-1]["first_load_id"], rows[-1]["dialogue_id"])
    turns = _turns(connection, sa.and_(later(*after), sa.not_(later(*last))))
    return [_dialogue(row, turns.get(row["dialogue_id"], ())) for row in rows]


def read_dialogue(engine: sa.Engine, dialogue_id: str) -> Dialogue | None:
    """One dialogue, None where the warehouse has none of that id."""
    with engine.connect() as connection:
        condition = dialogue.c.dialogue_id == dialogue_id
        row = connection.execute(sa.select(dialogue).where(condition)).mappings().first()
        return None if row is None else _dialogue(row, _turns(connection, condition).get(row["dialogue_id"], ()))


def dialogue_ids(engine: sa.Engine, *, crawled: bool | None = None) -> set[str]:
    """Ids of all dialogues, of crawled ones (those with a snapshot) or of imported ones."""
    query = sa.select(dialogue.c.dialogue_id)
    if crawled is not None:
        known = dialogue.c.page_sha256.is_not(None) if crawled else dialogue.c.page_sha256.is_(None)
        query = query.where(known)
    with engine.connect() as connection:
        return set(connection.execute(query).scalars().all())


def store_sides(engine: sa.Engine, sides: Mapping[str, str]) -> int:
    """Set the side of dialogues that have none yet and give their number; a side once set never changes."""
    by_side = {side: sorted(key for key, value in sides.items() if value == side) for side in SIDES}

    def work(connection: sa.Connection) -> int:
        return sum(
            connection.execute(
                sa.update(dialogue)
                .where(dialogue.c.dialogue_id.in_(ids[start : start + _BATCH]), dialogue.c.side.is_(None))
                .values(side=side)
            ).rowcount
            for side, ids in by_side.items()
            for start in range(0, len(ids), _BATCH)
        )

    return in_transaction(engine, work)


def later(first_load_id: int, dialogue_id: str) -> sa.ColumnElement[bool]:
    """The condition on dialogues that come after one in the order of (first load, dialogue_id)."""
    # Spelt out: SQL Server has no comparison of tuples.
    row = dialogue.c
    return sa.or_(
        row.first_load_id > first_load_id, sa.and_(row.first_load_id == first_load_id, row.dialogue_id > dialogue_id)
    )


def _turns(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> dict[str, tuple[Turn, ...]]:
    columns = (turn.c.dialogue_id, turn.c.role, turn.c.content, turn.c.author_key)
    query = sa.select(*columns).join(dialogue, dialogue.c.dialogue_id == turn.c.dialogue_id).where(condition)
    rows = connection.execute(query.order_by(turn.c.dialogue_id, turn.c.position)).all()
    return {
        key: tuple(Turn(row.role, row.content, row.author_key) for row in group)
        for key, group in groupby(rows, key=lambda row: str(row.dialogue_id))
    }


def _dialogue(row: Any, turns: tuple[Turn, ...]) -> Dialogue:
    copied = {name: row[name] for name in ("dialogue_id", "first_load_id", *COPIED)}
    return Dialogue(key=row["source_key"], turns=turns, **copied)
