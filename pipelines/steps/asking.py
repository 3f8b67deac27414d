"""Read-only questions to the warehouse, and their answers as CSV or JSON."""

import pandas as pd

from pipelines.settings import Settings
from warehouse.errors import Misuse
from warehouse.query import run_select


def ask(settings: Settings, sql: str, *, limit: int) -> pd.DataFrame:
    """Run one SELECT.

    Raises:
        Misuse: the text is no single SELECT, or the engine refuses it.
        Unready: the warehouse cannot be opened.
    """
    return run_select(settings.reader_url, sql, limit=limit)


def render(rows: pd.DataFrame, form: str) -> str:
    """Return rows as CSV or JSON text.

    Raises:
        Misuse: an unknown form.
    """
    if form == "csv":
        return str(rows.to_csv(index=False)).rstrip("\n")
    if form == "json":
        return str(rows.to_json(orient="records", force_ascii=False, date_format="iso"))
    raise Misuse(f"no format {form!r}; known are table, csv, json, parquet")
