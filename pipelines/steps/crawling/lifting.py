"""A stop ended before its time, by somebody who says why."""

from crawlers.sites.registry import site_by_id
from pipelines.plural import counted
from pipelines.settings import Settings
from pipelines.steps.crawling.fetching import allowed_hosts
from pipelines.steps.crawling.route import origin_of
from pipelines.steps.ledger import load
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse
from warehouse.hosts.lifting import lift_stop


def lift(settings: Settings, site_id: str, base_url: str | None, why: str) -> str:
    """End the stops of a site's hosts before their time, by a load of its own; `why` says who decided so, and why.

    Raises:
        Misuse: no reason, an unknown site, or a base URL that is none.
        Unready: no warehouse.
    """
    site = site_by_id(site_id)
    if not why.strip():
        raise Misuse('--lift-stop wants a reason that stands on record: --lift-stop "who allows it, and why"')
    hosts = sorted(allowed_hosts(site, origin_of(base_url or site.base_url)))
    engine = open_warehouse(settings.database_url)
    with load(settings, engine, f"lift stop of {site.id}: {why.strip()}") as entry:
        lifted = {host: pause for host in hosts if (pause := lift_stop(engine, host, why.strip()))}
        entry.counts.update(lifted=len(lifted))
    engine.dispose()
    if not lifted:
        return f"no stop to lift: none of {', '.join(hosts)} is stopped"
    was = "; ".join(f"{host} ({pause.why}, until {pause.until:%Y-%m-%d %H:%M} UTC)" for host, pause in lifted.items())
    return f"{counted(len(lifted), 'stop')} lifted, on record with its reason: {was}; one request alone tries first"
