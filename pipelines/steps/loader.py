"""Batches of rows into the warehouse: stored, counted, and what cannot be stored set aside."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from cleaning.personal.masks import mask_personal
from pipelines.plural import counted
from pipelines.settings import Settings
from pipelines.steps.formats.rows import BadRow, Row
from pipelines.steps.ledger import keep_aside
from pipelines.steps.masking import masked_dialogues
from warehouse.loads import Stored, note_counts
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
        numbers = [n for n, row in enumerate(batch, start=self._counts["read"] + 1) if isinstance(row, Dialogue)]
        self._set_aside([_told(row) for row in bad])
        self._counts["broken_files"] += sum(row.ends_file for row in bad)
        self._counts["read"] += len(bad)
        try:
            again = self._store(good)
        except BrokenBatch as error:
            self._aside_whole(good, numbers, str(error))
            return
        clashing = [place for place, differs in again if differs]
        self._counts["read"] += len(again) - len(clashing)
        self._counts["unchanged"] += len(again) - len(clashing)
        self._aside_whole([good[place] for place in clashing], [numbers[place] for place in clashing], _CLASH)

    def outcome(self) -> str:
        """Return how the load ended: incomplete where the command ends with 1."""
        aside, read, limit = self._counts["set_aside"], self._counts["read"], self._settings.limits.set_aside_share
        reasons = []
        if self._counts["broken_files"]:
            reasons.append(f"{counted(self._counts['broken_files'], 'file')} could not be read to the end")
        if aside > limit * read:
            reasons.append(f"{aside:,} of {read:,} rows set aside")
        return f"incomplete: {'; '.join(reasons)}" if reasons else "done"

    def _store(self, rows: list[Dialogue]) -> list[tuple[int, bool]]:
        """Store and count the rows; of those whose key stood earlier, return the place and whether the text differs."""
        masked = masked_dialogues(rows)
        first, again = self._first(masked)
        counts = self._counts

        def counted_so_far(stored: Stored) -> dict[str, int]:
            return counts | {
                "read": counts["read"] + len(first),
                "stored": counts["stored"] + stored.new + stored.changed,
                "unchanged": counts["unchanged"] + len(first) - stored.new - stored.changed,
            }

        # In the batch's own transaction, so that the ledger is right after a kill, too.
        def note(connection: sa.Connection, stored: Stored) -> None:
            note_counts(connection, self._load_id, counted_so_far(stored))

        counts.update(counted_so_far(store_dialogues(self._engine, first, self._load_id, also=note)))
        otherwise = stored_otherwise(self._engine, [masked[place] for place in again]) if again else []
        return list(zip(again, otherwise, strict=True))

    def _first(self, rows: list[Dialogue]) -> tuple[list[Dialogue], list[int]]:
        """Give the rows whose id was not seen before in this import, and the places of the others.

        Eight bytes are kept for each.
        """
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
            [place for place, mark in enumerate(marks) if not mark],
        )

    def _unseen(self, ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        places = np.searchsorted(self._seen, ids)
        found = places < len(self._seen)
        found[found] = self._seen[places[found]] == ids[found]
        unseen: npt.NDArray[np.bool_] = ~found
        return unseen

    def _aside_whole(self, rows: Sequence[Dialogue], numbers: list[int], reason: str) -> None:
        told = [_told_whole(row, number, self._batches, reason) for row, number in zip(rows, numbers, strict=True)]
        self._counts["read"] += len(rows)
        self._set_aside(told)

    def _set_aside(self, rows: list[dict[str, object]]) -> None:
        if rows:
            self.aside_file = keep_aside(self._settings, self._load_id, rows)
            self._counts["set_aside"] += len(rows)


def _told(row: BadRow) -> dict[str, object]:
    place: dict[str, object] = {row.unit: row.line, **({"key": row.key} if row.key else {})}
    told = place | {"reason": row.reason, "text": mask_personal(row.text)}
    return told if row.file is None else {"file": row.file, **told}


def _told_whole(row: Dialogue, number: int, batch: int, reason: str) -> dict[str, object]:
    text = "\n".join(mask_personal(str(turn.content)) for turn in row.turns)
    return {"row": number, "batch": batch, "key": row.key, "reason": reason, "text": text}
