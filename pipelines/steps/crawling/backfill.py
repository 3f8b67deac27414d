"""A crawl of days gone by: list after list of each day, the newest day first, each finished once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from crawlers.sites.registry import Site
from pipelines.plural import counted
from pipelines.steps.crawling.desk import Desk, Tally
from pipelines.steps.crawling.walk import OnPage, walk
from pipelines.steps.runner import Runner
from warehouse.frontier.backfill import begin_day, finish_day, finished_days
from warehouse.frontier.claims import enqueue
from warehouse.frontier.outlook import next_due
from warehouse.records.moments import KST
from warehouse.records.pages import Link

Seeds = Callable[[date], tuple[Link, ...]]


def today() -> date:
    """The day in Korea, by which both sites date."""
    return datetime.now(KST).date()


def days_between(since: date | None, until: date | None) -> tuple[date, ...]:
    """Every day asked for, newest first; none without a first day."""
    if since is None:
        return ()
    last = min(until or today(), today())
    return tuple(last - timedelta(days=number) for number in range((last - since).days + 1))


def walk_days(desk: Desk, days: tuple[date, ...], seeds: Seeds, run: Runner, on_page: OnPage) -> Tally:
    """Walk the days that are not finished; what an earlier run left comes with the first of them."""
    tally = Tally()
    finished = finished_days(desk.engine, desk.crawl)
    for day in (day for day in days if day not in finished):
        begin_day(desk.engine, desk.crawl, day, desk.load_id)
        links = [(desk.site.link_key(seed), seed, 0) for seed in seeds(day)]
        enqueue(desk.engine, desk.crawl, links, load_id=desk.load_id)
        tally = walk(desk, run, on_page, tally)
        if tally.ended or next_due(desk.engine, desk.crawl, max_depth=desk.max_depth) is not None:
            return tally
        if day < today():  # today's lists still grow
            finish_day(desk.engine, desk.crawl, day)
    return walk(desk, run, on_page, tally)


def told_about(site: Site, days: tuple[date, ...], dated: int, finished: int) -> tuple[str, ...]:
    """Say how far the days are, and plainly which lists cannot go back that far."""
    if not days:
        return ()
    if not dated:
        return (f"{site.id} has no list by day for this crawl; {site.undated}",)
    missing = (f"{site.id} has no list for {len(days) - dated:,} of these days; {site.undated}",)
    return (f"{finished:,} of {dated:,} days are finished", *(missing if dated < len(days) else (site.undated,)))


def left_out(desk: Desk, questions: int) -> tuple[str, ...]:
    """Say how many questions were met that were asked on other days than those wanted."""
    if not questions:
        return ()
    days = " to ".join(str(day or "…") for day in (desk.since, desk.until))
    return (
        f"{counted(questions, 'question')} asked outside {days} left out; a crawl that wants those days takes them",
    )
