"""A 판 post page of any form: the post's record."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.dates import date_in, resolve
from crawlers.markup import attribute
from crawlers.sites.boards import PANN_CHANNELS
from crawlers.sites.pann_layouts import Layout
from crawlers.sites.pann_urls import post_url
from crawlers.visible import line_of, number_in, seen_text
from warehouse.records.pages import Page, Question

# Lines and pictures that the page adds to a post (saved pages of 2026).
_CUT = frozenset(("blind", "mobilewrite", "mweb_img"))
# The mobile site writes this under every picture (crawler code of 2019-2026).
_ENLARGE = "이미지확대보기"
_BOARDS = {name: board for board, name in PANN_CHANNELS.items()}
# Of two names that begin alike the longer one is meant.
_CHANNEL = re.compile("|".join(re.escape(name) for name in sorted(_BOARDS, key=len, reverse=True)))
_VIEWS = re.compile(r"조회수?\s*([\d,]+)")


def asker_in(tree: LexborHTMLParser, layout: Layout) -> str | None:
    """This is the name that the post's author shows; never to be stored."""
    return line_of(tree.css_first(layout.author), _CUT)


def question_in(
    tree: LexborHTMLParser, layout: Layout, post: str, page: Page, asker_key: str | None
) -> Question | None:
    """This reads the post itself, None where the page has no place for its text; `asker_key` is its author's."""
    body = tree.css_first(layout.body)
    if body is None:
        return None
    raw, views = _numbers(tree, layout) if layout.numbers else (
        _line(tree, layout.date), number_in(_line(tree, layout.views))
    )  # fmt: skip
    asked_at, precision = resolve(raw, page.fetched_at)
    topic_id, topic = _channel(tree)
    total = number_in(_line(tree, layout.total))
    is_silent = total is None and tree.css_first(layout.silence) is not None
    return Question(
        site="nate_pann",
        external_id=post,
        url=post_url(post),
        title=next((title for selector in layout.titles if (title := _line(tree, selector))), None),
        body=_body(body),
        topic_id=topic_id,
        topic=topic,
        author_key=asker_key,
        asked_raw=raw,
        asked_at=asked_at,
        asked_precision=precision,
        views=views,
        votes_up=number_in(_line(tree, layout.up)),
        votes_down=number_in(_line(tree, layout.down)),
        answers_total=0 if is_silent else total,
    )


def _line(tree: LexborHTMLParser, selector: str) -> str | None:
    return line_of(tree.css_first(selector), _CUT) if selector else None


def _numbers(tree: LexborHTMLParser, layout: Layout) -> tuple[str | None, int | None]:
    """Date and views of the mobile page, told apart by label and look."""
    lines = [line for node in tree.css(layout.numbers) if (line := line_of(node, _CUT))]
    raw = next((found for line in lines if (found := date_in(line))), None)
    around = line_of(tree.css_first(".writer .sub"), _CUT) or ""
    labelled = _VIEWS.search(around)
    plain = [line for line in lines if date_in(line) is None]
    views = labelled[1] if labelled else plain[0] if len(plain) == 1 else None
    return raw, number_in(views)


def _body(node: LexborNode | None) -> str | None:
    lines = (seen_text(node, _CUT) or "").split("\n")
    return "\n".join(line for line in lines if line != _ENLARGE) or None


def _channel(tree: LexborHTMLParser) -> tuple[str | None, str | None]:
    """The channel stands only in the description, which begins "채널 : " and runs on into the post's text."""
    for selector in ("meta[name=description]", "meta[property='og:description']"):
        _, mark, rest = attribute(tree.css_first(selector), "content").partition("채널 : ")
        if found := _CHANNEL.match(rest) if mark else None:
            return _BOARDS[found[0]], found[0]
    return None, None
