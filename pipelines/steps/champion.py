"""The champion: which checkpoint chat uses, how one is crowned, and how that is taken back."""

from pathlib import Path
from typing import Final

from modeling.checkpoint import read_facts
from modeling.compare import paired_difference
from modeling.evaluate import Evaluated, evaluate
from pipelines.settings import Settings
from pipelines.steps.datasets import dataset_folder, require_whole
from warehouse import lineage
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse, MundapError
from warehouse.ranking import drop_champion

# A champion may not answer by heart, nor in circles: shares of the replies to held-out questions.
GUARDS: Final = {"copy_ratio": 0.5, "repetition": 0.3}


def champion_or_newest(settings: Settings, checkpoint: Path | None) -> tuple[Path, str]:
    """Choose the checkpoint to talk with, and say which and why.

    Raises:
        Misuse: the named one is none, or there is none at all.
    """
    if checkpoint is not None:
        read_facts(checkpoint)
        return checkpoint, f"talking with {checkpoint}"
    if champion := _champion(settings):
        return champion, f"talking with the champion {champion}"
    found = sorted(settings.checkpoints.glob("*/mundap.json"), key=lambda file: file.stat().st_mtime)
    if not found:
        raise Misuse(f"no checkpoint under {settings.checkpoints}; train one: mundap train NAME --model tiny")
    newest = found[-1].parent
    return (
        newest,
        f"no champion yet: talking with the newest checkpoint, {newest} (crown one with: mundap promote {newest})",
    )


def promote(settings: Settings, checkpoint: Path) -> tuple[bool, str]:
    """Make a checkpoint the champion if it wins a paired bootstrap against the present one and keeps the guards.

    Both are measured anew on the held-out dialogues of the candidate's dataset. The first champion needs the
    guards only.

    Raises:
        Misuse: no checkpoint there, or its dataset is gone or changed.
    """
    folder = dataset_folder(settings, Path(str(read_facts(checkpoint)["dataset_path"])))
    require_whole(folder)
    candidate = evaluate(checkpoint, folder)
    if fault := _guard(candidate):
        return False, fault
    engine = open_warehouse(settings.database_url)
    present = lineage.champion(engine)
    reason = "the first champion"
    if present is not None:
        if present == checkpoint.resolve():
            return True, "it is the champion already"
        difference, low, high = paired_difference(candidate.per_dialogue, evaluate(present, folder).per_dialogue)
        reason = f"{difference:+.3f} bits per character against {present.name} (95 %: {low:+.3f} to {high:+.3f})"
        if high >= 0:
            return False, f"no sure win: {reason}"
    lineage.set_champion(engine, checkpoint, reason)
    return True, reason


def rollback(settings: Settings) -> tuple[bool, str]:
    """Take the last promotion back.

    Raises:
        Misuse: there is no champion.
    """
    engine = open_warehouse(settings.database_url)
    if not drop_champion(engine):
        raise Misuse("there is no champion to take back; crown one with: mundap promote CHECKPOINT")
    before = lineage.champion(engine)
    return before is not None, f"the champion is {before} again" if before else "there is no champion now"


def _guard(measured: Evaluated) -> str | None:
    values = {metric.name: metric.value for metric in measured.metrics}
    for name, limit in GUARDS.items():
        if name in values and values[name] > limit:
            return f"{name} is {values[name]:.3f}, above its guard of {limit}"
    return None


def _champion(settings: Settings) -> Path | None:
    try:
        engine = open_warehouse(settings.database_url)
    except MundapError:
        return None  # chat needs a checkpoint only; where there is no warehouse there is no champion
    return lineage.champion(engine)
