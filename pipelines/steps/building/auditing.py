"""Proof that a dataset version is leak-free: nothing crosses its splits, no personal data is left in its files.

What the shards hold is checked from the shards: near-copies (by an exact index, not the signatures that found them),
equal answers (the whole and each longer turn), clusters and addresses. Threads and askers are no part of a shard; they
come from the warehouse.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa

from cleaning.batch import clean_batch
from cleaning.personal.batches import mask_texts
from cleaning.personal.masks import PERSONAL_RULES, personal_rules
from cleaning.recipe import Options, Recipe
from cleaning.splits.leaks import AuditRow, HeldOut, Leak
from pipelines.settings import Settings
from pipelines.steps.building.cleandialogues import OnStep
from pipelines.steps.datasets import dataset_folder
from warehouse.connect import open_warehouse
from warehouse.datasets.manifest import read_manifest
from warehouse.datasets.parquet import read_rows
from warehouse.errors import Misuse, MundapError
from warehouse.store.kinship import threads_and_askers

BATCH_ROWS: Final = 2_000
MOST_NAMED: Final = 1_000  # problems of one kind; the rest is counted
_SAID: Final = {
    "near_duplicate": "near-copies",
    "answer": "equal answers",
    "cluster": "one cluster",
    "address": "one address",
    "thread": "one thread",
    "asker": "one asker",
}
_FILES: Final = ("train", "validation", "test", "dropped")
_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`found` counts problems by kind, zeros included; `problems` name the rows, at most 1,000 of a kind.

    `rows` is by split with `dropped`; `on_record` rows have their thread and asker in the warehouse; `masks` says by
    which masks personal data was looked for.
    """

    folder: Path
    rows: dict[str, int]
    on_record: int
    found: dict[str, int]
    problems: tuple[str, ...]
    masks: str


def audit(settings: Settings, path: Path, on_step: OnStep) -> AuditReport:
    """Look through a whole dataset version (or the newest one of a name); memory grows with the held-out rows.

    Raises:
        Misuse: no such dataset, or a shard that cannot be read.
    """
    audited = _Audit(dataset_folder(settings, path), _warehouse(settings))
    audited.look_for_leaks(on_step)
    audited.look_for_personal_data(on_step)
    return AuditReport(
        audited.folder,
        dict(audited.rows),
        audited.on_record,
        dict(audited.found),
        tuple(audited.problems),
        audited.told_masks(),
    )


class _Audit:
    """The dataset with what was found so far."""

    def __init__(self, folder: Path, engine: sa.Engine | None) -> None:
        self.folder, self._engine = folder, engine
        self._masks = Recipe("personal data", "1", personal_rules(_steps(folder)), Options(), "")
        self.rows: Counter[str] = Counter(dict.fromkeys(_FILES, 0))
        self.on_record = 0
        self.found: Counter[str] = Counter(dict.fromkeys((*_SAID, "personal"), 0))
        self.problems: list[str] = []

    def told_masks(self) -> str:
        """By whose masks personal data is looked for."""
        return "the spec's masks" if self._masks.steps == PERSONAL_RULES else "the wider masks of its recipe"

    def look_for_leaks(self, on_step: OnStep) -> None:
        held = [row for split in ("validation", "test") for rows in self._rows(split) for row in rows]
        against = HeldOut(held)
        # Two held-out rows would come up from both ends.
        self._note_leaks(against.leaks([row for row in held if row.split == "test"]))
        for rows in self._rows("train"):
            self._note_leaks(against.leaks(rows))
            on_step(self.rows["train"], None, "leaks")

    def look_for_personal_data(self, on_step: OnStep) -> None:
        done = 0
        for split in _FILES:
            for batch in _batches(read_rows(self.folder, split)):
                if split == "dropped":
                    self.rows[split] += len(batch)
                self._note_personal(split, batch)
                done += len(batch)
                on_step(done, None, "personal data")

    def _rows(self, split: str) -> Iterator[list[AuditRow]]:
        for batch in _batches(read_rows(self.folder, split)):
            kin = threads_and_askers(self._engine, [row["dialogue_id"] for row in batch]) if self._engine else {}
            self.on_record += len(kin)
            self.rows[split] += len(batch)
            yield [_audit_row(row, split, kin.get(row["dialogue_id"], (None, None))) for row in batch]

    def _note_leaks(self, leaks: Iterable[Leak]) -> None:
        for leak in leaks:
            alike = "" if leak.jaccard is None else f" (trigram Jaccard {leak.jaccard:.3f})"
            rows = f"{leak.one} of {leak.one_split} and {leak.other} of {leak.other_split}"
            self._note(leak.kind, f"{_SAID[leak.kind]}: {rows}{alike}")

    def _note_personal(self, split: str, batch: Sequence[_Row]) -> None:
        texts = [(_id(row), place, text) for row in batch for place, text in enumerate(_texts(row), 1)]
        table = pa.table({"id": [str(place) for place in range(len(texts))], "text": [text for *_, text in texts]})
        kept, _ = clean_batch(table, self._masks)
        masked = mask_texts([text for *_, text in texts], self._masks.steps)
        for (row_id, place, text), rules, hidden in zip(texts, kept.column("rules").to_pylist(), masked, strict=True):
            if rules or hidden != text:
                told = ", ".join(rules) or "hidden by its spelling"
                self._note("personal", f"personal data: {row_id} of {split}, turn {place}: {told}")

    def _note(self, kind: str, line: str) -> None:
        self.found[kind] += 1
        if self.found[kind] <= MOST_NAMED:
            self.problems.append(line)


def _steps(folder: Path) -> list[str]:
    """The steps of the recipe that made a version: one that masks more widely is held to that."""
    try:
        steps: list[str] = tomllib.loads(read_manifest(folder).recipe_text).get("steps", [])
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"{folder} has a recipe in its manifest that is no TOML: {error}; export it anew") from error
    return steps


def _warehouse(settings: Settings) -> sa.Engine | None:
    try:
        return open_warehouse(settings.database_url, read_only=True)
    except MundapError:
        return None  # the report says of how many rows threads and askers were compared


def _batches(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while batch := list(islice(rows, BATCH_ROWS)):
        yield batch


def _audit_row(row: _Row, split: str, kin: tuple[str | None, str | None]) -> AuditRow:
    links = {"cluster": row["cluster_id"], "address": row["url"], "thread": kin[0], "asker": kin[1]}
    answers = tuple(turn["content"] for turn in row["messages"] if turn["role"] == "assistant")
    return AuditRow(row["dialogue_id"], split, " ".join(_texts(row)), answers, links)


def _id(row: _Row) -> str:
    return str(row["id"] if "id" in row else row["dialogue_id"])


def _texts(row: _Row) -> list[str]:
    return [row["text"] or ""] if "id" in row else [turn["content"] for turn in row["messages"]]
