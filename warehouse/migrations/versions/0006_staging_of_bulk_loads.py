"""Add the staging tables of SQL Server's bulk loads; on SQLite they stay empty."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Body, Key, row_id

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "staged_dialogue",
        sa.Column("staged_id", row_id(), nullable=False),
        sa.Column("batch", Key(32), nullable=True),
        sa.Column("dialogue_id", Key(16), nullable=True),
        sa.Column("source", Key(100), nullable=True),
        sa.Column("source_key", Body(), nullable=True),
        sa.Column("source_key_spaces", sa.Integer(), nullable=True),
        sa.Column("site", Key(10), nullable=True),
        sa.Column("topic", Key(200), nullable=True),
        sa.Column("url", Body(), nullable=True),
        sa.Column("url_spaces", sa.Integer(), nullable=True),
        sa.Column("asked_at", Key(40), nullable=True),
        sa.Column("label", sa.BigInteger(), nullable=True),
        sa.Column("thread", Key(400), nullable=True),
        sa.Column("turns", sa.BigInteger(), nullable=True),
        sa.Column("characters", sa.BigInteger(), nullable=True),
        sa.Column("written_by", Key(10), nullable=True),
        sa.Column("text_sha256", Key(64), nullable=True),
        sa.Column("page_sha256", Key(64), nullable=True),
        sa.Column("parser_version", Key(50), nullable=True),
        sa.Column("first_load_id", sa.BigInteger(), nullable=True),
        sa.Column("load_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("staged_id", name=op.f("pk_staged_dialogue")),
    )
    op.create_index(op.f("ix_staged_dialogue_batch_dialogue_id"), "staged_dialogue", ["batch", "dialogue_id"])
    op.create_table(
        "staged_turn",
        sa.Column("staged_id", row_id(), nullable=False),
        sa.Column("batch", Key(32), nullable=True),
        sa.Column("dialogue_id", Key(16), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("load_id", sa.BigInteger(), nullable=True),
        sa.Column("role", Key(10), nullable=True),
        sa.Column("content", Body(), nullable=True),
        sa.Column("content_spaces", sa.Integer(), nullable=True),
        sa.Column("author_key", Key(64), nullable=True),
        sa.PrimaryKeyConstraint("staged_id", name=op.f("pk_staged_turn")),
    )
    op.create_index(op.f("ix_staged_turn_batch_dialogue_id"), "staged_turn", ["batch", "dialogue_id"])


def downgrade() -> None:
    op.drop_table("staged_turn")
    op.drop_table("staged_dialogue")
