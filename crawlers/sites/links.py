"""Addresses without exceptions: a page may hold any text where a URL should stand."""

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit

from warehouse.records.pages import Link


def split_url(url: str) -> SplitResult:
    """This splits any text as a URL; text that is none gives empty parts."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  a port that is no number only shows when it is asked for
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def fields_of(url: str) -> dict[str, str]:
    """These are the query's fields, the first value of each."""
    fields: dict[str, str] = {}
    for name, value in parse_qsl(split_url(url).query, keep_blank_values=True, max_num_fields=None):
        fields.setdefault(name, value)
    return fields


def own_url(href: str, page_url: str, hosts: Collection[str]) -> str | None:
    """This makes a link absolute; None for one that leaves the site (other host, script, mail)."""
    try:
        url = urljoin(page_url, href.strip())
    except ValueError:
        return None
    parts = split_url(url)
    if parts.scheme not in ("http", "https"):
        return None
    same = parts.netloc == split_url(page_url).netloc
    return url if same or parts.hostname in hosts else None


def with_fields(url: str, fields: Mapping[str, str]) -> str:
    """This appends a query, percent-encoded as UTF-8, in the order given."""
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in fields.items())
    return f"{url}?{query}" if query else url


def once_each(links: Iterable[Link]) -> tuple[Link, ...]:
    """These are the links in their order, one for each thing: a picture may link what the title links after it."""
    once: dict[str, Link] = {}
    for link in links:
        name = link.external_id or link.url
        if name not in once or (once[name].title is None and link.title is not None):
            once[name] = link
    return tuple(once.values())
