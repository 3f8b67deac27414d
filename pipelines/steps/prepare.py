"""From the warehouse to a dataset version: pair, clean, deduplicate, split, write."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import sqlalchemy as sa

from cleaning.recipe import Recipe, load_recipe, recipe_names
from pipelines.plural import counted
from pipelines.settings import Settings
from pipelines.steps.card import write_card
from pipelines.steps.cleandialogues import OnStep, clean_all
from pipelines.steps.evaluationfiles import cleared_of, read_evaluation_files, without_overlaps
from pipelines.steps.ledger import load
from pipelines.steps.pairing import pair_all
from pipelines.steps.rights import rights_of
from pipelines.steps.rows import shard_row
from pipelines.steps.runner import Runner, directly
from pipelines.steps.select import Selected, select
from pipelines.version import code_version
from warehouse.connect import open_warehouse
from warehouse.dialogues import store_sides
from warehouse.errors import Misuse
from warehouse.lineage import record_dataset
from warehouse.loads import newest_start
from warehouse.manifest import Decontaminated
from warehouse.records.dialogues import Dropped
from warehouse.shards import Manifest, write_dataset


@dataclass(frozen=True, slots=True)
class PairReport:
    """What pairing made of the crawled questions; `removed` are dialogues whose pair is no more."""

    questions: int
    dialogues: int
    stored: int
    unchanged: int
    removed: int
    load_id: int


@dataclass(frozen=True, slots=True)
class ExportReport:
    """`dialogues` = `kept` + `dropped`; `rules` counts kept rows that a rule changed, `drops` dropped rows by rule.

    `decontaminated` are the rows dropped for each evaluation set, by the name of its file.
    """

    dialogues: int
    kept: int
    dropped: int
    rules: dict[str, int]
    drops: dict[str, int]
    rows: dict[str, int]
    files: int
    path: Path
    version: str
    content_id: str
    unchanged: bool
    decontaminated: dict[str, int] = field(default_factory=dict)


def quiet(done: int, total: int | None = None, note: str = "") -> None:
    """Show nothing."""


def pair(settings: Settings, *, run: Runner = directly, on_step: OnStep = quiet) -> PairReport:
    """Make, or make again, the dialogues of all crawled questions.

    Raises:
        Unready: the warehouse is missing or cannot be written.
    """
    engine = open_warehouse(settings.database_url)
    with load(settings, engine, "prepare") as entry:
        counts = pair_all(engine, entry.load_id, run, lambda done: on_step(done, None, "pairing"))
        entry.counts.update(counts)
    return PairReport(**counts, load_id=entry.load_id)


def prepare(
    settings: Settings,
    name: str,
    *,
    recipe: str = "dialogue",
    workers: int = 1,
    decontaminate: Sequence[Path] = (),
    run: Runner = directly,
    on_step: OnStep = quiet,
) -> ExportReport:
    """Pair what was crawled and write all dialogues as a version of dataset `name`.

    What overlaps with the evaluation sets in the files of `decontaminate` is dropped.

    Raises:
        Misuse: an unknown recipe, a bad name, an unreadable evaluation set, or a warehouse without any dialogue.
        Unready: the warehouse or the disk fails.
    """
    rules = load_recipe(recipe)
    if not name or set(name) & set("/\\ ") or name.startswith("."):
        raise Misuse(f"{name!r} cannot name a dataset; use letters, digits, - and _")
    against = read_evaluation_files(decontaminate)
    pair(settings, run=run, on_step=on_step)
    engine = open_warehouse(settings.database_url)
    with load(settings, engine, f"export {name}") as entry:
        kept, dropped = clean_all(engine, rules, workers, run, on_step)
        kept, overlapping = without_overlaps(kept, against)
        dropped += overlapping
        if not kept and not dropped:
            raise Misuse("the warehouse holds no dialogue yet; bring some in: mundap crawl, or mundap import")
        if not kept:
            raise _nothing_kept(rules, dropped)
        on_step(len(kept), len(kept), "duplicates and splits")
        selected: Selected = run(select, engine, kept)
        dropped = sorted([*dropped, *selected.dropped], key=lambda row: row.row_id)
        run(store_sides, engine, selected.sides)
        manifest: Manifest = run(
            _write, settings, engine, name, rules, selected, dropped, cleared_of(against, overlapping)
        )
        record_dataset(engine, manifest, load_id=entry.load_id)
        entry.counts.update(manifest.rows, dropped=manifest.dropped)
    report = _report(manifest, selected, dropped)
    return replace(report, decontaminated={one.file: one.rows for one in cleared_of(against, overlapping)})


def _nothing_kept(recipe: Recipe, dropped: Sequence[Dropped]) -> Misuse:
    faults = ", ".join(f"{rule} {count:,}" for rule, count in Counter(row.rule for row in dropped).most_common())
    others = ", ".join(name for name in recipe_names() if name != recipe.name)
    return Misuse(
        f"nothing to export: recipe {recipe.name} dropped all of {counted(len(dropped), 'dialogue')} ({faults}), and "
        f"nothing was written; read why: mundap why {dropped[0].row_id}; bring in others, or choose another --recipe "
        f"({others})"
    )


def _write(
    settings: Settings,
    engine: sa.Engine,
    name: str,
    recipe: Recipe,
    selected: Selected,
    dropped: Sequence[Dropped],
    decontaminated: Sequence[Decontaminated],
) -> Manifest:
    rows = {
        side: [
            shard_row(row, recipe, selected.clusters)
            for row in selected.kept
            if selected.sides[row.dialogue.dialogue_id] == side
        ]
        for side in ("train", "validation", "test")
    }
    sources = sorted({row.dialogue.first_load_id for row in selected.kept})
    given = rights_of([row.dialogue for row in selected.kept])
    by_rule = Counter(row.rule for row in dropped)
    return write_dataset(
        settings.datasets,
        name,
        rows=rows,
        dropped=[{"id": row.row_id, "rule": row.rule, "reason": row.reason, "text": row.text} for row in dropped],
        recipe_name=recipe.name,
        recipe_version=recipe.version,
        recipe_text=recipe.text,
        code_version=code_version(),
        source_loads=sources,
        newest_load_at=newest_start(engine, sources),
        card=lambda manifest: write_card(manifest, given, by_rule),
        decontaminated=decontaminated,
    )


def _report(manifest: Manifest, selected: Selected, dropped: Sequence[Dropped]) -> ExportReport:
    changed = Counter(chain.from_iterable(row.rules for row in selected.kept))
    return ExportReport(
        dialogues=len(selected.kept) + len(dropped),
        kept=len(selected.kept),
        dropped=len(dropped),
        rules=dict(changed.most_common()),
        drops=dict(Counter(row.rule for row in dropped).most_common()),
        rows=dict(Counter(selected.sides[row.dialogue.dialogue_id] for row in selected.kept)),
        files=len(manifest.files),
        path=manifest.path,
        version=manifest.version,
        content_id=manifest.content_id,
        unchanged=manifest.unchanged,
    )
