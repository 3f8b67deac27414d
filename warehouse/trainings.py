"""Questions about the trainings on record: which there are, in what state, and what was measured of one."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from warehouse.frontier.holders import is_gone
from warehouse.schema.models import evaluation, metric, run


@dataclass(frozen=True, slots=True)
class Training:
    """One training on record.

    `state` is "running", "done", "failed", or "broken off" where the process that trained is gone. Moments are aware
    UTC; `seconds` and `tokens_per_second` are those of the last process that trained. `evaluations` counts its
    measurements.
    """

    run_id: int
    run: str
    model: str
    dataset: str | None
    dataset_version: str | None
    checkpoint: Path
    state: str
    reason: str | None
    started_at: datetime
    ended_at: datetime | None
    steps: int | None
    seconds: float | None
    tokens_per_second: float | None
    evaluations: int


Figure = tuple[str, float, float | None, float | None]


def trainings(engine: sa.Engine, *, newest: int = 50) -> list[Training]:
    """The newest trainings, newest first: under way and failed ones too."""
    counted = sa.select(evaluation.c.run_id, sa.func.count().label("evaluations")).group_by(evaluation.c.run_id)
    measured = counted.subquery()
    query = sa.select(run, measured.c.evaluations).outerjoin(measured, measured.c.run_id == run.c.run_id)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(run.c.run_id.desc()).limit(newest)).mappings().all()
    return [_training(row) for row in rows]


def training_in(engine: sa.Engine, checkpoint: Path, content_id: str) -> int | None:
    """Number of the newest training that is on record as done in that folder on that content."""
    query = sa.select(sa.func.max(run.c.run_id)).where(
        run.c.checkpoint_sha256 == _digest(checkpoint), run.c.content_id == content_id, run.c.state == "done"
    )
    with engine.connect() as connection:
        found = connection.execute(query).scalar_one_or_none()
    return None if found is None else int(found)


def figures_of(engine: sa.Engine, run_id: int, content_id: str) -> tuple[int, str | None, list[Figure]] | None:
    """Dialogues, split and (name, value, low, high) of a training's latest evaluation on that content, if any."""
    latest = sa.select(evaluation.c.evaluation_id, evaluation.c.row_count, evaluation.c.split).where(
        evaluation.c.run_id == run_id, evaluation.c.content_id == content_id
    )
    with engine.connect() as connection:
        found = connection.execute(latest.order_by(evaluation.c.evaluation_id.desc()).limit(1)).first()
        if found is None:
            return None
        columns = (metric.c.name, metric.c.value, metric.c.low, metric.c.high)
        query = sa.select(*columns).where(metric.c.evaluation_id == found.evaluation_id).order_by(metric.c.name)
        figures = [(row.name, row.value, row.low, row.high) for row in connection.execute(query)]
        return int(found.row_count), found.split, figures


def _training(row: Any) -> Training:
    names = ("run_id", "model", "dataset", "dataset_version", "reason", "started_at", "ended_at", "steps", "seconds")
    state = "broken off" if row["state"] == "running" and is_gone(row["holder"]) else row["state"]
    return Training(
        run=row["name"],
        checkpoint=Path(row["checkpoint"]),
        state=state,
        tokens_per_second=row["tokens_per_second"],
        evaluations=row["evaluations"] or 0,
        **{name: row[name] for name in names},
    )


def _digest(checkpoint: Path) -> str:
    return hashlib.sha256(str(checkpoint.resolve()).encode()).hexdigest()
