"""Resident and card numbers in ways of writing that the cleaning spec does not know: recipe `careful`.

Everything that the spec's patterns mask is masked here too. Every pattern is bounded in length, so each takes time
linear in the text.
"""

import re
from typing import Final

from cleaning.personal.careful.context import is_another_number, is_behind_bank, is_behind_card, is_counted, unless
from cleaning.personal.numbers import DAY, SPOKEN_DIGIT, mask_cards, mask_resident_numbers

_DOTTED_DAY: Final = r"\d{2}\.(?:0[1-9]|1[0-2])\.(?:0[1-9]|[12]\d|3[01])"
_MASKED: Final = "*xXㅇO●○"
# Between the halves: a dash of any kind or by its name, a blank, or nothing at all.
_RESIDENT: Final = re.compile(
    rf"(?<![\d-])(?<!\d\.)(?:{DAY}(?: ?(?:[-.~/_:·ㅡ]|다시|대시|뒷자리는?) ?| {{0,2}})|{_DOTTED_DAY} ?[-ㅡ] ?)"
    rf"[1-8](?:\d{{6}}|\d{{0,4}}[{_MASKED}]{{2,6}})(?![\d{_MASKED}-])"
)
# The day of birth and the first digit of the second half, which tells sex and century.
_RESIDENT_BEGUN: Final = re.compile(
    rf"(?<![A-Za-z0-9_.-]){DAY} ?- ?[1-8](?![A-Za-z0-9_*-]|\.\w)"
    r"(?=[^가-힣 ]|$|이|인데|으로|로 |라고|라는|입니다|예요|는|은 |요|하고"
    r"| (?!차|호|번|회|판|버전|일|원|시|개|명|쪽|장|부|편))"
)
_SPELLED_RESIDENT: Final = re.compile(
    rf"(?<![가-힣0-9]){SPOKEN_DIGIT}{{6}} ?(?:다시|대시|[-.~ㅡ])? ?{SPOKEN_DIGIT}{{7}}(?![0-9])"
)
_JOINED: Final = 13  # digits
_DISTINCT: Final = 4  # digits of a spelled number

_CARD_GAP: Final = r"(?: ?(?:[-./_~ㅡ,]|다시|대시) ?| {0,2})"
_CARD: Final = re.compile(
    rf"(?<![\d-])(?<!\d\.)(\d{{4}}){_CARD_GAP}(\d{{4}}){_CARD_GAP}(\d{{4}}){_CARD_GAP}(\d{{4}})(?!\d|-\d)"
)
_SPELLED_CARD: Final = re.compile(
    rf"(?<![가-힣0-9]){SPOKEN_DIGIT}{{4}}(?:{_CARD_GAP}{SPOKEN_DIGIT}{{4}}){{3}}(?![0-9])"
)
# American Express writes 4-6-5, Diners 4-6-4 digits; both begin with a 3.
_LONG_GROUPS: Final = re.compile(r"(?<![\d-])(?:3\d{3}([- .])\d{6}\1\d{4,5}|3[47]\d{13})(?!\d|-\d)")
_DATED: Final = re.compile(r"20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_YEAR_OR_ROUND: Final = re.compile(r"(?:19|20)\d\d|\d\d00")


def mask_more_residents(text: str) -> str:
    """Mask resident numbers by any separator or none, those half hidden, and a day of birth with its next digit.

    >>> mask_more_residents("900101.1234567, 9001011234567, 900101-2xxxxxx, 900101-1이고")
    '[주민등록번호], [주민등록번호], [주민등록번호], [주민등록번호]이고'
    """
    text = _RESIDENT.sub(unless(_is_no_resident, "[주민등록번호]"), mask_resident_numbers(text))
    text = _SPELLED_RESIDENT.sub(unless(_is_not_spelled, "[주민등록번호]"), text)
    return _RESIDENT_BEGUN.sub(unless(_is_another, "[주민등록번호]"), text)


def mask_more_cards(text: str) -> str:
    """Mask cards by any separator or none, and those of fourteen or fifteen digits in their three groups.

    >>> mask_more_cards("9410123456789012, 9410.1234.5678.9012, 3782-822463-10005, 2019. 2020. 2021. 2022")
    '[카드번호], [카드번호], [카드번호], 2019. 2020. 2021. 2022'
    """
    text = _CARD.sub(unless(_is_no_card, "[카드번호]"), mask_cards(text))
    text = _SPELLED_CARD.sub(unless(_is_not_spelled, "[카드번호]"), text)
    return _LONG_GROUPS.sub(unless(_is_another, "[카드번호]"), text)


def _is_another(found: re.Match[str]) -> bool:
    return is_another_number(found.string, found.start())


def _is_not_spelled(found: re.Match[str]) -> bool:
    # The patterns for digits have had their say; 구구구구구구구 is what pigeons say.
    spelled = [character for character in found[0] if "가" <= character <= "힣"]
    return len(spelled) < len(found[0]) // 2 or len(set(spelled)) < _DISTINCT


def _is_no_resident(found: re.Match[str]) -> bool:
    if _is_another(found) or is_counted(found.string, found.end()):
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
    if _is_another(found) or all(_YEAR_OR_ROUND.fullmatch(group) for group in found.groups()):
        return True
    if "," in found[0]:  # lines of a bus are listed so
        return not is_behind_card(found.string, found.start()) or is_counted(found.string, found.end())
    return found[0].isdecimal() and bool(_DATED.match(found[0]))
