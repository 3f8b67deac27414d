"""Pages that a crawl set aside because a field had left its band: their mark in the frontier."""

from collections.abc import Sequence

import sqlalchemy as sa

from warehouse.bands import DRIFT
from warehouse.connect import in_transaction
from warehouse.schema.crawling import frontier, page


def is_drifted() -> sa.ColumnElement[bool]:
    """The condition that a frontier row was set aside for a drift."""
    return sa.and_(frontier.c.state == "set_aside", frontier.c.reason_code.like(f"{DRIFT}%"))


def is_of_drifted_page(sha256: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The condition that text came out of the snapshot of such a page."""
    theirs = sa.select(page.c.page_id).join(frontier, frontier.c.frontier_id == page.c.frontier_id)
    return theirs.where(page.c.sha256 == sha256, is_drifted()).exists()


def drifted_field(state: str, reason_code: str | None) -> str | None:
    """The field for which a frontier row was set aside, None for any other row."""
    if state != "set_aside" or reason_code is None or not reason_code.startswith(DRIFT):
        return None
    return reason_code.removeprefix(DRIFT)


def mark_drifted(engine: sa.Engine, frontier_ids: Sequence[int], field: str, reason: str) -> int:
    """Set settled rows aside as well: they were stored while too few pages told of the drift. Gives their number."""

    def work(connection: sa.Connection) -> int:
        row = frontier.c
        settled = sa.and_(row.frontier_id.in_(frontier_ids), row.state.in_(("done", "set_aside")))
        values = {"state": "set_aside", "reason_code": DRIFT + field, "reason": reason}
        return connection.execute(sa.update(frontier).where(settled).values(values)).rowcount

    return in_transaction(engine, work) if frontier_ids else 0
