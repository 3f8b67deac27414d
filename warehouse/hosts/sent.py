"""The ledger of requests read back, host by host in the order of sending: the proof of politeness."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from warehouse.errors import Misuse
from warehouse.hosts.pauses import Pause
from warehouse.hosts.robots import RobotsRow
from warehouse.schema.columns import load
from warehouse.schema.hosts import pause, request, robots

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class SentRow:
    """One request as the ledger holds it."""

    request_id: int
    load_id: int
    robots_id: int | None
    host: str
    url: str
    sent_at: datetime
    elapsed_seconds: float | None
    gap_seconds: float
    retry_after_seconds: float | None
    status: int | None
    page_kind: str | None
    user_agent: str | None

    @property
    def answered_at(self) -> datetime:
        """When its answer was there, or was given up."""
        return self.sent_at + timedelta(seconds=self.elapsed_seconds or 0.0)


def read_sent(engine: sa.Engine) -> Iterator[SentRow]:
    """Every request, host after host, each host's in the order of sending."""
    columns = [request.c[name] for name in SentRow.__slots__]
    query = sa.select(*columns).order_by(request.c.host, request.c.sent_at, request.c.request_id)
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
            yield SentRow(*row)


def read_pauses(engine: sa.Engine) -> dict[str, list[Pause]]:
    """Every pause by host, in the order of beginning."""
    columns = (pause.c.host, *(pause.c[name] for name in Pause.__slots__))
    found: dict[str, list[Pause]] = {}
    with engine.connect() as connection:
        for host, *facts in connection.execute(sa.select(*columns).order_by(pause.c.begins_at)):
            found.setdefault(host, []).append(Pause(*facts))
    return found


def read_robots(engine: sa.Engine) -> dict[int, RobotsRow]:
    """Every robots.txt that was kept, by its number."""
    query = sa.select(*(robots.c[name] for name in RobotsRow.__slots__))
    with engine.connect() as connection:
        return {row.robots_id: RobotsRow(*row) for row in connection.execute(query)}


def require_load(engine: sa.Engine, load_id: int) -> None:
    """Pass only for a load that is in the ledger.

    Raises:
        Misuse: there is none of that number.
    """
    with engine.connect() as connection:
        if connection.execute(sa.select(load.c.load_id).where(load.c.load_id == load_id)).first() is None:
            raise Misuse(f"no load {load_id} in this warehouse; mundap status lists the newest")
