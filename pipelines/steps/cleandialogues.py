"""All dialogues of the warehouse through a recipe and the quality filters, batch by batch."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Final

import sqlalchemy as sa

from cleaning.dialogues import CleanDialogue, clean_dialogues
from cleaning.quality import check, mark
from cleaning.recipe import Recipe
from pipelines.steps.runner import Runner
from warehouse.dialogues import read_dialogues
from warehouse.records.dialogues import Dialogue, Dropped

BATCH_DIALOGUES: Final = 2_000
OnStep = Callable[[int, int | None, str], None]


def clean_all(
    engine: sa.Engine, recipe: Recipe, workers: int, run: Runner, on_step: OnStep
) -> tuple[list[CleanDialogue], list[Dropped]]:
    """Clean every dialogue, in order of (first load, id); more workers give the same, sooner."""
    kept: list[CleanDialogue] = []
    dropped: list[Dropped] = []
    done = 0
    for batch_kept, batch_dropped in _cleaned(read_dialogues(engine, batch=BATCH_DIALOGUES), recipe, workers, run):
        kept += batch_kept
        dropped += batch_dropped
        done += len(batch_kept) + len(batch_dropped)
        on_step(done, None, "cleaning")
    return kept, dropped


def _cleaned(
    batches: Iterator[list[Dialogue]], recipe: Recipe, workers: int, run: Runner
) -> Iterator[tuple[list[CleanDialogue], list[Dropped]]]:
    if workers == 1:
        yield from (run(clean_batch, batch, recipe) for batch in batches)
        return
    with ProcessPoolExecutor(workers) as pool:
        # In order, so that the bytes written are the same whatever the number of workers.
        yield from pool.map(clean_batch, batches, _forever(recipe))


def clean_batch(batch: Sequence[Dialogue], recipe: Recipe) -> tuple[list[CleanDialogue], list[Dropped]]:
    """Clean a batch, drop what is clean but not worth learning from, mark what holds abusive words."""
    cleaned, dropped = clean_dialogues(batch, recipe)
    faults = [check(row, written_by=row.dialogue.written_by) for row in cleaned]
    kept = [mark(row) for row, fault in zip(cleaned, faults, strict=True) if fault is None]
    return kept, dropped + [fault for fault in faults if fault is not None]


def _forever(recipe: Recipe) -> Iterator[Recipe]:
    while True:
        yield recipe
