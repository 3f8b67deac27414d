"""Comments on 지식iN's questions and answers: five in an E3 page, all by AJAX.

In the site's own numbers the question is answer 0, so that is the parent of a comment on it.
"""

from typing import Any
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from crawlers.authors import author_key
from crawlers.dates import date_in, resolve
from crawlers.markup import line_of, number_in, parse_html, seen_text
from crawlers.sites.kin_answers import Reading, number_of
from crawlers.sites.kin_links import comments_link
from warehouse.records.pages import Answer, Link

QUESTION_NUMBER = "0"
_CUT = frozenset({"blind"})


def comments_in(root: LexborNode, areas: list[LexborNode], reading: Reading) -> tuple[Answer, ...]:
    """These are the comments that an E3 page shows, each under the answer or question where it stands."""
    parents = {item.mem_id: number_of(area) for area in areas for item in area.css(".c-opinion__item")}
    found: list[Answer] = []
    places: dict[str | None, int] = {}
    for item in root.css(".c-opinion__item"):
        parent = parents.get(item.mem_id, QUESTION_NUMBER)
        places[parent] = places.get(parent, 0) + 1
        # Only the endings of the class names are on record (crawler code of 2019-2022).
        name = line_of(item.css_first("[class*=list-nick]"), _CUT)
        line = line_of(item.css_first("[class*=opinion][class*=date]"), _CUT)
        raw = date_in(line) or line
        found.append(
            Answer(
                question_external_id=reading.doc_id,
                external_id=None,
                kind="comment",
                parent_external_id=parent,
                position=places[parent],
                body=seen_text(item.css_first("[class*=opinion][class*=text]"), _CUT),
                author_key=author_key("naver_kin", name or "", reading.salt),
                answered_raw=raw,
                answered_at=resolve(raw, reading.fetched_at)[0],
            )
        )
    return tuple(found)


def comments_links(root: LexborNode, areas: list[LexborNode], doc_id: str, dir_id: str | None) -> tuple[Link, ...]:
    """These lead to the comments of the question and of its answers, where there are any."""
    inside = {node.mem_id for area in areas for node in area.css("._commentCnt")}
    asked = next((node for node in root.css("._commentCnt") if node.mem_id not in inside), None)
    found = [comments_link(doc_id, dir_id, QUESTION_NUMBER)] if (number_in(line_of(asked)) or 0) > 0 else []
    numbered = ((area, number) for area in areas if (number := number_of(area)))
    return (*found, *(comments_link(doc_id, dir_id, number) for area, number in numbered if has_comments(area)))


def has_comments(area: LexborNode) -> bool:
    """This tells whether an answer counts comments; a blank count is none (pages of 2026)."""
    return (number_in(line_of(area.css_first("._commentCnt"))) or 0) > 0


def comments_in_json(items: list[Any], answer_number: str, first_position: int, reading: Reading) -> tuple[Answer, ...]:
    """These are the comments of an AJAX list; deleted ones keep their position and give no row."""
    found: list[Answer] = []
    for position, item in enumerate(items, first_position):
        if not isinstance(item, dict) or item.get("deleted"):
            continue
        number, raw = str(item.get("commentNo") or ""), item.get("writeTime")
        author = unquote(str(item.get("u") or item.get("viewId") or ""))
        body = seen_text(parse_html(str(item.get("contents") or "")).body, _CUT)
        raw = raw.strip() or None if isinstance(raw, str) else None
        if number.isascii() and number.isdigit():
            found.append(
                Answer(
                    question_external_id=reading.doc_id,
                    external_id=number,
                    kind="comment",
                    parent_external_id=answer_number,
                    position=position,
                    body=body,
                    author_key=author_key("naver_kin", author, reading.salt),
                    answered_raw=raw,
                    answered_at=resolve(raw, reading.fetched_at)[0],
                )
            )
    return tuple(found)
