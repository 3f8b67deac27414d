"""A training on a dataset version, and its row in the warehouse."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from modeling.options import load_run
from modeling.outcome import TrainOutcome, finished, plan_of
from modeling.resume import check
from modeling.train import train as fit
from pipelines.settings import Settings
from pipelines.steps.datasets import dataset_folder, require_whole
from pipelines.steps.ledger import load
from pipelines.steps.training.checkpoints import default_folder
from pipelines.steps.training.heldout import held_out_notes
from pipelines.version import code_version
from warehouse.connect import open_warehouse
from warehouse.datasets.manifest import read_manifest
from warehouse.lineage import finish_run, record_run
from warehouse.trainings import training_in

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
