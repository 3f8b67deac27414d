"""Read-only questions to the warehouse, and their answers as CSV, JSON or Parquet."""

import io
from collections.abc import Mapping
from typing import Final, NamedTuple

import pandas as pd
import pyarrow as pa

from pipelines.settings import Settings
from pipelines.steps.parameters import Value
from warehouse.errors import Misuse
from warehouse.queries.query import run_select

FORMS: Final = ("table", "csv", "json", "parquet")


class Asked(NamedTuple):
    """The rows of a query, and whether there were more of them than were wanted."""

    rows: pd.DataFrame
    is_cut: bool


def ask(settings: Settings, sql: str, params: Mapping[str, Value] | None = None, *, limit: int) -> Asked:
    """Run one SELECT.

    Raises:
        Misuse: the text is no single SELECT, or the engine refuses it.
        Unready: the warehouse cannot be opened.
    """
    rows = run_select(settings.reader_url, sql, params, limit=limit + 1)
    return Asked(rows.head(limit), len(rows) > limit)


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
        return f"{rows.to_json(orient='records', force_ascii=False, date_format='iso')}\n".encode()
    whole = io.BytesIO()
    try:
        rows.to_parquet(whole, index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise Misuse(f"a column holds values of several kinds, CAST it to one: {error.args[0]}") from error
    return whole.getvalue()
