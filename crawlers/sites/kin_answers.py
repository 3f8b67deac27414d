"""지식iN answers in every era's markup, with the follow-ups under each."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborNode

from crawlers.authors import author_key
from crawlers.dates import date_in, resolve
from crawlers.markup import attribute, classes_with, is_hidden, is_inside, line_of, number_in, seen_text
from crawlers.sites.kin_layouts import LAYOUTS, Layout
from crawlers.sites.kin_writers import author_in, grade_in, name_in, written_by
from warehouse.records.pages import Answer

# Parts that the page lays into or around a text (saved pages of 2026): link cards, stickers, players, promotions.
_PAGE_PARTS = (
    "blind se-oglink se-module-oglink og_link se-sticker se-video se-map expertProduct powerlink tooltipBox "
    "editorHeader _popupLayer additionQnaList"
)
PAGE_PARTS = frozenset(_PAGE_PARTS.split())
_NUMBERED = re.compile(r"(?:answer|contents_layer)_(\d+)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading answers needs besides the markup: whose they are, when fetched, the salt, and the era."""

    doc_id: str
    fetched_at: datetime
    salt: bytes | None
    layout: Layout = LAYOUTS["E4"]


def areas_in(root: LexborNode, layout: Layout) -> list[LexborNode]:
    """These are a page's answers in page order: outermost nodes, without the question's own text."""
    own = body_in(root, layout)
    # A node that fits two selectors of a list is given twice.
    nodes = {node.mem_id: node for node in root.css(layout.answer)}
    taken = nodes.keys() | ({own.mem_id} if own is not None else set())
    if own is not None:
        nodes.pop(own.mem_id, None)
    return [node for node in nodes.values() if not _is_below(node, taken) and number_of(node) != "0"]


def body_in(root: LexborNode, layout: Layout) -> LexborNode | None:
    """This is the question's own text; None where the page has none, as for a question that is all title."""
    for selector in layout.bodies:
        node = next((node for node in root.css(selector) if not in_answer(node)), None)
        # E2 numbers texts by answer, the question being 0: without one of its own, the first text is an answer's.
        if node is not None and number_of(node) in (None, "0"):
            return node
    return None


def in_answer(node: LexborNode) -> bool:
    """This tells what stands inside an answer's box."""
    return is_inside(node, "answerArea") or is_inside(node, "answer-content__item")


def number_of(area: LexborNode) -> str | None:
    """This is the site's own number of an answer, from its id."""
    found = _NUMBERED.fullmatch(attribute(area, "id"))
    return found[1] if found else None


def answers_in(areas: list[LexborNode], reading: Reading) -> tuple[Answer, ...]:
    """These are the answers of a question page in page order, each followed by its follow-ups."""
    found: list[Answer] = []
    for position, area in enumerate(areas, 1):
        found += answer_with_turns(area, position, reading, number_of(area))
    return tuple(found)


def answer_with_turns(
    area: LexborNode, position: int, reading: Reading, number: str | None, written: str | None = None
) -> list[Answer]:
    """This reads one answer and its follow-ups; `written` is its date where that stands outside the markup."""
    layout = reading.layout
    text = area.css_first(layout.text) if layout.text else area
    # An answer of an AJAX list may be the bare text, and nobody has read what a mobile answer wraps its text in.
    if text is None and (written is not None or layout.mute):
        text = area
    body = seen_text(text, PAGE_PARTS | classes_with(area, layout.mute))
    raw = written or _date_in(area, layout)
    name = name_in(area, layout)
    answer = Answer(
        question_external_id=reading.doc_id,
        external_id=number,
        kind="answer",
        parent_external_id=None,
        position=position,
        body=body,
        author_key=author_key("naver_kin", author_in(area, name), reading.salt),
        author_grade=grade_in(area, layout),
        is_chosen=_is_chosen(area, layout),
        written_by=written_by(name, body or "", has_link_card=_has_link_card(text)),
        answered_raw=raw,
        answered_at=resolve(raw, reading.fetched_at)[0],
        votes_up=votes_in(area, "UP"),
        votes_down=votes_in(area, "DOWN"),
    )
    return [answer, *_follow_ups(area, number, reading)]


def votes_in(area: LexborNode, option: str) -> int | None:
    """This counts the UP or DOWN votes of E4, or for UP the likes (좋아요) of E3; None where the page has neither."""
    button = area.css_first(f"button._vote[data-vote-option={option}]")
    if button is not None or option != "UP":
        return number_in(attribute(button, "data-vote-count"))
    for node in area.css("[class*=like], button, a"):
        words = (node.text() or "").strip()
        if words.startswith("좋아요") and (count := number_in(words)) is not None:
            return count
    return None


def _is_below(node: LexborNode, taken: Set[int]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id in taken:
            return True
        parent = parent.parent
    return False


def _date_in(area: LexborNode, layout: Layout) -> str | None:
    line = line_of(area.css_first(layout.date), PAGE_PARTS) if layout.date else None
    return date_in(line) or line


def _follow_ups(area: LexborNode, parent: str | None, reading: Reading) -> Iterator[Answer]:
    for position, item in enumerate(area.css(".additionQnaList__item"), 1):
        raw = line_of(item.css_first(".date"), PAGE_PARTS)
        is_asker = "questioner" in attribute(item, "class").split() or item.css_first(".questioner") is not None
        yield Answer(
            question_external_id=reading.doc_id,
            external_id=None,
            kind="follow_up",
            parent_external_id=parent,
            position=position,
            body=seen_text(item.css_first(".additionQnaList__text"), PAGE_PARTS),
            speaker="asker" if is_asker else "answerer",
            answered_raw=raw,
            answered_at=resolve(raw, reading.fetched_at)[0],
        )


def _is_chosen(area: LexborNode, layout: Layout) -> bool:
    for node in area.css(layout.chosen) if layout.chosen else ():
        words = (node.text() or "").strip()
        # The asker's own button 채택하기 is no adoption; E3's mark may be a mere picture.
        is_mark = "채택" in words if words else "adoptCheck" in attribute(node, "class").split()
        if is_mark and "채택하기" not in words and not is_hidden(node):
            return True
    return False


def _has_link_card(body: LexborNode | None) -> bool:
    return body is not None and body.css_first(".se-oglink, .se-module-oglink, .og_link") is not None
