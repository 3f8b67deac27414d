"""How frontier rows are leased: which are due, in what order, and to whom they are given."""

import functools
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from warehouse.frontier.crawls import OF_CRAWL, Crawl, named
from warehouse.frontier.holders import is_gone
from warehouse.frontier.leases import NO_LEASE, Claim
from warehouse.frontier.priorities import DEEPEST, FEW_QUESTIONS, KNOWN, Priority, Span, spans
from warehouse.schema.crawling import frontier

_SKIP_LOCKED = "WITH (UPDLOCK, READPAST, ROWLOCK)"


@dataclass(frozen=True, slots=True)
class Wish:
    """What one claim asks for: up to `n` rows for `holder` until a moment, within the limits of the crawl."""

    holder: str
    n: int
    now: datetime
    until: datetime
    max_depth: int | None = None


def claimable(row: Any) -> sa.ColumnElement[bool]:
    """The condition that a row may be leased at once (after `wake`)."""
    return sa.and_(row.state == "pending", row.next_visit_at.is_(None))


_ROW = frontier.c
_LEASED = sa.and_(OF_CRAWL, _ROW.state == "leased")
_HOLDERS = sa.select(_ROW.leased_by, sa.func.min(_ROW.lease_until)).where(_LEASED).group_by(_ROW.leased_by)
_AWAITED = (
    sa.update(frontier)
    .where(OF_CRAWL, _ROW.state == "pending", _ROW.next_visit_at <= sa.bindparam("now"))
    .values(next_visit_at=None)
    .with_hint(_SKIP_LOCKED, dialect_name="mssql")
)
_FREE = (
    sa.update(frontier)
    .where(_LEASED, _ROW.leased_by == sa.bindparam("lost_by"), _ROW.lease_until <= sa.bindparam("lost_until"))
    .values(state="pending", next_visit_at=None, **NO_LEASE)
    .with_hint(_SKIP_LOCKED, dialect_name="mssql")
)
_FEW = (
    sa.select(_ROW.frontier_id)
    .where(OF_CRAWL, claimable(_ROW), _ROW.priority.between(Priority.QUESTION, Priority.QUESTION + DEEPEST))
    .limit(FEW_QUESTIONS)
)
_COUNT_FEW = sa.select(sa.func.count()).select_from(_FEW.subquery())
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


def wake(connection: sa.Connection, crawl: Crawl, now: datetime) -> None:
    """Make claimable what may be claimed by now: rows whose wait is over, whose lease ended or whose holder is gone.

    A claimable row is pending and waits for no moment, so that the claim itself is one walk of an index.
    """
    connection.execute(_AWAITED, named(crawl) | {"now": now})
    for holder, earliest in connection.execute(_HOLDERS, named(crawl)).all():
        lost_until = _FOR_EVER if is_gone(holder, is_at_stake=True) else now
        if earliest <= lost_until:
            connection.execute(_FREE, named(crawl) | {"lost_by": holder, "lost_until": lost_until})


def take(connection: sa.Connection, crawl: Crawl, wish: Wish, left: int | None) -> list[Claim]:
    """Lease claimable rows, at most `left` of them for a first visit, in the caller's transaction."""
    few = connection.execute(_COUNT_FEW, named(crawl)).scalar_one() < FEW_QUESTIONS
    order = spans(wish.max_depth, lists_first=few)
    if left is None or left >= wish.n:
        return _lease(connection, crawl, wish, order, wish.n)
    known = _lease(connection, crawl, wish, KNOWN, wish.n)
    return known + _lease(connection, crawl, wish, order, min(left, wish.n - len(known)))


@functools.cache
def claim_statement(n: int) -> Any:
    """The UPDATE that leases up to `n` rows of a span; on SQL Server UPDATE TOP … OUTPUT that skips locked rows."""
    # A subquery rather than a CTE: through a CTE the tried server ignored READPAST and waited.
    row = frontier.alias("waiting")
    chosen = (
        sa.select(row.c.frontier_id)
        .where(*(row.c[name] == sa.bindparam(f"of_{name}") for name in ("site", "topic", "origin")))
        .where(claimable(row.c), row.c.priority.between(sa.bindparam("low"), sa.bindparam("high")))
        .order_by(row.c.priority, row.c.frontier_id)
        .limit(n)
        .with_hint(row, _SKIP_LOCKED, "mssql")
    )
    return (
        sa.update(frontier)
        .prefix_with(f"TOP ({n})", dialect="mssql")
        .with_hint(_SKIP_LOCKED, dialect_name="mssql")
        .where(frontier.c.frontier_id.in_(chosen), claimable(frontier.c))
        .values(state="leased", attempts=frontier.c.attempts + 1)
        .returning(*frontier.c)
    )


def _lease(connection: sa.Connection, crawl: Crawl, wish: Wish, order: Sequence[Span], n: int) -> list[Claim]:
    values = {"lease_token": secrets.token_hex(16), "leased_by": wish.holder, "lease_until": wish.until}
    claims: list[Claim] = []
    for low, high in order:
        if len(claims) >= n:
            break
        asked = values | named(crawl) | {"low": low, "high": high}
        rows = connection.execute(claim_statement(n - len(claims)), asked).mappings().all()
        claims += [_claim(row) for row in sorted(rows, key=lambda row: (row["priority"], row["frontier_id"]))]
    return claims


def _claim(row: Any) -> Claim:
    return Claim(
        id=row["frontier_id"],
        key=row["address_key"],
        form=tuple((name, value) for name, value in json.loads(row["form"])),
        **{name: row[name] for name in ("url", "kind", "referer", "depth", "lease_token", "attempts")},
        **{name: row[name] for name in ("etag", "last_modified")},
        is_again=any(low <= row["priority"] <= high for low, high in KNOWN),
    )
