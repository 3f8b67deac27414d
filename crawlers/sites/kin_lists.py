"""지식iN's lists: home, directory, solved, waiting, search, tag and answerers' pages to links."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.markup import attribute
from crawlers.nesting import is_inside
from crawlers.sites.kin_links import list_link, question_link
from crawlers.sites.kin_urls import SEARCH_PATH, list_path
from crawlers.sites.links import fields_of, split_url
from crawlers.sites.lists import once_each
from crawlers.visible import line_of, number_in
from warehouse.records.pages import Link

HOME_PATHS = ("", "/", "/index.naver", "/index.nhn")
# Lists whose rows carry no mark that anybody has read.
LOOSE_PATHS = (*HOME_PATHS, "/tag/tagDetail.naver", "/userinfo/answerList.naver")
_TO_QUESTION = ("a[href*='docId=']", "a[href*='/docs/']")
_ROWS = ("#au_board_list tr", "ul.basic1 > li", ".answer_box._noanswerItem")
ROW_MARKS = tuple(f"{row} {anchor}" for row in _ROWS for anchor in _TO_QUESTION)
LIST_MARKS = ("#au_board_list", "ul.basic1")
_PAGER = ".paginate a, .pagination a, a.next, a.pg_next"
_NEXT_CLASSES = frozenset({"next", "pg_next"})
# Search repeats its links after 60 to 100 pages (crawler code of 2019-2022); ask by period to go deeper.
_LAST_SEARCH_PAGE = 100
_CUT = frozenset({"blind"})
_SIDE = frozenset({"endContentRight"})


def links_in_list(tree: LexborHTMLParser, page_url: str) -> tuple[Link, ...]:
    """These are a list's questions in page order, the directories it opens, and its next page, once each.

    Directories are taken from the home page alone, since every page repeats them in its frame.
    """
    once = once_each((*_questions(tree, page_url), *_directories(tree, page_url)))
    following = _next_page(tree, page_url)
    return (*once, following) if following else once


def _questions(tree: LexborHTMLParser, page_url: str) -> Iterator[Link]:
    for anchor in _anchors(tree, page_url):
        names = anchor.attributes
        title = (names.get("title") or "").strip() or line_of(anchor, _CUT)
        link = question_link(names.get("href") or "", page_url, title)
        if link is not None:
            yield link


def _anchors(tree: LexborHTMLParser, page_url: str) -> list[LexborNode]:
    """The rows' anchors; where nobody has read a mark of the rows, every anchor outside the page's own frame."""
    rows = tree.css("#au_board_list tr")
    place = _title_place(rows[0]) if rows else None
    found = [anchor for row in rows for anchor in _titles_of(row, place)]
    found += tree.css("ul.basic1 > li a, .answer_box._noanswerItem a")
    if found or (list_path(page_url) or split_url(page_url).path) not in LOOSE_PATHS:
        return found
    return [anchor for anchor in tree.css(", ".join(_TO_QUESTION)) if not is_inside(anchor, _SIDE)]


def _titles_of(row: LexborNode, place: int | None) -> list[LexborNode]:
    """The anchors of a row's title, told by the table's header: columns came and went (2022, 2023, 2026)."""
    if place is not None:
        # Walked, not searched: a row has few nodes.
        cells = [node for node in row.traverse() if node.tag == "td"]
        found = [node for node in cells[place].traverse() if node.tag == "a"] if place < len(cells) else []
        if found:
            return found
    return row.css("td.title a") or row.css(", ".join(_TO_QUESTION))


def _title_place(row: LexborNode) -> int | None:
    table = row.parent
    while table is not None and table.tag != "table":
        table = table.parent
    heads = [line_of(head) or "" for head in table.css("thead th")] if table is not None else []
    return heads.index("제목") if "제목" in heads else None


def _directories(tree: LexborHTMLParser, page_url: str) -> Iterator[Link]:
    if split_url(page_url).path not in HOME_PATHS:
        return
    for anchor in tree.css("a[href*='dirId=']"):
        link = list_link(attribute(anchor, "href"), page_url, line_of(anchor, _CUT))
        if link is not None:
            yield link


def _next_page(tree: LexborHTMLParser, page_url: str) -> Link | None:
    asked = number_in(fields_of(page_url).get("page")) or 1
    shown = number_in(line_of(tree.css_first(".paginate strong, .pagination strong"), _CUT))
    # A page past the end may be the last one again, and search repeats itself: no further from there.
    if (shown or asked) != asked or (list_path(page_url) == SEARCH_PATH and asked >= _LAST_SEARCH_PAGE):
        return None
    otherwise: Link | None = None
    for anchor in tree.css(_PAGER):
        href = attribute(anchor, "href")
        number = number_in(fields_of(href.strip()).get("page")) or 0
        # `a.next` may leap to the next block of pages, so the page of the very next number goes first.
        is_leap = number > asked and not _NEXT_CLASSES.isdisjoint(attribute(anchor, "class").split())
        link = list_link(href, page_url, is_next=True) if is_leap or number == asked + 1 else None
        if link and number == asked + 1:
            return link
        otherwise = link or otherwise
    return otherwise
