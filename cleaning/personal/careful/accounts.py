"""Bank accounts in ways of writing that the cleaning spec does not know: recipe `careful`.

The shapes are those that Korean banks give: 신한 110-000-000000, 국민 000000-00-000000, 농협 302-0000-0000-00, 우리
1002-000-000000, 하나 000-000000-00000, 기업 000-000000-00-000, 카카오뱅크 3333-00-0000000, 토스뱅크 1000-0000-0000,
새마을금고 9000-0000-0000-0, 케이뱅크 100-000-000000.
"""

import re
from typing import Final

from cleaning.personal.accounts import mask_bank_accounts
from cleaning.personal.careful.context import is_another_number, is_counted

_NO_DATE: Final = r"(?!(?:19|20)\d{2}[-. ]\d{1,2}[-. ]\d{1,2}(?![\d-]))"
# A business number has 3-2-5 digits and is no account.
_GROUPS: Final = (
    rf"(?<![\d-]){_NO_DATE}(?!\d{{3}}-\d{{2}}-\d{{5}}(?!\d))"
    r"\d{2,6}[-ㅡ]\d{2,6}[-ㅡ]\d{2,8}(?:[-ㅡ]\d{1,3})?(?![\d-])"
)
_LOOSE: Final = rf"(?<![\d-]){_NO_DATE}\d{{2,6}}(?: ?(?:[-. /ㅡ]|다시) ?\d{{1,8}}){{1,3}}(?! ?[-.]?\d)"
_JOINED: Final = r"(?<![\d-])\d{10,16}(?![\d-])"
_NAMES: Final = (
    "신한|국민|농협|축협|카카오|카뱅|케이 ?뱅크|케뱅|토스|우체국|새마을|신협|수협|[가-힣]{1,4}은행|"
    "KB|kb|NH|nh|IBK|ibk|SC제일|씨티"
)
_ANY: Final = f"(?:{_LOOSE}|{_JOINED})"
_NUMBER: Final = re.compile(_ANY)
# A bank, a number, and those that follow it in a list.
_BEHIND_BANK: Final = re.compile(
    rf"((?:{_NAMES}|계좌(?!번호\])|통장|입금|송금|이체|뱅크|예금)[^\d\n]{{0,12}})({_ANY}(?:[^\d\n]{{1,7}}{_ANY})*+)"
)
_FAR_BEHIND: Final = re.compile(rf"((?:은행|뱅크|계좌(?!번호\])|통장|농협|금고)[^\d\n]{{11,40}})({_GROUPS})")
_BEFORE_BANK: Final = re.compile(rf"()({_GROUPS}|{_JOINED})(?=[ (/,]{{0,2}}(?:{_NAMES}|우리|하나|기업|계좌))")
_OF_A_BANK: Final = re.compile(
    r"()(?<![\d-])("
    r"110-\d{3}-\d{6}|100-\d{3}-\d{6}|1002-\d{3}-\d{6}|\d{6}-\d{2}-\d{6}|\d{3}-\d{6}-\d{2}-\d{3}|\d{3}-\d{6}-\d{5}"
    r"|3\d{2}-\d{4}-\d{4}-\d{2}|3333-\d{2}-\d{7}|1000-\d{4}-\d{4}|9\d{3}-\d{4}-\d{4}-\d"
    r")(?![\d-])"
)
_FEWEST: Final = 10  # digits: 기업은행 lets its customers choose ten
_MOST: Final = 16
# Groups with blanks, dots or strokes between them are an account's where they are a bank's; others are years, prices
# and counts.
_GROUPS_OF_BANKS: Final = frozenset(
    (
        (3, 3, 6),
        (3, 2, 6),
        (6, 2, 6),
        (3, 6, 5),
        (4, 3, 6),
        (4, 2, 7),
        (4, 4, 4),
        (3, 4, 4, 2),
        (3, 6, 2, 3),
        (4, 4, 4, 1),
    )
)


def mask_more_accounts(text: str) -> str:
    """Mask accounts with blanks or dots, before or far behind their bank's name, and in a bank's own shape.

    >>> mask_more_accounts("신한 110 345 678901, 110-345-678901 (신한), 3333-01-1234567로, 우리 2024 12 31")
    '신한 [계좌번호], [계좌번호] (신한), [계좌번호]로, 우리 2024 12 31'
    """
    text = mask_bank_accounts(text)
    for pattern in (_BEHIND_BANK, _BEFORE_BANK, _FAR_BEHIND, _OF_A_BANK):
        text = pattern.sub(_masked, text)
    return text


def _masked(found: re.Match[str]) -> str:
    if is_another_number(found.string, found.start(2)) or is_counted(found.string, found.end()):
        return found[0]
    return found[1] + _NUMBER.sub(lambda number: "[계좌번호]" if _is_account(number[0]) else number[0], found[2])


def _is_account(number: str) -> bool:
    groups = tuple(len(digits) for digits in re.findall(r"\d+", number))
    if not _FEWEST <= sum(groups) <= _MOST:
        return False
    loose = any(sign in number.replace(" - ", "-") for sign in " ./")
    return not loose or (groups in _GROUPS_OF_BANKS and not number.endswith("00"))
