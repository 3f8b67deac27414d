"""One crawl of one site: from its lists to its questions, until the budget or the pages end."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Final

import httpx
import sqlalchemy as sa

from crawlers.sites.registry import Site, for_adults, rebase, site_by_id
from pipelines.settings import Settings, author_salt
from pipelines.steps.crawling.backfill import today, walk_days
from pipelines.steps.crawling.closing import Interrupted, PutOff, TurnedAway, close, not_begun
from pipelines.steps.crawling.contract import Contract
from pipelines.steps.crawling.desk import Desk, Tally
from pipelines.steps.crawling.emptied import ListWatch, home_paths, ordinary_paths
from pipelines.steps.crawling.expected import expected_bands
from pipelines.steps.crawling.fetching import open_fetchers
from pipelines.steps.crawling.pace import gap_of, require_contact
from pipelines.steps.crawling.permit import Leave
from pipelines.steps.crawling.plan import CrawlPlan as CrawlPlan
from pipelines.steps.crawling.plan import CrawlReport as CrawlReport
from pipelines.steps.crawling.route import Route, route_of
from pipelines.steps.crawling.waiting import left_alone, wait_out
from pipelines.steps.crawling.walk import OnPage, walk
from pipelines.steps.ledger import load
from pipelines.steps.runner import Runner, directly
from pipelines.topics import topics_of
from warehouse.connect import open_warehouse
from warehouse.drift.witnesses import newest_witnesses
from warehouse.errors import Misuse, Refused, Transient
from warehouse.frontier.claims import enqueue
from warehouse.frontier.emptied import look_again, said_before
from warehouse.frontier.retries import refresh, retry, revive, want_days
from warehouse.frontier.unjudged import accept_empty, unjudged
from warehouse.loads import newest_start
from warehouse.pages.snapshots import SnapshotWriter, cut_torn_tail

RETRIED: Final[Mapping[str, tuple[str, ...]]] = {
    "set_aside": ("set_aside",),
    "gone": ("gone",),
    "all": ("set_aside", "gone"),
}


def nothing(done: int, total: int | None = None, note: str = "") -> None:
    """Show nothing."""


def crawl_site(
    settings: Settings, plan: CrawlPlan, *, run: Runner = directly, on_page: OnPage = nothing
) -> CrawlReport:
    """Crawl; the same plan again goes on where the last run ended.

    Raises:
        Misuse: an unknown site or topic, a base URL that is none, days that end before they begin, or no contact
            for a host that is not on this machine.
        TurnedAway: robots.txt refuses and no permission is on record, or the host stopped us.
        PutOff: the host is left alone for longer than a run waits.
        Unready: the warehouse, the disk or the browser fails.
        Interrupted: it was told to stop.
    """
    site = site_by_id(plan.site) if settings.crawl.with_minors else for_adults(site_by_id(plan.site))
    plan = _with_settings(plan, settings)
    route = route_of(site, plan, topics_of(settings))
    require_contact(settings, route.crawl.origin)
    engine = open_warehouse(settings.database_url, create=True)
    cut_torn_tail(settings.folder / "snapshots")
    with ExitStack() as stack:
        entry = stack.enter_context(load(settings, engine, _named(plan, route.crawl.origin)))
        try:
            desk = _open_desk(stack, engine, settings, site, plan, route, entry.load_id)
        except Refused as error:
            raise TurnedAway(not_begun(engine, route, entry, error)) from error
        except Transient as error:
            raise PutOff(not_begun(engine, route, entry, error)) from error
        _make_due(desk, plan)
        if route.dated:
            tally = walk_days(desk, route.dated, route.seeds_of, run, on_page)
        else:
            _add_seeds(desk, route)
            tally = walk(desk, run, on_page, Tally())
        lost = desk.watch.judge(is_whole=not tally.ended)
        tally = replace(tally, ended=tally.ended or lost)
        report = close(desk, tally, route, entry)
    if tally.is_interrupted:
        raise Interrupted(report)
    return report


def _with_settings(plan: CrawlPlan, settings: Settings) -> CrawlPlan:
    if plan.retry is not None and plan.retry not in RETRIED:
        raise Misuse(f"unknown retry {plan.retry!r}: use one of {', '.join(RETRIED)}")
    refresh = settings.crawl.refresh if plan.refresh is None else plan.refresh
    if refresh not in ("no", "due", "all"):
        raise Misuse(f"unknown refresh {refresh!r}: use one of no, due, all")
    depth = settings.crawl.max_depth if plan.max_depth is None else plan.max_depth
    return replace(plan, max_depth=depth, refresh=refresh)


def _open_desk(
    stack: ExitStack, engine: sa.Engine, settings: Settings, site: Site, plan: CrawlPlan, route: Route, load_id: int
) -> Desk:
    origin = route.crawl.origin
    host = httpx.URL(origin).netloc.decode()
    if pause := wait_out(engine, host):
        raise left_alone(host, pause)
    fetchers = stack.enter_context(open_fetchers(settings, site, origin, plan.browser))
    gap_seconds = gap_of(settings, site, origin, plan.gap)
    leave = Leave(settings, engine, fetchers, site, load_id, gap_seconds)
    leave.require(rebase((route.seeds or site.seeds(None, None))[0].url, origin))
    return Desk(
        engine=engine,
        site=site,
        crawl=route.crawl,
        fetchers=fetchers,
        leave=leave,
        snapshots=stack.enter_context(SnapshotWriter(settings.folder / "snapshots", site.id)),
        gap_seconds=gap_seconds,
        salt=author_salt(settings),
        load_id=load_id,
        began_at=newest_start(engine, [load_id]),
        max_pages=plan.max_pages,
        max_depth=plan.max_depth,
        since=plan.since,
        until=plan.until,
        contract=_contract(engine, site, route, load_id) if settings.crawl.stop_on_drift else Contract(dict),
        watch=_watch(engine, site, route, ends=settings.crawl.stop_on_drift),
    )


def _contract(engine: sa.Engine, site: Site, route: Route, load_id: int) -> Contract:
    remember = partial(newest_witnesses, engine, route.crawl, without_load=load_id)
    return Contract(partial(expected_bands, engine, site, route.crawl), remember)


def _watch(engine: sa.Engine, site: Site, route: Route, *, ends: bool) -> ListWatch:
    ordinary = None if route.dated else ordinary_paths(site, today())
    watch = ListWatch(
        site.id,
        ordinary,
        home_paths(site),
        ends,
        partial(said_before, engine),
        partial(look_again, engine),
        partial(accept_empty, engine),
    )
    watch.recall(unjudged(engine, route.crawl))
    return watch


def _make_due(desk: Desk, plan: CrawlPlan) -> None:
    revive(desk.engine, desk.crawl)
    want_days(desk.engine, desk.crawl, plan.since, plan.until)
    if plan.retry:
        retry(desk.engine, desk.crawl, RETRIED[plan.retry])
    if plan.refresh != "no":
        refresh(desk.engine, desk.crawl, due_only=plan.refresh == "due")


def _add_seeds(desk: Desk, route: Route) -> None:
    links = [(desk.site.link_key(seed), seed, 0) for seed in route.seeds]
    enqueue(desk.engine, desk.crawl, links, load_id=desk.load_id)


def _named(plan: CrawlPlan, origin: str) -> str:
    words = [f"crawl {plan.site}", plan.topic or "", plan.query or "", f"from {origin}" if plan.base_url else ""]
    return " ".join(word for word in words if word)
