"""One saved page to records, without a warehouse."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from crawlers.charset import decide_charset
from crawlers.pages import LOGIN_HOSTS
from crawlers.sites.registry import SITES, Site, site_by_id
from warehouse.errors import Misuse
from warehouse.records.pages import Page


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page in a file, with what is known of how it came; without a `site` the host of `url` tells it."""

    file: Path
    url: str
    fetched_at: datetime
    status: int = 200
    final_url: str | None = None
    site: str | None = None


def parse_file(saved: SavedPage, salt: bytes | None) -> dict[str, Any]:
    """Parse a saved page.

    Raises:
        Misuse: no such file, an unknown site, or a URL of no known site.
    """
    if not saved.file.is_file():
        raise Misuse(f"no file at {saved.file}; check the path")
    site = site_by_id(saved.site) if saved.site else site_of(saved.url)
    body = saved.file.read_bytes()
    charset = decide_charset({}, body)
    page = Page(saved.url, saved.final_url or saved.url, saved.status, (), body, charset, saved.fetched_at)
    parsed = asdict(site.read(page, salt))
    if not parsed["tells_marks"]:
        # What the page's layout does not show is null here; where it is stored, what is known stays.
        parsed["answers"] = [row | dict.fromkeys(("is_chosen", "written_by")) for row in parsed["answers"]]
    for link in parsed["links"]:
        link["form"] = dict(link["form"])
    order = ("site", "kind", "layout", "question", "answers", "links", "parser_version")
    return {key: list(parsed[key]) if isinstance(parsed[key], tuple) else parsed[key] for key in order}


def site_of(url: str) -> Site:
    """Find the site by the URL's host.

    Raises:
        Misuse: no site has that host.
    """
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL as error:
        raise Misuse(f"{url!r} is no URL ({error}); give the page's address, https://…") from None
    for site in SITES.values():
        # A login host is asked of by a site of the same owner.
        if host in site.hosts or (host in LOGIN_HOSTS and _owner(host) == _owner(site.hosts[0])):
            return site
    known = ", ".join(host for site in SITES.values() for host in site.hosts)
    raise Misuse(f"no site is known at host {host or url!r}; known are {known}; say whose page it is: --site")


def _owner(host: str) -> str:
    return ".".join(host.split(".")[-2:])
