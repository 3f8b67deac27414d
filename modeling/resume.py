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


def begin(out: Path, plan: Mapping[str, object]) -> None:
    """This makes `out`, which `check` has passed, the place of a training by `plan` (options and dataset)."""
    steps_folder(out).mkdir(parents=True, exist_ok=True)
    (steps_folder(out) / _PLAN).write_text(json.dumps(plan, ensure_ascii=False), "utf-8")


def check(out: Path, plan: Mapping[str, object], *, resume: bool) -> dict[str, Any] | None:
    """The facts of the training by `plan` that is finished in `out`, None where it may begin or go on.

    A training that ended before its first saved step left nothing to lose, so the same plan begins again there.

    Raises:
        Misuse: `out` is in use and `resume` was not asked for, or what is there was begun by another plan.
    """
    if out.exists() and not out.is_dir():
        raise Misuse(f"{out} is a file; give another --out")
    finished = read_facts(out) if (out / FACTS).is_file() else None
    if not resume and finished is not None:
        raise Misuse(f"{out} holds a finished checkpoint; go on with --resume, or give another --out")
    _same_plan(out, plan, finished)
    if not resume and out.is_dir() and any(out.iterdir()):
        if not (steps_folder(out) / _PLAN).is_file():
            raise Misuse(f"{out} holds files that no training wrote; give another --out")
        if newest_step(out) is not None:
            raise Misuse(f"{out} holds a training that is not finished; go on with --resume, or give another --out")
    return finished if finished is not None and finished.get("stopped_by") != "seconds" else None


def discard(out: Path) -> None:
    """This removes the steps of a training that came to nothing, so that another plan may begin in `out`."""
    if not (out / FACTS).is_file():  # else they are those of the part that a time limit had ended
        shutil.rmtree(steps_folder(out))
        if not any(out.iterdir()):
            out.rmdir()


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


def last_saved_step(out: Path) -> int | None:
    """The newest whole step of a training, None where there is none; nothing is removed: it may be running."""
    whole = [
        int(folder.name.partition("-")[2]) for folder in steps_folder(out).glob("checkpoint-*") if _is_whole(folder)
    ]
    return max(whole, default=None)


def read_plan(out: Path) -> dict[str, Any] | None:
    """The plan (options and dataset) that a training in `out` was begun by, None where none can be read."""
    try:
        plan = json.loads((steps_folder(out) / _PLAN).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return plan if isinstance(plan, dict) and {"options", "dataset"} <= plan.keys() else None


def _same_plan(out: Path, plan: Mapping[str, object], finished: Mapping[str, Any] | None) -> None:
    path = steps_folder(out) / _PLAN
    before = finished.get("plan") if finished is not None else None
    if before is None and path.is_file():
        try:
            before = json.loads(path.read_text("utf-8"))
        except ValueError:
            return  # killed while writing the very first file: nothing was trained yet
    # Facts come back from JSON, where a tuple is a list: both sides as JSON has them.
    now = json.loads(json.dumps(plan))
    if before is None or before == now:
        return
    told = [
        key if key != "options" else f"options ({_differing(before, now)})" for key in now if _other(before, now, key)
    ]
    raise Misuse(f"{out} was begun with other {' and '.join(told)}; give the same ones, or another --out")


def _differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Each option that differs, with the value of then and that of now."""
    then, wanted = before.get("options") or {}, now["options"]
    names = [name for name in sorted({*then, *wanted}) if _other(then, wanted, name)]
    return ", ".join(f"{name} {then.get(name)}, not {wanted.get(name)}" for name in names)


def _other(before: Mapping[str, Any], now: Mapping[str, Any], key: str) -> bool:
    return bool(before.get(key) != now.get(key))


def _is_whole(folder: Path) -> bool:
    try:
        json.loads((folder / _STATE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return True
