"""The order of the leaderboard, and the end of a champion."""

import json
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from warehouse.connect import in_transaction
from warehouse.schema.models import evaluation, metric, run

CHIEF = "bits_per_char"


def ranked(connection: sa.Connection) -> list[dict[str, Any]]:
    """The latest evaluation of each checkpoint on each set, grouped by set (newest first), best first within it.

    Figures of different sets cannot be compared: a set of easy dialogues flatters.
    """
    query = (
        sa.select(
            evaluation, run.c.name, run.c.model, run.c.dataset, run.c.dataset_version, run.c.promoted_at, run.c.options
        )
        .outerjoin_from(evaluation, run, run.c.run_id == evaluation.c.run_id)
        .order_by(evaluation.c.evaluation_id)
    )
    rows = connection.execute(query).mappings().all()
    latest = {(row["checkpoint"], row["eval_set_sha256"]): row for row in rows}
    newest = {row["eval_set_sha256"]: row["evaluation_id"] for row in rows}
    promoted = [row for row in rows if row["promoted_at"] is not None]
    crowned = max(promoted, key=lambda row: row["promoted_at"])["run_id"] if promoted else None
    figures = _figures(connection)
    board = [_entry(row, figures.get(row["evaluation_id"], {}), crowned) for row in latest.values()]
    return sorted(board, key=lambda entry: (-newest[entry["eval_set_sha256"]], entry.get(CHIEF, float("inf"))))


def drop_champion(engine: sa.Engine) -> bool:
    """Take the last promotion back, so that the champion before it is champion again; False where there is none."""

    def work(connection: sa.Connection) -> int:
        last = sa.select(run.c.run_id).where(run.c.promoted_at.is_not(None))
        number = connection.execute(last.order_by(run.c.promoted_at.desc(), run.c.run_id.desc()).limit(1)).scalar()
        taken = sa.update(run).where(run.c.run_id == number).values(promoted_at=None, promoted_why=None)
        return connection.execute(taken).rowcount if number is not None else 0

    return in_transaction(engine, work) > 0


def _figures(connection: sa.Connection) -> dict[int, dict[str, Any]]:
    rows = connection.execute(sa.select(metric).order_by(metric.c.evaluation_id, metric.c.name)).all()
    return {
        int(number): {row.name: row for row in group} for number, group in groupby(rows, key=lambda r: r.evaluation_id)
    }


def _entry(row: Any, figures: dict[str, Any], crowned: int | None) -> dict[str, Any]:
    names = ("checkpoint", "model", "dataset", "dataset_version", "content_id", "split", "eval_set_sha256")
    entry: dict[str, Any] = {"run": row["name"], **{name: row[name] for name in names}}
    entry |= {"rows": row["row_count"], "evaluated_at": row["evaluated_at"].isoformat()}
    entry |= {"options": json.loads(row["options"] or "{}")}
    entry |= {"champion": row["run_id"] is not None and row["run_id"] == crowned}
    if CHIEF in figures:
        entry |= {f"{CHIEF}_low": figures[CHIEF].low, f"{CHIEF}_high": figures[CHIEF].high}
    return entry | {name: figure.value for name, figure in figures.items()}
