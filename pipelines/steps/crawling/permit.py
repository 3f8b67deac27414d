"""May we? Each host's robots.txt, fetched live, kept, and obeyed unless somebody with the right to do so said yes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import sqlalchemy as sa

from crawlers.fetch import Request
from crawlers.robots import Robots, allows, crawl_delay, read_robots, robots_url
from crawlers.sites.registry import Site
from pipelines.settings import Settings
from pipelines.steps.crawling.fetching import Fetchers
from pipelines.steps.crawling.gate import Passage, pass_gate
from pipelines.steps.crawling.pace import user_agent
from warehouse.errors import MundapError, Permanent, Refused, Transient
from warehouse.hosts.answers import answered, pushed_back
from warehouse.hosts.ledger import record_request
from warehouse.hosts.robots import save_robots
from warehouse.hosts.turns import Leaving
from warehouse.records.pages import Page

# RFC 9309 bids to use no copy older than a day; an hour less, since a request may wait at the gate.
FRESH = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class Permit:
    """The rules of one host in force; with a `permission` on record robots.txt is kept but does not bind."""

    robots: Robots
    robots_id: int
    permission: str
    agent: str

    def allows(self, url: str) -> bool:
        """Tell whether this URL may be fetched."""
        return bool(self.permission) or allows(self.robots, url, self.agent)

    def gap(self, own_seconds: float) -> float:
        """Return the gap between two requests: the crawl's own, or the Crawl-delay where that is longer."""
        return max(own_seconds, crawl_delay(self.robots, self.agent) or 0.0)


class Leave:
    """The permits of one crawl, a host each; every robots.txt is fetched at first need, and anew after a day."""

    def __init__(
        self, settings: Settings, engine: sa.Engine, fetchers: Fetchers, site: Site, load_id: int, gap_seconds: float
    ) -> None:
        self._engine, self._fetchers, self._site, self._load_id = engine, fetchers, site, load_id
        self._gap_seconds = gap_seconds
        self._agent = user_agent(settings)
        self._permission = settings.sites[site.id].permission.strip() if site.id in settings.sites else ""
        self._permits: dict[str, Permit] = {}

    def require(self, url: str) -> None:
        """Pass only where a crawl may begin at `url`.

        Raises:
            Refused: robots.txt refuses and no permission is on record, or it cannot be had.
        """
        if not self.permit(url).allows(url):
            entry = f'[sites.{self._site.id}] permission = "who allowed it, when"'
            raise Refused(
                f"{robots_url(url)} refuses crawlers such as ours, and no permission is on record. {self._site.rights} "
                f"With a permission write into the settings: {entry}"
            )

    def permit(self, url: str, keep: Callable[[], None] = lambda: None) -> Permit:
        """Return the rules in force for a URL's host.

        Raises:
            Refused: its robots.txt cannot be had, so that nothing may be fetched.
            HostPaused: the host is left alone just now.
        """
        address = robots_url(url)
        known = self._permits.get(address)
        if known is None or datetime.now(UTC) - known.robots.fetched_at > FRESH:
            known = self._permits[address] = self._ask(address, keep)
        return known

    def _ask(self, address: str, keep: Callable[[], None]) -> Permit:
        host = address.partition("://")[2].partition("/")[0]
        passage = self._pass(address, keep)
        answer: Page | MundapError

        def onward(before: Page, url: str) -> None:
            # RFC 9309: the rules found after up to five redirects are those of the host asked first.
            nonlocal passage
            self._record(before.final_url, passage, before, None)
            passage = self._pass(url, keep)

        try:
            answer = self._fetchers.fetch_plainly(Request(address), onward)
        except (Transient, Permanent) as error:
            answer = error
        robots = read_robots(address, answer, passage.entry.sent_at)
        robots_id = save_robots(
            self._engine,
            host=host,
            url=address,
            status=robots.status,
            body=robots.text,
            fetched_at=robots.fetched_at,
            permission=self._permission or None,
            load_id=self._load_id,
            user_agent=self._agent,
        )
        self._record(answer.final_url if isinstance(answer, Page) else address, passage, answer, robots_id)
        if isinstance(answer, MundapError):
            raise Refused(f"{address} cannot be had, so nothing is fetched: {answer}")
        return Permit(robots, robots_id, self._permission, self._agent)

    def _pass(self, url: str, keep: Callable[[], None]) -> Passage:
        leaving = Leaving(self._load_id, url, page_kind="robots", user_agent=self._agent)
        return pass_gate(self._engine, httpx.URL(url).netloc.decode(), self._gap_seconds, leaving, keep)

    def _record(self, url: str, passage: Passage, answer: Page | MundapError, robots_id: int | None) -> None:
        host = httpx.URL(url).netloc.decode()
        wait = answer.retry_after_seconds if isinstance(answer, Transient) else None
        entry = replace(
            passage.entry,
            url=url,
            host=host,
            status=answer.status if isinstance(answer, Page | Transient) else None,
            elapsed_seconds=(datetime.now(UTC) - passage.entry.sent_at).total_seconds(),
            robots_id=robots_id,
            retry_after_seconds=wait,
            error=str(answer) if isinstance(answer, MundapError) else None,
        )
        record_request(self._engine, self._load_id, entry)
        if isinstance(answer, Transient):
            own, load_id = self._gap_seconds, self._load_id
            pushed_back(self._engine, host, own, str(answer), retry_after_seconds=wait, load_id=load_id)
        elif passage.is_slowed:
            answered(self._engine, host, self._gap_seconds)
