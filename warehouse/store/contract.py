"""What a batch of records must be before any of it is stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from warehouse.errors import Permanent
from warehouse.records.dialogues import Dialogue, Turn

_ROLES: Final = frozenset({"user", "assistant"})
_WRITERS: Final = frozenset({"person", "ai", "seller"})
_LARGEST: Final = 2**31  # label is a 32-bit INTEGER on SQL Server
_ID_LENGTH: Final = 16


class BrokenBatch(Permanent):
    """A batch whose records are not what they must be, which is a defect of its reader; nothing of it is stored."""


def require_dialogues(rows: Sequence[Dialogue]) -> None:
    """Pass a batch whose records have the types and keys that the tables want; it looks at whole columns, for speed.

    Raises:
        BrokenBatch: it holds another record, the first of which is named.
    """
    if not rows or _sound(rows):
        return
    number, row = next(((n, row) for n, row in enumerate(rows, 1) if not _sound([row])), (1, rows[0]))
    key = str(getattr(row, "key", None))[:60]
    raise BrokenBatch(
        f"a batch of {len(rows)} dialogues is refused: record {number}, with key {key!r},"
        " breaks the contract (a source, a key and turns, all of them texts; roles user and assistant; a whole"
        " number or nothing as label; an aware moment or nothing)"
    )


def _sound(rows: Sequence[Dialogue]) -> bool:
    try:
        turns = [turn for row in rows for turn in row.turns]
        return (
            all(map(len, (row.turns for row in rows)))
            and {type(turn) for turn in turns} == {Turn}
            and {turn.role for turn in turns} <= _ROLES
            and {row.written_by for row in rows} <= _WRITERS
            and {type(turn.content) for turn in turns} == {str}
            and _named([row.source for row in rows])
            and _named([row.key for row in rows])
            and _named([row.dialogue_id for row in rows])
            and {len(row.dialogue_id) for row in rows} == {_ID_LENGTH}
            and (joined := "".join([row.dialogue_id for row in rows])).isascii()
            and joined.isalnum()
            and all(_is_label(label) for label in {row.label for row in rows})
            and all(row.asked_at is None or _is_moment(row.asked_at) for row in rows)
        )
    except (TypeError, AttributeError):  # no record at all, or a list where a code should be
        return False


def _named(values: list[str]) -> bool:
    return set(map(type, values)) == {str} and all(values)


def _is_label(label: object) -> bool:
    return label is None or (type(label) is int and abs(label) < _LARGEST)


def _is_moment(moment: object) -> bool:
    return isinstance(moment, datetime) and moment.tzinfo is not None
