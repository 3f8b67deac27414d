"""Create what crawls write: load, host, robots, frontier, request, page."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Body, Key, Moment, row_id

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "load",
        sa.Column("load_id", row_id(), nullable=False),
        sa.Column("command", Key(200), nullable=False),
        sa.Column("settings_sha256", Key(64), nullable=False),
        sa.Column("code_version", Key(100), nullable=False),
        sa.Column("holder", Key(200), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", Key(20), nullable=False),
        sa.Column("reason", Body(), nullable=True),
        sa.Column("counts", Body(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('running', 'done', 'incomplete', 'stopped', 'failed', 'broken off')",
            name=op.f("ck_load_outcome"),
        ),
        sa.PrimaryKeyConstraint("load_id", name=op.f("pk_load")),
    )
    op.create_table(
        "host",
        sa.Column("host", Key(200), nullable=False),
        sa.Column("next_slot_at", Moment(), nullable=False),
        sa.Column("slowed_until", Moment(), nullable=True),
        sa.Column("slowed_why", Body(), nullable=True),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host")),
    )
    op.create_table(
        "robots",
        sa.Column("robots_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=True),
        sa.Column("host", Key(200), nullable=False),
        sa.Column("url", Body(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", Body(), nullable=False),
        sa.Column("sha256", Key(64), nullable=False),
        sa.Column("permission", Body(), nullable=True),
        sa.Column("fetched_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_robots_load_id")),
        sa.PrimaryKeyConstraint("robots_id", name=op.f("pk_robots")),
    )
    op.create_index(op.f("ix_robots_host_fetched_at"), "robots", ["host", "fetched_at"])
    op.create_table(
        "frontier",
        sa.Column("frontier_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=True),
        sa.Column("site", Key(50), nullable=False),
        sa.Column("topic", Key(200), nullable=False),
        sa.Column("origin", Key(200), nullable=False),
        sa.Column("key_sha256", Key(64), nullable=False),
        sa.Column("address_key", Body(), nullable=False),
        sa.Column("url", Body(), nullable=False),
        sa.Column("kind", Key(10), nullable=False),
        sa.Column("form", Body(), nullable=False),
        sa.Column("referer", Body(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("state", Key(10), nullable=False),
        sa.Column("reason", Body(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", Key(32), nullable=True),
        sa.Column("leased_by", Key(200), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("next_visit_at", Moment(), nullable=True),
        sa.Column("visited_at", Moment(), nullable=True),
        sa.Column("etag", Body(), nullable=True),
        sa.Column("last_modified", Body(), nullable=True),
        sa.Column("found_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'leased', 'done', 'gone', 'set_aside')", name=op.f("ck_frontier_state")
        ),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_frontier_load_id")),
        sa.PrimaryKeyConstraint("frontier_id", name=op.f("pk_frontier")),
        sa.UniqueConstraint(
            "site", "topic", "origin", "key_sha256", name=op.f("uq_frontier_site_topic_origin_key_sha256")
        ),
    )
    op.create_index("ix_frontier_claim", "frontier", ["site", "topic", "origin", "state", "kind", "next_visit_at"])
    op.create_table(
        "request",
        sa.Column("request_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=False),
        sa.Column("frontier_id", row_id(), nullable=True),
        sa.Column("robots_id", row_id(), nullable=True),
        sa.Column("host", Key(200), nullable=False),
        sa.Column("method", Key(10), nullable=False),
        sa.Column("url", Body(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("elapsed_seconds", sa.Float(), nullable=True),
        sa.Column("waited_seconds", sa.Float(), nullable=False),
        sa.Column("gap_seconds", sa.Float(), nullable=False),
        sa.Column("retry_after_seconds", sa.Float(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("page_kind", Key(20), nullable=True),
        sa.Column("fetched_by", Key(10), nullable=False),
        sa.Column("error", Body(), nullable=True),
        sa.ForeignKeyConstraint(["frontier_id"], ["frontier.frontier_id"], name=op.f("fk_request_frontier_id")),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_request_load_id")),
        sa.ForeignKeyConstraint(["robots_id"], ["robots.robots_id"], name=op.f("fk_request_robots_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_request")),
    )
    op.create_index(op.f("ix_request_host_sent_at"), "request", ["host", "sent_at"])
    op.create_index(op.f("ix_request_load_id"), "request", ["load_id"])
    op.create_table(
        "page",
        sa.Column("page_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=False),
        sa.Column("frontier_id", row_id(), nullable=True),
        sa.Column("request_id", row_id(), nullable=True),
        sa.Column("site", Key(50), nullable=False),
        sa.Column("origin", Key(200), nullable=False),
        sa.Column("url", Body(), nullable=False),
        sa.Column("url_sha256", Key(64), nullable=False),
        sa.Column("final_url", Body(), nullable=False),
        sa.Column("method", Key(10), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("kind", Key(20), nullable=False),
        sa.Column("layout", Key(50), nullable=True),
        sa.Column("parser_version", Key(50), nullable=True),
        sa.Column("mask_version", Key(50), nullable=True),
        sa.Column("charset", Key(30), nullable=False),
        sa.Column("fetched_by", Key(10), nullable=False),
        sa.Column("fetched_at", Moment(), nullable=False),
        sa.Column("body_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", Key(64), nullable=False),
        sa.Column("warc_file", Key(300), nullable=False),
        sa.Column("warc_offset", sa.BigInteger(), nullable=False),
        sa.Column("warc_length", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["frontier_id"], ["frontier.frontier_id"], name=op.f("fk_page_frontier_id")),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_page_load_id")),
        sa.ForeignKeyConstraint(["request_id"], ["request.request_id"], name=op.f("fk_page_request_id")),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_page")),
    )
    op.create_index(op.f("ix_page_load_id"), "page", ["load_id"])
    op.create_index(op.f("ix_page_sha256"), "page", ["sha256"])
    op.create_index(op.f("ix_page_url_sha256"), "page", ["url_sha256"])


def downgrade() -> None:
    op.drop_table("page")
    op.drop_table("request")
    op.drop_table("frontier")
    op.drop_table("robots")
    op.drop_table("host")
    op.drop_table("load")
