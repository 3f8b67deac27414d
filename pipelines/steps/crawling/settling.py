"""How a visit ends: everything that it brought is written at once, and the frontier row gets its new state."""

import time
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from cleaning.personal.masks import MASK_VERSION
from crawlers.sites.registry import Site
from pipelines.steps.crawling.desk import Desk, Tally
from pipelines.steps.masking import masked
from warehouse.connect import LeaseLost
from warehouse.errors import Permanent
from warehouse.frontier.leases import Claim
from warehouse.frontier.retries import OUT_OF_WINDOW
from warehouse.hosts.ledger import RequestRow, record_request
from warehouse.loads import Stored
from warehouse.pages.visits import Outcome, PageRow, Visit, store_visit, store_visits
from warehouse.records.moments import KST
from warehouse.records.pages import Link, Page, ParsedPage

# A killed process costs at most so many requests made again.
GROUP_PAGES: Final = 4
LONGEST_HELD_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a visit, and why, in words and as one short `code`; `retry_at` is for the outcome "retry"."""

    outcome: Outcome
    reason: str | None = None
    code: str | None = None
    retry_at: datetime | None = None


DONE: Final = Ending("done")


def settle(
    desk: Desk,
    row: Claim,
    entry: RequestRow | None,
    ending: Ending,
    page: Page | None = None,
    parsed: ParsedPage | None = None,
) -> Tally:
    """Write what the visit brought; a lease that was lost leaves the row to its new holder, the request on record.

    `entry` is None where nothing was sent.
    """
    visit = _visit(desk, row, entry, ending, page, parsed)
    if page is not None:
        desk.snapshots.flush()
    return _stored(desk, visit)


class Group:
    """Pages that are settled together: many to one flush to disk and one transaction, which is most of their cost.

    Only pages between whose requests no gap is kept are held back. What a killed process held back is still leased,
    and fetched again.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._visits: list[Visit] = []
        self._began = 0.0

    def add(self, row: Claim, entry: RequestRow | None, page: Page, parsed: ParsedPage, ending: Ending = DONE) -> Tally:
        """Settle a page that is done, now or with those after it; the tally counts what was written now."""
        if not self._visits:
            self._began = time.monotonic()
        self._visits.append(_visit(self._desk, row, entry, ending, page, parsed))
        has_gap = entry is None or entry.gap_seconds > 0
        is_old = time.monotonic() - self._began > LONGEST_HELD_SECONDS
        return self.settle() if has_gap or is_old or len(self._visits) >= GROUP_PAGES else Tally()

    def settle(self) -> Tally:
        """Write all that is held back, in the order of its fetching."""
        visits, self._visits = self._visits, []
        if not visits:
            return Tally()
        # A page's record is on disk before its row in the ledger.
        self._desk.snapshots.flush()
        try:
            stored = store_visits(self._desk.engine, visits)
        except (Permanent, LeaseLost):
            # One of them is at fault; the others must not suffer for it.
            return sum((_stored(self._desk, visit) for visit in visits), Tally())
        return sum(map(_tally, visits, stored), Tally())


def _stored(desk: Desk, visit: Visit) -> Tally:
    try:
        try:
            stored = store_visit(desk.engine, visit)
        except Permanent as error:
            visit = replace(visit, parsed=None, links=(), outcome="set_aside", reason=str(error), code="unstorable")
            stored = store_visit(desk.engine, visit)
    except LeaseLost:
        if visit.request is not None:
            record_request(desk.engine, desk.load_id, visit.request)
        return Tally()
    return _tally(visit, stored)


def _visit(
    desk: Desk, row: Claim, entry: RequestRow | None, ending: Ending, page: Page | None, parsed: ParsedPage | None
) -> Visit:
    is_wanted = ending.outcome == "done"
    if parsed and is_wanted and (day := _day_out_of_window(desk, parsed)):
        # Its text is passed over, but a later run that wants the day finds the page again.
        ending = Ending("done", f"{day} is not among the days wanted", OUT_OF_WINDOW)
        is_wanted = False
    return Visit(
        claim=row,
        load_id=desk.load_id,
        request=entry,
        page=PageRow(page, desk.snapshots.append(page)) if page else None,
        parsed=masked(parsed) if parsed and is_wanted else None,
        origin=desk.crawl.origin,
        links=followed(desk.site, parsed) if parsed and is_wanted else (),
        outcome=ending.outcome,
        reason=ending.reason,
        code=ending.code,
        mask_version=MASK_VERSION,
        retry_at=ending.retry_at,
        external_id=row.key.removeprefix("q:") if row.kind == "question" else None,
    )


def _tally(visit: Visit, stored: Stored) -> Tally:
    is_settled = visit.outcome != "retry"
    is_question = is_settled and visit.claim.kind == "question"
    return Tally(
        visited=int(is_settled),
        fetched=int(visit.page is not None and is_settled),
        unchanged=int(visit.request is not None and visit.request.status == 304),
        stored=stored.questions,
        set_aside=int(visit.outcome == "set_aside"),
        gone=int(visit.outcome == "gone"),
        left_out=int(visit.code == OUT_OF_WINDOW),
        questions=int(is_question),
        questions_gone=int(is_question and visit.outcome == "gone"),
    )


def followed(site: Site, parsed: ParsedPage) -> tuple[tuple[str, Link], ...]:
    """Follow everything from a list, but from a question only further pages of itself; pairs of key and link."""
    links = (link for link in parsed.links if parsed.kind != "question" or link.kind != "question")
    return tuple((site.link_key(link), link) for link in links)


def _day_out_of_window(desk: Desk, parsed: ParsedPage) -> date | None:
    """Return the day of asking, in Korean time, where it lies outside the days wanted."""
    asked = parsed.question.asked_at if parsed.question else None
    if asked is None:
        return None
    day = asked.astimezone(KST).date()
    is_wanted = (desk.since is None or day >= desk.since) and (desk.until is None or day <= desk.until)
    return None if is_wanted else day
