"""What a crawl may still expect: a row to claim now, one to wait for, or nothing."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.frontier.budgets import spent
from warehouse.frontier.crawls import Crawl, of_crawl
from warehouse.frontier.priorities import KNOWN, Span, spans
from warehouse.frontier.taking import claimable
from warehouse.schema.crawling import frontier


@dataclass(frozen=True, slots=True)
class Due:
    """When the next row may be claimed; `is_held` where a process has it under lease until then."""

    at: datetime
    is_held: bool


def next_due(
    engine: sa.Engine,
    crawl: Crawl,
    *,
    max_pages: int | None = None,
    max_depth: int | None = None,
    now: datetime | None = None,
) -> Due | None:
    """When a claim within these limits may next bring something, None where none ever will."""

    def work(connection: sa.Connection) -> Due | None:
        # Pages under lease count: while they use a budget up, only their holders can free it again.
        is_spent = max_pages is not None and spent(connection, crawl) >= max_pages
        wanted = KNOWN if is_spent else spans(max_depth, lists_first=False)
        if any(_has_claimable(connection, crawl, span) for span in wanted):
            return Due(now or database_now(connection), is_held=False)
        row = frontier.c
        inside = sa.or_(*(row.priority.between(*span) for span in wanted))
        waits = (Due(at, is_held=False) for at in _earliest(connection, crawl, "pending", row.next_visit_at, inside))
        leases = (Due(at, is_held=True) for at in _earliest(connection, crawl, "leased", row.lease_until, sa.true()))
        return min((*waits, *leases), key=lambda due: due.at, default=None)

    return in_transaction(engine, work)


def _has_claimable(connection: sa.Connection, crawl: Crawl, span: Span) -> bool:
    row = frontier.c
    query = sa.select(row.frontier_id).where(of_crawl(crawl), claimable(row), row.priority.between(*span)).limit(1)
    return connection.execute(query).first() is not None


def _earliest(
    connection: sa.Connection, crawl: Crawl, state: str, moment: sa.Column[datetime], inside: sa.ColumnElement[bool]
) -> list[datetime]:
    wanted = sa.and_(of_crawl(crawl), frontier.c.state == state, moment.is_not(None), inside)
    earliest = connection.execute(sa.select(sa.func.min(moment)).where(wanted)).scalar_one()
    return [] if earliest is None else [earliest]
