"""Abusive words: a mark on a dialogue, never a reason to drop it.

Talk among people holds them, and whoever trains on it decides: `rules` of a kept row then names `profanity`. Only words
that abuse in nearly every sentence are listed; milder ones (졸라, 꺼져) and words that also mean something else alone
(새끼 고양이, 시발점, 병신년) are not.
"""

import re

MARK = "profanity"

# Bounded lookarounds and no repetition: time linear in the text.
_ABUSE = re.compile(
    r"씨이?발(?![언음표전행견유])"
    r"|(?:(?<![가-힣])|(?<=[아와야악]))시발(?! ?(?:점|역|행|열차|택시|자동차|지|[하했되된돼]))"
    r"|ㅅㅂ|ㅆㅂ|씹[새할]|쓰발|쉬발"
    r"|(?<![가-힣])병신(?!년|일주|월생)|ㅂㅅ|븅신|빙신"
    r"|(?:개|[이저그] ?|미친 ?|씹)새[끼키]|개색[끼키히]|새끼[야들]|ㄱㅅㄲ"
    r"|좆|좇[같나까]|존나|ㅈㄴ|지랄|ㅈㄹ|미친 ?[놈년]|쌍[놈년]|썅|엿 ?먹어|닥쳐"
    r"|느금마|니 ?[애에]미|[애에]미 ?뒤|창녀"
)


def has_profanity(text: str) -> bool:
    """Whether a text holds an abusive word.

    >>> has_profanity("아 시발 늦었다"), has_profanity("여기가 시발점이에요"), has_profanity("새끼 고양이 귀엽다")
    (True, False, False)
    """
    return _ABUSE.search(text) is not None
