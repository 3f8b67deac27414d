"""How many pages a crawl has visited: one number a crawl, so that no claim has to count rows."""

import sqlalchemy as sa

from warehouse.frontier.crawls import OF_CRAWL, Crawl, named
from warehouse.schema.crawling import crawl as crawls
from warehouse.schema.crawling import frontier
from warehouse.sqlserver import hold_name

_OF = sa.and_(*(crawls.c[name] == sa.bindparam(f"of_{name}") for name in ("site", "topic", "origin")))
_VISITED = sa.select(crawls.c.visited_pages).where(_OF)
_ONE_MORE = sa.update(crawls).where(_OF).values(visited_pages=crawls.c.visited_pages + 1)
_UNDER_WAY = sa.select(sa.func.count()).where(OF_CRAWL, frontier.c.state == "leased", frontier.c.visited_at.is_(None))
_SEEN = sa.select(sa.func.count()).where(OF_CRAWL, frontier.c.visited_at.is_not(None))


def visited_pages(connection: sa.Connection, crawl: Crawl) -> int:
    """Pages of the crawl that were visited at least once."""
    found = connection.execute(_VISITED, named(crawl)).scalar_one_or_none()
    return _begin(connection, crawl) if found is None else int(found)


def add_visited_page(connection: sa.Connection, crawl: Crawl) -> None:
    """Count a page that was settled for the first time, in the transaction that settled it."""
    # Last of its transaction: no lock may be waited for while this row, which all processes write, is held.
    if connection.execute(_ONE_MORE, named(crawl)).rowcount == 0:
        _begin(connection, crawl)


def spent(connection: sa.Connection, crawl: Crawl) -> int:
    """Pages visited, and those leased now for the first time: no two claims may count on the same page."""
    hold_name(connection, f"budget {crawl.site} {crawl.topic} {crawl.origin}")
    under_way = connection.execute(_UNDER_WAY, named(crawl)).scalar_one()
    return visited_pages(connection, crawl) + int(under_way)


def _begin(connection: sa.Connection, crawl: Crawl) -> int:
    number = int(connection.execute(_SEEN, named(crawl)).scalar_one())
    identity = {"site": crawl.site, "topic": crawl.topic, "origin": crawl.origin}
    connection.execute(sa.insert(crawls).values(**identity, visited_pages=number))
    return number
