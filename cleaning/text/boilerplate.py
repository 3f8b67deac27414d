"""Empty posts and what the sites' habits put around a text (cleaning spec, section 5)."""

import re
from collections.abc import Sequence
from typing import Literal

_EMPTY = re.compile("(?:본문 ?없음|내용 ?없음|냉무|ㅈㄱㄴ|제곧내|제목이 곧 내용)[.!~ ]*")
_BUTTON = re.compile("(?:추천|반대|추·반|추반|댓글|조회|신고|답글|베플|공유하기) ?[0-9,]*")
_ADDED = re.compile(r"(?m)^ *(?:[(\[<*+]+ ?추가(?:글|합니다)? ?[)\]>*+:]*|추가(?:글|합니다)? ?[)\]>*+:]+) ?")
# A run of end marks is one end; the look-behind keeps a long run from being tried again from each mark.
_UNIT_END = re.compile(r"(?<![.!?~…])[.!?~…]++(?=\s|\Z)|\n")
_CORE = re.compile("[가-힣ㄱ-ㅊㅌㅍA-Za-z0-9](?s:.*[가-힣ㄱ-ㅊㅌㅍA-Za-z0-9])?")
_SPACES = re.compile(" {2,}")
_END_MARKS = ".!?~…"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_KIN_GREETING = re.compile("(?:안녕하세요|안녕하십니까|반갑습니다)(?: (?:질문자|작성자)님)?")
_KIN_INTRODUCTION = re.compile(
    ".{0,30}(?:지식iN|지식인|답변자|전문가|변호사|세무사|노무사|한의사|의사|약사|에디터|상담사|컨설턴트|설계사|행정사"
    "|법무사|수의사|영양사)(?: ?[가-힣]{2,4})?(?:입니다|이에요|예요)"
)
_KIN_EITHER = (
    "내공 ?[0-9]+.{0,12}",
    ".{0,12}내공 ?(?:드|걸|있|없|냠냠|팡팡|많).{0,14}",
    "(?:(?:빠른|꼭|제발|빨리) )*(?:답변|답) ?"
    "(?:부탁드려요|부탁드립니다|부탁드릴게요|부탁해요|해주세요|주세요|바랍니다)",
)
_KIN_OPENING = _any_of(
    "(?:질문|문의|글|사연)(?:글|하신 내용|주신 내용|내용)?[을를]? ?(?:잘 )?"
    "(?:읽었습니다|읽어보았습니다|보았습니다|봤습니다|확인했습니다|확인하였습니다)",
    "(?:질문에 |문의에 |바로 )?답변 ?(?:드리겠습니다|드립니다)",
    *_KIN_EITHER,
)
_KIN_CLOSING = _any_of(
    ".{0,30}채택.{0,20}(?:부탁|해 ?주|바랍|바라|눌러|감사|꾹|힘이).{0,20}",
    ".{0,30}도움이? ?(?:되셨|되었|됐|되시|되길|되기를|되면).{0,30}",
    "(?:오늘도 )?(?:좋은|행복한|즐거운|편안한) (?:하루|저녁|밤|오후|주말|한 ?주|시간).{0,12}",
    "(?:읽어 ?주셔서 )?감사합니다|고맙습니다|수고하세요|이상입니다",
    ".{0,20}궁금(?:한|하신).{0,20}(?:댓글|쪽지|문의|질문|연락|채팅).{0,20}",
    ".{0,30}(?:무료 ?상담|상담 ?문의|문의 ?주세요|프로필 ?(?:클릭|참고|확인)|오픈 ?채팅).{0,40}",
    "출처 ?:? ?.{0,60}",
    *_KIN_EITHER,
)
_PANN_EITHER = _any_of(
    "(?:우선 |먼저 |일단 )?방탈 ?(?:죄송|미안|ㅈㅅ|양해).{0,30}",
    "모바일(?:이라|로 써|로 쓰|로 작성|이어서|이니).{0,40}",
    ".{0,20}(?:오타|띄어쓰기|맞춤법).{0,30}(?:양해|이해|죄송|봐주).{0,12}",
    ".{0,15}음슴체.{0,20}",
    "(?:네이트)?판(?:은|에|에는)? ?(?:처음|매번 눈팅|눈팅만).{0,30}",
)


def is_empty_post(text: str) -> bool:
    """Whether the whole text only says that there is none.

    >>> is_empty_post(" 냉무!! ")
    True
    """
    return _EMPTY.fullmatch(text.strip()) is not None


def remove_buttons(text: str, site: Literal["kin", "pann"]) -> str:
    r"""Delete the lines of a page's buttons and, for `pann`, the mark of an addition.

    >>> remove_buttons("(추가) 다 읽어봤어요\n추천 12", "pann")
    '다 읽어봤어요'
    """
    text = "\n".join(line for line in text.split("\n") if not _BUTTON.fullmatch(line.strip()))
    return _ADDED.sub("", text) if site == "pann" else text


def trim_ends(text: str, site: Literal["kin", "pann"]) -> str:
    """Delete a site's opening units from the front, then its closing units from the back; never the middle.

    >>> trim_ends("안녕하세요. 답변자 홍길동입니다. 15일입니다. 채택 부탁드려요!", "kin")
    ' 15일입니다.'
    """
    units = _units(text)
    first = _openings(units, site)
    kept = len(units)
    while kept > first and _is_closing(units[kept - 1], site):
        kept -= 1
    return "".join(units[first:kept])


def _units(text: str) -> list[str]:
    ends = [found.end() for found in _UNIT_END.finditer(text)]
    starts = [0, *ends]
    return [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True) if start < end]


def _core(unit: str) -> str:
    found = _CORE.search(unit)
    return _SPACES.sub(" ", found[0]) if found else ""


def _openings(units: Sequence[str], site: str) -> int:
    """How many units at the front are openings."""
    greeted = False
    for count, unit in enumerate(units):
        core = _core(unit)
        if site == "kin" and _KIN_GREETING.fullmatch(core):
            greeted = True
        elif core and not _is_opening(core, site, greeted or core.startswith("안녕하")):
            return count
    return len(units)


def _is_opening(core: str, site: str, greeted: bool) -> bool:
    if site == "pann":
        return _PANN_EITHER.fullmatch(core) is not None
    introduced = greeted and _KIN_INTRODUCTION.fullmatch(core)
    return bool(introduced or _KIN_OPENING.fullmatch(core))


def _is_closing(unit: str, site: str) -> bool:
    core = _core(unit)
    if not core:
        return True
    if site == "pann":
        return _PANN_EITHER.fullmatch(core) is not None
    said = unit.rstrip()
    asks = "?" in said[len(said.rstrip(_END_MARKS)) :]
    return not asks and _KIN_CLOSING.fullmatch(core) is not None
