"""Bringing a warehouse to the schema of this code, by Alembic, in process and quietly.

Views are derived: they are dropped before and made again after every migration.
"""

import re
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from warehouse import views
from warehouse.errors import Unready
from warehouse.failures import named

_HALF_WORDS: Final = re.compile("already exists|duplicate column|no such (table|column|index)")
# SQL Server's: a table, column or index is there twice, or not at all (Microsoft's list).
_HALF_NUMBERS: Final = frozenset({207, 208, 1913, 2705, 2714, 3701, 3728, 4902, 4924})


def upgrade(connection: sa.Connection) -> None:
    """Migrate to the newest schema inside the caller's transaction.

    Raises:
        Unready: tables or columns that a migration makes are there already, or those that it changes are not.
    """
    views.drop(connection)
    try:
        command.upgrade(_config(connection), "head")
    except sa.exc.DBAPIError as error:
        if not _is_half(error):
            raise
        told = " ".join(str(error.orig).split())[:120]
        raise Unready(
            f"warehouse {named(connection.engine.url)} cannot be migrated: its tables are not those of its version "
            f"({told}); it is half migrated: restore a whole copy, or move it away and run `mundap init`"
        ) from error
    views.create(connection)


def _is_half(error: sa.exc.DBAPIError) -> bool:
    number = error.orig.args[0] if error.orig and error.orig.args else 0
    return number in _HALF_NUMBERS or bool(_HALF_WORDS.search(str(error.orig)))


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    config.attributes["connection"] = connection
    return config
