"""From every released schema to today's, on filled tables; and what becomes of a migration that does not end."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from warehouse import views
from warehouse.connect import open_warehouse, transaction
from warehouse.errors import Unready
from warehouse.queries.query import run_select
from warehouse.revisions import head
from warehouse.schema import metadata
from warehouse.types import Moment
from warehouse.views import VIEWS

RELEASED = [f"{number:04}" for number in range(1, int(head()))]
ROWS = 3
BEFORE = datetime(2026, 11, 1, 12, 30, 15, 123456, tzinfo=UTC)


def migrated_to(url: str, revision: str) -> sa.Engine:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "warehouse:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine


def _value(column: sa.Column[Any], number: int) -> Any:
    if isinstance(column.type, sa.Boolean):
        return bool(number % 2)
    if column.primary_key or column.foreign_keys or isinstance(column.type, sa.Integer | sa.Float):
        return number if isinstance(column.type, sa.Integer | sa.Float) else f"{number:016x}"
    if isinstance(column.type, Moment):
        return BEFORE
    # What a later migration reads stays what it is: an empty parent is a direct answer.
    if column.name == "parent_external_id":
        return "" if number % 2 else "1"
    return column.info["allowed"][0] if column.info["allowed"] else f"한글{number}"


def fill_all(engine: sa.Engine) -> dict[str, list[dict[str, Any]]]:
    """Rows in each table of ours that is there, in each column that is there; gives them by table."""
    filled: dict[str, list[dict[str, Any]]] = {}
    there = set(sa.inspect(engine).get_table_names())
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name not in there:
                continue
            names = connection.execute(sa.text(f"SELECT * FROM {table.name} WHERE 1 = 0")).keys()
            columns = [table.c[name] for name in names]
            own = [column for column in columns if column is not table.autoincrement_column]
            rows = [{column.name: _value(column, number) for column in own} for number in range(1, ROWS + 1)]
            connection.execute(sa.insert(table), rows)
            filled[table.name] = rows
    return filled


def stored(engine: sa.Engine, table: str, names: list[str]) -> list[dict[str, Any]]:
    columns = [metadata.tables[table].c[name] for name in names]
    with engine.connect() as connection:
        rows = connection.execute(sa.select(*columns)).mappings().all()
    return sorted((dict(row) for row in rows), key=str)


@pytest.mark.parametrize("revision", RELEASED)
def test_rows_of_every_released_schema_come_through(url: str, revision: str) -> None:
    old = migrated_to(url, revision)
    filled = fill_all(old)
    old.dispose()
    assert filled
    with pytest.raises(Unready, match=f"has schema {revision}, this Mundap needs {head()}; run `mundap init`"):
        open_warehouse(url)
    engine = open_warehouse(url, create=True)
    for table, rows in filled.items():
        # Two columns that migration 0004 itself fills anew from others.
        names = [name for name in rows[0] if (table, name) not in {("frontier", "kind"), ("frontier", "priority")}]
        assert stored(engine, table, names) == sorted(({n: row[n] for n in names} for row in rows), key=str), table
    engine.dispose()
    for view in VIEWS:
        run_select(url, f"SELECT * FROM {view}")
    if "0002" <= revision < "0007":  # from 0007 on they are what was stored
        counted = run_select(url, "SELECT question_id, answers_stored, answers_chosen FROM questions")
        assert sorted(counted.itertuples(index=False, name=None)) == [(1, 1, 1), (2, 0, 0), (3, 1, 1)]


KILLED = """
import os, signal, sys
from warehouse import views
from warehouse.connect import open_warehouse
views.create = lambda connection: os.kill(os.getpid(), signal.SIGKILL)
open_warehouse(sys.argv[1], create=True)
"""


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_migration_killed_in_its_middle_can_be_begun_again(url: str) -> None:
    old = migrated_to(url, RELEASED[-1])
    filled = fill_all(old)
    old.dispose()
    killed = subprocess.run([sys.executable, "-c", KILLED, url], cwd=Path(__file__).parents[2], check=False)
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(Unready, match=f"has schema {RELEASED[-1]}"):
        open_warehouse(url)
    engine = open_warehouse(url, create=True)
    assert len(stored(engine, "question", ["question_id"])) == len(filled["question"])
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_half_a_migration_is_told_in_plain_words_and_left_as_it_is(url: str) -> None:
    """Tables of the newest schema under an older version, as a file mended by hand or copied in parts has them."""
    engine = open_warehouse(url, create=True)
    with transaction(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :old"), {"old": RELEASED[-1]})
    for _ in range(2):
        words = "its tables are not those of its version .*; it is half migrated: restore a whole copy"
        with pytest.raises(Unready, match=words) as caught:
            open_warehouse(url, create=True)
        assert "\n" not in str(caught.value)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM qna").scalar_one() == 0
    engine.dispose()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(["DROP VIEW pages"], id="missing"),
        pytest.param(["DROP VIEW pages", "CREATE VIEW pages AS SELECT 1 AS page_id"], id="older"),
    ],
)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_views_of_another_code_are_made_anew(url: str, changes: list[str]) -> None:
    engine = open_warehouse(url, create=True)
    with transaction(engine) as connection:
        for change in changes:
            connection.exec_driver_sql(change)
    if len(changes) == 1:
        with pytest.raises(Unready, match="lacks the view pages; run `mundap init`"):
            run_select(url, "SELECT * FROM pages")
    open_warehouse(url, create=True).dispose()
    assert "sha256" in run_select(url, "SELECT * FROM pages").columns
    with engine.connect() as connection:
        assert not views.are_stale(connection)
    engine.dispose()
