"""What a site's pages are expected to hold: as its stored rows taught, and never less than its parser claims."""

import sqlalchemy as sa

from crawlers.sites.registry import Site
from warehouse.drift.bands import Band, with_floors
from warehouse.drift.learning import learnt_bands
from warehouse.frontier.crawls import Crawl


def expected_bands(engine: sa.Engine, site: Site, crawl: Crawl) -> dict[str, Band]:
    """Return the bands of a crawl's fields by name."""
    return with_floors(learnt_bands(engine, crawl), site.floors)
