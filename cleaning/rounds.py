"""Where the rounds of the cleaning spec would take too long.

Masking one number of a list frees the next one for the next round only, so a list takes as many rounds as it has
numbers. A long text is spared that: what a later round would find there is taken in the first.
"""

import re

_LONGEST = 1024


def takes_rounds(text: str) -> bool:
    """Whether a text is short enough (1,024 characters) to be taken round by round."""
    return len(text) <= _LONGEST


def mask_list(marked: re.Pattern[str], number: re.Pattern[str], token: str, text: str) -> str:
    """Mask the number behind a marking word (group 1) and those of the list that follows it (group 2) in one go."""
    return marked.sub(lambda found: found[1] + token + number.sub(token, found[2]), text)
