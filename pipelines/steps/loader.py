"""Batches of rows into the warehouse: stored, counted, and what cannot be stored set aside."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from cleaning.personal import mask_personal
from pipelines.plural import counted
from pipelines.settings import Settings
from pipelines.steps.formats.rows import BadRow, Row
from pipelines.steps.ledger import keep_aside
from pipelines.steps.masking import masked_dialogues
from warehouse.records.dialogues import Dialogue
from warehouse.store.contract import BrokenBatch
from warehouse.store.dialogue_store import store_dialogues, stored_otherwise

_CLASH: Final = "its key stands further up with another text; give every row a key of its own"


class Loader:
    """Batches on their way into the warehouse, counted; `counts` is the ledger's, so that it survives an error."""

    def __init__(self, settings: Settings, engine: sa.Engine, load_id: int, counts: dict[str, int]) -> None:
        self._settings, self._engine, self._load_id, self._counts = settings, engine, load_id, counts
        self._seen: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._batches = 0
        self.aside_file: Path | None = None
        counts.update({"read": 0, "stored": 0, "unchanged": 0, "set_aside": 0, "broken_files": 0})

    def take(self, batch: Sequence[Row]) -> None:
        """Store a batch, and set aside what cannot be stored."""
        self._batches += 1
        good = [row for row in batch if isinstance(row, Dialogue)]
        bad = [row for row in batch if isinstance(row, BadRow)]
        self._set_aside([_told(row) for row in bad])
        self._counts["broken_files"] += sum(row.ends_file for row in bad)
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
        if self._counts["broken_files"]:
            return f"incomplete: {counted(self._counts['broken_files'], 'file')} could not be read to the end"
        return "done" if aside <= limit * read else f"incomplete: {aside:,} of {read:,} rows set aside"

    def _store(self, rows: list[Dialogue]) -> tuple[int, list[Dialogue]]:
        """Return the number of rows that are new or changed, and those whose key stood earlier with another text."""
        masked = masked_dialogues(rows)
        first, again = self._first(masked)
        stored = store_dialogues(self._engine, first, self._load_id)
        otherwise = stored_otherwise(self._engine, again) if again else []
        clashing = [row for row, differs in zip(again, otherwise, strict=True) if differs]
        return stored.new + stored.changed, clashing

    def _first(self, rows: list[Dialogue]) -> tuple[list[Dialogue], list[Dialogue]]:
        """Tell rows whose id was not seen before in this import from the others; eight bytes are kept for each."""
        try:
            ids = np.array([int(row.dialogue_id, 16) for row in rows], np.uint64)
        except (TypeError, ValueError, OverflowError):
            return rows, []  # the contract will refuse them
        distinct, places = np.unique(ids, return_index=True)
        is_new = self._unseen(distinct)
        is_first = np.zeros(len(rows), np.bool_)
        is_first[places[is_new]] = True
        # Two sorted runs, which a stable sort merges.
        self._seen = np.sort(np.concatenate((self._seen, distinct[is_new])), kind="stable")
        if is_first.all():
            return rows, []
        marks = is_first.tolist()
        return (
            [row for row, mark in zip(rows, marks, strict=True) if mark],
            [row for row, mark in zip(rows, marks, strict=True) if not mark],
        )

    def _unseen(self, ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        places = np.searchsorted(self._seen, ids)
        found = places < len(self._seen)
        found[found] = self._seen[places[found]] == ids[found]
        unseen: npt.NDArray[np.bool_] = ~found
        return unseen

    def _set_aside(self, rows: list[dict[str, object]]) -> None:
        if rows:
            self.aside_file = keep_aside(self._settings, self._load_id, rows)
            self._counts["set_aside"] += len(rows)


def _told(row: BadRow) -> dict[str, object]:
    told: dict[str, object] = {"line": row.line, "reason": row.reason, "text": mask_personal(row.text)}
    return told if row.file is None else {"file": row.file, **told}


def _told_whole(row: Dialogue, batch: int, reason: str) -> dict[str, object]:
    return {"batch": batch, "key": row.key, "reason": reason, "text": [mask_personal(repr(turn)) for turn in row.turns]}
