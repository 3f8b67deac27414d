"""The same address in the frontiers of several crawls of one site: what one of them has, no other need fetch.

Each crawl keeps a row of its own for each address that its lists lead to. A page fetched for one row is known to all,
until that row is due for another look; while one row is leased, the others wait. Lists are each crawl's own, since the
links that follow from them are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from warehouse.frontier.crawls import Crawl, hash_of
from warehouse.frontier.holders import is_gone
from warehouse.frontier.leases import HELD, NO_LEASE, Claim, held_by
from warehouse.frontier.links import add_links
from warehouse.records.pages import Link
from warehouse.schema.crawling import crawl as crawls
from warehouse.schema.crawling import frontier
from warehouse.sqlserver import hold_name

KNOWN_ELSEWHERE: Final = "known"  # the reason code of a row settled without a visit
SHARED: Final = ("question", "thread")
_LOOK_AGAIN: Final = timedelta(seconds=2)  # for a page that another crawl is fetching
_ROW = frontier.c
_OTHERS = sa.select(crawls.c.topic).where(
    crawls.c.site == sa.bindparam("of_site"),
    crawls.c.origin == sa.bindparam("of_origin"),
    crawls.c.topic != sa.bindparam("of_topic"),
)
_TOLD = ("key_sha256", "frontier_id", "url", "state", "leased_by", "lease_until", "visited_at", "next_visit_at")
_TWINS = (
    sa.select(*(_ROW[name] for name in _TOLD))
    .where(
        _ROW.site == sa.bindparam("of_site"),
        _ROW.origin == sa.bindparam("of_origin"),
        _ROW.topic.in_(sa.bindparam("topics", expanding=True)),
        _ROW.key_sha256.in_(sa.bindparam("hashes", expanding=True)),
    )
    .where(sa.or_(_ROW.state == "leased", sa.and_(_ROW.state == "done", _ROW.reason_code.is_(None))))
)
_PUT_BACK = (
    sa.update(frontier)
    .where(HELD)
    .values(
        state="pending",
        attempts=_ROW.attempts - 1,
        next_visit_at=sa.bindparam("look_again_at"),
        reason="another crawl of the site is fetching it",
        **NO_LEASE,
    )
)
_COPIED = ("next_visit_at", "revisit_seconds", "content_sha256", "etag", "last_modified")


@dataclass(frozen=True, slots=True)
class Others:
    """The other crawls of a site, by their topics; `began_at` is when the run began that asks."""

    topics: tuple[str, ...]
    began_at: datetime | None


def others_of(connection: sa.Connection, crawl: Crawl, began_at: datetime | None) -> Others:
    """The other crawls of the site; where there are any, none of them claims until this transaction has ended."""
    named = {"of_site": crawl.site, "of_origin": crawl.origin, "of_topic": crawl.topic}
    topics = tuple(connection.execute(_OTHERS, named).scalars())
    if topics:
        hold_name(connection, f"pages {crawl.site} {crawl.origin}")
    return Others(topics, began_at)


def sort_out(
    connection: sa.Connection, crawl: Crawl, claims: Sequence[Claim], others: Others, now: datetime
) -> list[Claim]:
    """Name on each claim the row of another crawl that has its page; put back those that another is fetching now.

    A page that is looked at again, or asked for again by the user, is known only where another crawl fetched it since
    this run began.
    """
    wanted = {hash_of(claim.key): claim for claim in claims if claim.kind in SHARED}
    if not (others.topics and wanted):
        return list(claims)
    asked = {"of_site": crawl.site, "of_origin": crawl.origin, "topics": list(others.topics), "hashes": list(wanted)}
    known: dict[int, tuple[int, str]] = {}
    waiting: set[int] = set()
    for twin in connection.execute(_TWINS, asked).all():
        claim = wanted[twin.key_sha256]
        if twin.state == "leased":
            is_held = twin.lease_until > now and not is_gone(twin.leased_by, is_at_stake=True)
            waiting |= {claim.id} if is_held else set()
        elif _has_it(twin, claim, others.began_at, now):
            known[claim.id] = (twin.frontier_id, twin.url)
    for claim in claims:
        if claim.id in waiting - known.keys():
            connection.execute(_PUT_BACK, held_by(claim) | {"look_again_at": now + _LOOK_AGAIN})
    kept = (claim for claim in claims if claim.id not in waiting or claim.id in known)
    return [replace(claim, known_by=known.get(claim.id)) for claim in kept]


def settle_known(
    connection: sa.Connection,
    crawl: Crawl,
    claim: Claim,
    links: Sequence[tuple[str, Link]],
    load_id: int,
    now: datetime,
) -> bool:
    """Settle a row whose page another crawl has, and add the links that follow from it; False where either is no more.

    It counts as never visited, so that it costs nothing of the crawl's budget.
    """
    if claim.known_by is None:
        return False
    twin = sa.select(*(_ROW[name] for name in _COPIED), _ROW.topic).where(
        _ROW.frontier_id == claim.known_by[0], _ROW.state == "done"
    )
    found = connection.execute(twin).mappings().first()
    if found is None:
        return False
    why = f"fetched by the crawl {found['topic']!r}" if found["topic"] else "fetched by the crawl without a topic"
    values: dict[str, Any] = {name: found[name] for name in _COPIED} | NO_LEASE
    values |= {"state": "done", "reason": why, "reason_code": KNOWN_ELSEWHERE}
    if not connection.execute(sa.update(frontier).where(HELD), held_by(claim) | values).rowcount:
        return False
    deeper = [(key, link, claim.depth + 1) for key, link in links]
    add_links(connection, crawl, deeper, claim.url, load_id, now, parent_kind=claim.kind)
    return True


def has_fresh_twin(connection: sa.Connection, crawl: Crawl, now: datetime) -> sa.ColumnElement[bool]:
    """The condition that another crawl of the site looked at a row's page, and need not look again yet."""
    named = {"of_site": crawl.site, "of_origin": crawl.origin, "of_topic": crawl.topic}
    topics = list(connection.execute(_OTHERS, named).scalars())
    twin = frontier.alias("twin")
    same = sa.and_(
        twin.c.site == crawl.site,
        twin.c.origin == crawl.origin,
        twin.c.topic.in_(topics),
        twin.c.key_sha256 == _ROW.key_sha256,
    )
    fresh = sa.and_(twin.c.state == "done", twin.c.reason_code.is_(None), twin.c.next_visit_at > now)
    return sa.and_(_ROW.kind.in_(SHARED), sa.exists(sa.select(twin.c.frontier_id).where(same, fresh)))


def _has_it(twin: Any, claim: Claim, began_at: datetime | None, now: datetime) -> bool:
    if twin.visited_at is None:
        return False
    if claim.is_again:
        return began_at is not None and bool(twin.visited_at >= began_at)
    return twin.next_visit_at is not None and bool(twin.next_visit_at > now)
