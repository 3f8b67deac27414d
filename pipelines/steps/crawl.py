"""One crawl of one site: from its lists to its questions, until the budget or the pages end."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial

import httpx

from crawlers.sites.registry import Site, site_by_id
from pipelines.settings import Settings, author_salt
from pipelines.steps.desk import Desk, Tally
from pipelines.steps.fetching import open_fetchers
from pipelines.steps.ledger import load
from pipelines.steps.permit import ask_leave
from pipelines.steps.runner import Runner, directly
from pipelines.steps.visit import SILENCE_LIMIT, visit_batch
from pipelines.steps.waiting import LONGEST_WAIT_SECONDS, wait_out
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse, Refused
from warehouse.frontier import counts, enqueue, revive
from warehouse.leases import Crawl
from warehouse.snapshots import SnapshotWriter, cut_torn_tail

OnPage = Callable[[int, int | None, str], None]


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """What to crawl, and how. `base_url` names a copy of the site; `gap` is in seconds."""

    site: str
    topic: str | None = None
    query: str | None = None
    base_url: str | None = None
    max_pages: int | None = None
    gap: float | None = None
    browser: str = "auto"
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What one run of a crawl did; `ended` says why it ended early, empty where it is done.

    `fetched` pages were answered with content, `unchanged` with "not modified"; `stored` counts new questions;
    `remaining` pages wait.
    """

    fetched: int
    unchanged: int
    stored: int
    set_aside: int
    gone: int
    remaining: int
    blocked: bool
    load_id: int
    ended: str = ""


def nothing(done: int, total: int | None = None, note: str = "") -> None:
    """Show nothing."""


def crawl_site(
    settings: Settings, plan: CrawlPlan, *, run: Runner = directly, on_page: OnPage = nothing
) -> CrawlReport:
    """Crawl; the same plan again goes on where the last run ended.

    Raises:
        Misuse: an unknown site or topic, a base URL that is none, or days that end before they begin.
        Refused: robots.txt refuses and no permission is on record.
        Unready: the warehouse, the disk or the browser fails.
    """
    site = site_by_id(plan.site)
    if plan.since and plan.until and plan.since > plan.until:
        raise Misuse(f"--since {plan.since} is after --until {plan.until}; no day lies between them, swap them")
    origin = origin_of(plan.base_url or site.base_url)
    seeds = site.seeds(plan.topic, plan.query)
    engine = open_warehouse(settings.database_url, create=True)
    snapshots = settings.folder / "snapshots"
    cut_torn_tail(snapshots)
    crawl = Crawl(site.id, plan.topic or plan.query or "", origin)
    with ExitStack() as stack:
        entry = stack.enter_context(load(settings, engine, _named(plan, origin)))
        if left_alone := wait_out(engine, httpx.URL(origin).netloc.decode()):
            raise Refused(left_alone)
        fetchers = stack.enter_context(open_fetchers(settings, site, origin, plan.browser))
        permit = ask_leave(settings, engine, fetchers, site, origin, entry.load_id)
        revive(engine, crawl)
        enqueue(engine, crawl, [(site.link_key(seed), seed, 0) for seed in seeds], load_id=entry.load_id)
        desk = Desk(
            engine=engine,
            site=site,
            crawl=crawl,
            fetchers=fetchers,
            permit=permit,
            snapshots=stack.enter_context(SnapshotWriter(snapshots, site.id)),
            gap_seconds=gap_of(settings, site, plan, permit.crawl_delay_seconds),
            salt=author_salt(settings),
            load_id=entry.load_id,
            max_pages=plan.max_pages,
            since=plan.since,
            until=plan.until,
        )
        tally = _work_off(desk, run, on_page)
        left = counts(engine, crawl)
        if not tally.ended and not left.done and tally.visited:
            tally = replace(tally, ended=f"not one page of {site.name} was found at {origin}; check --base-url")
        report = _report(tally, left.pending + left.leased, entry.load_id)
        entry.counts.update(fetched=tally.fetched, stored=tally.stored, set_aside=tally.set_aside, gone=tally.gone)
        entry.outcome = "stopped" if report.blocked else "incomplete" if report.ended else "done"
    return report


def origin_of(url: str) -> str:
    """Return scheme and host (and port) of a URL.

    Raises:
        Misuse: it is no http(s) URL, or says more than that.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Misuse(f"{url!r} is no web address; write it like http://127.0.0.1:8900")
    origin = f"{parsed.scheme}://{parsed.netloc.decode()}"
    if parsed.path.strip("/") or parsed.query or parsed.fragment or parsed.userinfo:
        raise Misuse(f"--base-url takes scheme, host and port only, since a site's own paths follow it; write {origin}")
    return origin


def gap_of(settings: Settings, site: Site, plan: CrawlPlan, crawl_delay_seconds: float | None) -> float:
    """Return the seconds between two requests: asked for, or none on loopback, or the slowest of all that apply."""
    if plan.gap is not None:
        return plan.gap
    if plan.base_url and httpx.URL(plan.base_url).host in ("127.0.0.1", "localhost", "::1"):
        return 0.0
    own = settings.sites[site.id].delay_seconds if site.id in settings.sites else None
    return max(site.delay_seconds if own is None else own, crawl_delay_seconds or 0.0)


def _work_off(desk: Desk, run: Runner, on_page: OnPage) -> Tally:
    """Visit batch after batch until nothing is left, the budget is spent, or the site stops us."""
    tally = Tally()
    waiting_since: float | None = None
    while not tally.ended:
        batch = run(visit_batch, desk, partial(_onward, on_page, tally.visited, desk))
        tally = tally + batch
        if tally.silent >= SILENCE_LIMIT and not tally.ended:
            return replace(tally, ended=f"{desk.crawl.origin} does not answer as it should; run the same command again")
        if batch.visited:
            waiting_since = None
            continue
        left = counts(desk.engine, desk.crawl)
        spent = desk.max_pages is not None and left.done + left.gone + left.set_aside + left.leased >= desk.max_pages
        if left.next_at is None or spent:
            break
        waiting_since = waiting_since or time.monotonic()
        seconds = (left.next_at - datetime.now(UTC)).total_seconds()
        if max(seconds, time.monotonic() - waiting_since) > LONGEST_WAIT_SECONDS:
            return replace(tally, ended="the pages left wait for a retry; run the same command again later")
        time.sleep(min(max(seconds, 0.2), 5.0))
    return tally


def _onward(on_page: OnPage, before: int, desk: Desk, done: int) -> None:
    on_page(before + done, desk.max_pages, desk.site.id)


def _report(tally: Tally, remaining: int, load_id: int) -> CrawlReport:
    return CrawlReport(
        fetched=tally.fetched,
        unchanged=tally.unchanged,
        stored=tally.stored,
        set_aside=tally.set_aside,
        gone=tally.gone,
        remaining=remaining,
        blocked=tally.blocked,
        load_id=load_id,
        ended=tally.ended,
    )


def _named(plan: CrawlPlan, origin: str) -> str:
    words = [f"crawl {plan.site}", plan.topic or "", plan.query or "", f"from {origin}" if plan.base_url else ""]
    return " ".join(word for word in words if word)
