"""The steps folder of a training: whether it may begin, go on or is done, and from which checkpoint."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modeling.facts import FACTS, read_facts
from warehouse.errors import Misuse

_PLAN = "plan.json"
_STATE = "trainer_state.json"


def begin(out: Path, plan: Mapping[str, object], *, resume: bool) -> dict[str, Any] | None:
    """This readies `out` for a training by `plan` (options and dataset), or gives the facts of one already finished.

    Raises:
        Misuse: as `check`.
    """
    finished = check(out, plan, resume=resume)
    if finished is None:
        steps_folder(out).mkdir(parents=True, exist_ok=True)
        (steps_folder(out) / _PLAN).write_text(json.dumps(plan, ensure_ascii=False), "utf-8")
    return finished


def check(out: Path, plan: Mapping[str, object], *, resume: bool) -> dict[str, Any] | None:
    """The facts of the training by `plan` that is finished in `out`, None where it may begin or go on.

    Raises:
        Misuse: `out` is in use and `resume` was not asked for, or what is there was begun by another plan.
    """
    if out.exists() and not out.is_dir():
        raise Misuse(f"{out} is a file; give another --out")
    finished = read_facts(out) if (out / FACTS).is_file() else None
    if not resume and (finished is not None or (out.is_dir() and any(out.iterdir()))):
        what = "a finished checkpoint" if finished is not None else "files of another training"
        raise Misuse(f"{out} holds {what}; go on with --resume, or give another --out")
    _same_plan(out, plan, finished)
    return finished if finished is not None and finished.get("stopped_by") != "seconds" else None


def steps_folder(out: Path) -> Path:
    """Where the Trainer keeps its own checkpoints until the training is finished."""
    return out / "steps"


def newest_step(out: Path) -> Path | None:
    """The newest whole Trainer checkpoint; one torn by a kill is removed.

    The Trainer writes its state last, so a checkpoint is whole when that file parses.
    """
    folders = sorted(steps_folder(out).glob("checkpoint-*"), key=lambda folder: int(folder.name.partition("-")[2]))
    for folder in reversed(folders):
        if _is_whole(folder):
            return folder
        shutil.rmtree(folder)
    return None


def _same_plan(out: Path, plan: Mapping[str, object], finished: Mapping[str, Any] | None) -> None:
    path = steps_folder(out) / _PLAN
    before = finished.get("plan") if finished is not None else None
    if before is None and path.is_file():
        try:
            before = json.loads(path.read_text("utf-8"))
        except ValueError:
            return  # killed while writing the very first file: nothing was trained yet
    if before is not None and before != json.loads(json.dumps(plan)):
        differing = [key for key in plan if before.get(key) != plan[key]]
        raise Misuse(f"{out} was begun with other {' and '.join(differing)}; give the same ones, or another --out")


def _is_whole(folder: Path) -> bool:
    try:
        json.loads((folder / _STATE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return True
