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
from warehouse.errors import Misuse
from warehouse.records.dialogues import Dialogue, Turn

Format = Literal["chatbot-csv", "csv", "jsonl"]
LONGEST_FIELD_CHARS: Final = 100_000_000  # Python's own limit of 131,072 refuses long posts
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
        Misuse: no such file, another encoding, or a named column is missing (the columns found are told).
    """
    encoding = _known_encoding(encoding) if encoding else tell_encoding(path)
    csv.field_size_limit(LONGEST_FIELD_CHARS)
    with path.open(encoding=encoding, newline="", errors="strict") as lines:
        rows = csv.DictReader(lines)
        try:
            _require(path, rows.fieldnames, columns)
            for row in rows:
                values = (row.get(columns.question), row.get(columns.answer))
                label = row.get(columns.label) if columns.label else None
                key = row.get(columns.id) if columns.id else None
                yield _pair(rows.line_num, source, values, label, key)
        except (csv.Error, UnicodeDecodeError) as error:
            raise Misuse(
                f"{path}, near line {rows.line_num}: {error}; save it as UTF-8 CSV, or name --encoding"
            ) from None


def read_jsonl(path: Path, source: str, columns: Columns) -> Iterator[Dialogue | BadRow]:
    """Read one JSON object a line: a question and an answer, or a `messages` list of roles and contents."""
    if not path.is_file():
        raise Misuse(f"no file at {path}; check the path")
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _from_json(number, line, source, columns)


def tell_encoding(path: Path) -> str:
    """Tell UTF-8 (with or without mark) from CP949, by decoding the whole file strictly.

    Raises:
        Misuse: no such file, or neither encoding fits.
    """
    if not path.is_file():
        raise Misuse(f"no file at {path}; check the path")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            with path.open(encoding=encoding, errors="strict") as text:
                while text.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise Misuse(f"{path} is neither UTF-8 nor CP949 text; save it as UTF-8, or name its encoding with --encoding")


def _known_encoding(name: str) -> str:
    known = {"utf-8": "utf-8-sig", "utf8": "utf-8-sig", "utf-8-sig": "utf-8-sig", "cp949": "cp949", "euc-kr": "cp949"}
    if name.lower() not in known:
        raise Misuse(f"no encoding {name!r}; known are utf-8 and cp949")
    return known[name.lower()]


def _require(path: Path, found: Sequence[str] | None, columns: Columns) -> None:
    wanted = [name for name in (columns.question, columns.answer, columns.label, columns.id) if name]
    missing = [name for name in wanted if name not in (found or ())]
    if missing:
        raise Misuse(
            f"{path} has no column {', '.join(missing)} (it has: {', '.join(found or ()) or 'none'}); "
            "name the right ones with --question, --answer, --label, --id"
        )


def _pair(line: int, source: str, texts: tuple[Any, Any], label: Any = None, key: Any = None) -> Dialogue | BadRow:
    shown = json.dumps(texts, ensure_ascii=False)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        return BadRow(line, "the question or the answer has no text", shown)
    turns = (Turn("user", _storable(texts[0])), Turn("assistant", _storable(texts[1])))
    try:
        number = None if label in (None, "") else int(label)
    except (TypeError, ValueError):
        return BadRow(line, f"the label {label!r} is no whole number", shown)
    return _dialogue(source, turns, number, key)


def _from_json(line: int, data: bytes, source: str, columns: Columns) -> Dialogue | BadRow:
    try:
        row = json.loads(data)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        return BadRow(line, f"no JSON: {error}", data[:2000].decode("utf-8", "replace"))
    if not isinstance(row, dict):
        return BadRow(line, "the line is no JSON object", data[:2000].decode("utf-8", "replace"))
    key, label = row.get(columns.id or "id"), row.get(columns.label or "label")
    if "messages" not in row:
        return _pair(line, source, (row.get(columns.question), row.get(columns.answer)), label, key)
    turns = _turns(row["messages"])
    if turns is None:
        reason = "messages is no list of {role, content} with at least one user and one assistant turn"
        return BadRow(line, reason, data[:2000].decode("utf-8", "replace"))
    return _dialogue(source, turns, label if isinstance(label, int) else None, key)


def _turns(messages: Any) -> tuple[Turn, ...] | None:
    if not isinstance(messages, list):
        return None
    turns: list[Turn] = []
    for message in messages:
        role = message.get("role") if isinstance(message, dict) else None
        content = message.get("content") if isinstance(message, dict) else None
        if role == "system":
            continue
        if role not in _ROLES or not isinstance(content, str) or not content.strip():
            return None
        turns.append(Turn("user" if _ROLES[role] == "user" else "assistant", _storable(content)))
    return tuple(turns) if {turn.role for turn in turns} == {"user", "assistant"} else None


def _dialogue(source: str, turns: tuple[Turn, ...], label: int | None, key: Any) -> Dialogue:
    if key in (None, ""):
        text = json.dumps([[turn.role, turn.content] for turn in turns] + [label], ensure_ascii=False)
        key = hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:32]
    return Dialogue(dialogue_id(source, str(key)), source, str(key), turns, label=label)


def _storable(text: str) -> str:
    """Replace what no database column takes (NUL, lone surrogates) by U+FFFD, which the cleaning drops by name."""
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text)
