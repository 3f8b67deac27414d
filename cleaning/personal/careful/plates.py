"""Number plates in ways of writing that the cleaning spec does not know, and fewer false ones: recipe `careful`."""

import re
from typing import Final

from cleaning.personal.careful.context import is_among_cars
from cleaning.personal.plates import COMMERCIAL, PRIVATE, REGIONS, mask_commercial_plates

# Letters that also count or measure something behind a number: 30도, 12주, 12구, 60수, 12조, 75두, 3호, 3모, 100보 …
_COUNTING: Final = "도주구수조두호모보서고자사로부"
# As the spec has it, but for the units.
_PLAIN: Final = re.compile(rf"(?<!\d)\d{{2,3}}([{PRIVATE}]) ?\d{{4}}(?!\d)")
_LOOSE: Final = re.compile(
    rf"(?<![\d.,-])\d{{2,3}} ?[-.'/(]? ?([{PRIVATE}{COMMERCIAL}])(?: ?[-.'/)ㅡ]? ?|에 )\d{{2}} ?\d{{2}}(?!\d|[.,]\d)"
)
_SPELLED: Final = re.compile(
    rf"(?<![가-힣0-9])[공영일이삼사오육륙칠팔구]{{2,3}} ?[{PRIVATE}] ?[공영일이삼사오육륙칠팔구]{{4}}"
)
_WITH_REGION: Final = re.compile(rf"((?:{REGIONS}) ?)\d{{1,2}} ?([{PRIVATE}{COMMERCIAL}])[ -]{{0,2}}\d{{4}}(?!\d)")
# Before 2004 plates named the town, and had no digits before the letter.
_WITH_TOWN: Final = re.compile(rf"((?:{REGIONS}) [가-힣]{{2}} ?)[{PRIVATE}] ?\d{{4}}(?!\d)")
_OF_A_DIPLOMAT: Final = re.compile(r"((?:외교|준외|영사|준영) ?)\d{3}[- ]\d{3}(?!\d)")
# Behind a counting letter's number may stand whatever is counted; elsewhere, or where cars are talked of, only money
# and quantities speak against a plate.
_COUNTED: Final = re.compile(
    " ?(?:원|억|만|천|년|개|명|점|회|%|g|kg|p|번|호|장|마리|시|와트|[Ww]|kcal|rpm|mm|ml|ML|cc|보|층|대|세대|평|킬로|"
    "미터|m|km|리터|부|건|가지|문제|달러|위안|엔|포인트|골드|딜|권|쪽|페이지|자|곳|톤|쌍|판|볼트|암페어|칼로리)"
)
_PAID: Final = re.compile(" ?(?:원|억|만 ?원|천 ?원|만 명|년|개(?!인)|명(?!의)|점(?!검)|회(?!사)|%|kg|호|장|마리|번대)")


def mask_more_plates(text: str) -> str:
    """Mask plates with blanks or a dash, with a commercial letter among talk of cars, old and diplomats' ones.

    A number that a unit follows is none, unless cars are talked of.

    >>> mask_more_plates("12 가 3456, 서울 1바 3456, 12가 3456번, 30도 2000와트, 100자 1000자")
    '[차량번호], 서울 [차량번호], [차량번호]번, 30도 2000와트, 100자 1000자'
    """
    text = _OF_A_DIPLOMAT.sub(r"\1[차량번호]", mask_commercial_plates(text))
    text = _WITH_REGION.sub(lambda found: found[0] if _is_counted(found, found[2]) else found[1] + "[차량번호]", text)
    text = _SPELLED.sub(_among_cars, _WITH_TOWN.sub(_among_cars, text))
    text = _PLAIN.sub(lambda found: found[0] if _is_counted(found, found[1]) else "[차량번호]", text)
    return _LOOSE.sub(_masked, text)


def _among_cars(found: re.Match[str]) -> str:
    before = found[1] if found.re.groups else ""
    return before + "[차량번호]" if is_among_cars(found.string, found.start()) else found[0]


def _is_counted(found: re.Match[str], letter: str) -> bool:
    counts = letter in _COUNTING and not is_among_cars(found.string, found.start())
    return (_COUNTED if counts else _PAID).match(found.string, found.end()) is not None


def _masked(found: re.Match[str]) -> str:
    letter = found[1]
    if _is_counted(found, letter):
        return found[0]
    certain = letter in PRIVATE and letter not in _COUNTING
    return "[차량번호]" if certain or is_among_cars(found.string, found.start()) else found[0]
