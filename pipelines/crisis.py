"""Which messages of a talk are answered with the help lines instead of by a model."""

import re
import unicodedata
from typing import Final

# White space, and what has no width: both stand between syllables, by mistake or to slip past a filter.
_GAPS: Final = re.compile(
    r"[\s\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]+"
)
_SIGNS: Final = re.compile(
    "|".join(
        (
            r"자살(?!골|수(?!단|면))",
            r"극단적(인)?선택",
            r"죽고(만|도)?싶",
            r"죽어(버리|버릴|버려야|야(겠|지|할))",
            r"죽을(래|방법|까(?!봐|요))|(?<![파워겨아])죽을(거야|거예요)",
            r"죽는(게|편이|것이)(더|차라리)?(낫|나아|나을)|죽는방법|안아프게죽",
            r"살기(가|도)?싫|살고싶지(가|는|도)?않|살이유(가|도)?없",
            r"(사라지|없어지)고(만)?싶|(내가|제가|나만)(사라|없어)(졌으|지)면",
            r"(?<![골과품제종항안손발])목(을)?매(고|달)",
            r"손목(을|에)?(긋|그었|그을|그어|그은)",
            r"뛰어내(리고|리려|리면|릴)",
            r"(?<![투혼])자해(하|했|한|할|해|를|충동|흔적|시도|생각)",  # not 투자해, 혼자 해
            r"ㅈㅅ(하(?!네|지만)|할|각|충동|마렵)",  # the same letters stand for 죄송: ㅈㅅ합니다
            r"번개탄",
            r"(?<!사)(?<![소고]이)유서(를|도)?(쓰|쓸|썼|써)",  # not 사유서, 항소이유서
            r"수면제(를|을)?((다|많이|한꺼?번에)|(\d{2,}|수십|몇십)알(을)?)(먹|삼)",
        )
    )
)


def needs_help(text: str) -> bool:
    """Whether a message speaks of killing or hurting oneself, whatever stands between its syllables.

    It errs towards help: a line too many does no harm, a thoughtless reply in its place may. It is no diagnosis: it
    knows phrases, not people, and what it does not find is no proof that all is well.
    """
    return _SIGNS.search(unicodedata.normalize("NFC", _GAPS.sub("", text))) is not None
