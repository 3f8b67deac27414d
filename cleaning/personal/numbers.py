"""Resident, card and phone numbers (cleaning spec, section 4, classes 3 to 5).

Every pattern is bounded in length, so each takes time linear in the text.
"""

import re

from cleaning.rounds import mask_list, takes_rounds

DAY = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_RESIDENT = re.compile(rf"(?<!\d){DAY}(?: ?- ?| )[1-8](?:\d{{6}}|\*{{6}})(?![\d*])")
_JOINED = rf"{DAY}[1-8]\d{{6}}(?!\d)"
# The token of a masked number itself holds the word that marks the next one, as far as five characters beyond it.
_RESIDENT_JOINED = re.compile(rf"(주민[^\d\n]{{0,10}}){_JOINED}")
_RESIDENT_LIST = re.compile(rf"{_RESIDENT_JOINED.pattern}((?:[^\d\n]{{1,5}}{_JOINED})*+)")
_JOINED_NUMBER = re.compile(_JOINED)
_CARD = re.compile(r"(?<!\d)\d{4}([- ])\d{4}\1\d{4}\1\d{4}(?!\d)")

SPOKEN_DIGIT = "[0-9공영일이삼사오육륙칠팔구]"
AREA = r"0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\d)"
_PHONES = (
    re.compile(r"(?<!\d)(?:\+?82[- .]?0?1[016789]|01[016789])[- .]?\d{3,4}[- .]?\d{4}(?!\d)"),
    re.compile(rf"(?<![0-9가-힣])[0공영][1일][0공영][- .]?{SPOKEN_DIGIT}{{4}}[- .]?{SPOKEN_DIGIT}{{4}}(?!\d)"),
    re.compile(rf"(?<!\d)(?:\({AREA}\) ?|{AREA}[-.])\d{{3,4}}[-. ]\d{{4}}(?!\d)"),
)


def mask_resident_numbers(text: str) -> str:
    """Put `[주민등록번호]` for resident registration numbers; without a separator only behind 주민.

    >>> mask_resident_numbers("900101-1234567, 주민번호 9001011234567")
    '[주민등록번호], 주민번호 [주민등록번호]'
    """
    text = _RESIDENT.sub("[주민등록번호]", text)
    if takes_rounds(text):
        return _RESIDENT_JOINED.sub(r"\1[주민등록번호]", text)
    return mask_list(_RESIDENT_LIST, _JOINED_NUMBER, "[주민등록번호]", text)


def mask_cards(text: str) -> str:
    """Put `[카드번호]` for sixteen digits in four groups with one kind of separator.

    >>> mask_cards("1234-5678-9012-3456, 1234-5678 9012-3456")
    '[카드번호], 1234-5678 9012-3456'
    """
    return _CARD.sub("[카드번호]", text)


def mask_phones(text: str) -> str:
    """Put `[전화번호]` for mobile numbers, also spelled ones, and landlines; 15xx numbers stay.

    >>> mask_phones("공일공 1234 오육칠팔, (02)345-6789, 1588-1234")
    '[전화번호], [전화번호], 1588-1234'
    """
    for pattern in _PHONES:
        text = pattern.sub("[전화번호]", text)
    return text
