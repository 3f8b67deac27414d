"""Where a crawl begins, and under which name its rows stand in the frontier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import httpx

from crawlers.sites.boards import Topic, topic_named
from crawlers.sites.registry import Site
from pipelines.steps.crawling.backfill import days_between, today
from pipelines.steps.crawling.plan import CrawlPlan
from warehouse.errors import Misuse
from warehouse.frontier.crawls import Crawl
from warehouse.records.pages import Link


@dataclass(frozen=True, slots=True)
class Route:
    """Where a crawl begins: at the site's lists, or at those of each day, which make a crawl of their own."""

    site: Site
    plan: CrawlPlan
    topic: Topic | None
    crawl: Crawl
    seeds: tuple[Link, ...]
    days: tuple[date, ...]
    dated: tuple[date, ...]

    def seeds_of(self, day: date) -> tuple[Link, ...]:
        """Return the lists of one day."""
        return self.site.backfill(self.topic, self.plan.query, day)


def route_of(site: Site, plan: CrawlPlan, topics: Mapping[str, Topic]) -> Route:
    """Find where a plan begins.

    Raises:
        Misuse: an unknown topic, a base URL that is none, days that end before they begin, or a day to come.
    """
    if plan.since and plan.until and plan.since > plan.until:
        raise Misuse(f"--since {plan.since} is after --until {plan.until}; no day lies between them, swap them")
    for name, day in (("--since", plan.since), ("--until", plan.until)):
        if day and day > today():
            raise Misuse(
                f"{name} {day} lies in the future (in Korea it is {today()}); give a day gone by, or leave it out"
            )
    days = days_between(plan.since, plan.until)
    topic = topic_named(plan.topic, topics) if plan.topic else None
    dated = tuple(day for day in days if site.backfill(topic, plan.query, day))
    name = topic.name if topic else plan.query or ""
    crawl = Crawl(site.id, f"{name} by day".strip() if dated else name, origin_of(plan.base_url or site.base_url))
    seeds = site.seeds(topic, plan.query)
    if not seeds:
        raise Misuse(
            f"topic {name!r} names no list of {site.name} to start from; add some under [topics.{name}] in the settings"
            " (boards for minors count only with [crawl] with_minors = true)"
        )
    return Route(site, plan, topic, crawl, seeds, days, dated)


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
