"""Resident, card and phone numbers in ways of writing that the cleaning spec does not know: recipe `careful`.

Everything that the spec's patterns mask is masked here too. Every pattern is bounded in length, so each takes time
linear in the text.
"""

import re
from collections.abc import Callable
from typing import Final

from cleaning.careful_context import is_another_number, is_behind_bank
from cleaning.numbers import AREA, DAY, SPOKEN_DIGIT, mask_cards, mask_phones, mask_resident_numbers

_MASKED: Final = "*xXㅇO●○"
# Between the halves: a dash of any kind, a blank, or nothing at all.
_RESIDENT: Final = re.compile(
    rf"(?<![\d-])(?<!\d\.){DAY}(?: ?[-.~/_:·] ?| {{0,2}})[1-8](?:\d{{6}}|[{_MASKED}]{{2,6}})(?![\d{_MASKED}-])"
)
# The day of birth and the first digit of the second half, which tells sex and century.
_RESIDENT_BEGUN: Final = re.compile(
    rf"(?<![A-Za-z0-9_.-]){DAY} ?- ?[1-8](?![A-Za-z0-9_*-]|\.\w| ?(?:차|호|번|회|판|버전|일|원))"
)

_JOINED: Final = 13  # digits

_CARD_GAP: Final = r"(?: ?[-./_~] ?| {0,2})"
_CARD: Final = re.compile(
    rf"(?<![\d-])(?<!\d\.)(\d{{4}}){_CARD_GAP}(\d{{4}}){_CARD_GAP}(\d{{4}}){_CARD_GAP}(\d{{4}})(?!\d|-\d)"
)
# American Express writes 4-6-5, Diners 4-6-4 digits; both begin with a 3.
_LONG_GROUPS: Final = re.compile(r"(?<![\d-])3\d{3}([- .])\d{6}\1\d{4,5}(?!\d|-\d)")
_DATED: Final = re.compile(r"20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_YEAR_OR_ROUND: Final = re.compile(r"(?:19|20)\d\d|\d\d00")

# Between the groups of a phone number; people also say the dash: 010에 1234에 5678.
_GAP: Final = r"(?: ?[-.,/)_~·=:] ?| ?(?:에|의|다시|대시|대쉬) ?| {0,2})"
_MOBILE: Final = re.compile(
    rf"(?<![\dA-Za-z])(?:(?:\+|00)?82{_GAP}(?:\(0\)|0)?|0)1[016789]{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)"
)
# Letters that look like the digits, or the digits' names, in any mixture, with at least so many digits among them.
_FEWEST_DIGITS: Final = 4
_ALIKE: Final = re.compile(
    r"(?<![A-Za-z0-9가-힣])(?<!\d-)[0oOㅇ영공][1lIi일][0oOㅇ영공]"
    rf"{_GAP}[oOlI0-9공영일이삼사오육륙칠팔구]{{3,4}}{_GAP}[oOlI0-9공영일이삼사오육륙칠팔구]{{4}}(?![A-Za-z0-9])"
)
_ONE_BY_ONE: Final = re.compile(
    rf"(?<![0-9가-힣])(?<![0-9][ -])[0공영] ?[1일] ?[0공영](?:[ .,-]{{0,2}}{SPOKEN_DIGIT}){{8}}(?![0-9])"
)
_LANDLINE: Final = re.compile(
    rf"(?<![\d-])(?<!\d\.)(?:(?:\( ?)?{AREA} ?\)|\+82{_GAP}(?:{AREA[1:]})|{AREA}){_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d|-\d)"
)


def mask_more_residents(text: str) -> str:
    """Mask resident numbers by any separator or none, those half hidden, and a day of birth with its next digit.

    >>> mask_more_residents("900101.1234567, 9001011234567, 900101-2xxxxxx, 900101-1이고")
    '[주민등록번호], [주민등록번호], [주민등록번호], [주민등록번호]이고'
    """
    text = _RESIDENT.sub(_unless(_is_no_resident, "[주민등록번호]"), mask_resident_numbers(text))
    return _RESIDENT_BEGUN.sub(_unless(_is_another, "[주민등록번호]"), text)


def mask_more_cards(text: str) -> str:
    """Mask cards by any separator or none, and those of fourteen or fifteen digits in their three groups.

    >>> mask_more_cards("9410123456789012, 9410.1234.5678.9012, 3782-822463-10005, 2019. 2020. 2021. 2022")
    '[카드번호], [카드번호], [카드번호], 2019. 2020. 2021. 2022'
    """
    text = _CARD.sub(_unless(_is_no_card, "[카드번호]"), mask_cards(text))
    return _LONG_GROUPS.sub(_unless(_is_another, "[카드번호]"), text)


def mask_more_phones(text: str) -> str:
    """Mask phone numbers by any separator or none, digit by digit, and those that hide behind letters.

    >>> mask_more_phones("02)345-6789, 0212345678, 010 - 1234 - 5678, o1o-1234-5678, 0 1 0 1 2 3 4 5 6 7 8, 1588-1234")
    '[전화번호], [전화번호], [전화번호], [전화번호], [전화번호], 1588-1234'
    """
    text = _MOBILE.sub("[전화번호]", mask_phones(text))
    text = _ALIKE.sub(_unless(_has_few_digits, "[전화번호]"), text)
    text = _ONE_BY_ONE.sub(_unless(_is_binary, "[전화번호]"), text)
    return _LANDLINE.sub(_unless(_is_no_landline, "[전화번호]"), text)


def _unless(spared: Callable[[re.Match[str]], bool], token: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found[0] if spared(found) else token


def _is_another(found: re.Match[str]) -> bool:
    return is_another_number(found.string, found.start())


def _is_no_resident(found: re.Match[str]) -> bool:
    if _is_another(found):
        return True
    digits = found[0]
    if len(digits) != _JOINED or not digits.isdecimal():
        return False
    return is_behind_bank(found.string, found.start()) or _is_barcode(digits) or set(digits) == {"0", "1"}


def _is_barcode(digits: str) -> bool:
    """Korean goods carry 880 and end in the check digit of EAN-13 (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits.startswith("880") and total % 10 == 0


def _is_no_card(found: re.Match[str]) -> bool:
    groups = found.groups()
    counts_on = all(_YEAR_OR_ROUND.fullmatch(group) for group in groups)
    return counts_on or _is_another(found) or (found[0].isdecimal() and bool(_DATED.match(found[0])))


def _has_few_digits(found: re.Match[str]) -> bool:
    return sum(character.isdecimal() for character in found[0]) < _FEWEST_DIGITS


def _is_binary(found: re.Match[str]) -> bool:
    return set(found[0]) <= set("01 .,-")


def _is_no_landline(found: re.Match[str]) -> bool:
    return _is_another(found) or (found[0].isdecimal() and is_behind_bank(found.string, found.start()))
