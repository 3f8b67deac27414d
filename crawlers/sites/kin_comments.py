"""Comments on 지식iN's questions and answers: five in an E3 page, all by AJAX.

In the site's own numbers the question is answer 0, so that is the parent of a comment on it.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.authors import author_key
from crawlers.dates import date_in, resolve
from crawlers.markup import parse_html
from crawlers.nesting import around_each, first_in_each
from crawlers.sites.kin_answers import Reading
from crawlers.sites.kin_links import comments_link
from crawlers.sites.kin_parts import Parts, Shown
from crawlers.visible import line_of, number_in, seen_text
from warehouse.records.pages import Answer, Link

QUESTION_NUMBER = "0"
_CUT = frozenset({"blind"})


def comments_in(parts: Parts, reading: Reading) -> tuple[Answer, ...]:
    """These are the comments that an E3 page shows, each under the answer or question where it stands."""
    found: list[Answer] = []
    places: dict[str | None, int] = {}
    owners = _owners(parts)
    for item in parts.root.css(".c-opinion__item"):
        owner = _owner(item, owners)
        parent = owner.number if owner is not None else QUESTION_NUMBER
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


def comments_links(parts: Parts, doc_id: str, dir_id: str | None) -> tuple[Link, ...]:
    """These lead to the comments of the question and of its answers, where there are any."""
    owners = _owners(parts)
    counts: dict[int | None, LexborNode] = {}
    for node in parts.root.css("._commentCnt"):
        owner = _owner(node, owners)
        counts.setdefault(owner.area.mem_id if owner is not None else None, node)
    numbers = ((None, QUESTION_NUMBER), *((answer.area.mem_id, answer.number) for answer in parts.answers))
    return tuple(
        comments_link(doc_id, dir_id, number)
        for place, number in numbers
        if number and place in counts and _is_counting(counts[place])
    )


def commented_in(root: LexborHTMLParser, answers: Iterable[LexborNode]) -> frozenset[int]:
    """These are the answers that count comments, by memory id; a blank count is none (pages of 2026)."""
    counts = first_in_each(root, "._commentCnt", around_each(answers))
    return frozenset(place for place, count in counts.items() if _is_counting(count))


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


def _is_counting(count: LexborNode | None) -> bool:
    return (number_in(line_of(count)) or 0) > 0


def _owners(parts: Parts) -> dict[int, Shown]:
    return {answer.area.mem_id: answer for answer in parts.answers}


def _owner(node: LexborNode, owners: Mapping[int, Shown]) -> Shown | None:
    """The answer in which a node stands, out of all by their memory ids; None for what stands in none."""
    above: LexborNode | None = node
    while above is not None and above.mem_id not in owners:
        above = above.parent
    return owners[above.mem_id] if above is not None else None
