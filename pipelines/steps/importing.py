"""Import: rows of files, personal data masked, into the warehouse; bad rows aside, a broken batch aside as a whole."""

import gc
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import accumulate, islice
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from cleaning.masking import mask_texts
from pipelines.settings import Settings
from pipelines.steps.formats.registry import Format, known_format
from pipelines.steps.formats.rows import BadRow, Columns, Row, storable
from pipelines.steps.ledger import keep_aside, load
from warehouse.connect import open_warehouse
from warehouse.contract import BrokenBatch
from warehouse.dialogue_store import store_dialogues, stored_otherwise
from warehouse.errors import Misuse
from warehouse.records.dialogues import Dialogue

# Large, because each batch writes every index page that its hashed keys fall on; bounded by text, for memory.
BATCH_ROWS: Final = 50_000
BATCH_CHARS: Final = 4_000_000


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
        Misuse: nothing there, nothing in it, wrong columns, an unreadable encoding.
        Unready: the warehouse cannot be opened or written.
    """
    known = known_format(form)
    rows = known.read(path, source or _source(known, form, path), columns, encoding)
    first = list(islice(rows, 1))  # a file at fault is refused before the ledger knows of it
    if not first:
        raise Misuse(f"{path} holds no rows; check the path, or write the file again")
    engine = open_warehouse(settings.database_url, create=True)
    command = f"import {form} {storable(path.name)}"[:180]
    with load(settings, engine, command) as entry, _without_cycle_search():
        loader = _Loader(settings, engine, entry.load_id, entry.counts)
        for batch in _batches(first, rows):
            loader.take(batch)
            on_rows(entry.counts["read"])
        entry.outcome = loader.outcome()
    return ImportReport(**entry.counts, set_aside_file=loader.aside_file, load_id=entry.load_id)


class _Loader:
    """Batches on their way into the warehouse, counted; `counts` is the ledger's, so that it survives an error."""

    def __init__(self, settings: Settings, engine: sa.Engine, load_id: int, counts: dict[str, int]) -> None:
        self._settings, self._engine, self._load_id, self._counts = settings, engine, load_id, counts
        self._seen: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._batches = 0
        self.aside_file: Path | None = None
        counts.update({"read": 0, "stored": 0, "unchanged": 0, "set_aside": 0})

    def take(self, batch: Sequence[Row]) -> None:
        """Store a batch, and set aside what cannot be stored."""
        self._batches += 1
        good = [row for row in batch if isinstance(row, Dialogue)]
        self._set_aside([_told(row) for row in batch if isinstance(row, BadRow)])
        try:
            stored, clashing = self._store(good)
        except BrokenBatch as error:
            stored, clashing = 0, []
            self._set_aside([_told_whole(row, self._batches, str(error)) for row in good])
            good = []
        self._set_aside([_told_whole(row, self._batches, _CLASH) for row in clashing])
        self._counts["read"] += len(batch)
        self._counts["stored"] += stored
        self._counts["unchanged"] += len(good) - len(clashing) - stored

    def outcome(self) -> str:
        """Return how the load ended: incomplete where the command ends with 1."""
        aside, read, limit = self._counts["set_aside"], self._counts["read"], self._settings.limits.set_aside_share
        return "done" if aside <= limit * read else f"incomplete: {aside:,} of {read:,} rows set aside"

    def _store(self, rows: list[Dialogue]) -> tuple[int, list[Dialogue]]:
        """Return the number of rows that are new or changed, and those whose key stood earlier with another text."""
        masked = _masked(rows)
        first, again = self._first(masked)
        stored = store_dialogues(self._engine, first, self._load_id)
        otherwise = stored_otherwise(self._engine, again) if again else []
        clashing = [row for row, differs in zip(again, otherwise, strict=True) if differs]
        return stored.new + stored.changed, clashing

    def _first(self, rows: list[Dialogue]) -> tuple[list[Dialogue], list[Dialogue]]:
        """Tell rows whose id was not seen before in this import from the others; eight bytes are kept for each."""
        if not all(isinstance(row.dialogue_id, str) for row in rows):
            return rows, []  # the contract will refuse them
        ids = np.array([int(row.dialogue_id, 16) for row in rows], np.uint64)
        is_first = np.zeros(len(rows), np.bool_)
        is_first[np.unique(ids, return_index=True)[1]] = True
        is_first &= ~np.isin(ids, self._seen)
        self._seen = np.union1d(self._seen, ids)
        marks = is_first.tolist()
        return (
            [row for row, mark in zip(rows, marks, strict=True) if mark],
            [row for row, mark in zip(rows, marks, strict=True) if not mark],
        )

    def _set_aside(self, rows: list[dict[str, object]]) -> None:
        if rows:
            self.aside_file = keep_aside(self._settings, self._load_id, rows)
            self._counts["set_aside"] += len(rows)


_CLASH: Final = "its key stands further up with another text; give every row a key of its own"


def _source(known: Format, form: str, path: Path) -> str:
    return form if known.is_corpus else f"{form}:{path.stem}"


def _batches(first: list[Row], rest: Iterable[Row]) -> Iterator[list[Row]]:
    batch, characters = list(first), 0
    for row in rest:
        batch.append(row)
        characters += _length(row)
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _length(row: Row) -> int:
    return len(row.text) if isinstance(row, BadRow) else sum(len(turn.content) for turn in row.turns)


def _masked(rows: list[Dialogue]) -> list[Dialogue]:
    """Mask the turns of all rows; a row without personal data stays the same object."""
    texts = [turn.content for row in rows for turn in row.turns]
    if not all(isinstance(text, str) for text in texts):
        return rows  # the contract will refuse them
    masked = mask_texts(texts)
    found = [place for place, (before, after) in enumerate(zip(texts, masked, strict=True)) if before is not after]
    ends = list(accumulate([len(row.turns) for row in rows]))
    for number in dict.fromkeys(bisect_right(ends, place) for place in found):
        row = rows[number]
        said = masked[ends[number] - len(row.turns) : ends[number]]
        turns = tuple(replace(turn, content=text) for turn, text in zip(row.turns, said, strict=True))
        rows[number] = replace(row, turns=turns)
    return rows


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


def _told(row: BadRow) -> dict[str, object]:
    told: dict[str, object] = {"line": row.line, "reason": row.reason, "text": row.text}
    return told if row.file is None else {"file": row.file, **told}


def _told_whole(row: Dialogue, batch: int, reason: str) -> dict[str, object]:
    return {"batch": batch, "key": row.key, "reason": reason, "text": [repr(turn) for turn in row.turns]}


def report_fields(report: ImportReport) -> dict[str, object]:
    """Return the report as the command's JSON."""
    return asdict(report)
