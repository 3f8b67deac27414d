"""What was built from what: dataset versions, trainings, evaluations, and the champion among them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.datasets.manifest import Manifest
from warehouse.errors import Misuse
from warehouse.frontier.holders import this_process
from warehouse.ranking import ranked
from warehouse.schema.columns import load
from warehouse.schema.models import dataset, dataset_source, evaluation, metric, run


def record_dataset(engine: sa.Engine, manifest: Manifest, *, load_id: int | None = None) -> int:
    """Record a dataset version and its source loads, once; gives its number."""
    known_as = sa.and_(dataset.c.name == manifest.name, dataset.c.version == manifest.version)

    def work(connection: sa.Connection) -> int:
        found = connection.execute(sa.select(dataset.c.dataset_id).where(known_as)).scalar_one_or_none()
        if found is not None:
            return int(found)
        values = _dataset_values(manifest) | {"load_id": load_id, "recorded_at": database_now(connection)}
        number = connection.execute(sa.insert(dataset).values(values).returning(dataset.c.dataset_id)).scalar_one()
        wanted = sorted(set(manifest.source_loads))
        present = connection.execute(sa.select(load.c.load_id).where(load.c.load_id.in_(wanted))).scalars().all()
        if present:
            rows = [{"dataset_id": number, "load_id": source} for source in present]
            connection.execute(sa.insert(dataset_source), rows)
        return int(number)

    return in_transaction(engine, work)


def record_run(
    engine: sa.Engine,
    *,
    run: str,
    model: str,
    content_id: str,
    checkpoint: Path,
    options: Mapping[str, object] | None = None,
    load_id: int | None = None,
) -> int:
    """Record that a training begins, or is taken up again in the same folder; gives its number."""
    table = _run_table()
    values: dict[str, Any] = {"name": run, "model": model, "content_id": content_id, "load_id": load_id}
    values |= _checkpoint_values(checkpoint) | {"holder": this_process(), "state": "running", "reason": None}
    values |= {"options": json.dumps(dict(options or {}), ensure_ascii=False, default=str)}

    def work(connection: sa.Connection) -> int:
        source = sa.select(dataset.c.name, dataset.c.version).where(dataset.c.content_id == content_id)
        found = connection.execute(source.order_by(dataset.c.dataset_id.desc()).limit(1)).first()
        named = {"dataset": found.name, "dataset_version": found.version} if found else {}
        row = values | named | {"started_at": database_now(connection), "ended_at": None}
        same = sa.and_(
            *(table.c[name] == values[name] for name in ("checkpoint_sha256", "content_id", "name", "model"))
        )
        number = connection.execute(sa.select(sa.func.max(table.c.run_id)).where(same)).scalar_one_or_none()
        if number is not None:
            connection.execute(sa.update(table).where(table.c.run_id == number).values(row))
            return int(number)
        return int(connection.execute(sa.insert(table).values(row).returning(table.c.run_id)).scalar_one())

    return in_transaction(engine, work)


def finish_run(
    engine: sa.Engine,
    run_id: int,
    *,
    steps: int | None = None,
    seconds: float | None = None,
    tokens_per_second: float | None = None,
    failed: str | None = None,
) -> None:
    """Record that a training ended, well or with the reason `failed`.

    Raises:
        Misuse: no such training.
    """
    values = {"steps": steps, "seconds": seconds, "tokens_per_second": tokens_per_second, "reason": failed}
    values |= {"state": "failed" if failed else "done"}

    def work(connection: sa.Connection) -> int:
        ended = sa.update(run).where(run.c.run_id == run_id)
        return connection.execute(ended.values(**values, ended_at=database_now(connection))).rowcount

    if not in_transaction(engine, work):
        raise Misuse(f"no training {run_id} in this warehouse")


def record_evaluation(
    engine: sa.Engine,
    *,
    checkpoint: Path,
    content_id: str,
    eval_set_sha256: str,
    rows: int,
    metrics: Sequence[tuple[str, float, float | None, float | None]],
    split: str | None = None,
    run_id: int | None = None,
    load_id: int | None = None,
) -> int:
    """Record the (name, value, low, high) figures of one measurement; gives its number.

    Without `run_id` it belongs to the newest training in that folder, if there is one.
    """
    where = _checkpoint_values(checkpoint)
    values: dict[str, Any] = {"checkpoint": where["checkpoint"], "content_id": content_id, "split": split}
    values |= {"eval_set_sha256": eval_set_sha256, "row_count": rows, "load_id": load_id}

    def work(connection: sa.Connection) -> int:
        trained = sa.select(sa.func.max(run.c.run_id)).where(run.c.checkpoint_sha256 == where["checkpoint_sha256"])
        owner = run_id if run_id is not None else connection.execute(trained).scalar_one_or_none()
        row = values | {"run_id": owner, "evaluated_at": database_now(connection)}
        inserted = sa.insert(evaluation).values(row).returning(evaluation.c.evaluation_id)
        number = int(connection.execute(inserted).scalar_one())
        figures = [dict(zip(("name", "value", "low", "high"), figure, strict=True)) for figure in metrics]
        if figures:
            connection.execute(sa.insert(metric), [figure | {"evaluation_id": number} for figure in figures])
        return number

    return in_transaction(engine, work)


def leaderboard(engine: sa.Engine) -> list[dict[str, Any]]:
    """The latest evaluation of each checkpoint on each set: newest set first, within a set the best first."""
    with engine.connect() as connection:
        return ranked(connection)


def champion(engine: sa.Engine) -> Path | None:
    """Folder of the champion: the training promoted last and not taken back since."""
    query = sa.select(run.c.checkpoint).where(run.c.promoted_at.is_not(None))
    query = query.order_by(run.c.promoted_at.desc(), run.c.run_id.desc()).limit(1)
    with engine.connect() as connection:
        found = connection.execute(query).scalar_one_or_none()
    return None if found is None else Path(found)


def set_champion(engine: sa.Engine, checkpoint: Path, why: str) -> None:
    """Make a checkpoint the champion; the one before it is one step back.

    Raises:
        Misuse: no training in this warehouse made that checkpoint.
    """
    digest = _checkpoint_values(checkpoint)["checkpoint_sha256"]

    def work(connection: sa.Connection) -> int:
        newest = sa.select(sa.func.max(run.c.run_id)).where(run.c.checkpoint_sha256 == digest).scalar_subquery()
        crowned = sa.update(run).where(run.c.run_id == newest)
        return connection.execute(crowned.values(promoted_at=database_now(connection), promoted_why=why)).rowcount

    if not in_transaction(engine, work):
        raise Misuse(f"{checkpoint} was not trained from this warehouse; train or evaluate it here first")


def _run_table() -> sa.Table:
    # `record_run` has a parameter of the table's name.
    return run


def _checkpoint_values(checkpoint: Path) -> dict[str, Any]:
    path = str(checkpoint.resolve())
    return {"checkpoint": path, "checkpoint_sha256": hashlib.sha256(path.encode()).hexdigest()}


def _dataset_values(manifest: Manifest) -> dict[str, Any]:
    names = ("name", "version", "content_id", "recipe_name", "recipe_version", "code_version", "newest_load_at")
    copied: dict[str, datetime | str] = {name: getattr(manifest, name) for name in names}
    return copied | {
        "parent_version": manifest.parent,
        "path": str(manifest.path.resolve()),
        "row_count": sum(manifest.rows.values()),
        **{f"{split}_rows": manifest.rows.get(split, 0) for split in ("train", "validation", "test")},
        "dropped_rows": manifest.dropped,
        "size_bytes": sum(fact.bytes for fact in manifest.files.values()),
    }
