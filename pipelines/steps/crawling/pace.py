"""How fast a crawl may ask, and that whoever is asked can tell by whom."""

import ipaddress
import re
from typing import Final

import httpx

from crawlers.sites.registry import Site
from pipelines.settings import Settings
from warehouse.errors import Misuse

_CONTACT: Final = re.compile(r"(https?://[!-~]+|[!-~]+@[!-~]+)")


def is_loopback(origin: str) -> bool:
    """Tell whether an origin is on this machine."""
    host = httpx.URL(origin).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def gap_of(settings: Settings, site: Site, origin: str, asked: float | None) -> float:
    """Return the crawl's own gap in seconds: none on loopback unless asked for, else the site's delay or more.

    Less than the site's own delay needs a permission on record; Crawl-delay comes on top, wherever it is asked.
    """
    if is_loopback(origin):
        return asked or 0.0
    entry = settings.sites.get(site.id)
    wanted = asked if asked is not None else entry.delay_seconds if entry else None
    if wanted is None:
        return site.delay_seconds
    return wanted if entry and entry.permission.strip() else max(site.delay_seconds, wanted)


def user_agent(settings: Settings) -> str:
    """Return the honest user agent: what we are, and where to reach who runs it."""
    contact = settings.crawl.contact.strip()
    return f"{settings.crawl.user_agent} (+{contact})" if contact else settings.crawl.user_agent


def require_contact(settings: Settings, origin: str) -> None:
    """Pass only where the server asked is on this machine, or can tell from the user agent whom to write to.

    Raises:
        Misuse: no contact, or one that is neither a mail nor a web address; an agent that no header can hold.
    """
    if not re.fullmatch(r"[!-~][ -~]*", settings.crawl.user_agent):
        raise Misuse("settings: crawl.user_agent must be one line of ASCII letters such as mundap/0.1; correct it")
    contact = settings.crawl.contact.strip()
    if contact and not _CONTACT.fullmatch(contact):
        raise Misuse(f"settings: crawl.contact {contact!r} is neither a mail address nor a web address; correct it")
    if not contact and not is_loopback(origin):
        raise Misuse(
            f"{origin} is not on this machine, and nothing tells its operator how to reach you: write into the "
            'settings [crawl] contact = "you@example.org" (a mail or web address), or set MUNDAP_CRAWL__CONTACT'
        )
