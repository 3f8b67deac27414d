"""Which dialogues of a batch are new, and which have changed: told by a digest that stands on each row."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from warehouse.records.dialogues import Dialogue
from warehouse.types import storable

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


def fresh_among(rows: Sequence[Dialogue], digests: Sequence[str], known: Mapping[str, str]) -> Fresh:
    """Tell new and changed rows from unchanged ones; `known` are the digests of those that are stored."""
    if not known:
        return Fresh(list(rows), [], list(digests))
    new: list[tuple[Dialogue, str]] = []
    changed: list[tuple[Dialogue, str]] = []
    for row, mine in zip(rows, digests, strict=True):
        before = known.get(row.dialogue_id)
        if before is None:
            new.append((row, mine))
        elif before != mine:
            changed.append((row, mine))
    return Fresh([row for row, _ in new], [row for row, _ in changed], [mine for _, mine in (*new, *changed)])
