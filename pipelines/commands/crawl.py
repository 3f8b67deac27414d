"""The command that crawls a site."""

from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from pipelines.commands.options import AsJson, Config, finish
from pipelines.exits import DONE, INCOMPLETE, REFUSED
from pipelines.output import print_result, progress, tell
from pipelines.plural import counted
from pipelines.settings import Settings, load_settings
from pipelines.steps.crawling.plan import CrawlPlan, CrawlReport


class Browser(StrEnum):
    """When a page is fetched through Chromium."""

    auto = "auto"
    always = "always"
    never = "never"


class Retry(StrEnum):
    """Which pages to ask for once more."""

    set_aside = "set_aside"
    gone = "gone"
    all = "all"


class Refresh(StrEnum):
    """Which stored pages to look at again."""

    no = "no"
    due = "due"
    all = "all"


def crawl(
    site: Annotated[str, typer.Argument(help="naver_kin or nate_pann.")],
    topic: Annotated[str | None, typer.Option(help="A named topic: 연애, 가족, 자격증, 요리.")] = None,
    query: Annotated[str | None, typer.Option(help="Start from the site's search for these words.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Oldest day wanted; by day lists.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Newest day wanted.")] = None,
    max_pages: Annotated[int | None, typer.Option(min=1, help="Budget of this crawl, over all its runs.")] = None,
    max_depth: Annotated[int | None, typer.Option(min=0, help="Links to go from a seed at most.")] = None,
    retry: Annotated[Retry | None, typer.Option(help="Ask once more for pages set aside or gone.")] = None,
    refresh: Annotated[Refresh | None, typer.Option(help="Look again at stored pages: due ones, or all.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Crawl a copy of the site here (mundap replica).")] = None,
    gap: Annotated[float | None, typer.Option(min=0, help="Seconds between two requests.")] = None,
    browser: Annotated[Browser | None, typer.Option(help="Chromium: auto, always or never.")] = None,
    lift_stop: Annotated[
        str | None, typer.Option(metavar="WHO, WHY", help="End a stop after a captcha or block; kept on record.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Crawl one site; the same command again goes on where the last one ended.

    Example: mundap crawl naver_kin --topic 요리 --base-url http://127.0.0.1:8900
    """
    settings = load_settings(config)
    if lift_stop is not None:
        from pipelines.steps.crawling.lifting import lift

        tell(f"mundap: {lift(settings, site, base_url, lift_stop)}")
    plan = CrawlPlan(
        site=site,
        topic=topic,
        query=query,
        base_url=base_url,
        max_pages=max_pages or settings.crawl.max_pages,
        max_depth=max_depth,
        gap=gap,
        browser=browser.value if browser else settings.crawl.browser,
        since=_day(since),
        until=_day(until),
        retry=retry.value if retry else None,
        refresh=refresh.value if refresh else None,
    )
    return _end(settings, _run(settings, plan, quiet=as_json), as_json)


def _run(settings: Settings, plan: CrawlPlan, *, quiet: bool) -> CrawlReport:
    from pipelines.engine import crawl as run_crawl
    from pipelines.steps.crawling.closing import Interrupted, PutOff, TurnedAway

    try:
        with progress(plan.site, quiet=quiet) as advance:
            return run_crawl(settings, plan, advance)
    except (Interrupted, TurnedAway, PutOff) as stop:
        return stop.report


def _end(settings: Settings, report: CrawlReport, as_json: bool) -> int:
    """Print the report, say what is left and why, and return the exit code."""
    result = asdict(report)
    ended, notes, settled = (result.pop(name) for name in ("ended", "notes", "settled"))
    if as_json:
        result |= {"reason": ended or None, "notes": notes}
    code = DONE
    if ended and (as_json or settled):
        print_result(result, as_json=as_json)
    elif not ended:
        code = finish(settings, result, rows=settled, as_json=as_json, noun="page")
    for note in notes:
        tell(f"mundap: {note}")
    if report.blocked:
        tell(f"mundap: {ended}")
        return REFUSED
    if ended:
        tell(f"mundap: incomplete, {counted(report.remaining, 'page')} left: {ended}")
        return INCOMPLETE
    return code


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
