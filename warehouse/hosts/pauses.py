"""Pauses: times in which nothing is sent to a host, in force on its row and kept for ever as proof."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from warehouse.connect import database_now
from warehouse.schema.hosts import host as hosts
from warehouse.schema.hosts import pause as pauses

# What the pause is by, the weakest first: a stop is never weakened to a wait that comes after it.
_STRENGTH: Final = ("wait", "rest", "stop")


@dataclass(frozen=True, slots=True)
class Pause:
    """`kind`: "wait" (Retry-After), "rest" (refusals in a row) or "stop" (captcha, block, login)."""

    kind: str
    begins_at: datetime
    until: datetime
    why: str
    lifted_at: datetime | None = None
    lifted_why: str | None = None

    @property
    def ends_at(self) -> datetime:
        """When it ended: at its time, or when somebody lifted it with a reason on record."""
        is_lifted = self.lifted_at is not None and bool((self.lifted_why or "").strip())
        return min(self.until, self.lifted_at) if is_lifted and self.lifted_at else self.until


@dataclass(frozen=True, slots=True)
class HostState:
    """One host as it stands: the pause in force, and the gap that it forced on us."""

    host: str
    pause: Pause | None
    slow_gap_seconds: float
    refusals: int


def pause_in_force(row: Any, moment: datetime) -> Pause | None:
    """The pause that a row of `host` is in at `moment`."""
    if row.slowed_until is None or row.slowed_until <= moment:
        return None
    return Pause(row.slowed_how or "wait", moment, row.slowed_until, row.slowed_why or "")


def paused_values(row: Any, changed: dict[str, Any], pause: Pause) -> dict[str, Any]:
    """What a new pause changes on a host's row, `changed` being what this transaction changes already.

    A longer pause that is in force stays, and so does a stronger kind.
    """
    until = changed.get("slowed_until") or (row.slowed_until if row is not None else None)
    how = changed.get("slowed_how") or (row.slowed_how if row is not None else None)
    is_longest = until is None or until <= pause.until
    strongest = (
        max((how or "wait", pause.kind), key=_STRENGTH.index) if until and until > pause.begins_at else pause.kind
    )
    values: dict[str, Any] = {"slowed_how": strongest}
    return values | {"slowed_until": pause.until, "slowed_why": pause.why} if is_longest else values


def record_pause(connection: sa.Connection, host: str, pause: Pause, load_id: int | None) -> None:
    """Write a pause into the ledger."""
    values = {"begins_at": pause.begins_at, "until": pause.until, "why": pause.why, "load_id": load_id}
    connection.execute(sa.insert(pauses).values(host=host, kind=pause.kind, **values))


def read_hosts(engine: sa.Engine) -> list[HostState]:
    """Every host that was ever asked, by name."""
    with engine.connect() as connection:
        moment = database_now(connection)
        rows = connection.execute(sa.select(hosts).order_by(hosts.c.host)).all()
    return [
        HostState(row.host, pause_in_force(row, moment), row.slow_gap_seconds or 0.0, row.refusals or 0) for row in rows
    ]
