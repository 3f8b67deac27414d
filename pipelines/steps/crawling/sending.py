"""One page asked for: each request of its way has its leave, its turn, and its row in the ledger before it goes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx

from crawlers.fetch import Request
from pipelines.steps.crawling.desk import Desk
from pipelines.steps.crawling.gate import pass_gate
from warehouse.errors import Permanent, Transient
from warehouse.hosts.ledger import RequestRow, record_request
from warehouse.hosts.turns import Leaving
from warehouse.records.pages import Page


class NotAllowed(Permanent):
    """robots.txt refuses the page; the request was not sent."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a request: its row for the ledger, and a page or the error in its place.

    `gap_seconds` is the crawl's own gap for the host, before the host slowed it. `entry` is None where nothing was
    sent that is not on record yet. `is_slowed` asks for a report of a proper answer.
    """

    entry: RequestRow | None
    gap_seconds: float
    answer: Page | Permanent | Transient
    is_slowed: bool = False


def send(desk: Desk, request: Request, keep: Callable[[], None], *, in_browser: bool = False) -> Sent:
    """Ask for a page and follow its redirects; rows of the hops before the last are written here.

    Raises:
        HostPaused: a host on the way is left alone just now.
        Refused: the robots.txt of a host on the way cannot be had.
    """
    way = _Way(desk, request.method, keep)
    try:
        way.step(request.url)
        fetch = desk.fetchers.fetch_in_browser if in_browser else desk.fetchers.fetch
        page = fetch(request, way.onward)
    except (Permanent, Transient) as error:
        return way.ended(error)
    return way.ended(page)


class _Way:
    """The hops of one request."""

    def __init__(self, desk: Desk, method: str, keep: Callable[[], None]) -> None:
        self._desk, self._method, self._keep = desk, method, keep
        self._entry: RequestRow | None = None
        self._is_slowed = False
        self._gap_seconds = desk.gap_seconds

    def step(self, url: str) -> None:
        """Pass the gate for a URL, and open its row."""
        permit = self._desk.leave.permit(url, self._keep)
        if not permit.allows(url):
            raise NotAllowed(f"robots.txt refuses {url}; record a permission for the site if you have one", "robots")
        host = httpx.URL(url).netloc.decode()
        self._gap_seconds = permit.gap(self._desk.gap_seconds)
        leaving = Leaving(self._desk.load_id, url, self._method, robots_id=permit.robots_id, user_agent=permit.agent)
        passage = pass_gate(self._desk.engine, host, self._gap_seconds, leaving, self._keep)
        self._entry, self._is_slowed = passage.entry, passage.is_slowed

    def onward(self, before: Page, url: str) -> None:
        """Close the row of a hop that led on, and go on to the next."""
        closed = self.ended(before).entry
        if closed is not None:
            record_request(self._desk.engine, self._desk.load_id, replace(closed, url=before.final_url))
        self._entry = None
        if before.status in (301, 302, 303):
            self._method = "GET"
        self.step(url)

    def ended(self, answer: Page | Permanent | Transient) -> Sent:
        """Close the row with what came back."""
        if self._entry is None:
            return Sent(None, self._gap_seconds, answer)
        seconds = (datetime.now(UTC) - self._entry.sent_at).total_seconds()
        return Sent(
            _closed(replace(self._entry, elapsed_seconds=max(seconds, 0.0)), answer),
            self._gap_seconds,
            answer,
            self._is_slowed,
        )


def _closed(entry: RequestRow, answer: Page | Permanent | Transient) -> RequestRow:
    if isinstance(answer, Page):
        return replace(entry, status=answer.status, fetched_by=answer.fetched_by)
    if isinstance(answer, Transient):
        entry = replace(entry, status=answer.status, retry_after_seconds=answer.retry_after_seconds)
    return replace(entry, error=str(answer))
