"""Create questions, answers, dialogues, turns, takedowns."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Body, Key, Moment, row_id

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("question_id", row_id(), nullable=False),
        sa.Column("origin", Key(200), nullable=False),
        sa.Column("site", Key(50), nullable=False),
        sa.Column("external_id", Key(100), nullable=False),
        sa.Column("url", Body(), nullable=False),
        sa.Column("title", Body(), nullable=True),
        sa.Column("body", Body(), nullable=True),
        sa.Column("body_length", sa.Integer(), nullable=False),
        sa.Column("topic_id", Key(100), nullable=True),
        sa.Column("topic", Key(200), nullable=True),
        sa.Column("author_key", Key(64), nullable=True),
        sa.Column("asked_raw", Body(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("asked_precision", Key(10), nullable=True),
        sa.Column("views", sa.Integer(), nullable=True),
        sa.Column("votes_up", sa.Integer(), nullable=True),
        sa.Column("votes_down", sa.Integer(), nullable=True),
        sa.Column("answers_total", sa.Integer(), nullable=True),
        sa.Column("text_sha256", Key(64), nullable=False),
        sa.Column("page_sha256", Key(64), nullable=False),
        sa.Column("parser_version", Key(50), nullable=False),
        sa.Column("mask_version", Key(50), nullable=False),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.Column("first_load_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=False),
        sa.ForeignKeyConstraint(["first_load_id"], ["load.load_id"], name=op.f("fk_question_first_load_id")),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_question_load_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question")),
        sa.UniqueConstraint("origin", "site", "external_id", name=op.f("uq_question_origin_site_external_id")),
    )
    op.create_index(op.f("ix_question_topic_asked_at"), "question", ["topic", "asked_at"])
    op.create_table(
        "answer",
        sa.Column("answer_id", row_id(), nullable=False),
        sa.Column("question_id", row_id(), nullable=False),
        sa.Column("kind", Key(10), nullable=False),
        sa.Column("parent_external_id", Key(100), nullable=False),
        sa.Column("item_key", Key(110), nullable=False),
        sa.Column("external_id", Key(100), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", Body(), nullable=True),
        sa.Column("body_length", sa.Integer(), nullable=False),
        sa.Column("author_key", Key(64), nullable=True),
        sa.Column("author_grade", Key(100), nullable=True),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.Column("written_by", Key(10), nullable=False),
        sa.Column("speaker", Key(10), nullable=False),
        sa.Column("answered_raw", Body(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("votes_up", sa.Integer(), nullable=True),
        sa.Column("votes_down", sa.Integer(), nullable=True),
        sa.Column("text_sha256", Key(64), nullable=False),
        sa.Column("page_sha256", Key(64), nullable=False),
        sa.Column("parser_version", Key(50), nullable=False),
        sa.Column("mask_version", Key(50), nullable=False),
        sa.Column("first_load_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=False),
        sa.ForeignKeyConstraint(["first_load_id"], ["load.load_id"], name=op.f("fk_answer_first_load_id")),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_answer_load_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.question_id"], name=op.f("fk_answer_question_id")),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "question_id",
            "kind",
            "parent_external_id",
            "item_key",
            name=op.f("uq_answer_question_id_kind_parent_external_id_item_key"),
        ),
    )
    op.create_table(
        "dialogue",
        sa.Column("dialogue_id", Key(16), nullable=False),
        sa.Column("source", Key(100), nullable=False),
        sa.Column("source_key", Body(), nullable=False),
        sa.Column("site", Key(10), nullable=True),
        sa.Column("topic", Key(200), nullable=True),
        sa.Column("url", Body(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("label", sa.Integer(), nullable=True),
        sa.Column("thread", Key(400), nullable=True),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("written_by", Key(10), nullable=False),
        sa.Column("side", Key(10), nullable=True),
        sa.Column("text_sha256", Key(64), nullable=False),
        sa.Column("page_sha256", Key(64), nullable=True),
        sa.Column("parser_version", Key(50), nullable=True),
        sa.Column("first_load_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=False),
        sa.CheckConstraint("side IN ('train', 'validation', 'test')", name=op.f("ck_dialogue_side")),
        sa.ForeignKeyConstraint(["first_load_id"], ["load.load_id"], name=op.f("fk_dialogue_first_load_id")),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_dialogue_load_id")),
        sa.PrimaryKeyConstraint("dialogue_id", name=op.f("pk_dialogue")),
    )
    op.create_index(op.f("ix_dialogue_first_load_id_dialogue_id"), "dialogue", ["first_load_id", "dialogue_id"])
    op.create_index(op.f("ix_dialogue_source"), "dialogue", ["source"])
    op.create_table(
        "turn",
        sa.Column("dialogue_id", Key(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("load_id", row_id(), nullable=False),
        sa.Column("role", Key(10), nullable=False),
        sa.Column("content", Body(), nullable=False),
        sa.Column("author_key", Key(64), nullable=True),
        sa.CheckConstraint("role IN ('user', 'assistant')", name=op.f("ck_turn_role")),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogue.dialogue_id"], name=op.f("fk_turn_dialogue_id")),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_turn_load_id")),
        sa.PrimaryKeyConstraint("dialogue_id", "position", name=op.f("pk_turn")),
    )
    op.create_table(
        "takedown",
        sa.Column("takedown_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=False),
        sa.Column("target", Body(), nullable=False),
        sa.Column("target_sha256", Key(64), nullable=False),
        sa.Column("site", Key(50), nullable=True),
        sa.Column("external_id", Key(100), nullable=True),
        sa.Column("reason", Body(), nullable=True),
        sa.Column("taken_down_at", Moment(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("snapshot_count", sa.Integer(), nullable=False),
        sa.Column("dataset_count", sa.Integer(), nullable=False),
        sa.Column("model_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_takedown_load_id")),
        sa.PrimaryKeyConstraint("takedown_id", name=op.f("pk_takedown")),
    )
    op.create_index(op.f("ix_takedown_target_sha256"), "takedown", ["target_sha256"])


def downgrade() -> None:
    op.drop_table("takedown")
    op.drop_table("turn")
    op.drop_table("dialogue")
    op.drop_table("answer")
    op.drop_table("question")
