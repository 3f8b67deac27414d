"""Visits that need no request: another crawl of the same site has the page, and it is not due for another look."""

from crawlers.sites.registry import rebase
from pipelines.steps.crawling.desk import Desk, Tally
from pipelines.steps.crawling.settling import followed
from warehouse.errors import Permanent
from warehouse.frontier.leases import Claim
from warehouse.pages.known import known_snapshot, take_over
from warehouse.pages.snapshots import read_snapshot

_READ = ("question", "list", "empty")


def settle_if_known(desk: Desk, row: Claim) -> Tally | None:
    """Settle a row by the page that another crawl has; None where it must be fetched after all.

    Its rows are stored already. The links to its further answers are read from the snapshot, because that other crawl
    may have ended before it followed them.
    """
    if row.known_by is None:
        return None
    frontier_id, url = row.known_by
    snapshot = known_snapshot(desk.engine, frontier_id, rebase(url, desk.crawl.origin))
    if snapshot is None:
        return None
    try:
        parsed = desk.site.read(read_snapshot(desk.snapshots.folder, snapshot), None)
    except Permanent:
        return None
    if parsed.kind not in _READ:
        return None
    is_settled = take_over(desk.engine, desk.crawl, row, followed(desk.site, parsed), desk.load_id)
    return Tally(known=1) if is_settled else None
