"""Politeness towards a host, kept across processes: one queue of sending times a host."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.schema.crawling import host as hosts

LOCKED = "WITH (UPDLOCK, HOLDLOCK)"
T = TypeVar("T")
# Made once: every request runs them.
_OF_HOST = hosts.c.host == sa.bindparam("of_host")
_SELECT = sa.select(hosts).where(_OF_HOST)
_SELECT_LOCKED = _SELECT.with_hint(hosts, LOCKED, "mssql")
_INSERT = sa.insert(hosts)
_UPDATE = sa.update(hosts).where(_OF_HOST)


def reserve_slot(engine: sa.Engine, host: str, gap_seconds: float, *, now: datetime | None = None) -> float:
    """Take the next sending time of the host and give the seconds to wait until then.

    Two processes never get times nearer than `gap_seconds` to each other.
    """

    def change(row: Any, moment: datetime) -> tuple[dict[str, Any], float]:
        earliest = [moment] if row is None else [moment, row.next_slot_at, row.slowed_until or moment]
        slot = max(earliest)
        return {"next_slot_at": slot + timedelta(seconds=gap_seconds)}, (slot - moment).total_seconds()

    return _change(engine, host, now, change)


def slow_down(engine: sa.Engine, host: str, until: datetime, reason: str) -> None:
    """Send nothing to the host before `until`; an earlier, longer wait stays."""

    def change(row: Any, moment: datetime) -> tuple[dict[str, Any], None]:
        if row is not None and row.slowed_until is not None and row.slowed_until >= until:
            return {}, None
        values: dict[str, Any] = {"slowed_until": until, "slowed_why": reason}
        return (values | {"next_slot_at": moment} if row is None else values), None

    _change(engine, host, None, change)


def blocked(engine: sa.Engine, host: str, *, now: datetime | None = None) -> tuple[datetime, str] | None:
    """Until when and why nothing may be sent to the host, None when it may."""
    with engine.connect() as connection:
        moment = now or database_now(connection)
        row = connection.execute(_SELECT, {"of_host": host}).first()
    if row is None or row.slowed_until is None or row.slowed_until <= moment:
        return None
    return row.slowed_until, row.slowed_why or ""


def _change(
    engine: sa.Engine,
    host: str,
    now: datetime | None,
    change: Callable[[Any, datetime], tuple[dict[str, Any], T]],
) -> T:
    def work(connection: sa.Connection) -> T:
        row = connection.execute(_SELECT_LOCKED, {"of_host": host}).first()
        values, answer = change(row, now or database_now(connection))
        if row is None:
            connection.execute(_INSERT, {"host": host, **values})
        elif values:
            connection.execute(_UPDATE, {"of_host": host, **values})
        return answer

    return in_transaction(engine, work)
