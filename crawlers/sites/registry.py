"""The sites that Mundap knows, as data. A new site is one entry here and its module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from crawlers.fetch import Request
from crawlers.sites import kin_urls, kin_walk, nate_pann, naver_kin, pann_urls, pann_walk
from crawlers.sites.boards import Topic
from warehouse.errors import Misuse
from warehouse.records.pages import Link, Page, ParsedPage


@dataclass(frozen=True, slots=True)
class Site:
    """One site: where it is, how gently it is asked, who has rights in it, and how its pages are read.

    `delay_seconds` is the least gap between two requests. `read` classifies and parses any page and raises on no
    bytes; with a salt it fills author keys, with None it leaves them None. `seeds` takes (topic, query): the lists
    of a topic, of a search, or with neither the one that leads to all. `link_key` gives one key for all URL forms of
    a thing. `referer` is the canonical page from which a browser would ask for a link, for those that the site
    answers only then. The key of a question is `q:` and its external id. `backfill` takes (topic, query, day) and
    gives the lists of that day, none where the site has none; `undated` says which lists cannot go back to a day.
    `is_for_minors` tells lists and posts where minors write by their URL or board. `cleaning_site` names the
    boilerplate that cleaning cuts, None for none known. `floors` is what the parser claims of itself: the least share
    of pages that show a field (named like question.body), until stored rows have taught more.
    """

    id: str
    name: str
    hosts: tuple[str, ...]
    base_url: str
    delay_seconds: float
    rights: str
    read: Callable[[Page, bytes | None], ParsedPage]
    seeds: Callable[[Topic | None, str | None], tuple[Link, ...]]
    link_key: Callable[[Link], str]
    referer: Callable[[Link], str | None]
    is_for_minors: Callable[[str], bool] = lambda place: False
    backfill: Callable[[Topic | None, str | None, date], tuple[Link, ...]] = lambda topic, query, day: ()
    undated: str = "its lists reach back only as far as their pages go"
    cleaning_site: Literal["kin", "pann"] | None = None
    floors: Mapping[str, float] = field(default_factory=dict)

    def request(self, link: Link, base_url: str | None = None) -> Request:
        """This is how to ask for a link, at `base_url` or at the site itself."""
        base = base_url or self.base_url
        referer = self.referer(link)
        return Request(
            url=rebase(link.url, base),
            method="POST" if link.form else "GET",
            form=link.form,
            referer=rebase(referer, base) if referer else None,
        )


# A page's layout is told by its title. A page that shows no text for a body counts neither way, so half is claimed of
# those that show any: notices may be long.
_FLOORS: Mapping[str, float] = {
    "question.layout": 0.5, "question.title": 0.9, "question.body": 0.5, "answer.body": 0.9,
}  # fmt: skip

SITES: Mapping[str, Site] = {
    "naver_kin": Site(
        id="naver_kin",
        name="Naver 지식iN",
        hosts=kin_urls.HOSTS,
        base_url=kin_urls.BASE_URL,
        delay_seconds=5.0,
        rights="Naver's terms (2025-07-10) forbid collecting posts by machine without its leave: ask Naver first.",
        cleaning_site="kin",
        read=naver_kin.read,
        seeds=kin_walk.seeds,
        link_key=kin_walk.link_key,
        referer=kin_walk.referer,
        is_for_minors=kin_walk.is_for_minors,
        backfill=kin_walk.backfill,
        undated=kin_walk.UNDATED,
        floors=_FLOORS,
    ),
    "nate_pann": Site(
        id="nate_pann",
        name="Nate 판",
        hosts=pann_urls.HOSTS,
        base_url=pann_urls.BASE_URL,
        delay_seconds=5.0,
        rights="Nate's robots.txt (2026-09) refuses crawlers and its terms (2025-02-18) forbid copying without consent:"
        " ask Nate first.",
        cleaning_site="pann",
        read=nate_pann.read,
        seeds=pann_walk.seeds,
        link_key=pann_walk.link_key,
        referer=pann_walk.referer,
        is_for_minors=pann_walk.is_for_minors,
        backfill=pann_walk.backfill,
        undated=pann_walk.UNDATED,
        floors=_FLOORS,
    ),
}


def site_by_id(site_id: str) -> Site:
    """This finds a site; Misuse for one that is not known, naming those that are."""
    if site_id not in SITES:
        raise Misuse(f"unknown site {site_id!r}: use one of {', '.join(SITES)}")
    return SITES[site_id]


def for_adults(site: Site) -> Site:
    """This is a site as a crawl sees it that leaves minors alone.

    Lists where they write are no seeds, links there are not followed, and a page of theirs that is met by chance
    gives neither rows nor further pages.
    """
    return replace(site, read=partial(_read_for_adults, site), seeds=partial(_seeds_for_adults, site))


def _read_for_adults(site: Site, page: Page, salt: bytes | None) -> ParsedPage:
    parsed = site.read(page, salt)
    asked = parsed.question
    if asked is not None and any(map(site.is_for_minors, (asked.url, asked.topic_id or ""))):
        return replace(parsed, question=None, answers=(), links=())
    return replace(parsed, links=_for_adults(site, parsed.links))


def _seeds_for_adults(site: Site, topic: Topic | None, query: str | None) -> tuple[Link, ...]:
    return _for_adults(site, site.seeds(topic, query))


def _for_adults(site: Site, links: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple(link for link in links if not site.is_for_minors(link.url))


def rebase(url: str, base_url: str) -> str:
    """This moves a canonical URL to another server: same path and query on `base_url`.

    >>> rebase("https://kin.naver.com/qna/list.naver?dirId=8", "http://127.0.0.1:8001/")
    'http://127.0.0.1:8001/qna/list.naver?dirId=8'
    """
    parts, base = urlsplit(url), urlsplit(base_url)
    return urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + parts.path, parts.query, ""))
