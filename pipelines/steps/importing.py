"""Import: rows of files, personal data masked, into the warehouse; bad rows aside, a broken batch aside as a whole."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pipelines.plural import counted
from pipelines.settings import Settings
from pipelines.steps.formats.registry import Format, known_format
from pipelines.steps.formats.rows import CANNOT_GO_ON, BadRow, Columns, Row
from pipelines.steps.ledger import load
from pipelines.steps.loader import Loader
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse
from warehouse.records.dialogues import Dialogue
from warehouse.schema.content import dialogue
from warehouse.types import Key, Unstorable, storable

# Large, because each batch writes every index page that its hashed keys fall on; bounded by text, for memory.
BATCH_ROWS: Final = 30_000
BATCH_CHARS: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`read` = `stored` + `unchanged` + `set_aside`; `set_aside_file` holds the reasons.

    `broken_files` could not be read to their end: how many rows were behind it, nobody knows.
    """

    read: int
    stored: int
    unchanged: int
    set_aside: int
    broken_files: int
    set_aside_file: Path | None
    load_id: int


def import_file(
    settings: Settings,
    form: str,
    path: Path,
    *,
    source: str | None = None,
    columns: Columns | None = None,
    encoding: str | None = None,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> ImportReport:
    """Import what is at `path`; the same again changes nothing.

    Raises:
        Misuse: nothing there, nothing in it, wrong columns, an unreadable encoding, a source without a name.
        Unready: the warehouse cannot be opened or written.
    """
    known = known_format(form)
    named = _source(known, form, path) if source is None else _named(source)
    rows = known.read(path, named, _of_two(columns or known.columns), encoding)
    first = _begun(path, rows)  # a file at fault is refused before the ledger knows of it
    engine = open_warehouse(settings.database_url, create=True)
    command = f"import {form} {storable(path.name)}"[:180]
    with load(settings, engine, command) as entry, _without_cycle_search():
        loader = Loader(settings, engine, entry.load_id, entry.counts)
        for batch in _batches(first, rows):
            loader.take(batch)
            on_rows(entry.counts["read"])
        entry.outcome = loader.outcome()
    return ImportReport(**entry.counts, set_aside_file=loader.aside_file, load_id=entry.load_id)


def _begun(path: Path, rows: Iterator[Row]) -> list[Row]:
    """Give the first rows: up to the first that is one, and not a file or member of which nothing can be read.

    Raises:
        Misuse: there is none.
    """
    first: list[Row] = []
    for row in rows:
        first.append(row)
        if isinstance(row, Dialogue) or not row.ends_file or row.line > 1 or len(first) == BATCH_ROWS:
            return first
    if not first:
        raise Misuse(f"{path} holds no rows; check the path, or write the file again")
    broken = [row for row in first if isinstance(row, BadRow)]
    which = "" if broken[0].file == path.name else f" ({counted(len(broken), 'file')}, such as {broken[0].file})"
    reason = broken[0].reason.removeprefix(CANNOT_GO_ON)
    raise Misuse(f"nothing in {path} can be read{which}: {reason}; fetch it anew, or name another file")


def _source(known: Format, form: str, path: Path) -> str:
    name = form if known.is_corpus else f"{form}:{storable(path.stem)}"
    return _named(name)


def _of_two(columns: Columns) -> Columns:
    if columns.question == columns.answer:
        raise Misuse(
            f"the question and the answer are both the column {columns.question[:60]!a}; "
            "name two with --question and --answer"
        )
    return columns


def _named(source: str) -> str:
    if not source.strip():
        raise Misuse("--source is empty; name the source, or leave --source out")
    kind = dialogue.c.source.type
    assert isinstance(kind, Key)
    try:
        return kind.normalised(source)
    except Unstorable:
        raise Misuse(
            f"the source {source[:30]!a}… is no name of up to 100 characters; give one with --source"
        ) from None


def _batches(first: list[Row], rest: Iterable[Row]) -> Iterator[list[Row]]:
    batch, characters = list(first), 0
    for row in rest:
        batch.append(row)
        if isinstance(row, BadRow):
            characters += len(row.text)
        else:
            for turn in row.turns:
                characters += len(turn.content)
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Leave Python's search for reference cycles out: rows make none, and it took a fifth of a load's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def report_fields(report: ImportReport) -> dict[str, object]:
    """Return the report as the command's JSON."""
    return asdict(report)
