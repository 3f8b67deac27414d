"""What a connection to SQL Server needs through pymssql, and locks there by name."""

from typing import Any, Final

import sqlalchemy as sa

from warehouse.errors import Busy
from warehouse.failures import LOGIN_REFUSED, NO_SUCH_DATABASE, number_of

LOCK_WAIT_SECONDS: Final = 30
_NOTHING_TO_ROLL_BACK: Final = 3903
_LONGEST_NAME: Final = 255  # of a lock's name, in UTF-16 units


def sql_server_engine(url: sa.URL) -> sa.Engine:
    """An engine for `url`, not connected yet."""
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args={"use_datetime2": True})
    sa.event.listen(engine, "do_connect", _connect)
    sa.event.listen(engine, "connect", _prepare)
    engine.dialect.do_rollback = _roll_back  # type: ignore[method-assign,assignment]
    return engine


def hold_name(connection: sa.Connection, name: str) -> None:
    """Let only one process at a time hold `name`, until the transaction of `connection` ends; on SQLite do nothing.

    SQLite needs none: its write lock keeps all others out.

    Raises:
        Busy: it took too long, or a deadlock was found.
    """
    if connection.dialect.name != "mssql":
        return
    # Asked for its answer: where it is not given, nothing is raised.
    lock = (
        "DECLARE @got INT; EXEC @got = sp_getapplock @Resource = :name, @LockMode = 'Exclusive',"
        " @LockOwner = 'Transaction'; SELECT @got AS got"
    )
    short = name[: _LONGEST_NAME // 2]
    if connection.execute(sa.text(lock), {"name": short}).scalar_one() < 0:
        raise Busy(f"another process kept the lock {short!r} too long; try again")


def _connect(dialect: Any, _record: Any, arguments: Any, named: dict[str, Any]) -> Any:
    # The server says both "no such database" (4060) and "login failed" (18456), and pymssql tells only the last. A
    # login that is let into master is not at fault.
    try:
        return dialect.connect(*arguments, **named)
    except dialect.dbapi.Error as error:
        if number_of(error) != LOGIN_REFUSED or not named.get("database"):
            raise
        try:
            dialect.connect(*arguments, **named | {"database": "master"}).close()
        except dialect.dbapi.Error:
            raise error from None
        raise dialect.dbapi.OperationalError(NO_SUCH_DATABASE, f"no database {named['database']}") from error


def _prepare(connection: Any, _record: Any) -> None:
    # Without XACT_ABORT a failed statement leaves the rest of the batch running; without LOCK_TIMEOUT a forgotten
    # transaction of somebody else's is waited for without end. An event, because overriding pymssql's conn_properties
    # drops the ANSI options that filtered indexes need.
    with connection.cursor() as cursor:
        cursor.execute(f"SET XACT_ABORT ON; SET LOCK_TIMEOUT {LOCK_WAIT_SECONDS * 1000}")
    connection.commit()


def _roll_back(connection: Any) -> None:
    """Roll back, also where the server has done it already.

    pymssql (2.4.6, `Connection.rollback`) knows that case by the English text of the message. With another language
    it raises, and leaves a connection that commits each statement by itself.
    """
    try:
        connection.rollback()
    except Exception as error:
        if number_of(error) != _NOTHING_TO_ROLL_BACK:
            raise
        with connection.cursor() as cursor:
            cursor.execute("BEGIN TRAN")
