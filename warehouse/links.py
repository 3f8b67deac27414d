"""Adding addresses to the frontier, each key once a crawl."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from warehouse.leases import NO_LEASE, Crawl
from warehouse.records.pages import Link
from warehouse.schema.crawling import frontier

_BATCH = 500
# Made once: every page runs them.
_INSERT = sa.insert(frontier)
_KNOWN = (
    sa.select(*(frontier.c[name] for name in ("key_sha256", "frontier_id", "kind", "state", "next_visit_at")))
    .where(*(frontier.c[name] == sa.bindparam(name) for name in ("site", "topic", "origin")))
    .where(frontier.c.key_sha256.in_(sa.bindparam("hashes", expanding=True)))
    .with_hint(frontier, "WITH (UPDLOCK, HOLDLOCK)", "mssql")
)


def add_links(
    connection: sa.Connection,
    crawl: Crawl,
    links: Sequence[tuple[str, Link, int]],
    referer: str | None,
    load_id: int | None,
    now: datetime,
) -> int:
    """Add the (key, link, depth) rows that are new, in their order, and give their number."""
    wanted: dict[str, tuple[str, Link, int]] = {}
    for key, link, depth in links:
        wanted.setdefault(hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest(), (key, link, depth))
    new = 0
    hashes = list(wanted)
    for start in range(0, len(hashes), _BATCH):
        batch = hashes[start : start + _BATCH]
        known = _known(connection, crawl, batch)
        _make_due(connection, [row for row in known.values() if _is_due_again(row, now)])
        common: dict[str, Any] = {"site": crawl.site, "topic": crawl.topic, "origin": crawl.origin, "referer": referer}
        common |= {"load_id": load_id, "found_at": now, "state": "pending", "attempts": 0}
        rows = [common | _row(digest, *wanted[digest]) for digest in batch if digest not in known]
        if rows:
            connection.execute(_INSERT, rows)
        new += len(rows)
    return new


def _row(digest: str, key: str, link: Link, depth: int) -> dict[str, Any]:
    return {
        "key_sha256": digest,
        "address_key": key,
        "url": link.url,
        "kind": link.kind,
        "form": json.dumps(link.form, ensure_ascii=False),
        "depth": depth,
    }


def _known(connection: sa.Connection, crawl: Crawl, hashes: Sequence[str]) -> Mapping[str, Any]:
    values = {"site": crawl.site, "topic": crawl.topic, "origin": crawl.origin, "hashes": list(hashes)}
    return {found.key_sha256: found for found in connection.execute(_KNOWN, values).all()}


def _is_due_again(row: Any, now: datetime) -> bool:
    return row.kind != "question" and row.state == "done" and row.next_visit_at is not None and row.next_visit_at <= now


def _make_due(connection: sa.Connection, rows: Sequence[Any]) -> None:
    if rows:
        ids = [row.frontier_id for row in rows]
        again = sa.update(frontier).where(frontier.c.frontier_id.in_(ids))
        connection.execute(again.values(state="pending", next_visit_at=None, **NO_LEASE))
