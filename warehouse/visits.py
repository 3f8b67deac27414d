"""One visit of a page, written in one transaction: ledger, page, records, new links, and the settled frontier row."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from warehouse.connect import LeaseLost, database_now, in_transaction
from warehouse.leases import HELD, NO_LEASE, Claim, Crawl, held_by
from warehouse.links import add_links
from warehouse.loads import Stored
from warehouse.records.pages import Link, Page, ParsedPage
from warehouse.schema.crawling import frontier, page, request
from warehouse.snapshots import SnapshotRef
from warehouse.upserts import Provenance, store_records

# Made once: every page runs them, and making a statement costs several times what executing it does.
_INSERT_REQUEST = sa.insert(request).returning(request.c.request_id)
_INSERT_PAGE = sa.insert(page)
_SELECT_HELD = (
    sa.select(frontier.c.site, frontier.c.topic, frontier.c.origin)
    .where(HELD)
    .with_hint(frontier, "WITH (UPDLOCK)", "mssql")
)
_SETTLE = sa.update(frontier).where(HELD)

Outcome = Literal["done", "gone", "set_aside", "retry"]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as it goes into the ledger; `status` is None when no answer came."""

    url: str
    host: str
    sent_at: datetime
    method: str = "GET"
    status: int | None = None
    elapsed_seconds: float | None = None
    waited_seconds: float = 0.0
    gap_seconds: float = 0.0
    retry_after_seconds: float | None = None
    robots_id: int | None = None
    page_kind: str | None = None
    fetched_by: Literal["http", "browser"] = "http"
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PageRow:
    """A fetched page and where its snapshot lies."""

    page: Page
    snapshot: SnapshotRef


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything that one visit brought.

    `parsed` holds text that is masked already, by the rules that `mask_version` names. `links` are (key, link)
    pairs, one step deeper than the claim. `retry_at` is for the outcome "retry"; `revisit_at` says when a list
    page may be fetched again by a later crawl.
    """

    claim: Claim
    load_id: int
    request: RequestRow
    page: PageRow | None
    parsed: ParsedPage | None
    origin: str
    links: tuple[tuple[str, Link], ...]
    outcome: Outcome
    reason: str | None = None
    mask_version: str = ""
    retry_at: datetime | None = None
    revisit_at: datetime | None = None


def store_visit(engine: sa.Engine, visit: Visit, *, now: datetime | None = None) -> Stored:
    """Write the visit, all of it or nothing.

    Raises:
        LeaseLost: another process took the row over; nothing is written.
        Permanent: an answer without its question, or a key that no column holds; nothing is written.
    """

    def work(connection: sa.Connection) -> Stored:
        moment = now or database_now(connection)
        crawl = _held_crawl(connection, visit.claim)
        request_id = _insert_request(connection, visit.load_id, visit.request, visit.claim.id)
        stored = Stored()
        if visit.page is not None:
            _insert_page(connection, visit, visit.page, crawl.site, request_id)
            if visit.parsed is not None and (visit.parsed.question or visit.parsed.answers):
                provenance = Provenance(visit.page.snapshot.sha256, visit.mask_version, visit.load_id, moment)
                stored = store_records(connection, visit.origin, visit.parsed, provenance)
        links = [(key, link, visit.claim.depth + 1) for key, link in visit.links]
        add_links(connection, crawl, links, visit.claim.url, visit.load_id, moment)
        connection.execute(_SETTLE, held_by(visit.claim) | _settled(visit, moment))
        return stored

    return in_transaction(engine, work)


def record_request(engine: sa.Engine, load_id: int, row: RequestRow) -> int:
    """Write a request that is for no frontier row, such as robots.txt, and give its number."""
    return in_transaction(engine, lambda connection: _insert_request(connection, load_id, row, None))


def _held_crawl(connection: sa.Connection, claim: Claim) -> Crawl:
    found = connection.execute(_SELECT_HELD, held_by(claim)).first()
    if found is None:
        raise LeaseLost(f"the lease on {claim.url} was lost; another process has it")
    return Crawl(*found)


def _insert_request(connection: sa.Connection, load_id: int, row: RequestRow, frontier_id: int | None) -> int:
    values: dict[str, Any] = {name: getattr(row, name) for name in RequestRow.__slots__}
    values |= {"load_id": load_id, "frontier_id": frontier_id}
    return int(connection.execute(_INSERT_REQUEST, values).scalar_one())


def _insert_page(connection: sa.Connection, visit: Visit, row: PageRow, site: str, request_id: int) -> None:
    fetched, snapshot, parsed = row.page, row.snapshot, visit.parsed
    copied = {name: getattr(fetched, name) for name in ("url", "final_url", "method", "status", "charset")}
    values = copied | {
        "load_id": visit.load_id,
        "frontier_id": visit.claim.id,
        "request_id": request_id,
        "site": site,
        "origin": visit.origin,
        "url_sha256": hashlib.sha256(fetched.url.encode("utf-8", "surrogatepass")).hexdigest(),
        "kind": parsed.kind if parsed else visit.request.page_kind or "unknown",
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


def _settled(visit: Visit, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"reason": visit.reason, **NO_LEASE}
    if visit.outcome == "retry":
        return values | {"state": "pending", "next_visit_at": visit.retry_at or now}
    values |= {"state": visit.outcome, "visited_at": now, "next_visit_at": visit.revisit_at}
    if visit.page is not None and visit.outcome == "done":
        headers = dict(visit.page.page.headers)
        values |= {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}
    return values
