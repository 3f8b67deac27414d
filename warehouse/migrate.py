"""Bringing a warehouse to the schema of this code, by Alembic, in process and quietly.

Views are derived: they are dropped before and made again after every migration.
"""

import io

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from warehouse import views


def upgrade(connection: sa.Connection) -> None:
    """Migrate to the newest schema inside the caller's transaction."""
    views.drop(connection)
    command.upgrade(_config(connection), "head")
    views.create(connection)


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
