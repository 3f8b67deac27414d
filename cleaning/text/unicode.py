"""One spelling for each character (cleaning spec, section 1)."""

import re
import unicodedata

_SPACES = dict.fromkeys([0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_LINE_ENDS = dict.fromkeys([0x0D, 0x2028, 0x2029, 0x85, 0x0B, 0x0C], "\n")
_WHITE = str.maketrans({**_SPACES, **_LINE_ENDS})

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_FILLER = "\u3164"
_FILLED = re.compile(f"{_FILLER}([{_INITIALS}])([{_VOWELS}])([{_FINALS}{_FILLER}])")


def _half_width_hangul() -> dict[int, str]:
    found: dict[int, str] = {}
    for code in range(0xFFA1, 0xFFDD):
        name = unicodedata.name(chr(code), "")
        if name:
            found[code] = unicodedata.lookup(name.removeprefix("HALFWIDTH "))
    return found


_NARROW = str.maketrans({**{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}, **_half_width_hangul()})
_JAMO = str.maketrans(
    {
        **{0x1100 + place: jamo for place, jamo in enumerate(_INITIALS)},
        **{0x1161 + place: jamo for place, jamo in enumerate(_VOWELS)},
        **{0x11A8 + place: jamo for place, jamo in enumerate(_FINALS)},
    }
)
_MARKS = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u223c\u301c", "~"),
        **dict.fromkeys("\u30fb\u2022\u318d\u119e\u2219\u22c5", "·"),
        **dict.fromkeys("\u25cb\u25ef", "O"),
        **{"\uffe6": "₩", "\u11a2": "··", "\u3002": ".", "\u3001": ","},
        **{"\u203c": "!!", "\u2047": "??", "\u2048": "?!", "\u2049": "!?"},
    }
)
_TITLE = re.compile("[「『《〈]([^「」『』《》〈〉\n]+)[」』》〉]")
_BACKTICKS = re.compile("`([가-힣A-Za-z0-9][^`\n]*)`")
_KEYCAP = re.compile("([0-9#*])\ufe0f?\u20e3")
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20e3\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ue000-\uf8ff\U000e0000-\U000e01ef]+"
)


def is_broken(text: str) -> bool:
    r"""Whether a replacement character shows that part of the text was lost.

    >>> is_broken("깨\N{REPLACEMENT CHARACTER}짐")
    True
    """
    return "\ufffd" in text


def unify_spaces(text: str) -> str:
    r"""Make every line end `\n` and every other white space a plain space.

    >>> unify_spaces("가\r\n나\u3000다\x0b라")
    '가\n나 다\n라'
    """
    return text.replace("\r\n", "\n").translate(_WHITE)


def narrow_width(text: str) -> str:
    """Replace full-width forms by ASCII and half-width jamo by compatibility jamo.

    >>> narrow_width("ＯＫ！ﾻﾻ")
    'OK!ㅋㅋ'
    """
    return text.translate(_NARROW)


def compose_hangul(text: str) -> str:
    """Compose filler sequences of KS X 1001 to syllables, then everything to NFC (NFKC would turn ㅋㅠ into 큐).

    >>> compose_hangul("ㅤㄴㅓㄲ")
    '넊'
    """
    return unicodedata.normalize("NFC", _FILLED.sub(_syllable, text))


def _syllable(match: re.Match[str]) -> str:
    initial, vowel, final = match.groups()
    place = 0 if final == _FILLER else _FINALS.index(final) + 1
    return chr(0xAC00 + (_INITIALS.index(initial) * 21 + _VOWELS.index(vowel)) * 28 + place)


def unify_marks(text: str) -> str:
    """One form for quotes, dashes, dots and doubled marks; paired title marks and backticks become quotes.

    >>> unify_marks("『토지』 “그래” ￦100")
    '"토지" "그래" ₩100'
    """
    return _BACKTICKS.sub(r"'\1'", _TITLE.sub(r'"\1"', text.translate(_MARKS)))


def free_jamo(text: str) -> str:
    r"""Replace conjoining jamo that no syllable took by the same compatibility jamo.

    >>> free_jamo("\u110f\u1173")
    'ㅋㅡ'
    """
    return text.translate(_JAMO)


def remove_invisible(text: str) -> str:
    r"""Reduce keycaps to their digit and delete controls, zero-width characters and private use.

    >>> remove_invisible("안\u200b녕 3\ufe0f\u20e3")
    '안녕 3'
    """
    return _INVISIBLE.sub("", _KEYCAP.sub(lambda found: found[1] if found[1].isdigit() else " ", text))
