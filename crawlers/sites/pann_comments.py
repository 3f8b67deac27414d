"""판's comments: best and normal ones of a post page, comment pages and replies loaded by POST (markup of 2026)."""

import re
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborNode

from crawlers.authors import NAMELESS, author_key
from crawlers.dates import resolve
from crawlers.markup import attribute, line_of, number_in, seen_text
from crawlers.sites.pann_links import replies_link
from warehouse.records.pages import Answer, Link

# "This comment was deleted": the page's words, not a writer's.
_DELETED = ("이미 삭제된 댓글입니다.", "삭제된 댓글입니다.")
# The name that the site gives the post's own author among the comments.
_ASKER_NAMES = frozenset({"쓰니", "글쓴이"})
_ID = re.compile(r"content_area_(?:dl_)?(\d+)")
_CUT = frozenset({"blind"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading comments needs besides the markup. `parent` is the comment whose replies these are."""

    post: str
    fetched_at: datetime
    salt: bytes | None
    parent: str | None = None
    asker: str | None = None


def comments_in(items: list[LexborNode], reading: Reading) -> tuple[Answer, ...]:
    """These are the comments in page order, once each: the best ones stand in the normal list again."""
    once: dict[str, LexborNode] = {}
    best: set[str] = set()
    for item in items:
        number = comment_id(item)
        if number is None:
            continue
        once.setdefault(number, item)
        if _is_best(item):
            best.add(number)
    return tuple(
        _comment_of(item, number, position, reading, is_best=number in best)
        for position, (number, item) in enumerate(once.items(), 1)
    )


def replies_links(items: list[LexborNode], post: str) -> tuple[Link, ...]:
    """These lead to the replies of those comments that say they have some, once each."""
    once: dict[str, Link] = {}
    for item in items:
        number = comment_id(item)
        if number and (number_in(line_of(item.css_first("dd.reples .cmtsum em"))) or 0) > 0:
            once.setdefault(number, replies_link(post, number))
    return tuple(once.values())


def comment_id(item: LexborNode) -> str | None:
    """This is a comment's number, out of its own id or an id inside it."""
    ids = [attribute(item, "id"), *(attribute(node, "id") for node in item.css("[id*=content_area_]"))]
    return next((found[1] for text in ids if (found := _ID.search(text))), None)


def _is_best(item: LexborNode) -> bool:
    if attribute(item, "id").startswith("beple_"):
        return True
    parent = item.parent
    while parent is not None:
        if "cmt_best" in attribute(parent, "class").split():
            return True
        parent = parent.parent
    return False


def _comment_of(item: LexborNode, number: str, position: int, reading: Reading, *, is_best: bool) -> Answer:
    name_node = item.css_first("dt .nameui")
    name = attribute(name_node, "title").strip() or line_of(name_node, _CUT) or ""
    raw = line_of(item.css_first("dt i"), _CUT)
    body = seen_text(item.css_first("dd.usertxt span") or item.css_first("dd.usertxt"), _CUT)
    is_asker = name in _ASKER_NAMES or (name == reading.asker and name not in NAMELESS)
    return Answer(
        question_external_id=reading.post,
        external_id=number,
        kind="comment",
        parent_external_id=reading.parent,
        position=position,
        body=None if body in _DELETED else body,
        author_key=author_key("nate_pann", name, reading.salt),
        is_chosen=is_best,
        speaker="asker" if is_asker else "answerer",
        answered_raw=raw,
        answered_at=resolve(raw, reading.fetched_at)[0],
        votes_up=number_in(line_of(item.css_first("dd.n_good"))),
        votes_down=number_in(line_of(item.css_first("dd.n_bad"))),
    )
