"""Laughing and crying in jamo (cleaning spec, section 8)."""

import re
from typing import Literal

_FINAL_KIEUK = 24
_WORDS = "엌녘읔"
BORROWERS = "".join(chr(code) for code in range(0xAC00 + _FINAL_KIEUK, 0xD7A4, 28) if chr(code) not in _WORDS)
_BORROWED = re.compile(f"[{BORROWERS}](?=ㅋ)")
# The look-behind and the possessive run keep a long run of ㅋ from being tried again from each of them.
_LAUGH_AND_CRY = re.compile("(?<!ㅋ)ㅋ++[큐쿠]+(?![가-힣])[ㅠㅜ]*")
_SYLLABLES = re.compile("(?<![가-힣])(?:키{2,}|크{2,})(?![가-힣])")
_LAUGHING = re.compile(r"(?<![ㄱ-ㅊㅌㅍ])[ㅋㅎ](?:(?: *|_+|\.)[ㅋㅎ](?![ㄱ-ㅊㅌㅍ]))+")
_CRYING = re.compile("[ㅠㅜ](?: *[ㅠㅜ])+")


def collapse_laughter(text: str, laugh: Literal["distinct", "unify"] = "distinct") -> str:
    """Make `ㅋㅋ`, `ㅎㅎ` or `ㅠㅠ` of each run; `unify` makes `ㅋㅋ` of `ㅎㅎ` too.

    >>> collapse_laughter("진짴ㅋㅋㅋ 그래 ㅎ.ㅎ 아 ㅋㅋ큐ㅠ ㅇㅋ")
    '진짜ㅋㅋ 그래 ㅎㅎ 아 ㅋㅋㅠㅠ ㅇㅋ'
    """
    text = _BORROWED.sub(lambda found: chr(ord(found[0]) - _FINAL_KIEUK), text)
    text = _SYLLABLES.sub("ㅋㅋ", _LAUGH_AND_CRY.sub("ㅋㅋㅠㅠ", text))
    text = _LAUGHING.sub(lambda found: "ㅋㅋ" if laugh == "unify" or "ㅋ" in found[0] else "ㅎㅎ", text)
    return _CRYING.sub("ㅠㅠ", text)
