"""The flow around a crawl."""

from collections.abc import Callable
from datetime import date

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

from pipelines.flows.seat import config_of, seat_for, seated
from pipelines.flows.summaries import artifact_key, crawl_summary
from pipelines.flows.tasks import as_task, foreseen
from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, CrawlReport, crawl_site
from warehouse.errors import Misuse


@flow(name="crawl", description="Crawl one site; the same crawl again goes on where the last one ended.")
@foreseen
def crawl(
    site: str,
    config: str | None = None,
    topic: str | None = None,
    query: str | None = None,
    base_url: str | None = None,
    max_pages: int | None = None,
    gap: float | None = None,
    browser: str = "auto",
    since: str | None = None,
    until: str | None = None,
    max_depth: int | None = None,
    retry: str | None = None,
    refresh: str | None = None,
) -> CrawlReport:
    """Crawl `site` in page batches, each a task; days are written YYYY-MM-DD, `gap` is in seconds.

    Raises:
        Misuse: the settings, the site, the topic or a day is at fault.
        Refused: robots.txt refuses and no permission is on record.
        Unready: the warehouse, the disk or the browser fails.
    """
    seat = seat_for(config)
    plan = CrawlPlan(
        site,
        topic=topic,
        query=query,
        base_url=base_url,
        max_pages=max_pages,
        gap=gap,
        browser=browser,
        since=_day(since),
        until=_day(until),
        max_depth=max_depth,
        retry=retry,
        refresh=refresh,
    )
    report = crawl_site(seat.settings, plan, run=as_task, on_page=seat.on_step)
    create_markdown_artifact(
        crawl_summary(site, report), key=artifact_key("crawl", site), description=f"crawl of {site}"
    )
    log = get_run_logger()
    log.info("%s: %d fetched, %d stored, %d remaining", site, report.fetched, report.stored, report.remaining)
    if report.blocked or report.ended:
        log.warning("%s ended early: %s", site, report.ended or "stopped by the site")
    return report


def run_crawl(settings: Settings, plan: CrawlPlan, on_page: Callable[[int, int | None, str], None]) -> CrawlReport:
    """Run the flow in this process, under these settings and this bar; errors come out as of `crawl_site`."""
    with seated(settings, on_page):
        return crawl(
            plan.site,
            config=config_of(settings),
            topic=plan.topic,
            query=plan.query,
            base_url=plan.base_url,
            max_pages=plan.max_pages,
            gap=plan.gap,
            browser=plan.browser,
            since=plan.since.isoformat() if plan.since else None,
            until=plan.until.isoformat() if plan.until else None,
            max_depth=plan.max_depth,
            retry=plan.retry,
            refresh=plan.refresh,
        )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Misuse(f"{text!r} is no day; write it like 2026-01-31") from None
