"""What a crawl is asked for, and what it reports."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """What to crawl, and how.

    `base_url` names a copy of the site; `gap` is in seconds. `retry` (one of `RETRIED`) asks for pages that were set
    aside or are gone once more, `refresh` looks again at pages that are "due" or at "all" that are stored.
    """

    site: str
    topic: str | None = None
    query: str | None = None
    base_url: str | None = None
    max_pages: int | None = None
    max_depth: int | None = None
    gap: float | None = None
    browser: str = "auto"
    since: date | None = None
    until: date | None = None
    retry: str | None = None
    refresh: str | None = None


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What one run of a crawl did; `ended` says why it ended early, empty where it is done.

    `fetched` pages were answered with content, `unchanged` with "not modified", `known` ones were not asked for, since
    another crawl of the site has them and need not look again yet; `stored` counts new questions; `remaining` pages
    wait; `settled` counts every page that came to an end, whatever its end. `notes` is what else the user should know.
    """

    fetched: int
    unchanged: int
    stored: int
    set_aside: int
    gone: int
    remaining: int
    blocked: bool
    load_id: int
    known: int = 0
    settled: int = 0
    ended: str = ""
    notes: tuple[str, ...] = ()
