"""A measurement of a checkpoint, and its row on the leaderboard."""

from pathlib import Path

from modeling.evaluate import Evaluated
from modeling.evaluate import evaluate as measure
from modeling.facts import trained_on
from pipelines.settings import Settings
from pipelines.steps.datasets import dataset_folder, require_whole
from pipelines.steps.ledger import load
from pipelines.steps.training.heldout import require_held_out
from pipelines.steps.training.origin import is_own, learnt_folder
from warehouse.connect import open_warehouse
from warehouse.datasets.manifest import read_manifest
from warehouse.lineage import record_evaluation


def evaluate(
    settings: Settings, checkpoint: Path, dataset: Path | None, *, split: str | None = None, samples: int = 3
) -> Evaluated:
    """Measure a checkpoint and put its figures on the leaderboard.

    On another dataset than its own, what it learnt is left out; `left_out` is None where that could not be checked.

    Raises:
        Misuse: no checkpoint there, no such dataset, a changed file, or no held-out dialogue in it that is not learnt.
    """
    folder = dataset_folder(settings, dataset or trained_on(checkpoint))
    require_whole(folder)
    require_held_out(read_manifest(folder), split)
    engine = open_warehouse(settings.database_url, create=True)
    with load(settings, engine, f"evaluate {checkpoint.name}") as entry:
        learnt = None if is_own(checkpoint, folder) else learnt_folder(settings, checkpoint)
        evaluated = measure(checkpoint, folder, split=split, learnt=learnt, samples=samples)
        record_evaluation(
            engine,
            checkpoint=checkpoint,
            content_id=read_manifest(folder).content_id,
            eval_set_sha256=evaluated.eval_set_sha256,
            rows=evaluated.rows,
            split=evaluated.split,
            metrics=[(metric.name, metric.value, metric.low, metric.high) for metric in evaluated.metrics],
            load_id=entry.load_id,
        )
        entry.counts["rows"] = evaluated.rows
    return evaluated
