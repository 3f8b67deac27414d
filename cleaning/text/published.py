"""The steps of ChatHuman's published `clear_sentence`, defects included, for comparison with our recipes."""

import re

_MEDIA = ("#@시스템#사진#", "@URL")
# The second branch takes a bracket that never closes, with all the rest, so that it is looked through once.
_BRACKET = re.compile(r"\([^)]*+(\)|\Z)")
_FOREIGN = re.compile("[^ㄱ-ㅎㅏ-ㅣ가-힣a-z0-9.,!?~ ]+")
_KIKI = re.compile("키키+")
_GRIN = re.compile("ㅎ{2,}")
_CRY = re.compile("[ㅠㅜ]{2,}")


def has_media(text: str) -> bool:
    """Whether the row held a picture or a link (before anything is lower-cased).

    >>> has_media("여기 @URL"), has_media("여기 @url")
    (True, False)
    """
    return any(mark in text for mark in _MEDIA)


def delete_brackets(text: str) -> str:
    """Delete from each `(` to the next `)`, which leaves nested brackets half.

    >>> delete_brackets("가(나(다)라)")
    '가라)'
    """
    return _BRACKET.sub(lambda found: "" if found[1] else found[0], text)


def fill_placeholders(text: str, name: str) -> str:
    """Put `name` for `#@이름#`, its particle left as it is, and delete stickers.

    >>> fill_placeholders("#@이름#이가 #@이모티콘#", "지우")
    '지우이가 '
    """
    return text.replace("#@이름#", name).replace("#@이모티콘#", "")


def space_foreign(text: str) -> str:
    """Make a space of each run outside Hangul, jamo, `a-z0-9.,!?~` and space.

    >>> space_foreign("ok^^ 王")
    'ok   '
    """
    return _FOREIGN.sub(" ", text)


def collapse_runs(text: str) -> str:
    """Shorten laughter, crying and end marks; each turn of a loop takes a third of a run or more.

    >>> collapse_runs("와이키키 ㅎㅎㅎ!!")
    '와이ㅋㅋ ㅋㅋ!'
    """
    if "키키" in text:
        text = _KIKI.sub("ㅋㅋ", text)
    while "ㅋㅋㅋ" in text:
        text = text.replace("ㅋㅋㅋ", "ㅋㅋ")
    if "ㅎㅎ" in text:
        text = _GRIN.sub("ㅋㅋ", text)
    if "ㅜ" in text:
        text = _CRY.sub("ㅠㅠ", text)
    while "ㅠㅠㅠ" in text:
        text = text.replace("ㅠㅠㅠ", "ㅠㅠ")
    while "..." in text:
        text = text.replace("...", "..")
    while "!!" in text:
        text = text.replace("!!", "!")
    while "??" in text:
        text = text.replace("??", "?")
    return text


def collapse_spaces(text: str) -> str:
    """Collapse and strip spaces; no other white space is left by then.

    >>> collapse_spaces("  가   나 ")
    '가 나'
    """
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")
