"""Parameters of a query as they are typed: `name=value`, or `name:kind=value` where the kind must not be guessed."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from warehouse.errors import Misuse
from warehouse.records.moments import KST

Value = str | int | float | datetime

# A number with a leading zero, or longer than SQLite's and SQL Server's whole numbers, is somebody's id.
_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER: Final = re.compile(r"-?[0-9]+\.[0-9]+")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
_NAMED: Final = re.compile(r"([^\W\d]\w*)(?::(\w+))?=(.*)", re.DOTALL)


def parameters(typed: Sequence[str]) -> dict[str, Value]:
    """Return the values by name; without a kind a number, a moment (with a time of day) or else text.

    >>> parameters(["topic=요리", "n=5", "id:text=5"])
    {'topic': '요리', 'n': 5, 'id': '5'}

    Raises:
        Misuse: no name, a kind that is none, a value that is not of its kind, or a name given twice.
    """
    values: dict[str, Value] = {}
    for pair in typed:
        found = _NAMED.fullmatch(pair)
        if found is None:
            raise Misuse(f"--param {pair!r} is not name=value")
        name, kind, value = found.groups()
        if name in values:
            raise Misuse(f"--param {name} is given twice; give it once")
        values[name] = _read(name, kind or _kind(value), value)
    return values


def zone_notes(typed: Sequence[str]) -> list[str]:
    """Say of each moment without a zone what it is taken for; `typed` has passed `parameters`.

    >>> zone_notes(["at:moment=2026-01-01"])[0].partition(" in Korea")[0]
    '--param at=2026-01-01 has no zone and is taken as UTC: 2026-01-01 00:00 UTC is 2026-01-01 09:00'
    """
    return [note for pair in typed if (found := _NAMED.fullmatch(pair)) and (note := _zone_note(*found.groups()))]


def _zone_note(name: str, kind: str | None, value: str) -> str | None:
    if (kind or _kind(value)) != "moment" or (moment := datetime.fromisoformat(value)).tzinfo:
        return None
    there = moment.replace(tzinfo=UTC).astimezone(KST)
    korean = f"{name}:moment={moment.isoformat(timespec='minutes')}+09:00"
    return (
        f"--param {name}={value} has no zone and is taken as UTC: {moment:%Y-%m-%d %H:%M} UTC is "
        f"{there:%Y-%m-%d %H:%M} in Korea; for Korean time write {korean}, or {name}:kst={value} beside a column that "
        "ends with _kst"
    )


def _kind(value: str) -> str:
    if _WHOLE.fullmatch(value) or _NUMBER.fullmatch(value):
        return "number"
    return "moment" if _MOMENT.fullmatch(value) else "text"


def _read(name: str, kind: str, value: str) -> Value:
    if kind not in _READERS:
        raise Misuse(f"--param {name}:{kind}: no such kind; known are {', '.join(_READERS)}")
    try:
        return _READERS[kind](value)
    except ValueError:
        raise Misuse(f"--param {name}={value}: that is no {kind}; {name}:text={value} takes it as text") from None


def _number(value: str) -> int | float:
    return int(value) if _WHOLE.fullmatch(value) else float(value)


def _korean(value: str) -> datetime:
    """Read a moment in Korean time, without a zone, as the `_at_kst` columns are; one with a zone is brought there."""
    moment = datetime.fromisoformat(value)
    return moment.astimezone(KST).replace(tzinfo=None) if moment.tzinfo else moment


_READERS: Final[Mapping[str, Callable[[str], Value]]] = {
    "text": str,
    "number": _number,
    "moment": datetime.fromisoformat,
    "kst": _korean,
}
