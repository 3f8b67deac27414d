"""From the warehouse to a dataset version: pair, clean, deduplicate, split, write."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from cleaning.recipe import Recipe, load_recipe, recipe_names
from cleaning.splits.contamination import Decontaminator
from pipelines.plural import counted
from pipelines.settings import Settings
from pipelines.steps.building.card import write_card
from pipelines.steps.building.cleandialogues import CleanPart, OnStep, clean_all, drops_of
from pipelines.steps.building.evaluationfiles import (
    EvaluationFile,
    cleared_of,
    read_evaluation_files,
)
from pipelines.steps.building.exported import ExportReport, report_of
from pipelines.steps.building.pairing import pair_all
from pipelines.steps.building.rights import rights_of
from pipelines.steps.building.rows import Tally, shard_tables, source_loads, store_all_sides
from pipelines.steps.building.select import Selected, select
from pipelines.steps.building.stages import Stages
from pipelines.steps.building.workforce import workforce
from pipelines.steps.ledger import load
from pipelines.steps.runner import Runner, directly
from pipelines.version import code_version
from warehouse.connect import open_warehouse
from warehouse.datasets.manifest import Manifest
from warehouse.datasets.parts import Parts, building
from warehouse.datasets.shards import write_dataset
from warehouse.errors import Misuse
from warehouse.lineage import record_dataset
from warehouse.loads import newest_start


@dataclass(frozen=True, slots=True)
class PairReport:
    """What pairing made of the crawled questions; `removed` are dialogues whose pair is no more."""

    questions: int
    dialogues: int
    stored: int
    unchanged: int
    removed: int
    load_id: int


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

    What overlaps with the evaluation sets in the files of `decontaminate` is dropped. What a killed run had cleaned
    is taken over; memory grows by about 400 bytes a dialogue.

    Raises:
        Misuse: an unknown recipe, a bad name, an unreadable evaluation set, or a warehouse without any dialogue.
        Transient: the same dataset is being built, or a worker is lost.
        Unready: the warehouse or the disk fails.
    """
    rules = load_recipe(recipe)
    if not name or set(name) & set("/\\ ") or name.startswith("."):
        raise Misuse(f"{name!r} cannot name a dataset; use letters, digits, - and _")
    against = read_evaluation_files(decontaminate)
    stages = Stages()
    with stages.timed("pair") as stage:
        stage.rows = pair(settings, run=run, on_step=on_step).questions
    engine = open_warehouse(settings.database_url)
    with (
        load(settings, engine, f"export {name}") as entry,
        building(settings.folder / "building" / name) as parts,
    ):
        build = _Build(settings, engine, name, rules, parts, against, run, on_step, stages)
        done = build.clean(workers)
        selected = build.select(done)
        manifest, tally = build.write(done, selected)
        record_dataset(engine, manifest, load_id=entry.load_id)
        entry.counts.update(manifest.rows, dropped=manifest.dropped)
    return report_of(manifest, selected, tally, stages, against)


@dataclass(frozen=True, slots=True)
class _Build:
    """What all stages of one export need."""

    settings: Settings
    engine: sa.Engine
    name: str
    recipe: Recipe
    parts: Parts
    against: Sequence[EvaluationFile]
    run: Runner
    on_step: OnStep
    stages: Stages

    def clean(self, workers: int) -> list[CleanPart]:
        with (
            self.stages.timed("clean") as stage,
            workforce(workers, self.settings.engine.address, self.run) as force,
        ):
            done = clean_all(self.engine, self.recipe, self.parts, force, self.on_step)
            stage.rows = sum(part.rows for part in done)
            stage.taken_over = sum(part.rows for part in done if part.is_found)
        if not stage.rows:
            raise Misuse("the warehouse holds no dialogue yet; bring some in: mundap crawl, or mundap import")
        return done

    def select(self, done: Sequence[CleanPart]) -> Selected:
        self.on_step(sum(part.rows for part in done), None, "duplicates and splits")
        against = Decontaminator([found.texts for found in self.against]) if self.against else None
        with self.stages.timed("duplicates and splits") as stage:
            selected: Selected = self.run(select, self.engine, self.parts, done, against)
            stage.rows = len(selected.sides)
        if not selected.kept:
            raise _nothing_kept(self.recipe, [*drops_of(self.parts, done)], selected)
        with self.stages.timed("store sides") as stage:
            self.run(store_all_sides, self.engine, self.parts, done, selected)
            stage.rows = selected.kept
        return selected

    def write(self, done: Sequence[CleanPart], selected: Selected) -> tuple[Manifest, Tally]:
        self.on_step(len(selected.sides), None, "writing")
        tally = Tally()
        loads = source_loads(self.parts, done, selected)

        def write_version() -> Manifest:
            return write_dataset(
                self.settings.datasets,
                self.name,
                parts=shard_tables(self.parts, done, selected, self.recipe, tally),
                recipe_name=self.recipe.name,
                recipe_version=self.recipe.version,
                recipe_text=self.recipe.text,
                code_version=code_version(),
                source_loads=loads,
                newest_load_at=newest_start(self.engine, loads),
                card=lambda manifest: write_card(
                    manifest,
                    rights_of(tally.sources, tally.threads),
                    tally.changed,
                    tally.drops,
                    self.recipe.steps,
                    tally.shared_questions,
                ),
                decontaminated=cleared_of(self.against, selected.drops),
            )

        with self.stages.timed("write") as stage:
            manifest: Manifest = self.run(write_version)
            stage.rows = len(selected.sides)
        return manifest, tally


def _nothing_kept(recipe: Recipe, cleaned_away: Sequence[tuple[str, str]], selected: Selected) -> Misuse:
    drops = Counter(rule for _, rule in cleaned_away) + selected.drops
    faults = ", ".join(f"{rule} {count:,}" for rule, count in drops.most_common())
    others = ", ".join(name for name in recipe_names() if name != recipe.name)
    total = counted(len(selected.sides), "dialogue")
    why = f"; read why: mundap why {cleaned_away[0][0]}" if cleaned_away else ""
    return Misuse(
        f"nothing to export: recipe {recipe.name} dropped all of {total} ({faults}), and "
        f"nothing was written{why}; bring in others, or choose another --recipe ({others})"
    )
