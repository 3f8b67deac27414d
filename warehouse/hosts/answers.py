"""What an answer does to its host, for all processes: it slows down, rests, stops, or is asked faster again."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from warehouse.hosts.locked import change_host
from warehouse.hosts.pauses import HostState, Pause, paused_values, record_pause
from warehouse.hosts.slowing import grown_gap, rest_seconds, shrunk_gap


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

    return change_host(engine, host, now, work)


def stop_host(
    engine: sa.Engine, host: str, seconds: float, why: str, *, load_id: int | None = None, now: datetime | None = None
) -> datetime:
    """Send nothing to the host for so long, whichever process asks, and give the moment when that ends."""

    def work(connection: sa.Connection, row: Any, moment: datetime) -> tuple[dict[str, Any], datetime]:
        pause = Pause("stop", moment, moment + timedelta(seconds=seconds), why)
        record_pause(connection, host, pause, load_id)
        first = {"next_slot_at": moment} if row is None else {}
        return first | {"trial_until": None} | paused_values(row, {}, pause), pause.until

    return change_host(engine, host, now, work)


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

    change_host(engine, host, now, work)
