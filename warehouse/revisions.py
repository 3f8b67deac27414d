"""Which schema a warehouse has and which this code needs, found without loading Alembic (half of a start's time)."""

from pathlib import Path

import sqlalchemy as sa

from warehouse.errors import Unready
from warehouse.failures import named

_FOLDER = Path(__file__).parent / "migrations" / "versions"


def head() -> str:
    """The newest revision of this code: migrations are files named by their number."""
    return _known()[-1]


def found(connection: sa.Connection) -> str | None:
    """The revision that the warehouse has, None where it has no schema.

    Raises:
        Unready: the schema is newer than this code.
    """
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
    if revision is not None and revision not in _known():
        where = named(connection.engine.url)
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
        raise Unready(f"no warehouse at {named(engine.url)}; run `mundap init`")
    if revision != head():
        raise Unready(
            f"warehouse {named(engine.url)} has schema {revision}, this Mundap needs {head()}; run `mundap init`"
        )


def _known() -> list[str]:
    return sorted(file.name.partition("_")[0] for file in _FOLDER.glob("[0-9]*_*.py"))
