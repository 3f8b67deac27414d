"""Two versions of a dataset beside each other: how many rows were added, are gone, changed, and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.settings import Settings
from pipelines.steps.datasets import dataset_folder
from warehouse.datasets.manifest import Manifest, read_manifest
from warehouse.datasets.version_diff import Change, changes, is_ancestor


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """`why` counts rows by kind (added, gone, changed) and cause; `rows` are the first of each kind and cause."""

    old: Manifest
    new: Manifest
    is_ancestor: bool
    same: int
    why: Mapping[str, Mapping[str, int]]
    rows: tuple[Change, ...]


def diff_versions(settings: Settings, old: Path, new: Path, most: int) -> VersionDiff:
    """Compare two versions, each a folder, NAME (its newest) or NAME@VERSION; `most` rows of each cause are named.

    Raises:
        Misuse: one of them is no dataset, or a shard cannot be read.
    """
    folders = dataset_folder(settings, old), dataset_folder(settings, new)
    manifests = read_manifest(folders[0]), read_manifest(folders[1])
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in ("added", "gone", "changed")}
    named: list[Change] = []
    for change in changes(*folders):
        if counts[change.kind][change.why] < most:
            named.append(change)
        counts[change.kind][change.why] += 1
    kept = sum(manifests[1].rows.values())
    same = kept - counts["added"].total() - counts["changed"].total()
    why = {kind: dict(found.most_common()) for kind, found in counts.items()}
    return VersionDiff(*manifests, is_ancestor(*folders), same, why, tuple(named))


def diff_fields(found: VersionDiff) -> dict[str, Any]:
    """Return the command's JSON."""
    totals = {kind: sum(counts.values()) for kind, counts in found.why.items()}
    return {
        "old": _version(found.old),
        "new": _version(found.new),
        "is_ancestor": found.is_ancestor,
        "same": found.same,
        **totals,
        "why": found.why,
        "rows": [asdict(change) for change in found.rows],
    }


def _version(manifest: Manifest) -> dict[str, Any]:
    return {
        "name": manifest.name,
        "version": manifest.version,
        "path": manifest.path,
        "parent": manifest.parent,
        "recipe": f"{manifest.recipe_name} {manifest.recipe_version}",
        "code_version": manifest.code_version,
        "source_loads": list(manifest.source_loads),
        "rows": sum(manifest.rows.values()),
        "dropped": manifest.dropped,
    }
