"""Nate 판: page in, records out.

Reads the desktop post page (2026, and the older one with its h4 title), comment and reply pages loaded by POST, and
the home, channel, ranking and search lists. The mobile page is not read: it is `unknown` and keeps its bytes.
"""

from selectolax.lexbor import LexborHTMLParser

from crawlers.authors import author_key
from crawlers.dates import resolve
from crawlers.markup import attribute, line_of, number_in, parse_html, seen_text
from crawlers.pages import SiteMarks, classify, layout_of
from crawlers.sites.boards import PANN_CHANNELS
from crawlers.sites.links import split_url
from crawlers.sites.pann_comments import Reading, comments_in, replies_links
from crawlers.sites.pann_links import comments_link, replies_link
from crawlers.sites.pann_lists import ROWS, links_in_list
from crawlers.sites.pann_urls import COMMENTS_PATH, REPLIES_PATH, form_of, post_id, post_url
from warehouse.records.pages import Answer, Link, Page, PageKind, ParsedPage, Question

SITE_ID = "nate_pann"
PARSER_VERSION = "nate_pann-1"

MARKS = SiteMarks(
    titles=(("2026", ".post-tit-info h1"), ("2014", ".post-tit-info h4")),
    rows=ROWS,
    lists=("table.talk_list", "ul.post_list", "div.cntList", "ul.s_list", ".talkmain"),
)

# Lines and pictures that the page adds to a post (saved pages of 2026).
_CUT = frozenset(("blind", "mobilewrite", "mweb_img"))
_COMMENTS = "dl.cmt_item"


def read(page: Page, salt: bytes | None) -> ParsedPage:
    """This classifies and parses any page of 판; it raises on no bytes. Without a salt author keys are None."""
    tree = parse_html(page.text)
    if split_url(page.url).path in (COMMENTS_PATH, REPLIES_PATH):
        return _read_comments(page, tree, salt)
    kind = classify(page, MARKS, tree)
    if kind == "question":
        return _read_post(page, tree, salt)
    links = links_in_list(tree, page.url) if kind == "list" else ()
    return _parsed(kind, links=links)


def _read_post(page: Page, tree: LexborHTMLParser, salt: bytes | None) -> ParsedPage:
    stated = attribute(tree.css_first("meta[property='og:url']"), "content")
    post = post_id(page.url) or post_id(page.final_url) or post_id(stated)
    if post is None or tree.css_first("#contentArea") is None:
        return _parsed("unknown")
    asker = line_of(tree.css_first(".info a.writer, .info .writer"), _CUT)
    items = tree.css(f".cmt_best {_COMMENTS}, #commentDiv {_COMMENTS}")
    answers = comments_in(items, Reading(post, page.fetched_at, salt, asker=asker))
    links = (*replies_links(items, post), *_more_comments(tree, post, 1))
    question = _question_of(tree, post, asker, page, salt)
    return _parsed("question", layout_of(tree, MARKS), question, answers, links)


def _question_of(tree: LexborHTMLParser, post: str, asker: str | None, page: Page, salt: bytes | None) -> Question:
    raw = line_of(tree.css_first(".info span.date, .info .date"), _CUT)
    asked_at, precision = resolve(raw, page.fetched_at)
    topic_id, topic = _channel(tree)
    total = number_in(line_of(tree.css_first(".cmt_tit span.num strong, .cmt_tit .num")))
    is_silent = total is None and tree.css_first("p.no_reply") is not None
    return Question(
        site=SITE_ID,
        external_id=post,
        url=post_url(post),
        title=line_of(tree.css_first(".post-tit-info h1, .post-tit-info h4"), _CUT),
        body=seen_text(tree.css_first("#contentArea"), _CUT),
        topic_id=topic_id,
        topic=topic,
        author_key=author_key(SITE_ID, asker or "", salt),
        asked_raw=raw,
        asked_at=asked_at,
        asked_precision=precision,
        views=number_in(line_of(tree.css_first(".info span.count, .info .count"))),
        votes_up=number_in(line_of(tree.css_first(".btnbox.up .count"))),
        votes_down=number_in(line_of(tree.css_first(".btnbox.down .count"))),
        answers_total=0 if is_silent else total,
    )


def _channel(tree: LexborHTMLParser) -> tuple[str | None, str | None]:
    """The channel stands only in the description, which begins "채널 : " and runs on into the post's text."""
    for selector in ("meta[name=description]", "meta[property='og:description']"):
        _, mark, rest = attribute(tree.css_first(selector), "content").partition("채널 : ")
        names = [board for board, name in PANN_CHANNELS.items() if mark and rest.startswith(name)]
        if names:
            board = max(names, key=lambda board: len(PANN_CHANNELS[board]))
            return board, PANN_CHANNELS[board]
    return None, None


def _read_comments(page: Page, tree: LexborHTMLParser, salt: bytes | None) -> ParsedPage:
    form = form_of(page)
    post = form.get("pann_id", "")
    items = tree.css(_COMMENTS)
    if not items:
        is_none = tree.css_first(".cmt_list, p.no_reply") is not None
        kind = "empty" if is_none and page.status < 400 else classify(page, MARKS, tree)
        return _parsed("unknown" if kind in ("question", "list") else kind)
    number = number_in(form.get("page")) or 1
    if split_url(page.url).path == REPLIES_PATH:
        parent = form.get("prts_reply_id") or None
        answers = comments_in(items, Reading(post, page.fetched_at, salt, parent))
        more = _more(tree, number)
        links: tuple[Link, ...] = (replies_link(post, parent, number + 1),) if more and parent else ()
        return _parsed("question", "2026-replies", None, answers, links)
    answers = comments_in(items, Reading(post, page.fetched_at, salt))
    return _parsed(
        "question", "2026-comments", None, answers, (*replies_links(items, post), *_more_comments(tree, post, number))
    )


def _more_comments(tree: LexborHTMLParser, post: str, number: int) -> tuple[Link, ...]:
    return (comments_link(post, number + 1),) if _more(tree, number) else ()


def _more(tree: LexborHTMLParser, number: int) -> bool:
    # A page beyond the last repeats the last one, so only the pager's own numbers tell that there is more.
    shown = number_in(line_of(tree.css_first(".paginate-reple strong.current"))) or number
    pages = [number_in(line_of(anchor)) or 0 for anchor in tree.css(".paginate-reple a")]
    return shown == number and max(pages, default=0) > number


def _parsed(
    kind: PageKind,
    layout: str | None = None,
    question: Question | None = None,
    answers: tuple[Answer, ...] = (),
    links: tuple[Link, ...] = (),
) -> ParsedPage:
    return ParsedPage(SITE_ID, kind, layout, question, answers, links, PARSER_VERSION)
