"""Repeats, punctuation, the characters that stay, spaces, and what is left to say (spec, sections 9 to 12)."""

import re
from typing import Literal

_SAME = re.compile(r"([가-힣ㄱ-ㅎㅏ-ㅣ])\1{2,}")
_COMMAS_OR_DOTS = re.compile(",{2,}|·{2,}")
_ELLIPSIS = re.compile("[.…‥](?: ?[.…‥])+|[…‥]")
_SHOUTS = re.compile("[!?]{2,}")
_SEPARATORS = re.compile(r"([=*_#|/\\<>^$%&@-])\1+")
_FOREIGN = re.compile("[^가-힣ㄱ-ㅎㅏ-ㅣA-Za-z0-9\u00c0-\u024f一-鿿\n .,!?~…'\"()\\[\\]:/%+&@#·°℃₩$€=<>*-]+")
_SPACE_INSIDE = re.compile(r" (?=[.,!?…)])|(?<=\() ")
_TOKEN = re.compile(r"\[[가-힣]+\]")
_ANSWERABLE = re.compile("[가-힣ㄱ-ㅊㅌㅍ]")


def shorten_repeats(text: str) -> str:
    """Write a syllable or jamo that stands three or more times running twice.

    >>> shorten_repeats("아아아아 1000000 ㅇㅇㅇ")
    '아아 1000000 ㅇㅇ'
    """
    return _SAME.sub(r"\1\1", text)


def shorten_marks(text: str, ellipsis: Literal["…", ".."] = "…") -> str:
    """Reduce each run of punctuation; runs of separators become a space.

    >>> shorten_marks("뭐?!?! 음.. 네,, ~~ ===")
    '뭐?! 음… 네… ~  '
    """
    if ",," in text or "··" in text:
        text = _COMMAS_OR_DOTS.sub("…", text)
    text = _ELLIPSIS.sub(ellipsis, text)
    if "?!" in text or "!?" in text:
        text = _SHOUTS.sub(_shout, text)
    for pair in ("!!", "??", "~~"):
        while pair in text:
            text = text.replace(pair, pair[0])
    return _SEPARATORS.sub(" ", text)


def _shout(match: re.Match[str]) -> str:
    return "?" * ("?" in match[0]) + "!" * ("!" in match[0])


def remove_foreign(text: str) -> str:
    """Make a space of each run of characters that the dataset does not hold.

    >>> remove_foreign("王추천 café ありがとう")
    '王추천 café  '
    """
    return _FOREIGN.sub(" ", text)


def lower_case(text: str) -> str:
    """Lower-case Latin letters.

    >>> lower_case("OK É")
    'ok é'
    """
    return text.lower()


def tidy_spaces(text: str, newline: Literal["space", "keep"] = "space") -> str:
    r"""Tidy the spaces of each line, drop empty lines, and join them by a space or, on `keep`, by `\n`.

    >>> tidy_spaces("  최고  ! ( 진짜 ) \n\n, 끝 .")
    '최고! (진짜) 끝.'
    """
    text = _SPACE_INSIDE.sub("", _collapsed(text))
    if "\n" not in text:
        return text.strip(" ").lstrip(", ")
    lines = (line.strip(" ").lstrip(", ") for line in text.split("\n"))
    return ("\n" if newline == "keep" else " ").join(line for line in lines if line)


def _collapsed(text: str) -> str:
    # Each turn halves the runs.
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def says_nothing(text: str) -> bool:
    """Whether nothing but laughter, tokens, Latin letters or punctuation is left.

    >>> says_nothing("ㅋㅋ OK [전화번호]"), says_nothing("ㄴㄴ")
    (True, False)
    """
    return _ANSWERABLE.search(_TOKEN.sub("", text)) is None
