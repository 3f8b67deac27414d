"""Politeness towards a host, kept across processes: whose turn it is to send."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from warehouse.connect import database_now
from warehouse.hosts.ledger import RequestRow, write_request
from warehouse.hosts.locked import change_host, host_row
from warehouse.hosts.pauses import Pause, pause_in_force

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

    return change_host(engine, host, now, work)


def blocked(engine: sa.Engine, host: str, *, now: datetime | None = None) -> Pause | None:
    """The pause in which nothing may be sent to the host, None when it may be asked."""
    with engine.connect() as connection:
        moment = now or database_now(connection)
        row = host_row(connection, host)
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
