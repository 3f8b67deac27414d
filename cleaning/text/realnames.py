"""Names of people in free text, for recipes that ask for it: a surname with a listed given name, and OO씨.

Off in every recipe that comes with Mundap, for no list tells a name from a word for certain; how often it is right
and what it misses is measured (`mundap pii-eval`, docs/personal-data.md). A name becomes the pseudonym that stands for
its given name throughout the document, with the particle that agrees: 김민수 and 민수씨 are one person.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from cleaning.text.names import PARTICLES, agree

# What may follow a name; anything else makes it part of a longer word.
_TITLES = (
    *(
        "씨",
        "님",
        "군",
        "양",
        "선생님",
        "쌤",
        "샘",
        "교수",
        "박사",
        "작가",
        "감독",
        "배우",
        "선수",
        "기자",
        "대표",
        "사장",
        "부장",
    ),
    *(
        "과장",
        "대리",
        "팀장",
        "원장",
        "의사",
        "변호사",
        "오빠",
        "언니",
        "누나",
        "형",
        "이모",
        "삼촌",
        "아나운서",
        "가수",
        "의원",
    ),
)
_AFTER = (
    *(
        "도",
        "만",
        "의",
        "한테",
        "한테는",
        "한테도",
        "에게",
        "에게는",
        "에게서",
        "께",
        "께서",
        "하고",
        "보다",
        "처럼",
        "까지",
        "부터",
    ),
    *(
        "네",
        "라고요",
        "이라고요",
        "입니다",
        "인데",
        "이고",
        "고",
        "인가요",
        "한텐",
        "한테서",
        "에",
        "이래",
        "이래요",
        "래요",
        "뿐",
    ),
)
_BEHIND_SIR = "[가는를도만의께와랑네이야죠요]|한테|에게|하고|라고|처럼|보다|입니다|인데|인가요|예요"
_BEFORE_SIR = "솜글날말맘불"  # 솜씨, 글씨, 날씨 and their like end compounds too


def replace_real_names(text: str, choose: Callable[[str], str], pool: tuple[str, ...]) -> str:
    """Put a pseudonym for each name that is found; `choose` gives it for a given name.

    A name of the `pool` without a surname stays, for it may be a pseudonym already.

    >>> replace_real_names("김민수가 왔대. 민수씨는? 최고은 뭐야", lambda given: "한결", ("한결",))
    '한결이 왔대. 한결씨는? 최고은 뭐야'
    """

    def full(found: re.Match[str]) -> str:
        return _put(found, choose(found["given"])) if _is_name(found) else found[0]

    def alone(found: re.Match[str]) -> str:
        name = found["name"]
        given = None if name in pool else _given_of(name)
        return choose(given) + found["title"] if given else found[0]

    return _sir().sub(alone, _full().sub(full, text))


def _is_name(found: re.Match[str]) -> bool:
    # 안정은 may be 안정 with a particle: such a name needs something behind it.
    doubtful = found["given"].endswith("은") and not found["after"] and found.string[found.end() :][:1] in {"", " "}
    return found["surname"] + found["given"] not in _words() and not doubtful


def _put(found: re.Match[str], name: str) -> str:
    after: str = found["after"] or ""
    return name + (agree(name, after) if after in PARTICLES else after)


def _given_of(name: str) -> str | None:
    """The given name: of two syllables all, or the one behind a surname; None for what is no name."""
    if name in _lists()["stop"] or name[-1] in _BEFORE_SIR:
        return None
    if len(name) == 2:
        return name
    surname = next((surname for surname in _lists()["surnames"] if name == surname + name[-2:]), None)
    return name[-2:] if surname else None


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, Any]:
    path = resources.files("cleaning.text").joinpath("lists", "names.toml")
    return {key: tuple(values) for key, values in tomllib.loads(path.read_text(encoding="utf-8")).items()}


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(_lists()["words"])


@lru_cache(maxsize=1)
def _full() -> re.Pattern[str]:
    surnames, given = ("|".join(sorted(_lists()[key], key=len, reverse=True)) for key in ("surnames", "given"))
    after = "|".join(sorted({*PARTICLES, *_AFTER}, key=len, reverse=True))
    titles = "|".join(sorted(_TITLES, key=len, reverse=True))
    return re.compile(
        rf"(?<![가-힣])(?P<surname>{surnames})(?P<given>{given})(?:(?P<after>{after})?(?![가-힣])|(?= ?(?:{titles})))"
    )


@lru_cache(maxsize=1)
def _sir() -> re.Pattern[str]:
    return re.compile(rf"(?<![가-힣])(?P<name>[가-힣]{{2,4}})(?P<title> ?씨(?=(?:{_BEHIND_SIR})?(?![가-힣])))")
