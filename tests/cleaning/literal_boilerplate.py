"""Section 5 of the cleaning spec, written down literally."""

import re

from cleaning.options import Options


class DropError(Exception):
    """The text is dropped; the argument is the section that says so."""


def empty_post(text: str) -> None:
    if re.fullmatch("(?:본문 ?없음|내용 ?없음|냉무|ㅈㄱㄴ|제곧내|제목이 곧 내용)[.!~ ]*", text.strip()):
        raise DropError("5.1")


def boilerplate(text: str, options: Options) -> str:
    empty_post(text)
    if not options.site:
        return text
    button = "(?:추천|반대|추·반|추반|댓글|조회|신고|답글|베플|공유하기) ?[0-9,]*"
    text = "\n".join(line for line in text.split("\n") if not re.fullmatch(button, line.strip()))
    if options.site == "pann":
        text = re.sub(
            r"(?m)^ *(?:[(\[<*+]+ ?추가(?:글|합니다)? ?[)\]>*+:]*|추가(?:글|합니다)? ?[)\]>*+:]+) ?", "", text
        )
    units = [unit for unit in re.split(r"(?<=[.!?~…])(?=\s)|(?<=\n)", text) if unit]
    greeted = False
    while units:
        core = core_of(units[0])
        greeting = options.site == "kin" and matches(core, KIN_GREETING)
        introduced = (
            options.site == "kin" and (greeted or core.startswith("안녕하")) and matches(core, KIN_INTRODUCTION)
        )
        other = matches(core, KIN_OPENING + KIN_EITHER if options.site == "kin" else PANN_EITHER)
        if core and not greeting and not introduced and not other:
            break
        greeted = greeted or greeting
        units.pop(0)
    while units:
        core = core_of(units[-1])
        closing = matches(core, KIN_CLOSING + KIN_EITHER if options.site == "kin" else PANN_EITHER)
        ending = re.search(r"([.!?~…]*)\s*$", units[-1])
        if options.site == "kin" and ending and "?" in ending[1]:
            closing = False
        if core and not closing:
            break
        units.pop()
    return "".join(units)


def core_of(unit: str) -> str:
    unit = re.sub("^[^가-힣ㄱ-ㅊㅌㅍA-Za-z0-9]+", "", unit)
    unit = re.sub("[^가-힣ㄱ-ㅊㅌㅍA-Za-z0-9]+$", "", unit)
    return re.sub(" +", " ", unit)


def matches(core: str, patterns: list[str]) -> bool:
    return any(re.fullmatch(pattern, core) for pattern in patterns)


KIN_GREETING = ["(?:안녕하세요|안녕하십니까|반갑습니다)(?: (?:질문자|작성자)님)?"]
KIN_INTRODUCTION = [
    ".{0,30}(?:지식iN|지식인|답변자|전문가|변호사|세무사|노무사|한의사|의사|약사|에디터|상담사|컨설턴트|설계사|행정사|법무사"
    "|수의사|영양사)(?: ?[가-힣]{2,4})?(?:입니다|이에요|예요)"
]
KIN_OPENING = [
    "(?:질문|문의|글|사연)(?:글|하신 내용|주신 내용|내용)?[을를]? ?(?:잘 )?"
    "(?:읽었습니다|읽어보았습니다|보았습니다|봤습니다|확인했습니다|확인하였습니다)",
    "(?:질문에 |문의에 |바로 )?답변 ?(?:드리겠습니다|드립니다)",
]
KIN_CLOSING = [
    ".{0,30}채택.{0,20}(?:부탁|해 ?주|바랍|바라|눌러|감사|꾹|힘이).{0,20}",
    ".{0,30}도움이? ?(?:되셨|되었|됐|되시|되길|되기를|되면).{0,30}",
    "(?:오늘도 )?(?:좋은|행복한|즐거운|편안한) (?:하루|저녁|밤|오후|주말|한 ?주|시간).{0,12}",
    "(?:읽어 ?주셔서 )?감사합니다|고맙습니다|수고하세요|이상입니다",
    ".{0,20}궁금(?:한|하신).{0,20}(?:댓글|쪽지|문의|질문|연락|채팅).{0,20}",
    ".{0,30}(?:무료 ?상담|상담 ?문의|문의 ?주세요|프로필 ?(?:클릭|참고|확인)|오픈 ?채팅).{0,40}",
    "출처 ?:? ?.{0,60}",
]
KIN_EITHER = [
    "내공 ?[0-9]+.{0,12}",
    ".{0,12}내공 ?(?:드|걸|있|없|냠냠|팡팡|많).{0,14}",
    "(?:(?:빠른|꼭|제발|빨리) )*(?:답변|답) ?"
    "(?:부탁드려요|부탁드립니다|부탁드릴게요|부탁해요|해주세요|주세요|바랍니다)",
]
PANN_EITHER = [
    "(?:우선 |먼저 |일단 )?방탈 ?(?:죄송|미안|ㅈㅅ|양해).{0,30}",
    "모바일(?:이라|로 써|로 쓰|로 작성|이어서|이니).{0,40}",
    ".{0,20}(?:오타|띄어쓰기|맞춤법).{0,30}(?:양해|이해|죄송|봐주).{0,12}",
    ".{0,15}음슴체.{0,20}",
    "(?:네이트)?판(?:은|에|에는)? ?(?:처음|매번 눈팅|눈팅만).{0,30}",
]
