"""Read-only questions in SQL: one SELECT, from which nothing can be changed."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import sqlalchemy as sa

from warehouse.addresses import warehouse_url
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse
from warehouse.failures import as_ours
from warehouse.queries.closed import guard
from warehouse.queries.one_select import require_named_parameters, require_no_writing_word, require_one_select
from warehouse.queries.refusals import blames_a_name, refusal
from warehouse.queries.select_text import literal_colons, national, parameter_names
from warehouse.sqlserver import sql_server_engine

_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
# Reading by memory map, sorting in memory, and pages kept between steps: a count over 1,500,000 answers takes half.
_FAST = ("mmap_size = 8589934592", "cache_size = -131072", "temp_store = memory")
_STEPS_BETWEEN_LOOKS = 1_000_000  # of SQLite's machine: some hundredths of a second, in which Ctrl-C waits


def run_select(
    url: str, sql: str, params: Mapping[str, Any] | None = None, *, limit: int | None = None
) -> pd.DataFrame:
    """The rows of one SELECT, at most `limit`; parameters are written `:name`.

    A moment given as parameter is taken as UTC where it is aware, else as it stands. On SQLite the file is opened
    read-only and an authoriser refuses all but reading, and the closed columns of `takedown`. On SQL Server the text is
    checked and the transaction rolled back, but only the login's permissions are a real guard.

    Raises:
        Misuse: not one SELECT, wrong SQL, two columns of one name, a parameter missing or too many; `url` is
            no warehouse's.
        Unready: the warehouse cannot be opened, or is newer or older than this code.
        Transient: locked, lost connection.
    """
    require_one_select(sql)
    require_named_parameters(sql)
    values = _values(sql, params or {})
    parsed = warehouse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _on_sqlite(url, sql, values, limit)
    return _on_mssql(parsed, sql, values, limit)


def _values(sql: str, params: Mapping[str, Any]) -> dict[str, Any]:
    wanted = parameter_names(sql)
    if missing := [name for name in wanted if name not in params]:
        raise Misuse(f"the query wants a value for :{missing[0]}; give it with --param {missing[0]}=…")
    if unknown := [name for name in params if name not in wanted]:
        there = ", ".join(f":{name}" for name in wanted) or "none"
        raise Misuse(f"the query has no parameter :{unknown[0]}; it has {there}")
    return {
        name: value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
        for name, value in params.items()
    }


def _on_sqlite(url: str, sql: str, params: Mapping[str, Any], limit: int | None) -> pd.DataFrame:
    engine = open_warehouse(url, read_only=True)
    # As moments are stored: text, whose order is that of time.
    texts = {
        name: value.isoformat(" ", "microseconds") if isinstance(value, datetime) else value
        for name, value in params.items()
    }
    lent = engine.raw_connection()
    try:
        connection: Any = lent.driver_connection
        for pragma in _FAST:
            connection.execute(f"PRAGMA {pragma}")
        connection.set_authorizer(_only_reading)
        # Without a look back into Python, Ctrl-C would wait for the end of the query.
        connection.set_progress_handler(lambda: 0, _STEPS_BETWEEN_LOOKS)
        cursor = connection.execute(sql, texts)
        return _frame(cursor, limit, [entry[0] for entry in cursor.description])
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise KeyboardInterrupt from error
        raise as_ours(error, engine.url) or refusal(error, sql) from error
    finally:
        lent.invalidate()
        engine.dispose()


def _only_reading(action: int, *what: str | None) -> int:
    return guard(action, *what) if action in _READING else sqlite3.SQLITE_DENY


def _on_mssql(url: sa.URL, sql: str, params: Mapping[str, Any], limit: int | None) -> pd.DataFrame:
    require_no_writing_word(sql)
    engine = sql_server_engine(url)
    try:
        with engine.connect() as connection:
            try:
                result = connection.execute(sa.text(literal_colons(national(sql))), dict(params))
                return _frame(_Floats(result), limit, list(result.keys()))
            finally:
                connection.rollback()
    except sa.exc.DBAPIError as error:
        ours = None if blames_a_name(error.orig) else as_ours(error, url)
        raise ours or refusal(error.orig, sql) from error
    finally:
        engine.dispose()


class _Floats:
    """The rows of a result with float for Decimal, as which means and sums come there; a null stays None."""

    def __init__(self, result: Any) -> None:
        self._result = result

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [self._plain(row) for row in self._result.fetchall()]

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        return [self._plain(row) for row in self._result.fetchmany(size)]

    @staticmethod
    def _plain(row: Any) -> tuple[Any, ...]:
        return tuple(float(value) if isinstance(value, Decimal) else value for value in row)


def _frame(cursor: Any, limit: int | None, names: Sequence[str]) -> pd.DataFrame:
    if twice := [name for name in names if list(names).count(name) > 1]:
        raise Misuse(f"two columns are called {twice[0] or 'nothing'}; give each a name of its own with AS")
    rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit)
    # Objects, because pandas would turn whole numbers beside a null into floats and a null in text into NaN.
    return pd.DataFrame([tuple(row) for row in rows], columns=list(names), dtype=object)
