"""Training and evaluation in one, each done once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modeling.evaluate import Metric, Sample
from pipelines.settings import Settings
from pipelines.steps.datasets import dataset_folder
from pipelines.steps.runner import Runner, directly
from pipelines.steps.training.evaluate import evaluate
from pipelines.steps.training.heldout import held_out_rows
from pipelines.steps.training.train import OnStep, Trained, train
from warehouse.connect import open_warehouse
from warehouse.datasets.manifest import read_manifest
from warehouse.trainings import figures_of


@dataclass(frozen=True, slots=True)
class FinetuneReport:
    """One training with its measurement; `metrics` (on `split`) and `samples` are empty where nothing is held out.

    A training that was finished and measured before has the metrics of then, and no samples. `is_cut` tells that a
    time limit ended it before its `planned_steps`.
    """

    checkpoint: Path
    steps: int
    seconds: float
    tokens_per_second: float
    losses: tuple[tuple[int, float], ...]
    metrics: tuple[Metric, ...]
    samples: tuple[Sample, ...]
    run_id: int
    already: bool = False
    split: str | None = None
    notes: tuple[str, ...] = ()
    planned_steps: int = 0
    is_cut: bool = False


def finetune(
    settings: Settings,
    dataset: Path,
    *,
    run_name: str,
    model: str,
    overrides: Mapping[str, str] = {},
    run: Runner = directly,
    on_step: OnStep | None = None,
) -> FinetuneReport:
    """Train, taking up again what was broken off, then evaluate; what was done and measured before is not done again.

    Raises:
        Misuse: the dataset, the run or an option is at fault.
        Unready: the model, the warehouse or the disk is not there.
    """
    folder = dataset_folder(settings, dataset)
    trained = run(
        train, settings, folder, run_name=run_name, model=model, overrides=overrides, resume=True, on_step=on_step
    )
    outcome = trained.outcome
    metrics, samples, split = _measured(settings, trained, folder, run)
    return FinetuneReport(
        checkpoint=outcome.checkpoint,
        steps=outcome.steps,
        seconds=outcome.seconds,
        tokens_per_second=outcome.tokens_per_second,
        losses=outcome.losses,
        metrics=metrics,
        samples=samples,
        run_id=trained.run_id,
        already=trained.already,
        split=split,
        notes=trained.notes,
        planned_steps=outcome.planned_steps,
        is_cut=outcome.stopped_by == "seconds",
    )


def _measured(
    settings: Settings, trained: Trained, folder: Path, run: Runner
) -> tuple[tuple[Metric, ...], tuple[Sample, ...], str | None]:
    """Measure, or read what was measured before, and on which split; nothing where nothing is held out."""
    manifest = read_manifest(folder)
    if trained.already:
        engine = open_warehouse(settings.database_url)
        if (found := figures_of(engine, trained.run_id, manifest.content_id)) is not None:
            rows, split, figures = found
            return tuple(Metric(*figure, rows=rows) for figure in figures), (), split
    if not held_out_rows(manifest):
        return (), (), None
    evaluated = run(evaluate, settings, trained.outcome.checkpoint, folder)
    return evaluated.metrics, evaluated.samples, evaluated.split
