"""The dataset version that a checkpoint learnt, where it is still at hand."""

from pathlib import Path

from modeling.facts import read_facts
from pipelines.settings import Settings
from pipelines.steps.datasets import require_whole
from warehouse.datasets.manifest import read_manifest
from warehouse.errors import Misuse


def is_own(checkpoint: Path, folder: Path) -> bool:
    """Tell whether a dataset folder has the very content that the checkpoint was trained on."""
    content_id = _content_id(checkpoint)
    return content_id is not None and read_manifest(folder).content_id == content_id


def learnt_folder(settings: Settings, checkpoint: Path) -> Path | None:
    """Find the whole, unchanged dataset version that a checkpoint was trained on; None where it is not at hand."""
    named = read_facts(checkpoint).get("dataset_path")
    folders = [Path(str(named))] if named else []
    for folder in [*folders, *(file.parent for file in sorted(settings.datasets.glob("[!.]*/*/manifest.json")))]:
        try:
            if is_own(checkpoint, folder):
                require_whole(folder)
                return folder
        except Misuse:
            continue  # gone or damaged: another copy may be whole
    return None


def _content_id(checkpoint: Path) -> str | None:
    origin = read_facts(checkpoint).get("dataset")
    found = origin.get("content_id") if isinstance(origin, dict) else None
    return str(found) if found else None
