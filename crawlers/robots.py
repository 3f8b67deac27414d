"""robots.txt: what a host allows, kept with its hash, closed when in doubt (RFC 9309)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from protego import Protego

from warehouse.errors import MundapError
from warehouse.records.pages import Page


@dataclass(frozen=True, slots=True)
class Robots:
    """One reading of a robots.txt. `status` is None where the server could not be reached."""

    url: str
    status: int | None
    sha256: str
    text: str
    fetched_at: datetime


def robots_url(url: str) -> str:
    """This is where the rules of a URL's host stand.

    >>> robots_url("http://127.0.0.1:8001/talk/c20006?page=2")
    'http://127.0.0.1:8001/robots.txt'
    """
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0]}/robots.txt"


def read_robots(url: str, answer: Page | MundapError, fetched_at: datetime) -> Robots:
    """This keeps what came back for `url`, be it a page or the error that stood in its place."""
    if isinstance(answer, MundapError):
        return Robots(url, None, hashlib.sha256(b"").hexdigest(), "", fetched_at)
    return Robots(url, answer.status, hashlib.sha256(answer.body).hexdigest(), answer.text, fetched_at)


def allows(robots: Robots, url: str, user_agent: str) -> bool:
    """This tells whether `user_agent` may fetch `url`.

    A file that is not there (4xx) allows all. A server that fails (5xx), is busy (429), cannot be reached, or sends us
    off the site or round in circles forbids all.
    """
    status = robots.status or 0
    if not 200 <= status < 300:
        return 400 <= status < 500 and status != 429
    return bool(_rules(robots).can_fetch(url, _product(user_agent)))


def crawl_delay(robots: Robots, user_agent: str) -> float | None:
    """This is the Crawl-delay in seconds that the file asks of `user_agent`, None where it asks none."""
    if robots.status is None or not 200 <= robots.status < 300:
        return None
    delay = _rules(robots).crawl_delay(_product(user_agent))
    return None if delay is None else float(delay)


def _rules(robots: Robots) -> Protego:
    return Protego.parse(robots.text)


def _product(user_agent: str) -> str:
    # Rules name the product; a contact address behind it must not match some other robot's name.
    return user_agent.strip().split("/")[0].split(" ")[0] or "*"
