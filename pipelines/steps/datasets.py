"""Finding a dataset by name or folder."""

from pathlib import Path

from pipelines.settings import Settings
from warehouse.datasets.manifest import newest_version
from warehouse.datasets.shards import verify
from warehouse.errors import Misuse


def dataset_folder(settings: Settings, dataset: Path) -> Path:
    """Return a version's folder: `dataset` itself, its manifest's, that of NAME@VERSION, or the newest of that name.

    The beginning of a version is enough where only one begins so.

    Raises:
        Misuse: neither a version's folder nor the name of an exported dataset.
    """
    if dataset.name == "manifest.json" and dataset.is_file():
        return dataset.parent
    if (dataset / "manifest.json").is_file():
        return dataset
    if "@" in dataset.name:
        return _of_version(settings, *dataset.name.split("@", 1))
    for root, name in ((settings.datasets, str(dataset)), (dataset.parent, dataset.name)):
        if (root / name).is_dir() and (found := newest_version(root, name)):
            return found
    raise Misuse(
        f"no dataset {dataset}: neither a version's folder nor a name under {settings.datasets}; "
        f"make one: mundap export {dataset.name}"
    )


def _of_version(settings: Settings, name: str, version: str) -> Path:
    found = sorted(file.parent for file in (settings.datasets / name).glob(f"{version}*/manifest.json"))
    if len(found) == 1:
        return found[0]
    there = ", ".join(sorted(file.parent.name for file in (settings.datasets / name).glob("[!.]*/manifest.json")))
    few = f"{len(found)} versions begin so" if found else "no such version"
    raise Misuse(f"{name}@{version}: {few}; of {name} there are: {there or 'none'}")


def require_whole(folder: Path) -> None:
    """Refuse a dataset version whose files are not what its manifest says.

    Raises:
        Misuse: the first problem found.
    """
    if problems := verify(folder):
        raise Misuse(f"{folder} is damaged: {problems[0]}; export it again, or take it from its backup")
