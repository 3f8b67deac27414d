"""The data dictionary as a person reads it: one line a table, one line a column, wrapped to the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

Entry = Mapping[str, Any]


def show_tables(entries: Sequence[Entry]) -> None:
    """Print one line a table and view: name, kind, meaning."""
    _show(("name", "kind", "meaning"), [(entry["table"], entry["kind"], _first(entry["meaning"])) for entry in entries])
    print("\nThe columns of one, with all that is known of them: mundap describe NAME")


def show_columns(entries: Sequence[Entry]) -> None:
    """Print one line a column: name, type, unit, and the meaning with all other facts behind it."""
    rows = [(entry["column"], entry["type"], entry["unit"] or "-", _meaning(entry)) for entry in entries]
    _show(("column", "type", "unit", "meaning"), rows)


def _meaning(entry: Entry) -> str:
    on_server = str(entry["type_mssql"]).partition(" COLLATE")[0]
    facts = [
        f"key: {entry['key']}" if entry["key"] else "",
        f"one of {entry['allowed']}" if entry["allowed"] else "",
        "may be null" if entry["null"] else "",
        "personal" if entry["personal"] else "",
        f"from {entry['source']}" if entry["source"] != "mundap" else "",
        f"{on_server} on SQL Server" if on_server != entry["type"] else "",
    ]
    told = "; ".join(fact for fact in facts if fact)
    return f"{entry['meaning']} ({told})" if told else str(entry["meaning"])


def _first(words: str) -> str:
    return words.partition(". ")[0].rstrip(".")


def _show(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, 1))
    for column in columns:
        # The last column takes the lines: a name or a type broken in two cannot be read or copied.
        table.add_column(column, no_wrap=column in ("name", "column", "kind"), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
