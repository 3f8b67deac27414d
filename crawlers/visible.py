"""Text as a reader sees it, out of lexbor nodes.

A line that shows nothing (empty paragraph, no-break space, U+200B, U+3164) is no line: the sites' editors write
them as spacers (read in saved pages of 2026).
"""

import re

from selectolax.lexbor import LexborNode

_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody td tfoot th thead tr ul"
)
_UNSEEN_TAGS = (
    "button canvas embed head iframe img input link map meta noscript object script select style svg template textarea "
    "title video -comment -doctype"
)
_BREAKS = frozenset((*_BLOCK_TAGS.split(), "br"))
_NEVER_SEEN = frozenset(_UNSEEN_TAGS.split())
_UNEVEN = re.compile(r"[ \t\r\f\xa0]{2,}|[\t\r\f\xa0]")
_INVISIBLE = "\u200b\u2060\ufeff\u3164 "
_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([만천]?)")
_TIMES = {"": 1, "천": 1_000, "만": 10_000}


def seen_lines(text: str) -> str:
    r"""This is what a browser shows of plain text with line feeds: white space runs are one space, blank lines go.

    >>> seen_lines("안녕  하세요\n\n\u200b\n 또 왔어요 ")
    '안녕 하세요\n또 왔어요'
    """
    if "\n" not in text:
        return _even(text).strip(_INVISIBLE)
    lines = [line.strip(_INVISIBLE) for line in _even(text).split("\n")]
    return "\n".join(filter(None, lines))


def seen_text(node: LexborNode | None, cut: frozenset[str] = frozenset()) -> str | None:
    """This reads a node's text, one line per line seen, leaving out elements whose class or id is one of `cut`.

    None without a node or without any visible text. Pictures, players, buttons and scripts are never text, nor is
    what its own markup hides (`hidden`, `display:none`): 지식iN lays notices so into ordinary pages (2022-2026).
    """
    if node is None:
        return None
    child = node.first_child
    if child is None and not node.is_text_node:
        return None
    if child is not None and child.is_text_node and child.next is None and node.tag not in _NEVER_SEEN:
        # So are most fields: one piece of text.
        return _even(_words(child)).strip(_INVISIBLE) or None
    return seen_lines("".join(_pieces(node, cut))) or None


def line_of(node: LexborNode | None, cut: frozenset[str] = frozenset()) -> str | None:
    """This reads a node's text as one line."""
    text = seen_text(node, cut)
    return text.replace("\n", " ") if text else None


def first_line(node: LexborNode, selectors: tuple[str, ...]) -> str | None:
    """This is the line of the first selector whose first node within `node` shows one."""
    found = node.css(", ".join(selectors)) if selectors else []
    if len(found) < 2:
        # One search for all tells that there is no choice to make.
        return line_of(found[0]) if found else None
    return next((line for selector in selectors if (line := line_of(node.css_first(selector)))), None)


def number_in(text: str | None) -> int | None:
    """This is the last number of a text; commas and 만 are understood.

    >>> number_in("조회수 3,022"), number_in("1.2만"), number_in("조회")
    (3022, 12000, None)
    """
    if not text:
        return None
    last = text.rpartition(" ")[2]
    if len(last) < 16 and last.isascii() and last.isdecimal():
        # So are most: a label, a space and a plain number.
        return int(last)
    found = _NUMBER.findall(text)
    if not found:
        return None
    digits, unit = found[-1]
    return round(float(digits.replace(",", "")) * _TIMES[unit]) if len(digits) < 20 else None


def is_hidden(node: LexborNode) -> bool:
    """This tells whether a node's own markup keeps it from being seen."""
    return _is_unseen(node.attributes)


def _pieces(top: LexborNode, cut: frozenset[str]) -> list[str]:
    if top.is_text_node:
        return [_words(top)]
    pieces: list[str] = []
    # A stack, not recursion: a page may nest deeper than Python's limit. It holds where to go on after an element,
    # and what the element leaves there.
    after: list[tuple[LexborNode | None, str]] = []
    node = top.first_child if top.tag not in _NEVER_SEEN else None
    while node is not None or after:
        if node is None:
            node, ending = after.pop()
            pieces.append(ending)
            continue
        tag = node.tag or "-comment"
        if tag == "-text":
            pieces.append(_words(node))
        elif tag not in _NEVER_SEEN and not ((names := node.attributes) and _is_cut(names, cut)):
            line = "\n" if tag in _BREAKS else ""
            pieces.append(line)
            inner = node.first_child
            if inner is not None:
                after.append((node.next, line if tag != "br" else ""))
                node = inner
                continue
        node = node.next
    return pieces


def _words(node: LexborNode) -> str:
    # A line feed in the source is only a space to the reader.
    return (node.text_content or "").replace("\n", " ")


def _is_unseen(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return bool(style) and _NOT_SHOWN.search(style or "") is not None


def _is_cut(names: dict[str, str | None], cut: frozenset[str]) -> bool:
    if names.get("id") in cut or not cut.isdisjoint((names.get("class") or "").split()):
        return True
    return _is_unseen(names)


def _even(text: str) -> str:
    # Most text is even already, and looking costs less than rewriting.
    is_even = not ("  " in text or "\xa0" in text or "\t" in text or "\r" in text or "\f" in text)
    return text if is_even else _UNEVEN.sub(" ", text)
