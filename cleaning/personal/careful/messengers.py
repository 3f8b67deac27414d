"""Messenger ids in ways of writing that the cleaning spec does not know: recipe `careful`.

Every pattern is bounded in length, so each takes time linear in the text.
"""

import re
from typing import Final

# Where people chat, as they write it, those included that are to slip past a filter.
_CHATS: Final = (
    r"카카오톡|카 ?\.? ?톡|[깨까]톡|노란톡|(?<![가-힣])톡|[kK]톡|(?<![A-Za-z])ka(?:kaotalk|talk)|ㅋ ?ㅌ|ㅋ[ㅏr]톡|"
    r"옾챗|오픈채팅|(?<![가-힣])라인|텔레그램|텔레|텔그|ㅌㄹ|위챗|왓츠앱|스냅챗|페메|카카오|(?<![A-Za-z])kakao|디스코드|디코|"
    r"인스타그램|인스타|인별그램|인별|별스타그램|별스타|인스?★|ㅇㅅㅌ|(?<![A-Za-z])insta(?:gram)?\.?"
)
# Their names stand before many an English word, so more must speak for an id.
_SERVICES: Final = "페이스북|페북|스카이프|트위터|틱톡|스레드|네이버|스팀"
_BETWEEN: Final = r" ?(?:은|는|이|가|로|으로|요)? ?(?:[:=\-~(]|->|→)? ?(?:영어로 |(?:다 )?소문자로? |대문자로 )?"
_ID: Final = r"([a-z0-9_.](?:[a-z0-9._-]|언더바|하이픈|(?<=[a-z])다시(?=\d)){2,28}[a-z0-9_](?:#\d{4})?)"
# A chat and the word 아이디 announce one, whatever it looks like, but for these.
_NAMED: Final = re.compile(rf"(?i)((?:{_CHATS}) ?(?:아이디|아디|id){_BETWEEN}){_ID}")
_NO_IDS: Final = frozenset(
    (
        "account",
        "block",
        "email",
        "error",
        "gmail",
        "instagram",
        "login",
        "logout",
        "name",
        "password",
        "search",
        "story",
    )
)
# Else it must look like one: a letter, and a digit or a sign further on.
_HALF_NAMED: Final = re.compile(
    rf"(?i)((?:(?:{_CHATS})(?: ?(?:검색|주소|계정|친추|추가|닉네임|닉|디엠|dm))?{_BETWEEN}"
    rf"|(?:{_SERVICES}) ?(?:(?:아이디|아디|id|계정|친추|추가|닉네임|닉|디엠|dm){_BETWEEN}|[:=] ?)"
    rf"|(?<![가-힣])(?:아이디|아디) ?(?:[:=]|는|은) ?)){_ID}"
)
_WITH_NUMBER: Final = re.compile(r"(?i)((?:디스코드|디코)(?: ?(?:아이디|id))?[: ]{0,2})([a-z0-9_.]{2,32}#\d{4})")
_LIKE_AN_ID: Final = re.compile(
    r"(?i)(?=[^a-z_]*[a-z_])(?=.[a-z]*[0-9_.\-#언하다])(?=.*[0-9_.언하다]|[a-z]{3,}-[a-z]{3,}$).*"
)
# Systems and versions, not persons.
_VERSION: Final = re.compile(
    r"(?i)(?:ios|ipados|iphone|ipad|android|windows?|win|mac(?:os)?|v|ver|version|pc|qr|nitro|fy|\dq)[\d._-]*\w*|galaxy\w+"
)
# The messenger's name behind the id.
_NAMED_BEHIND: Final = re.compile(
    rf"(?i)(?<![a-z0-9_.@-])(){_ID}(?= ?(?:←|<-|\() ?(?:{_CHATS})| (?:카톡|텔레|라인|인스타) ?(?:아이디|id|계정))"
)


def mask_more_messengers(text: str) -> str:
    """Mask ids behind more messengers and words than the spec lists, or before them.

    >>> mask_more_messengers("카톡 happy12, 디코 아이디 dudtnr, 깨톡(tori_12), mandu77 ← 카톡, 카톡 PC버전")
    '카톡 [계정], 디코 아이디 [계정], 깨톡([계정]), [계정] ← 카톡, 카톡 PC버전'
    """
    text = _NAMED.sub(lambda found: found[0] if found[2].lower() in _NO_IDS else found[1] + "[계정]", text)
    for pattern in (_WITH_NUMBER, _HALF_NAMED, _NAMED_BEHIND):
        text = pattern.sub(_if_like_an_id, text)
    return text


def _if_like_an_id(found: re.Match[str]) -> str:
    is_one = _LIKE_AN_ID.fullmatch(found[2]) and not _VERSION.fullmatch(found[2])
    return found[1] + "[계정]" if is_one else found[0]
