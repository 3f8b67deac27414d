"""Remarks in parentheses (cleaning spec, section 7)."""

import re
from collections.abc import Sequence
from typing import Final

from cleaning.rounds import takes_rounds

_SEEN: Final = 8  # characters, enough for a particle and what follows it
_HANGUL = re.compile("[가-힣]")
_TOKEN = re.compile(r"\[[가-힣]+\]")
_CONTENT = re.compile("[가-힣A-Za-z0-9一-鿿]")
_PARTICLE = re.compile("(?: ?(?:은|는|가|을|를|과|와|에|에서|에게|로|으로|이랑|랑)|이|의|도|만|이나|나)(?![가-힣])")
_PIECE = re.compile("[()\n]")


def strip_brackets(text: str) -> str:
    """Delete each remark in parentheses, unless a particle needs it or nothing would be left.

    >>> strip_brackets("뚱하게(?)웃어 보조개(같은)는")
    '뚱하게웃어 보조개(같은)는'
    >>> strip_brackets("(전부 괄호)")
    '전부 괄호'
    """
    pairs = _pairs(text)
    if not pairs:
        return text
    outermost = _outermost(pairs)
    outside = _without(text, outermost)
    if not _HANGUL.search(_TOKEN.sub("", outside)):
        return _without(text, sorted((place, place + 1) for pair in pairs for place in (pair[0], pair[1] - 1)))
    if takes_rounds(text):
        return _without(text, [pair for pair in outermost if not _stays(text, *pair)])
    return _without(text, _going(text, outermost))


def _pairs(text: str) -> list[tuple[int, int]]:
    """Each `)` with the nearest open `(` of its line, as half-open spans."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for piece in _PIECE.finditer(text):
        if piece[0] == "(":
            opened.append(piece.start())
        elif piece[0] == "\n":
            opened.clear()
        elif opened:
            found.append((opened.pop(), piece.end()))
    return found


def _outermost(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(pairs):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = []
    done = 0
    for start, end in spans:
        parts.append(text[done:start])
        done = end
    return "".join((*parts, text[done:]))


def _stays(text: str, start: int, end: int) -> bool:
    return bool(_CONTENT.search(text, start, end) and _PARTICLE.match(text, end))


def _going(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that go, with those that no longer stay once the ones behind them are gone: `가(나)가(나)가요`."""
    going: list[tuple[int, int]] = []
    behind, done = "", len(text)
    for start, end in reversed(spans):
        behind = text[end : min(done, end + _SEEN)] + behind
        if _stays(text, start, end) and _PARTICLE.match(behind):
            behind = text[start : min(end, start + _SEEN)] + behind
        else:
            going.append((start, end))
        behind, done = behind[:_SEEN], start
    return going[::-1]
