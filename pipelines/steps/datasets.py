"""Finding a dataset by name or folder."""

from pathlib import Path

from pipelines.settings import Settings
from warehouse.errors import Misuse
from warehouse.shards import newest_version


def dataset_folder(settings: Settings, dataset: Path) -> Path:
    """Return a version's folder: `dataset` itself, its manifest's folder, or the newest version of that name.

    Raises:
        Misuse: neither a version's folder nor the name of an exported dataset.
    """
    if dataset.name == "manifest.json" and dataset.is_file():
        return dataset.parent
    if (dataset / "manifest.json").is_file():
        return dataset
    for root, name in ((settings.datasets, str(dataset)), (dataset.parent, dataset.name)):
        if (root / name).is_dir() and (found := newest_version(root, name)):
            return found
    raise Misuse(f"no dataset {dataset}: neither a version's folder nor a name under {settings.datasets}; make one: mundap export {dataset.name}")
