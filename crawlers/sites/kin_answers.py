"""지식iN answers in every era's markup, with the follow-ups under each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.authors import author_key
from crawlers.dates import date_in, resolve
from crawlers.markup import attribute
from crawlers.sites.kin_layouts import LAYOUTS, Layout
from crawlers.sites.kin_parts import PAGE_PARTS, Shown, parts_to_cut
from crawlers.sites.kin_places import Places, places_in
from crawlers.sites.kin_writers import author_of, grade_of, name_of, written_by
from crawlers.visible import is_hidden, line_of, number_in, seen_text
from warehouse.records.pages import Answer

_LIKES = "좋아요"


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading answers needs besides the markup: whose they are, when fetched, the salt, and the era."""

    doc_id: str
    fetched_at: datetime
    salt: bytes | None
    layout: Layout = LAYOUTS["E4"]


def answers_in(root: LexborHTMLParser | LexborNode, answers: Sequence[Shown], reading: Reading) -> tuple[Answer, ...]:
    """These are the answers that stand below `root`, in the order given, each followed by its follow-ups."""
    places = places_in(root, (answer.area for answer in answers), reading.layout)
    found: list[Answer] = []
    for answer in answers:
        found.append(_answer_of(answer, places, reading))
        found += _follow_ups(places.turns.get(answer.area.mem_id, ()), answer.number, reading)
    return tuple(found)


def votes_in(area: LexborNode, buttons: Iterable[LexborNode]) -> tuple[int | None, int | None]:
    """These are the UP and DOWN votes of E4, or the likes (좋아요) of E3 as UP; None where the page has neither.

    `buttons` are those that stand in the area.
    """
    counts: dict[str | None, int | None] = {}
    for button in buttons:
        names = button.attributes
        counts.setdefault(names.get("data-vote-option"), number_in(names.get("data-vote-count")))
    return counts["UP"] if "UP" in counts else _likes_in(area), counts.get("DOWN")


def _answer_of(shown: Shown, places: Places, reading: Reading) -> Answer:
    area, layout = shown.area, reading.layout
    place = area.mem_id
    text = places.texts.get(place) if layout.text else area
    # An answer of an AJAX list may be the bare text, and nobody has read what a mobile answer wraps its text in.
    if text is None and (shown.written is not None or layout.mute):
        text = area
    body = seen_text(text, parts_to_cut(area, layout))
    raw = shown.written or _date_of(places.dates.get(place))
    name = name_of(places.names.get(place))
    votes_up, votes_down = votes_in(area, places.votes.get(place, ()))
    return Answer(
        question_external_id=reading.doc_id,
        external_id=shown.number,
        kind="answer",
        parent_external_id=None,
        position=shown.position,
        body=body,
        author_key=author_key("naver_kin", author_of(places.profiles.get(place, ()), name), reading.salt),
        author_grade=grade_of(places.cards.get(place), places.grades, layout),
        is_chosen=any(map(_is_adoption, places.marks.get(place, ()))),
        written_by=written_by(name, body or "", text),
        answered_raw=raw,
        answered_at=resolve(raw, reading.fetched_at)[0],
        votes_up=votes_up,
        votes_down=votes_down,
    )


def _likes_in(area: LexborNode) -> int | None:
    # Reading all the words once costs less than a search.
    for node in area.css("[class*=like], button, a") if _LIKES in (area.text() or "") else ():
        words = (node.text() or "").strip()
        if words.startswith(_LIKES) and (count := number_in(words)) is not None:
            return count
    return None


def _date_of(node: LexborNode | None) -> str | None:
    line = line_of(node, PAGE_PARTS)
    return date_in(line) or line


def _follow_ups(items: Iterable[LexborNode], parent: str | None, reading: Reading) -> Iterator[Answer]:
    for position, item in enumerate(items, 1):
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


def _is_adoption(mark: LexborNode) -> bool:
    words = (mark.text() or "").strip()
    # The asker's own button 채택하기 is no adoption; E3's mark may be a mere picture.
    is_mark = "채택" in words if words else "adoptCheck" in attribute(mark, "class").split()
    return is_mark and "채택하기" not in words and not is_hidden(mark)
