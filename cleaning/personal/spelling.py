"""Text in the one spelling in which cleaning would see it, so that personal data cannot hide behind another."""

import re
from typing import Literal

from cleaning.text.markup import decode_references, remove_tags
from cleaning.text.punctuation import tidy_spaces
from cleaning.text.unicode import (
    compose_hangul,
    free_jamo,
    narrow_width,
    remove_invisible,
    unify_marks,
    unify_spaces,
)

_VALUE = "[0-9@공영일이삼사오육륙칠팔구]"
# Where a text is spelled plainly already; a guard of the plain kind (`cleaning.triggers`). Characters that only ever
# stand in other scripts or as marks of their own are no spelling of a digit, an @ or a dash.
ODD_SPELLING = "|".join(
    (
        "&[#a-z]",
        "<[/a-zA-Z]",
        "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u180e\u2000-\u2015\u2028-\u202f\u205f-\u206f]",
        "[\u20e3\u2212\u3000\u3002\u3164\ufe00-\ufe0f\ufeff\uff01-\uff5e\uffa0\ufff9-\ufffb\ue000-\uf8ff]",
        f"{_VALUE}  ",
        f"  {_VALUE}",
        "[0-9] [.),]",
        "[(] [0-9]",
        f"{_VALUE}\n",
        f"\n{_VALUE}",
    )
)
_ODD = re.compile(ODD_SPELLING)
# No personal data is without one of these, however it is spelled.
_NEEDED = re.compile(r"[\d@＠]|&[#a]|[공영][^가-힣]{0,9}일")
_STEPS = (
    decode_references,
    unify_spaces,
    remove_tags,
    narrow_width,
    compose_hangul,
    unify_marks,
    free_jamo,
    remove_invisible,
)


def is_odd(text: str) -> bool:
    """Whether a text may be spelled otherwise than plainly, where that could hide a number or an address."""
    return _NEEDED.search(text) is not None and _ODD.search(text) is not None


def plainly(text: str, newline: Literal["space", "keep"]) -> str:
    r"""Spell a text by sections 1 and 11 of the cleaning spec; lines are joined or kept.

    >>> plainly("０１０&nbsp; １２３４\n5678", "space")
    '010 1234 5678'
    """
    for step in _STEPS:
        text = step(text)
    return tidy_spaces(text, newline)
