"""Who wrote a 지식iN answer: the key's source, the grade, and whether it was a person at all."""

import re
from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from crawlers.markup import attribute
from crawlers.sites.kin_layouts import Layout
from crawlers.sites.links import fields_of
from crawlers.visible import first_line, line_of

_OWN_PROFILE = re.compile(r"/[\w/]+(?:\.naver|\.nhn)\?u=([\w%.-]+)", re.ASCII)
_BLIND = frozenset({"blind"})
# The AI answerer's name from 2024-08 to 2026-05-24 (note in crawler code of 2026).
_AI_NAMES = ("지식이", "지식이 AI", "지식이AI", "AI 지식이")
_UNNAMED = ("", "비공개")
_TITLE_ENDS = re.compile(r"\s*(?:님)?\s*답변$")
_PHONE = re.compile(r"(?<!\d)(?:0\d{1,2}|1\d{3})[-.\s]?\d{3,4}[-.\s]?\d{0,4}(?!\d)")
_TRADE = re.compile(
    r"법률|법무|변호사|행정사|손해사정|대출|금융|보험|설계사|분양|부동산|컨설팅|상담실|실장|마케팅|학원|시공|공방|렌탈|특가"
)
_SALES_TALK = re.compile(r"010-|카톡|☎|▶|▷|특가|무료\s?(?:상담|배송|설계|견적|방문)|바로가기|www\.|https?://")


def name_of(node: LexborNode | None) -> str:
    """This is the name that an answer shows at its place, empty where it shows none; never to be stored."""
    name = line_of(node, _BLIND) or ""
    # E3 heads an answer "X 님 답변" or "비공개 답변".
    return _TITLE_ENDS.sub("", name).strip() if name.endswith("답변") else name.strip()


def user_in(url: str) -> str:
    """This is the `u` of a profile's URL, empty where it has none."""
    own = _OWN_PROFILE.fullmatch(url)
    return unquote(own[1]) if own else fields_of(url).get("u", "")


def author_of(profiles: Iterable[LexborNode], name: str) -> str:
    """This is the site's own id of an answer's author: the `u` of a profile's link, else `name`, which is shown."""
    if name in _UNNAMED:
        return ""
    for anchor in profiles:
        if user := user_in(attribute(anchor, "href")):
            return unquote(user)
    return name


def grade_of(card: LexborNode | None, grades: Mapping[int, list[LexborNode]], layout: Layout) -> str | None:
    """This is an answerer's grade or office, as the profile card shows it; `grades` are those found, by card."""
    found = grades.get(card.mem_id, []) if card is not None else []
    # Only where several stand in one card is there a choice to make.
    return first_line(card, layout.grades) if card is not None and len(found) > 1 else line_of(next(iter(found), None))


def written_by(name: str, body: str, text: LexborNode | None) -> Literal["person", "ai", "seller"]:
    """Sellers (pages of 2018-2026): a phone number as nickname, or a trade's name or sales talk with a link card.

    `text` is the node whose text is `body`.
    """
    if name in _AI_NAMES:
        return "ai"
    # A card is looked for last: searching nodes costs more than searching words.
    is_trader = _PHONE.search(name) or ((_TRADE.search(name) or _SALES_TALK.search(body)) and _has_link_card(text))
    return "seller" if is_trader else "person"


def _has_link_card(text: LexborNode | None) -> bool:
    return text is not None and text.css_first(".se-oglink, .se-module-oglink, .og_link") is not None
