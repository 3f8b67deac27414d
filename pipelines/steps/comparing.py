"""The same pages by HTTP and through Chromium: do they give the same rows?"""

from crawlers.browser import BrowserFetcher
from crawlers.fetch import HttpFetcher, Request
from crawlers.sites.registry import rebase, site_by_id
from pipelines.settings import Settings
from pipelines.steps.crawling.fetching import allowed_hosts
from pipelines.steps.crawling.pace import user_agent
from warehouse.connect import open_warehouse
from warehouse.queries.query import run_select


def compare_fetchers(settings: Settings, site_id: str, base_url: str, pages: int) -> tuple[int, int]:
    """Fetch up to `pages` stored questions both ways; returns how many gave equal records, and how many were tried.

    Raises:
        Unready: the browser does not start.
    """
    site = site_by_id(site_id)
    open_warehouse(settings.database_url).dispose()
    rows = run_select(settings.database_url, f"select url from question where site = '{site.id}'", limit=pages)
    agent, hosts = user_agent(settings), allowed_hosts(site, base_url)
    same = 0
    with HttpFetcher(agent, hosts) as http, BrowserFetcher(agent, hosts) as browser:
        for url in rows["url"]:
            request = Request(rebase(url, base_url))
            same += site.read(http.fetch(request), None) == site.read(browser.fetch(request), None)
    return same, len(rows)
