"""The check before any figure counts: both sides did the same work."""

from collections.abc import Mapping
from typing import Any


class Unequal(AssertionError):
    """Both sides came to other rows, so that their speeds compare nothing."""


def assert_equal(what: str, ours: Mapping[Any, Any], rival: Mapping[Any, Any]) -> int:
    """Compare rows by key and return their number.

    Raises:
        Unequal: a key that one side lacks, or a row that differs; the first of them is shown.
    """
    if missing := ours.keys() ^ rival.keys():
        key = min(missing, key=str)
        raise Unequal(f"{what}: {len(missing)} keys are on one side only; {key!r} is {_side(key in ours)} only")
    for key, mine in ours.items():
        if mine != rival[key]:
            raise Unequal(f"{what}: {key!r} differs\n  ours  {mine!r}\n  rival {rival[key]!r}")
    return len(ours)


def _side(is_ours: bool) -> str:
    return "ours" if is_ours else "the rival's"
