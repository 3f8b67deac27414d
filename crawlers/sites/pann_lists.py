"""판's lists: home, channel, ranking and search pages to links (markup of 2020-2026)."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from crawlers.markup import attribute, line_of, number_in
from crawlers.sites.boards import is_for_minors
from crawlers.sites.links import fields_of, split_url
from crawlers.sites.pann_links import list_link, post_link
from warehouse.records.pages import Link

ROWS = (
    ".talkmain dl dd.tit h2 a", "#ppl_area ul.post_list li h2 a", "table.talk_list td.subject a",
    "div.cntList dl dt a", "ul.s_list > li a.subject",
)  # fmt: skip
_PAGER = ".paginate a, .paging a, a.next"
_CUT = frozenset({"blind", "num"})


def links_in_list(tree: LexborHTMLParser, page_url: str) -> tuple[Link, ...]:
    """These are a list's posts in page order, the channels it opens, and its next page, once each.

    Channels and rankings are taken from the home page alone, since every page repeats them in its frame; boards
    where minors write are left out.
    """
    once: dict[str, Link] = {}
    for link in (*_posts(tree, page_url), *_channels(tree, page_url)):
        once.setdefault(link.external_id or link.url, link)
    following = _next_page(tree, page_url)
    return (*once.values(), following) if following else tuple(once.values())


def _posts(tree: LexborHTMLParser, page_url: str) -> Iterator[Link]:
    for anchor in tree.css(", ".join(ROWS)):
        title = attribute(anchor, "title").strip() or line_of(anchor, _CUT)
        link = post_link(attribute(anchor, "href"), page_url, title)
        if link is not None:
            yield link


def _channels(tree: LexborHTMLParser, page_url: str) -> Iterator[Link]:
    if split_url(page_url).path.rstrip("/") not in ("", "/talk"):
        return
    for anchor in tree.css("a[href*='/talk/c'], a[href*='/talk/ranking']"):
        link = list_link(attribute(anchor, "href"), page_url, line_of(anchor, _CUT))
        if link is not None and not is_for_minors(split_url(link.url).path.rpartition("/")[2]):
            yield link


def _next_page(tree: LexborHTMLParser, page_url: str) -> Link | None:
    wanted = (number_in(fields_of(page_url).get("page")) or 1) + 1
    for anchor in tree.css(_PAGER):
        link = list_link(attribute(anchor, "href"), page_url, is_next=True)
        if link and number_in(fields_of(link.url).get("page")) == wanted:
            return link
    return None
