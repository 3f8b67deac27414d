"""Personal data as a whole, for text that is about to be stored (cleaning spec, section 4 without links)."""

from cleaning.addresses import mask_accounts_of_messengers, mask_emails
from cleaning.numbers import mask_bank_accounts, mask_cards, mask_phones, mask_plates, mask_resident_numbers

# Stands on every stored row: a change of any pattern above needs a new number.
MASK_VERSION = "1"

# The registered rules that do the same in a recipe.
PERSONAL_RULES = ("emails", "resident_numbers", "cards", "phones", "bank_accounts", "plates", "messengers")

_CLASSES = (
    mask_emails,
    mask_resident_numbers,
    mask_cards,
    mask_phones,
    mask_bank_accounts,
    mask_plates,
    mask_accounts_of_messengers,
)


def mask_personal(text: str) -> str:
    """Put bracket tokens for all personal data, until none is found; takes time linear in the text.

    Each mask takes characters away that no token holds, so the repetition ends.

    >>> mask_personal("메일 a.b@naver.com, 010-1234-5678로")
    '메일 [이메일], [전화번호]로'
    """
    while True:
        before = text
        for mask in _CLASSES:
            text = mask(text)
        if text == before:
            return text
