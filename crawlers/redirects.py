"""The way from an address to the page that answers: redirects followed one by one, each told before it is asked."""

from collections.abc import Callable
from dataclasses import replace

import httpx

from crawlers.addresses import check_host, is_allowed
from warehouse.errors import Permanent
from warehouse.records.pages import Page

_MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
# A site that sends a visitor to its login or captcha host has answered, in its own way.
_TELLING_TARGETS = ("captcha", "login")

Form = tuple[tuple[str, str], ...]
# Told of each further request that a fetch is about to send: the answer that led to it, and its URL. It may wait, or
# raise to keep the request from being sent.
Onward = Callable[[Page, str], None]


def unasked(before: Page, url: str) -> None:
    """This lets a further request go at once."""


def follow(
    start: tuple[str, str, Form],
    ask: Callable[[str, str, Form], tuple[Page, str | None]],
    allowed_hosts: frozenset[str],
    onward: Onward,
) -> Page:
    """This asks for (URL, method, form) and follows up to five redirects within the allowed hosts.

    `ask` sends one request and gives its answer with the address that it leads to, None where it leads nowhere;
    `onward` is told of each request after the first.

    Raises:
        Permanent: a host that is not allowed, too many redirects or a circle of them.
    """
    url, method, form = start
    asked: set[tuple[str, str]] = set()
    for hop in range(_MAX_REDIRECTS + 1):
        check_host(url, allowed_hosts)
        asked.add((method, url))
        page, location = ask(url, method, form)
        if location is None:
            return page
        if not is_allowed(location, allowed_hosts):
            return _sent_away(page, location)
        if page.status in (301, 302, 303):
            method, form = "GET", ()
        url = location
        if (method, url) in asked:  # without cookies the same question gets the same answer
            raise Permanent(
                f"{start[0]} redirects in a circle, back to {url}: open it in a browser to see why", "redirects"
            )
        if hop < _MAX_REDIRECTS:
            onward(page, url)
    raise Permanent(
        f"more than {_MAX_REDIRECTS} redirects from {start[0]}: open it in a browser to see why", "redirects"
    )


def leads_to(page: Page) -> str | None:
    """This is the address that an answer redirects to, None where it is no redirect; Permanent for no address."""
    location = dict(page.headers).get("location")
    if page.status not in _REDIRECTS or location is None:
        return None
    try:
        # A fragment is the browser's own affair, and never sent.
        return str(httpx.URL(page.final_url).join(location).copy_with(fragment=None))
    except httpx.InvalidURL as error:
        raise Permanent(
            f"{page.final_url} redirects to {location!r}, which is no address: it is set aside", "no_address"
        ) from error


def is_telling(location: str) -> bool:
    """This tells whether a redirect off the site is itself the answer: to a login or captcha."""
    return any(word in location.lower() for word in _TELLING_TARGETS)


def _sent_away(page: Page, location: str) -> Page:
    if is_telling(location):
        return replace(page, final_url=location)
    raise Permanent(f"{page.final_url} redirects off the site, to {location}: it is set aside", "off_site")
