"""The one event of ours: a dataset was exported. The training waits for it."""

from pathlib import Path
from typing import Final

from pipelines.flows.server import answers, noted_url, pointed_at
from pipelines.settings import Settings
from pipelines.steps.building.exported import ExportReport
from warehouse.errors import Transient

EXPORTED: Final = "mundap.dataset.exported"
RESOURCE: Final = "mundap.dataset"


def announce_dataset(name: str, manifest_path: Path, content_id: str, version: str) -> None:
    """Tell the Prefect server in force of a new dataset version; it has the event when this returns.

    Events that Prefect's own `emit_event` queues are sent later, and lost without a word where the process ends
    or the server does not answer; so this one is posted.

    Raises:
        Transient: the server did not take the event.
    """
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.events.schemas.events import Event, Resource

    event = Event(
        event=EXPORTED,
        resource=Resource({"prefect.resource.id": f"{RESOURCE}.{name}", "prefect.resource.name": name}),
        payload={
            "dataset": name,
            "version": version,
            "content_id": content_id,
            "manifest": str(manifest_path.resolve()),
        },
    )
    try:
        with get_client(sync_client=True) as client:
            client.request("POST", "/events", json=[event.model_dump(mode="json")]).raise_for_status()
    except (httpx.HTTPError, RuntimeError) as error:
        raise Transient(
            f"dataset {name} {version} is exported, but the Prefect server did not take its event ({error}); "
            f"train it by hand: mundap train {name}"
        ) from error


def announce_to_known_server(settings: Settings, name: str, report: ExportReport) -> str:
    """Announce an export to the server that `deploy` was run on, and say in one line what came of it.

    Raises:
        Transient: the server answers, but did not take the event.
    """
    url = noted_url(settings)
    if url is None:
        return "no Prefect server is known, so no training starts by itself; make one known with: mundap deploy"
    if not answers(url):
        return f"the Prefect server at {url} does not answer, so no training starts by itself; mundap train {name} does"
    with pointed_at(url):
        announce_dataset(name, report.path / "manifest.json", report.content_id, report.version)
    return f"told the Prefect server at {url}; its gpu pool trains on this dataset"
