"""Numbers that identify a person (cleaning spec, section 4, classes 3 to 7).

Every pattern is bounded in length, so each takes time linear in the text.
"""

import re

from cleaning.rounds import takes_rounds

_DAY = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_RESIDENT = re.compile(rf"(?<!\d){_DAY}(?: ?- ?| )[1-8](?:\d{{6}}|\*{{6}})(?![\d*])")
_JOINED = rf"{_DAY}[1-8]\d{{6}}(?!\d)"
# The token of a masked number itself holds the word that marks the next one, as far as five characters beyond
# it (for banks: seven). In a long text the numbers of a list are taken in one go, else it is one a round.
_RESIDENT_JOINED = re.compile(rf"(주민[^\d\n]{{0,10}}){_JOINED}")
_RESIDENT_LIST = re.compile(rf"{_RESIDENT_JOINED.pattern}((?:[^\d\n]{{1,5}}{_JOINED})*+)")
_JOINED_NUMBER = re.compile(_JOINED)
_CARD = re.compile(r"(?<!\d)\d{4}([- ])\d{4}\1\d{4}\1\d{4}(?!\d)")

_SPOKEN_DIGIT = "[0-9공영일이삼사오육륙칠팔구]"
_AREA = r"0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\d)"
_PHONES = (
    re.compile(r"(?<!\d)(?:\+?82[- .]?0?1[016789]|01[016789])[- .]?\d{3,4}[- .]?\d{4}(?!\d)"),
    re.compile(rf"(?<![0-9가-힣])[0공영][1일][0공영][- .]?{_SPOKEN_DIGIT}{{4}}[- .]?{_SPOKEN_DIGIT}{{4}}(?!\d)"),
    re.compile(rf"(?<!\d)(?:\({_AREA}\) ?|{_AREA}[-.])\d{{3,4}}[-. ]\d{{4}}(?!\d)"),
)

_NUMBER = (
    r"(?<!\d)(?!(?:19|20)\d{2}-\d{1,2}-\d{1,2}(?![\d-]))"
    r"(?:\d{2,6}-\d{2,6}-\d{2,8}(?:-\d{1,3})?|\d{10,14})(?![\d-])"
)
_BANK = "계좌|입금|송금|은행|농협|신한|국민|우리|하나|기업|카카오뱅크|카뱅|토스|새마을금고|우체국|수협|신협"
_BANK_ACCOUNT = re.compile(rf"((?:{_BANK})[^\d\n]{{0,10}}){_NUMBER}")
_BANK_LIST = re.compile(rf"{_BANK_ACCOUNT.pattern}((?:[^\d\n]{{1,7}}{_NUMBER})*+)")
_BANK_NUMBER = re.compile(_NUMBER)

_PRIVATE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호"
_COMMERCIAL = "아바사자배"
PLATE_LETTERS = _PRIVATE + _COMMERCIAL
_PRIVATE_PLATE = re.compile(
    rf"(?<!\d)\d{{2,3}}[{_PRIVATE}] ?\d{{4}}"
    r"(?!\d| ?(?:원|억|만|천|년|개|명|점|회|%|g|kg|p|번))"
)
_COMMERCIAL_PLATE = re.compile(
    r"((?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주) ?)"
    rf"\d{{2}}[{_COMMERCIAL}] ?\d{{4}}(?!\d)"
)


def mask_resident_numbers(text: str) -> str:
    """Put `[주민등록번호]` for resident registration numbers; without a separator only behind 주민.

    >>> mask_resident_numbers("900101-1234567, 주민번호 9001011234567")
    '[주민등록번호], 주민번호 [주민등록번호]'
    """
    text = _RESIDENT.sub("[주민등록번호]", text)
    if takes_rounds(text):
        return _RESIDENT_JOINED.sub(r"\1[주민등록번호]", text)
    return _mask_list(_RESIDENT_LIST, _JOINED_NUMBER, "[주민등록번호]", text)


def _mask_list(marked: re.Pattern[str], number: re.Pattern[str], token: str, text: str) -> str:
    """Mask the number behind a marking word (group 1) and those that follow it (group 2)."""
    return marked.sub(lambda found: found[1] + token + number.sub(token, found[2]), text)


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


def mask_bank_accounts(text: str) -> str:
    """Put `[계좌번호]` for a number close behind a bank word; the token itself is one for the next number.

    >>> mask_bank_accounts("신한 110-123-456789로, 2023-05-17")
    '신한 [계좌번호]로, 2023-05-17'
    """
    if takes_rounds(text):
        return _BANK_ACCOUNT.sub(r"\1[계좌번호]", text)
    return _mask_list(_BANK_LIST, _BANK_NUMBER, "[계좌번호]", text)


def mask_plates(text: str) -> str:
    """Put `[차량번호]` for number plates; commercial ones only behind a region's name.

    >>> mask_plates("12가 3456, 서울 12바 3456, 12조 5000억")
    '[차량번호], 서울 [차량번호], 12조 5000억'
    """
    return _COMMERCIAL_PLATE.sub(r"\1[차량번호]", _PRIVATE_PLATE.sub("[차량번호]", text))
