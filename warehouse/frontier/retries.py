"""Rows of a crawl made due once more: after a bad day of the site, or because the user asks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.frontier.crawls import Crawl, of_crawl
from warehouse.frontier.leases import NO_LEASE
from warehouse.frontier.priorities import DEEPEST, Priority
from warehouse.frontier.twins import has_fresh_twin
from warehouse.schema.crawling import frontier

OUT_OF_WINDOW: Final = "out_of_window"
_FRESH: dict[str, Any] = {"state": "pending", "attempts": 0, "next_visit_at": None, **NO_LEASE}


def revive(engine: sa.Engine, crawl: Crawl) -> int:
    """Make rows that wait for a retry due at once, with fresh attempts: the site may be well again."""
    row = frontier.c
    waiting = sa.and_(row.state == "pending", row.next_visit_at.is_not(None), row.attempts > 0)
    return _again(engine, crawl, waiting, _FRESH)


def retry(engine: sa.Engine, crawl: Crawl, states: Sequence[str]) -> int:
    """Make rows that were set aside or are gone due at once, before all others, and give their number."""
    return _again(engine, crawl, frontier.c.state.in_(states), _FRESH | {"priority": Priority.AGAIN})


def refresh(engine: sa.Engine, crawl: Crawl, *, due_only: bool, now: datetime | None = None) -> int:
    """Make visited pages due for another look, all of them or those whose time has come, and give their number.

    A page whose time has come is passed over while another crawl of the site need not look at it again.
    """
    row = frontier.c

    def work(connection: sa.Connection) -> int:
        wanted = row.state == "done"
        if due_only:
            moment = now or database_now(connection)
            is_fresh = has_fresh_twin(connection, crawl, moment)
            wanted = sa.and_(wanted, row.next_visit_at <= moment, sa.not_(is_fresh))
        is_text = row.kind.in_(("question", "thread"))
        place = sa.case(
            (is_text, Priority.REFRESHED),
            (row.depth < DEEPEST, Priority.LIST + row.depth),
            else_=Priority.LIST + DEEPEST,
        )
        again = sa.update(frontier).where(of_crawl(crawl), wanted).values(_FRESH | {"priority": place})
        return connection.execute(again).rowcount

    return in_transaction(engine, work)


def want_days(engine: sa.Engine, crawl: Crawl, since: date | None, until: date | None) -> int:
    """Make pages due that an earlier run passed over because of the days it wanted, and that these days take in."""
    row = frontier.c
    wanted = sa.and_(row.state == "done", row.reason_code == OUT_OF_WINDOW)
    # Their reason begins with the day, as YYYY-MM-DD: such text stands in the order of the days.
    if since is not None:
        wanted = sa.and_(wanted, row.reason >= since.isoformat())
    if until is not None:
        wanted = sa.and_(wanted, row.reason < (until + timedelta(days=1)).isoformat())
    return _again(engine, crawl, wanted, _FRESH | {"priority": Priority.AGAIN})


def _again(engine: sa.Engine, crawl: Crawl, wanted: sa.ColumnElement[bool], values: dict[str, Any]) -> int:
    statement = sa.update(frontier).where(of_crawl(crawl), wanted).values(values)
    return in_transaction(engine, lambda connection: connection.execute(statement).rowcount)
