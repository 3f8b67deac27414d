"""Columns that no question reaches on SQLite, and the guard that a connection gets against them.

On SQL Server the reader's login is that guard: it is granted the views alone.
"""

import sqlite3
from typing import Final

from warehouse.schema.content import takedown
from warehouse.views import VIEWS

# By column, not by table: SQLite names to the guard the view by which a table is read, but an inner SELECT may have
# that name as well (tried with SQLite 3.40 in 2026-11).
CLOSED: Final = frozenset(column.name for column in takedown.columns) - {*VIEWS["takedowns"].columns}
WHY_CLOSED: Final = (
    f"the columns {', '.join(sorted(CLOSED))} of takedown are closed, they may point to persons; ask the view takedowns"
)


def guard(action: int, table: str | None, column: str | None, *_: str | None) -> int:
    """What `sqlite3.Connection.set_authorizer` takes: everything may be done but reading a closed column."""
    is_closed = action == sqlite3.SQLITE_READ and table == takedown.name and column in CLOSED
    return sqlite3.SQLITE_DENY if is_closed else sqlite3.SQLITE_OK
