"""Messenger ids and handles in ways of writing that the cleaning spec does not know: recipe `careful`.

Every pattern is bounded in length, so each takes time linear in the text.
"""

import re
from typing import Final

from cleaning.addresses import mask_accounts_of_messengers

_MESSENGERS: Final = (
    "카카오톡|카톡|카카오|ㅋㅌ|ㅋㅏ톡|옾챗|오픈채팅|(?<![가-힣])라인|텔레그램|텔레|텔그|인스타그램|인스타|디스코드|디코|페이스북|페북|페메|"
    "위챗|왓츠앱|스냅챗|스카이프|트위터|틱톡|스레드|네이버|스팀"
)
_ID_WORD: Final = "아이디|아디|계정|친추|추가|닉네임|닉|디엠|[Ii][Dd]|[Dd][Mm]"
_BETWEEN: Final = r" ?(?:은|는|이|가|로|으로|요)? ?(?:[:=\-~]|->|→)? ?"
_ID: Final = r"([A-Za-z0-9_.][A-Za-z0-9._-]{3,29})"
# What a messenger's name and a word for an id announce is one, whatever it looks like, but for these.
_NAMED: Final = re.compile(rf"((?:{_MESSENGERS}) ?(?:{_ID_WORD}){_BETWEEN}){_ID}")
_NO_IDS: Final = frozenset(
    ("account", "email", "facebook", "gmail", "google", "instagram", "kakao", "login", "logout", "name", "password")
)
# With only one of the two words it must look like one.
_HALF_NAMED: Final = re.compile(
    rf"((?:(?:{_MESSENGERS})(?: ?(?:검색|주소))?{_BETWEEN}|(?<![가-힣])(?:아이디|아디) ?(?:[:=]|는|은) ?)){_ID}"
)
_LIKE_AN_ID: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9._-]*[A-Za-z0-9_][0-9_.-][A-Za-z0-9_.-]*")

_DASHED_HANDLE: Final = re.compile(
    r"(?<![A-Za-z0-9@])@(?:\.(?=[0-9_.]{0,28}[A-Za-z])[A-Za-z0-9_.]{2,29}|[A-Za-z0-9_]{1,20}(?:-[A-Za-z0-9_]{1,20}){1,3})(?![A-Za-z0-9_.]*@)"
)
_GLUED_HANDLE: Final = re.compile(
    r"(?<=[가-힣])@(?=[A-Za-z0-9_.]{0,29}[A-Za-z])[A-Za-z0-9_.]{2,29}[A-Za-z0-9_](?![A-Za-z0-9_.]{0,30}@)"
)
_SHORT_HANDLE: Final = re.compile(r"(?<![A-Za-z0-9@=])@[A-Za-z][0-9_](?![A-Za-z0-9_.@])")
_HANDLE_APART: Final = re.compile(r"(?<![A-Za-z0-9@])(?:@|골뱅이) ([A-Za-z][A-Za-z0-9_.]{2,29})(?<!\.)(?!\.[A-Za-z])")
# Between two of them stands a title (@다크 나이트@), behind a mark a face's half.
_HANGUL_HANDLE: Final = re.compile(r"(?<![^\s(:\"'])@([가-힣]{2,12})(?![A-Za-z0-9]|[^@\n]{0,20}@)")
_PARTICLE: Final = re.compile(
    "(?:님(?:이|은|께|의|도|을|과|한테)?|이에요|예요|입니다|이라고|라고|에서|에게|한테|으로|까지|부터|처럼|이랑|이나|"
    "은|는|이|가|을|를|의|도|만|로|와|과|에)$"
)
_NO_HANDLES: Final = frozenset(("표시", "기호", "마크", "골뱅이", "다음"))
_LEAST_HANGUL: Final = 2


def mask_more_messengers(text: str) -> str:
    """Mask ids behind more messengers and words than the spec lists, handles with a dash, in Hangul, glued or apart.

    >>> mask_more_messengers("카톡 happy12, 디스코드 아이디 dudtnr, 인스타@some_one, @감자튀김님이, 카톡 PC버전")
    '카톡 [계정], 디스코드 아이디 [계정], 인스타[계정], [계정]님이, 카톡 PC버전'
    """
    text = _GLUED_HANDLE.sub("[계정]", _DASHED_HANDLE.sub("[계정]", text))
    text = mask_accounts_of_messengers(text)
    text = _NAMED.sub(lambda found: found[0] if found[2].lower() in _NO_IDS else found[1] + "[계정]", text)
    text = _HALF_NAMED.sub(lambda found: found[1] + "[계정]" if _LIKE_AN_ID.fullmatch(found[2]) else found[0], text)
    text = _HANDLE_APART.sub(lambda found: "[계정]" if _LIKE_AN_ID.fullmatch(found[1]) else found[0], text)
    return _HANGUL_HANDLE.sub(_without_particle, _SHORT_HANDLE.sub("[계정]", text))


def _without_particle(found: re.Match[str]) -> str:
    particle = _PARTICLE.search(found[1], _LEAST_HANGUL)
    name = found[1][: particle.start()] if particle else found[1]
    return found[0] if name in _NO_HANDLES else "[계정]" + (particle[0] if particle else "")
