"""Handles in ways of writing that the cleaning spec does not know, and fewer false ones: recipe `careful`.

Every pattern is bounded in length, so each takes time linear in the text.
"""

import re
from typing import Final

from cleaning.personal.addresses import mask_accounts_of_messengers

_DASHED: Final = re.compile(
    r"(?<![A-Za-z0-9@])@(?:\.(?=[0-9_.]{0,28}[A-Za-z])[A-Za-z0-9_.]{2,29}|[A-Za-z0-9_]{1,20}(?:-[A-Za-z0-9_]{1,20}){1,3})"
    r"(?![A-Za-z0-9_.]{0,30}@)"
)
_GLUED: Final = re.compile(
    r"(?<=[가-힣])@(?=[A-Za-z0-9_.]{0,29}[A-Za-z])[A-Za-z0-9_.]{2,29}[A-Za-z0-9_](?![A-Za-z0-9_.]{0,30}@)"
)
_SHORT: Final = re.compile(r"(?<![A-Za-z0-9@=])@[A-Za-z][0-9_](?![A-Za-z0-9_.@])")
_APART: Final = re.compile(
    r"(?<![A-Za-z0-9@])(?:@|골뱅이) (?=[A-Za-z][A-Za-z]*[0-9_.])[A-Za-z0-9_.]{2,29}[A-Za-z0-9_](?!\.[A-Za-z])"
)
# Between two of them stands a title (@다크 나이트@), behind a mark a face's half.
_HANGUL: Final = re.compile(r"(?<![^\s(:\"'])@([가-힣]{2,12})([-_.][A-Za-z0-9]{1,10})?(?![A-Za-z0-9]|[^@\n]{0,20}@)")
_PARTICLE: Final = re.compile(
    "(?:님(?:이|은|께|의|도|을|과|한테)?|이에요|예요|입니다|이라고|라고|에서|에게|한테|으로|까지|부터|처럼|이랑|이나|"
    "은|는|이|가|을|를|의|도|만|로|와|과|에)$"
)
_LEAST_HANGUL: Final = 2
# Talk about the sign, and places, which people write behind it too.
_NO_NAME: Final = re.compile("표시|기호|마크|골뱅이|다음|.*(?:역|점|공원|광장|카페|센터|호텔|극장|시장|병원|학교)")
# What programs, chats and price tags put behind the sign is nobody's.
_NOBODY: Final = re.compile(
    r"(?i)(@(?:override|autowired|transactional|service|controller|restcontroller|component|repository|entity|bean|test|"
    r"getter|setter|builder|data|requestmapping|getmapping|postmapping|property|staticmethod|classmethod|dataclass|"
    r"media|import|keyframes|charset|font-face|param|return|author|everyone|here|channel|app\.route|"
    r"\d[\d,]{0,11}(?= ?(?:원|개|달러|만|천)))(?![A-Za-z0-9_]))"
)


def mask_more_handles(text: str) -> str:
    """Mask handles with a dash, in Hangul, glued to it, short or apart; spare a program's words and prices.

    >>> mask_more_handles("인스타@some_one, @감자튀김님이, @good-shop, @x1, @Override, 3개 @1500원, @강남역")
    '인스타[계정], [계정]님이, [계정], [계정], @Override, 3개 @1500원, @강남역'
    """
    parts = _NOBODY.split(text)
    parts[::2] = map(_masked, parts[::2])
    return "".join(parts)


def _masked(text: str) -> str:
    text = mask_accounts_of_messengers(_GLUED.sub("[계정]", _DASHED.sub("[계정]", text)))
    text = _APART.sub("[계정]", _SHORT.sub("[계정]", text))
    return _HANGUL.sub(_without_particle, text)


def _without_particle(found: re.Match[str]) -> str:
    if found[2]:
        return "[계정]"
    particle = _PARTICLE.search(found[1], _LEAST_HANGUL)
    name = found[1][: particle.start()] if particle else found[1]
    return found[0] if _NO_NAME.fullmatch(name) else "[계정]" + (particle[0] if particle else "")
