"""What stands around a number and tells what kind it is: for the wider patterns of the recipe `careful`."""

import re
from collections.abc import Callable
from typing import Final

# Between the groups of a number stands a mark, a blank, nothing, or the dash by its name: 010에 1234에 5678.
GAP: Final = r"(?: ?[-.,/)_~·=:*ㅡ] ?| ?(?:에|의|다시|대시|대쉬) ?| {0,2})"

_REACH: Final = 24  # characters looked back at
_CLOSE: Final = r"(?:(?!카드|계좌|통장|전화|연락)[^\d\n]){0,10}$"
# Words that name a number which is nobody's: an order, a parcel, a law case, goods.
_ANOTHER: Final = re.compile(
    "(?:주문|운송장|송장|등기|접수|바코드|상품|쿠폰|기프티콘|시리얼|일련|(?:법인|사업자)(?: ?등록)? ?번호|사건|통관|"
    "예약|인증|모델|버전|빌드|문서|파일|군번|학번|수험|우편|회원|관리|좌표|비밀번호|비번|핀번호|로또|코드|"
    "ISBN|isbn|IMEI|imei|S/N|No\\.)" + _CLOSE
)
_BANK: Final = re.compile(
    r"(?:계좌(?!번호\])|입금|송금|이체|은행|뱅크|통장|예금|농협|축협|신한|국민|우리|하나|기업|카뱅|케뱅|카카오|토스|금고|우체국|"
    r"수협|신협|KB|kb|NH|nh|IBK|ibk|SC|씨티)[^\d\n]{0,10}$"
)
# Close before a card's number; tokens of what is masked already count for nothing anywhere here.
_CARD: Final = re.compile(r"(?:카드(?!번호\])|엄카|신카|체카)(?: ?(?:번호|정보))?(?:은|는|가)?[: ]{0,2}$")
_CAR: Final = re.compile(
    r"차량(?!번호\])|차주|차번호|[내제앞뒷] ?차|차[가는를도에]|주차|번호판|블박|블랙박스|렌트|렌터|리스|견인|과태료|"
    "고지서|하이패스|입차|출차|방문증|문콕|칼치기|뺑소니|급정거|정기검사|운전|세차|검사소|경비실|보험|사고|신고|경차|모닝|쏘나타|"
    "소나타|아반떼|그랜저|카니발|쏘렌토|택시|트럭|라이트"
)
_AROUND: Final = 40
_COUNTED: Final = re.compile(" ?(?:원|만 ?원|천 ?원|억|명|개월?|년|시즌|달러|엔|km|kg|mm|%)")


def unless(spared: Callable[[re.Match[str]], bool], token: str) -> Callable[[re.Match[str]], str]:
    """What stands for a find: the token, or the find itself where it is spared."""
    return lambda found: found[0] if spared(found) else token


def is_another_number(text: str, place: int) -> bool:
    """Whether a word close before this place names the number there as something that identifies nobody."""
    return _ANOTHER.search(text, max(0, place - _REACH), place) is not None


def is_counted(text: str, end: int) -> bool:
    """Whether a unit follows that ends here: money, people, years."""
    return _COUNTED.match(text, end) is not None


def is_behind_bank(text: str, place: int) -> bool:
    """Whether a bank or an account is named close before this place."""
    return _BANK.search(text, max(0, place - _REACH), place) is not None


def is_behind_card(text: str, place: int) -> bool:
    """Whether a payment card is named right before this place."""
    return _CARD.search(text, max(0, place - _REACH), place) is not None


def is_among_cars(text: str, place: int) -> bool:
    """Whether cars are talked of within forty characters of this place."""
    return _CAR.search(text, max(0, place - _AROUND), place + _AROUND) is not None
