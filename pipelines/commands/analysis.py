"""Commands for analysts: query, describe, browse."""

import sys
from typing import Annotated, Final

import typer

from pipelines.commands.options import AsJson, Config
from pipelines.exits import DONE
from pipelines.output import print_result, print_table, tell
from pipelines.plural import counted
from pipelines.settings import load_settings
from warehouse.errors import Misuse

MOST_ROWS: Final = 2_147_483_646  # one more, by which a cut is seen, is the most that SQLite's reader takes


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT; - reads it from stdin.")],
    param: Annotated[
        list[str] | None,
        typer.Option(help="Value of :NAME, as NAME=VALUE (or NAME:text=, :number=, :moment=, :kst=). Repeatable."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="table, csv, json, or parquet (to a file: > rows.parquet).")
    ] = "table",
    limit: Annotated[int, typer.Option(min=0, max=MOST_ROWS, help="Rows at most; 0 gives all.")] = 1000,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Ask the warehouse, read-only: one SELECT. docs/analysts.md has fifteen to begin with.

    Example: mundap query 'select site, count(*) answers from qna group by site'
    """
    from pipelines.steps.asking import ask, exact_rows, render, require_form
    from pipelines.steps.parameters import parameters, zone_notes

    require_form(form)
    if form == "parquet" and not as_json and sys.stdout.isatty():
        raise Misuse("Parquet is no text for a terminal; send it to a file: > rows.parquet")
    asked = ask(load_settings(config), sys.stdin.read() if sql == "-" else sql, parameters(param or []), limit=limit)
    rows, notes = asked.rows, [*zone_notes(param or []), *asked.notes]
    if as_json:
        print_result({"rows": exact_rows(rows), **({"notes": notes} if notes else {})}, as_json=True)
    elif form == "table":
        print_table("", list(map(str, rows.columns)), rows.to_numpy().tolist())
        print(counted(len(rows), "row"))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(render(rows, form))
    for note in notes if not as_json else ():
        tell(f"note: {note}")
    if asked.is_cut:
        tell(f"there are more than {counted(limit, 'row')}; --limit N shows more, --limit 0 all")
    return DONE


def describe(
    table: Annotated[str | None, typer.Argument(help="One table or view (default: all).")] = None,
    as_json: AsJson = False,
) -> int:
    """Print the data dictionary: all tables and views, or the columns of one with all that is known of them.

    Example: mundap describe question
    """
    from pipelines.commands.describe_shown import show_columns, show_tables
    from warehouse.dictionary import describe as entries_of

    entries = entries_of(table)
    if as_json:
        print_result({"rows": entries}, as_json=True)
    elif table is None:
        show_tables(entries)
    else:
        show_columns(entries)
    return DONE


def browse(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")] = 8001,
    config: Config = None,
) -> int:
    """Look at the embedded warehouse in a web browser, read-only, until stopped (Datasette).

    Example: mundap browse --port 8001
    """
    from pipelines.steps.browsing import browse as run_browse

    return run_browse(load_settings(config), port)
