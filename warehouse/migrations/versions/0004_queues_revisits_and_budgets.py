"""Give the frontier a queue, reasons by code and an interval of revisits; add crawl and backfill; tell gone questions.

Rows that wait get their place in the queue, and each crawl's visited pages are counted once.
"""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Key, Moment, row_id

revision = "0004"
down_revision = "0003"

_CRAWL = ("site", "topic", "origin")


def upgrade() -> None:
    op.drop_index("ix_frontier_claim", "frontier")
    for column in (
        sa.Column("reason_code", Key(30), nullable=True),
        sa.Column("priority", sa.Integer(), sa.DefaultClause("0"), nullable=False),
        sa.Column("content_sha256", Key(64), nullable=True),
        sa.Column("changed_at", Moment(), nullable=True),
        sa.Column("revisit_seconds", sa.Float(), nullable=True),
    ):
        op.add_column("frontier", column)
    op.create_index("ix_frontier_claim", "frontier", [*_CRAWL, "state", "next_visit_at", "priority", "frontier_id"])
    op.add_column("question", sa.Column("gone_at", Moment(), nullable=True))
    _make_tables()
    op.execute(
        "UPDATE frontier SET kind = 'thread' WHERE kind = 'next' AND (address_key LIKE 'answers:%'"
        " OR address_key LIKE 'comments:%' OR address_key LIKE 'replies:%')"
    )
    op.execute(
        "UPDATE frontier SET priority = CASE WHEN kind = 'thread' THEN 2000 ELSE CASE WHEN kind = 'question' THEN 1000"
        " ELSE 3000 END + CASE WHEN depth > 999 THEN 999 ELSE depth END END"
    )
    op.execute(
        "INSERT INTO crawl (site, topic, origin, visited_pages) SELECT site, topic, origin, COUNT(visited_at)"
        " FROM frontier GROUP BY site, topic, origin"
    )


def _make_tables() -> None:
    op.create_table(
        "crawl",
        sa.Column("site", Key(50), nullable=False),
        sa.Column("topic", Key(200), nullable=False),
        sa.Column("origin", Key(200), nullable=False),
        sa.Column("visited_pages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*_CRAWL, name=op.f("pk_crawl")),
    )
    op.create_table(
        "backfill",
        sa.Column("backfill_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=False),
        sa.Column("site", Key(50), nullable=False),
        sa.Column("topic", Key(200), nullable=False),
        sa.Column("origin", Key(200), nullable=False),
        sa.Column("day", Key(10), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_backfill_load_id")),
        sa.PrimaryKeyConstraint("backfill_id", name=op.f("pk_backfill")),
        sa.UniqueConstraint(*_CRAWL, "day", name=op.f("uq_backfill_site_topic_origin_day")),
    )
