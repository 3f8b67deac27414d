"""Which node of a page stands inside which.

One search costs several microseconds before it looks at a node, a step to a node's parent costs a hundredth of that:
so what many parts of a page hold is searched for once, and sorted by the part that it stands in.
"""

from collections.abc import Iterable, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.markup import attribute

# The memory id of a part → that of the part around it, None for an outermost one.
Around = Mapping[int, int | None]


def around_each(parts: Iterable[LexborNode]) -> Around:
    """This tells for each part of a page in which of the others it stands."""
    above = {part.mem_id: part.parent for part in parts}
    # Parts are mostly neighbours: what is above their parent is asked once.
    found = {node.mem_id: node for node in above.values() if node is not None}
    around = {place: _part_above(node, above) for place, node in found.items()}
    return {place: around[node.mem_id] if node is not None else None for place, node in above.items()}


def all_in_each(root: LexborHTMLParser | LexborNode, selector: str, around: Around) -> dict[int, list[LexborNode]]:
    """These are the nodes that a selector finds in each part, itself included, in page order, by its memory id.

    A part in which nothing is found is not among them; what is found under `root` outside all parts is left out.
    No selector finds nothing.
    """
    found: dict[int, list[LexborNode]] = {}
    for node in root.css(selector) if selector and around else ():
        part = _part_above(node, around)
        while part is not None:
            found.setdefault(part, []).append(node)
            part = around[part]
    return found


def first_in_each(root: LexborHTMLParser | LexborNode, selector: str, around: Around) -> dict[int, LexborNode]:
    """This is the first node that a selector finds in each part; see `all_in_each`."""
    return {part: nodes[0] for part, nodes in all_in_each(root, selector, around).items()}


def is_inside(node: LexborNode, css_classes: frozenset[str]) -> bool:
    """This tells whether an ancestor carries one of the classes."""
    return not outside((node,), css_classes)


def outside(nodes: Iterable[LexborNode], css_classes: frozenset[str]) -> list[LexborNode]:
    """These are the nodes that have no ancestor which carries one of the classes."""
    known: dict[int, bool] = {}
    return [node for node in nodes if not _is_inside(node, css_classes, known)]


def is_below(node: LexborNode, known: dict[int, bool]) -> bool:
    """This tells whether a node stands below one that is `known` by its memory id as True.

    What is found out about the nodes above is kept in `known` too, so that neighbours need not ask again.
    """
    parent = node.parent
    if parent is not None and parent.mem_id in known:
        return known[parent.mem_id]
    asked: list[int] = []
    while parent is not None and parent.mem_id not in known:
        asked.append(parent.mem_id)
        parent = parent.parent
    found = parent is not None and known[parent.mem_id]
    known.update(dict.fromkeys(asked, found))
    return found


def _is_inside(node: LexborNode, css_classes: frozenset[str], known: dict[int, bool]) -> bool:
    # Neighbours have the same ancestors, so what is found out about those is kept in `known`.
    asked: list[int] = []
    above = node.parent
    while above is not None and (place := above.mem_id) not in known:
        asked.append(place)
        if not css_classes.isdisjoint(attribute(above, "class").split()):
            known[place] = True
            break
        above = above.parent
    found = above is not None and known[above.mem_id]
    known.update(dict.fromkeys(asked, found))
    return found


def _part_above(node: LexborNode | None, parts: Mapping[int, object]) -> int | None:
    while node is not None:
        if (place := node.mem_id) in parts:
            return place
        node = node.parent
    return None
