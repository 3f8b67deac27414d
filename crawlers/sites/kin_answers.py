"""지식iN answers in every era's markup, with the follow-ups under each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborNode

from crawlers.authors import author_key
from crawlers.dates import date_in, resolve
from crawlers.markup import attribute, is_hidden, line_of, number_in, seen_text
from crawlers.sites.kin_layouts import LAYOUTS, Layout
from crawlers.sites.kin_parts import PAGE_PARTS, number_of, parts_to_cut
from crawlers.sites.kin_writers import author_in, grade_in, name_in, written_by
from warehouse.records.pages import Answer


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading answers needs besides the markup: whose they are, when fetched, the salt, and the era."""

    doc_id: str
    fetched_at: datetime
    salt: bytes | None
    layout: Layout = LAYOUTS["E4"]


def answers_in(areas: tuple[LexborNode, ...], reading: Reading) -> tuple[Answer, ...]:
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
    body = seen_text(text, parts_to_cut(area, layout))
    raw = written or _date_in(area, layout)
    name = name_in(area, layout)
    votes_up, votes_down = votes_in(area)
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
        written_by=written_by(name, body or "", text),
        answered_raw=raw,
        answered_at=resolve(raw, reading.fetched_at)[0],
        votes_up=votes_up,
        votes_down=votes_down,
    )
    return [answer, *_follow_ups(area, number, reading)]


def votes_in(area: LexborNode) -> tuple[int | None, int | None]:
    """These are the UP and DOWN votes of E4, or the likes (좋아요) of E3 as UP; None where the page has neither."""
    counts: dict[str | None, int | None] = {}
    for button in area.css("button._vote"):
        names = button.attributes
        counts.setdefault(names.get("data-vote-option"), number_in(names.get("data-vote-count")))
    return counts["UP"] if "UP" in counts else _likes_in(area), counts.get("DOWN")


def _likes_in(area: LexborNode) -> int | None:
    for node in area.css("[class*=like], button, a"):
        words = (node.text() or "").strip()
        if words.startswith("좋아요") and (count := number_in(words)) is not None:
            return count
    return None


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
