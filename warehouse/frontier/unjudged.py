"""Lists settled without their rows by runs that ended before they judged them.

Such a list keeps the hash of what it said when it had rows, and a mark, until a run has judged it: a run that was
killed leaves its finding to the next.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from warehouse.connect import in_transaction
from warehouse.frontier.crawls import Crawl, of_crawl
from warehouse.frontier.emptied import NOTHING_SAID
from warehouse.schema.columns import load
from warehouse.schema.crawling import frontier
from warehouse.schema.hosts import request

ROWS_LOST: Final = "rows_lost"  # the reason code of such a list


@dataclass(frozen=True, slots=True)
class SeenList:
    """A list as an earlier run saw it; `said` is what it said when it had rows, None for one that has them."""

    frontier_id: int
    url: str
    kind: str
    said: str | None


def unjudged(engine: sa.Engine, crawl: Crawl) -> list[SeenList]:
    """The lists with and without rows, in the order of their visits, of runs that ended before they judged them."""
    row = frontier.c
    marked = sa.and_(of_crawl(crawl), row.state == "done", row.reason_code == ROWS_LOST)
    visited = sa.select(request.c.frontier_id, sa.func.max(request.c.load_id).label("load_id"))
    visited = visited.where(request.c.frontier_id.in_(sa.select(row.frontier_id).where(marked)))
    last = visited.group_by(request.c.frontier_id).subquery()
    runs = sa.select(last.c.load_id).join(load, load.c.load_id == last.c.load_id).where(load.c.outcome != "running")
    seen = sa.select(row.frontier_id, row.url, row.kind, row.reason_code, row.content_sha256)
    seen = seen.join_from(request, frontier, row.frontier_id == request.c.frontier_id)
    has_rows = sa.or_(request.c.page_kind == "list", request.c.status == 304)
    is_list = sa.and_(of_crawl(crawl), row.kind.in_(("list", "next")))
    with engine.connect() as connection:
        if connection.execute(sa.select(row.frontier_id).where(marked).limit(1)).first() is None:
            return []
        loads = list(connection.execute(runs.distinct()).scalars())
        is_told = sa.and_(request.c.load_id.in_(loads), sa.or_(has_rows, row.reason_code == ROWS_LOST))
        rows = connection.execute(seen.where(is_list, is_told).order_by(request.c.request_id)).all()
    return [SeenList(number, url, kind, said if code == ROWS_LOST else None) for number, url, kind, code, said in rows]


def accept_empty(engine: sa.Engine, frontier_ids: Collection[int]) -> None:
    """Take it that these lists are rightly empty: that is what they say from now on."""

    def work(connection: sa.Connection) -> None:
        row = frontier.c
        rightly = sa.and_(row.frontier_id.in_(list(frontier_ids)), row.state == "done", row.reason_code == ROWS_LOST)
        values = {"reason": None, "reason_code": None, "content_sha256": NOTHING_SAID}
        connection.execute(sa.update(frontier).where(rightly).values(values))

    if frontier_ids:
        in_transaction(engine, work)
