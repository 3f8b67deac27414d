"""Adding addresses to the frontier, each key once a crawl."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from warehouse.frontier.crawls import OF_CRAWL, Crawl, hash_of, named
from warehouse.frontier.leases import NO_LEASE
from warehouse.frontier.priorities import priority_of
from warehouse.records.pages import Link
from warehouse.schema.crawling import frontier

_BATCH = 500
_SEEN = ("key_sha256", "frontier_id", "kind", "depth", "state", "next_visit_at")
# Made once: every page runs them.
_INSERT = sa.insert(frontier)
_KNOWN = (
    sa.select(*(frontier.c[name] for name in _SEEN))
    .where(OF_CRAWL, frontier.c.key_sha256.in_(sa.bindparam("hashes", expanding=True)))
    .with_hint(frontier, "WITH (UPDLOCK, HOLDLOCK)", "mssql")
)


def add_links(
    connection: sa.Connection,
    crawl: Crawl,
    links: Sequence[tuple[str, Link, int]],
    referer: str | None,
    load_id: int | None,
    now: datetime,
    *,
    parent_kind: str | None = None,
) -> int:
    """Add the (key, link, depth) rows that are new, in their order, and give their number.

    `parent_kind` is the kind of the row that led here: what follows a question or thread page is of that thread.
    """
    wanted: dict[str, tuple[str, Link, int]] = {}
    for key, link, depth in links:
        wanted.setdefault(hash_of(key), (key, link, depth))
    new = 0
    hashes = list(wanted)
    for start in range(0, len(hashes), _BATCH):
        batch = hashes[start : start + _BATCH]
        known = _known(connection, crawl, batch)
        _make_due(connection, [row for row in known.values() if _is_due_again(row, now)])
        common: dict[str, Any] = {"site": crawl.site, "topic": crawl.topic, "origin": crawl.origin, "referer": referer}
        common |= {"load_id": load_id, "found_at": now, "state": "pending", "attempts": 0}
        rows = [common | _row(digest, *wanted[digest], parent_kind) for digest in batch if digest not in known]
        if rows:
            connection.execute(_INSERT, rows)
        new += len(rows)
    return new


def all_found_by(engine: sa.Engine, crawl: Crawl, referer: str, external_ids: Collection[str]) -> bool:
    """Whether one page, by its address, was the first to show all of these questions."""
    keys = [hash_of(f"q:{name}") for name in external_ids]
    row = frontier.c
    query = sa.select(sa.func.count()).where(OF_CRAWL, row.key_sha256.in_(keys), row.referer == referer)
    with engine.connect() as connection:
        return int(connection.execute(query, named(crawl)).scalar_one()) == len(keys)


def _row(digest: str, key: str, link: Link, depth: int, parent_kind: str | None) -> dict[str, Any]:
    kind = "thread" if link.kind == "next" and parent_kind in ("question", "thread") else link.kind
    return {
        "key_sha256": digest,
        "address_key": key,
        "url": link.url,
        "kind": kind,
        "priority": priority_of(kind, depth),
        "form": json.dumps(link.form, ensure_ascii=False),
        "depth": depth,
    }


def _known(connection: sa.Connection, crawl: Crawl, hashes: Sequence[str]) -> Mapping[str, Any]:
    found = connection.execute(_KNOWN, named(crawl) | {"hashes": list(hashes)}).all()
    return {row.key_sha256: row for row in found}


def _is_due_again(row: Any, now: datetime) -> bool:
    return row.kind != "question" and row.state == "done" and row.next_visit_at is not None and row.next_visit_at <= now


def _make_due(connection: sa.Connection, rows: Sequence[Any]) -> None:
    again = sa.update(frontier).values(state="pending", attempts=0, next_visit_at=None, **NO_LEASE)
    for row in rows:
        due = again.where(frontier.c.frontier_id == row.frontier_id)
        connection.execute(due.values(priority=priority_of(row.kind, row.depth)))
