"""One saved page to records, without a warehouse."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from crawlers.charset import decide_charset
from crawlers.sites.registry import SITES, Site
from warehouse.errors import Misuse
from warehouse.records.pages import Page


def parse_file(file: Path, url: str, fetched_at: datetime, salt: bytes | None) -> dict[str, Any]:
    """Parse a saved page as the site whose host `url` names.

    Raises:
        Misuse: no such file, or a URL of no known site.
    """
    if not file.is_file():
        raise Misuse(f"no file at {file}; check the path")
    body = file.read_bytes()
    page = Page(url, url, 200, (), body, decide_charset({}, body), fetched_at)
    parsed = asdict(site_of(url).read(page, salt))
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
        if host in site.hosts:
            return site
    known = ", ".join(host for site in SITES.values() for host in site.hosts)
    raise Misuse(f"no site is known at host {host or url!r}; known are {known}")
