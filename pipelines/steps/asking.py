"""Read-only questions to the warehouse, and their answers as CSV, JSON or Parquet."""

import io
import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.settings import Settings
from pipelines.steps.parameters import Value
from warehouse.errors import Misuse
from warehouse.queries.query import run_select
from warehouse.queries.remarks import remarks
from warehouse.queries.typed import arrow_table

FORMS: Final = ("table", "csv", "json", "parquet")


class Asked(NamedTuple):
    """The rows of a query, whether there were more of them than were wanted, and what to know about them."""

    rows: pd.DataFrame
    is_cut: bool
    notes: tuple[str, ...] = ()


def ask(settings: Settings, sql: str, params: Mapping[str, Value] | None = None, *, limit: int) -> Asked:
    """Run one SELECT; `limit` 0 is all rows.

    Raises:
        Misuse: the text is no single SELECT, or the engine refuses it.
        Unready: the warehouse cannot be opened.
    """
    sql = sql.removeprefix("\ufeff")  # Windows writes it at the start of a file
    rows = run_select(settings.reader_url, sql, params, limit=limit + 1 if limit else None)
    is_cut = 0 < limit < len(rows)
    return Asked(rows.head(limit) if limit else rows, is_cut, tuple(remarks(settings.reader_url, sql)))


def require_form(form: str) -> None:
    """Pass a known form of output, before anything is asked.

    Raises:
        Misuse: an unknown form.
    """
    if form not in FORMS:
        raise Misuse(f"no format {form!r}; known are {', '.join(FORMS)}")


def render(rows: pd.DataFrame, form: str) -> bytes:
    """Return rows as CSV, JSON (a list of objects) or a Parquet file; text is UTF-8 and ends with a line's end.

    Raises:
        Misuse: Parquet of a column that holds values of several kinds.
    """
    if form == "csv":
        return str(rows.to_csv(index=False)).encode()
    if form == "json":
        return f"{json.dumps(exact_rows(rows), ensure_ascii=False, allow_nan=False)}\n".encode()
    whole = io.BytesIO()
    try:
        pq.write_table(arrow_table(rows), whole)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise Misuse(f"a column holds values of several kinds, CAST it to one: {error.args[0]}") from error
    return whole.getvalue()


def exact_rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON's own values, none rounded: a moment as text to the microsecond, bytes as hex.

    pandas would round numbers to 10 decimals and moments to milliseconds.
    """
    names = [str(name) for name in rows.columns]
    return [dict(zip(names, map(_exact, row), strict=True)) for row in rows.itertuples(index=False, name=None)]


def _exact(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")  # as SQLite holds it, so that both engines give one shape
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no infinity
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
