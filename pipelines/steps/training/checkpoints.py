"""Which checkpoint is meant: by name, by folder, or by nothing at all. Loads no torch, so a fault is told at once."""

import shlex
from pathlib import Path
from typing import Any

from modeling.facts import FACTS, read_facts
from modeling.options import changed_options
from modeling.resume import last_saved_step, read_plan
from pipelines.settings import Settings
from warehouse import lineage
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse, MundapError


def finished_checkpoint(settings: Settings, named: Path) -> Path:
    """Return the folder of a finished checkpoint: `named` itself, or that name under the settings' checkpoints.

    Raises:
        Misuse: neither is one; of a training that was broken off it tells how to go on.
    """
    if not (named / FACTS).is_file() and len(named.parts) == 1 and (settings.checkpoints / named).is_dir():
        named = settings.checkpoints / named
    if (told := _broken_off(settings, named)) is not None:
        raise Misuse(told)
    read_facts(named)
    return named


def champion_or_newest(settings: Settings, checkpoint: Path | None) -> tuple[Path, str]:
    """Choose the checkpoint to talk with, and say which and why.

    Raises:
        Misuse: the named one is none, the champion's folder is gone, or there is none at all.
    """
    if checkpoint is not None:
        folder = finished_checkpoint(settings, checkpoint)
        return folder, f"talking with {folder}"
    if champion := _champion(settings):
        if is_gone(champion):
            raise Misuse(
                f"the champion's folder {champion} is gone; put it back, take its promotion back with "
                "`mundap rollback`, or name another one: --checkpoint"
            )
        return champion, f"talking with the champion {champion}"
    found = sorted(settings.checkpoints.glob(f"*/{FACTS}"), key=lambda file: file.stat().st_mtime)
    if not found:
        raise Misuse(_none_told(settings))
    newest = found[-1].parent
    return (
        newest,
        f"no champion yet: talking with the newest checkpoint, {newest} (crown one with: mundap promote {newest})",
    )


def is_gone(champion: Path) -> bool:
    """Whether a champion's folder is no checkpoint any more."""
    return not (champion / FACTS).is_file()


def default_folder(settings: Settings, run_name: str, model: str, content_id: str) -> Path:
    """Name the checkpoint of one (run, model, dataset content)."""
    return settings.checkpoints / f"{run_name}-{model.rstrip('/').rsplit('/', 1)[-1]}-{content_id[:8]}"


def _champion(settings: Settings) -> Path | None:
    try:
        engine = open_warehouse(settings.database_url)
    except MundapError:
        return None  # chat needs a checkpoint only; where there is no warehouse there is no champion
    return lineage.champion(engine)


def _none_told(settings: Settings) -> str:
    begun = sorted(settings.checkpoints.glob("*/steps"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in begun:
        if (told := _broken_off(settings, folder.parent)) is not None:
            return told
    return f"no checkpoint under {settings.checkpoints}; train one: mundap train NAME --model tiny"


def _broken_off(settings: Settings, folder: Path) -> str | None:
    """Say how an unfinished training goes on; None where there is none, or no step of it was saved."""
    if (folder / FACTS).is_file() or (step := last_saved_step(folder)) is None or not (plan := read_plan(folder)):
        return None
    return (
        f"training {folder.name} was broken off at step {step:,} (or still runs: `mundap status`); "
        f"go on with: {_resuming(settings, folder, plan)}"
    )


def _resuming(settings: Settings, folder: Path, plan: dict[str, Any]) -> str:
    """The command that takes a training up again: with the same dataset, run, model, options and folder."""
    options, content_id = plan["options"], str(plan["dataset"])
    run, model = options["run"], options["model"]
    versions = sorted(settings.datasets.glob(f"*/*{content_id[:8]}/manifest.json"))
    dataset = f"{versions[0].parent.parent.name}@{versions[0].parent.name}" if versions else "DATASET"
    words = ["mundap", "train", dataset, "--run", run, "--model", model]
    for name, value in changed_options(run, model, options).items():
        words += ["--set", f"{name}={'none' if value is None else value}"]
    if folder.resolve() != default_folder(settings, run, model, content_id).resolve():
        words += ["--out", str(folder)]
    return shlex.join([*words, "--resume"])
