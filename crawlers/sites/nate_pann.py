"""Nate 판: page in, records out.

Reads the post page of the desktop (2026, and the older one with its h4 title) and of the mobile site, comment and
reply pages loaded by POST or, from the mobile site, by GET, and the home, channel, ranking and search lists.
"""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.authors import author_key
from crawlers.markup import attribute
from crawlers.nesting import is_inside
from crawlers.pages import SiteMarks, classify, kind_without_title, layout_of, tree_of
from crawlers.sites.pann_comments import Reading, comments_in, replied_to, shown_in
from crawlers.sites.pann_fragments import form_of, fragment_of
from crawlers.sites.pann_layouts import LAYOUTS, TITLES, Layout
from crawlers.sites.pann_links import comments_link, replies_link
from crawlers.sites.pann_lists import ROWS, links_in_list
from crawlers.sites.pann_post import asker_in, question_in
from crawlers.sites.pann_urls import post_id
from crawlers.visible import line_of, number_in
from warehouse.records.pages import Answer, Link, Page, PageKind, ParsedPage, Question

SITE_ID = "nate_pann"
PARSER_VERSION = "nate_pann-2"

MARKS = SiteMarks(
    titles=TITLES,
    rows=ROWS,
    lists=("table.talk_list", "ul.post_list", "div.cntList", "ul.s_list", ".talkmain", "ul.rank-list"),
)
_PAGER = ".paginate-reple a, div.paging a[title$='페이지'], .paginate-reple strong.current, div.paging strong"
_MOBILE_PAGER = frozenset({"paging"})
_NONE = ".cmt_list, p.no_reply, #listDiv"


def read(page: Page, salt: bytes | None) -> ParsedPage:
    """This classifies and parses any page of 판; it raises on no bytes. Without a salt author keys are None."""
    tree = tree_of(page)
    if fragment := fragment_of(page.url):
        return _read_comments(page, tree, salt, fragment)
    is_item = post_id(page.url) is not None
    layout = layout_of(tree, MARKS, is_item=is_item)
    if layout:
        return _read_post(page, tree, LAYOUTS[layout], salt)
    kind = kind_without_title(page, MARKS, tree, is_item=is_item)
    links = links_in_list(tree, page.url) if kind == "list" else ()
    return _parsed(kind, links=links)


def _read_post(page: Page, tree: LexborHTMLParser, layout: Layout, salt: bytes | None) -> ParsedPage:
    post = post_id(page.url) or post_id(page.final_url) or _stated_id(tree)
    asker = asker_in(tree, layout)
    question = question_in(tree, layout, post, page, author_key(SITE_ID, asker or "", salt)) if post else None
    if post is None or question is None:
        return _parsed("unknown")
    shown = shown_in(tree, layout.comments, in_post=True)
    answers = comments_in(shown, Reading(post, page.fetched_at, salt, asker=asker, marks=layout.comments))
    is_mobile = layout.name == "mobile"
    links = tuple(replies_link(post, comment, is_mobile=is_mobile) for comment in replied_to(shown))
    if _is_to_load(tree, layout):
        links = (*links, comments_link(post, 1, is_mobile=True))
    links = (*links, *_more_comments(tree, post, 1, is_mobile=is_mobile))
    return _parsed("question", layout.name, question, answers, links)


def _stated_id(tree: LexborHTMLParser) -> str | None:
    return post_id(attribute(tree.css_first("meta[property='og:url']"), "content"))


def _is_to_load(tree: LexborHTMLParser, layout: Layout) -> bool:
    """Whether a mobile page shows no list of comments, nor says that there are none: then its script loads them."""
    if layout.name != "mobile" or tree.css_first(layout.silence) is not None:
        return False
    return tree.css_first("#listDiv dl") is None


def _read_comments(page: Page, tree: LexborHTMLParser, salt: bytes | None, fragment: str) -> ParsedPage:
    form = form_of(page)
    post, is_mobile = form.get("pann_id", ""), fragment.startswith("mobile")
    marks = LAYOUTS["mobile" if is_mobile else "2026"].comments
    shown = shown_in(tree, marks, in_post=False)
    if not shown.items:
        is_none = tree.css_first(_NONE) is not None
        kind = "empty" if is_none and page.status < 400 else classify(page, MARKS, tree, is_item=True)
        return _parsed("unknown" if kind == "question" else kind)
    number = number_in(form.get("page") or form.get("rPage")) or 1
    is_replies = "replies" in fragment
    parent = form.get("prts_reply_id") or None if is_replies else None
    answers = comments_in(shown, Reading(post, page.fetched_at, salt, parent, marks=marks))
    layout = ("mobile" if is_mobile else "2026") + ("-replies" if is_replies else "-comments")
    if is_replies:
        more = parent is not None and _more(tree, number)
        links: tuple[Link, ...] = (replies_link(post, parent or "", number + 1, is_mobile=is_mobile),) if more else ()
    else:
        replies = (replies_link(post, comment, is_mobile=is_mobile) for comment in replied_to(shown))
        links = (*replies, *_more_comments(tree, post, number, is_mobile=is_mobile))
    return _parsed("question", layout, None, answers, links)


def _more_comments(tree: LexborHTMLParser, post: str, number: int, *, is_mobile: bool) -> tuple[Link, ...]:
    return (comments_link(post, number + 1, is_mobile=is_mobile),) if _more(tree, number) else ()


def _more(tree: LexborHTMLParser, number: int) -> bool:
    # A page beyond the last repeats the last one, so only the pager's own numbers tell that there is more.
    pager = tree.css(_PAGER)
    lines = (_line_of_pager(node) for node in pager if node.tag == "a")
    if max((number_in(line) or 0 for line in lines), default=0) <= number:
        return False
    current = next((line_of(node) for node in pager if node.tag != "a"), None)
    return (number_in(current) or number) == number


def _line_of_pager(anchor: LexborNode) -> str | None:
    # The mobile pager may show arrows alone; its titles say "N페이지".
    title = attribute(anchor, "title")
    return title if title.endswith("페이지") and is_inside(anchor, _MOBILE_PAGER) else line_of(anchor)


def _parsed(
    kind: PageKind,
    layout: str | None = None,
    question: Question | None = None,
    answers: tuple[Answer, ...] = (),
    links: tuple[Link, ...] = (),
) -> ParsedPage:
    return ParsedPage(SITE_ID, kind, layout, question, answers, links, PARSER_VERSION)
