"""`csv` and `chatbot-csv`: single-turn pairs, one a row."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from pipelines.steps.formats.bounds import LONGEST_BYTES, too_long
from pipelines.steps.formats.dialogues import make_pair
from pipelines.steps.formats.encodings import Encoding, encoding_of, lines_of, shown_bytes, unreadable_reason
from pipelines.steps.formats.rows import SHOWN_CHARS, BadRow, Columns, Row
from warehouse.errors import Misuse
from warehouse.types import storable

# Python's own limit of 131,072 refuses long posts. A line that `lines_of` had to cut holds more than this.
LONGEST_CELL_CHARS: Final = 5_000_000


def read(path: Path, source: str, columns: Columns, encoding: str | None = None) -> Iterator[Row]:
    """Read a CSV file with a header (UTF-8 with or without mark, or CP949).

    Raises:
        Misuse: no such file, an empty one, another encoding, or a named column is missing (those found are told).
    """
    chosen = encoding_of(path, encoding)
    csv.field_size_limit(LONGEST_CELL_CHARS)
    lines = _Lines(lines_of(path, chosen))
    rows = csv.DictReader(lines)
    _require(path, _header(path, rows), columns)
    while True:
        lines.begin_row()
        try:
            row = next(rows, None)
        except csv.Error as error:
            # The reader takes the next line up after a cell that is too long, so that an open quote costs one row.
            yield BadRow(rows.line_num, f"no CSV row: {error}", "")
            continue
        if row is None:
            return
        yield _unreadable(rows, row, columns, chosen) or _pair(rows.line_num, row, source, columns)


class _Lines:
    """A file's lines, which end in a csv.Error where a row takes more than 16 MiB of them: quotes hold many lines."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._taken = lines, 0

    def begin_row(self) -> None:
        """Count from here on."""
        self._taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        size = len(line) if line.isascii() else len(line.encode("utf-8", "surrogatepass"))
        # A single line too long is cut already, and told as such.
        if self._taken and self._taken + size > LONGEST_BYTES:
            raise csv.Error(too_long("row"))
        self._taken += size
        return line


def _header(path: Path, rows: "csv.DictReader[str]") -> Sequence[str] | None:
    try:
        return rows.fieldnames
    except csv.Error as error:
        raise Misuse(f"{path}, line 1: {error}; save it as CSV with a header line") from None


def _unreadable(
    rows: "csv.DictReader[str]", row: dict[str | None, Any], columns: Columns, encoding: Encoding
) -> BadRow | None:
    """Set aside a row that is not in the file's encoding, or has more cells than the header."""
    extra = row.get(None) or []
    cells = [cell for name, cell in row.items() if name is not None and cell is not None] + extra
    reason = unreadable_reason("\n".join(cells), encoding)
    if not reason and any(cell.strip() for cell in extra):
        reason = f"the row has {len(cells)} columns, the header {len(rows.fieldnames or ())}; put quotes around commas"
    elif not reason and (short := [name for name in (columns.question, columns.answer) if row.get(name) is None]):
        reason = f"the row ends before its column {' and '.join(short)}"
    if not reason:
        return None
    shown = [cell[:SHOWN_CHARS] for cell in cells]
    return BadRow(rows.line_num, reason, shown_bytes(json.dumps(shown, ensure_ascii=False))[:SHOWN_CHARS])


def _pair(line: int, row: dict[str | None, Any], source: str, columns: Columns) -> Row:
    label = row.get(columns.label) if columns.label else None
    key = row.get(columns.id) if columns.id else None
    texts = (row.get(columns.question), row.get(columns.answer))
    if columns.labels and label and label.strip() not in columns.labels:
        shown = storable(json.dumps([*texts, label], ensure_ascii=False)[:SHOWN_CHARS])
        return BadRow(line, f"the label {storable(label)[:60]!r} is none of {', '.join(columns.labels)}", shown)
    return make_pair(line, source, texts, label, key)


def _require(path: Path, found: Sequence[str] | None, columns: Columns) -> None:
    if not found:
        raise Misuse(f"{path} is empty; check the path, or write the file again")
    wanted = [name for name in (columns.question, columns.answer, columns.label, columns.id) if name]
    missing = [name for name in wanted if name not in found]
    if missing:
        raise Misuse(
            f"{path} has no column {', '.join(missing)} (it has: {shown_bytes(', '.join(found))[:SHOWN_CHARS]}); "
            "name the right ones with --question, --answer, --label, --id"
        )
    if twice := [name for name in dict.fromkeys(wanted) if list(found).count(name) > 1]:
        raise Misuse(f"{path} has {list(found).count(twice[0])} columns called {twice[0]}; give each a name of its own")
