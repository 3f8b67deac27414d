"""Politeness towards a host, kept across processes: whose turn it is to send, and how fast the host bears it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.hosts.ledger import RequestRow, write_request
from warehouse.hosts.pauses import HostState, Pause, pause_in_force, paused_values, record_pause
from warehouse.hosts.slowing import grown_gap, rest_seconds, shrunk_gap
from warehouse.schema.crawling import host as hosts

LOCKED = "WITH (UPDLOCK, HOLDLOCK)"
T = TypeVar("T")
# Made once: every request runs them.
_OF_HOST = hosts.c.host == sa.bindparam("of_host")
_SELECT = sa.select(hosts).where(_OF_HOST)
_SELECT_LOCKED = _SELECT.with_hint(hosts, LOCKED, "mssql")
_INSERT = sa.insert(hosts)
_UPDATE = sa.update(hosts).where(_OF_HOST)

# A turn is on record before its request leaves; what the commit takes must not shorten the gap seen by the server.
_COMMIT = timedelta(seconds=0.05)
# After a rest one request goes alone; where its process dies, the next may try after this long.
_TRIAL = timedelta(seconds=60)
_LOOK_AGAIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send one request now (`sent_at` is set), or how long to wait before asking again.

    `gap_seconds` is the gap in force: the crawl's own, or the larger one that the host forced on all processes.
    `pause` is set while nothing may be sent at all. `is_slowed` says that a proper answer should be reported. `entry`
    is the request's row of the ledger where it was told.
    """

    gap_seconds: float
    wait_seconds: float = 0.0
    sent_at: datetime | None = None
    pause: Pause | None = None
    is_slowed: bool = False
    entry: RequestRow | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A request about to leave, for the ledger; `waited_seconds` is what it spent waiting for its turn."""

    load_id: int
    url: str
    method: str = "GET"
    waited_seconds: float = 0.0
    robots_id: int | None = None
    page_kind: str | None = None
    user_agent: str | None = None


def take_turn(
    engine: sa.Engine,
    host: str,
    gap_seconds: float,
    *,
    leaving: Leaving | None = None,
    jitter_ratio: float = 0.0,
    now: datetime | None = None,
) -> Turn:
    """Take the right to send one request to the host, if it may be sent at this very moment.

    Two turns, of any processes, are never nearer to each other than either one's gap; jitter only adds to it. What is
    `leaving` is on record in the same transaction, so that no crash can hide it.
    """

    def work(connection: sa.Connection, row: Any, moment: datetime) -> tuple[dict[str, Any], Turn]:
        slow = (row.slow_gap_seconds or 0.0) if row is not None else 0.0
        gap = max(gap_seconds, slow)
        if row is not None and (refused := _not_now(row, moment, gap)):
            return {}, refused
        spacing = timedelta(seconds=gap * (1.0 + jitter_ratio)) + (_COMMIT if gap else timedelta())
        values: dict[str, Any] = {"last_sent_at": moment, "next_slot_at": moment + spacing}
        on_trial = row is not None and row.slowed_how in ("rest", "stop")
        if on_trial:
            values["trial_until"] = moment + _TRIAL
        is_slowed = row is not None and bool(slow or row.refusals or row.slowed_how)
        entry = _on_record(connection, leaving, host, gap, moment) if leaving else None
        return values, Turn(gap, sent_at=moment, is_slowed=is_slowed, entry=entry)

    return _locked(engine, host, now, work)


def pushed_back(
    engine: sa.Engine,
    host: str,
    gap_seconds: float,
    why: str,
    *,
    retry_after_seconds: float | None = None,
    load_id: int | None = None,
    now: datetime | None = None,
) -> HostState:
    """Slow the host down for all processes after a 429, a 5xx or no answer, and let it rest after several in a row."""

    def work(connection: sa.Connection, row: Any, moment: datetime) -> tuple[dict[str, Any], HostState]:
        slow = grown_gap(gap_seconds, (row.slow_gap_seconds or 0.0) if row is not None else 0.0)
        refusals = ((row.refusals or 0) if row is not None else 0) + 1
        values: dict[str, Any] = {"slow_gap_seconds": slow, "refusals": refusals, "trial_until": None}
        values["next_slot_at"] = max([moment + timedelta(seconds=slow), *([row.next_slot_at] if row else [])])
        pause = None
        rest = rest_seconds(gap_seconds, slow, refusals)
        for kind, seconds in (("wait", retry_after_seconds or 0.0), ("rest", rest)):
            if seconds > 0:
                pause = Pause(kind, moment, moment + timedelta(seconds=seconds), why)
                record_pause(connection, host, pause, load_id)
                values |= paused_values(row, values, pause)
        return values, HostState(host, pause, slow, refusals)

    return _locked(engine, host, now, work)


def stop_host(
    engine: sa.Engine, host: str, seconds: float, why: str, *, load_id: int | None = None, now: datetime | None = None
) -> datetime:
    """Send nothing to the host for so long, whichever process asks, and give the moment when that ends."""

    def work(connection: sa.Connection, row: Any, moment: datetime) -> tuple[dict[str, Any], datetime]:
        pause = Pause("stop", moment, moment + timedelta(seconds=seconds), why)
        record_pause(connection, host, pause, load_id)
        first = {"next_slot_at": moment} if row is None else {}
        return first | {"trial_until": None} | paused_values(row, {}, pause), pause.until

    return _locked(engine, host, now, work)


def answered(engine: sa.Engine, host: str, gap_seconds: float, *, now: datetime | None = None) -> None:
    """Let a slowed host be asked a little faster again, and end its rest: it gave a proper answer."""

    def work(_: sa.Connection, row: Any, moment: datetime) -> tuple[dict[str, Any], None]:
        if row is None:
            return {}, None
        values: dict[str, Any] = {
            "slow_gap_seconds": shrunk_gap(gap_seconds, row.slow_gap_seconds or 0.0),
            "refusals": 0,
            "trial_until": None,
        }
        # An answer that was under way when a pause began does not end it.
        if row.slowed_until is not None and row.slowed_until <= moment:
            values |= {"slowed_until": None, "slowed_why": None, "slowed_how": None}
        return values, None

    _locked(engine, host, now, work)


def blocked(engine: sa.Engine, host: str, *, now: datetime | None = None) -> Pause | None:
    """The pause in which nothing may be sent to the host, None when it may be asked."""
    with engine.connect() as connection:
        moment = now or database_now(connection)
        row = connection.execute(_SELECT, {"of_host": host}).first()
    return None if row is None else pause_in_force(row, moment)


def _not_now(row: Any, moment: datetime, gap: float) -> Turn | None:
    if pause := pause_in_force(row, moment):
        return Turn(gap, (pause.until - moment).total_seconds(), pause=pause, is_slowed=True)
    if row.trial_until is not None and row.trial_until > moment:
        return Turn(gap, _LOOK_AGAIN_SECONDS, is_slowed=True)
    earliest = row.next_slot_at
    if row.last_sent_at is not None:
        earliest = max(earliest, row.last_sent_at + timedelta(seconds=gap))
    wait = (earliest - moment).total_seconds()
    return Turn(gap, wait, is_slowed=True) if wait > 0 else None


def _on_record(connection: sa.Connection, leaving: Leaving, host: str, gap: float, moment: datetime) -> RequestRow:
    entry = RequestRow(
        url=leaving.url,
        host=host,
        sent_at=moment,
        method=leaving.method,
        waited_seconds=leaving.waited_seconds,
        gap_seconds=gap,
        robots_id=leaving.robots_id,
        page_kind=leaving.page_kind,
        user_agent=leaving.user_agent,
    )
    return replace(entry, request_id=write_request(connection, leaving.load_id, entry))


def _locked(
    engine: sa.Engine,
    host: str,
    now: datetime | None,
    change: Callable[[sa.Connection, Any, datetime], tuple[dict[str, Any], T]],
) -> T:
    def work(connection: sa.Connection) -> T:
        row = connection.execute(_SELECT_LOCKED, {"of_host": host}).first()
        values, answer = change(connection, row, now or database_now(connection))
        if row is None:
            connection.execute(_INSERT, {"host": host, **values})
        elif values:
            connection.execute(_UPDATE, {"of_host": host, **values})
        return answer

    return in_transaction(engine, work)
