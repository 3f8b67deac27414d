"""robots.txt as it stood when it was obeyed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from warehouse.connect import in_transaction
from warehouse.schema.hosts import robots
from warehouse.types import storable


@dataclass(frozen=True, slots=True)
class RobotsRow:
    """One stored robots.txt; `status` is None when no answer came."""

    robots_id: int
    host: str
    url: str
    status: int | None
    body: str
    sha256: str
    permission: str | None
    fetched_at: datetime
    user_agent: str | None


def save_robots(
    engine: sa.Engine,
    *,
    host: str,
    url: str,
    status: int | None,
    body: str,
    fetched_at: datetime,
    permission: str | None = None,
    load_id: int | None = None,
    user_agent: str | None = None,
) -> int:
    """Keep one robots.txt and give its number, to be named by the requests that it governs."""
    text = storable(body)
    row = {
        "host": host,
        "url": url,
        "status": status,
        "body": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "permission": permission,
        "fetched_at": fetched_at,
        "load_id": load_id,
        "user_agent": user_agent,
    }
    statement = sa.insert(robots).values(row).returning(robots.c.robots_id)
    return in_transaction(engine, lambda connection: int(connection.execute(statement).scalar_one()))
