"""Tables of what was built: datasets, trainings, evaluations."""

import sqlalchemy as sa

from warehouse.schema.columns import allowed_check, column, load_column, metadata
from warehouse.schema.content import SIDES
from warehouse.types import Body, Key, Moment, row_id

RUN_STATES = ("running", "done", "failed")

dataset = sa.Table(
    "dataset",
    metadata,
    column("dataset_id", row_id(), "number of the version", primary_key=True),
    load_column(null=True),
    column("name", Key(100), "name of the dataset", source="user"),
    column("version", Key(30), "KST date of the newest load and 8 hex of content_id"),
    column("content_id", Key(64), "hash over the files and the recipe", unit="SHA-256 hex"),
    column("parent_version", Key(30), "version of the same name before it", null=True),
    column("path", Body(), "its folder"),
    column("recipe_name", Key(100), "recipe that cleaned it"),
    column("recipe_version", Key(30), "version of that recipe"),
    column("code_version", Key(100), "version of Mundap that wrote it"),
    column("row_count", sa.Integer(), "rows kept, all splits together", unit="rows"),
    column("train_rows", sa.Integer(), "rows to train on", unit="rows"),
    column("validation_rows", sa.Integer(), "rows to choose by", unit="rows"),
    column("test_rows", sa.Integer(), "rows to report on", unit="rows"),
    column("dropped_rows", sa.Integer(), "rows set aside by rules", unit="rows"),
    column("size_bytes", sa.BigInteger(), "size of all shards", unit="bytes"),
    column("newest_load_at", Moment(), "start of the newest source load", unit="UTC"),
    column("recorded_at", Moment(), "when the version was first recorded", unit="UTC"),
    column("flagged_at", Moment(), "when a takedown touched it", unit="UTC", null=True),
    sa.UniqueConstraint("name", "version"),
    sa.Index(None, "content_id"),
    comment="Exported dataset versions. The files may hold personal text; this row does not.",
)

dataset_source = sa.Table(
    "dataset_source",
    metadata,
    column("dataset_id", row_id(), "version", sa.ForeignKey("dataset.dataset_id"), primary_key=True),
    column("load_id", row_id(), "load that it draws on", sa.ForeignKey("load.load_id"), primary_key=True),
    comment="Which loads a dataset version was built from. Holds no personal data.",
)

run = sa.Table(
    "run",
    metadata,
    column("run_id", row_id(), "number of the training", primary_key=True),
    load_column(null=True),
    column("name", Key(100), "run file that it follows, such as mundap", source="user"),
    column("model", Key(300), "model that it started from", source="user"),
    column("content_id", Key(64), "content_id of the dataset that it learnt from", unit="SHA-256 hex"),
    column("dataset", Key(100), "name of that dataset", null=True),
    column("dataset_version", Key(30), "version of that dataset", null=True),
    column("checkpoint", Body(), "folder of the weights"),
    column("checkpoint_sha256", Key(64), "hash of that path, to find the row by", unit="SHA-256 hex"),
    column("options", Body(), "options in force", unit="JSON object"),
    column("holder", Key(200), "process that trains, as place:pid:start (the place is host.machine.start.numbering)"),
    column("state", Key(10), "what became of it", allowed=RUN_STATES),
    column("reason", Body(), "why it failed", null=True),
    column("started_at", Moment(), "when it began", unit="UTC"),
    column("ended_at", Moment(), "when it ended", unit="UTC", null=True),
    column("steps", sa.Integer(), "optimiser steps", unit="steps", null=True),
    column("seconds", sa.Float(), "time in training", unit="seconds", null=True),
    column("tokens_per_second", sa.Float(), "speed of training", unit="tokens per second", null=True),
    column("promoted_at", Moment(), "when it became champion; the latest still promoted is it", unit="UTC", null=True),
    column("promoted_why", Body(), "what the promotion rests on", null=True),
    column("flagged_at", Moment(), "when a takedown touched its dataset", unit="UTC", null=True),
    sa.Index(None, "content_id", "name"),
    sa.Index(None, "checkpoint_sha256"),
    allowed_check("state", RUN_STATES),
    comment="Trainings. Weights may hold personal text; this row does not.",
)

evaluation = sa.Table(
    "evaluation",
    metadata,
    column("evaluation_id", row_id(), "number of the evaluation", primary_key=True),
    load_column(null=True),
    column("run_id", row_id(), "training that made the weights", sa.ForeignKey("run.run_id"), null=True),
    column("checkpoint", Body(), "folder of the weights"),
    column("content_id", Key(64), "content_id of the dataset measured on", unit="SHA-256 hex"),
    column("split", Key(10), "side measured on", allowed=SIDES, null=True),
    column("eval_set_sha256", Key(64), "hash of the very dialogues measured on", unit="SHA-256 hex"),
    column("row_count", sa.Integer(), "dialogues measured on", unit="dialogues"),
    column("evaluated_at", Moment(), "when", unit="UTC"),
    sa.Index(None, "eval_set_sha256"),
    comment="One measurement of one checkpoint on one set. Holds no personal data.",
)

metric = sa.Table(
    "metric",
    metadata,
    column("evaluation_id", row_id(), "evaluation", sa.ForeignKey("evaluation.evaluation_id"), primary_key=True),
    column("name", Key(60), "what was measured, its unit in the name", primary_key=True),
    column("value", sa.Float(), "the figure", unit="as its name says"),
    column("low", sa.Float(), "lower end of the 95 % interval", unit="as its name says", null=True),
    column("high", sa.Float(), "upper end of the 95 % interval", unit="as its name says", null=True),
    comment="One number of one evaluation, with its interval. Holds no personal data.",
)
