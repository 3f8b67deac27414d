"""Which family of error a database's complaint belongs to, in plain words."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from warehouse.errors import Busy, MundapError, Permanent, Unready

LOGIN_REFUSED: Final = 18456
NO_SUCH_DATABASE: Final = 4060
_LOST_CONNECTION: Final = 20047
# After these no statement goes over the connection any more: FreeTDS's, a killed session, a server shutting down.
LOST: Final = frozenset({20003, 20004, 20006, 20017, _LOST_CONNECTION, 596, 6005})

# SQLite's result codes (sqlite.org/rescode.html), by the beginning of their names.
_SQLITE: tuple[tuple[str, type[MundapError], str], ...] = (
    ("SQLITE_BUSY", Busy, "is locked by another program; try again"),
    ("SQLITE_LOCKED", Busy, "is locked by another program; try again"),
    ("SQLITE_FULL", Unready, "has no disk space left; free some and run the command again"),
    ("SQLITE_READONLY", Unready, "is read-only; allow writing to the file and its folder"),
    ("SQLITE_PERM", Unready, "may not be opened; allow reading and writing the file and its folder"),
    ("SQLITE_CANTOPEN", Unready, "cannot be opened; check that its folder exists and may be written to"),
    ("SQLITE_IOERR", Unready, "cannot be read or written; check the disk"),
    ("SQLITE_CORRUPT", Unready, "is damaged; restore it from a copy"),
    ("SQLITE_NOTADB", Unready, "is not a Mundap warehouse; give another path or move the file away"),
)

_AGAIN: Final = "try again"
_LOST: Final = (Busy, f"lost the connection; {_AGAIN}")
_STARTING: Final = (Busy, f"is not ready yet, or not any more; {_AGAIN}")
_SAME_ROW: Final = (Busy, f"got the same row from another process; {_AGAIN}")
_LOGIN: Final = (Unready, "refuses the login; check user and password")
_FULL: Final = (Unready, "has no disk space left; free some and run the command again")
_DENIED: Final = (Unready, "does not permit this; grant the login what it needs")
_TOO_LARGE: Final = (Permanent, "has no room for a value in its column; the row is set aside")

# SQL Server's and FreeTDS's error numbers (1205, 2627, 18456, 20003 and 20047 tried through pymssql 2.4.6 in 2026-11,
# the others from Microsoft's list and FreeTDS's sybdb.h).
_MSSQL: dict[int, tuple[type[MundapError], str]] = {
    **dict.fromkeys(LOST, _LOST),
    1205: (Busy, f"chose this transaction as a deadlock's victim; {_AGAIN}"),
    1222: (Busy, f"kept a lock too long; {_AGAIN}"),
    6401: (Busy, f"undid this transaction after an error in it; {_AGAIN}"),  # found at a savepoint that is gone
    3960: (Busy, f"changed under this transaction; {_AGAIN}"),
    **dict.fromkeys((2601, 2627), _SAME_ROW),
    **dict.fromkeys((701, 1204, 8645), (Busy, f"is short of memory; {_AGAIN}")),
    **dict.fromkeys((921, 922, 17142, 18401, 40197, 40501, 40613), _STARTING),
    17809: (Busy, f"has as many connections as it allows; {_AGAIN}"),
    **dict.fromkeys((220, 2628, 8115, 8152), _TOO_LARGE),
    20002: (Unready, "does not let us in; check host, port, user and password"),
    20009: (Unready, "cannot be reached; check host and port, and that it runs"),
    **dict.fromkeys((LOGIN_REFUSED, 18452, 18470, 18486, 18487, 18488), _LOGIN),
    **dict.fromkeys(
        (NO_SUCH_DATABASE, 4064, 911),
        (Unready, "has no such database, or the login may not open it; create it or grant access"),
    ),
    **dict.fromkeys((924, 927, 942), (Unready, "is offline, restoring or single-user; bring it online")),
    208: (Unready, "lacks a table; run `mundap init`"),
    **dict.fromkeys((229, 230, 262), _DENIED),
    3906: (Unready, "is read-only; make it writable"),
    **dict.fromkeys((1101, 1105), _FULL),
    **dict.fromkeys((9001, 9002), (Unready, "has a full transaction log; free space and run the command again")),
    **dict.fromkeys((823, 824, 825), (Unready, "is damaged; restore it from a copy")),
}


def named(url: sa.URL) -> str:
    """The warehouse as messages name it: a file's path, or the URL without its password.

    >>> named(sa.make_url("mssql+pymssql://me:secret@db/mundap"))
    'mssql+pymssql://me:***@db/mundap'
    """
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    return url.render_as_string(hide_password=True)


def as_ours(error: BaseException, url: sa.URL) -> MundapError | None:
    """The complaint as one of our errors, or None where it is a defect of ours."""
    original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorname", "") or _code_from_words(original)
        for beginning, family, words in _SQLITE:
            if code.startswith(beginning):
                return family(f"warehouse {named(url)} {words}")
        return None
    known = _MSSQL.get(number_of(original))
    if known:
        return known[0](f"warehouse {named(url)} {known[1]}")
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return Busy(f"warehouse {named(url)} lost the connection; try again")
    return None


@contextmanager
def translated(url: sa.URL) -> Iterator[None]:
    """Turn a database's complaints inside into our errors; a defect of ours passes unchanged."""
    try:
        yield
    except Exception as error:
        ours = as_ours(error, url) if _is_a_databases(error) else None
        if ours is None:
            raise
        raise ours from error


def _code_from_words(error: sqlite3.Error) -> str:
    # Errors that the sqlite3 module raises itself carry no code.
    return "SQLITE_LOCKED" if "locked" in str(error) else ""


def _is_a_databases(error: Exception) -> bool:
    # pymssql's rollback and bulk copy raise exceptions of its lower half, which are no pymssql.Error: told by their
    # module, so that this one need not load the driver.
    return isinstance(error, sa.exc.DBAPIError | sqlite3.Error) or type(error).__module__.startswith("pymssql")


def number_of(error: BaseException | None) -> int:
    """SQL Server's or FreeTDS's number of a complaint of pymssql, 0 where it tells none.

    Its args are (number, text) or ((number, text),); a commit tells the number within the text, and a connection that
    is no more is told in words.
    """
    first = error.args[0] if error is not None and error.args else 0
    if isinstance(first, tuple) and first:
        first = first[0]
    if isinstance(first, int):
        return first
    if quoted := re.search(r"\((\d+), b", str(first)):
        return int(quoted[1])
    return _LOST_CONNECTION if re.search("not connected|connection is closed", str(first), re.IGNORECASE) else 0
