"""What is still to fetch, shared by any number of processes through leases.

A lease ends by the database's clock, by its release, or when its holder on this host is gone. Whatever is
written for a leased row carries the lease's token and fails with `LeaseLost` when another process took it over
(`warehouse.pages.visits`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.frontier.budgets import spent
from warehouse.frontier.crawls import Crawl, of_crawl
from warehouse.frontier.leases import NO_LEASE, Claim, held
from warehouse.frontier.links import add_links
from warehouse.frontier.taking import Wish, take, wake
from warehouse.frontier.twins import others_of, sort_out
from warehouse.records.pages import Link
from warehouse.schema.crawling import frontier


@dataclass(frozen=True, slots=True)
class FrontierCounts:
    """Rows of one crawl by state."""

    pending: int = 0
    leased: int = 0
    done: int = 0
    gone: int = 0
    set_aside: int = 0


def enqueue(
    where: sa.Engine | sa.Connection,
    crawl: Crawl,
    links: Sequence[tuple[str, Link, int]],
    *,
    referer: str | None = None,
    load_id: int | None = None,
    now: datetime | None = None,
) -> int:
    """Add (key, link, depth) rows, each key once a crawl, and give the number of new ones.

    A list page done earlier becomes due again when its time of revisit has come.
    """

    def work(connection: sa.Connection) -> int:
        return add_links(connection, crawl, links, referer, load_id, now or database_now(connection))

    return work(where) if isinstance(where, sa.Connection) else in_transaction(where, work)


def claim(
    engine: sa.Engine,
    crawl: Crawl,
    *,
    holder: str,
    n: int = 1,
    lease_seconds: float = 60,
    max_pages: int | None = None,
    max_depth: int | None = None,
    began_at: datetime | None = None,
    now: datetime | None = None,
) -> list[Claim]:
    """Lease up to `n` rows that are due, in the order of `warehouse.frontier.priorities`.

    The crawl visits no more than `max_pages` pages (one visited before does not count again) and no page that is more
    than `max_depth` links away from a seed. Pages that another crawl of the site has are named so on their claim
    (`warehouse.frontier.twins`); `began_at` is when the run began.
    """

    def work(connection: sa.Connection) -> list[Claim]:
        moment = now or database_now(connection)
        wake(connection, crawl, moment)
        left = None if max_pages is None else max(max_pages - spent(connection, crawl), 0)
        wish = Wish(holder, n, moment, moment + timedelta(seconds=lease_seconds), max_depth)
        others = others_of(connection, crawl, began_at)
        return sort_out(connection, crawl, take(connection, crawl, wish, left), others, moment)

    return in_transaction(engine, work)


def renew(engine: sa.Engine, claims: Sequence[Claim], lease_seconds: float = 60, *, now: datetime | None = None) -> int:
    """Lengthen the leases, counted from now, and give the number of those still held."""

    def work(connection: sa.Connection) -> int:
        until = (now or database_now(connection)) + timedelta(seconds=lease_seconds)
        return sum(_update(connection, row, {"lease_until": until}) for row in claims)

    return in_transaction(engine, work)


def release(engine: sa.Engine, claims: Sequence[Claim]) -> None:
    """Give rows back untried; those that another process holds by now are left to it."""
    values = {"state": "pending", "attempts": frontier.c.attempts - 1, **NO_LEASE}
    in_transaction(engine, lambda connection: sum(_update(connection, row, values) for row in claims))


def counts(engine: sa.Engine, crawl: Crawl) -> FrontierCounts:
    """How many rows of the crawl stand in each state."""
    query = sa.select(frontier.c.state, sa.func.count().label("n")).where(of_crawl(crawl)).group_by(frontier.c.state)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return FrontierCounts(**{row.state: row.n for row in rows})


def _update(connection: sa.Connection, row: Claim, values: dict[str, Any]) -> int:
    return connection.execute(sa.update(frontier).where(held(row)).values(values)).rowcount
