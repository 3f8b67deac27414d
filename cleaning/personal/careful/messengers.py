"""Messenger ids in ways of writing that the cleaning spec does not know: recipe `careful`.

Every pattern is bounded in length, so each takes time linear in the text.
"""

import re
from typing import Final

# As people write them, those included that are to slip past a filter.
_MESSENGERS: Final = (
    r"카카오톡|카 ?\.? ?톡|[깨까]톡|노란톡|(?<![가-힣])톡|카카오|[kK]톡|(?<![A-Za-z])ka(?:kao(?:talk)?|talk)|ㅋ ?ㅌ|"
    "ㅋ[ㅏr]톡|옾챗|오픈채팅|(?<![가-힣])라인|텔레그램|텔레|텔그|ㅌㄹ|디스코드|디코|페이스북|페북|페메|위챗|왓츠앱|스냅챗|스카이프|트위터|틱톡|"
    r"스레드|인스타그램|인스타|인별그램|인별|별스타그램|별스타|인스?★|ㅇㅅㅌ|(?<![A-Za-z])insta(?:gram)?\.?|네이버|스팀"
)
_ID_WORD: Final = "아이디|아디|계정|친추|추가|닉네임|닉|디엠|id|dm"
_BETWEEN: Final = r" ?(?:은|는|이|가|로|으로|요)? ?(?:[:=\-~(]|->|→)? ?(?:영어로 |(?:다 )?소문자로? |대문자로 )?"
_ID: Final = r"([a-z0-9_.](?:[a-z0-9._-]|언더바|하이픈|(?<=[a-z])다시(?=\d)){2,28}[a-z0-9_](?:#\d{4})?)"
# What a messenger's name and a word for an id announce is one, whatever it looks like, but for these.
_NAMED: Final = re.compile(rf"(?i)((?:{_MESSENGERS}) ?(?:{_ID_WORD}){_BETWEEN}){_ID}")
_NO_IDS: Final = frozenset(
    ("account", "email", "facebook", "gmail", "google", "instagram", "kakao", "login", "logout", "name", "password")
)
# With only one of the two words it must look like one: a letter, and a digit or a sign further on.
_HALF_NAMED: Final = re.compile(
    rf"(?i)((?:(?:{_MESSENGERS})(?: ?(?:검색|주소))?{_BETWEEN}|(?<![가-힣])(?:아이디|아디) ?(?:[:=]|는|은) ?)){_ID}"
)
_LIKE_AN_ID: Final = re.compile(r"(?i)(?=[^a-z_]*[a-z_]).[a-z]*[0-9_.\-#언하다].*")
# The messenger's name behind the id.
_NAMED_BEHIND: Final = re.compile(
    rf"(?i)(?<![a-z0-9_.@-])(){_ID}(?= ?(?:←|<-|\() ?(?:{_MESSENGERS})| (?:카톡|텔레|라인|인스타) ?(?:아이디|id|계정))"
)


def mask_more_messengers(text: str) -> str:
    """Mask ids behind more messengers and words than the spec lists, or before them.

    >>> mask_more_messengers("카톡 happy12, 디코 아이디 dudtnr, 깨톡(tori_12), mandu77 ← 카톡, 카톡 PC버전")
    '카톡 [계정], 디코 아이디 [계정], 깨톡([계정]), [계정] ← 카톡, 카톡 PC버전'
    """
    text = _NAMED.sub(lambda found: found[0] if found[2].lower() in _NO_IDS else found[1] + "[계정]", text)
    for pattern in (_HALF_NAMED, _NAMED_BEHIND):
        text = pattern.sub(_if_like_an_id, text)
    return text


def _if_like_an_id(found: re.Match[str]) -> str:
    return found[1] + "[계정]" if _LIKE_AN_ID.fullmatch(found[2]) else found[0]
