"""Training, evaluation, and their rows on the leaderboard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from modeling.checkpoint import read_facts
from modeling.evaluate import Evaluated, Metric, Sample
from modeling.evaluate import evaluate as measure
from modeling.options import load_run
from modeling.train import TrainOutcome
from modeling.train import train as fit
from pipelines.settings import Settings
from pipelines.steps.datasets import dataset_folder, require_whole
from pipelines.steps.ledger import load
from pipelines.steps.runner import Runner, directly
from pipelines.version import code_version
from warehouse.connect import open_warehouse
from warehouse.lineage import finish_run, record_evaluation, record_run
from warehouse.shards import read_manifest

OnStep = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """One training and its row in the warehouse."""

    outcome: TrainOutcome
    run_id: int


@dataclass(frozen=True, slots=True)
class FinetuneReport:
    """One training with its measurement."""

    checkpoint: Path
    steps: int
    seconds: float
    tokens_per_second: float
    losses: tuple[tuple[int, float], ...]
    metrics: tuple[Metric, ...]
    samples: tuple[Sample, ...]
    run_id: int


def train(
    settings: Settings,
    dataset: Path,
    *,
    run_name: str,
    model: str,
    overrides: Mapping[str, str] = {},
    resume: bool = False,
    out: Path | None = None,
    on_step: OnStep | None = None,
) -> Trained:
    """Train on a dataset version whose files are whole, and record the run.

    Raises:
        Misuse: no such dataset, run or option; a file of the dataset was changed; the checkpoint is there already.
        Unready: the model, the warehouse or the disk is not there.
    """
    options = load_run(run_name, model=model, overrides=overrides)
    folder = dataset_folder(settings, dataset)
    require_whole(folder)
    manifest = read_manifest(folder)
    out = out or checkpoint_folder(settings, options.run, model, manifest.content_id)
    engine = open_warehouse(settings.database_url, create=True)
    with load(settings, engine, f"train {manifest.name} {options.run} {model}") as entry:
        facts = {"code_version": code_version(), "dataset_path": str(folder.resolve())}
        run_id = record_run(
            engine, run=options.run, model=model, content_id=manifest.content_id, checkpoint=out, load_id=entry.load_id
        )
        outcome = fit(folder, options, out, resume=resume, facts=facts, on_step=on_step)
        finish_run(
            engine, run_id, steps=outcome.steps, seconds=outcome.seconds, tokens_per_second=outcome.tokens_per_second
        )
        entry.counts["steps"] = outcome.steps
    return Trained(outcome, run_id)


def evaluate(
    settings: Settings, checkpoint: Path, dataset: Path | None, *, split: str | None = None, samples: int = 3
) -> Evaluated:
    """Measure a checkpoint and put its figures on the leaderboard.

    Raises:
        Misuse: no checkpoint there, no such dataset, a changed file, or no held-out dialogue in it.
    """
    facts = read_facts(checkpoint)
    folder = dataset_folder(settings, dataset or Path(str(facts["dataset_path"])))
    require_whole(folder)
    engine = open_warehouse(settings.database_url, create=True)
    with load(settings, engine, f"evaluate {checkpoint.name}") as entry:
        evaluated = measure(checkpoint, folder, split=split, samples=samples)
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
    """Train, taking up again what was broken off, then evaluate."""
    folder = dataset_folder(settings, dataset)
    trained = run(
        train, settings, folder, run_name=run_name, model=model, overrides=overrides, resume=True, on_step=on_step
    )
    outcome = trained.outcome
    evaluated = run(evaluate, settings, outcome.checkpoint, folder)
    return FinetuneReport(
        checkpoint=outcome.checkpoint,
        steps=outcome.steps,
        seconds=outcome.seconds,
        tokens_per_second=outcome.tokens_per_second,
        losses=outcome.losses,
        metrics=evaluated.metrics,
        samples=evaluated.samples,
        run_id=trained.run_id,
    )


def checkpoint_folder(settings: Settings, run_name: str, model: str, content_id: str) -> Path:
    """Name the checkpoint of one (run, model, dataset content)."""
    return settings.checkpoints / f"{run_name}-{model.rstrip('/').rsplit('/', 1)[-1]}-{content_id[:8]}"
