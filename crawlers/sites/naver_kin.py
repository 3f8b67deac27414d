"""Naver 지식iN: page in, records out. The era of a question page is told by its marks, the newest first."""

from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from crawlers.markup import attribute
from crawlers.pages import SiteMarks, kind_without_title, layout_of, tree_of
from crawlers.sites.kin_ajax import json_object, read_json
from crawlers.sites.kin_answers import Reading, answers_in
from crawlers.sites.kin_comments import comments_in, comments_links
from crawlers.sites.kin_fragments import fragment_path
from crawlers.sites.kin_layouts import LAYOUTS, TITLES, Layout
from crawlers.sites.kin_links import ANSWERS_PER_PAGE, answers_link
from crawlers.sites.kin_lists import LIST_MARKS, LOOSE_PATHS, ROW_MARKS, links_in_list
from crawlers.sites.kin_parts import parts_of
from crawlers.sites.kin_question import has_unread_text, question_in
from crawlers.sites.kin_urls import list_path, question_ids
from crawlers.sites.links import split_url
from warehouse.records.pages import Answer, Link, Page, PageKind, ParsedPage, Question

SITE_ID = "naver_kin"
PARSER_VERSION = "naver_kin-2"

# Where a page states its own address.
_STATED = (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content"))
MARKS = SiteMarks(titles=TITLES, rows=ROW_MARKS, lists=LIST_MARKS)


def read(page: Page, salt: bytes | None) -> ParsedPage:
    """This classifies and parses any page of 지식iN; it raises on no bytes. Without a salt author keys are None."""
    is_script = fragment_path(page.url) is not None
    if is_script or page.body.lstrip()[:1] == b"{":
        answered = json_object(page)
        if answered is not None:
            kind, answers, links = read_json(answered, page, salt)
            layout = "E4-ajax" if kind in ("question", "empty") else None
            return _parsed(kind, layout, None, answers, links)
    tree = tree_of(page)
    asked = question_ids(page.url)
    layout = layout_of(tree, MARKS, is_item=asked is not None)
    if layout:
        ids = None if is_script else asked or _ids_within(page, tree)
        return _read_question(page, tree, LAYOUTS[layout], ids, salt) if ids else _parsed("unknown")
    kind = kind_without_title(page, MARKS, tree, is_item=asked is not None)
    path = split_url(page.url).path
    if kind == "unknown" and page.status == 200 and (list_path(page.url) or path) in LOOSE_PATHS:
        # Home and tag pages have no rows with a mark of their own; what makes them lists is where they lead.
        links = links_in_list(tree, page.url)
        return _parsed("list" if links else "unknown", links=links)
    return _parsed(kind, links=links_in_list(tree, page.url) if kind == "list" else ())


def _read_question(
    page: Page, tree: LexborHTMLParser, layout: Layout, ids: tuple[str, str | None], salt: bytes | None
) -> ParsedPage:
    parts = parts_of(tree, layout)
    if parts is None:
        return _parsed("unknown")
    reading = Reading(ids[0], page.fetched_at, salt, layout)
    question = question_in(parts, layout, ids, page, salt)
    answers = (*answers_in(parts.root, parts.answers, reading), *comments_in(parts, reading))
    dir_id = ids[1] or question.topic_id
    links = comments_links(parts, ids[0], dir_id)
    shown = len(parts.answers)
    if shown and (question.answers_total or 0) > shown:
        links = (answers_link(ids[0], dir_id, shown // ANSWERS_PER_PAGE + 1), *links)
    return replace(
        _parsed("question", layout.name, question, answers, links),
        has_unread_text=question.body is None and has_unread_text(parts, layout),
        tells_marks=bool(layout.chosen),
    )


def _ids_within(page: Page, tree: LexborHTMLParser) -> tuple[str, str | None] | None:
    return question_ids(page.final_url) or next(
        (ids for mark, name in _STATED if (ids := question_ids(attribute(tree.css_first(mark), name)))), None
    )


def _parsed(
    kind: PageKind,
    layout: str | None = None,
    question: Question | None = None,
    answers: tuple[Answer, ...] = (),
    links: tuple[Link, ...] = (),
) -> ParsedPage:
    return ParsedPage(SITE_ID, kind, layout, question, answers, links, PARSER_VERSION)
