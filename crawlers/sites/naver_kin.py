"""Naver 지식iN: page in, records out.

Reads today's markup of the question page (E4, since 2024-04-29), its AJAX answers, and the home, directory, solved
and search lists. Older eras are not read: such a page is `unknown` and keeps its bytes.
"""

import json
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.authors import author_key
from crawlers.dates import resolve
from crawlers.markup import attribute, is_inside, line_of, number_in, parse_html, seen_text
from crawlers.pages import SiteMarks, classify, layout_of
from crawlers.sites.kin_answers import PAGE_PARTS, Reading, answers_in, answers_in_json
from crawlers.sites.kin_links import ANSWERS_PER_PAGE, answers_link
from crawlers.sites.kin_lists import HOME_PATHS, links_in_list
from crawlers.sites.kin_urls import is_answers_url, question_ids, question_url
from crawlers.sites.links import fields_of, split_url
from warehouse.records.pages import Answer, Link, Page, PageKind, ParsedPage, Question

SITE_ID = "naver_kin"
PARSER_VERSION = "naver_kin-1"

MARKS = SiteMarks(
    titles=(("E4", "div.endTitleSection"),),
    rows=(
        "#au_board_list tr a[href*='docId=']",
        "#au_board_list tr a[href*='/docs/']",
        "ul.basic1 > li a[href*='docId=']",
        "ul.basic1 > li a[href*='/docs/']",
    ),
    lists=("#au_board_list", "ul.basic1"),
)


def read(page: Page, salt: bytes | None) -> ParsedPage:
    """This classifies and parses any page of 지식iN; it raises on no bytes. Without a salt author keys are None."""
    if is_answers_url(page.url):
        return _read_more_answers(page, salt)
    tree = parse_html(page.text)
    kind = classify(page, MARKS, tree)
    if kind == "question":
        return _read_question(page, tree, salt)
    if kind == "unknown" and split_url(page.url).path in HOME_PATHS and page.status == 200:
        # The home page has no rows of its own; what makes it a list is where it leads.
        links = links_in_list(tree, page.url)
        return _parsed("list" if links else "unknown", links=links)
    return _parsed(kind, links=links_in_list(tree, page.url) if kind == "list" else ())


def _read_question(page: Page, tree: LexborHTMLParser, salt: bytes | None) -> ParsedPage:
    ids = _ids_of(page, tree)
    root = tree.css_first(".endContentLeft") or tree.body
    if ids is None or root is None:
        return _parsed("unknown")
    doc_id, url_directory = ids
    question = _question_of(root, doc_id, url_directory, page, salt)
    answers = answers_in(root.css(".answerArea[id^=answer_]"), Reading(doc_id, page.fetched_at, salt))
    seen = sum(answer.kind == "answer" for answer in answers)
    links: tuple[Link, ...] = ()
    if seen and (question.answers_total or 0) > seen:
        links = (answers_link(doc_id, url_directory or question.topic_id, seen // ANSWERS_PER_PAGE + 1),)
    return _parsed("question", layout_of(tree, MARKS), question, answers, links)


def _ids_of(page: Page, tree: LexborHTMLParser) -> tuple[str, str | None] | None:
    stated = (
        attribute(tree.css_first(s), a)
        for s, a in (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content"))
    )
    return next((ids for url in (page.url, page.final_url, *stated) if (ids := question_ids(url))), None)


def _question_of(root: LexborNode, doc_id: str, url_directory: str | None, page: Page, salt: bytes | None) -> Question:
    infos = [node for node in root.css(".userInfo .infoItem") if not is_inside(node, "answerArea")]
    raw = _labelled(infos, "작성일")
    asked_at, precision = resolve(raw, page.fetched_at)
    directory = root.css_first(".tagList a.tag[href*='dirId=']")
    topic_id = fields_of(attribute(directory, "href")).get("dirId")
    box = root.css_first(".contentBox--question") or root
    return Question(
        site=SITE_ID,
        external_id=doc_id,
        url=question_url(doc_id, url_directory or topic_id),
        title=line_of(root.css_first("div.endTitleSection"), PAGE_PARTS),
        body=seen_text(root.css_first("div.questionDetail"), PAGE_PARTS),
        topic_id=topic_id,
        topic=line_of(directory, PAGE_PARTS),
        author_key=_asker_key(root, salt),
        asked_raw=raw,
        asked_at=asked_at,
        asked_precision=precision,
        views=number_in(_labelled(infos, "조회수")),
        votes_up=_votes(box, "UP"),
        votes_down=_votes(box, "DOWN"),
        answers_total=_answers_total(root),
    )


def _labelled(infos: list[LexborNode], label: str) -> str | None:
    # By label, never by place: these lines come doubled and with two to six parts (crawler code of 2024).
    for node in infos:
        whole = line_of(node) or ""
        if label in whole:
            return whole.replace(label, "", 1).strip() or None
    return None


def _asker_key(root: LexborNode, salt: bytes | None) -> str | None:
    for node in root.css(".userInfo .infoHeadItem"):
        if not is_inside(node, "answerArea"):
            anchor = node if node.tag == "a" else node.css_first("a[href*='u=']")
            user = fields_of(attribute(anchor, "href")).get("u")
            return author_key(SITE_ID, user or line_of(node, PAGE_PARTS) or "", salt)
    return None


def _votes(box: LexborNode, option: str) -> int | None:
    buttons = box.css(f"button._vote[data-vote-option={option}]")
    own = (button for button in buttons if not is_inside(button, "answerArea"))
    return number_in(attribute(next(own, None), "data-vote-count"))


def _answers_total(root: LexborNode) -> int | None:
    # The hidden more-button tells the answers shown first and all of them second: only the second is a total.
    for selector in ("._answerCount", "._totalAnswerCount"):
        total = number_in(line_of(root.css_first(selector)))
        if total is not None:
            return total
    return None if root.css_first(".answerArea") is not None else 0


def _read_more_answers(page: Page, salt: bytes | None) -> ParsedPage:
    fields = fields_of(page.url)
    answered = _json_object(page)
    items = answered.get("detailAnswerList") if answered is not None else None
    if not isinstance(items, list):
        kind = classify(page, MARKS) if answered is None else "unknown"
        return _parsed("gone" if answered and answered.get("deleted") else "unknown" if kind == "question" else kind)
    number, count = _whole(fields.get("page"), 1), _whole(fields.get("count"), ANSWERS_PER_PAGE)
    reading = Reading(fields.get("docId", ""), page.fetched_at, salt)
    answers: tuple[Answer, ...] = answers_in_json(items, (number - 1) * count + 1, reading)
    has_more = len(items) >= count and answered is not None and _whole(answered.get("totalCount"), 0) > number * count
    links = (answers_link(reading.doc_id, fields.get("dirId"), number + 1),) if has_more else ()
    return _parsed("question" if items else "empty", "E4-ajax", None, answers, links)


def _json_object(page: Page) -> dict[str, Any] | None:
    try:
        answered = json.loads(page.text)
    except (ValueError, RecursionError):  # no JSON, or JSON nested to harm
        return None
    return answered if isinstance(answered, dict) else None


def _whole(value: object, otherwise: int) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else otherwise


def _parsed(
    kind: PageKind,
    layout: str | None = None,
    question: Question | None = None,
    answers: tuple[Answer, ...] = (),
    links: tuple[Link, ...] = (),
) -> ParsedPage:
    return ParsedPage(SITE_ID, kind, layout, question, answers, links, PARSER_VERSION)
