"""One frontier row's way: gate, fetch, snapshot, parse, mask, store. Whatever goes wrong has a place to go."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from crawlers.fetch import Request
from crawlers.politeness import backoff_seconds
from crawlers.sites.registry import rebase
from pipelines.steps.desk import Desk, Tally
from pipelines.steps.settling import Ending, settle
from pipelines.steps.waiting import is_slowed, wait_out
from warehouse.errors import Permanent, Transient
from warehouse.frontier import claim, release, renew
from warehouse.holders import this_process
from warehouse.hosts import reserve_slot, slow_down
from warehouse.leases import Claim
from warehouse.records.pages import Page, ParsedPage
from warehouse.visits import RequestRow

BATCH_PAGES: Final = 8
RENEW_SECONDS: Final = 15.0  # a quarter of the lease of 60 s
MAX_ATTEMPTS: Final = 5
SILENCE_LIMIT: Final = 5  # pages in a row without a proper answer: the site is down, not the page
RESTING: Final = timedelta(hours=1)  # for a page that failed five times; the next run tries it at once
CODES: Final = {"unknown": "unknown_layout"}  # for a kind of page whose name alone says too little
TOLD_TO_STOP: Final = "it was told to stop; run the same command again"
STOPPING: Final = {"captcha": "a captcha", "blocked": "a block", "login": "a login page"}


def visit_batch(desk: Desk, on_page: Callable[[int], None]) -> Tally:
    """Visit up to eight frontier rows under lease; the rows not reached when the crawl must stop are given back."""
    if left_alone := wait_out(desk.engine, desk.host):
        return Tally(blocked=True, ended=left_alone)
    claims = claim(
        desk.engine,
        desk.crawl,
        holder=this_process(),
        n=BATCH_PAGES,
        max_pages=desk.max_pages,
        max_depth=desk.max_depth,
    )
    tally = Tally()
    renewed = time.monotonic()
    for number, row in enumerate(claims):
        if time.monotonic() - renewed > RENEW_SECONDS:
            renew(desk.engine, claims[number:])
            renewed = time.monotonic()
        try:
            tally = tally + _visit(desk, row)
        except (KeyboardInterrupt, SystemExit):
            release(desk.engine, claims[number:])
            return replace(tally, is_interrupted=True, ended=TOLD_TO_STOP)
        except BaseException:
            release(desk.engine, claims[number:])
            raise
        if tally.silent >= SILENCE_LIMIT:
            tally = replace(
                tally, ended=f"{desk.crawl.origin} does not answer; run the same command again when it does"
            )
        # A longer wait would outlast the leases of the rows not reached yet.
        if tally.ended or is_slowed(desk.engine, desk.host, RENEW_SECONDS):
            release(desk.engine, claims[number + 1 :])
            break
        on_page(number + 1)
    return tally


def _visit(desk: Desk, row: Claim) -> Tally:
    url = rebase(row.url, desk.crawl.origin)
    if not desk.permit.allows(url):
        reason = "robots.txt refuses this page; record a permission for the site if you have one"
        return settle(desk, row, _ledger(desk, url, row, 0.0, datetime.now(UTC)), Ending("set_aside", reason, "robots"))
    referer = rebase(row.referer, desk.crawl.origin) if row.referer else None
    request = Request(url, "POST" if row.form else "GET", row.form, row.etag, row.last_modified, referer)
    waited = reserve_slot(desk.engine, desk.host, desk.next_gap())
    time.sleep(waited)
    sent_at = datetime.now(UTC)
    entry = _ledger(desk, url, row, waited, sent_at)
    try:
        page = desk.fetchers.fetch(request)
        parsed = desk.site.read(page, desk.salt)
        if parsed.kind == "script_only" and desk.fetchers.has_browser:
            page = desk.fetchers.fetch_in_browser(request)
            parsed = desk.site.read(page, desk.salt)
    except Transient as error:
        return _try_later(desk, row, replace(entry, error=str(error)), error)
    except Permanent as error:
        return settle(
            desk, row, replace(entry, error=str(error)), Ending("set_aside", str(error), error.code or "unfetchable")
        )
    elapsed = (datetime.now(UTC) - sent_at).total_seconds()
    entry = replace(
        entry, status=page.status, elapsed_seconds=elapsed, page_kind=parsed.kind, fetched_by=page.fetched_by
    )
    return _answered(desk, row, entry, page, parsed)


def _answered(desk: Desk, row: Claim, entry: RequestRow, page: Page, parsed: ParsedPage) -> Tally:
    if page.status == 304:
        return settle(desk, row, replace(entry, page_kind=None), Ending("done"))
    if parsed.kind in STOPPING:
        return _stopped(desk, row, entry, page, parsed)
    if parsed.kind == "error":
        return _try_later(desk, row, entry, Transient(f"an error page (HTTP {page.status})"))
    if parsed.kind == "gone":
        return settle(desk, row, entry, Ending("gone", "the site says it is gone", "gone"), page)
    if parsed.kind in ("question", "list", "empty"):
        return settle(desk, row, entry, Ending("done"), page, parsed)
    reason = f"a page of kind {parsed.kind} (HTTP {page.status}); its bytes are kept"
    return settle(desk, row, entry, Ending("set_aside", reason, CODES.get(parsed.kind, parsed.kind)), page)


def _try_later(desk: Desk, row: Claim, entry: RequestRow, error: Transient) -> Tally:
    """Put the row back with a growing wait, a long one after five attempts; what the host asks for slows the host."""
    wait = backoff_seconds(row.attempts, error.retry_after_seconds, random.Random())
    until = datetime.now(UTC) + timedelta(seconds=wait)
    if error.retry_after_seconds is not None:
        slow_down(desk.engine, desk.host, until, str(error))
        entry = replace(entry, retry_after_seconds=error.retry_after_seconds)
    if row.attempts >= MAX_ATTEMPTS:
        until = datetime.now(UTC) + RESTING
    tally = settle(desk, row, entry, Ending("retry", str(error), "no_proper_answer", until))
    return replace(tally, silent=int(entry.status is None and error.retry_after_seconds is None))


def _stopped(desk: Desk, row: Claim, entry: RequestRow, page: Page, parsed: ParsedPage) -> Tally:
    what = STOPPING[parsed.kind]
    until = datetime.now(UTC) + timedelta(hours=24)
    slow_down(desk.engine, desk.host, until, f"the site answered with {what}")
    settle(desk, row, entry, Ending("retry", f"the site answered with {what}", parsed.kind, until), page)
    ended = (
        f"{desk.host} answered with {what}; nothing more is sent to it for a day: slow down, or ask the site for leave"
    )
    return Tally(visited=0, fetched=1, blocked=True, ended=ended)


def _ledger(desk: Desk, url: str, row: Claim, waited: float, sent_at: datetime) -> RequestRow:
    return RequestRow(
        url=url,
        host=desk.host,
        sent_at=sent_at,
        method="POST" if row.form else "GET",
        waited_seconds=waited,
        gap_seconds=desk.gap_seconds,
        robots_id=desk.permit.robots_id,
    )
