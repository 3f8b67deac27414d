"""Which angle faces (`>_<`) stand between two titles (`<기생충>~<괴물>`) and are none, in time linear in the text.

Taking a face out unmakes the titles at its sides, which makes a face of what stood behind them: a chain of titles
would fall apart by one a round.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_TITLE: Final = re.compile(r"<[^\s<>](?:[^<>\n]*[^\s<>])?>")
_INSIDE: Final = re.compile(r"[^<>\n]*")
_MIRRORED: Final = str.maketrans("<>", "><")


@dataclass(frozen=True, slots=True)
class _Face:
    """Where a face starts and ends, where the title before it would close and the one behind it open."""

    start: int
    close: int
    open: int
    end: int


def is_between_titles(face: re.Match[str]) -> bool:
    """Whether titles stand on both sides of an angle face, as the text reads now."""
    text, place = face.string, _place(face)
    opened = text.rfind("<", 0, place.close)
    return opened >= 0 and bool(_TITLE.fullmatch(text, opened, place.close + 1) and _TITLE.match(text, place.open))


def without_faces(text: str, pattern: re.Pattern[str]) -> str:
    """Make a space of each angle face, and of those that this makes in turn, all at once.

    >>> without_faces("<가>~<나>~<다", re.compile("[>]~+<")), without_faces("<가>~<나> >~~<", re.compile("[>]~+<"))
    ('<가 나 다', '<가>~<나>  ')
    """
    found = [*pattern.finditer(text)]
    faces = [_place(face) for face in found]
    mirrored, last = text[::-1].translate(_MIRRORED), len(text) - 1
    back = [_Face(last + 1 - f.end, last - f.open, last - f.close, last + 1 - f.start) for f in reversed(faces)]
    gone = [not is_between_titles(face) for face in found]
    _unmake(text, faces, gone)
    gone.reverse()
    _unmake(mirrored, back, gone)
    gone.reverse()
    out: list[str] = []
    done = 0
    for face, is_gone in zip(faces, gone, strict=True):
        if is_gone:
            out += (text[done : face.start], " ")
            done = face.end
    return "".join((*out, text[done:]))


def _place(face: re.Match[str]) -> _Face:
    close = face.string.index(">", face.start())
    return _Face(face.start(), close, face.string.rindex("<", close, face.end()), face.end())


def _unmake(text: str, faces: Sequence[_Face], gone: list[bool]) -> None:
    """From the last face on, let those go behind which there is no title any more because the next one went."""
    closes_well = False  # whether what follows the next face, were it gone, could be the end of a title
    for number in range(len(faces) - 1, -1, -1):
        face = faces[number]
        inside = _INSIDE.match(text, face.open + 1)
        stop = inside.end() if inside else face.open + 1
        following = faces[number + 1] if number + 1 < len(faces) else None
        if following and gone[number + 1] and following.start <= stop < following.end:
            starts_well = face.open + 1 < following.start and not text[face.open + 1].isspace()
            gone[number] |= not (starts_well and closes_well)
        else:
            closes_well = stop > face.end and text[stop : stop + 1] == ">" and not text[stop - 1].isspace()
