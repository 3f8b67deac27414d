"""One page asked for: each request of its way has its leave, its turn, and its row in the ledger before it goes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import httpx

from crawlers.errands import Answered
from crawlers.fetch import Request
from crawlers.politeness import retry_after_seconds
from pipelines.steps.crawling.desk import Desk
from pipelines.steps.crawling.fetching import Means
from pipelines.steps.crawling.gate import Passage, pass_gate
from warehouse.errors import Permanent, Transient
from warehouse.hosts.answers import answered, pushed_back
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
    way = _Way(desk, request.method, keep, "browser" if in_browser else desk.fetchers.usual)
    try:
        way.step(request.url)
        fetch = desk.fetchers.fetch_in_browser if in_browser else desk.fetchers.fetch
        page = fetch(request, way.onward, way.beside)
    except (Permanent, Transient) as error:
        return way.ended(error)
    return way.ended(page)


class _Way:
    """The hops of one request."""

    def __init__(self, desk: Desk, method: str, keep: Callable[[], None], means: Means) -> None:
        self._desk, self._method, self._keep, self._means = desk, method, keep, means
        self._entry: RequestRow | None = None
        self._is_slowed = False
        self._gap_seconds = desk.gap_seconds

    def step(self, url: str) -> None:
        """Pass the gate for a URL, and open its row."""
        passage, self._gap_seconds = self._pass(url, self._method)
        self._entry, self._is_slowed = passage.entry, passage.is_slowed

    def beside(self, method: str, url: str) -> Answered:
        """Pass the gate for what a page in the browser asks for besides itself: a row of its own, closed when told."""
        return partial(_close_beside, self._desk, *self._pass(url, method))

    def onward(self, before: Page, url: str) -> None:
        """Close the row of a hop that led on, and go on to the next."""
        closed = self.ended(before).entry
        if closed is not None:
            record_request(self._desk.engine, self._desk.load_id, replace(closed, url=before.final_url))
        self._entry = None
        if before.status in (301, 302, 303):
            self._method = "GET"
        self.step(url)

    def _pass(self, url: str, method: str) -> tuple[Passage, float]:
        desk = self._desk
        permit = desk.leave.permit(url, self._keep)
        if not permit.allows(url):
            raise NotAllowed(f"robots.txt refuses {url}; record a permission for the site if you have one", "robots")
        gap_seconds = permit.gap(desk.gap_seconds)
        leaving = Leaving(desk.load_id, url, method, robots_id=permit.robots_id, user_agent=permit.agent)
        return pass_gate(desk.engine, httpx.URL(url).netloc.decode(), gap_seconds, leaving, self._keep), gap_seconds

    def ended(self, answer: Page | Permanent | Transient) -> Sent:
        """Close the row with what came back."""
        if self._entry is None:
            return Sent(None, self._gap_seconds, answer)
        seconds = (datetime.now(UTC) - self._entry.sent_at).total_seconds()
        return Sent(
            _closed(replace(self._entry, elapsed_seconds=max(seconds, 0.0), fetched_by=self._means), answer),
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


def _close_beside(
    desk: Desk, passage: Passage, gap_seconds: float, status: int | None, retry_after: str | None
) -> None:
    now, entry = datetime.now(UTC), passage.entry
    is_refusal = status is not None and (status == 429 or status >= 500)
    wait = retry_after_seconds(retry_after, now) if is_refusal else None
    closed = replace(
        entry,
        status=status,
        elapsed_seconds=max((now - entry.sent_at).total_seconds(), 0.0),
        retry_after_seconds=wait,
        fetched_by="browser",
        error=None if status else f"no answer from {entry.url}, which a page in the browser asked for",
    )
    record_request(desk.engine, desk.load_id, closed)
    if is_refusal:
        why = f"{entry.url} answered {status}"
        pushed_back(desk.engine, entry.host, gap_seconds, why, retry_after_seconds=wait, load_id=desk.load_id)
    elif passage.is_slowed and status is not None:
        answered(desk.engine, entry.host, gap_seconds)
