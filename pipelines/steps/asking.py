"""Read-only questions to the warehouse, and their answers as table, CSV or JSON."""

import pandas as pd
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

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
    console = Console()
    cells = [["" if value is None else " ".join(str(value).split()) for value in row] for row in rows.to_numpy()]
    narrow = sum(_width(number, name, cells) + 3 for number, name in enumerate(rows.columns)) < console.width
    with console.capture() as captured:
        console.print(_table(rows, cells) if narrow else _records(rows, cells), highlight=False)
    return f"{captured.get().rstrip()}\n{len(rows):,} rows"


def _width(number: int, name: str, cells: list[list[str]]) -> int:
    return max(cell_len(text) for text in (name, *(row[number] for row in cells)))


def _table(rows: pd.DataFrame, cells: list[list[str]]) -> Table:
    table = Table(*map(str, rows.columns))
    for row in cells:
        table.add_row(*map(Text, row))
    return table


def _records(rows: pd.DataFrame, cells: list[list[str]]) -> Table:
    """One line a field: what is wider than the terminal is unreadable as a table."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for number, row in enumerate(cells, start=1):
        table.add_row(f"[bold]row {number}[/bold]", "")
        for name, text in zip(rows.columns, row, strict=True):
            table.add_row(str(name), Text(text))
    return table
