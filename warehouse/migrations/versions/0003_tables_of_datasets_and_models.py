"""Create datasets, runs, evaluations, metrics."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Body, Key, Moment, row_id

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("dataset_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=True),
        sa.Column("name", Key(100), nullable=False),
        sa.Column("version", Key(30), nullable=False),
        sa.Column("content_id", Key(64), nullable=False),
        sa.Column("parent_version", Key(30), nullable=True),
        sa.Column("path", Body(), nullable=False),
        sa.Column("recipe_name", Key(100), nullable=False),
        sa.Column("recipe_version", Key(30), nullable=False),
        sa.Column("code_version", Key(100), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("train_rows", sa.Integer(), nullable=False),
        sa.Column("validation_rows", sa.Integer(), nullable=False),
        sa.Column("test_rows", sa.Integer(), nullable=False),
        sa.Column("dropped_rows", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("newest_load_at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("flagged_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_dataset_load_id")),
        sa.PrimaryKeyConstraint("dataset_id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_dataset_name_version")),
    )
    op.create_index(op.f("ix_dataset_content_id"), "dataset", ["content_id"])
    op.create_table(
        "dataset_source",
        sa.Column("dataset_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.dataset_id"], name=op.f("fk_dataset_source_dataset_id")),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_dataset_source_load_id")),
        sa.PrimaryKeyConstraint("dataset_id", "load_id", name=op.f("pk_dataset_source")),
    )
    op.create_table(
        "run",
        sa.Column("run_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=True),
        sa.Column("name", Key(100), nullable=False),
        sa.Column("model", Key(300), nullable=False),
        sa.Column("content_id", Key(64), nullable=False),
        sa.Column("dataset", Key(100), nullable=True),
        sa.Column("dataset_version", Key(30), nullable=True),
        sa.Column("checkpoint", Body(), nullable=False),
        sa.Column("checkpoint_sha256", Key(64), nullable=False),
        sa.Column("options", Body(), nullable=False),
        sa.Column("holder", Key(200), nullable=False),
        sa.Column("state", Key(10), nullable=False),
        sa.Column("reason", Body(), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("steps", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("tokens_per_second", sa.Float(), nullable=True),
        sa.Column("promoted_at", Moment(), nullable=True),
        sa.Column("promoted_why", Body(), nullable=True),
        sa.Column("flagged_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_run_state")),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_run_load_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_checkpoint_sha256"), "run", ["checkpoint_sha256"])
    op.create_index(op.f("ix_run_content_id_name"), "run", ["content_id", "name"])
    op.create_table(
        "evaluation",
        sa.Column("evaluation_id", row_id(), nullable=False),
        sa.Column("load_id", row_id(), nullable=True),
        sa.Column("run_id", row_id(), nullable=True),
        sa.Column("checkpoint", Body(), nullable=False),
        sa.Column("content_id", Key(64), nullable=False),
        sa.Column("split", Key(10), nullable=True),
        sa.Column("eval_set_sha256", Key(64), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("evaluated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.load_id"], name=op.f("fk_evaluation_load_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_evaluation_run_id")),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_evaluation")),
    )
    op.create_index(op.f("ix_evaluation_eval_set_sha256"), "evaluation", ["eval_set_sha256"])
    op.create_table(
        "metric",
        sa.Column("evaluation_id", row_id(), nullable=False),
        sa.Column("name", Key(60), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.evaluation_id"], name=op.f("fk_metric_evaluation_id")),
        sa.PrimaryKeyConstraint("evaluation_id", "name", name=op.f("pk_metric")),
    )


def downgrade() -> None:
    op.drop_table("metric")
    op.drop_table("evaluation")
    op.drop_table("run")
    op.drop_table("dataset_source")
    op.drop_table("dataset")
