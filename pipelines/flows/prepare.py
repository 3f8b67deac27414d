"""The flow from the warehouse to a dataset version, and its announcement."""

from collections.abc import Callable, Sequence
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

from pipelines.flows.events import announce_dataset
from pipelines.flows.seat import config_of, seat_for, seated
from pipelines.flows.summaries import artifact_key, export_summary
from pipelines.flows.tasks import as_task, foreseen
from pipelines.reports.build import with_report
from pipelines.settings import Settings
from pipelines.steps.building.exported import ExportReport
from pipelines.steps.building.prepare import prepare as make_dataset


@flow(name="prepare", description="Pair, clean, deduplicate, split and export; a new dataset is announced.")
@foreseen
def prepare(
    name: str | None = None,
    config: str | None = None,
    recipe: str = "dialogue",
    workers: int = 1,
    decontaminate: Sequence[str] = (),
) -> ExportReport:
    """Export dataset `name` (else that of the settings) in table batches, each a task.

    Raises:
        Misuse: the settings, the name or the recipe is at fault, or there is no dialogue.
        Unready: the warehouse or the disk fails.
        Transient: the dataset is there, but the server did not take its event.
    """
    seat = seat_for(config)
    name = name or seat.settings.schedule.dataset
    report = make_dataset(
        seat.settings,
        name,
        recipe=recipe,
        workers=workers,
        decontaminate=[Path(file) for file in decontaminate],
        run=as_task,
        on_step=seat.on_step,
    )
    report = as_task(with_report, report)
    create_markdown_artifact(
        export_summary(name, report), key=artifact_key("dataset", name), description=f"{name} {report.version}"
    )
    if report.unchanged:
        get_run_logger().info("%s %s is unchanged: nothing announced", name, report.version)
    else:
        as_task(announce_dataset, name, report.path / "manifest.json", report.content_id, report.version)
        get_run_logger().info("%s %s: %d kept, %d dropped", name, report.version, report.kept, report.dropped)
    return report


def run_prepare(
    settings: Settings,
    name: str,
    recipe: str,
    workers: int,
    on_step: Callable[[int, int | None, str], None],
    decontaminate: Sequence[Path] = (),
) -> ExportReport:
    """Run the flow in this process, under these settings and this bar; errors come out as they are."""
    with seated(settings, on_step):
        files = [str(path.resolve()) for path in decontaminate]
        return prepare(name, config=config_of(settings), recipe=recipe, workers=workers, decontaminate=files)
