"""Read-only questions to the warehouse, and their answers as table, CSV or JSON."""

import pandas as pd
from rich.console import Console
from rich.table import Table

from pipelines.settings import Settings
from warehouse.errors import Misuse
from warehouse.query import run_select


def ask(settings: Settings, sql: str, *, limit: int) -> pd.DataFrame:
    """Run one SELECT.

    Raises:
        Misuse: the text is no single SELECT, or the engine refuses it.
        Unready: the warehouse cannot be opened.
    """
    return run_select(settings.database_url, sql, limit=limit)


def render(rows: pd.DataFrame, form: str) -> str:
    """Return rows as text.

    Raises:
        Misuse: an unknown form.
    """
    if form == "csv":
        return str(rows.to_csv(index=False)).rstrip("\n")
    if form == "json":
        return str(rows.to_json(orient="records", force_ascii=False, date_format="iso"))
    if form != "table":
        raise Misuse(f"no format {form!r}; known are table, csv, json")
    table = Table(*map(str, rows.columns))
    for row in rows.itertuples(index=False):
        table.add_row(*("" if value is None else str(value) for value in row))
    console = Console()
    with console.capture() as captured:
        console.print(table)
    return f"{captured.get().rstrip()}\n{len(rows):,} rows"
