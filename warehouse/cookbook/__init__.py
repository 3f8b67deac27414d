"""The cookbook: questions that analysts ask, each with SQL over the views that both engines understand.

One file each: the question in English, in Korean, notes, an example of each parameter (`:name = value`), the SELECT.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

_PARAMETER = re.compile(r":(\w+) = (.+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One question; `example` gives each of its parameters a value as it is typed behind `--param name=`."""

    name: str
    question: str
    korean: str
    notes: str
    example: Mapping[str, str]
    sql: str


def entries() -> list[Entry]:
    """All questions of the cookbook, in order."""
    found = [file for file in files(__name__).iterdir() if file.name.endswith(".sql")]
    return [_entry(file.name.removesuffix(".sql"), file.read_text("utf-8")) for file in sorted(found, key=str)]


def _entry(name: str, text: str) -> Entry:
    head = [line[2:].strip() for line in text.splitlines() if line.startswith("--")]
    sql = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    example = {found[1]: found[2] for line in head if (found := _PARAMETER.fullmatch(line))}
    notes = " ".join(line for line in head[2:] if line and not _PARAMETER.fullmatch(line))
    return Entry(name, head[0], head[1], notes, example, sql.strip())
