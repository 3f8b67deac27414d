"""Directories and channels by number, and the topics that `--topic` knows.

Names and numbers were read in pages of 2022-2026 (지식iN) and 2026 (판).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.errors import Misuse

KIN_DIRECTORIES: Mapping[str, str] = {
    "1": "컴퓨터통신", "2": "게임", "3": "엔터테인먼트, 예술", "4": "경제", "5": "쇼핑", "6": "사회, 정치", "7": "건강",
    "8": "생활", "9": "여행", "10": "스포츠, 레저", "11": "교육, 학문", "12": "지역&플레이스", "20": "고민Q&A",
    "102": "소프트웨어", "110307": "학교생활", "80101": "연애, 결혼", "814": "기타", "2001": "아동, 미성년 상담",
}  # fmt: skip

PANN_CHANNELS: Mapping[str, str] = {
    "c20001": "사는얘기", "c20002": "20대", "c20003": "30대", "c20004": "40대", "c20005": "50대",
    "c20006": "사랑과 이별", "c20007": "해석 남/여", "c20008": "고백해도 될까", "c20009": "지금은 연애중",
    "c20010": "군화와 고무신",
    "c20011": "헤어진 다음날", "c20012": "세상에 이런일이", "c20013": "나 억울해요", "c20015": "묻고 답하기",
    "c20016": "대한민국 이슈", "c20017": "개념 상실", "c20019": "회사생활", "c20020": "알바", "c20021": "백수&백조",
    "c20023": "남편 VS 아내", "c20024": "여자들끼리만", "c20025": "결혼/시집/친정", "c20026": "맞벌이",
    "c20027": "임신/출산/육아", "c20028": "엔터톡", "c20029": "스타/스포츠", "c20030": "유머", "c20034": "여행",
    "c20038": "10대 이야기", "c20040": "남자들끼리만", "c20042": "동물", "c20047": "싱글톡", "c20050": "TV톡",
    "c20051": "요리", "c20053": "건강/다이어트", "c20054": "취업과 면접", "c20055": "판춘문예", "c20064": "생활/노하우",
    "c20068": "과몰입 토론", "c20070": "정치 과몰입",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Topic:
    """A named set of places where a crawl starts.

    `directories` are 지식iN's dirId, `channels` 판's numbers with their c, `answerers` the `u` of 지식iN profiles;
    `queries` are asked of every site's own search.
    """

    name: str
    directories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    answerers: tuple[str, ...] = ()


# The four groups of the published corpora; settings add to them or replace them.
TOPICS: Mapping[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic("연애", ("80101",), ("c20006", "c20025", "c20009")),
        Topic("가족", ("110307", "814"), ("c20001", "c20015")),
        Topic("자격증", ("11", "102"), ("c20054", "c20064")),
        Topic("요리", ("8",), ("c20051",)),
    )
}
_LONG_FORMS: Mapping[str, str] = {
    "연애·결혼": "연애", "청소년·가족 고민": "가족", "컴퓨터·전기 자격증": "자격증", "요리 레시피": "요리",
}  # fmt: skip


def topic_named(name: str, topics: Mapping[str, Topic] = TOPICS) -> Topic:
    """This finds a topic by its short or long name; Misuse for one that is not known, naming those that are."""
    short = name.strip()
    found = topics.get(short) or topics.get(_LONG_FORMS.get(short, ""))
    if found is None:
        raise Misuse(f"unknown topic {name!r}: use one of {', '.join(topics)}, or add [topics.{short}] to the settings")
    return found


def boards_of(site_id: str, topic: str) -> tuple[str, ...]:
    """This gives the boards of a topic on a site; Misuse for a topic that is not known, naming those that are."""
    found = topic_named(topic)
    return found.directories if site_id == "naver_kin" else found.channels
