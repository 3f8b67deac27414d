"""지식iN answers of today's markup: in the question page (E4, since 2024-04-29) and in the AJAX list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from crawlers.authors import author_key
from crawlers.dates import resolve
from crawlers.markup import attribute, line_of, number_in, parse_html, seen_text
from crawlers.sites.links import fields_of
from warehouse.records.pages import Answer

# Parts that the page lays into or around a text (saved pages of 2026): link cards, stickers, players, promotions.
_PAGE_PARTS = (
    "blind se-oglink se-module-oglink se-sticker se-video se-map expertProduct powerlink tooltipBox editorHeader "
    "_popupLayer additionQnaList"
)
PAGE_PARTS = frozenset(_PAGE_PARTS.split())
# The AI answerer's name from 2024-08 to 2026-05-24 (note in crawler code of 2026).
_AI_NAMES = ("지식이", "지식이 AI", "지식이AI", "AI 지식이")
_PHONE = re.compile(r"(?<!\d)(?:0\d{1,2}|1\d{3})[-.\s]?\d{3,4}[-.\s]?\d{0,4}(?!\d)")
_TRADE = re.compile(
    r"법률|법무|변호사|행정사|손해사정|대출|금융|보험|설계사|분양|부동산|컨설팅|상담실|실장|마케팅|학원|시공|공방|렌탈|특가"
)
_SALES_TALK = re.compile(r"010-|카톡|☎|▶|▷|특가|무료\s?(?:상담|배송|설계|견적|방문)|바로가기|www\.|https?://")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading answers needs besides the markup: whose they are, when fetched, the salt for author keys."""

    doc_id: str
    fetched_at: datetime
    salt: bytes | None


def answers_in(areas: list[LexborNode], reading: Reading) -> tuple[Answer, ...]:
    """These are the answers of a question page in page order, each followed by its follow-ups."""
    found: list[Answer] = []
    for position, area in enumerate(areas, 1):
        answer = _answer_of(area, position, reading)
        found += [answer, *_follow_ups(area, answer.external_id, reading)]
    return tuple(found)


def answers_in_json(items: list[Any], first_position: int, reading: Reading) -> tuple[Answer, ...]:
    """These are the answers of an AJAX list; deleted ones keep their position and give no row."""
    found: list[Answer] = []
    for position, item in enumerate(items, first_position):
        if not isinstance(item, dict) or item.get("deleted") or not _number(item.get("answerNo")):
            continue
        # The list brings an answer's markup as the page would show it, so the same reader does both.
        area = parse_html(str(item.get("contents") or "")).body
        if area is not None:
            answer = _answer_of(area, position, reading, str(item["answerNo"]), _text(item.get("formattedModifyTime")))
            found += [answer, *_follow_ups(area, answer.external_id, reading)]
    return tuple(found)


def profile_id(card: LexborNode | None) -> str | None:
    """This is the site's own id of an author: the `u` of the profile link, else the name that is shown."""
    if card is None:
        return None
    for anchor in card.css("a[href*='u=']"):
        if user := fields_of(attribute(anchor, "href")).get("u"):
            return unquote(user)
    return line_of(card.css_first("strong.name, .name"))


def _answer_of(
    area: LexborNode, position: int, reading: Reading, number: str | None = None, written: str | None = None
) -> Answer:
    card = area.css_first(".profile_card")
    name = line_of(card.css_first("strong.name, .name")) if card is not None else None
    body_node = area.css_first(".answerDetail._endContentsText, .answerDetail, ._endContentsText")
    if body_node is None and number is not None:
        body_node = area
    body = seen_text(body_node, PAGE_PARTS)
    raw = written or line_of(area.css_first("p.answerDate, .answerDate"), PAGE_PARTS)
    author = None if name in (None, "비공개", "비공개 답변") else profile_id(card)
    return Answer(
        question_external_id=reading.doc_id,
        external_id=number or attribute(area, "id").removeprefix("answer_") or None,
        kind="answer",
        parent_external_id=None,
        position=position,
        body=body,
        author_key=author_key("naver_kin", author or "", reading.salt),
        author_grade=_grade(card),
        is_chosen=_is_chosen(area),
        written_by=_written_by(name or "", body or "", has_link_card=_has_link_card(body_node)),
        answered_raw=raw,
        answered_at=resolve(raw, reading.fetched_at)[0],
        votes_up=_votes(area, "UP"),
        votes_down=_votes(area, "DOWN"),
    )


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


def _grade(card: LexborNode | None) -> str | None:
    if card is None:
        return None
    grades = (line_of(card.css_first(s)) for s in (".badge[class*=level]", ".badge.expert", ".career_list span"))
    return next((grade for grade in grades if grade), None)


def _is_chosen(area: LexborNode) -> bool:
    info = area.css_first(".answerInfo")
    if info is None:
        return False
    titles = {line_of(node) for node in info.css(".infoList .title")}
    return "채택" in titles or any("질문자가 채택한" in (line_of(node) or "") for node in info.css(".description"))


def _votes(area: LexborNode, option: str) -> int | None:
    button = area.css_first(f"button._vote[data-vote-option={option}]")
    return number_in(attribute(button, "data-vote-count"))


def _has_link_card(body: LexborNode | None) -> bool:
    return body is not None and body.css_first(".se-oglink, .se-module-oglink, .og_link") is not None


def _written_by(name: str, body: str, *, has_link_card: bool) -> Literal["person", "ai", "seller"]:
    """Sellers (pages of 2018-2026): a phone number as nickname, or a link card with a trade's name or sales talk."""
    if name in _AI_NAMES:
        return "ai"
    is_trader = _PHONE.search(name) or (has_link_card and (_TRADE.search(name) or _SALES_TALK.search(body)))
    return "seller" if is_trader else "person"


def _number(value: object) -> bool:
    return not isinstance(value, bool) and str(value or "").isascii() and str(value or "").isdigit()


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
