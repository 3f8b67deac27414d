"""What stands where on a 지식iN question page: the question's text, the answers, and what the page lays into them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.markup import classes_with
from crawlers.nesting import is_below, outside
from crawlers.sites.kin_layouts import Layout

# Parts that the page lays into or around a text (saved pages of 2026): link cards, stickers, players, promotions.
_PAGE_PARTS = (
    "blind se-oglink se-module-oglink og_link se-sticker se-video se-map expertProduct powerlink tooltipBox "
    "editorHeader _popupLayer additionQnaList"
)
PAGE_PARTS = frozenset(_PAGE_PARTS.split())
_ANSWER_BOXES = frozenset({"answerArea", "answer-content__item"})
_NUMBERED = re.compile(r"(?:answer|contents_layer)_(\d+)")


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as a page or a list shows it; `written` is its date where that stands outside the markup."""

    area: LexborNode
    position: int
    number: str | None
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A page's nodes: what is read at all, the question's own text, and the answers in page order.

    `body` is None where the page has none, as for a question that is all title.
    """

    root: LexborNode
    body: LexborNode | None
    answers: tuple[Shown, ...]


def parts_of(tree: LexborHTMLParser, layout: Layout) -> Parts | None:
    """This finds the parts of a page, None in a page without a body."""
    root = (tree.css_first(layout.root) if layout.root else None) or tree.body
    if root is None:
        return None
    body = _body_in(root, layout)
    return Parts(root, body, _answers_in(root, body, layout))


def outside_answers(nodes: Iterable[LexborNode]) -> list[LexborNode]:
    """These are the nodes that stand in no answer's box."""
    return outside(nodes, _ANSWER_BOXES)


def number_of(answer: LexborNode) -> str | None:
    """This is the site's own number of an answer, from its id."""
    found = _NUMBERED.fullmatch(answer.id or "")
    return found[1] if found else None


def parts_to_cut(text: LexborNode | None, layout: Layout) -> frozenset[str]:
    """These are the classes and ids within a text that hold the page's own words."""
    return PAGE_PARTS | classes_with(text, layout.mute) if layout.mute and text is not None else PAGE_PARTS


def _body_in(root: LexborNode, layout: Layout) -> LexborNode | None:
    for selector in layout.bodies:
        node = next(iter(outside_answers(root.css(selector))), None)
        # E2 numbers texts by answer, the question being 0: without one of its own, the first text is an answer's.
        if node is not None and number_of(node) in (None, "0"):
            return node
    return None


def _answers_in(root: LexborNode, body: LexborNode | None, layout: Layout) -> tuple[Shown, ...]:
    """The outermost nodes, without the question's own text."""
    # A node that fits two selectors of a list is given twice.
    nodes = {node.mem_id: node for node in root.css(layout.answer)}
    taken = dict.fromkeys(nodes, True)
    if body is not None:
        taken[body.mem_id] = True
        nodes.pop(body.mem_id, None)
    numbered = ((node, number_of(node)) for node in nodes.values() if not is_below(node, taken))
    kept = ((node, number) for node, number in numbered if number != "0")
    return tuple(Shown(node, position, number) for position, (node, number) in enumerate(kept, 1))
