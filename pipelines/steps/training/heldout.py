"""The rows of a dataset version that training never sees: how many there are, and what it means to have none."""

from typing import Final

from pipelines.plural import counted
from warehouse.datasets.manifest import Manifest
from warehouse.errors import Misuse

MORE: Final = "crawl or import more dialogues and export again (about one in twenty goes to each of the two sides)"


def held_out_rows(manifest: Manifest) -> int:
    """Count the rows of validation and test together."""
    return manifest.rows.get("validation", 0) + manifest.rows.get("test", 0)


def held_out_notes(manifest: Manifest) -> tuple[str, ...]:
    """Say, one sentence each, what missing validation or test rows mean for choosing and evaluating a model."""
    validation, test = manifest.rows.get("validation", 0), manifest.rows.get("test", 0)
    where = f"{manifest.name} {manifest.version}"
    if not validation and not test:
        return (
            f"{where} has no validation and no test rows: the last weights are kept, not the best ones, and there is "
            f"nothing to evaluate on; {MORE}",
        )
    if not validation:
        return (f"{where} has no validation rows: the last weights are kept, not the best ones; {MORE}",)
    if not test:
        return (
            f"{where} has no test rows: evaluation takes the {validation:,} validation rows, which chose the weights, "
            f"so its figures flatter; {MORE}",
        )
    return ()


def require_held_out(manifest: Manifest, split: str | None) -> None:
    """Refuse to measure where nothing is held out; without `split` one of validation and test is enough.

    Raises:
        Misuse: that side is empty, both are, or there is no such side.
    """
    where = f"{manifest.name} {manifest.version}"
    rows = {side: manifest.rows.get(side, 0) for side in ("validation", "test")}
    if split is None and not sum(rows.values()):
        raise Misuse(f"{where} has no validation and no test rows to evaluate on; {MORE}, or name another set: --data")
    if split is None:
        return
    if split not in rows:
        choice = " or ".join(f"{side} ({counted(count, 'row')})" for side, count in rows.items())
        raise Misuse(f"no held-out split {split!r}; choose {choice}")
    if not rows[split]:
        other = next((side for side, count in rows.items() if count), None)
        instead = f"choose --split {other} ({counted(rows[other], 'row')})" if other else MORE
        raise Misuse(f"{where} has no {split} rows to evaluate on; {instead}")
