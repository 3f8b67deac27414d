"""Opening a warehouse, and the transactions in which everything is written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import tenacity

from warehouse import revisions, views
from warehouse.addresses import warehouse_url
from warehouse.errors import Misuse, MundapError, Transient, Unready
from warehouse.failures import LOST, as_ours, named, number_of, translated
from warehouse.queries.reading import connect_to_read
from warehouse.sqlserver import hold_name, sql_server_engine
from warehouse.waiting import say_that_it_waits

T = TypeVar("T")

BUSY_SECONDS = 10
_WRITES = "mundap_writes"


class LeaseLost(Transient):
    """Another process took the lease over; what this one holds must not be written."""


def open_warehouse(url: str, *, create: bool = False, read_only: bool = False) -> sa.Engine:
    """An engine on the warehouse at `url`, its schema checked.

    With `create` it is made where it is missing and migrated where it is older than the code. With `read_only` an
    SQLite file is opened where nothing can be written, too.

    Raises:
        Misuse: `url` is no database URL, or of an engine other than SQLite and SQL Server.
        Unready: missing, empty, older (without `create`), newer than the code, another program's, unreachable or
            damaged.
    """
    parsed = warehouse_url(url)
    if parsed.get_backend_name() == "sqlite":
        _prepare_file(parsed, create)
    engine = _engine(parsed, read_only)
    try:
        with translated(parsed):
            if create:
                _bring_to_head(engine)
            else:
                revisions.require_head(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One writing transaction: committed at the end, rolled back on any error.

    On SQLite it takes the write lock at once, so that what is read inside stays true until it is written.

    Raises:
        Transient: locked, deadlock, lost connection.
        Unready: disk full, read-only, login or database missing.
    """
    with translated(engine.url), engine.connect() as connection:
        connection = connection.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


def in_transaction(engine: sa.Engine, work: Callable[[sa.Connection], T]) -> T:
    """Do `work` in one transaction, the whole of it again after a transient failure (six tries, up to 2 s apart).

    A lost lease is not tried again: it cannot come back.
    """

    def once() -> T:
        with transaction(engine) as connection:
            return work(connection)

    return _RETRY(once)


def database_now(connection: sa.Connection) -> datetime:
    """The database's own clock, so that processes on several machines agree; aware UTC."""
    if connection.dialect.name == "mssql":
        moment: datetime = connection.exec_driver_sql("SELECT SYSUTCDATETIME()").scalar_one()
        return moment.replace(tzinfo=UTC)
    # SQLite runs in this process: its clock is this machine's, but it tells milliseconds only.
    return datetime.now(UTC)


def _retryable(error: BaseException) -> bool:
    return isinstance(error, Transient) and not isinstance(error, LeaseLost)


def _tell_wait(state: tenacity.RetryCallState) -> None:
    say_that_it_waits(state.outcome.exception() if state.outcome else None, state.seconds_since_start or 0.0)


_RETRY = tenacity.Retrying(
    retry=tenacity.retry_if_exception(_retryable),
    stop=tenacity.stop_after_attempt(6),
    wait=tenacity.wait_random_exponential(multiplier=0.05, max=2),
    before_sleep=_tell_wait,
    reraise=True,
)


def _bring_to_head(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        if revisions.found(connection) == revisions.head():
            revisions.require_whole(connection)
            if not views.are_stale(connection):
                return
    from warehouse.migrate import upgrade  # loads Alembic, which only a migration needs

    with transaction(engine) as connection:
        hold_name(connection, "schema of Mundap")
        # Asked again under the lock: another process may have migrated meanwhile.
        if revisions.found(connection) != revisions.head() or views.are_stale(connection):
            revisions.require_room(connection)
            upgrade(connection)


def _prepare_file(url: sa.URL, create: bool) -> None:
    if not url.database or url.database == ":memory:":
        raise Misuse("a warehouse needs a file; write sqlite:///path/to/warehouse.db")
    path = Path(url.database)
    if create:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unready(f"the folder {path.parent} cannot be made ({error.strerror}); give another path") from error
    elif not path.is_file() or path.stat().st_size == 0:
        raise Unready(f"no warehouse at {path}; run `mundap init`")


def _engine(url: sa.URL, read_only: bool) -> sa.Engine:
    engine = sql_server_engine(url) if url.get_backend_name() == "mssql" else _sqlite_engine(url, read_only)
    # Readers too get our errors, without a word in each of them.
    sa.event.listen(engine, "handle_error", _told)
    return engine


def _told(context: sa.ExceptionContext) -> MundapError | None:
    if number_of(context.original_exception) in LOST:
        context.is_disconnect = True
    # A ping that fails is no failure: the pool connects anew.
    if context.is_pre_ping or context.engine is None:
        return None
    return as_ours(context.sqlalchemy_exception or context.original_exception, context.engine.url)


def _sqlite_engine(url: sa.URL, read_only: bool) -> sa.Engine:
    if read_only:
        # The given engine keeps its URL, which messages name.
        engine = sa.create_engine(
            url, creator=partial(connect_to_read, Path(url.database or ""), wait_seconds=BUSY_SECONDS)
        )
        sa.event.listen(engine, "connect", _leave_begin_to_us)
    else:
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _leave_begin_to_us(connection: Any, _record: Any) -> None:
    # The sqlite3 module's own BEGIN comes too late (before the first write), so that it is taken out of its hands.
    connection.isolation_level = None


def _prepare_sqlite(connection: Any, record: Any) -> None:
    _leave_begin_to_us(connection, record)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


__all__ = ["BUSY_SECONDS", "LeaseLost", "database_now", "in_transaction", "named", "open_warehouse", "transaction"]
