"""Lists that had rows and show none now: what they said before, and their way back into the queue.

A list settled without its rows keeps the hash of what it said when it had some, and a mark, until the run that visited
it has judged it: a run that was killed leaves its finding to the next.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.frontier.crawls import Crawl, of_crawl
from warehouse.frontier.drifted import DRIFT
from warehouse.frontier.revisits import content_sha256
from warehouse.schema.columns import load
from warehouse.schema.crawling import frontier
from warehouse.schema.hosts import request

ROWS_LOST: Final = "rows_lost"  # the reason code of a list without its rows that nobody has judged yet
LIST_ROWS: Final = "list.rows"
NOTHING_SAID: Final = content_sha256(None, ())
_AGAIN_AFTER: Final = timedelta(hours=1)  # the next run asks at once, this one no more


def said_before(engine: sa.Engine, frontier_id: int) -> str | None:
    """The hash of what a page said when it was last settled, None for one never visited."""
    query = sa.select(frontier.c.content_sha256).where(frontier.c.frontier_id == frontier_id)
    with engine.connect() as connection:
        found: str | None = connection.execute(query).scalar_one_or_none()
        return found


def look_again(engine: sa.Engine, said: Mapping[int, str], reason: str) -> int:
    """Put settled lists back, by frontier row with the hash of what they said when they had rows; gives their number.

    They are asked for without a condition: an unchanged answer would be the empty one.
    """

    def work(connection: sa.Connection) -> int:
        values: dict[str, Any] = {"state": "pending", "reason": reason, "reason_code": DRIFT + LIST_ROWS, "etag": None}
        values |= {"last_modified": None, "next_visit_at": database_now(connection) + _AGAIN_AFTER}
        row = frontier.c
        number = 0
        for frontier_id, before in said.items():
            back = sa.update(frontier).where(row.frontier_id == frontier_id, row.state == "done")
            number += connection.execute(back.values(**values, content_sha256=before)).rowcount
        return number

    return in_transaction(engine, work)


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
