"""판's comments: in a post page, in comment pages and replies loaded by POST, and in the mobile site's by GET."""

import re
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.authors import NAMELESS, author_key
from crawlers.dates import resolve
from crawlers.markup import attribute, line_of, number_in, seen_text
from crawlers.sites.pann_layouts import LAYOUTS, CommentMarks
from warehouse.records.pages import Answer

# "This comment was deleted": the page's words, not a writer's.
_DELETED = ("이미 삭제된 댓글입니다.", "삭제된 댓글입니다.")
# The name that the site gives the post's own author among the comments.
_ASKER_NAMES = frozenset({"쓰니", "글쓴이"})
_ID = re.compile(r"(?:content_area_(?:dl_)?|[RO]_cnt_)(\d+)")
_WITH_ID = "[id*=content_area_], [id^=R_cnt_], [id^=O_cnt_]"
_REPLIES = re.compile(r"답글\s*\(?([\d,]+)")
_CUT = frozenset({"blind"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading comments needs besides the markup. `parent` is the comment whose replies these are."""

    post: str
    fetched_at: datetime
    salt: bytes | None
    parent: str | None = None
    asker: str | None = None
    marks: CommentMarks = LAYOUTS["2026"].comments


def items_in(tree: LexborHTMLParser, marks: CommentMarks, *, in_post: bool) -> list[LexborNode]:
    """These are the comments that a page shows, the best ones first."""
    return [item for item in tree.css(marks.in_post if in_post else marks.item) if comment_id(item) is not None]


def comments_in(items: list[LexborNode], reading: Reading) -> tuple[Answer, ...]:
    """These are the comments in page order, once each: the best ones stand in the normal list again."""
    once: dict[str, tuple[LexborNode, str | None]] = {}
    best: set[str] = set()
    above: str | None = None
    for item in items:
        number = comment_id(item)
        if number is None:
            continue
        # The mobile page lays replies under their comment, in the same list.
        is_reply = "r-reply" in attribute(item, "class").split()
        above = above if is_reply else number
        once.setdefault(number, (item, above if is_reply and reading.parent is None else reading.parent))
        if _is_best(item, reading.marks):
            best.add(number)
    return tuple(
        _comment_of(item, number, position, parent, reading, is_best=number in best)
        for position, (number, (item, parent)) in enumerate(once.items(), 1)
    )


def replied_to(items: list[LexborNode]) -> tuple[str, ...]:
    """These are the comments that say they have replies, once each."""
    once: dict[str, None] = {}
    for item in items:
        number = comment_id(item)
        if number and _replies_of(item) > 0:
            once.setdefault(number)
    return tuple(once)


def comment_id(item: LexborNode) -> str | None:
    """This is a comment's number, out of its own id or an id inside it."""
    if found := _ID.search(attribute(item, "id")):
        return found[1]
    ids = (attribute(node, "id") for node in item.css(_WITH_ID))
    return next((found[1] for text in ids if (found := _ID.search(text))), None)


def _replies_of(item: LexborNode) -> int:
    counted = number_in(line_of(item.css_first("dd.reples .cmtsum em")))
    if counted is not None:
        return counted
    # Where the mobile page counts them nobody has read; the label is the page's own, so it can be trusted.
    buttons = (_REPLIES.search(node.text() or "") for node in item.css("dd a, dd button"))
    return next((number_in(found[1]) or 0 for found in buttons if found), 0)


def _is_best(item: LexborNode, marks: CommentMarks) -> bool:
    if attribute(item, "id").startswith("beple_"):
        return True
    boxes = set(marks.best.split())
    node: LexborNode | None = item
    while node is not None:
        if boxes.intersection(attribute(node, "class").split()):
            return True
        node = node.parent
    return False


def _comment_of(
    item: LexborNode, number: str, position: int, parent: str | None, reading: Reading, *, is_best: bool
) -> Answer:
    marks = reading.marks
    name_node = item.css_first(marks.name)
    name = attribute(name_node, "title").strip() or line_of(name_node, _CUT) or ""
    raw = line_of(item.css_first(marks.date), _CUT)
    text = item.css_first(marks.body)
    body = seen_text((text.css_first("span") if text is not None else None) or text, _CUT)
    is_asker = name in _ASKER_NAMES or (name == reading.asker and name not in NAMELESS)
    return Answer(
        question_external_id=reading.post,
        external_id=number,
        kind="comment",
        parent_external_id=parent,
        position=position,
        body=None if body in _DELETED else body,
        author_key=author_key("nate_pann", name, reading.salt),
        is_chosen=is_best,
        speaker="asker" if is_asker else "answerer",
        answered_raw=raw,
        answered_at=resolve(raw, reading.fetched_at)[0],
        votes_up=number_in(line_of(item.css_first(marks.up))),
        votes_down=number_in(line_of(item.css_first(marks.down))),
    )
