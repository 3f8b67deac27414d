"""Personal data as a whole, for text that is about to be stored (cleaning spec, section 4 without links).

It is masked as written and, where an odd spelling may hide some (full-width digits, blanks of no width, `&#64;`, a
number over two lines), as cleaning would spell it: that finds it later, and until then it must not lie about.
"""

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Final, Literal

from cleaning.personal.spelling import is_odd, plainly
from cleaning.rules import RULES

# Stands on every stored row: a change of any pattern above needs a new number.
MASK_VERSION = "2"

# The registered rules that mask; a recipe may have wider ones instead.
PERSONAL_RULES = ("emails", "resident_numbers", "cards", "phones", "bank_accounts", "plates", "messengers")
_WIDER: Final = {rule: (f"careful_{rule}",) for rule in PERSONAL_RULES} | {
    "messengers": ("careful_messengers", "careful_handles")
}

# References may refer to references (`&amp;#64;`); a number over two lines is one only where lines are joined.
_SPELLINGS: Final[tuple[Literal["keep", "space"], ...]] = ("keep", "keep", "keep", "space")


def personal_rules(steps: Collection[str]) -> tuple[str, ...]:
    """The rules by which the text of a recipe with these steps is masked: those of the spec, or wider ones that it has.

    >>> personal_rules(["careful_phones", "emails", "tidy"])[:4]
    ('emails', 'resident_numbers', 'cards', 'careful_phones')
    """
    has_wider = {rule: all(wider in steps for wider in _WIDER[rule]) for rule in PERSONAL_RULES}
    return tuple(chain.from_iterable(_WIDER[rule] if has_wider[rule] else (rule,) for rule in PERSONAL_RULES))


def mask_personal(text: str, rules: Sequence[str] = PERSONAL_RULES) -> str:
    """Put bracket tokens for all personal data, until none is found; takes time linear in the text.

    A text that hides some by its spelling comes back spelled plainly, any other one as it is written.

    >>> mask_personal("메일 a.b@naver.com, 010-1234-5678로"), mask_personal("０１０  １２３４  ５６７８")
    ('메일 [이메일], [전화번호]로', '[전화번호]')
    """
    text = _masked(text, rules)
    if not is_odd(text):
        return text
    spelled = text
    for newline in _SPELLINGS:
        before, spelled = spelled, plainly(spelled, newline)
        if spelled == before:
            continue
        masked = _masked(spelled, rules)
        if masked != spelled:
            text = spelled = masked
    return text


def _masked(text: str, rules: Sequence[str]) -> str:
    # Each mask takes characters away that no token holds, so the repetition ends.
    while True:
        before = text
        for rule in rules:
            mask = RULES[rule].change
            text = mask(text) if mask else text
        if text == before:
            return text
