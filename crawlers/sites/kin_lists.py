"""지식iN's lists: home, directory, solved and search pages to links."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from crawlers.markup import attribute, line_of, number_in
from crawlers.sites.boards import is_for_minors
from crawlers.sites.kin_links import list_link, question_link
from crawlers.sites.links import fields_of, split_url
from warehouse.records.pages import Link

# Rows are found by what the anchors lead to, not by column: columns came and went (2022, 2023, 2026).
_ROWS = "#au_board_list tr td.title a, #au_board_list tr a[href*='docId='], ul.basic1 > li a"
HOME_PATHS = ("", "/", "/index.naver", "/index.nhn")
_PAGER = ".paginate a, .pagination a, a.next"


def links_in_list(tree: LexborHTMLParser, page_url: str) -> tuple[Link, ...]:
    """These are a list's questions in page order, the directories it opens, and its next page, once each.

    Directories are taken from the home page alone, since every page repeats them in its frame; boards where minors
    write are left out.
    """
    once: dict[str, Link] = {}
    for link in (*_questions(tree, page_url), *_directories(tree, page_url)):
        once.setdefault(link.external_id or link.url, link)
    following = _next_page(tree, page_url)
    return (*once.values(), following) if following else tuple(once.values())


def _questions(tree: LexborHTMLParser, page_url: str) -> Iterator[Link]:
    for anchor in tree.css(_ROWS):
        title = attribute(anchor, "title") or line_of(anchor, frozenset({"blind"}))
        link = question_link(attribute(anchor, "href"), page_url, title or None)
        if link is not None:
            yield link


def _directories(tree: LexborHTMLParser, page_url: str) -> Iterator[Link]:
    if split_url(page_url).path not in HOME_PATHS:
        return
    for anchor in tree.css("a[href*='dirId=']"):
        link = list_link(attribute(anchor, "href"), page_url, line_of(anchor, frozenset({"blind"})))
        if link is not None and not is_for_minors(fields_of(link.url).get("dirId", "")):
            yield link


def _next_page(tree: LexborHTMLParser, page_url: str) -> Link | None:
    wanted = (number_in(fields_of(page_url).get("page")) or 1) + 1
    otherwise: Link | None = None
    for anchor in tree.css(_PAGER):
        link = list_link(attribute(anchor, "href"), page_url, is_next=True)
        number = number_in(fields_of(link.url).get("page")) if link else None
        if number == wanted:
            return link
        # `a.next` may leap to the next block of pages, so the page of the very next number goes first.
        if link and number and number > wanted and "next" in attribute(anchor, "class").split():
            otherwise = link
    return otherwise
