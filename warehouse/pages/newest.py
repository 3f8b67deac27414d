"""The newest pages of a site: those that a drift set aside, the last good ones, and the lists that led there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from warehouse.frontier.crawls import Crawl
from warehouse.frontier.drifted import drifted_field, is_drifted
from warehouse.pages.snapshots import SnapshotRef
from warehouse.records.pages import Question
from warehouse.schema.content import question
from warehouse.schema.crawling import frontier, page

_SOME: Final = 500


@dataclass(frozen=True, slots=True)
class NewestPage:
    """A kept page, the key of its address, and the field for whose drift it was set aside."""

    address_key: str
    drifted: str | None
    snapshot: SnapshotRef


@dataclass(frozen=True, slots=True)
class NewestPages:
    """Question pages to look at, question pages read well before, list pages; all of one origin, newest first."""

    crawl: Crawl | None
    looked_at: tuple[NewestPage, ...] = ()
    good: tuple[NewestPage, ...] = ()
    lists: tuple[NewestPage, ...] = ()


def newest_pages(engine: sa.Engine, site: str, n: int) -> NewestPages:
    """Up to `n` pages of each sort, of the origin that was fetched from last.

    Looked at are pages that a drift set aside or whose layout nobody knew; where there is none, the newest.
    """
    row = page.c
    asked = frontier.c.kind == "question"
    broken = sa.and_(asked, sa.or_(is_drifted(), row.kind == "unknown"))
    read = sa.and_(asked, row.kind == "question", row.parser_version.is_not(None), sa.not_(is_drifted()))
    with engine.connect() as connection:
        last = sa.select(row.origin).where(row.site == site).order_by(row.page_id.desc()).limit(1)
        origin = connection.execute(last).scalar_one_or_none()
        if origin is None:
            return NewestPages(None)

        def newest(condition: Any, number: int) -> tuple[NewestPage, ...]:
            return _newest(connection, sa.and_(row.site == site, row.origin == origin, condition), number)

        good = newest(read, n)
        looked_at = newest(broken, n) or good
        return NewestPages(Crawl(site, "", origin), looked_at, good, newest(frontier.c.kind != "question", _SOME))


def stored_questions(engine: sa.Engine, site: str, external_ids: Sequence[str]) -> dict[str, Question]:
    """The newest stored questions of a site with any of these numbers, by number."""
    found: dict[str, Question] = {}
    with engine.connect() as connection:
        for start in range(0, len(external_ids), _SOME):
            some = external_ids[start : start + _SOME]
            query = sa.select(question).where(question.c.site == site, question.c.external_id.in_(some))
            for row in connection.execute(query.order_by(question.c.question_id)).mappings():
                found[row["external_id"]] = Question(**{name: row[name] for name in Question.__slots__})
    return found


def _newest(connection: sa.Connection, condition: Any, n: int) -> tuple[NewestPage, ...]:
    row = page.c
    columns = [
        frontier.c.address_key,
        frontier.c.state,
        frontier.c.reason_code,
        row.warc_file,
        row.warc_offset,
        row.warc_length,
        row.sha256,
    ]
    query = sa.select(*columns).select_from(page.join(frontier, frontier.c.frontier_id == row.frontier_id))
    query = query.where(condition, row.erased_at.is_(None)).order_by(row.page_id.desc()).limit(n)
    return tuple(
        NewestPage(key, drifted_field(state, code), SnapshotRef(*where))
        for key, state, code, *where in connection.execute(query).all()
    )
