"""How frontier rows are leased: which are due, in what order, and to whom they are given."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from warehouse.holders import is_gone
from warehouse.schema.crawling import frontier

FEW_QUESTIONS = 20
# For statements that are made once: making one costs several times what executing it does.
HELD = sa.and_(frontier.c.frontier_id == sa.bindparam("held_id"), frontier.c.lease_token == sa.bindparam("held_token"))
NO_LEASE: dict[str, Any] = {"lease_token": None, "leased_by": None, "lease_until": None}
_SKIP_LOCKED = "WITH (UPDLOCK, READPAST, ROWLOCK)"


@dataclass(frozen=True, slots=True)
class Crawl:
    """Identity of one crawl: `topic` is empty when there is none, `origin` is the scheme and host really fetched."""

    site: str
    topic: str
    origin: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One leased frontier row. `attempts` counts this lease; `form` holds the fields of a POST."""

    id: int
    key: str
    url: str
    kind: str
    form: tuple[tuple[str, str], ...]
    referer: str | None
    depth: int
    lease_token: str
    attempts: int
    etag: str | None
    last_modified: str | None


def of_crawl(crawl: Crawl) -> sa.ColumnElement[bool]:
    """The condition that a frontier row belongs to the crawl."""
    row = frontier.c
    return sa.and_(row.site == crawl.site, row.topic == crawl.topic, row.origin == crawl.origin)


def held(claim: Claim) -> sa.ColumnElement[bool]:
    """The condition that a frontier row is still leased under the claim's token."""
    return sa.and_(frontier.c.frontier_id == claim.id, frontier.c.lease_token == claim.lease_token)


def held_by(claim: Claim) -> dict[str, Any]:
    """The parameters with which `HELD` is the condition `held(claim)`."""
    return {"held_id": claim.id, "held_token": claim.lease_token}


def take(
    connection: sa.Connection,
    crawl: Crawl,
    holder: str,
    n: int,
    now: datetime,
    until: datetime,
    max_pages: int | None,
) -> list[Claim]:
    """Lease up to `n` due rows until `until`, in the caller's transaction."""
    _free_dead(connection, crawl, now)
    if max_pages is not None:
        n = min(n, max_pages - _spent(connection, crawl, now))
    if n <= 0:
        return []
    lists_first = _questions_waiting(connection, crawl, now) < FEW_QUESTIONS
    token = secrets.token_hex(16)
    statement = claim_statement(crawl, n, now, lists_first=lists_first)
    values = {"state": "leased", "lease_token": token, "leased_by": holder, "lease_until": until}
    rows = connection.execute(statement.values(**values, attempts=frontier.c.attempts + 1)).mappings().all()
    claims = [_claim(row) for row in rows]
    return sorted(claims, key=lambda row: ((row.kind == "question") == lists_first, row.id))


def claim_statement(crawl: Crawl, n: int, now: datetime, *, lists_first: bool) -> Any:
    """The UPDATE that leases; on SQL Server UPDATE TOP … OUTPUT that skips rows locked by another claim."""
    # A subquery rather than a CTE: through a CTE the tried server ignored READPAST and waited.
    row = frontier.alias("waiting")
    question_last = sa.case((row.c.kind == "question", int(lists_first)), else_=int(not lists_first))
    chosen = (
        sa.select(row.c.frontier_id)
        .where(row.c.site == crawl.site, row.c.topic == crawl.topic, row.c.origin == crawl.origin, _due(row.c, now))
        .order_by(question_last, row.c.frontier_id)
        .limit(n)
        .with_hint(row, _SKIP_LOCKED, "mssql")
    )
    return (
        sa.update(frontier)
        .prefix_with(f"TOP ({n})", dialect="mssql")
        .with_hint(_SKIP_LOCKED, dialect_name="mssql")
        .where(frontier.c.frontier_id.in_(chosen), _due(frontier.c, now))
        .returning(*frontier.c)
    )


def _due(row: Any, now: datetime) -> sa.ColumnElement[bool]:
    waiting = sa.and_(row.state == "pending", sa.or_(row.next_visit_at.is_(None), row.next_visit_at <= now))
    return sa.or_(waiting, sa.and_(row.state == "leased", row.lease_until <= now))


def _spent(connection: sa.Connection, crawl: Crawl, now: datetime) -> int:
    if connection.dialect.name == "mssql":
        # Two claims must not count the same budget; SQLite's write lock sees to it there.
        name = f"budget {crawl.site} {crawl.topic} {crawl.origin}"[:255]
        lock = "EXEC sp_getapplock @Resource = :name, @LockMode = 'Exclusive', @LockOwner = 'Transaction'"
        connection.execute(sa.text(lock), {"name": name})
    row = frontier.c
    live = sa.and_(row.state == "leased", row.lease_until > now)
    query = sa.select(sa.func.count()).where(of_crawl(crawl), sa.or_(row.visited_at.is_not(None), live))
    return int(connection.execute(query).scalar_one())


def _questions_waiting(connection: sa.Connection, crawl: Crawl, now: datetime) -> int:
    few = sa.select(frontier.c.frontier_id).where(of_crawl(crawl), frontier.c.kind == "question", _due(frontier.c, now))
    counted = sa.select(sa.func.count()).select_from(few.limit(FEW_QUESTIONS).subquery())
    return int(connection.execute(counted).scalar_one())


def _free_dead(connection: sa.Connection, crawl: Crawl, now: datetime) -> None:
    live = sa.and_(of_crawl(crawl), frontier.c.state == "leased", frontier.c.lease_until > now)
    holders: Sequence[str] = connection.execute(sa.select(frontier.c.leased_by).where(live).distinct()).scalars().all()
    for holder in filter(is_gone, holders):
        freed = sa.update(frontier).where(live, frontier.c.leased_by == holder)
        connection.execute(freed.values(state="pending", **NO_LEASE))


def _claim(row: Any) -> Claim:
    return Claim(
        id=row["frontier_id"],
        key=row["address_key"],
        form=tuple((name, value) for name, value in json.loads(row["form"])),
        **{name: row[name] for name in ("url", "kind", "referer", "depth", "lease_token", "attempts")},
        **{name: row[name] for name in ("etag", "last_modified")},
    )
