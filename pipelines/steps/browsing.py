"""The embedded warehouse in a web browser: Datasette with our descriptions and the cookbook's questions."""

import errno
import socket
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pipelines.exits import DONE
from pipelines.output import tell
from pipelines.settings import Settings
from warehouse.addresses import warehouse_url
from warehouse.connect import open_warehouse
from warehouse.cookbook import entries
from warehouse.dictionary import describe
from warehouse.errors import Misuse
from warehouse.queries.closed import guard
from warehouse.schema import metadata

HOST: Final = "127.0.0.1"
# Counts over all answers take a second or two; facets of every column would take minutes. The whole file is not given
# away by a click.
_LIMITS: Final = {
    "sql_time_limit_ms": 20_000,
    "max_returned_rows": 1000,
    "default_page_size": 50,
    "suggest_facets": False,
    "allow_download": False,
}


def browse(settings: Settings, port: int) -> int:
    """Serve the warehouse on this machine until stopped; Datasette opens it read-only.

    Raises:
        Misuse: the warehouse is no SQLite file, Datasette is not installed, or the port is taken.
        Unready: the warehouse cannot be opened, or is newer or older than this code.
    """
    url = warehouse_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise Misuse(
            "browse shows the embedded SQLite warehouse only; on SQL Server ask with mundap query, or with any client "
            "and the reader's login"
        )
    try:
        import uvicorn
        from datasette.app import Datasette
    except ImportError as error:
        raise Misuse("browse needs Datasette; install it: .venv/bin/python -m pip install 'mundap[browse]'") from error
    open_warehouse(settings.database_url, read_only=True).dispose()
    path = Path(url.database or "")
    _guard_connections()
    shown = Datasette(files=[str(path)], metadata=facts(path.stem), settings=_LIMITS)
    with _listening(port) as opened:
        tell(f"http://{HOST}:{opened.getsockname()[1]}/ shows {path}, read-only; end with Ctrl-C")
        server = uvicorn.Server(uvicorn.Config(shown.app(), lifespan="on", log_level="warning"))
        with suppress(KeyboardInterrupt):
            server.run(sockets=[opened])
    return DONE


def _guard_connections() -> None:
    from datasette import hookimpl
    from datasette.plugins import pm

    class Guarded:
        __name__ = "mundap"  # by which Datasette lists its plugins

        @hookimpl  # type: ignore[untyped-decorator]
        def prepare_connection(self, conn: sqlite3.Connection) -> None:
            conn.set_authorizer(guard)

    if not pm.has_plugin("mundap"):
        pm.register(Guarded(), "mundap")


def _listening(port: int) -> socket.socket:
    # Opened here, because uvicorn would end the process in its own words.
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be opened ({error.strerror})"
        raise Misuse(f"port {port} {why}; give another with --port, or 0 for a free one") from error


def facts(database: str) -> dict[str, Any]:
    """Return what Datasette shows beside the rows: each table's, view's and column's meaning, the cookbook's SQL."""
    tables: dict[str, dict[str, Any]] = {
        entry["table"]: {
            "description": entry["meaning"],
            "columns": {column["column"]: _said(column) for column in describe(entry["table"])},
            # The views hold all of them; the tables are one click away ("hidden tables").
            "hidden": entry["table"] in metadata.tables,
        }
        for entry in describe()
    }
    # Closed, too: the box for SQL begins with the first table that is not, and this one tells an analyst nothing.
    tables["alembic_version"] = {"hidden": True, "allow": False}
    # Its addresses may point to persons; the view takedowns leaves them out, and SQL is refused them by `guard`.
    tables["takedown"]["allow"] = False
    queries = {
        entry.name: {"title": entry.question, "description": f"{entry.korean} {entry.notes}", "sql": entry.sql}
        for entry in entries()
    }
    return {"title": "Mundap", "databases": {database: {"tables": tables, "queries": queries}}}


def _said(column: dict[str, Any]) -> str:
    facts_of = [column["meaning"], column["unit"], column["allowed"], "personal" if column["personal"] else ""]
    return "; ".join(fact for fact in facts_of if fact)
