"""What links stored dialogues to one another: their threads and who asked."""

from collections.abc import Sequence

import sqlalchemy as sa

from warehouse.schema.content import dialogue, turn

_BATCH = 500


def threads_and_askers(engine: sa.Engine, ids: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """Thread and author key of the first user turn of each dialogue that is on record, by its id."""
    found: dict[str, tuple[str | None, str | None]] = {}
    with engine.connect() as connection:
        for start in range(0, len(ids), _BATCH):
            found |= _batch(connection, ids[start : start + _BATCH])
    return found


def _batch(connection: sa.Connection, ids: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    wanted = dialogue.c.dialogue_id.in_(ids)
    threads = connection.execute(sa.select(dialogue.c.dialogue_id, dialogue.c.thread).where(wanted)).all()
    asked = sa.and_(turn.c.dialogue_id.in_(ids), turn.c.role == "user")
    query = sa.select(turn.c.dialogue_id, turn.c.author_key).where(asked).order_by(turn.c.position.desc())
    askers: dict[str, str | None] = {row.dialogue_id: row.author_key for row in connection.execute(query).all()}
    return {row.dialogue_id: (row.thread, askers.get(row.dialogue_id)) for row in threads}
