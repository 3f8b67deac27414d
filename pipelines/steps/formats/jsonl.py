"""`jsonl`: one JSON object a line, a pair or a list of messages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pipelines.steps.formats.encodings import encoding_of, lines_of, shown_bytes, unreadable_reason
from pipelines.steps.formats.rows import (
    SHOWN_CHARS,
    BadRow,
    Columns,
    Row,
    make_labelled,
    make_pair,
)
from warehouse.records.dialogues import Role, Turn
from warehouse.types import storable

_ROLES: Final[dict[str, Role]] = {
    "user": "user", "human": "user", "assistant": "assistant", "gpt": "assistant", "bot": "assistant"
}  # fmt: skip


def read(path: Path, source: str, columns: Columns, encoding: str | None = None) -> Iterator[Row]:
    """Read objects with a question and an answer, or with a `messages` list of roles and contents.

    Raises:
        Misuse: no such file, or another encoding than UTF-8 and CP949.
    """
    chosen = encoding_of(path, encoding)
    for number, line in enumerate(lines_of(path, chosen), start=1):
        if not line.strip():
            continue
        reason = unreadable_reason(line, chosen)
        if reason:
            yield BadRow(number, reason, shown_bytes(line[:SHOWN_CHARS]))
        else:
            yield _row(number, line, source, columns)


def _row(line: int, text: str, source: str, columns: Columns) -> Row:
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        return BadRow(line, f"no JSON: {error}", text[:SHOWN_CHARS])
    except RecursionError:
        return BadRow(line, "no JSON: it is nested too deeply", text[:SHOWN_CHARS])
    except ValueError:
        return BadRow(line, "no JSON: a whole number in it has more than 4,300 digits", text[:SHOWN_CHARS])
    if not isinstance(row, dict):
        return BadRow(line, "the line is no JSON object", text[:SHOWN_CHARS])
    key, label = row.get(columns.id or "id"), row.get(columns.label or "label")
    if not isinstance(key, str | int | None):
        return BadRow(line, "its id is neither a text nor a number", text[:SHOWN_CHARS])
    if "messages" not in row:
        return make_pair(line, source, (row.get(columns.question), row.get(columns.answer)), label, key)
    turns = _turns(row["messages"])
    if turns is None:
        reason = "messages is no list of {role, content} with at least one user and one assistant turn"
        return BadRow(line, reason, text[:SHOWN_CHARS])
    return make_labelled(line, source, turns, label, key)


def _turns(messages: Any) -> tuple[Turn, ...] | None:
    if not isinstance(messages, list):
        return None
    turns: list[Turn] = []
    for message in messages:
        role = message.get("role") if isinstance(message, dict) else None
        content = message.get("content") if isinstance(message, dict) else None
        if role == "system":
            continue
        if not isinstance(role, str) or role not in _ROLES or not isinstance(content, str) or not content.strip():
            return None
        turns.append(Turn(_ROLES[role], storable(content)))
    return tuple(turns) if {turn.role for turn in turns} == {"user", "assistant"} else None
