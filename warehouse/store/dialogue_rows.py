"""Dialogues as columns of the tables `dialogue` and `turn`.

Whole columns at once, because a load of half a million rows spends its time here.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from warehouse.records.dialogues import Dialogue, Turn
from warehouse.types import Body, Key, holds_only_storable, storable

Columns = dict[str, Sequence[Any]]

COPIED: Final = (
    "source", "site", "topic", "url", "asked_at", "label", "thread", "page_sha256", "parser_version", "written_by"
)  # fmt: skip
UPDATED: Final = (*COPIED, "turns", "characters", "text_sha256", "load_id")
_COPIED: Final = attrgetter(*COPIED)
# Codes of our own making, which the contract has looked at: the same when they are stored.
_OURS: Final = frozenset({"dialogue_id", "text_sha256", "role", "written_by"})


def dialogue_columns(rows: Sequence[Dialogue], digests: Sequence[str], load_id: int) -> Columns:
    """The rows of `dialogue`, a column each, as Python values."""
    said = [row.turns for row in rows]
    copied = zip(*map(_COPIED, rows), strict=True) if rows else ((),) * len(COPIED)
    columns: Columns = dict(zip(COPIED, copied, strict=True))
    return columns | {
        "dialogue_id": [row.dialogue_id for row in rows],
        "source_key": [row.key for row in rows],
        "turns": list(map(len, said)),
        "characters": _characters(said),
        "text_sha256": digests,
        "load_id": [load_id] * len(rows),
        "first_load_id": [row.first_load_id or load_id for row in rows],
    }


def turn_columns(rows: Sequence[Dialogue], load_id: int) -> Columns:
    """The rows of `turn` of these dialogues, a column each, as Python values."""
    turns = [turn for row in rows for turn in row.turns]
    return {
        "dialogue_id": [row.dialogue_id for row in rows for _ in row.turns],
        "position": [position for row in rows for position in range(1, len(row.turns) + 1)],
        "load_id": [load_id] * len(turns),
        "role": [turn.role for turn in turns],
        "content": [turn.content for turn in turns],
        "author_key": [turn.author_key for turn in turns],
    }


def _characters(said: Sequence[Sequence[Turn]]) -> list[int]:
    # NUL and lone surrogates are one character before and after they are replaced.
    ends = list(accumulate([len(turn.content) for turns in said for turn in turns], initial=0))
    places = accumulate(map(len, said), initial=0)
    return [ends[stop] - ends[start] for start, stop in pairwise(places)]


def bound(table: sa.Table, columns: Columns, dialect: Dialect) -> Columns:
    """The columns as the database's driver takes them, by the same rules as a bound parameter; empty ones are left out.

    Raises:
        Unstorable: a key with a NUL in it, or one that is too long.
    """
    return {
        name: values if name in _OURS else _bound(table.c[name].type, values, dialect)
        for name, values in columns.items()
        if values.count(None) < len(values)
    }


def stored_text(kind: Any, values: Sequence[Any]) -> Sequence[Any]:
    """Values of a text column as they will stand in the database; each distinct one is looked at once.

    Raises:
        Unstorable: a key with a NUL in it, or one that is too long.
    """
    if _is_plain(kind, values):
        return values
    rule: Callable[[str], str] = kind.normalised if isinstance(kind, Key) else storable
    known = {value: None if value is None else rule(value) for value in dict.fromkeys(values)}
    return [known[value] for value in values]


def _bound(kind: Any, values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    if isinstance(kind, Key | Body) and dialect.name == "sqlite":
        return stored_text(kind, values)
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else [process(value) for value in values]


def _is_plain(kind: Key | Body, values: Sequence[str | None]) -> bool:
    """Whether a column needs no look at each value: nothing to replace, to strip, to compose or to refuse."""
    texts: Iterable[str] = list(filter(None, values))
    if isinstance(kind, Body):
        return holds_only_storable(texts)
    joined = "".join(texts)
    return not joined or (joined.isascii() and joined.isalnum() and max(map(len, texts)) <= kind.length)
