"""Mail addresses and links in ways of writing that the cleaning spec does not know: recipe `careful`.

Each pattern is anchored where a run begins or bounded in length, so the time stays linear in the text.
"""

import re
from typing import Final, Literal

from cleaning.personal.addresses import LINK_CHARACTER, link_stand_in, mask_emails, replace_links

_MAIL_PROVIDERS: Final = "naver|gmail|daum|hanmail|nate|kakao|hotmail|outlook|yahoo|icloud"
_SPOKEN_PROVIDERS: Final = "네이버|한메일|지메일|다음|네이트|핫메일|야후|아웃룩|카카오|구글|아이클라우드"
_LOCAL: Final = r"(?<![A-Za-z0-9_%+-])[A-Za-z0-9_][A-Za-z0-9._%+-]{1,63}"
_SPOKEN_DOT: Final = r" ?(?:점|쩜|닷|도트|\.|,) ?"
_ENDING: Final = r"(?:com|net|co\.kr|kr|org|컴|넷|씨오 ?(?:점|쩜|닷) ?케이알|케이알)"
_DOT: Final = r"(?:\.|\[dot\]|\(dot\))"
# With a blank before or behind the @ it could be a handle behind a word, so the ending must be a host's.
_HOST: Final = rf"(?:[A-Za-z0-9-]{{1,63}}{_DOT}){{1,4}}(?:com|net|org|kr|edu|io|me)(?![A-Za-z0-9_]|\.[A-Za-z0-9])"
_AT: Final = r"(?: ?(?:골뱅이|앳|\(at\)|\[at\]|<at>|\(골뱅이\)) ?| {0,2}@ {0,2})"
_MAILS: Final = (
    re.compile(rf"(?i){_LOCAL}{_AT}{_HOST}"),
    # With blanks or a comma about the dot, or without an ending: only for hosts that everybody knows.
    re.compile(
        rf"(?i){_LOCAL}(?:{_AT}| at )(?:{_MAIL_PROVIDERS})(?![A-Za-z0-9-])(?:{_SPOKEN_DOT}{_ENDING}(?![A-Za-z]))?"
    ),
    re.compile(rf"(?i){_LOCAL}{_AT}(?:{_SPOKEN_PROVIDERS})(?:{_SPOKEN_DOT}{_ENDING}(?![A-Za-z]))?"),
    re.compile(rf"(?<![가-힣])[가-힣0-9]{{2,20}} ?골뱅이 ?(?:{_SPOKEN_PROVIDERS}){_SPOKEN_DOT}(?:컴|넷)"),
)

_HANGUL_TAIL: Final = rf"(?:(?<=[/=_\-?#(])[가-힣](?:[가-힣]|{LINK_CHARACTER}){{0,200}})?"
_ENDINGS: Final = (
    "gle|im|so|page|wiki|blog|cloud|news|online|tech|club|asia|mobi|fm|tv|gg|io|me|be|ly|gl|ai|link|to|cc|us|jp|cn|tw|uk|"
    "de|fr|eu|ru|kim|vip|website|studio|com|net|org|kr|info|biz|app|dev|xyz|site|shop|store"
)
# A Hangul host has no .net: 통해 .net and 비주얼 베이직 .net are no addresses once their blank is gone.
_LINKS: Final = (
    re.compile(
        r"(?i)(?:(?:h ?)?(?:tt|xx)ps?|ftp) ?[:;]? ?//(?=[A-Za-z0-9]|[가-힣][가-힣A-Za-z0-9-]{0,30}\.[A-Za-z가-힣])"
        rf"{LINK_CHARACTER}*{_HANGUL_TAIL}"
    ),
    re.compile(
        r"(?i)(?:(?:h?ttps?|ftp):// (?=[A-Za-z0-9-]{1,63}\.)|(?<![A-Za-z0-9_-])www,(?=[A-Za-z0-9]))"
        rf"{LINK_CHARACTER}+"
    ),
    re.compile(
        r"(?i)(?<![A-Za-z0-9_.-])(?:[A-Za-z0-9-]{1,63}\.){1,3}(?:com|net|org|kr|shop|site|store) ?/ ?"
        rf"(?=[A-Za-z0-9]){LINK_CHARACTER}+"
    ),
    re.compile(
        r"(?i)(?:(?<![A-Za-z0-9가-힣_-])|(?<=\.com)|(?<=\.kr))(?:[A-Za-z0-9-]{1,63}\.){0,3}[가-힣0-9-]{2,30}\.(?:com|kr|co\.kr|or\.kr)"
        rf"(?![A-Za-z0-9])(?::\d+)?(?:[/?#]{LINK_CHARACTER}*{_HANGUL_TAIL})?"
    ),
    re.compile(
        rf"(?i)(?<![A-Za-z0-9_.-])(?:(?:[A-Za-z0-9-]{{1,63}}\.){{1,4}}(?:{_ENDINGS})|me2\.do)(?::\d+)?"
        rf"/{LINK_CHARACTER}+{_HANGUL_TAIL}"
    ),
)


def mask_more_mails(text: str) -> str:
    """Mask mail addresses with blanks about their marks, a spoken @ or dot, or no ending where the host is well known.

    >>> mask_more_mails("green @naver.com, abc12골뱅이네이버 점 컴, abc12(at)gmail.com, abc12@naver로")
    '[이메일], [이메일], [이메일], [이메일]로'
    """
    for pattern in _MAILS:
        text = pattern.sub("[이메일]", text)
    return mask_emails(text)


def replace_more_links(text: str, url: Literal["remove", "token"] = "remove") -> str:
    """Replace links with Hangul in their path or host and such with rarer endings, as `replace_links` does.

    >>> replace_more_links("https://namu.wiki/w/감자튀김 봐, forms.gle/x7Kp에 써")
    '  봐, [링크]에 써'
    """
    for pattern in _LINKS:
        text = pattern.sub(lambda found: link_stand_in(found, url), text)
    return replace_links(text, url)
