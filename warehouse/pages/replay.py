"""Kept pages read again by today's parser: which there are, what is stored of them, and how what is read now is stored.

Of each address only the newest page with content counts, or a newer one whose layout nobody knew then: replayed in
the order of their storing, these give what a crawl of the same pages would store today.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from warehouse.frontier.crawls import Crawl
from warehouse.frontier.drifted import drifted_field
from warehouse.frontier.links import add_links
from warehouse.loads import Stored
from warehouse.pages.snapshots import SnapshotRef
from warehouse.records.pages import Answer, Link, ParsedPage, Question
from warehouse.schema.content import answer, question
from warehouse.schema.crawling import frontier, page
from warehouse.store.answer_counts import recount
from warehouse.store.rowtext import Provenance
from warehouse.store.upserts import store_records

_READABLE = ("question", "list", "empty", "unknown", "script_only")
_SETTLED = {"question": "done", "list": "done", "empty": "done", "gone": "gone"}


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A stored page whose snapshot is there, with the frontier row that it answers.

    `is_left_out` says that the crawl did not want its question (asked outside `--since` and `--until`). What became of
    the row is told by its newest page (`is_newest`) alone.
    """

    page_id: int
    frontier_id: int
    crawl: Crawl
    url: str
    depth: int
    state: str
    reason_code: str | None
    kind: str
    parser_version: str | None
    snapshot: SnapshotRef
    is_newest: bool = True

    @property
    def is_left_out(self) -> bool:
        """Whether its question was read and not wanted."""
        return self.kind == "question" and self.parser_version is None and self.state != "set_aside"

    @property
    def drifted(self) -> str | None:
        """The field for whose drift it was set aside."""
        return drifted_field(self.state, self.reason_code) if self.is_newest else None


@dataclass(frozen=True, slots=True)
class StoredRows:
    """What is stored of one page's question: answers by (kind, parent, item key), each with its snapshot's hash."""

    question: Question | None = None
    page_sha256: str | None = None
    answers: dict[tuple[str, str, str], tuple[Answer, str]] = field(default_factory=dict)


def kept_page_ids(
    engine: sa.Engine, site: str, *, topic: str | None = None, since: datetime | None = None
) -> tuple[list[int], int]:
    """Numbers of the pages to replay in the order of their storing, and how many have expired or been taken down."""
    row = page.c
    wanted = [row.site == site, row.kind.in_(_READABLE)]
    wanted += [frontier.c.topic == topic] if topic is not None else []
    wanted += [row.fetched_at >= since] if since is not None else []
    joined = page.join(frontier, frontier.c.frontier_id == row.frontier_id)
    address = (row.origin, frontier.c.key_sha256)
    known = sa.func.max(sa.case((row.kind.not_in(("unknown", "script_only")), row.page_id)))
    newest = sa.select(known, sa.func.max(row.page_id)).select_from(joined)
    newest = newest.where(*wanted, row.erased_at.is_(None)).group_by(*address)
    erased = sa.select(sa.func.count()).select_from(joined).where(*wanted, row.erased_at.is_not(None))
    with engine.connect() as connection:
        ids = {number for pair in connection.execute(newest).all() for number in pair if number is not None}
        return sorted(ids), int(connection.execute(erased).scalar_one())


def read_kept(engine: sa.Engine, page_ids: Sequence[int]) -> list[KeptPage]:
    """These pages, in the order of their storing; one erased meanwhile is left out."""
    row, due = page.c, frontier.c
    columns = [row.page_id, row.kind, row.parser_version, row.warc_file, row.warc_offset, row.warc_length, row.sha256]
    asked = [due.frontier_id, due.site, due.topic, due.origin, due.url, due.depth, due.state, due.reason_code]
    newer = page.alias("newer")
    is_older = sa.exists(sa.select(newer.c.page_id)).where(
        newer.c.url_sha256 == row.url_sha256,
        newer.c.frontier_id == row.frontier_id,
        newer.c.page_id > row.page_id,
        newer.c.kind.in_(_READABLE),
    )
    is_newest = sa.case((is_older, 0), else_=1).label("is_newest")
    query = sa.select(*columns, *asked, is_newest).select_from(page.join(frontier, due.frontier_id == row.frontier_id))
    query = query.where(row.page_id.in_(page_ids), row.erased_at.is_(None)).order_by(row.page_id)
    with engine.connect() as connection:
        return [_kept(found) for found in connection.execute(query).mappings().all()]


def stored_of(connection: sa.Connection, kept: KeptPage, parsed: ParsedPage) -> StoredRows:
    """What is stored of the page's question, or, where today's parser finds none in it, what it brought then."""
    names = {row.question_external_id for row in parsed.answers}
    names |= {parsed.question.external_id} if parsed.question else set()
    sha256 = kept.snapshot.sha256
    if names:
        wanted: Any = question.c.external_id.in_(sorted(names))
    elif kept.kind == "question":
        brought = sa.select(answer.c.question_id).where(answer.c.page_sha256 == sha256)
        wanted = sa.or_(question.c.page_sha256 == sha256, question.c.question_id.in_(brought))
    else:
        return StoredRows()
    key = sa.and_(question.c.origin == kept.crawl.origin, question.c.site == kept.crawl.site)
    asked = connection.execute(sa.select(question).where(key, wanted)).mappings().first()
    if asked is None:
        return StoredRows()
    query = sa.select(answer).where(answer.c.question_id == asked["question_id"])
    answers = {
        (row["kind"], row["parent_external_id"], row["item_key"]): (_answer(row, asked), row["page_sha256"])
        for row in connection.execute(query).mappings().all()
    }
    return StoredRows(Question(**{name: asked[name] for name in Question.__slots__}), asked["page_sha256"], answers)


def restate(
    connection: sa.Connection,
    kept: KeptPage,
    parsed: ParsedPage,
    links: Sequence[tuple[str, Link]],
    provenance: Provenance,
) -> tuple[Stored, int]:
    """Store every field of a page as it reads now, settle its frontier row where it was set aside, add its links.

    A page that today's parser cannot read stays as it was. Gives what became of the rows, and how many links are new.

    Raises:
        Permanent: answers whose question is not stored; nothing is written.
    """
    if parsed.kind not in _SETTLED:
        return Stored(), 0
    stored = Stored()
    if parsed.question or parsed.answers:
        stored = store_records(connection, kept.crawl.origin, parsed, provenance, whole=True)
    values = {"kind": parsed.kind, "layout": parsed.layout, "parser_version": parsed.parser_version}
    values |= {"mask_version": provenance.mask_version}
    connection.execute(sa.update(page).where(page.c.page_id == kept.page_id).values(values))
    if kept.is_newest:
        aside = sa.and_(frontier.c.frontier_id == kept.frontier_id, frontier.c.state == "set_aside")
        settled = {"state": _SETTLED[parsed.kind], "reason": None, "reason_code": None}
        connection.execute(sa.update(frontier).where(aside).values(settled))
    if kept.state != "set_aside" and kept.parser_version == parsed.parser_version:
        return stored, 0
    deeper = [(key, link, kept.depth + 1) for key, link in links]
    parent = "question" if parsed.kind == "question" else None
    found = (connection, kept.crawl, deeper, kept.url, provenance.load_id, provenance.now)
    return stored, add_links(*found, parent_kind=parent)


def erase_answers(connection: sa.Connection, kept: KeptPage, keys: Collection[tuple[str, str, str]], name: str) -> int:
    """Delete answers of the question `name` that today's parser no longer finds; gives their number."""
    asked = sa.select(question.c.question_id).where(
        question.c.origin == kept.crawl.origin, question.c.site == kept.crawl.site, question.c.external_id == name
    )
    number = 0
    for kind, parent, item in sorted(keys):
        same = sa.and_(
            answer.c.question_id.in_(asked),
            answer.c.kind == kind,
            answer.c.parent_external_id == parent,
            answer.c.item_key == item,
        )
        number += connection.execute(sa.delete(answer).where(same)).rowcount
    recount(connection, connection.execute(asked).scalars().all())
    return number


def _kept(row: Any) -> KeptPage:
    copied = {name: row[name] for name in KeptPage.__slots__ if name not in ("crawl", "snapshot", "is_newest")}
    snapshot = SnapshotRef(row["warc_file"], row["warc_offset"], row["warc_length"], row["sha256"])
    return KeptPage(
        crawl=Crawl(row["site"], row["topic"], row["origin"]),
        snapshot=snapshot,
        is_newest=bool(row["is_newest"]),
        **copied,
    )


def _answer(row: Any, asked: Any) -> Answer:
    values = {name: row[name] for name in Answer.__slots__ if name != "question_external_id"}
    values["parent_external_id"] = values["parent_external_id"] or None
    return Answer(question_external_id=asked["external_id"], **values)
