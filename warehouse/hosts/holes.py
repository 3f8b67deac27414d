"""What a ledger of requests lacks: requests that pages, visits, hosts or loads tell of, and numbers that are gone."""

import json
from datetime import datetime

import sqlalchemy as sa

from warehouse.schema.columns import load
from warehouse.schema.crawling import frontier, page
from warehouse.schema.hosts import host, request


def pages_without_request(engine: sa.Engine, load_id: int | None = None) -> list[tuple[int, str, int | None]]:
    """Pages (number, address, the request that they name) whose request is not in the ledger, of one load or of all."""
    query = sa.select(page.c.page_id, page.c.url, page.c.request_id)
    query = query.select_from(page.outerjoin(request, request.c.request_id == page.c.request_id))
    query = query.where(request.c.request_id.is_(None)).order_by(page.c.page_id)
    if load_id is not None:
        query = query.where(page.c.load_id == load_id)
    with engine.connect() as connection:
        return [(number, url, named) for number, url, named in connection.execute(query)]


def visits_without_request(engine: sa.Engine) -> list[tuple[int, str]]:
    """Frontier rows (number, address) that were visited while no request for them is in the ledger.

    A request is on record before it leaves, and a visit settles it in its own transaction: no crash parts them.
    """
    sent = sa.select(request.c.frontier_id).where(request.c.frontier_id.is_not(None))
    row = frontier.c
    query = sa.select(row.frontier_id, row.url).where(
        row.state.in_(("done", "gone")), row.visited_at.is_not(None), row.frontier_id.not_in(sent)
    )
    with engine.connect() as connection:
        return [(number, url) for number, url in connection.execute(query.order_by(row.frontier_id))]


def hosts_asked_later(engine: sa.Engine) -> list[tuple[str, datetime, datetime | None]]:
    """Hosts (name, last turn, newest request on record) whose last turn has no request in the ledger.

    A turn and its request are written in one transaction, with one moment.
    """
    newest = sa.select(request.c.host, sa.func.max(request.c.sent_at).label("newest")).group_by(request.c.host)
    known = newest.subquery()
    query = sa.select(host.c.host, host.c.last_sent_at, known.c.newest)
    query = query.select_from(host.outerjoin(known, known.c.host == host.c.host)).where(
        host.c.last_sent_at.is_not(None),
        sa.or_(known.c.newest.is_(None), known.c.newest < host.c.last_sent_at),
    )
    with engine.connect() as connection:
        return [(name, last, found) for name, last, found in connection.execute(query.order_by(host.c.host))]


def loads_that_fetched_more(engine: sa.Engine) -> list[tuple[int, int, int]]:
    """Loads (number, pages that they count as fetched, requests on record), where the requests are fewer."""
    sent = sa.select(sa.func.count()).where(request.c.load_id == load.c.load_id).scalar_subquery()
    with engine.connect() as connection:
        rows = connection.execute(sa.select(load.c.load_id, load.c.counts, sent)).all()
    counted = ((number, json.loads(counts).get("fetched", 0), on_record) for number, counts, on_record in rows)
    return [(number, fetched, on_record) for number, fetched, on_record in counted if fetched > on_record]


def lost_numbers(engine: sa.Engine) -> list[tuple[int, int]]:
    """Runs of request numbers (first, last) that are gone; SQL Server leaves gaps by itself, so none is told there."""
    if engine.dialect.name != "sqlite":
        return []
    number = request.c.request_id
    before = sa.func.coalesce(sa.func.lag(number).over(order_by=number), 0).label("before")
    pairs = sa.select(number, before).subquery()
    query = sa.select(pairs.c.before, pairs.c.request_id).where(pairs.c.request_id - pairs.c.before > 1)
    with engine.connect() as connection:
        return [(before + 1, after - 1) for before, after in connection.execute(query)]
