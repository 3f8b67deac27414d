"""The fetchers of one crawl: plain HTTP, and a browser that starts when the first page needs it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from crawlers.browser import BrowserFetcher, find_chromium
from crawlers.fetch import HttpFetcher, Request
from crawlers.sites.registry import Site
from pipelines.settings import Settings
from warehouse.errors import Unready
from warehouse.records.pages import Page

NO_BROWSER = (
    "Chromium and its driver are not on this machine; install them (apt-get install chromium chromium-driver), "
    "or crawl with --browser never"
)


class Fetchers:
    """Fetches by HTTP or, where asked to always, through Chromium; usable inside `open_fetchers` only."""

    def __init__(self, stack: ExitStack, agent: str, hosts: frozenset[str], timeout: float, browser: str) -> None:
        self._stack, self._agent, self._hosts, self._timeout = stack, agent, hosts, timeout
        self._always = browser == "always"
        self.has_browser = browser != "never" and find_chromium() is not None
        if self._always and not self.has_browser:
            raise Unready(NO_BROWSER)
        self._http = stack.enter_context(HttpFetcher(agent, hosts, timeout_seconds=timeout))
        self._browser: BrowserFetcher | None = None

    def fetch(self, request: Request) -> Page:
        """Fetch the way that the user asked for."""
        return self.fetch_in_browser(request) if self._always else self._http.fetch(request)

    def fetch_plainly(self, request: Request) -> Page:
        """Fetch by HTTP whatever the user asked for: robots.txt is no page to render."""
        return self._http.fetch(request)

    def fetch_in_browser(self, request: Request) -> Page:
        """Fetch through Chromium, which is started at the first call."""
        if self._browser is None:
            self._browser = self._stack.enter_context(
                BrowserFetcher(self._agent, self._hosts, timeout_seconds=self._timeout)
            )
        return self._browser.fetch(request)


@contextmanager
def open_fetchers(settings: Settings, site: Site, origin: str, browser: str) -> Iterator[Fetchers]:
    """Open the fetchers of a crawl, and leave no process behind.

    Raises:
        Unready: Chromium is asked for and not there.
    """
    with ExitStack() as stack:
        yield Fetchers(
            stack, user_agent(settings), allowed_hosts(site, origin), settings.crawl.timeout_seconds, browser
        )


def user_agent(settings: Settings) -> str:
    """Return the honest user agent: what we are, and where to reach who runs it."""
    contact = settings.crawl.contact
    return f"{settings.crawl.user_agent} (+{contact})" if contact else settings.crawl.user_agent


def allowed_hosts(site: Site, origin: str) -> frozenset[str]:
    """Return the only hosts that a crawl may touch, redirects included: the site's own, or the copy's alone."""
    if origin == site.base_url:
        return frozenset(site.hosts)
    return frozenset({httpx.URL(origin).netloc.decode()})
