"""Addresses without exceptions: a page may hold any text where a URL should stand."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote_plus, urljoin, urlsplit

# A path from the site's root, as nearly every link of a list is written: nothing in it needs resolving.
_PLAIN = re.compile(r"/(?!/)[\w./%-]*(?:\?[\w./%=&+-]+)?", re.ASCII)
# The same with or without its site before it: nothing in it can be wrong.
_EVEN = re.compile(
    r"(?:(https?)://([a-z0-9][a-z0-9.-]*(?::\d{1,4})?))?(/(?!/)[\w./%-]*)?(?:\?([\w./%=&+-]*))?", re.ASCII
)


def split_url(url: str) -> SplitResult:
    """This splits any text as a URL; text that is none gives empty parts."""
    if even := _EVEN.fullmatch(url):
        scheme, site, path, query = even.groups("")
        return SplitResult(scheme, site, path, query, "")
    try:
        parts = urlsplit(url)
        if ":" in parts.netloc:
            parts.port  # noqa: B018  a port that is no number only shows when it is asked for
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def fields_of(url: str) -> dict[str, str]:
    """These are the query's fields, the first value of each."""
    fields: dict[str, str] = {}
    even = _EVEN.fullmatch(url)
    query = even[4] or "" if even else split_url(url).query
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        if pair:
            fields.setdefault(_decoded(name), _decoded(value))
    return fields


def pairs_of(query: str) -> list[tuple[str, str]]:
    """These are a query's or a form's names and values, decoded."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


@lru_cache(maxsize=8)
def origin_of(page_url: str) -> str | None:
    """This is a page's scheme and host, None for one that is not of the web; it is asked for at every link."""
    parts = split_url(page_url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else None


def own_url(href: str, page_url: str, hosts: Collection[str]) -> str | None:
    """This makes a link absolute; None for one that leaves the site (other host, script, mail)."""
    if _PLAIN.fullmatch(href) and "/." not in href and (origin := origin_of(page_url)):
        return origin + href
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
    query = "&".join([f"{quoted(name)}={quoted(value)}" for name, value in fields.items()])
    return f"{url}?{query}" if query else url


def quoted(text: str) -> str:
    """This is a name or value as it stands in a query: percent-encoded as UTF-8."""
    return text if text.isascii() and text.isalnum() else quote(text, safe="")


def _decoded(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text
