"""Number plates (cleaning spec, section 4, class 7)."""

import re

PRIVATE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호"
COMMERCIAL = "아바사자배"
PLATE_LETTERS = PRIVATE + COMMERCIAL
REGIONS = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_PRIVATE_PLATE = re.compile(
    rf"(?<!\d)\d{{2,3}}[{PRIVATE}] ?\d{{4}}"
    r"(?!\d| ?(?:원|억|만|천|년|개|명|점|회|%|g|kg|p|번))"
)
_COMMERCIAL_PLATE = re.compile(rf"((?:{REGIONS}) ?)\d{{2}}[{COMMERCIAL}] ?\d{{4}}(?!\d)")


def mask_plates(text: str) -> str:
    """Put `[차량번호]` for number plates; commercial ones only behind a region's name.

    >>> mask_plates("12가 3456, 서울 12바 3456, 12조 5000억")
    '[차량번호], 서울 [차량번호], 12조 5000억'
    """
    return mask_commercial_plates(_PRIVATE_PLATE.sub("[차량번호]", text))


def mask_commercial_plates(text: str) -> str:
    """Only those with a commercial letter behind a region's name."""
    return _COMMERCIAL_PLATE.sub(r"\1[차량번호]", text)
