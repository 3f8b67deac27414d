"""What a connection to SQL Server needs, tried through SQLAlchemy and pymssql's classes on no server."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pymssql
import pytest
import sqlalchemy as sa
from pymssql import _mssql

from warehouse import connect, sqlserver, views
from warehouse.connect import open_warehouse, transaction
from warehouse.errors import MundapError, Permanent, Transient, Unready
from warehouse.failures import translated
from warehouse.queries.query import run_select
from warehouse.sqlserver import LOCK_WAIT_SECONDS, hold_name

URL = "mssql+pymssql://me:secret@db/mundap"
NAME = sa.make_url(URL)


class Cursor:
    """Answers every question of SQLAlchemy's first connection; `complaints` are raised by what contains their key."""

    def __init__(self, sent: list[str], complaints: dict[str, Exception]) -> None:
        self.sent, self.complaints = sent, complaints
        self.description: Any = (("x", 1, None, None, None, None, None),)
        self.rowcount = 1
        self.rows: list[Any] = []

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def execute(self, statement: str, params: Any = ()) -> None:
        self.sent.append(_mssql.substitute_params(statement, params).decode())
        self.rows = [("Microsoft SQL Server 2022 - 16.0.1000.6",)]
        for part, complaint in self.complaints.items():
            if part in statement:
                raise complaint

    def fetchone(self) -> Any:
        return self.rows.pop() if self.rows else None

    def fetchall(self) -> Any:
        rows, self.rows = self.rows, []
        return rows

    def close(self) -> None:
        self.rows = []


class Connection:
    def __init__(self, **named: Any) -> None:
        self.named = named
        self.sent: list[str] = []
        self.complaints: dict[str, Exception] = {}
        self.on_rollback: Exception | None = None

    def cursor(self) -> Cursor:
        return Cursor(self.sent, self.complaints)

    def commit(self) -> None:
        self.sent.append("COMMIT")

    def rollback(self) -> None:
        self.sent.append("ROLLBACK")
        if self.on_rollback:
            raise self.on_rollback

    def close(self) -> None:
        self.sent.append("CLOSE")


class Told(_mssql.MSSQLDatabaseException):  # type: ignore[misc]
    """An exception of pymssql's lower half; the real class alone is raised in the real module."""


Told.__module__ = "pymssql._mssql"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Connection]]:
    connections: list[Connection] = []

    def connected(**named: Any) -> Connection:
        connections.append(Connection(**named))
        return connections[-1]

    monkeypatch.setattr(pymssql, "connect", connected)
    yield connections


@pytest.fixture
def engine(made: list[Connection]) -> Iterator[sa.Engine]:
    engine = connect._engine(NAME, read_only=False)
    engine.connect().close()
    yield engine
    engine.dispose()


def test_a_connection_aborts_on_errors_and_waits_for_no_lock_without_end(
    engine: sa.Engine, made: list[Connection]
) -> None:
    assert made[0].named["use_datetime2"] is True
    assert f"SET XACT_ABORT ON; SET LOCK_TIMEOUT {LOCK_WAIT_SECONDS * 1000}" in made[0].sent


def test_what_the_server_has_rolled_back_already_leaves_a_transaction_open(
    engine: sa.Engine, made: list[Connection]
) -> None:
    made[0].complaints["SELECT 2"] = pymssql.OperationalError(1205, b"...")
    # pymssql knows this one by its English text, and raises it in any other language.
    made[0].on_rollback = Told((3903, "해당 BEGIN TRANSACTION이 없는 ROLLBACK TRANSACTION 요청입니다.".encode()))
    with pytest.raises(Transient, match="deadlock"), transaction(engine) as connection:
        connection.exec_driver_sql("SELECT 2")
    assert made[0].sent[-2:] == ["ROLLBACK", "BEGIN TRAN"]


def test_a_rollback_that_fails_is_told_in_our_words(engine: sa.Engine, made: list[Connection]) -> None:
    made[0].on_rollback = _mssql.MSSQLDriverException("Not connected to any MS SQL server")
    with pytest.raises(Transient, match="lost the connection"), transaction(engine) as connection:
        made[0].complaints["SELECT 2"] = pymssql.OperationalError(102, b"...")
        connection.exec_driver_sql("SELECT 2")


@pytest.mark.parametrize("lets_into_master", [True, False], ids=["missing database", "wrong password"])
def test_a_missing_database_is_told_from_a_refused_login(
    monkeypatch: pytest.MonkeyPatch, lets_into_master: bool
) -> None:
    asked: list[str] = []

    def connected(**named: Any) -> Connection:
        asked.append(named["database"])
        if named["database"] != "master" or not lets_into_master:
            # What pymssql gives for both: the database's 4060 is covered by the login's 18456 of higher severity.
            raise pymssql.OperationalError((18456, b"Login failed for user 'me'.DB-Lib error message 20018"))
        return Connection(**named)

    monkeypatch.setattr(pymssql, "connect", connected)
    words = "no such database" if lets_into_master else "refuses the login"
    with pytest.raises(Unready, match=words) as caught:
        open_warehouse(URL)
    assert asked[:2] == ["mundap", "master"] and "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "family"), [(20004, Transient), (596, Transient), (8115, Permanent), (229, Unready)], ids=str
)
def test_readers_are_told_in_our_words_too(
    engine: sa.Engine, made: list[Connection], number: int, family: type[MundapError]
) -> None:
    made[0].complaints["SELECT 2"] = pymssql.OperationalError(number, b"...")
    with pytest.raises(family), engine.connect() as connection:
        connection.exec_driver_sql("SELECT 2")
    # A connection that is lost is not used again, nor rolled back.
    assert ("ROLLBACK" in made[0].sent[-2:]) == (family is not Transient)
    assert ("CLOSE" in made[0].sent) == (family is Transient)


def test_a_connection_that_died_in_the_pool_is_replaced_without_a_word(
    engine: sa.Engine, made: list[Connection]
) -> None:
    made[0].complaints["SELECT 1"] = pymssql.OperationalError(20004, b"...")
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 2")
    assert len(made) == 2 and "SELECT 2" in made[1].sent


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        pytest.param(lambda: _mssql.MSSQLDriverException("Not connected to any MS SQL server"), "lost", id="driver"),
        pytest.param(lambda: Told((1205, b"...")), "deadlock", id="lower half"),
        pytest.param(
            lambda: sa.exc.OperationalError(
                "x", {}, pymssql.OperationalError("Cannot commit transaction: (20006, b'DB-Lib error message 20006')")
            ),
            "lost the connection",
            id="commit",
        ),
    ],
)
def test_other_shapes_of_complaints(raised: Callable[[], Exception], words: str) -> None:
    with pytest.raises(Transient, match=words), translated(NAME):
        raise raised()


@pytest.mark.parametrize("got", [0, 1, -1, -3])
def test_a_lock_by_name_that_is_not_given_is_tried_again(
    engine: sa.Engine, made: list[Connection], monkeypatch: pytest.MonkeyPatch, got: int
) -> None:
    monkeypatch.setattr(Cursor, "fetchone", lambda cursor: (got,) if cursor.rows and cursor.rows.pop() else None)
    with engine.connect() as connection:
        if got < 0:
            with pytest.raises(Transient, match="kept the lock 'budget 요리"):
                hold_name(connection, "budget 요리" + "가" * 300)
        else:
            hold_name(connection, "budget 요리" + "가" * 300)
    (sent,) = (text for text in made[0].sent if "sp_getapplock" in text)
    assert f"@Resource = N'budget 요리{'가' * 118}'" in sent


@pytest.mark.parametrize("limit", [None, 1])
def test_a_query_gives_floats_for_decimals_and_leaves_nulls(
    made: list[Connection], monkeypatch: pytest.MonkeyPatch, limit: int | None
) -> None:
    asked = datetime(2026, 11, 21)  # noqa: DTZ001
    rows = [(None, Decimal("1.5"), asked, 3), ("가", None, None, None)]

    def execute(cursor: Cursor, statement: str, params: Any = ()) -> None:
        answer(cursor, statement, params)
        if "FROM qna" in statement:
            cursor.description = tuple((name, 1, None, None, None, None, None) for name in "abcd")
            cursor.rows = list(rows)

    answer = Cursor.execute
    monkeypatch.setattr(Cursor, "execute", execute)
    monkeypatch.setattr(Cursor, "fetchmany", lambda cursor, size: cursor.fetchall()[:size], raising=False)
    found = run_select(URL, "SELECT a, b, c, d FROM qna", limit=limit)
    assert found.to_numpy().tolist() == [[None, 1.5, asked, 3], ["가", None, None, None]][: limit or 2]
    assert made[-1].sent[-2:] == ["ROLLBACK", "CLOSE"]


def test_hangul_in_a_query_reaches_the_server_as_unicode(made: list[Connection]) -> None:
    run_select(URL, "SELECT COUNT(*) AS 수 FROM qna WHERE topic = '요리: ' AND site = 'a' AND que = :q", {"q": "뭐"})
    assert "SELECT COUNT(*) AS 수 FROM qna WHERE topic = N'요리: ' AND site = 'a' AND que = N'뭐'" in made[-1].sent


def test_views_reach_the_server_as_they_are_written(engine: sa.Engine, made: list[Connection]) -> None:
    with engine.connect() as connection:
        views.create(connection)
    sent = made[0].sent
    assert [text for text in sent if text.startswith("CREATE VIEW")] == views.statements("mssql")
    assert any(" % 7" in text for text in sent) and not any("%%" in text for text in sent)
    assert [text for text in sent if "GRANT" in text] == views.grants()


def test_the_lock_waits_less_than_a_lease_lasts() -> None:
    assert sqlserver.LOCK_WAIT_SECONDS < 60
