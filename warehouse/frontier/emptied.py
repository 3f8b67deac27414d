"""Lists that had rows and show none now: what they said before, and their way back into the queue."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.frontier.drifted import DRIFT
from warehouse.frontier.revisits import content_sha256
from warehouse.schema.crawling import frontier

LIST_ROWS: Final = "list.rows"
NOTHING_SAID: Final = content_sha256(None, ())
_AGAIN_AFTER: Final = timedelta(hours=1)  # the next run asks at once, this one no more


def said_before(engine: sa.Engine, frontier_id: int) -> str | None:
    """The hash of what a page said when it was last settled, None for one never visited."""
    query = sa.select(frontier.c.content_sha256).where(frontier.c.frontier_id == frontier_id)
    with engine.connect() as connection:
        found: str | None = connection.execute(query).scalar_one_or_none()
        return found


def look_again(engine: sa.Engine, said: Mapping[int, str], reason: str) -> int:
    """Put settled lists back, by frontier row with the hash of what they said when they had rows; gives their number.

    They are asked for without a condition: an unchanged answer would be the empty one.
    """

    def work(connection: sa.Connection) -> int:
        values: dict[str, Any] = {"state": "pending", "reason": reason, "reason_code": DRIFT + LIST_ROWS, "etag": None}
        values |= {"last_modified": None, "next_visit_at": database_now(connection) + _AGAIN_AFTER}
        row = frontier.c
        number = 0
        for frontier_id, before in said.items():
            back = sa.update(frontier).where(row.frontier_id == frontier_id, row.state == "done")
            number += connection.execute(back.values(**values, content_sha256=before)).rowcount
        return number

    return in_transaction(engine, work)
