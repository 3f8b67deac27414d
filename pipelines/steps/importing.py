"""Import: rows of a file, personal data masked, into the warehouse; bad rows aside."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from cleaning.personal import mask_personal
from pipelines.settings import Settings
from pipelines.steps.files import CHATBOT_COLUMNS, BadRow, Columns, Format, read_csv, read_jsonl
from pipelines.steps.ledger import keep_aside, load
from warehouse.connect import open_warehouse
from warehouse.dialogues import store_dialogues
from warehouse.errors import Misuse
from warehouse.records.dialogues import Dialogue

BATCH_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`read` = `stored` + `unchanged` + `set_aside`; `set_aside_file` holds the reasons."""

    read: int
    stored: int
    unchanged: int
    set_aside: int
    set_aside_file: Path | None
    load_id: int


def import_file(
    settings: Settings,
    form: Format,
    path: Path,
    *,
    source: str | None = None,
    columns: Columns | None = None,
    encoding: str | None = None,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> ImportReport:
    """Import one file; the same file again changes nothing.

    Raises:
        Misuse: no such file, a file without rows, wrong columns, an unreadable encoding.
        Unready: the warehouse cannot be opened or written.
    """
    rows = _rows(form, path, source or _source(form, path), columns, encoding)
    first = list(islice(rows, 1))  # a file at fault is refused before the ledger knows of it
    if not first:
        raise Misuse(f"{path} holds no rows; check the path, or write the file again")
    engine = open_warehouse(settings.database_url, create=True)
    with load(settings, engine, f"import {form} {path.name}") as entry:
        counts = {"read": 0, "stored": 0, "unchanged": 0, "set_aside": 0}
        entry.counts = counts
        aside_file = None
        for batch in _batches(first, rows):
            bad = [
                {"line": row.line, "reason": row.reason, "text": row.text} for row in batch if isinstance(row, BadRow)
            ]
            if bad:
                aside_file = keep_aside(settings, entry.load_id, bad)
            stored = _store(engine, [row for row in batch if isinstance(row, Dialogue)], entry.load_id)
            counts["read"] += len(batch)
            counts["set_aside"] += len(bad)
            counts["stored"] += stored
            counts["unchanged"] += len(batch) - len(bad) - stored
            on_rows(counts["read"])
    return ImportReport(**counts, set_aside_file=aside_file, load_id=entry.load_id)


def _rows(
    form: Format, path: Path, source: str, columns: Columns | None, encoding: str | None
) -> Iterator[Dialogue | BadRow]:
    if form == "jsonl":
        return read_jsonl(path, source, columns or Columns(), encoding)
    default = CHATBOT_COLUMNS if form == "chatbot-csv" else Columns()
    return read_csv(path, source, columns or default, encoding)


def _source(form: Format, path: Path) -> str:
    return form if form == "chatbot-csv" else f"{form}:{path.stem}"


def _batches(first: list[Dialogue | BadRow], rest: Iterable[Dialogue | BadRow]) -> Iterator[list[Dialogue | BadRow]]:
    rows = iter(rest)
    batch = first + list(islice(rows, BATCH_ROWS - len(first)))
    while batch:
        yield batch
        batch = list(islice(rows, BATCH_ROWS))


def _store(engine: sa.Engine, dialogues: list[Dialogue], load_id: int) -> int:
    """Store a batch and return how many rows are new or changed; a row that stands twice counts once."""
    unique = {dialogue.dialogue_id: _masked(dialogue) for dialogue in dialogues}
    stored = store_dialogues(engine, list(unique.values()), load_id)
    return stored.new + stored.changed


def _masked(dialogue: Dialogue) -> Dialogue:
    return replace(dialogue, turns=tuple(replace(turn, content=mask_personal(turn.content)) for turn in dialogue.turns))


def report_fields(report: ImportReport) -> dict[str, object]:
    """Return the report as the command's JSON."""
    return asdict(report)
