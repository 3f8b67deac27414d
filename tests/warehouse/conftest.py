"""A real warehouse for each test: SQLite always, SQL Server where MUNDAP_TEST_MSSQL_URL names one."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from warehouse.connect import open_warehouse
from warehouse.frontier.crawls import Crawl
from warehouse.loads import begin_load
from warehouse.schema import metadata
from warehouse.views import VIEWS

MSSQL = "MUNDAP_TEST_MSSQL_URL"


ENGINES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param(
        "mssql",
        id="mssql",
        marks=[
            pytest.mark.mssql,
            pytest.mark.skipif(not os.environ.get(MSSQL), reason=f"{MSSQL} names no SQL Server"),
        ],
    ),
]


def empty_database(kind: str, folder: Path) -> str:
    """The URL of a database without any table of ours: a file in `folder`, or the server's, emptied."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/warehouse.db"
    url = os.environ[MSSQL]
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for name in VIEWS:
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
        for table in reversed(metadata.sorted_tables):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS [{table.name}]")
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    engine.dispose()
    return url


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_database(request.param, tmp_path)


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    engine = open_warehouse(url, create=True)
    yield engine
    engine.dispose()


@pytest.fixture
def load_id(engine: sa.Engine) -> int:
    return begin_load(engine, "test", "0" * 64, "0.1.0")


@pytest.fixture
def crawl() -> Crawl:
    return Crawl("naver_kin", "", "http://127.0.0.1:8000")


@pytest.fixture
def noon() -> datetime:
    return datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
