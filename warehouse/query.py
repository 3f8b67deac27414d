"""Read-only questions in SQL: one SELECT, from which nothing can be changed."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from warehouse.errors import Misuse, Unready
from warehouse.failures import as_ours
from warehouse.reading import connect_to_read

_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
# What may hold a semicolon or a word without its being code: strings, quoted names, comments.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.DOTALL)
_WRITING = re.compile(
    r"\b(insert|update|delete|merge|drop|create|alter|truncate|exec|execute|grant|revoke|into|use|set|declare|waitfor"
    r"|openrowset|opendatasource|openquery|backup|restore|dbcc|shutdown|kill)\b",
    re.IGNORECASE,
)


def run_select(
    url: str, sql: str, params: Mapping[str, Any] | None = None, *, limit: int | None = None
) -> pd.DataFrame:
    """The rows of one SELECT, at most `limit`; parameters are written `:name`.

    On SQLite the file is opened read-only and an authoriser refuses all but reading. On SQL Server the text is
    checked and the transaction rolled back, but only the login's permissions are a real guard.

    Raises:
        Misuse: not one SELECT, wrong SQL, or a parameter missing.
        Unready: the warehouse cannot be opened.
    """
    parsed = sa.make_url(url)
    _check(sql)
    if parsed.get_backend_name() == "sqlite":
        return _on_sqlite(parsed, sql, params or {}, limit)
    return _on_mssql(parsed, sql, params or {}, limit)


def _check(sql: str) -> None:
    bare = _QUOTED.sub(" ", sql).strip().rstrip(";").strip()
    if not re.match(r"(select|with)\b", bare, re.IGNORECASE):
        raise Misuse("only a SELECT can be asked; begin with SELECT or WITH")
    if ";" in bare:
        raise Misuse("one SELECT at a time; take out what follows the first semicolon")


def _on_sqlite(url: sa.URL, sql: str, params: Mapping[str, Any], limit: int | None) -> pd.DataFrame:
    path = Path(url.database or "")
    if not path.is_file():
        raise Unready(f"no warehouse at {path}; run `mundap init`")
    try:
        with closing(connect_to_read(path)) as connection:
            connection.set_authorizer(_only_reading)
            return _frame(connection.execute(sql, dict(params)), limit)
    except sqlite3.Error as error:
        ours = as_ours(error, url)
        raise ours or Misuse(f"the warehouse refuses the query: {error}") from error


def _only_reading(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _on_mssql(url: sa.URL, sql: str, params: Mapping[str, Any], limit: int | None) -> pd.DataFrame:
    if found := _WRITING.search(_QUOTED.sub(" ", sql)):
        raise Misuse(f"only reading is allowed, and {found[0].upper()} is not; ask with a plain SELECT")
    engine = sa.create_engine(url, connect_args={"use_datetime2": True})
    try:
        with engine.connect() as connection:
            result = connection.execute(sa.text(sql), dict(params))
            frame = _frame(result, limit, list(result.keys()))
            connection.rollback()
            return frame
    except sa.exc.DBAPIError as error:
        ours = as_ours(error, url)
        raise ours or Misuse(f"the warehouse refuses the query: {error.orig}") from error
    finally:
        engine.dispose()


def _frame(cursor: Any, limit: int | None, names: list[str] | None = None) -> pd.DataFrame:
    rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit)
    columns = names or [entry[0] for entry in cursor.description]
    # Objects, because pandas would turn whole numbers beside a null into floats and a null in text into NaN.
    return pd.DataFrame([tuple(row) for row in rows], columns=columns, dtype=object)
