"""Which days of a back-fill are finished, so that a killed one goes on where it was."""

from datetime import date

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.frontier.crawls import Crawl
from warehouse.schema.crawling import backfill


def begin_day(engine: sa.Engine, crawl: Crawl, day: date, load_id: int) -> None:
    """Note that a day's lists are asked for; a day begun before stays as it is."""

    def work(connection: sa.Connection) -> None:
        known = sa.select(backfill.c.day).where(_of(crawl), backfill.c.day == day.isoformat())
        if connection.execute(known.with_hint(backfill, "WITH (UPDLOCK, HOLDLOCK)", "mssql")).first() is None:
            row = {"site": crawl.site, "topic": crawl.topic, "origin": crawl.origin, "day": day.isoformat()}
            now = database_now(connection)
            connection.execute(sa.insert(backfill).values(**row, load_id=load_id, started_at=now))

    in_transaction(engine, work)


def finish_day(engine: sa.Engine, crawl: Crawl, day: date) -> None:
    """Note that nothing of a day is left to fetch."""

    def work(connection: sa.Connection) -> None:
        row = sa.update(backfill).where(_of(crawl), backfill.c.day == day.isoformat(), backfill.c.finished_at.is_(None))
        connection.execute(row.values(finished_at=database_now(connection)))

    in_transaction(engine, work)


def finished_days(engine: sa.Engine, crawl: Crawl) -> frozenset[date]:
    """The days of a crawl that are finished."""
    query = sa.select(backfill.c.day).where(_of(crawl), backfill.c.finished_at.is_not(None))
    with engine.connect() as connection:
        return frozenset(date.fromisoformat(day) for day in connection.execute(query).scalars())


def _of(crawl: Crawl) -> sa.ColumnElement[bool]:
    row = backfill.c
    return sa.and_(row.site == crawl.site, row.topic == crawl.topic, row.origin == crawl.origin)
