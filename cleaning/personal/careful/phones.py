"""Phone numbers in ways of writing that the cleaning spec does not know: recipe `careful`.

Every pattern is bounded in length, so each takes time linear in the text.
"""

import re
from typing import Final

from cleaning.personal.careful.context import GAP, is_another_number, is_behind_bank, is_counted, unless
from cleaning.personal.numbers import AREA, SPOKEN_DIGIT, mask_phones

_MOBILE: Final = re.compile(
    rf"(?<![\dA-Za-z])(?:(?:\+|00)?82{GAP}(?:\(0\)|0)?|0)1[016789]{GAP}\d{{3,4}}{GAP}\d{{4}}(?!\d)"
)
# Letters that look like the digits, or the digits' names, in any mixture, with at least so many digits among them.
_FEWEST_DIGITS: Final = 4
_ALIKE: Final = re.compile(
    r"(?<![A-Za-z0-9가-힣])(?<!\d-)[0oOㅇ영공][1lIi일][0oOㅇ영공]"
    rf"{GAP}[oOlI0-9공영일이삼사오육륙칠팔구]{{3,4}}{GAP}[oOlI0-9공영일이삼사오육륙칠팔구]{{4}}(?![A-Za-z0-9])"
)
_ONE_BY_ONE: Final = re.compile(
    rf"(?<![0-9가-힣])(?<![0-9][ -])[0공영] ?[1일] ?[0공영](?:[ .,-]{{0,2}}{SPOKEN_DIGIT}){{8}}(?![0-9])"
)
_LANDLINE: Final = re.compile(
    rf"(?<![\d-])(?<!\d\.)(?:(?:\( ?)?{AREA} ?\)|\+82{GAP}(?:{AREA[1:]})|{AREA}){GAP}\d{{3,4}}{GAP}\d{{4}}(?!\d|-\d)"
)
_YEARS: Final = re.compile(r"\d+ (?:19|20)\d\d (?:19|20)\d\d")


def mask_more_phones(text: str) -> str:
    """Mask phone numbers by any separator or none, digit by digit, and those that hide behind letters.

    >>> mask_more_phones("02)345-6789, 0212345678, 010 - 1234 - 5678, o1o-1234-5678, 0 1 0 1 2 3 4 5 6 7 8, 1588-1234")
    '[전화번호], [전화번호], [전화번호], [전화번호], [전화번호], 1588-1234'
    """
    text = _MOBILE.sub("[전화번호]", mask_phones(text))
    text = _ALIKE.sub(unless(_has_few_digits, "[전화번호]"), text)
    text = _ONE_BY_ONE.sub(unless(_is_binary, "[전화번호]"), text)
    return _LANDLINE.sub(unless(_is_no_landline, "[전화번호]"), text)


def _has_few_digits(found: re.Match[str]) -> bool:
    return sum(character.isdecimal() for character in found[0]) < _FEWEST_DIGITS


def _is_binary(found: re.Match[str]) -> bool:
    return set(found[0]) <= set("01 .,-")


def _is_no_landline(found: re.Match[str]) -> bool:
    text, place = found.string, found.start()
    if is_another_number(text, place) or is_counted(text, found.end()):
        return True
    return (found[0].isdecimal() and is_behind_bank(text, place)) or _YEARS.fullmatch(found[0]) is not None
