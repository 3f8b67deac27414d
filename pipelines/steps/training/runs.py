"""Trainings in whatever state, the leaderboard, and how it gets its first row."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from modeling.options import changed_options
from pipelines.measures import too_few
from pipelines.plural import counted
from pipelines.settings import Settings
from warehouse import lineage
from warehouse.connect import open_warehouse
from warehouse.schema.models import dataset
from warehouse.trainings import Training, trainings

Row = dict[str, Any]
# The last two change nothing of what is learnt, and the others are shown anyway.
_HIDDEN: Final = frozenset({"run", "model", "max_seconds", "threads"})
_BASELINES: Final = ("unigram_bits_per_char", "bigram_bits_per_char")


def ranking(settings: Settings) -> list[Row]:
    """Return the leaderboard, best first."""
    return lineage.leaderboard(open_warehouse(settings.database_url, read_only=True))


def leading(settings: Settings, rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Give each evaluation set with its rows, as a person compares them: figures of different sets cannot be ranked.

    A checkpoint is its folder's name where it stands under the settings' folder; figures are bits per character.
    """
    for key, group in groupby(rows, key=lambda row: (row["eval_set_sha256"], row["split"], row["rows"])):
        digest, split, count = key
        title = f"{split or 'held out'}, {counted(count, 'dialogue')}, set #{digest[:6]}"
        yield title, [_leading_row(settings, row) for row in group]


def _leading_row(settings: Settings, row: Row) -> Row:
    options = changed_options(row["run"] or "", row["model"] or "", row["options"])
    changed = [f"{name}={value}" for name, value in options.items() if name not in _HIDDEN]
    lines = [
        _folder_name(settings, row["checkpoint"]),
        *["(champion)"] * row["champion"],
        " ".join([row["run"] or "-", row["model"] or "", *changed]),
        f"on {row['dataset'] or '-'} {(row['dataset_version'] or '').rpartition('-')[2]}".strip(),
    ]
    return {
        "checkpoint": "\n".join(lines),
        "bits/char": row.get("bits_per_char"),
        "95 %": _interval(row),
        "uni-, bigram": ", ".join(f"{row[name]:.3f}" for name in _BASELINES if name in row),
    }


def _folder_name(settings: Settings, checkpoint: str) -> str:
    """Shorten a checkpoint's path to its name where it stands under the settings' folder of checkpoints."""
    path = Path(checkpoint)
    return path.name if path.parent == settings.checkpoints.resolve() else str(path)


def _interval(row: Row) -> str:
    low, high = row.get("bits_per_char_low"), row.get("bits_per_char_high")
    return "-" if low is None or high is None or too_few(row["rows"]) else f"{low:.3f}-{high:.3f}"


def runs(settings: Settings) -> list[Row]:
    """Return the newest trainings, under way and failed ones too, with the chief figure of those measured."""
    engine = open_warehouse(settings.database_url, read_only=True)
    board = {row["checkpoint"]: row for row in reversed(lineage.leaderboard(engine))}
    return [_run_row(training, board.get(str(training.checkpoint), {})) for training in trainings(engine)]


def going(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of `runs` with the columns that a person reads."""
    return [
        {
            "no.": row["run_id"],
            "run": Path(row["checkpoint"]).name,
            "dataset": f"{row['dataset'] or '-'} {(row['dataset_version'] or '').rpartition('-')[2]}".strip(),
            "state": "champion" if row["champion"] else row["state"],
            "started": row["started"],
            "steps": row["steps"],
            "bits/char": "not yet" if row["bits_per_char"] is None else f"{row['bits_per_char']:.3f}",
        }
        for row in rows
    ]


def first_row(settings: Settings) -> str:
    """Say how an empty leaderboard gets its first row, from where this warehouse stands."""
    engine = open_warehouse(settings.database_url, read_only=True)
    done = [training for training in trainings(engine) if training.state == "done"]
    if done:
        return f"no run has been evaluated yet; measure the newest one: mundap evaluate {done[0].checkpoint}"
    with engine.connect() as connection:
        name = connection.execute(sa.select(dataset.c.name).order_by(dataset.c.dataset_id.desc())).scalar()
    steps = [f"mundap train {name or 'NAME'} --model tiny", "mundap evaluate CHECKPOINT (the folder that train names)"]
    if name is None:
        steps.insert(0, "mundap export NAME")
    return f"no run has been evaluated yet; get a first row by: {', then '.join(steps)}"


def _run_row(training: Training, measured: Row) -> Row:
    return {
        "run_id": training.run_id,
        "run": training.run,
        "model": training.model,
        "dataset": training.dataset,
        "dataset_version": training.dataset_version,
        "checkpoint": str(training.checkpoint),
        "state": training.state,
        "reason": training.reason,
        "started": training.started_at.isoformat(timespec="seconds"),
        "ended": None if training.ended_at is None else training.ended_at.isoformat(timespec="seconds"),
        "steps": training.steps,
        "seconds": training.seconds,
        "tokens_per_second": training.tokens_per_second,
        "bits_per_char": measured.get("bits_per_char"),
        "champion": bool(measured.get("champion")),
    }
