"""Where a command's pipeline runs: here and now, or as a flow where a Prefect server is set.

With PREFECT_API_URL in the environment the flow runs, so that its states, logs and artifacts stand on that
server. Without it the plain function runs, at once; an export still tells the server that `mundap deploy` was
run on, if it answers, so that its automation starts the training.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.flows.server import api_url
from pipelines.output import Advance, tell
from pipelines.settings import Settings
from pipelines.steps.crawling import crawl as crawling

if TYPE_CHECKING:
    from pipelines.steps.building.exported import ExportReport


def has_server(settings: Settings) -> bool:
    """Tell whether the environment names a Prefect server.

    Raises:
        Unready: it names one that does not answer.
    """
    return bool(os.environ.get("PREFECT_API_URL") and api_url(settings))


def crawl(settings: Settings, plan: crawling.CrawlPlan, advance: Advance) -> crawling.CrawlReport:
    """Crawl, as a flow where a server is set."""
    if not has_server(settings):
        return crawling.crawl_site(settings, plan, on_page=advance)
    from pipelines.flows.crawl import run_crawl

    return run_crawl(settings, plan, advance)


def prepare(
    settings: Settings,
    name: str,
    recipe: str,
    workers: int,
    advance: Advance,
    decontaminate: Sequence[Path] = (),
) -> "ExportReport":
    """Export a dataset, as a flow where a server is set; what is new is announced."""
    if has_server(settings):
        from pipelines.flows.prepare import run_prepare

        return run_prepare(settings, name, recipe, workers, advance, decontaminate)
    from pipelines.reports.build import with_report
    from pipelines.steps.building.prepare import prepare as export  # loads what a crawl does without

    report = with_report(
        export(settings, name, recipe=recipe, workers=workers, decontaminate=decontaminate, on_step=advance)
    )
    if not report.unchanged and (settings.folder / "prefect-api-url").is_file():
        from pipelines.flows.events import announce_to_known_server

        tell(announce_to_known_server(settings, name, report))
    return report
