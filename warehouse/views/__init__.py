"""Views for analysts, the same on SQLite and on SQL Server; times in them are also given in Korean time.

They are derived from the tables and made again after every migration.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from warehouse.views import content, crawling, models
from warehouse.views.view import View

READERS = "mundap_reader"
VIEWS: Mapping[str, View] = {**content.VIEWS, **crawling.VIEWS, **models.VIEWS}


def statements(dialect: str) -> list[str]:
    """CREATE VIEW for each view; on SQL Server each must be a batch of its own."""
    return [f"CREATE VIEW {name} AS\n{view.select(dialect)}" for name, view in VIEWS.items()]


def are_stale(connection: sa.Connection) -> bool:
    """Whether a view is missing, or on SQLite reads otherwise than this code has it: views change without a migration.

    SQL Server is asked for names alone: its text of a view is not for every login.
    """
    if connection.dialect.name == "mssql":
        return not VIEWS.keys() <= set(sa.inspect(connection).get_view_names())
    written = set(connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'view'").scalars())
    return not written.issuperset(statements("sqlite"))


def drop(connection: sa.Connection) -> None:
    """Drop the views that exist, so that tables under them can change."""
    for name in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def create(connection: sa.Connection) -> None:
    """Make all views, and on SQL Server let the readers' role see them: dropping a view dropped its grants."""
    for text in statements(connection.dialect.name):
        # As it stands: pymssql puts values in by name and leaves any other % alone, so that %% would reach the server.
        connection.exec_driver_sql(text)
    if connection.dialect.name == "mssql":
        for text in grants():
            connection.exec_driver_sql(text)


def grants() -> list[str]:
    """For SQL Server: let the role of `deploy/roles.sql`, where it is there, select from each view."""
    known = f"IF DATABASE_PRINCIPAL_ID(N'{READERS}') IS NOT NULL"
    return [f"{known} GRANT SELECT ON {name} TO {READERS}" for name in VIEWS]
