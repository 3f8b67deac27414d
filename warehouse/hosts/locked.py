"""One host's row read under its write lock and changed in the same transaction, however many processes ask."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.schema.hosts import host as hosts

T = TypeVar("T")
# Made once: every request runs them.
_OF_HOST = hosts.c.host == sa.bindparam("of_host")
_SELECT = sa.select(hosts).where(_OF_HOST)
_SELECT_LOCKED = _SELECT.with_hint(hosts, "WITH (UPDLOCK, HOLDLOCK)", "mssql")
_INSERT = sa.insert(hosts)
_UPDATE = sa.update(hosts).where(_OF_HOST)


def host_row(connection: sa.Connection, host: str) -> Any:
    """The row of a host as it stands, None for one that was never asked."""
    return connection.execute(_SELECT, {"of_host": host}).first()


def change_host(
    engine: sa.Engine,
    host: str,
    now: datetime | None,
    change: Callable[[sa.Connection, Any, datetime], tuple[dict[str, Any], T]],
) -> T:
    """Change a host by what `change` makes of (connection, row or None, moment): its new values, and the answer.

    The moment is the database's own unless `now` is given; no new values leave the row as it is.
    """

    def work(connection: sa.Connection) -> T:
        row = connection.execute(_SELECT_LOCKED, {"of_host": host}).first()
        values, answer = change(connection, row, now or database_now(connection))
        if values and row is None:
            connection.execute(_INSERT, {"host": host, **values})
        elif values:
            connection.execute(_UPDATE, {"of_host": host, **values})
        return answer

    return in_transaction(engine, work)
