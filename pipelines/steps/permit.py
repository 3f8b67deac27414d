"""May we? The host's robots.txt, fetched live, kept, and obeyed unless somebody with the right to do so said yes."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from crawlers.fetch import Request
from crawlers.robots import Robots, allows, crawl_delay, read_robots, robots_url
from crawlers.sites.registry import Site, rebase
from pipelines.settings import Settings
from pipelines.steps.fetching import Fetchers, user_agent
from warehouse.errors import MundapError, Permanent, Refused, Transient
from warehouse.records.pages import Page
from warehouse.robots import save_robots


@dataclass(frozen=True, slots=True)
class Permit:
    """The rules in force for one crawl; with a `permission` on record robots.txt is kept but does not bind."""

    robots: Robots
    robots_id: int
    permission: str
    agent: str

    def allows(self, url: str) -> bool:
        """Tell whether this URL may be fetched."""
        return bool(self.permission) or allows(self.robots, url, self.agent)

    @property
    def crawl_delay_seconds(self) -> float | None:
        """The Crawl-delay that robots.txt asks of us."""
        return crawl_delay(self.robots, self.agent)


def ask_leave(
    settings: Settings, engine: sa.Engine, fetchers: Fetchers, site: Site, origin: str, load_id: int
) -> Permit:
    """Fetch and keep robots.txt and read what it means for this crawl.

    Raises:
        Refused: it refuses the crawl's first page and no permission is on record, or it cannot be had.
    """
    url = robots_url(origin)
    fetched_at = datetime.now(UTC)
    answer: Page | MundapError
    try:
        answer = fetchers.fetch_plainly(Request(url))
    except (Transient, Permanent) as error:
        answer = error
    robots = read_robots(url, answer, fetched_at)
    permission = settings.sites[site.id].permission.strip() if site.id in settings.sites else ""
    robots_id = save_robots(
        engine,
        host=origin.partition("://")[2],
        url=url,
        status=robots.status,
        body=robots.text,
        fetched_at=fetched_at,
        permission=permission or None,
        load_id=load_id,
    )
    if isinstance(answer, MundapError):
        raise Refused(f"{url} cannot be had, so nothing is fetched: {answer}")
    permit = Permit(robots, robots_id, permission, user_agent(settings))
    first = rebase(site.seeds(None, None)[0].url, origin)
    if not permit.allows(first):
        raise Refused(
            f"{url} refuses crawlers such as ours, and no permission is on record. {site.rights} With a permission "
            f'write into the settings: [sites.{site.id}] permission = "who allowed it, when"'
        )
    return permit
