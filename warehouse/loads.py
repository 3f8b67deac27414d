"""The ledger of loads: every row names the load that it came by."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.errors import Misuse
from warehouse.frontier.holders import is_gone, this_process
from warehouse.schema.columns import OUTCOMES, load
from warehouse.schema.crawling import frontier, page
from warehouse.schema.hosts import request

_BROKEN_OFF: Final = "broken off"
_KILLED: Final = "its process ended without writing why, as after kill -9 or with a full disk"
_UNHEARD: Final = "its process, on another machine, has sent nothing for an hour and holds no lease"
_UNHEARD_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch of rows; `questions` counts the new rows that are questions."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    questions: int = 0

    def __add__(self, other: "Stored") -> "Stored":
        return Stored(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.questions + other.questions,
        )


@dataclass(frozen=True, slots=True)
class Load:
    """One load; `ended_at` is None while it runs, or for ever when it was killed ("broken off")."""

    load_id: int
    command: str
    settings_sha256: str
    code_version: str
    holder: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    reason: str | None
    counts: Mapping[str, int]


def begin_load(engine: sa.Engine, command: str, settings_sha256: str, code_version: str) -> int:
    """Open a load and give its number; those of processes on this host that were killed are settled first."""

    def work(connection: sa.Connection) -> int:
        _settle(connection)
        row = {
            "command": command,
            "settings_sha256": settings_sha256,
            "code_version": code_version,
            "holder": this_process(),
            "started_at": database_now(connection),
            "outcome": "running",
            "counts": "{}",
        }
        return int(connection.execute(sa.insert(load).values(row).returning(load.c.load_id)).scalar_one())

    return in_transaction(engine, work)


def end_load(engine: sa.Engine, load_id: int, outcome: str, counts: Mapping[str, int]) -> None:
    """Close a load as "done", "incomplete", "stopped", "failed" or "broken off", with its counts.

    The reason may follow the outcome after a colon: "failed: no disk space left".

    Raises:
        Misuse: another outcome, or no such load.
    """
    ending, _, reason = outcome.partition(": ")
    if ending not in OUTCOMES:
        raise Misuse(f"a load cannot end as {ending!r}; write one of {', '.join(OUTCOMES[1:])}")

    def work(connection: sa.Connection) -> int:
        values = {
            "ended_at": database_now(connection),
            "outcome": ending,
            "reason": reason or None,
            "counts": _as_text(counts),
        }
        return connection.execute(sa.update(load).where(load.c.load_id == load_id).values(values)).rowcount

    if not in_transaction(engine, work):
        raise Misuse(f"no load {load_id} in this warehouse")


def note_counts(connection: sa.Connection, load_id: int, counts: Mapping[str, int]) -> None:
    """Write what a running load has done so far, in the transaction that does it: after a kill it still stands."""
    connection.execute(sa.update(load).where(load.c.load_id == load_id).values(counts=_as_text(counts)))


def read_loads(engine: sa.Engine, *, newest: int = 20) -> list[Load]:
    """The newest loads, newest first; one whose process is gone shows as broken off."""
    with engine.connect() as connection:
        rows = connection.execute(sa.select(load).order_by(load.c.load_id.desc()).limit(newest)).mappings().all()
        loads = [Load(**{**row, "counts": json.loads(row["counts"])}) for row in rows]
        return [_as_it_is(connection, entry) for entry in loads]


def _as_it_is(connection: sa.Connection, entry: Load) -> Load:
    end = _end_of(connection, entry.load_id, entry.holder) if entry.outcome == "running" else ""
    if not end:
        return entry
    counts = entry.counts or _counts_left_by(connection, entry.load_id)
    return replace(entry, outcome=_BROKEN_OFF, reason=end, counts=counts)


def _as_text(counts: Mapping[str, int]) -> str:
    return json.dumps(dict(counts), ensure_ascii=False, sort_keys=True)


def _settle(connection: sa.Connection) -> None:
    running = sa.select(load.c.load_id, load.c.holder, load.c.counts).where(load.c.outcome == "running")
    for row in connection.execute(running).all():
        if end := _end_of(connection, row.load_id, row.holder):
            # When it ended nobody knows, so `ended_at` stays null.
            still = sa.and_(load.c.load_id == row.load_id, load.c.outcome == "running")
            counts = json.loads(row.counts) or _counts_left_by(connection, row.load_id)
            values = {"outcome": _BROKEN_OFF, "reason": end, "counts": _as_text(counts)}
            connection.execute(sa.update(load).where(still).values(values))


def _end_of(connection: sa.Connection, load_id: int, holder: str) -> str:
    """How a running load ended, nothing while it may go on; one called lost too early writes its own end over it."""
    if is_gone(holder):
        return _KILLED
    now = database_now(connection)
    newest = sa.select(sa.func.max(request.c.sent_at)).where(request.c.load_id == load_id)
    sent_at = connection.execute(newest).scalar_one_or_none()
    is_here = holder.rsplit(":", 2)[0] == this_process().rsplit(":", 2)[0]
    if is_here or sent_at is None or sent_at > now - _UNHEARD_FOR:
        return ""
    leased = sa.select(sa.func.count()).where(frontier.c.leased_by == holder, frontier.c.lease_until > now)
    return "" if connection.execute(leased).scalar_one() else _UNHEARD


def _counts_left_by(connection: sa.Connection, load_id: int) -> dict[str, int]:
    """What a killed crawl fetched, by the pages that name its load: it writes its own counts at its end only."""
    pages = connection.execute(sa.select(sa.func.count()).where(page.c.load_id == load_id)).scalar_one()
    return {"fetched": pages} if pages else {}


def newest_start(engine: sa.Engine, load_ids: Collection[int]) -> datetime:
    """When the newest of these loads began, aware UTC.

    Raises:
        Misuse: none of them is in this warehouse.
    """
    query = sa.select(sa.func.max(load.c.load_id)).where(load.c.load_id.in_(sorted(load_ids)))
    with engine.connect() as connection:
        newest = connection.execute(query).scalar_one_or_none()
        if newest is None:
            raise Misuse("these rows name no load of this warehouse; was it copied without its `load` table?")
        started: datetime = connection.execute(
            sa.select(load.c.started_at).where(load.c.load_id == newest)
        ).scalar_one()
    return started
