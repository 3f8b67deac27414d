import re

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import mssql

from tests.warehouse.script import schema_script
from warehouse.dictionary import describe
from warehouse.errors import Misuse
from warehouse.revisions import head
from warehouse.schema import metadata
from warehouse.types import Body, Key, Moment
from warehouse.views import VIEWS

DESIGNED = """
    load robots request frontier page question answer dialogue turn takedown
    dataset dataset_source run evaluation metric
"""
KEY_LIMIT = 1700  # bytes of a nonclustered key on SQL Server
CLUSTERED_LIMIT = 900  # bytes of a clustered key there: a primary key is one


def test_all_designed_tables_are_there() -> None:
    assert set(DESIGNED.split()) <= set(metadata.tables)


@pytest.mark.parametrize("table", metadata.tables.values(), ids=str)
def test_every_table_and_column_is_described(table: sa.Table) -> None:
    assert table.comment
    for column in table.columns:
        assert column.comment, column
        assert column.info["meaning"] and column.info["source"] in {"mundap", "site", "server", "user"}
        assert isinstance(column.info["personal"], bool)
        if isinstance(column.type, Moment):
            assert column.info["unit"] == "UTC", column
        if isinstance(column.type, sa.Float):
            assert column.info["unit"], f"{column} is a number without a unit"


@pytest.mark.parametrize("table", metadata.tables.values(), ids=str)
def test_no_column_has_a_type_that_loses_text_or_moments(table: sa.Table) -> None:
    for column in table.columns:
        assert not isinstance(column.type, sa.String | sa.Text | sa.Enum | sa.DateTime), column
        assert isinstance(column.type, Key | Body | Moment | sa.Integer | sa.Float | sa.Boolean), column


def _bytes(columns: list[sa.Column[object]]) -> int:
    return sum(column.type.length * 2 if isinstance(column.type, Key) else 8 for column in columns)


@pytest.mark.parametrize("table", metadata.tables.values(), ids=str)
def test_keys_fit_sql_servers_limits_and_carry_names(table: sa.Table) -> None:
    assert _bytes(list(table.primary_key.columns)) <= CLUSTERED_LIMIT
    for index in table.indexes:
        assert index.name and _bytes(list(index.columns)) <= KEY_LIMIT
        assert not any(isinstance(column.type, Body) for column in index.columns)
    for constraint in table.constraints:
        assert constraint.name, constraint
        if isinstance(constraint, sa.UniqueConstraint):
            assert _bytes(list(constraint.columns)) <= KEY_LIMIT


def _made(connection: sa.Connection) -> dict[str, list[str]]:
    query = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
    return {name: _parts(sql) for name, sql in connection.exec_driver_sql(query).all()}


def _parts(ddl: str) -> list[str]:
    """The columns and constraints of a CREATE statement, sorted: a column added later stands at its end."""
    inside = ddl[ddl.index("(") + 1 : ddl.rindex(")")]
    return sorted(" ".join(part.split()) for part in re.split(r",(?![^()]*\))", inside))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_migrations_lead_to_the_definition(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
        migrated = _made(connection)
    direct = sa.create_engine("sqlite://")
    metadata.create_all(direct)
    with direct.connect() as connection:
        defined = _made(connection)
    direct.dispose()
    migrated.pop("alembic_version")
    assert migrated == defined


def test_the_head_told_from_file_names_is_alembics() -> None:
    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [head()]


def test_sql_server_gets_the_same_tables_from_migrations_as_from_the_definition() -> None:
    migrated: dict[str, list[str]] = {}
    for part in re.split(r";?\s*\nGO\s*", re.sub(r"^--.*\n", "", schema_script("mssql"), flags=re.MULTILINE)):
        if made := re.search(r"CREATE TABLE \[?(\w+)\]? ", part):
            migrated[made[1]] = _parts(part[made.start() :])
        elif added := re.fullmatch(r"ALTER TABLE \[?(\w+)\]? ADD (.+)", part.strip(), flags=re.DOTALL):
            migrated[added[1]] = sorted([*migrated[added[1]], " ".join(added[2].split())])
    for table in metadata.sorted_tables:
        ddl = str(sa.schema.CreateTable(table).compile(dialect=mssql.dialect()))
        assert migrated[table.name] == _parts(ddl), table.name


@pytest.mark.parametrize("name", ["staged_dialogue", "staged_turn"])
def test_a_bulk_copy_finds_columns_at_their_places(name: str) -> None:
    # It counts places in the table as it was made: a column of a new migration stands at the end.
    (made,) = re.findall(rf"CREATE TABLE {name} \((.*?)\n\);", schema_script("mssql"), flags=re.DOTALL)
    added = re.findall(rf"ALTER TABLE {name} ADD (\w+)", schema_script("mssql"))
    columns = re.findall(r"^\s*(\w+) (?!\w+ PRIMARY)", made, flags=re.MULTILINE)
    assert columns + added == [column.name for column in metadata.tables[name].columns], (
        "let the migration make the staging table anew; it is empty between loads"
    )


def test_sql_servers_script_holds_no_foreign_or_lossy_words() -> None:
    text = schema_script("mssql")
    # Alembic's own table is the one exception: its version numbers are ASCII.
    ours = re.sub(r"CREATE TABLE alembic_version \(.*?\);", "", text, flags=re.DOTALL)
    foreign = r"\b(NTEXT|TEXT|IMAGE|DATETIME|VARCHAR|BOOLEAN|MERGE|LIMIT|ON CONFLICT|IF NOT EXISTS|AUTOINCREMENT)\b"
    assert not re.search(foreign, ours)
    assert "COLLATE Latin1_General_100_BIN2" in ours
    assert all(f"CREATE VIEW {name} AS" in ours for name in VIEWS)


@pytest.mark.parametrize("table", [*metadata.tables, *VIEWS])
def test_the_dictionary_describes(table: str) -> None:
    rows = describe(table)
    assert rows and all(row["meaning"] for row in rows)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_every_column_of_every_view_is_described_in_order(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        for view in VIEWS:
            shown = list(connection.exec_driver_sql(f"SELECT * FROM {view}").keys())
            assert [row["column"] for row in describe(view)] == shown, view


def test_a_views_column_has_what_is_known_of_the_tables() -> None:
    rows = {row["column"]: row for row in describe("qna")}
    assert rows["que"]["meaning"] == "title, personal data masked" and rows["que"]["personal"] is True
    assert rows["que"]["source"] == "question.title" and rows["asked_at_kst"]["unit"] == "Korean time"
    assert all(row["type"] and row["type_mssql"] and row["table"] == "qna" for row in rows.values())


def test_the_dictionary_lists_tables_and_names_the_nearest() -> None:
    assert {row["table"] for row in describe()} == {*metadata.tables, *VIEWS}
    with pytest.raises(Misuse, match="question"):
        describe("quesions")
