"""The ledger's rows as they are written: each request is on record before it leaves, and again with what it brought.

A process killed in between leaves its request on record, without an answer.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from warehouse.connect import in_transaction
from warehouse.schema.hosts import request

# Made once: every page runs them, and making a statement costs several times what executing it does.
_INSERT = sa.insert(request).returning(request.c.request_id)
_UPDATE = sa.update(request).where(request.c.request_id == sa.bindparam("of_request"))


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as it goes into the ledger; `status` is None when no answer came.

    `request_id` is set where the row is on record already, since before the request left.
    """

    url: str
    host: str
    sent_at: datetime
    method: str = "GET"
    status: int | None = None
    elapsed_seconds: float | None = None
    waited_seconds: float = 0.0
    gap_seconds: float = 0.0
    retry_after_seconds: float | None = None
    robots_id: int | None = None
    page_kind: str | None = None
    fetched_by: Literal["http", "browser"] = "http"
    error: str | None = None
    user_agent: str | None = None
    request_id: int | None = None


def write_request(connection: sa.Connection, load_id: int, row: RequestRow, frontier_id: int | None = None) -> int:
    """Write a request, anew or over what is on record of it, within a transaction, and give its number."""
    values: dict[str, Any] = {name: getattr(row, name) for name in RequestRow.__slots__ if name != "request_id"}
    values |= {"load_id": load_id, "frontier_id": frontier_id}
    if row.request_id is None:
        return int(connection.execute(_INSERT, values).scalar_one())
    connection.execute(_UPDATE, {"of_request": row.request_id, **values})
    return row.request_id


def record_request(engine: sa.Engine, load_id: int, row: RequestRow) -> int:
    """Write a request that is for no frontier row, such as robots.txt, and give its number."""
    return in_transaction(engine, lambda connection: write_request(connection, load_id, row))
