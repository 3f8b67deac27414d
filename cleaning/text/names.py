"""Pseudonyms for `#@이름#` with the particle that agrees with them (cleaning spec, section 3)."""

import hashlib
import re
from collections.abc import Sequence

PLACEHOLDER = "#@이름#"

# (after a final consonant, after a vowel)
_PAIRS = (
    *(("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("이랑", "랑"), ("으로", "로"), ("아", "야")),
    *(("이나", "나"), ("이라", "라"), ("이라도", "라도"), ("이라고", "라고"), ("이라는", "라는")),
    *(("이라서", "라서"), ("이면", "면"), ("이야", "야"), ("이에요", "예요"), ("이었어", "였어")),
    *(("이다", "다"), ("이든", "든")),
)
_CALL_SUFFIXED = (
    "가",
    "는",
    "를",
    "도",
    "만",
    "한테",
    "에게",
    "네",
    "의",
    "와",
    "하고",
    "처럼",
    "보다",
    "부터",
    "까지",
)
_DOUBLED = (("이랑", "랑", "은"), ("으로", "로", "는"), ("과", "와", "는"))
_RIEUL = 8


def _agreement_table() -> dict[str, tuple[str, str]]:
    """Each written form with its two agreeing forms."""
    table: dict[str, tuple[str, str]] = {}
    for closed, open_ in _PAIRS:
        table[closed] = table[open_] = (closed, open_)
    # A lone 야 after a name calls it; the copula is written 이야.
    table["야"] = ("아", "야")
    table["이야"] = ("이야", "야")
    table["이예요"] = ("이에요", "예요")
    for closed, open_, topic in _DOUBLED:
        for particle in "은는도만요":
            end = topic if particle in "은는" else particle
            table[closed + particle] = table[open_ + particle] = (closed + end, open_ + end)
    for particle in _CALL_SUFFIXED:
        table["이" + particle] = ("이" + particle, particle)
    for particle in "는도만요":
        table["이한테" + particle] = ("이한테" + particle, "한테" + particle)
    return table


_AGREEMENT = _agreement_table()
# Every written form that is rewritten behind a name.
PARTICLES = frozenset(_AGREEMENT)
_NAMED = re.compile(f"{PLACEHOLDER}(?:({'|'.join(sorted(_AGREEMENT, key=len, reverse=True))})(?![가-힣]))?")


def choose_name(pool: Sequence[str], *, seed: int, doc: str, original: str = PLACEHOLDER) -> str:
    """The pseudonym of one original string in one document: the same wherever and whenever it is asked for.

    >>> choose_name(["지우"], seed=0, doc="a")
    '지우'
    """
    said = "\x1f".join((str(seed), doc, original)).encode("utf-8", "surrogatepass")
    return pool[int.from_bytes(hashlib.sha256(said).digest()[:8], "big") % len(pool)]


def agree(name: str, particle: str) -> str:
    """The form of a listed written `particle` that follows `name`.

    >>> agree("지우", "이한테는"), agree("한결", "으로"), agree("민준", "야")
    ('한테는', '로', '아')
    """
    closed, open_ = _AGREEMENT[particle]
    final = (ord(name[-1]) - 0xAC00) % 28 if "가" <= name[-1] <= "힣" else 0
    if final == _RIEUL and closed.startswith("으로"):
        return open_
    return closed if final else open_


def replace_names(text: str, name: str) -> str:
    """Put `name` for every `#@이름#`, with the particle behind it where that is a listed one.

    >>> replace_names("#@이름#야, #@이름#씨가 왔대", "지훈")
    '지훈아, 지훈씨가 왔대'
    """
    return _NAMED.sub(lambda found: name + (agree(name, found[1]) if found[1] else ""), text)
