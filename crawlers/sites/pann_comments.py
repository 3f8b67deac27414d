"""판's comments: in a post page, in comment pages and replies loaded by POST, and in the mobile site's by GET."""

import re
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.authors import NAMELESS, author_key
from crawlers.dates import resolve
from crawlers.markup import attribute
from crawlers.nesting import Around, all_in_each, around_each, first_in_each, is_below
from crawlers.sites.pann_layouts import LAYOUTS, CommentMarks
from crawlers.visible import line_of, number_in, seen_text
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


@dataclass(frozen=True, slots=True)
class Item:
    """One comment as a page shows it: its number, its node, and whether it stands among the best."""

    number: str
    node: LexborNode
    is_best: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The comments of a page, the best ones first, and which of them stands inside another."""

    tree: LexborHTMLParser
    items: tuple[Item, ...]
    around: Around


def shown_in(tree: LexborHTMLParser, marks: CommentMarks, *, in_post: bool) -> Shown:
    """These are the comments that a page shows."""
    best = {box.mem_id: True for box in tree.css(marks.best)}
    numbered = ((_number_of(node), node) for node in tree.css(marks.in_post if in_post else marks.item))
    items = tuple(Item(number, node, _is_best(node, best)) for number, node in numbered if number is not None)
    return Shown(tree, items, around_each(item.node for item in items))


def comments_in(shown: Shown, reading: Reading) -> tuple[Answer, ...]:
    """These are the comments in page order, once each: the best ones stand in the normal list again."""
    once: dict[str, tuple[Item, str | None]] = {}
    above: str | None = None
    for item in shown.items:
        # The mobile page lays replies under their comment, in the same list.
        is_reply = "r-reply" in attribute(item.node, "class").split()
        above = above if is_reply else item.number
        once.setdefault(item.number, (item, above if is_reply and reading.parent is None else reading.parent))
    best = {item.number for item in shown.items if item.is_best}
    fields = _fields_of(shown, reading.marks)
    return tuple(
        _comment_of(item, position, parent, fields, reading, is_best=item.number in best)
        for position, (item, parent) in enumerate(once.values(), 1)
    )


def replied_to(shown: Shown) -> tuple[str, ...]:
    """These are the comments that say they have replies, once each."""
    found = all_in_each(shown.tree, "dd.reples .cmtsum em, dd a, dd button", shown.around)
    replied = {place for place, nodes in found.items() if _replies_in(nodes) > 0}
    return tuple(dict.fromkeys(item.number for item in shown.items if item.node.mem_id in replied))


def _number_of(node: LexborNode) -> str | None:
    """A comment's number, out of its own id or an id inside it."""
    if found := _ID.search(node.id or ""):
        return found[1]
    ids = (inner.id or "" for inner in node.css(_WITH_ID))
    return next((found[1] for text in ids if (found := _ID.search(text))), None)


def _replies_in(found: list[LexborNode]) -> int:
    counts = next((inner for inner in found if inner.tag == "em"), None)
    counted = number_in(line_of(counts))
    if counted is not None:
        return counted
    # Where the mobile page counts them nobody has read; the label is the page's own, so it can be trusted.
    buttons = (_REPLIES.search(inner.text() or "") for inner in found if inner.tag != "em")
    return next((number_in(found[1]) or 0 for found in buttons if found), 0)


def _is_best(node: LexborNode, best: dict[int, bool]) -> bool:
    is_in_box = bool(best) and (best.get(node.mem_id, False) or is_below(node, best))
    return is_in_box or (node.id or "").startswith("beple_")


@dataclass(frozen=True, slots=True)
class _Fields:
    """The comments' fields, each by the memory id of its comment."""

    names: dict[int, LexborNode]
    dates: dict[int, LexborNode]
    texts: dict[int, LexborNode]
    ups: dict[int, LexborNode]
    downs: dict[int, LexborNode]


def _fields_of(shown: Shown, marks: CommentMarks) -> _Fields:
    selectors = (marks.name, marks.date, marks.body, marks.up, marks.down)
    return _Fields(*(first_in_each(shown.tree, selector, shown.around) for selector in selectors))


def _comment_of(
    item: Item, position: int, parent: str | None, fields: _Fields, reading: Reading, *, is_best: bool
) -> Answer:
    place = item.node.mem_id
    name_node = fields.names.get(place)
    name = attribute(name_node, "title").strip() or line_of(name_node, _CUT) or ""
    raw = line_of(fields.dates.get(place), _CUT)
    body = _body_of(fields.texts.get(place))
    is_asker = name in _ASKER_NAMES or (name == reading.asker and name not in NAMELESS)
    return Answer(
        question_external_id=reading.post,
        external_id=item.number,
        kind="comment",
        parent_external_id=parent,
        position=position,
        body=None if body in _DELETED else body,
        author_key=author_key("nate_pann", name, reading.salt),
        is_chosen=is_best,
        speaker="asker" if is_asker else "answerer",
        answered_raw=raw,
        answered_at=resolve(raw, reading.fetched_at)[0],
        votes_up=number_in(line_of(fields.ups.get(place))),
        votes_down=number_in(line_of(fields.downs.get(place))),
    )


def _body_of(text: LexborNode | None) -> str | None:
    if text is None:
        return None
    # Walked, not searched: the span is nearly always the first node.
    return seen_text(next((node for node in text.traverse() if node.tag == "span"), text), _CUT)
