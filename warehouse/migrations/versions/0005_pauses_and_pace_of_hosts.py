"""Keep every pause of a host, its pace across processes, and the user agent that read a robots.txt."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Body, Key, Moment, row_id

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column("pause_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=True),
        sa.Column("host", Key(200), nullable=False),
        sa.Column("kind", Key(10), nullable=False),
        sa.Column("why", Body(), nullable=False),
        sa.Column("begins_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_pause_load_id")),
        sa.PrimaryKeyConstraint("pause_id", name=op.f("pk_pause")),
    )
    op.create_index(op.f("ix_pause_host_begins_at"), "pause", ["host", "begins_at"])
    op.add_column("host", sa.Column("slowed_how", Key(10), nullable=True))
    op.add_column("host", sa.Column("last_sent_at", Moment(), nullable=True))
    op.add_column("host", sa.Column("slow_gap_seconds", sa.Float(), nullable=True))
    op.add_column("host", sa.Column("refusals", sa.Integer(), nullable=True))
    op.add_column("host", sa.Column("trial_until", Moment(), nullable=True))
    op.add_column("robots", sa.Column("user_agent", Body(), nullable=True))


def downgrade() -> None:
    op.drop_column("robots", "user_agent")
    for name in ("trial_until", "refusals", "slow_gap_seconds", "last_sent_at", "slowed_how"):
        op.drop_column("host", name)
    op.drop_table("pause")
