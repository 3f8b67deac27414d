"""Pages and fragments as trees of lexbor nodes, and what is written on a node."""

from collections.abc import Sequence

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

# Without the parser's events, which copy a select's chosen line into its button: text that nobody reads.
_AS_WRITTEN = int(LexborDocumentOptions.WO_EVENTS)


def parse_html(html: str | bytes) -> LexborHTMLParser:
    """This parses any text, or any bytes as UTF-8 (what is none of it shows as U+FFFD).

    A fragment gets its html and body elements.
    """
    whole = html.replace(b"\0", b"") if isinstance(html, bytes) else html.replace("\0", "")
    return LexborHTMLParser(whole, options=_AS_WRITTEN)


def parse_parts(texts: Sequence[str]) -> tuple[LexborHTMLParser, tuple[LexborNode, ...]]:
    """This parses fragments into one page, each into a box of its own: one page costs less than one for each."""
    tree = LexborHTMLParser("<div></div>" * len(texts), options=_AS_WRITTEN)
    boxes = tuple(tree.css("div"))
    for box, text in zip(boxes, texts, strict=True):
        box.inner_html = text.replace("\0", "")
    return tree, boxes


def attribute(node: LexborNode | None, name: str) -> str:
    """This is an attribute's value, empty where the node or the attribute is missing."""
    return (node.attributes.get(name) or "") if node is not None else ""


def classes_with(node: LexborNode, parts: tuple[str, ...]) -> frozenset[str]:
    """These are the classes within a node that hold one of `parts`, in lower case.

    A CSS module's class ends in a mark that each build of the site changes, so it can only be told so.
    """
    if not parts:
        return frozenset()
    found = (name for inner in node.css("[class]") for name in attribute(inner, "class").split())
    return frozenset(name for name in found if any(part in name.lower() for part in parts))
