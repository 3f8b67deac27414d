"""Handles in ways of writing that the cleaning spec does not know, and fewer false ones: recipe `careful`.

Every pattern is bounded in length, so each takes time linear in the text.
"""

import re
from typing import Final

from cleaning.personal.addresses import mask_accounts_of_messengers

# Those that stand glued together are taken in one go: masking one frees the next, which would take a round for each.
_DASHED: Final = re.compile(
    r"(?<![A-Za-z0-9@])"
    r"(?:@(?:\.(?=[0-9_.]{0,28}[A-Za-z])[A-Za-z0-9_.]{2,29}|[A-Za-z0-9_]{1,20}(?:-[A-Za-z0-9_]{1,20}){1,3}))++"
)
_GLUED: Final = re.compile(
    r"(?<=[가-힣])@(?=[A-Za-z0-9_.]{0,29}[A-Za-z])[A-Za-z0-9_.]{2,29}[A-Za-z0-9_](?![A-Za-z0-9_.]{0,30}@)"
)
_SHORT: Final = re.compile(r"(?<![A-Za-z0-9@=])@[A-Za-z][0-9_](?![A-Za-z0-9_.@])")
_APART: Final = re.compile(
    r"(?<![A-Za-z0-9@])"
    r"(?:(?:@|골뱅이) (?=[A-Za-z]{1,29}[0-9_.])[A-Za-z0-9_.]{2,29}[A-Za-z0-9_](?!\.[A-Za-z]))++"
)
# Where accounts are talked of, or 님 follows: @엄마 and @강남 are nobody's. @다크 나이트@ is a title.
_HANGUL: Final = re.compile(
    r"(?<![^\s(:\"'])@([가-힣]{2,12})([-_.][A-Za-z0-9]{1,10})?(?![A-Za-z0-9]|[^@\n]{0,20}[^@\s]@)"
)
_ACCOUNTS: Final = re.compile(
    r"팔로|계정(?!\])|인스타|인별|유튜브|채널|트위터|태그|구독|출처|맞팔|사칭|디엠|스레드|틱톡|프로필|올린|영상"
)
_AROUND: Final = 40
_PARTICLE: Final = re.compile(
    "(?:님(?:이|은|께|의|도|을|과|한테)?|이에요|예요|입니다|이라고|라고|에서|에게|한테|으로|까지|부터|처럼|이랑|이나|"
    "은|는|이|가|을|를|의|도|만|로|와|과|에)$"
)
_LEAST_HANGUL: Final = 2
# Talk about the sign, and places, which people write behind it too.
_NO_NAME: Final = re.compile(
    "표시|기호|마크|골뱅이|다음|.*(?:역|점|공원|광장|카페|센터|호텔|극장|시장|병원|학교)|사장|회장|부장|과장|팀장|선생|고객|손님|회원|모두|전체|여러분|엄마|아빠"
)
# What programs, chats and price tags put behind the sign is nobody's.
_NOBODY: Final = re.compile(
    r"(?i)@(?:override|autowired|transactional|service|controller|restcontroller|component|repository|entity|bean|test|"
    r"getter|setter|builder|data|requestmapping|getmapping|postmapping|property|staticmethod|classmethod|dataclass|"
    r"media|import|keyframes|charset|font-face|param|return|author|everyone|here|channel|app\.route|"
    r"\d[\d,]{0,11}(?= ?(?:원|개|달러|만|천)))(?![A-Za-z0-9_])"
)
# Stands for their @ while the others are masked; no text holds it (a noncharacter of Unicode).
_HIDDEN: Final = "\ufdd0"


def mask_more_handles(text: str) -> str:
    """Mask handles with a dash, in Hangul, glued to it, short or apart; spare a program's words and prices.

    >>> mask_more_handles("인스타@some_one, @감자튀김님이, @good-shop, @x1, @Override, 3개 @1500원, @강남역")
    '인스타[계정], [계정]님이, [계정], [계정], @Override, 3개 @1500원, @강남역'
    """
    if _HIDDEN in text:
        return _masked(text)
    hidden = _NOBODY.sub(lambda found: _HIDDEN + found[0][1:], text)
    return _masked(hidden).replace(_HIDDEN, "@")


def _masked(text: str) -> str:
    text = mask_accounts_of_messengers(_GLUED.sub("[계정]", _DASHED.sub(_each, text)))
    text = _APART.sub(_each, _SHORT.sub("[계정]", text))
    return _HANGUL.sub(_without_particle, text)


def _each(found: re.Match[str]) -> str:
    return "[계정]" * (found[0].count("@") + found[0].count("골뱅이"))


def _without_particle(found: re.Match[str]) -> str:
    if not _is_of_an_account(found):
        return found[0]
    if found[2]:
        return "[계정]"
    particle = _PARTICLE.search(found[1], _LEAST_HANGUL)
    name = found[1][: particle.start()] if particle else found[1]
    return found[0] if _NO_NAME.fullmatch(name) else "[계정]" + (particle[0] if particle else "")


def _is_of_an_account(found: re.Match[str]) -> bool:
    around = found.string, max(0, found.start() - _AROUND), found.end() + _AROUND
    return "님" in found[1] or _ACCOUNTS.search(*around) is not None
