"""Placeholders that corpora put for media, stickers and personal data (cleaning spec, section 2)."""

import re

_LOST = re.compile(r"#@시스템#|#@(?i:url)#")
_STICKER = re.compile(r"#@이모티콘#(?:[^#@\s]{1,10}#(?!@))?")
_TOKENS = {
    "계정": "[계정]",
    "전번": "[전화번호]",
    "금융": "[금융정보]",
    "주소": "[주소]",
    "번호": "[번호]",
    "신원": "[신원]",
    "소속": "[소속]",
    "장소": "[장소]",
    "기타": "[기타]",
}
_KNOWN = re.compile(f"#@({'|'.join(_TOKENS)})#")
_OTHER = re.compile(r"#@[^#@\s]{1,10}#")


def is_lost_content(text: str) -> bool:
    """Whether the turn's content was a picture, a file or a link that the text does not hold.

    >>> is_lost_content("이거 봐 #@URL#"), is_lost_content("#@이름#")
    (True, False)
    """
    return _LOST.search(text) is not None


def remove_stickers(text: str) -> str:
    """Make a space of a sticker with its detail.

    >>> remove_stickers("좋아 #@이모티콘#하트# 진짜")
    '좋아   진짜'
    """
    return _STICKER.sub(" ", text)


def replace_placeholders(text: str) -> str:
    """Make bracket tokens of the known placeholders and a space of any other; names come before.

    >>> replace_placeholders("#@전번#로 #@몰라요#연락")
    '[전화번호]로  연락'
    """
    return _OTHER.sub(" ", _KNOWN.sub(lambda found: _TOKENS[found[1]], text))
