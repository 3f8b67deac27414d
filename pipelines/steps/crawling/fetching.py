"""The fetchers of one crawl: plain HTTP, and a browser that starts when the first page needs it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Literal

import httpx

from crawlers.browser import BrowserFetcher
from crawlers.chromium import find_chromium
from crawlers.errands import Beside, free
from crawlers.fetch import HttpFetcher, Request
from crawlers.redirects import Onward, unasked
from crawlers.sites.registry import Site
from pipelines.settings import Settings
from pipelines.steps.crawling.pace import user_agent
from warehouse.errors import Unready
from warehouse.records.pages import Page

NO_BROWSER = (
    "Chromium and its driver are not on this machine; install them (apt-get install chromium chromium-driver), "
    "or crawl with --browser never"
)


Means = Literal["http", "browser"]


class Fetchers:
    """Fetches by HTTP or, where asked to always, through Chromium; usable inside `open_fetchers` only."""

    def __init__(
        self,
        stack: ExitStack,
        agent: str,
        hosts: frozenset[str],
        timeout: float,
        browser: str,
        named: frozenset[str] = frozenset(),
    ) -> None:
        self._stack, self._agent, self._hosts, self._timeout, self._named = stack, agent, hosts, timeout, named
        self._always = browser == "always"
        self.usual: Means = "browser" if self._always else "http"
        self.has_browser = browser != "never" and find_chromium() is not None
        if self._always and not self.has_browser:
            raise Unready(NO_BROWSER)
        self._http = stack.enter_context(HttpFetcher(agent, hosts, timeout, named_hosts=named))
        self._browser: BrowserFetcher | None = None

    def fetch(self, request: Request, onward: Onward = unasked, beside: Beside = free) -> Page:
        """Fetch the way that the user asked for.

        Each further request is told before it is sent: to `onward` where it is the next of the way, to `beside` where
        a page in the browser asks for more than itself.
        """
        return self.fetch_in_browser(request, onward, beside) if self._always else self._http.fetch(request, onward)

    def fetch_plainly(self, request: Request, onward: Onward = unasked) -> Page:
        """Fetch by HTTP whatever the user asked for: robots.txt is no page to render."""
        return self._http.fetch(request, onward)

    def fetch_in_browser(self, request: Request, onward: Onward = unasked, beside: Beside = free) -> Page:
        """Fetch through Chromium, which is started at the first call and again after it fell.

        Raises:
            BrowserFell: Chromium died or hangs; it is gone, and the next call starts another.
        """
        if self._browser is None:
            self._browser = self._stack.enter_context(
                BrowserFetcher(self._agent, self._hosts, self._timeout, named_hosts=self._named)
            )
        return self._browser.fetch(request, onward, beside)


@contextmanager
def open_fetchers(settings: Settings, site: Site, origin: str, browser: str) -> Iterator[Fetchers]:
    """Open the fetchers of a crawl, and leave no process behind.

    Raises:
        Unready: Chromium is asked for and not there.
    """
    hosts = allowed_hosts(site, origin)
    # Where a copy lies is the user's own word; where the site lies is the resolver's, which is checked.
    named = frozenset() if origin == site.base_url else hosts
    with ExitStack() as stack:
        yield Fetchers(stack, user_agent(settings), hosts, settings.crawl.timeout_seconds, browser, named)


def allowed_hosts(site: Site, origin: str) -> frozenset[str]:
    """Return the only hosts that a crawl may touch, redirects included: the site's own, or the copy's alone."""
    if origin == site.base_url:
        return frozenset(site.hosts)
    return frozenset({httpx.URL(origin).netloc.decode()})
