"""Which family of error a database's complaint belongs to, in plain words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from warehouse.errors import MundapError, Transient, Unready

# SQLite's result codes (sqlite.org/rescode.html), by the beginning of their names.
_SQLITE: tuple[tuple[str, type[MundapError], str], ...] = (
    ("SQLITE_BUSY", Transient, "is locked by another program; try again"),
    ("SQLITE_LOCKED", Transient, "is locked by another program; try again"),
    ("SQLITE_FULL", Unready, "has no disk space left; free some and run the command again"),
    ("SQLITE_READONLY", Unready, "is read-only; allow writing to the file and its folder"),
    ("SQLITE_PERM", Unready, "may not be opened; allow reading and writing the file and its folder"),
    ("SQLITE_CANTOPEN", Unready, "cannot be opened; check that its folder exists and may be written to"),
    ("SQLITE_IOERR", Unready, "cannot be read or written; check the disk"),
    ("SQLITE_CORRUPT", Unready, "is damaged; restore it from a copy"),
    ("SQLITE_NOTADB", Unready, "is not a Mundap warehouse; give another path or move the file away"),
)

# SQL Server's and FreeTDS's error numbers (tried through pymssql 2.4.6 in 2026-11; 1222, 2601, 3960 and the disk
# numbers from Microsoft's list).
_MSSQL: dict[int, tuple[type[MundapError], str]] = {
    1205: (Transient, "chose this transaction as a deadlock's victim; try again"),
    1222: (Transient, "kept a lock too long; try again"),
    3960: (Transient, "changed under this transaction; try again"),
    2601: (Transient, "got the same row from another process; try again"),
    2627: (Transient, "got the same row from another process; try again"),
    20003: (Transient, "did not answer in time; try again"),
    20004: (Transient, "lost the connection; try again"),
    20006: (Transient, "lost the connection; try again"),
    20047: (Transient, "lost the connection; try again"),
    20002: (Unready, "does not let us in; check host, port, user and password"),
    20009: (Unready, "cannot be reached; check host and port, and that it runs"),
    18456: (Unready, "refuses the login; check user and password"),
    18452: (Unready, "refuses the login; check user and password"),
    4060: (Unready, "has no such database, or the login may not open it; create it or grant access"),
    911: (Unready, "has no such database; create it"),
    208: (Unready, "lacks a table; run `mundap init`"),
    229: (Unready, "does not permit this; grant the login what it needs"),
    262: (Unready, "does not permit this; grant the login what it needs"),
    3906: (Unready, "is read-only; make it writable"),
    1101: (Unready, "has no disk space left; free some and run the command again"),
    1105: (Unready, "has no disk space left; free some and run the command again"),
    9002: (Unready, "has a full transaction log; free space and run the command again"),
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
    known = _MSSQL.get(_mssql_number(original))
    if known:
        return known[0](f"warehouse {named(url)} {known[1]}")
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return Transient(f"warehouse {named(url)} lost the connection; try again")
    return None


@contextmanager
def translated(url: sa.URL) -> Iterator[None]:
    """Turn a database's complaints inside into our errors; a defect of ours passes unchanged."""
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        ours = as_ours(error, url)
        if ours is None:
            raise
        raise ours from error


def _code_from_words(error: sqlite3.Error) -> str:
    # Errors that the sqlite3 module raises itself carry no code.
    return "SQLITE_LOCKED" if "locked" in str(error) else ""


def _mssql_number(error: BaseException | None) -> int:
    # pymssql gives (number, text) or ((number, text),); a lost connection names its number only in the text.
    first = error.args[0] if error is not None and error.args else 0
    if isinstance(first, tuple) and first:
        first = first[0]
    if isinstance(first, int) and first:
        return first
    return 20047 if error is not None and "not connected" in str(error).lower() else 0
