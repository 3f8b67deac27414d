"""When the repeated rules are given up, because they never leave a text alone."""

from collections.abc import Sequence
from typing import Final

from cleaning.rules import RULES
from warehouse.errors import Misuse

RESTLESS: Final = "restless"
# Our own rules were seen to need 512 rounds for 1,024 characters (`:D` throughout), and three for a longer text. Some
# chains of two rules (`@abc:D@abc:D…`) take one for each link: a long text is given fewer, so that it ends in time.
_MOST_ROUNDS: Final = 1_000
_FEWEST_ROUNDS: Final = 20
_MOST_WORK: Final = 5_000_000  # rounds times characters
# Our own rules make a text longer by their tokens at most.
_MOST_GROWTH: Final = 16
_MOST_ADDED: Final = 4_096


def is_restless(text: str, before: str, rounds: int) -> bool:
    """Whether a text that still changes after so many rounds is given up; `before` is what it was before them.

    >>> is_restless("좋아요!!", "좋아", 1), is_restless("좋아요!!", "좋아", 1_000), is_restless("아" * 10_000, "아", 9)
    (False, True, True)
    """
    most = max(_FEWEST_ROUNDS, min(_MOST_ROUNDS, _MOST_WORK // (len(text) + 1)))
    return rounds >= most or len(text) > _MOST_GROWTH * len(before) + _MOST_ADDED


def given_up(recipe: str, rules: Sequence[str], rounds: int, doc: str) -> tuple[str, str]:
    """Rule and reason by which a text that never rests is dropped; `rules` changed it in the last round.

    Raises:
        Misuse: one of them is not ours, so that the recipe is at fault and not the text.
    """
    verb = f"{', '.join(rules)} still change{'s' if len(rules) == 1 else ''}"
    if all(rule in RULES for rule in rules):
        return RESTLESS, f"after {rounds:,} rounds {verb} the text"
    raise Misuse(
        f"recipe {recipe} never comes to rest: after {rounds:,} rounds the rule{'s' if len(rules) > 1 else ''} {verb} "
        f"the text{f' of {doc}' if doc else ''}; correct the recipe so that a repeated rule leaves its own result "
        "alone, or take it out of `repeat`"
    )
