"""Parameters of a query as they are typed: `name=value`, or `name:kind=value` where the kind must not be guessed."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from warehouse.errors import Misuse

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


_READERS: Final[Mapping[str, Callable[[str], Value]]] = {
    "text": str,
    "number": _number,
    "moment": datetime.fromisoformat,
}
