"""Faces and pictures (cleaning spec, section 6): crying faces keep their meaning, all others go."""

import re

from cleaning.rounds import takes_rounds
from cleaning.text.titles import is_between_titles, without_faces

_CRYING_HANGUL = r"[ㅠㅜ][_.,^oㅁㅂㅅㅇㅡ-]+[ㅠㅜ];*"
_CRYING_LATIN = r"T[_.^-]+T;*"
_CRYING = (
    re.compile(rf"\({_CRYING_HANGUL}\)|{_CRYING_HANGUL}"),
    re.compile(rf"\({_CRYING_LATIN}\)|(?<![A-Za-z]){_CRYING_LATIN}(?![A-Za-z])"),
)


def _bracketed(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\({pattern}\)|{pattern}")


# Each face behind a character that it cannot do without.
_FACES_BEFORE = (
    # The look-behind keeps a long run of stars from being tried again from each of them.
    ("^", re.compile(r"\(\**\^[_.oO0ㅁㅇㅅㅂㅡ3~*&-]*\^+[;*]*\)|(?:(?<!\*)\*+)?\^[_.oO0ㅁㅇㅅㅂㅡ3~*&-]*\^+[;*]*")),
    ("+", _bracketed(r"[+][_.]+[+];*")),
    ("*", _bracketed(r"\*[_.]+\*;*")),
    ("~", _bracketed(r"(?<!~)~[_.]+~(?!~);*")),
    ("ㅎ", _bracketed(r"ㅎ[ㅅㅁ]ㅎ")),
    ("-", _bracketed(r"-[_.]+-;*")),
    ("ㅡ", _bracketed(r"ㅡ[_.,^ㅅㅁㅇ]*ㅡ+[;^]*")),
    ("=", _bracketed(r"=[_.]+=;*")),
)
_ANGLE_FACE = _bracketed(r">[_.ㅅㅁㅂㅇoO3~^]+<;*")
_FACES_AFTER = (
    ("><", _bracketed(r"><(?![가-힣A-Za-z0-9]);*")),
    ("ㅇ", _bracketed(r"ㅇ[ㅅㅁㅂ_.]+ㅇ;*")),
    ("'", _bracketed(r"'[ㅅㅁ]'")),
    ("_", _bracketed(r"(?<![A-Za-z0-9])[oO0]_+[oO0](?![A-Za-z0-9])")),
    ("@", _bracketed(r"@[._]+@;*")),
)

_PIECE = re.compile(r":-?\(+|(?<![A-Za-z0-9])(?:[:;]-?|=)\)+|[()\n]")
# Each face frees the next one from the letter before it, one a round: :D:D:D.
_MOUTHS = re.compile(r"(?<![A-Za-z0-9])(?::-?\(+(?![^()\n]*\))|[:;]-?[DPp](?![A-Za-z0-9]))")
_MOUTHS_AT_ONCE = re.compile(rf"{_MOUTHS.pattern}(?:{_MOUTHS.pattern.removeprefix('(?<![A-Za-z0-9])')})*")
_WESTERN = (
    re.compile(r"<3+(?!\d)(?![^<>\n]*>)"),
    re.compile(r"(?<![A-Za-z])(?:OTL|otl|OTZ|ORZ|Orz|orz|XD|xD)(?![A-Za-z])|[乃凸]"),
)
_PICTURES = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]+"
)
_SWEAT = re.compile(";+")


def keep_crying(text: str) -> str:
    """Make `ㅠㅠ` of each crying face.

    >>> keep_crying("슬퍼 (ㅠ_ㅠ) T_T")
    '슬퍼 ㅠㅠ ㅠㅠ'
    """
    for pattern in _CRYING:
        text = pattern.sub("ㅠㅠ", text)
    return text


def remove_faces(text: str) -> str:
    """Make a space of each other face of Korean chats; `<A>~<B>` are two titles, no face.

    >>> remove_faces("고마워^^;; (-_-) 'ㅅ' <가>~<나>")
    '고마워      <가>~<나>'
    """
    for mark, pattern in _FACES_BEFORE:
        if mark in text:
            text = pattern.sub(" ", text)
    if ">" in text:
        text = _ANGLE_FACE.sub(_angle_face, text) if takes_rounds(text) else without_faces(text, _ANGLE_FACE)
    for mark, pattern in _FACES_AFTER:
        if mark in text:
            text = pattern.sub(" ", text)
    return text


def _angle_face(match: re.Match[str]) -> str:
    return match[0] if is_between_titles(match) else " "


def remove_smiles(text: str) -> str:
    """Make a space of each western face, without taking the end of a bracket for a smile.

    >>> remove_smiles("좋아 :) <3 늦어(미안;) XD")
    '좋아     늦어(미안;)  '
    """
    text = (_MOUTHS if takes_rounds(text) else _MOUTHS_AT_ONCE).sub(" ", _without_smiles(text))
    for pattern in _WESTERN:
        text = pattern.sub(" ", text)
    return text


def _without_smiles(text: str) -> str:
    """Take `:)` out; of its parentheses the last ones close what is open in the line and belong to no face."""
    out: list[str] = []
    done = opened = 0
    for piece in _PIECE.finditer(text):
        said = piece[0]
        if said == "\n":
            opened = 0
        elif said == "(":
            opened += 1
        elif said.endswith(")"):
            closing = min(opened, said.count(")"))
            opened -= closing
            if said != ")" and said.count(")") > closing:
                out += (text[done : piece.start()], " ", ")" * closing)
                done = piece.end()
    return "".join((*out, text[done:]))


def remove_pictures(text: str) -> str:
    """Make a space of each run of emoji, arrows and dingbats, and of sweat marks.

    >>> remove_pictures("좋아요😀👍 아닌데;;")
    '좋아요  아닌데 '
    """
    return _SWEAT.sub(" ", _PICTURES.sub(" ", text))
