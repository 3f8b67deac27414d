"""The newest kept pages of a site, by whichever process and run, as witnesses of what its pages show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from warehouse.drift.facts import Fact, layout_fact
from warehouse.drift.learning import facts_stored
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.drifted import drifted_field
from warehouse.schema.content import question
from warehouse.schema.crawling import frontier, page

NEWEST: Final = 60  # a band that 30 rows taught is left by 11 pages in a row
_COLUMNS = (page.c.kind, frontier.c.frontier_id, frontier.c.kind, frontier.c.address_key)


@dataclass(frozen=True, slots=True)
class Witness:
    """One kept page by its frontier row; of a page that a drift set aside the lost field alone is told, as missing."""

    frontier_id: int
    facts: tuple[Fact, ...]


def newest_witnesses(engine: sa.Engine, crawl: Crawl, *, without_load: int) -> list[Witness]:
    """The newest 60 pages kept of a site and origin, whatever their topic, in the order of their storing.

    Pages of the load that asks are left out: it has seen them itself.
    """
    own = sa.and_(page.c.site == crawl.site, page.c.origin == crawl.origin, page.c.load_id != without_load)
    read = page.c.kind.in_(("question", "list", "empty", "unknown"))
    columns = [column.label(f"c{number}") for number, column in enumerate(_COLUMNS)]
    query = sa.select(*columns, frontier.c.state, frontier.c.reason_code)
    query = query.select_from(page.join(frontier, frontier.c.frontier_id == page.c.frontier_id))
    query = query.where(own, read).order_by(page.c.page_id.desc()).limit(NEWEST)
    with engine.connect() as connection:
        rows = connection.execute(query).all()[::-1]
        keys = {key for _, _, kind, key, *_ in rows if kind == "question"}
        stored = _stored(connection, crawl, {key.removeprefix("q:") for key in keys})
    return [_witness(row, stored) for row in rows]


def _stored(connection: sa.Connection, crawl: Crawl, external_ids: set[str]) -> Mapping[str, list[Fact]]:
    row = question.c
    own = sa.and_(row.site == crawl.site, row.origin == crawl.origin, row.external_id.in_(sorted(external_ids)))
    return facts_stored(connection, connection.execute(sa.select(question).where(own)).mappings().all())


def _witness(row: Any, stored: Mapping[str, list[Fact]]) -> Witness:
    read_as, frontier_id, kind, key, state, code = row
    if lost := drifted_field(state, code):
        return Witness(frontier_id, (Fact(lost, is_there=False),))
    rest = stored.get(key.removeprefix("q:"), []) if kind == "question" and read_as == "question" else []
    return Witness(frontier_id, (layout_fact(kind, read_as), *rest))
