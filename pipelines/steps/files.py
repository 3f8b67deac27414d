"""Question/answer files of the world, row by row: what is good becomes a Dialogue, what is not is named.

Every reader yields one `Dialogue` or one `BadRow` per row of the file, in the file's order, without holding
the file in memory.
"""

import csv
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from cleaning.pairing import dialogue_id
from pipelines.steps.encodings import Encoding, encoding_of, foreign_reason, lines_of, shown_bytes
from warehouse.errors import Misuse
from warehouse.records.dialogues import Dialogue, Turn

Format = Literal["chatbot-csv", "csv", "jsonl"]
LONGEST_FIELD_CHARS: Final = 100_000_000  # Python's own limit of 131,072 refuses long posts
LARGEST_LABEL: Final = 2**31  # the column is a 32-bit INTEGER on SQL Server
_ROLES: Final = {"user": "user", "assistant": "assistant", "human": "user", "gpt": "assistant", "bot": "assistant"}


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of a file's columns; a row without `id` is keyed by its own text."""

    question: str = "question"
    answer: str = "answer"
    label: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that holds no dialogue: where it stands (1 is the first line), and why it was set aside."""

    line: int
    reason: str
    text: str


CHATBOT_COLUMNS: Final = Columns("Q", "A", "label")  # songys/Chatbot_data


def read_csv(path: Path, source: str, columns: Columns, encoding: str | None = None) -> Iterator[Dialogue | BadRow]:
    """Read single-turn pairs from a CSV file (UTF-8 with or without mark, or CP949).

    Raises:
        Misuse: no such file, an empty one, another encoding, or a named column is missing (those found are told).
    """
    chosen = encoding_of(path, encoding)
    csv.field_size_limit(LONGEST_FIELD_CHARS)
    rows = csv.DictReader(lines_of(path, chosen))
    try:
        _require(path, rows.fieldnames, columns)
        for row in rows:
            bad = _unreadable(rows, row, columns, chosen)
            yield bad or _from_csv(rows.line_num, row, source, columns)
    except csv.Error as error:
        raise Misuse(f"{path}, near line {rows.line_num}: {error}; save it as UTF-8 CSV anew") from None


def read_jsonl(path: Path, source: str, columns: Columns, encoding: str | None = None) -> Iterator[Dialogue | BadRow]:
    """Read one JSON object a line: a question and an answer, or a `messages` list of roles and contents.

    Raises:
        Misuse: no such file, or another encoding than UTF-8 and CP949.
    """
    chosen = encoding_of(path, encoding)
    for number, line in enumerate(lines_of(path, chosen), start=1):
        if not line.strip():
            continue
        reason = foreign_reason(line, chosen)
        yield BadRow(number, reason, shown_bytes(line[:2000])) if reason else _from_json(number, line, source, columns)


def _unreadable(
    rows: "csv.DictReader[str]", row: dict[str | None, Any], columns: Columns, encoding: Encoding
) -> BadRow | None:
    """Set aside a row that is not in the file's encoding, or has more cells than the header."""
    extra = row.get(None) or []
    cells = [cell for name, cell in row.items() if name is not None and cell is not None] + extra
    reason = foreign_reason("\n".join(cells), encoding)
    if not reason and any(cell.strip() for cell in extra):
        reason = f"the row has {len(cells)} columns, the header {len(rows.fieldnames or ())}; put quotes around commas"
    elif not reason and (short := [name for name in (columns.question, columns.answer) if row.get(name) is None]):
        reason = f"the row ends before its column {' and '.join(short)}"
    return BadRow(rows.line_num, reason, shown_bytes(json.dumps(cells, ensure_ascii=False))[:2000]) if reason else None


def _from_csv(line: int, row: dict[str | None, Any], source: str, columns: Columns) -> Dialogue | BadRow:
    label = row.get(columns.label) if columns.label else None
    key = row.get(columns.id) if columns.id else None
    return _pair(line, source, (row.get(columns.question), row.get(columns.answer)), label, key)


def _require(path: Path, found: Sequence[str] | None, columns: Columns) -> None:
    if not found:
        raise Misuse(f"{path} is empty; check the path, or write the file again")
    wanted = [name for name in (columns.question, columns.answer, columns.label, columns.id) if name]
    missing = [name for name in wanted if name not in found]
    if missing:
        raise Misuse(
            f"{path} has no column {', '.join(missing)} (it has: {shown_bytes(', '.join(found))}); "
            "name the right ones with --question, --answer, --label, --id"
        )


def _pair(line: int, source: str, texts: tuple[Any, Any], label: Any = None, key: Any = None) -> Dialogue | BadRow:
    shown = _storable(json.dumps(texts, ensure_ascii=False))
    if not all(isinstance(text, str) and text.strip() for text in texts):
        return BadRow(line, "the question or the answer has no text", shown)
    turns = (Turn("user", _storable(texts[0])), Turn("assistant", _storable(texts[1])))
    if label in (None, ""):
        return _dialogue(source, turns, None, key)
    number = _whole(label)
    if number is None:
        return BadRow(line, f"the label {label!r} is no whole number that can be stored", shown)
    return _dialogue(source, turns, number, key)


def _whole(label: Any) -> int | None:
    try:
        number = int(label)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < LARGEST_LABEL else None


def _from_json(line: int, text: str, source: str, columns: Columns) -> Dialogue | BadRow:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also whole numbers of more than 4,300 digits
        return BadRow(line, f"no JSON: {error}", text[:2000])
    if not isinstance(row, dict):
        return BadRow(line, "the line is no JSON object", text[:2000])
    key, label = row.get(columns.id or "id"), row.get(columns.label or "label")
    if "messages" not in row:
        return _pair(line, source, (row.get(columns.question), row.get(columns.answer)), label, key)
    turns = _turns(row["messages"])
    if turns is None:
        reason = "messages is no list of {role, content} with at least one user and one assistant turn"
        return BadRow(line, reason, text[:2000])
    return _dialogue(source, turns, _whole(label) if isinstance(label, int) else None, key)


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
        turns.append(Turn("user" if _ROLES[role] == "user" else "assistant", _storable(content)))
    return tuple(turns) if {turn.role for turn in turns} == {"user", "assistant"} else None


def _dialogue(source: str, turns: tuple[Turn, ...], label: int | None, key: Any) -> Dialogue:
    if key in (None, ""):
        text = json.dumps([[turn.role, turn.content] for turn in turns] + [label], ensure_ascii=False)
        key = hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:32]
    key = _storable(str(key))
    return Dialogue(dialogue_id(source, key), source, key, turns, label=label)


def _storable(text: str) -> str:
    """Replace what no database column takes (NUL, lone surrogates) by U+FFFD, which the cleaning drops by name."""
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text)
