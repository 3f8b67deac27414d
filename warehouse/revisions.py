"""Which schema a warehouse has and which this code needs, found without loading Alembic (half of a start's time)."""

import re
from pathlib import Path

import sqlalchemy as sa

from warehouse.errors import Unready
from warehouse.failures import named
from warehouse.schema import metadata

TABLE = "alembic_version"
_OTHERS = "holds tables of another program; give Mundap a database of its own ([warehouse] url)"
_LEDGER = {"load_id", "settings_sha256", "code_version"}
_FOLDER = Path(__file__).parent / "migrations" / "versions"


def head() -> str:
    """The newest revision of this code: migrations are files named by their number."""
    return _known()[-1]


def found(connection: sa.Connection) -> str | None:
    """The revision that the warehouse has, None where it has no schema.

    Raises:
        Unready: the schema is newer than this code, or another program's.
    """
    inspector = sa.inspect(connection)
    if not inspector.has_table(TABLE):
        return None
    where = named(connection.engine.url)
    if "version_num" not in {column["name"] for column in inspector.get_columns(TABLE)}:
        raise Unready(f"warehouse {where} {_OTHERS}")
    revisions = connection.exec_driver_sql(f"SELECT version_num FROM {TABLE}").scalars().all()
    revision = max(map(str, revisions), default=None)
    if revision is not None and not re.fullmatch(r"[0-9]{4}", revision):
        raise Unready(f"warehouse {where} {_OTHERS}")
    if revision is not None and revision not in _known():
        raise Unready(
            f"warehouse {where} has schema {revision}, newer than this Mundap's {head()}; install a newer Mundap"
        )
    return revision


def require_head(engine: sa.Engine) -> None:
    """Pass only when the warehouse has the schema of this code.

    Raises:
        Unready: empty, older or newer, with what to do.
    """
    with engine.connect() as connection:
        revision = found(connection)
        if revision is None:
            require_room(connection)
        elif revision == head():
            require_whole(connection)
    if revision is None:
        raise Unready(f"no warehouse at {named(engine.url)}; run `mundap init`")
    if revision != head():
        raise Unready(
            f"warehouse {named(engine.url)} has schema {revision}, this Mundap needs {head()}; run `mundap init`"
        )


def require_room(connection: sa.Connection) -> None:
    """Pass where migrations may begin: nothing of theirs is there without a revision, nor anything of others.

    A server's database may be shared as long as no name clashes; a file belongs to one program.

    Raises:
        Unready: tables are in the way, with what to do.
    """
    if found(connection) is not None:
        return
    inspector = sa.inspect(connection)
    tables = set(inspector.get_table_names()) - {TABLE}
    where = named(connection.engine.url)
    if "load" in tables and {column["name"] for column in inspector.get_columns("load")} >= _LEDGER:
        raise Unready(
            f"warehouse {where} holds tables of Mundap but not their version (table {TABLE}); "
            "restore a whole copy, or move it away and run `mundap init`"
        )
    if tables & metadata.tables.keys() or (tables and connection.dialect.name == "sqlite"):
        raise Unready(f"warehouse {where} {_OTHERS}")


def require_whole(connection: sa.Connection) -> None:
    """Pass when every table that this code's version promises is there.

    Raises:
        Unready: some are not, as after a migration broken off where DDL is not undone, or a table dropped by hand.
    """
    missing = sorted(metadata.tables.keys() - set(sa.inspect(connection).get_table_names()))
    if missing:
        raise Unready(
            f"warehouse {named(connection.engine.url)} lacks what its version {head()} promises: {', '.join(missing)}; "
            "restore a whole copy, or move it away and run `mundap init`"
        )


def _known() -> list[str]:
    return sorted(file.name.partition("_")[0] for file in _FOLDER.glob("[0-9]*_*.py"))
