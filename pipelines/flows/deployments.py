"""What stands on a Prefect server for us: pools, deployments with their schedules, automations."""

import shlex
import sys
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker

from crawlers.sites.registry import SITES
from pipelines.flows.automations import HEARTBEAT_SECONDS, crash_on_silence, put, resume_after_crash, training_on_export
from pipelines.flows.crawl import crawl
from pipelines.flows.finetune import finetune
from pipelines.flows.nightly import nightly, permitted_sites
from pipelines.flows.prepare import prepare
from pipelines.flows.seat import config_of
from pipelines.flows.server import pointed_at, reachable_url, url_file
from pipelines.settings import Settings
from warehouse.errors import Misuse

NAME: Final = "mundap"
TIMEZONE: Final = "Asia/Seoul"
POOLS: Final[dict[str, int | None]] = {"crawl": None, "gpu": 1}  # a pool, and how many runs it takes at once


@dataclass(frozen=True, slots=True)
class Deployed:
    """What `deploy` put on the server; `schedules` holds a line for each, none where it is empty.

    `unscheduled` holds a line for each site whose crawl gets no schedule, since nobody's permission is on record.
    """

    api_url: str
    pools: tuple[str, ...]
    deployments: tuple[str, ...]
    schedules: tuple[str, ...]
    unscheduled: tuple[str, ...]
    automations: tuple[str, ...]


def deploy(settings: Settings) -> Deployed:
    """Make pools, deployments, schedules and automations, or bring them up to date, and note the server's URL.

    Raises:
        Misuse: a cron line of the settings is none, or a pool of that name is of another type.
        Unready: no Prefect server answers.
    """
    url = reachable_url(settings)
    schedules = _schedules(settings)
    with pointed_at(url), get_client(sync_client=True) as client:
        for pool, limit in POOLS.items():
            _make_pool(client, pool, limit)
        for body, pool in ((crawl, "crawl"), (prepare, "crawl"), (nightly, "crawl")):
            _make_deployment(client, settings, body, pool, schedules.get(body.name, []))
        finetune_id = _make_deployment(client, settings, finetune, "gpu", [])
        automations = (training_on_export(finetune_id), crash_on_silence(), resume_after_crash(finetune_id))
        names = put(client, automations)
    file = url_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(url + "\n", "utf-8")
    return Deployed(
        api_url=url,
        pools=tuple(POOLS),
        deployments=tuple(f"{flow}/{NAME}" for flow in ("crawl", "prepare", "nightly", "finetune")),
        schedules=tuple(f"{flow}: {_line(plan)}" for flow, plans in schedules.items() for plan in plans),
        unscheduled=_unscheduled(settings),
        automations=names,
    )


def _make_pool(client: SyncPrefectClient, name: str, limit: int | None) -> None:
    found = {pool.name: pool for pool in client.read_work_pools()}.get(name)
    if found and found.type != ProcessWorker.type:
        raise Misuse(
            f"work pool {name} is of type {found.type}; delete it: prefect work-pool delete {name}, then deploy again"
        )
    template = ProcessWorker.get_default_base_job_template()
    pool = WorkPoolCreate(name=name, type=ProcessWorker.type, base_job_template=template, concurrency_limit=limit)
    client.create_work_pool(pool, overwrite=True)


def _make_deployment(
    client: SyncPrefectClient, settings: Settings, body: "Flow[Any, Any]", pool: str, schedules: list[Schedule]
) -> UUID:
    made: Any = body.to_deployment(
        NAME,
        schedules=schedules,
        parameters={"config": config_of(settings)},
        work_pool_name=pool,
        # The code is that of the installed package, wherever the worker was started.
        entrypoint_type=EntrypointType.MODULE_PATH,
        job_variables={
            "working_dir": str(settings.root.resolve()),
            # Named outright, the engine starts at once: no second process looks for a project to install.
            "command": shlex.join([sys.executable, "-m", "prefect.engine"]),
            "env": {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS)},
        },
    )
    deployment_id: UUID = made.apply()
    # Applying never takes the last schedule away.
    for old in client.read_deployment_schedules(deployment_id):
        if old.slug not in {schedule.slug for schedule in schedules}:
            client.delete_deployment_schedule(deployment_id, old.id)
    return deployment_id


def _schedules(settings: Settings) -> dict[str, list[Schedule]]:
    plan = settings.schedule
    crawls = [_cron("crawl", plan.crawl, site) for site in permitted_sites(settings)] if plan.crawl else []
    return {"crawl": crawls, "nightly": [_cron("nightly", plan.nightly)] if plan.nightly else []}


def _unscheduled(settings: Settings) -> tuple[str, ...]:
    # A schedule asks nobody again, so that it needs a permission whatever robots.txt says today.
    left_out = sorted(SITES.keys() - set(permitted_sites(settings))) if settings.schedule.crawl else []
    return tuple(
        f'crawl of {site}: robots.txt may refuse it; write [sites.{site}] permission = "who allowed it, when"'
        " and deploy again"
        for site in left_out
    )


def _cron(key: str, line: str, site: str | None = None) -> Schedule:
    try:
        return Cron(line, timezone=TIMEZONE, parameters={"site": site} if site else None, slug=site or key)
    except ValueError:
        raise Misuse(
            f"[schedule] {key} = {line!r} is no cron line; write it like '0 3 * * *', or '' for none"
        ) from None


def _line(schedule: Schedule) -> str:
    site = schedule.parameters.get("site") if schedule.parameters else None
    return f"{schedule.cron} {schedule.timezone}" + (f" ({site})" if site else "")
