"""판's lists: home, channel, ranking, search and mobile pages to links (markup of 2018-2026)."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.markup import attribute
from crawlers.sites.links import fields_of, split_url, with_fields
from crawlers.sites.lists import once_each
from crawlers.sites.pann_links import list_link, post_link
from crawlers.visible import line_of, number_in
from warehouse.records.pages import Link

ROWS = (
    ".talkmain dl dd.tit h2 a", "#ppl_area ul.post_list li h2 a", "table.talk_list td.subject a",
    "div.cntList dt a", "ul.s_list > li a.subject", "a.cnbox", "ul.rank-list li a",
)  # fmt: skip
_PAGER = ".paginate a, .paging a, a.next"
_CUT = frozenset({"blind", "num", "count"})
# A ranking by period has two pages of fifty (crawler code of 2018-2026).
_PERIOD_PATHS = ("/talk/ranking/d", "/talk/ranking/w", "/talk/ranking/m", "/talk/ranking/y")
_RANKING_ROWS = 50


def links_in_list(tree: LexborHTMLParser, page_url: str) -> tuple[Link, ...]:
    """These are a list's posts in page order, the channels it opens, and its next page, once each.

    Channels and rankings are taken from the home page alone, since every page repeats them in its frame.
    """
    posts = once_each(_posts(tree, page_url))
    once = once_each((*posts, *_channels(tree, page_url)))
    following = _next_page(tree, page_url, len(posts))
    return (*once, following) if following else once


def _posts(tree: LexborHTMLParser, page_url: str) -> Iterator[Link]:
    for anchor in tree.css(", ".join(ROWS)):
        names = anchor.attributes
        title = (names.get("title") or "").strip() or line_of(_title_in(anchor), _CUT)
        link = post_link(names.get("href") or "", page_url, title)
        if link is not None:
            yield link


def _title_in(anchor: LexborNode) -> LexborNode:
    # Most anchors hold their title and nothing else.
    inner = anchor.first_child
    is_plain = inner is None or (inner.is_text_node and inner.next is None)
    return anchor if is_plain else anchor.css_first("span.tit") or anchor


def _channels(tree: LexborHTMLParser, page_url: str) -> Iterator[Link]:
    if split_url(page_url).path.rstrip("/") not in ("", "/talk"):
        return
    for anchor in tree.css("a[href*='/talk/c'], a[href*='/talk/ranking']"):
        link = list_link(attribute(anchor, "href"), page_url, line_of(anchor, _CUT))
        if link is not None:
            yield link


def _next_page(tree: LexborHTMLParser, page_url: str, rows: int) -> Link | None:
    asked = number_in(fields_of(page_url).get("page")) or 1
    shown = number_in(line_of(tree.css_first(".paginate strong, .paging strong"), _CUT))
    if (shown or asked) != asked:  # past the end, the last page again
        return None
    for anchor in tree.css(_PAGER):
        href = attribute(anchor, "href")
        number = number_in(fields_of(href.strip()).get("page"))
        if number == asked + 1 and (link := list_link(href, page_url, is_next=True)):
            return link
    if split_url(page_url).path in _PERIOD_PATHS and asked == 1 and rows >= _RANKING_ROWS:
        path = page_url.partition("?")[0]
        return list_link(with_fields(path, fields_of(page_url) | {"page": "2"}), page_url, is_next=True)
    return None
