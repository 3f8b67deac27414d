"""Bank accounts (cleaning spec, section 4, class 6); every pattern is bounded, so the time is linear in the text."""

import re

from cleaning.rounds import mask_list, takes_rounds

_NUMBER = (
    r"(?<!\d)(?!(?:19|20)\d{2}-\d{1,2}-\d{1,2}(?![\d-]))"
    r"(?:\d{2,6}-\d{2,6}-\d{2,8}(?:-\d{1,3})?|\d{10,14})(?![\d-])"
)
_BANK = "계좌|입금|송금|은행|농협|신한|국민|우리|하나|기업|카카오뱅크|카뱅|토스|새마을금고|우체국|수협|신협"
_BANK_ACCOUNT = re.compile(rf"((?:{_BANK})[^\d\n]{{0,10}}){_NUMBER}")
# The token of a masked number itself marks the next one, as far as seven characters beyond it.
_BANK_LIST = re.compile(rf"{_BANK_ACCOUNT.pattern}((?:[^\d\n]{{1,7}}{_NUMBER})*+)")
_BANK_NUMBER = re.compile(_NUMBER)


def mask_bank_accounts(text: str) -> str:
    """Put `[계좌번호]` for a number close behind a bank word; the token itself is one for the next number.

    >>> mask_bank_accounts("신한 110-123-456789로, 2023-05-17")
    '신한 [계좌번호]로, 2023-05-17'
    """
    if takes_rounds(text):
        return _BANK_ACCOUNT.sub(r"\1[계좌번호]", text)
    return mask_list(_BANK_LIST, _BANK_NUMBER, "[계좌번호]", text)
