"""Pages that another crawl of the same site has fetched: where they lie, and a visit settled without a request."""

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.leases import Claim
from warehouse.frontier.twins import settle_known
from warehouse.pages.snapshots import SnapshotRef
from warehouse.records.pages import Link
from warehouse.schema.crawling import page

_FOUND = ("warc_file", "warc_offset", "warc_length", "sha256")
_NEWEST = (
    sa.select(*(page.c[name] for name in _FOUND))
    .where(
        page.c.url_sha256 == sa.bindparam("of_url"),
        page.c.frontier_id == sa.bindparam("of_row"),
        page.c.erased_at.is_(None),
    )
    .order_by(page.c.page_id.desc())
    .limit(1)
)


def known_snapshot(engine: sa.Engine, frontier_id: int, url: str) -> SnapshotRef | None:
    """The newest page of a frontier row, by the address really asked for; None where it is erased."""
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
    with engine.connect() as connection:
        found = connection.execute(_NEWEST, {"of_url": digest, "of_row": frontier_id}).first()
    return None if found is None else SnapshotRef(*found)


def take_over(engine: sa.Engine, crawl: Crawl, claim: Claim, links: Sequence[tuple[str, Link]], load_id: int) -> bool:
    """Settle a claim by the page that another crawl has, with the links that follow from it; False where it cannot be.

    All of it or nothing, under the claim's lease.
    """

    def work(connection: sa.Connection) -> bool:
        return settle_known(connection, crawl, claim, links, load_id, database_now(connection))

    return in_transaction(engine, work)
