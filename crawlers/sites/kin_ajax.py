"""What 지식iN answers its own scripts: JSON with further answers, comments, a user's answers, waiting questions."""

import json
from collections.abc import Mapping
from typing import Any

from crawlers.markup import parse_html, parse_parts
from crawlers.sites.kin_answers import Reading, answers_in
from crawlers.sites.kin_comments import commented_in, comments_in_json
from crawlers.sites.kin_fragments import COMMENTS_PATH, fragment_path
from crawlers.sites.kin_links import ANSWERS_PER_PAGE, COMMENTS_PER_PAGE, answers_link, comments_link, list_link
from crawlers.sites.kin_parts import Shown
from crawlers.sites.kin_urls import question_url
from crawlers.sites.links import fields_of, with_fields
from crawlers.visible import line_of
from warehouse.records.pages import Answer, Link, Page, PageKind

_LISTS = ("detailAnswerList", "commentList", "lists", "noanswer")
# A site that repeats its last page would be asked for ever where it tells no total (판's does, crawler code).
_LAST_PAGE = 60
Found = tuple[PageKind, tuple[Answer, ...], tuple[Link, ...]]


def json_object(page: Page) -> dict[str, Any] | None:
    """This is the page as a JSON object, None where it is none."""
    try:
        answered = json.loads(page.text)
    except (ValueError, RecursionError):  # no JSON, or JSON nested to harm
        return None
    return answered if isinstance(answered, dict) else None


def read_json(answered: Mapping[str, Any], page: Page, salt: bytes | None) -> Found:
    """This reads what the script got: (kind, answers or comments, links); `unknown` for JSON of another shape."""
    fields = fields_of(page.url)
    name, items, within = _list_in(answered)
    reading = Reading(fields.get("docId", ""), page.fetched_at, salt)
    if items is None:
        return ("gone" if answered.get("deleted") is True else "unknown"), (), ()
    if name in ("lists", "noanswer"):
        return _questions(items, within, page)
    number = _whole(fields.get("page"), 1)
    if fragment_path(page.url) == COMMENTS_PATH:
        count = _whole(fields.get("count"), COMMENTS_PER_PAGE)
        parent = fields.get("answerNo") or "0"
        found = comments_in_json(items, parent, (number - 1) * count + 1, reading)
        further: tuple[Link, ...] = ()
        following = comments_link(reading.doc_id, fields.get("dirId"), parent, number + 1)
    else:
        count = _whole(fields.get("count"), ANSWERS_PER_PAGE)
        found, further = _answers(items, (number - 1) * count + 1, reading, fields.get("dirId"))
        following = answers_link(reading.doc_id, fields.get("dirId"), number + 1)
    if _has_more(within, len(items), number, count):
        further = (following, *further)
    return ("question" if items else "empty"), found, further


def _list_in(answered: Mapping[str, Any]) -> tuple[str, list[Any] | None, Mapping[str, Any]]:
    """The list, its name, and the object that holds it: the answer itself, its `result`, or the first of those."""
    result = answered.get("result")
    first = result[0] if isinstance(result, list) and result else result
    for holder in (answered, first if isinstance(first, dict) else {}):
        for name in _LISTS:
            if isinstance(items := holder.get(name), list):
                return name, items, holder
    return "", None, answered


def _answers(
    items: list[Any], first_position: int, reading: Reading, dir_id: str | None
) -> tuple[tuple[Answer, ...], tuple[Link, ...]]:
    # A deleted answer keeps its position and gives no row.
    kept = [
        (position, item)
        for position, item in enumerate(items, first_position)
        if isinstance(item, dict) and not item.get("deleted") and _number(item.get("answerNo"))
    ]
    # The list brings an answer's markup as the page would show it, so the same reader does both.
    tree, areas = parse_parts([str(item.get("contents") or "") for _, item in kept])
    shown = [
        Shown(area, position, str(item["answerNo"]), _written(item))
        for area, (position, item) in zip(areas, kept, strict=True)
    ]
    commented = commented_in(tree, areas)
    links = (
        comments_link(reading.doc_id, dir_id, answer.number or "")
        for answer in shown
        if answer.area.mem_id in commented
    )
    return answers_in(tree, shown, reading), tuple(links)


def _written(item: Mapping[str, Any]) -> str:
    written = item.get("formattedModifyTime")
    return written.strip() if isinstance(written, str) else ""


def _questions(items: list[Any], within: Mapping[str, Any], page: Page) -> Found:
    links: dict[str, Link] = {}
    for item in items:
        doc_id = item.get("docId") if isinstance(item, dict) else None
        if doc_id is None or not _number(doc_id):
            continue
        dir_id = str(item["dirId"]) if _number(item.get("dirId")) else None
        # A title comes with the marks of its list (<b>, entities).
        title = line_of(parse_html(str(item.get("title") or "")).body)
        links.setdefault(str(doc_id), Link("question", question_url(str(doc_id), dir_id), str(doc_id), title))
    fields = fields_of(page.url)
    number, count = _whole(fields.get("page"), 1), _whole(fields.get("countPerPage"), 20)
    following = None
    if _has_more(within, len(items), number, count):
        path = page.url.partition("?")[0]
        following = list_link(with_fields(path, fields | {"page": str(number + 1)}), page.url, is_next=True)
    found = (*links.values(), following) if following else tuple(links.values())
    return ("list" if links else "empty"), (), found


def _has_more(within: Mapping[str, Any], shown: int, number: int, count: int) -> bool:
    if shown < count:
        return False
    total = within.get("totalCount")
    return number * count < _whole(total, 0) if total is not None else number < _LAST_PAGE


def _number(value: object) -> bool:
    return not isinstance(value, bool) and str(value or "").isascii() and str(value or "").isdigit()


def _whole(value: object, otherwise: int) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else otherwise
