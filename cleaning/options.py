"""The options of a recipe, and reading them from TOML or JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from warehouse.errors import Misuse

Site = Literal["kin", "pann"]

# Balanced in how the last syllable ends, since that decides the particle: a consonant, none, ㄹ.
DEFAULT_NAMES = (
    *("민준", "서연", "지훈", "수빈", "예은", "도윤", "유진"),
    *("지우", "현우", "수아", "민서", "지호", "예나", "시우"),
    *("한결", "은솔", "하율", "서율", "은별", "한솔"),
)

_CHOICES: Mapping[str, tuple[object, ...]] = {
    "laugh": ("distinct", "unify"),
    "lower": (False, True),
    "ellipsis": ("…", ".."),
    "paren": ("strip", "keep"),
    "url": ("remove", "token"),
    "newline": ("space", "keep"),
    "site": (None, "kin", "pann"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """What the rules may be told; `seed` and `doc` choose the name that stands for `#@이름#`."""

    laugh: Literal["distinct", "unify"] = "distinct"
    lower: bool = False
    ellipsis: Literal["…", ".."] = "…"
    paren: Literal["strip", "keep"] = "strip"
    url: Literal["remove", "token"] = "remove"
    newline: Literal["space", "keep"] = "space"
    site: Site | None = None
    name_pool: tuple[str, ...] = DEFAULT_NAMES
    seed: int = 0
    doc: str = ""


def read_options(values: Mapping[str, Any], base: Options | None = None) -> Options:
    """Options that differ from `base` in `values`; raises Misuse for an unknown key or a value out of range.

    >>> read_options({"laugh": "unify", "name_pool": ["지우"]}).name_pool
    ('지우',)
    """
    known = [field.name for field in fields(Options)]
    for key, value in values.items():
        if key not in known:
            raise Misuse(f"unknown cleaning option {key!r}: use one of {', '.join(known)}")
        _check_value(key, value)
    changes = dict(values)
    if "name_pool" in changes:
        changes["name_pool"] = tuple(changes["name_pool"])
    return replace(base or Options(), **changes)


def _check_value(key: str, value: object) -> None:
    if key in _CHOICES:
        allowed = _CHOICES[key]
        if not any(value == choice and type(value) is type(choice) for choice in allowed):
            raise Misuse(f"cleaning option {key} = {value!r} is not allowed: use one of {allowed}")
    elif key == "name_pool":
        good = isinstance(value, list | tuple) and bool(value) and all(isinstance(v, str) and v for v in value)
        if not good:
            raise Misuse(f"cleaning option name_pool = {value!r} is not allowed: give a list of at least one name")
    elif not isinstance(value, int if key == "seed" else str) or isinstance(value, bool):
        raise Misuse(
            f"cleaning option {key} = {value!r} is not allowed: give {'a whole number' if key == 'seed' else 'a text'}"
        )
