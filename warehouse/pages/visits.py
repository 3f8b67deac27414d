"""One visit of a page, written in one transaction: ledger, page, records, new links, and the settled frontier row."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from warehouse.connect import LeaseLost, database_now, in_transaction
from warehouse.frontier.budgets import add_visited_page
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.leases import HELD, NO_LEASE, Claim, held_by
from warehouse.frontier.links import add_links
from warehouse.frontier.revisits import content_sha256, next_interval
from warehouse.frontier.unjudged import ROWS_LOST
from warehouse.hosts.ledger import RequestRow, write_request
from warehouse.loads import Stored
from warehouse.pages.snapshots import SnapshotRef
from warehouse.records.pages import Link, Page, ParsedPage
from warehouse.schema.content import question
from warehouse.schema.crawling import frontier, page
from warehouse.store.rowtext import Provenance
from warehouse.store.upserts import store_records

# Made once: every page runs them, and making a statement costs several times what executing it does.
_INSERT_PAGE = sa.insert(page)
_BEFORE = ("site", "topic", "origin", "visited_at", "content_sha256", "revisit_seconds")
_SELECT_HELD = (
    sa.select(*(frontier.c[name] for name in _BEFORE)).where(HELD).with_hint(frontier, "WITH (UPDLOCK)", "mssql")
)
_SETTLE = sa.update(frontier).where(HELD)
_MARK_GONE = sa.update(question).where(
    *(question.c[name] == sa.bindparam(f"of_{name}") for name in ("origin", "site", "external_id"))
)

Outcome = Literal["done", "gone", "set_aside", "retry"]


@dataclass(frozen=True, slots=True)
class PageRow:
    """A fetched page and where its snapshot lies."""

    page: Page
    snapshot: SnapshotRef


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything that one visit brought.

    `request` is None where nothing was sent, such as for a page that robots.txt refuses. `parsed` holds text that is
    masked already, by the rules that `mask_version` names. `links` are (key, link) pairs, one step deeper than the
    claim. `code` is the reason as one short word. `retry_at` is for the outcome "retry". `external_id` is that of the
    question whose own page was asked for.
    """

    claim: Claim
    load_id: int
    request: RequestRow | None
    page: PageRow | None
    parsed: ParsedPage | None
    origin: str
    links: tuple[tuple[str, Link], ...]
    outcome: Outcome
    reason: str | None = None
    code: str | None = None
    mask_version: str = ""
    retry_at: datetime | None = None
    external_id: str | None = None


def store_visit(engine: sa.Engine, visit: Visit, *, now: datetime | None = None) -> Stored:
    """Write the visit, all of it or nothing.

    Raises:
        LeaseLost: another process took the row over; nothing is written.
        Permanent: an answer without its question, or a key that no column holds; nothing is written.
    """
    return in_transaction(engine, lambda connection: _store(connection, visit, now or database_now(connection)))


def store_visits(engine: sa.Engine, visits: Sequence[Visit]) -> list[Stored]:
    """Write visits in their order in one transaction, all of them or nothing; raises as `store_visit` does."""

    def work(connection: sa.Connection) -> list[Stored]:
        moment = database_now(connection)
        return [_store(connection, visit, moment) for visit in visits]

    return in_transaction(engine, work)


def _store(connection: sa.Connection, visit: Visit, now: datetime) -> Stored:
    crawl, before = _held(connection, visit.claim)
    request_id = None
    if visit.request is not None:
        request_id = write_request(connection, visit.load_id, visit.request, visit.claim.id)
    stored = _store_page(connection, visit, crawl.site, request_id, now)
    _mark_gone(connection, visit, crawl.site, now)
    links = [(key, link, visit.claim.depth + 1) for key, link in visit.links]
    add_links(connection, crawl, links, visit.claim.url, visit.load_id, now, parent_kind=visit.claim.kind)
    connection.execute(_SETTLE, held_by(visit.claim) | _settled(visit, before, now))
    if before.visited_at is None and visit.outcome != "retry":
        add_visited_page(connection, crawl)
    return stored


def _held(connection: sa.Connection, claim: Claim) -> tuple[Crawl, Any]:
    found = connection.execute(_SELECT_HELD, held_by(claim)).first()
    if found is None:
        raise LeaseLost(f"the lease on {claim.url} was lost; another process has it")
    return Crawl(found.site, found.topic, found.origin), found


def _store_page(connection: sa.Connection, visit: Visit, site: str, request_id: int | None, now: datetime) -> Stored:
    if visit.page is None:
        return Stored()
    _insert_page(connection, visit, visit.page, site, request_id)
    if visit.parsed is None or not (visit.parsed.question or visit.parsed.answers):
        return Stored()
    provenance = Provenance(visit.page.snapshot.sha256, visit.mask_version, visit.load_id, now)
    return store_records(connection, visit.origin, visit.parsed, provenance)


def _mark_gone(connection: sa.Connection, visit: Visit, site: str, now: datetime) -> None:
    """Note on a stored question that it is gone, or, where an unchanged answer brings no record, that it is back."""
    is_gone = visit.outcome == "gone"
    if visit.external_id is None or not (is_gone or (visit.outcome == "done" and visit.page is None)):
        return
    key = {"of_origin": visit.origin, "of_site": site, "of_external_id": visit.external_id}
    connection.execute(_MARK_GONE, key | {"gone_at": now if is_gone else None})


def _insert_page(connection: sa.Connection, visit: Visit, row: PageRow, site: str, request_id: int | None) -> None:
    fetched, snapshot, parsed = row.page, row.snapshot, visit.parsed
    copied = {name: getattr(fetched, name) for name in ("url", "final_url", "method", "status", "charset")}
    values = copied | {
        "load_id": visit.load_id,
        "frontier_id": visit.claim.id,
        "request_id": request_id,
        "site": site,
        "origin": visit.origin,
        "url_sha256": hashlib.sha256(fetched.url.encode("utf-8", "surrogatepass")).hexdigest(),
        "kind": parsed.kind if parsed else (visit.request and visit.request.page_kind) or "unknown",
        "layout": parsed.layout if parsed else None,
        "parser_version": parsed.parser_version if parsed else None,
        "mask_version": visit.mask_version if parsed else None,
        "fetched_by": fetched.fetched_by,
        "fetched_at": fetched.fetched_at,
        "body_bytes": len(fetched.body),
        "sha256": snapshot.sha256,
        "warc_file": snapshot.file,
        "warc_offset": snapshot.offset,
        "warc_length": snapshot.length,
    }
    connection.execute(_INSERT_PAGE, values)


def _settled(visit: Visit, before: Any, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"reason": visit.reason, "reason_code": visit.code, **NO_LEASE}
    if visit.outcome == "retry":
        return values | {"state": "pending", "next_visit_at": visit.retry_at or now}
    values |= {"state": visit.outcome, "visited_at": now, "next_visit_at": None}
    if visit.outcome != "done":
        return values
    said = before.content_sha256
    if visit.page is not None:
        if visit.code != ROWS_LOST:  # its judge needs what it said when it had rows
            said = content_sha256(visit.parsed, (key for key, _ in visit.links))
        headers = dict(visit.page.page.headers) if visit.code is None else {}
        values |= {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}
    is_changed = said != before.content_sha256 or visit.code == ROWS_LOST
    interval = next_interval(visit.claim.kind, before.revisit_seconds, is_changed=is_changed)
    values |= {"content_sha256": said, "revisit_seconds": interval, "next_visit_at": now + timedelta(seconds=interval)}
    return values | {"changed_at": now} if is_changed else values
