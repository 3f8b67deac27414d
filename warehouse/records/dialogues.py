"""Dialogues, from pairing or import on, and rows set aside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance; `author_key` names its writer's pseudonym where the site gave one."""

    role: Role
    content: str
    author_key: str | None = None


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Ordered turns from one source.

    `key` is unique within `source` and `dialogue_id` is derived from both. `site` says whose boilerplate the
    text may hold, `written_by` who wrote the answer. `thread` groups dialogues of one question; `page_sha256` is
    the snapshot that last changed the stored text.
    """

    dialogue_id: str
    source: str
    key: str
    turns: tuple[Turn, ...]
    site: Literal["kin", "pann"] | None = None
    topic: str | None = None
    url: str | None = None
    asked_at: datetime | None = None
    label: int | None = None
    thread: str | None = None
    page_sha256: str | None = None
    parser_version: str | None = None
    first_load_id: int = 0
    written_by: Literal["person", "ai", "seller"] = "person"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row set aside: which rule, and why in words; `text` is the row as it was stored."""

    row_id: str
    rule: str
    reason: str
    text: str
