"""The card of a dataset: the YAML by which `datasets.load_dataset(folder)` finds the splits, and the facts."""

import json

from warehouse.datasets.manifest import Manifest

SPLITS = ("train", "validation", "test")


def front_matter(manifest: Manifest, licence: str = "other") -> str:
    """The YAML block of the card; splits without rows are left out, since their files do not exist.

    `licence` is the hub's short name of the one that all rows are under, "other" where they differ or none is known.
    """
    lines = ["---", f"pretty_name: {json.dumps(manifest.name, ensure_ascii=False)}", "language:", "- ko"]
    lines.append(f"license: {licence}")
    lines += ["task_categories:", "- text-generation", "configs:", "- config_name: default", "  data_files:"]
    for split in SPLITS:
        if manifest.rows.get(split):
            lines += [f"  - split: {split}", f"    path: data/{split}-*.parquet"]
    return "\n".join([*lines, "---", ""])


def plain_card(manifest: Manifest) -> str:
    """A card of the bare facts, for a caller that brings none of its own."""
    counted = "\n".join(f"| {split} | {manifest.rows.get(split, 0)} |" for split in SPLITS)
    return (
        f"{front_matter(manifest)}\n# {manifest.name} {manifest.version}\n\n"
        f"Recipe `{manifest.recipe_name}` {manifest.recipe_version}, rows set aside: {manifest.dropped}.\n\n"
        f"| split | rows |\n|---|---|\n{counted}\n"
    )
