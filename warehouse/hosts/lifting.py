"""Ending a stop of a host before its time, with the reason kept for ever beside it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from warehouse.hosts.locked import change_host
from warehouse.hosts.pauses import Pause, pause_in_force
from warehouse.schema.hosts import pause as pauses


def lift_stop(engine: sa.Engine, host: str, why: str, *, now: datetime | None = None) -> Pause | None:
    """End the stop that a host is in, and give it; None where it is in none. A wait that it asked for stays in force.

    One request alone then tries the host, as after a rest.
    """

    def work(connection: sa.Connection, row: Any, moment: datetime) -> tuple[dict[str, Any], Pause | None]:
        stop = None if row is None else pause_in_force(row, moment)
        if stop is None or stop.kind != "stop":
            return {}, None
        of_host = sa.and_(pauses.c.host == host, pauses.c.until > moment)
        open_stops = sa.and_(of_host, pauses.c.kind == "stop", pauses.c.lifted_at.is_(None))
        connection.execute(sa.update(pauses).where(open_stops).values(lifted_at=moment, lifted_why=why))
        waits = sa.select(pauses.c.kind, pauses.c.until, pauses.c.why).where(of_host, pauses.c.kind != "stop")
        left = connection.execute(waits.order_by(pauses.c.until.desc()).limit(1)).first()
        values: dict[str, Any] = {"slowed_until": moment, "trial_until": None}
        if left is not None:
            values |= {"slowed_how": left.kind, "slowed_until": left.until, "slowed_why": left.why}
        return values, stop

    return change_host(engine, host, now, work)
