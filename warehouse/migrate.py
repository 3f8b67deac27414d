"""Bringing a warehouse to the schema of this code, by Alembic, in process and quietly.

Views are derived: they are dropped before and made again after every migration.
"""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from warehouse import views
from warehouse.errors import Unready
from warehouse.failures import named

Transaction = Callable[[sa.Engine], AbstractContextManager[sa.Connection]]


def to_head(engine: sa.Engine, transaction: Transaction) -> None:
    """Migrate to the newest schema, in one transaction; an up-to-date warehouse is left alone.

    Raises:
        Unready: the schema is newer than this code.
    """
    with transaction(engine) as connection:
        if _found(connection, engine.url) == _head():
            return
        views.drop(connection)
        command.upgrade(_config(connection), "head")
        views.create(connection)


def require_head(engine: sa.Engine) -> None:
    """Pass only when the warehouse has the schema of this code.

    Raises:
        Unready: empty, older or newer, with what to do.
    """
    with engine.connect() as connection:
        found = _found(connection, engine.url)
    if found is None:
        raise Unready(f"no warehouse at {named(engine.url)}; run `mundap init`")
    if found != _head():
        raise Unready(
            f"warehouse {named(engine.url)} has schema {found}, this Mundap needs {_head()}; run `mundap init`"
        )


def script(dialect: str) -> str:
    """The whole schema as a SQL script for `dialect` ("sqlite" or "mssql"), to be read or run by hand."""
    config = _config(None)
    config.attributes["dialect"] = dialect
    config.output_buffer = io.StringIO()
    command.upgrade(config, "head", sql=True)
    end = "\nGO\n\n" if dialect == "mssql" else ";\n\n"
    return config.output_buffer.getvalue() + "".join(text + end for text in views.statements(dialect))


def _config(connection: sa.Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    config.attributes["connection"] = connection
    return config


def _head() -> str:
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert head is not None
    return head


def _found(connection: sa.Connection, url: sa.URL) -> str | None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in ScriptDirectory.from_config(_config(None)).walk_revisions()}
    if found is not None and found not in known:
        raise Unready(
            f"warehouse {named(url)} has schema {found}, newer than this Mundap's {_head()}; install a newer Mundap"
        )
    return found
