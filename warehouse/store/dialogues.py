"""Single dialogues with their turns, the sides they stand on, and their end."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from warehouse.connect import in_transaction
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.schema.content import SIDES, dialogue, turn
from warehouse.store.dialogue_rows import COPIED
from warehouse.types import Unstorable

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


def read_by_ids(connection: sa.Connection, ids: Sequence[str]) -> list[Dialogue]:
    """The dialogues of these ids, in the order given; one that is no longer there is left out."""
    found: dict[str, Dialogue] = {}
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        turns = _turns(connection, turn.c.dialogue_id.in_(part))
        rows = connection.execute(sa.select(dialogue).where(dialogue.c.dialogue_id.in_(part))).mappings()
        found |= {row["dialogue_id"]: _dialogue(row, turns.get(row["dialogue_id"], ())) for row in rows}
    return [found[row_id] for row_id in ids if row_id in found]


def read_dialogue(engine: sa.Engine, dialogue_id: str) -> Dialogue | None:
    """One dialogue, None where the warehouse has none of that id, or could have none."""
    try:
        with engine.connect() as connection:
            found = read_by_ids(connection, [dialogue_id])
    except Unstorable:
        return None
    return found[0] if found else None


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


def _turns(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> dict[str, tuple[Turn, ...]]:
    columns = (turn.c.dialogue_id, turn.c.role, turn.c.content, turn.c.author_key)
    query = sa.select(*columns).where(condition)
    rows = connection.execute(query.order_by(turn.c.dialogue_id, turn.c.position)).all()
    return {
        key: tuple(Turn(row.role, row.content, row.author_key) for row in group)
        for key, group in groupby(rows, key=lambda row: str(row.dialogue_id))
    }


def _dialogue(row: Any, turns: tuple[Turn, ...]) -> Dialogue:
    copied = {name: row[name] for name in ("dialogue_id", "first_load_id", *COPIED)}
    return Dialogue(key=row["source_key"], turns=turns, **copied)
