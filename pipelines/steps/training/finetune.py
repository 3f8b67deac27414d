"""Training, evaluation, and their rows on the leaderboard."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from modeling.evaluate import Evaluated, Metric, Sample
from modeling.evaluate import evaluate as measure
from modeling.facts import trained_on
from modeling.options import load_run
from modeling.resume import check
from modeling.train import TrainOutcome, finished, plan_of
from modeling.train import train as fit
from pipelines.settings import Settings
from pipelines.steps.datasets import dataset_folder, require_whole
from pipelines.steps.ledger import load
from pipelines.steps.runner import Runner, directly
from pipelines.steps.training.checkpoints import default_folder
from pipelines.steps.training.heldout import held_out_notes, held_out_rows, require_held_out
from pipelines.steps.training.origin import is_own, learnt_folder
from pipelines.version import code_version
from warehouse.connect import open_warehouse
from warehouse.datasets.shards import read_manifest
from warehouse.lineage import finish_run, record_evaluation, record_run
from warehouse.trainings import figures_of, training_in

OnStep = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """One training and its row in the warehouse.

    `already` tells that it was finished before and nothing was done; `notes` are sentences on a time limit that
    ended it, and on what the dataset's missing validation or test rows mean.
    """

    outcome: TrainOutcome
    run_id: int
    already: bool = False
    notes: tuple[str, ...] = ()


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
    out = out or default_folder(settings, options.run, model, manifest.content_id)
    plan = plan_of(folder, options)
    engine = open_warehouse(settings.database_url, create=True)
    record = partial(
        record_run, engine, run=options.run, model=model, content_id=manifest.content_id, checkpoint=out,
        options=asdict(options),
    )  # fmt: skip
    notes = held_out_notes(manifest)
    if (outcome := finished(out, plan)) is not None:
        # None: trained under another warehouse, or killed before the warehouse was told.
        known = training_in(engine, out, manifest.content_id)
        return Trained(outcome, known or _record_end(engine, record(), outcome), already=True, notes=notes)
    check(out, plan, resume=resume)  # first: what is refused here is no failed training
    with load(settings, engine, f"train {manifest.name} {options.run} {model}") as entry:
        facts = {"code_version": code_version(), "dataset_path": str(folder.resolve())}
        run_id = record(load_id=entry.load_id)
        with _failure_recorded(engine, run_id):
            outcome = fit(folder, options, out, resume=resume, facts=facts, on_step=on_step)
        _record_end(engine, run_id, outcome)
        entry.counts["steps"] = outcome.steps
    return Trained(outcome, run_id, notes=(*_time_limit_notes(outcome), *notes))


def _time_limit_notes(outcome: TrainOutcome) -> tuple[str, ...]:
    """Say that the clock ended a training, and how it goes on; nothing where it ended by itself."""
    if outcome.stopped_by != "seconds":
        return ()
    return (
        f"stopped by its time limit after {outcome.steps:,} of {outcome.planned_steps:,} steps; "
        "go on by the same command with --resume --set max_seconds=SECONDS",
    )


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


def _record_end(engine: sa.Engine, run_id: int, outcome: TrainOutcome) -> int:
    finish_run(
        engine, run_id, steps=outcome.steps, seconds=outcome.seconds, tokens_per_second=outcome.tokens_per_second
    )
    return run_id


@contextmanager
def _failure_recorded(engine: sa.Engine, run_id: int) -> Iterator[None]:
    """Put the reason of a failed training on record; one that is killed is known by its process that is gone."""
    try:
        yield
    except Exception as error:
        finish_run(engine, run_id, failed=" ".join(str(error).split())[:500] or type(error).__name__)
        raise
