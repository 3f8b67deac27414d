"""`smilestyle`: Smilegate SmileStyle, the same conversations in 17 styles, a column each; blank lines end one.

Each conversation gives a dialogue for each style that tells it, its lines said in turn by user and assistant; the style
is the dialogue's topic. All styles of one conversation are one thread, so that a split never tears them apart.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipelines.steps.formats.bounds import LONGEST_BYTES, too_long
from pipelines.steps.formats.dialogues import alternate, make_dialogue
from pipelines.steps.formats.encodings import encoding_of, lines_of, shown_bytes, unreadable_reason
from pipelines.steps.formats.rows import SHOWN_CHARS, BadRow, Columns, Row
from warehouse.errors import Misuse
from warehouse.records.dialogues import Dialogue
from warehouse.types import storable

_LEAST_STYLES: Final = ("formal", "informal")  # two that every release has: the header is known by them
_Line = tuple[int, list[str]]


def read(path: Path, source: str, columns: Columns, encoding: str | None = None) -> Iterator[Row]:
    """Read the tab-separated file.

    Raises:
        Misuse: no such file, or a first line that does not name the styles.
    """
    chosen = encoding_of(path, encoding)
    styles: list[str] = []
    lines: list[_Line] = []
    held = 0
    for number, line in enumerate(lines_of(path, chosen), start=1):
        cells = [_cell(cell) for cell in line.rstrip("\r\n").split("\t")]
        if number == 1:
            styles = _styles(path, cells)
        elif not line.strip():
            yield from _conversation(lines, styles, source)
            lines, held = [], 0
        elif reason := _fault(line, cells, styles, unreadable_reason(line, chosen)):
            yield BadRow(number, reason, shown_bytes(line[:SHOWN_CHARS]))
            # What stands before and behind a lost line does not answer one another.
            yield from _conversation(lines, styles, source)
            lines = []
        elif held <= LONGEST_BYTES:
            lines.append((number, cells))
            held += len(line.encode("utf-8", "surrogatepass"))
            if held > LONGEST_BYTES:
                yield BadRow(lines[0][0], too_long("conversation"), shown_bytes(line[:SHOWN_CHARS]))
                lines = []
    yield from _conversation(lines, styles, source)


def _styles(path: Path, cells: list[str]) -> list[str]:
    if not set(_LEAST_STYLES) <= set(cells):
        raise Misuse(f"{path} does not begin with the names of styles (formal, informal, …) separated by tabs")
    return cells


def _fault(line: str, cells: list[str], styles: list[str], reason: str | None) -> str | None:
    if reason or len(cells) == len(styles):
        return reason
    return f"the row has {len(cells)} columns, the header {len(styles)}"


def _cell(cell: str) -> str:
    # Spreadsheets put quotation marks around a cell that holds some, and double those inside.
    quoted = len(cell) > 1 and cell.startswith('"') and cell.endswith('"')
    return (cell[1:-1].replace('""', '"') if quoted else cell).strip()


def _conversation(lines: list[_Line], styles: list[str], source: str) -> Iterator[Row]:
    if not lines:
        return
    text = "\n".join("\t".join(cells) for _, cells in lines)
    thread = f"{source}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"
    for place, style in enumerate(styles):
        if any(cells[place] for _, cells in lines):
            yield _dialogue([(number, cells[place]) for number, cells in lines], style, source, thread)


def _dialogue(said: list[tuple[int, str]], style: str, source: str, thread: str) -> Row:
    first, shown = said[0][0], storable(" / ".join(text for _, text in said))[:SHOWN_CHARS]
    missing = [str(number) for number, text in said if not text]
    if missing:
        return BadRow(first, f"{style}: nothing is said in line {', '.join(missing[:9])}", shown)
    turns = alternate([(n % 2, text) for n, (_, text) in enumerate(said)])
    if not turns:
        return BadRow(first, f"{style}: a single line, nobody answers", shown)
    made = make_dialogue(source, turns, topic=style)
    # The key holds the style: two styles may say the same.
    return _in_thread(made, style, source, thread)


def _in_thread(made: Dialogue, style: str, source: str, thread: str) -> Dialogue:
    keyed = make_dialogue(source, made.turns, key=f"{style}:{made.key}", topic=style)
    return Dialogue(keyed.dialogue_id, source, keyed.key, keyed.turns, topic=style, thread=thread)
