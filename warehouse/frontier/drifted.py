"""Pages that a crawl set aside because a field had left its band: their mark in the frontier."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from warehouse.connect import in_transaction
from warehouse.schema.content import question
from warehouse.schema.crawling import frontier, page

DRIFT: Final = "drift "  # begins the reason code of a page set aside so; the field's name follows


@dataclass(frozen=True, slots=True)
class Moved:
    """What a mark changed: pages set aside now, those of them that one load fetched, and the questions it stored."""

    pages: int = 0
    of_load: int = 0
    stored: int = 0


def is_drifted() -> sa.ColumnElement[bool]:
    """The condition that a frontier row was set aside for a drift and not read well since; it may wait for a retry."""
    return sa.func.coalesce(frontier.c.reason_code, "").like(f"{DRIFT}%")


def is_of_drifted_page(sha256: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The condition that text came out of the snapshot of such a page."""
    theirs = sa.select(page.c.page_id).join(frontier, frontier.c.frontier_id == page.c.frontier_id)
    return theirs.where(page.c.sha256 == sha256, is_drifted()).exists()


def drifted_field(state: str, reason_code: str | None) -> str | None:
    """The field for which a frontier row was set aside, None for any other row."""
    if state in ("done", "gone") or reason_code is None or not reason_code.startswith(DRIFT):
        return None
    return reason_code.removeprefix(DRIFT)


def mark_drifted(engine: sa.Engine, frontier_ids: Sequence[int], field: str, reason: str, load_id: int) -> Moved:
    """Set rows aside that were settled while too few pages told of the drift; `load_id` is whose part is counted."""

    def work(connection: sa.Connection) -> Moved:
        row = frontier.c
        done = sa.and_(row.frontier_id.in_(frontier_ids), row.state == "done")
        rows = connection.execute(sa.select(row.frontier_id, row.site, row.origin, row.address_key).where(done)).all()
        ids = [found.frontier_id for found in rows]
        values = {"state": "set_aside", "reason_code": DRIFT + field, "reason": reason}
        connection.execute(sa.update(frontier).where(row.frontier_id.in_(ids)).values(values))
        # What was in doubt is sure now, and says so.
        doubted = sa.and_(row.frontier_id.in_(frontier_ids), row.reason_code == DRIFT + field)
        connection.execute(sa.update(frontier).where(doubted).values(reason=reason))
        fetched = sa.select(sa.func.count(sa.distinct(page.c.frontier_id)))
        fetched = fetched.where(page.c.frontier_id.in_(ids), page.c.load_id == load_id)
        new = sa.select(sa.func.count()).where(
            question.c.first_load_id == load_id,
            question.c.site.in_({found.site for found in rows}),
            question.c.origin.in_({found.origin for found in rows}),
            question.c.external_id.in_([found.address_key.removeprefix("q:") for found in rows]),
        )
        counts = [int(connection.execute(query).scalar_one()) for query in (fetched, new)]
        return Moved(len(ids), *counts)

    return in_transaction(engine, work) if frontier_ids else Moved()
