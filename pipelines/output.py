"""What a user sees: a table or lines for a person, one JSON object for a program, progress on a terminal only."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

NARROWEST_COLUMN: Final = 11  # characters, its border included: below that even figures break into lines
# What would move a terminal's cursor, or colour it; lines and tabs are text.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Advance(Protocol):
    """Tell a bar where the work stands: steps done, the total where it is known, a word beside it."""

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """Move the bar."""


def print_result(result: Mapping[str, Any], *, as_json: bool, text: str = "") -> None:
    """Print a command's result: JSON as stdout's last line, or `text`, or else its fields one a line."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False, default=_plain), flush=True)
    elif text:
        print(text, flush=True)
    else:
        width = max(map(len, result), default=0)
        print("\n".join(f"{key:<{width}}  {_shown(value)}" for key, value in result.items()), flush=True)


def tell(line: str) -> None:
    """Print one line of progress or warning on stderr."""
    print(line, file=sys.stderr, flush=True)


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, whole: Sequence[str] = ()
) -> None:
    """Print rows on stdout: a table, or one line a field where the columns would be too narrow to read.

    The columns named in `whole` are never broken into lines.
    """
    console = Console()
    if len(columns) * NARROWEST_COLUMN > console.width:
        without_rows = ", ".join(columns)  # headings at least
        console.print(_records(title, columns, rows) if rows else Text(without_rows), highlight=False)
        return
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for number, column in enumerate(columns):
        figures = bool(rows) and all(isinstance(row[number], int | float | None) for row in rows)
        table.add_column(column, justify="right" if figures else "left", overflow="fold", no_wrap=column in whole)
    for row in rows:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    console.print(table)


def _records(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(title=title or None, title_justify="left", box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for number, row in enumerate(rows, start=1):
        table.add_row(Text(f"row {number}", "bold"), "")
        for column, cell in zip(columns, row, strict=True):
            table.add_row(column, Text(_shown(cell)))
    return table


@contextmanager
def progress(label: str, *, quiet: bool = False) -> Iterator[Advance]:
    """Show a bar on stderr while the block runs; nothing where stderr is no terminal or `quiet` is set."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda done, total=None, note="": None
        return
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[note]}"), console=console) as bar:
        task = bar.add_task(label, total=None, note="")
        yield lambda done, total=None, note="": bar.update(task, completed=done, total=total, note=note)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        # A small fraction is not nothing.
        return f"{value:.3f}" if value == 0 or abs(value) >= 0.001 else f"{value:.3g}"
    if isinstance(value, bytes):
        return value.hex()  # as in JSON
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items()) or "-"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(inner) for inner in value) or "-"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else escaped(str(value))


def escaped(text: str) -> str:
    """Show control characters of a text by number, so that they move no terminal's cursor."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
