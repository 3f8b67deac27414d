"""A 지식iN question page of any era: the question's record."""

import re

from selectolax.lexbor import LexborNode

from crawlers.authors import author_key
from crawlers.dates import date_in, resolve
from crawlers.markup import attribute
from crawlers.sites.kin_answers import votes_in
from crawlers.sites.kin_layouts import Layout
from crawlers.sites.kin_parts import PAGE_PARTS, Parts, outside_answers, parts_to_cut
from crawlers.sites.kin_urls import question_url
from crawlers.sites.kin_writers import user_in
from crawlers.sites.links import fields_of
from crawlers.visible import line_of, number_in, seen_text
from warehouse.records.pages import Page, Question

# The labels in a question's box are shorter in every saved page (2018-2026).
_LINE_CHARS = 12
_VIEWS = re.compile(r"조회수?\s*([\d,.]+\s*[만천]?)")
_ANSWERS = re.compile(r"답변\s*([\d,]+)\s*개")


def question_in(parts: Parts, layout: Layout, ids: tuple[str, str | None], page: Page, salt: bytes | None) -> Question:
    """This reads the question; `ids` are its (docId, dirId)."""
    doc_id, url_directory = ids
    root, body = parts.root, parts.body
    lines = _lines_about(parts, layout)
    raw = _asked_raw(root, lines, layout)
    asked_at, precision = resolve(raw, page.fetched_at)
    directory = root.css_first(layout.directory) if layout.directory else None
    topic_id = fields_of(attribute(directory, "href")).get("dirId")
    box = root.css_first(layout.box) if layout.box else None
    votes_up, votes_down = votes_in(box, box.css("button._vote")) if box is not None else (None, None)
    return Question(
        site="naver_kin",
        external_id=doc_id,
        url=question_url(doc_id, url_directory or topic_id),
        title=next(
            (title for selector in layout.titles if (title := line_of(root.css_first(selector), PAGE_PARTS))), None
        ),
        body=seen_text(body, parts_to_cut(body, layout)),
        topic_id=topic_id,
        topic=line_of(directory, PAGE_PARTS),
        author_key=_asker_key(root, layout, salt),
        asked_raw=raw,
        asked_at=asked_at,
        asked_precision=precision,
        views=next((number_in(found[1]) for line in lines if (found := _VIEWS.search(line))), None),
        votes_up=votes_up,
        votes_down=votes_down,
        answers_total=_answers_total(parts, lines, layout),
    )


def has_unread_text(parts: Parts, layout: Layout) -> bool:
    """This tells of a question without a body whether its box shows text besides: a line longer than a page's words."""
    box = parts.root.css_first(layout.box) if layout.box else None
    lines = (seen_text(box, PAGE_PARTS.union(layout.box_words)) or "").split("\n")
    return any(len(line) >= _LINE_CHARS for line in lines)


def _lines_about(parts: Parts, layout: Layout) -> list[str]:
    """The short lines with labels. By label, never by place: they come doubled, with two to six parts (2024)."""
    if layout.infos:
        nodes = outside_answers(parts.root.css(layout.infos))
        return [line for node in nodes if (line := line_of(node))]
    if not layout.mute:
        return []
    # Nobody has read where the mobile page keeps them; texts of people are left out, so a label is the page's own.
    texts = [node for node in (parts.body, *(answer.area for answer in parts.answers)) if node is not None]
    cut = frozenset(
        name for node in texts for name in (*attribute(node, "class").split(), attribute(node, "id")) if name
    )
    return (seen_text(parts.root, PAGE_PARTS | cut) or "").split("\n")


def _asked_raw(root: LexborNode, lines: list[str], layout: Layout) -> str | None:
    for line in lines:
        _, label, rest = line.partition("작성일")
        if label:
            return date_in(rest) or rest.strip() or None
    return date_in(line_of(root.css_first(layout.day))) if layout.day else None


def _asker_key(root: LexborNode, layout: Layout, salt: bytes | None) -> str | None:
    asker = next(iter(outside_answers(root.css(layout.asker))), None) if layout.asker else None
    if asker is None:
        return None
    anchor = asker if asker.tag == "a" else asker.css_first("a[href*='u=']")
    user = user_in(attribute(anchor, "href"))
    return author_key("naver_kin", user or line_of(asker, PAGE_PARTS) or "", salt)


def _answers_total(parts: Parts, lines: list[str], layout: Layout) -> int | None:
    for selector in layout.totals:
        total = number_in(line_of(parts.root.css_first(selector)))
        if total is not None:
            return total
    if layout.is_silence_zero:
        return None if parts.answers else 0
    return next((number_in(found[1]) for line in lines if (found := _ANSWERS.fullmatch(line))), None)
