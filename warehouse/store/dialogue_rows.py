"""Dialogues as columns of the tables `dialogue` and `turn`.

Whole columns at once, because a load of half a million rows spends its time here.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
# Without the snapshot: a new page that left a dialogue as it was is no change of it.
_TOLD: Final = attrgetter("source", "site", "topic", "url", "label", "thread", "written_by", "asked_at")
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode
_QUOTED: Final = json.encoder.encode_basestring


@dataclass(frozen=True, slots=True)
class Fresh:
    """What of a batch must be written: `digests` are those of `new`, then of `changed`."""

    new: list[Dialogue]
    changed: list[Dialogue]
    digests: list[str]

    @property
    def all(self) -> list[Dialogue]:
        """The new ones, then the changed ones."""
        return [*self.new, *self.changed]


def digest(row: Dialogue) -> str:
    """SHA-256 over what makes a row a changed one, as JSON: source, topic, label and the like, then each turn."""
    text = _head(*_TOLD(row))
    for turn in row.turns:
        author = "null" if turn.author_key is None else _QUOTED(turn.author_key)
        text += f', ["{turn.role}", {_QUOTED(turn.content)}, {author}]'
    text += "]"
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = storable(text).encode()
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=4096)
def _head(*facts: Any) -> str:
    """All facts but the turns, without the closing bracket: many rows of an import share them."""
    *said, asked_at = facts
    return _ENCODE([*said, asked_at.timestamp() if asked_at else None])[:-1]


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
