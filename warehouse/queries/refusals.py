"""What an engine has against a query, in one line that says what to write instead."""

import re
from difflib import get_close_matches
from typing import Any

from warehouse.errors import Misuse, Unready
from warehouse.queries.closed import CLOSED, WHY_CLOSED
from warehouse.queries.no_column import no_column
from warehouse.queries.select_text import words_of
from warehouse.schema import metadata
from warehouse.views import VIEWS

_TABLE = re.compile(r"no such table: (?:main\.)?(.+)|Invalid object name '(.+?)'")
_COLUMN = re.compile(r"no such column: (.+)|Invalid column name '(.+?)'|identifier \"(.+?)\" could not be bound")
_TOP = re.compile(r'near "(\d+)": syntax error')
_PROHIBITED = re.compile(r"access to (?:\w+\.)?takedown\.(\w+) is prohibited")
_DENIED = re.compile(r"permission was denied on the (?:object|column) '(.+?)'")


def blames_a_name(error: Any) -> bool:
    """Whether SQL Server blames a name in the query, not the state of the warehouse."""
    return any(pattern.search(_words(error)) for pattern in (_TABLE, _COLUMN, _DENIED))


def refusal(error: Any, sql: str = "") -> Misuse | Unready:
    """The engine's complaint about `sql`; a name that is not there is told with those that are most like it."""
    words = _words(error)
    if (found := _PROHIBITED.search(words)) and found[1] in CLOSED:
        return Misuse(WHY_CLOSED)
    if "not authorized" in words or "prohibited" in words:
        if any(word.startswith("pragma_") for word in words_of(sql)):
            return Misuse("pragmas are not answered here; `mundap describe NAME` lists the columns of a view or table")
        return Misuse("only reading is allowed, and this is more than that; ask with a plain SELECT")
    if found := _DENIED.search(words):
        return Misuse(f"this login may not read {found[1]}; it reads the views {', '.join(VIEWS)}")
    found = _TABLE.search(words)
    if found and (found[1] or found[2]) in VIEWS:
        return Unready(f"the warehouse lacks the view {found[1] or found[2]}; run `mundap init`, which makes it")
    if found:
        return Misuse(f"no view {found[1] or found[2]}; {_nearest(found[1] or found[2], [*VIEWS, *metadata.tables])}")
    if found := _COLUMN.search(words):
        return Misuse(no_column(found[1] or found[2] or found[3], sql))
    if (found := _TOP.search(words)) and "top" in words_of(sql):
        return Misuse(f"SELECT TOP is SQL Server's alone; leave it out, and give --limit {found[1]}")
    if "near 'LIMIT'" in words:
        return Misuse("SQL Server knows no LIMIT; leave it out, and give --limit N")
    return Misuse(f"the warehouse refuses the query: {words}")


def _nearest(name: str, names: list[str]) -> str:
    near = get_close_matches(name.lower(), names, 3)
    return f"perhaps {' or '.join(near)}" if near else f"there is {', '.join(VIEWS)}"


def _words(error: Any) -> str:
    # pymssql gives (number, bytes) or ((number, bytes),), with DB-Lib's own lines behind the server's.
    said = error.args[-1] if getattr(error, "args", None) else error
    while isinstance(said, tuple) and said:
        said = said[-1]
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.partition("DB-Lib")[0].split())
