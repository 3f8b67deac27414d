"""`jsonl`: one JSON object a line, a pair or a list of messages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pipelines.steps.formats.dialogues import kind_of, make_labelled, make_pair
from pipelines.steps.formats.encodings import encoding_of, lines_of, shown_bytes, unreadable_reason
from pipelines.steps.formats.rows import SHOWN_CHARS, BadRow, Columns, Row
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
    if isinstance(turns, str):
        return BadRow(line, turns, text[:SHOWN_CHARS])
    return make_labelled(line, source, turns, label, key)


def _turns(messages: Any) -> tuple[Turn, ...] | str:
    """Give the turns of a `messages` list, or say why there are none."""
    if not isinstance(messages, list):
        return f"messages is {kind_of(messages)}, not a list"
    if not messages:
        return "messages is an empty list"
    turns: list[Turn] = []
    for place, message in enumerate(messages, start=1):
        turn = _turn(message)
        if isinstance(turn, str):
            return f"message {place}: {turn}"
        if turn:
            turns.append(turn)
    missing = [role for role in ("user", "assistant") if role not in {turn.role for turn in turns}]
    return f"messages holds no {' and no '.join(missing)} turn" if missing else tuple(turns)


def _turn(message: Any) -> Turn | str | None:
    """Give one message's turn, None for a system message, or say what is wrong with it."""
    if not isinstance(message, dict):
        return f"it is {kind_of(message)}, not an object with role and content"
    role, content = message.get("role"), message.get("content")
    if role == "system":
        return None
    if not isinstance(role, str):
        return f"its role is {kind_of(role)}, not text" if "role" in message else "it has no role"
    if role not in _ROLES:
        return f"its role {storable(role)[:60]!r} is none of {', '.join(_ROLES)}, system"
    if not isinstance(content, str | None):
        return f"its content is {kind_of(content)}, not text"
    return Turn(_ROLES[role], storable(content)) if content and content.strip() else "it has no text"
