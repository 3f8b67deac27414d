"""E-mail addresses, links and messenger ids (cleaning spec, section 4, classes 1, 2 and 8).

Each pattern that could try the same long run again from many starts has a second branch that takes the
failed run whole, so the time stays linear in the text. A run of more than 2,048 address characters is never
an address.
"""

import re
from collections.abc import Callable
from typing import Literal

from cleaning.rounds import takes_rounds

_LONGEST_RUN = 2048
LINK_CHARACTER = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"
_LONG_LINK_RUN = re.compile(rf"(?i)({LINK_CHARACTER}{{{_LONGEST_RUN + 1},}})")
_LONG_MAIL_RUN = re.compile(rf"([A-Za-z0-9._%+@-]{{{_LONGEST_RUN + 1},}})")

_MAIL = re.compile(
    r"(?<![A-Za-z0-9_%+-])(?:([A-Za-z0-9][A-Za-z0-9._%+-]*+@(?:[A-Za-z0-9-]++\.)+[A-Za-z]{2,})"
    r"|[A-Za-z0-9][A-Za-z0-9._%+-]*+)"
)
_SPOKEN_MAIL = re.compile(
    r"(?<![A-Za-z0-9_%+-])(?:([A-Za-z0-9][A-Za-z0-9._%+-]{2,}+ ?@ ?"
    r"(?:네이버|한메일|지메일|다음|네이트|핫메일)(?: ?(?:점|쩜|닷) ?(?:컴|넷))?)"
    r"|[A-Za-z0-9][A-Za-z0-9._%+-]*+)"
)
_TAIL = rf"(?::\d+)?(?:[/?#]{LINK_CHARACTER}*)?"
_LINKS = (
    re.compile(rf"(?i)((?:https?|ftp)://{LINK_CHARACTER}+)"),
    re.compile(rf"(?i)(?<![A-Za-z0-9_-])(www\.(?:[A-Za-z0-9-]++\.)+[A-Za-z]{{2,}}{_TAIL})"),
    re.compile(
        r"(?i)(?<![A-Za-z0-9_-])(?:((?:[A-Za-z0-9-]++\.)+"
        rf"(?:(?:com|net|org|kr|info|biz|app|dev|xyz|site|shop|store)(?![A-Za-z0-9]){_TAIL}"
        rf"|(?:tv|gg|io|me|be|ly|gl|ai|link|to|cc|us|jp)/{LINK_CHARACTER}+))"
        r"|(?:[A-Za-z0-9-]++\.)++)"
    ),
)
_GIVEN_BACK = ".,!?:;'\"()[]~"
_MESSENGER = re.compile(
    r"((?:카카오톡|카톡|(?<![가-힣])라인|텔레그램|텔레|인스타그램|인스타) ?"
    r"(?:(?:아이디|id|ID) ?[:=은는]? ?|[:=] ?))([A-Za-z0-9][A-Za-z0-9._-]{3,29})"
)
_GLUED_HANDLES = re.compile(r"(?:@[A-Za-z0-9_.]*+)+")
_HANDLE = re.compile(r"(?<![A-Za-z0-9가-힣@])@[A-Za-z0-9_][A-Za-z0-9_.]{1,28}[A-Za-z0-9_]")
_FREE_HANDLE = re.compile(rf"{_HANDLE.pattern}(?![A-Za-z0-9_.]*@)")


def _outside(long_run: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """Change what lies between the runs that are too long to be an address."""
    if len(text) <= _LONGEST_RUN:
        return change(text)
    parts = long_run.split(text)
    parts[::2] = [change(part) for part in parts[::2]]
    return "".join(parts)


def mask_emails(text: str) -> str:
    """Put `[이메일]` for mail addresses, those with a Korean provider's spoken name included.

    >>> mask_emails("abc.def@naver.com으로, abc12 @ 지메일 점 컴")
    '[이메일]으로, [이메일]'
    """
    if "@" not in text:
        return text
    return _outside(_LONG_MAIL_RUN, text, _mask_emails)


def _mask_emails(text: str) -> str:
    for pattern in (_MAIL, _SPOKEN_MAIL):
        text = pattern.sub(lambda found: "[이메일]" if found[1] else found[0], text)
    return text


def replace_links(text: str, url: Literal["remove", "token"] = "remove") -> str:
    """Put a space for each link, or `[링크]` where `url` says so or a Hangul syllable stands right behind it.

    >>> replace_links("naver.com에서 (https://b.net/1)")
    '[링크]에서 ( )'
    """
    if "." not in text and "://" not in text:
        return text
    return _outside(_LONG_LINK_RUN, text, lambda part: _replace_links(part, url))


def link_stand_in(found: re.Match[str], url: str) -> str:
    """What stands for a link that is the whole match, with the marks at its end that belong to the text."""
    given_back = found[0][len(found[0].rstrip(_GIVEN_BACK)) :]
    following = given_back or found.string[found.end() : found.end() + 1]
    glued = "가" <= following[:1] <= "힣"
    return ("[링크]" if glued or url == "token" else " ") + given_back


def _replace_links(text: str, url: str) -> str:
    def replaced(found: re.Match[str]) -> str:
        return found[0] if found[1] is None else link_stand_in(found, url)

    for pattern in _LINKS:
        text = pattern.sub(replaced, text)
    return text


def mask_accounts_of_messengers(text: str) -> str:
    """Put `[계정]` for a messenger id behind the messenger's name, and for `@handles`.

    >>> mask_accounts_of_messengers("카톡 아이디 happy_day12 추가, @some_one 봐")
    '카톡 아이디 [계정] 추가, [계정] 봐'
    """
    text = _MESSENGER.sub(r"\1[계정]", text)
    return _FREE_HANDLE.sub("[계정]", text) if takes_rounds(text) else _GLUED_HANDLES.sub(_mask_handles, text)


def _mask_handles(match: re.Match[str]) -> str:
    """Mask glued handles from the last one on, for one that runs into another `@` is none (`@BOB@`).

    Masking the last frees the one before it, for the next round: in a long text that would be quadratic.
    """
    text, end = match.string, match.end()
    parts: list[str] = []
    while (start := text.rfind("@", match.start(), end)) >= 0:
        handle = _HANDLE.match(text, start, end)
        if handle is None:
            break
        parts += (text[handle.end() : end], "[계정]")
        end = start
    return text[match.start() : end] + "".join(reversed(parts))
