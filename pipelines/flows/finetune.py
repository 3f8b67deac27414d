"""The flow from a dataset version to a measured model, started by hand or by the dataset's event."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run

from pipelines.flows.seat import config_of, seat_for, seated
from pipelines.flows.summaries import artifact_key, finetune_summary
from pipelines.flows.tasks import as_task, foreseen
from pipelines.settings import Settings
from warehouse.datasets.manifest import read_manifest
from warehouse.errors import Misuse, Unready

if TYPE_CHECKING:  # loading it loads torch, which `deploy` has no need of
    from pipelines.steps.training.finetune import FinetuneReport

MOST_STARTS: Final = 5  # a run that kills its process each time must not do so for ever


@flow(name="finetune", description="Train on a dataset version and evaluate; once for each (content, run).")
@foreseen
def finetune(
    manifest: str,
    config: str | None = None,
    content_id: str | None = None,
    run: str | None = None,
    model: str | None = None,
    overrides: dict[str, str] | None = None,
) -> "FinetuneReport":
    """Train run and model (else those of the settings) on the dataset version of `manifest`, each step a task.

    A training that was broken off is taken up from its checkpoint; one that is done is not done again.

    Raises:
        Misuse: the settings, the dataset, the run or an option is at fault, or `content_id` is another.
        Unready: the model, the warehouse or the disk is not there, or the run broke off five times.
    """
    seat = seat_for(config)
    folder = Path(manifest).parent if Path(manifest).name == "manifest.json" else Path(manifest)
    _require_content(folder, content_id)
    if (flow_run.run_count or 0) > MOST_STARTS:
        raise Unready(
            f"the training on {folder} broke off {MOST_STARTS} times; read the worker's log, then mundap train"
        )
    from pipelines.steps.training.finetune import finetune as train_and_evaluate

    settings = seat.settings
    report = train_and_evaluate(
        settings,
        folder,
        run_name=run or settings.model.run,
        model=model or settings.model.model,
        overrides=overrides or {},
        run=as_task,
        on_step=seat.on_step,
    )
    create_markdown_artifact(
        finetune_summary(report),
        key=artifact_key("training", report.checkpoint.name),
        description=str(report.checkpoint),
    )
    get_run_logger().info("%s: %d steps in %.0f s", report.checkpoint, report.steps, report.seconds)
    return report


def run_finetune(
    settings: Settings,
    dataset: Path,
    *,
    run_name: str,
    model: str,
    overrides: Mapping[str, str],
    on_step: Callable[[int, int, float], None],
) -> "FinetuneReport":
    """Run the flow in this process, under these settings and this bar; errors come out as they are."""
    with seated(settings, on_step):
        return finetune(str(dataset), config=config_of(settings), run=run_name, model=model, overrides=dict(overrides))


def _require_content(folder: Path, content_id: str | None) -> None:
    if content_id and (found := read_manifest(folder).content_id) != content_id:
        raise Misuse(f"{folder} holds content {found}, not the announced {content_id}; export again: mundap export")
