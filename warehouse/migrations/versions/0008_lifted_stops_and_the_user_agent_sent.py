"""Keep who lifted a stop and why, and by what name each request was sent."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Body, Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("pause", sa.Column("lifted_at", Moment(), nullable=True))
    op.add_column("pause", sa.Column("lifted_why", Body(), nullable=True))
    op.add_column("request", sa.Column("user_agent", Body(), nullable=True))


def downgrade() -> None:
    op.drop_column("request", "user_agent")
    op.drop_column("pause", "lifted_why")
    op.drop_column("pause", "lifted_at")
