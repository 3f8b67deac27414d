"""The flow of every night: crawl what may be crawled, erase raw pages past their age, make the dataset.

The dataset's event starts the training.
"""

from collections.abc import Mapping
from typing import Any

from prefect import flow, get_run_logger

from pipelines.flows.crawl import crawl
from pipelines.flows.prepare import prepare
from pipelines.flows.seat import seat_for
from pipelines.flows.tasks import foreseen
from pipelines.settings import Settings
from pipelines.steps.building.exported import ExportReport
from pipelines.steps.expiring import expire_snapshots
from warehouse.errors import Refused, Transient


@flow(name="nightly", description="Crawl each permitted site, then export the dataset.")
@foreseen
def nightly(
    config: str | None = None, base_urls: dict[str, str] | None = None, max_pages: int | None = None
) -> ExportReport:
    """Crawl each site with a permission on record or a base URL here, then export the settings' dataset.

    A site that refuses, or does not answer, holds up neither the others nor the dataset; the run fails at its end.

    Raises:
        Refused: a site refused.
        Transient: a site did not answer.
        Misuse: the settings are at fault, or there is no dialogue.
        Unready: the warehouse or the disk fails.
    """
    settings = seat_for(config).settings
    plans = crawl_plans(settings, base_urls or {}, max_pages)
    if not plans:
        get_run_logger().warning("no site has a permission on record ([sites.<id>] permission): nothing is crawled")
    failures: list[Refused | Transient] = []
    for plan in plans:
        try:
            crawl(config=config, **plan)
        except (Refused, Transient) as error:
            failures.append(error)
    expire_snapshots(settings)
    report = prepare(config=config)
    if failures:
        family = Refused if isinstance(failures[0], Refused) else Transient
        raise family("; ".join(str(error) for error in failures))
    return report


def crawl_plans(settings: Settings, base_urls: Mapping[str, str], max_pages: int | None) -> list[dict[str, Any]]:
    """Return the parameters of tonight's crawls, one for each site that allows it."""
    sites = dict.fromkeys([*permitted_sites(settings), *base_urls])
    budget = max_pages or settings.crawl.max_pages
    return [{"site": site, "base_url": base_urls.get(site), "max_pages": budget} for site in sites]


def permitted_sites(settings: Settings) -> list[str]:
    """Return the sites whose permission is on record."""
    return [site for site, own in settings.sites.items() if own.permission]
