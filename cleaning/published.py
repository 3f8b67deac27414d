"""The steps of ChatHuman's published `clear_sentence`, defects included, for comparison with our recipes."""

import re

_MEDIA = ("#@시스템#사진#", "@URL")
# The second branch takes a bracket that never closes, with all the rest, so that it is looked through once.
_BRACKET = re.compile(r"\([^)]*+(\)|\Z)")
_FOREIGN = re.compile("[^ㄱ-ㅎㅏ-ㅣ가-힣a-z0-9.,!?~ ]+")
# Each run behind the beginnings of those that it shortens.
_RUNS = (
    (("키키",), re.compile("키키+"), "ㅋㅋ"),
    (("ㅋㅋㅋ",), re.compile("ㅋ{3,}"), "ㅋㅋ"),
    (("ㅎㅎ",), re.compile("ㅎ{2,}"), "ㅋㅋ"),
    (("ㅠㅠㅠ", "ㅜ"), re.compile("[ㅠㅜ]{2,}"), "ㅠㅠ"),
    (("...",), re.compile(r"\.{3,}"), ".."),
    (("!!",), re.compile("!{2,}"), "!"),
    (("??",), re.compile(r"\?{2,}"), "?"),
)
_SPACES = re.compile(" {2,}")


def has_media(text: str) -> bool:
    """Whether the row held a picture or a link (before anything is lower-cased)."""
    return any(mark in text for mark in _MEDIA)


def delete_brackets(text: str) -> str:
    """Delete from each `(` to the next `)`, which leaves nested brackets half.

    >>> delete_brackets("가(나(다)라)")
    '가라)'
    """
    return _BRACKET.sub(lambda found: "" if found[1] else found[0], text)


def fill_placeholders(text: str, name: str) -> str:
    """Put `name` for `#@이름#`, its particle left as it is, and delete stickers."""
    return text.replace("#@이름#", name).replace("#@이모티콘#", "")


def space_foreign(text: str) -> str:
    """Make a space of each run outside Hangul, jamo, `a-z0-9.,!?~` and space."""
    return _FOREIGN.sub(" ", text)


def collapse_runs(text: str) -> str:
    """Shorten laughter, crying and end marks.

    >>> collapse_runs("와이키키 ㅎㅎㅎ!!")
    '와이ㅋㅋ ㅋㅋ!'
    """
    for beginnings, pattern, short in _RUNS:
        for beginning in beginnings:
            if beginning in text:
                text = pattern.sub(short, text)
                break
    return text


def collapse_spaces(text: str) -> str:
    """Collapse and strip spaces; no other white space is left by then."""
    return _SPACES.sub(" ", text).strip(" ")
