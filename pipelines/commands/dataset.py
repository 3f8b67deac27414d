"""Commands that make datasets: prepare, clean, why, export, verify."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import AsJson, Config, key_values
from pipelines.exits import DONE, INCOMPLETE
from pipelines.output import print_result, print_table, progress, tell
from pipelines.plural import counted
from pipelines.settings import load_settings

RecipeName = Annotated[str, typer.Option("--recipe", help="A name of `mundap recipes`, or a TOML file.")]


def prepare(config: Config = None, as_json: AsJson = False) -> int:
    """Make, or make again, the dialogues from the questions and answers of the warehouse.

    `export` does this by itself; alone it shows what pairing gives.

    Example: mundap prepare
    """
    from pipelines.steps.building.prepare import pair

    with progress("pair", quiet=as_json) as advance:
        report = pair(load_settings(config), on_step=advance)
    print_result(asdict(report), as_json=as_json)
    return DONE


def clean(
    source: Annotated[Path, typer.Argument(metavar="IN", help="JSONL of {id, text} or Parquet.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Kept rows; dropped ones go to OUT.dropped.jsonl.")],
    recipe: RecipeName = "dialogue",
    option: Annotated[list[str] | None, typer.Option(help="Change an option of the recipe: laugh=unify.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Clean a file of texts by the rules of a recipe.

    Example: mundap clean talks.jsonl clean.jsonl --recipe chathuman --option paren=keep
    """
    from pipelines.steps.cleanfile import clean_file

    settings = load_settings(config)
    with progress("clean", quiet=as_json) as advance:
        report = clean_file(source, target, recipe, key_values(option or []), on_rows=advance)
    print_result(asdict(report), as_json=as_json)
    unreadable = report.rules.get("drop:unreadable", 0)
    if unreadable <= settings.limits.set_aside_share * report.read:
        return DONE
    tell(
        f"mundap: {unreadable:,} of {counted(report.read, 'line')} could not be read (the limit is "
        f"{settings.limits.set_aside_share:.0%}); reasons: {target}.dropped.jsonl"
    )
    return INCOMPLETE


def recipes(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Recipes of your own, TOML.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """List the recipes with their rules and where they come from: Mundap, an installed package, a file.

    Example: mundap recipes my.toml
    """
    from pipelines.steps.recipes import recipe_fields

    load_settings(config)
    rows = recipe_fields(files or [])
    if as_json:
        print_result({"recipes": rows}, as_json=True)
    else:
        print_table("", ("name", "version", "from", "rules"), [(*row.values(),) for row in rows])
    return DONE


def why(
    dialogue_id: Annotated[str, typer.Argument(help="A dialogue of the warehouse.")],
    recipe: RecipeName = "dialogue",
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Tell a dialogue's whole fate: each rule's step, why it was dropped, or in which split of which dataset it is.

    Example: mundap why 3f2a9c01d4e5b6a7
    """
    from pipelines.commands.why_shown import show_fate
    from pipelines.steps.explaining import fate_fields, fate_of

    fate = fate_of(load_settings(config), dialogue_id, recipe)
    if as_json:
        print_result(fate_fields(fate), as_json=True)
    else:
        show_fate(fate)
    return DONE


def export(
    name: Annotated[str, typer.Argument(help="Name of the dataset.")],
    recipe: RecipeName = "dialogue",
    workers: Annotated[int, typer.Option(min=1, help="Processes that clean; the bytes written are the same.")] = 1,
    decontaminate: Annotated[
        list[Path] | None,
        typer.Option(help="Evaluation set (CSV, TSV, JSONL, Parquet, text): what overlaps is dropped."),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Write the warehouse's dialogues as a dataset version; an unchanged state writes nothing.

    A dialogue overlaps with an evaluation set where a turn, or all turns together, is nearly one of its texts (trigram
    Jaccard 0.8), equals one of fewer than ten letters, or holds one of twenty or more whole. Cells without Hangul are
    no texts; how many texts are compared how is printed.

    Example: mundap export mundap --decontaminate nsmc_test.tsv
    """
    from pipelines.commands.export_shown import show_export
    from pipelines.engine import prepare as run_prepare
    from pipelines.steps.building.stages import stage_fields

    settings = load_settings(config)
    with progress("export", quiet=as_json) as advance:
        report = run_prepare(settings, name, recipe, workers, advance, decontaminate or ())
    if as_json:
        print_result(asdict(report) | {"stages": stage_fields(report.stages)}, as_json=True)
    else:
        show_export(report)
    return DONE


def verify(
    path: Annotated[Path, typer.Argument(help="A dataset version's folder (or its name, for the newest version).")],
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Check a dataset's files against its manifest: hashes, rows, schema.

    Example: mundap verify datasets/mundap/2026-11-21-1a2b3c4d
    """
    from pipelines.steps.datasets import dataset_folder
    from warehouse.datasets.shards import verify as problems_of

    folder = dataset_folder(load_settings(config), path)
    problems = problems_of(folder)
    print_result(
        {"ok": not problems, "problems": problems}, as_json=as_json, text=f"{folder}: whole" if not problems else ""
    )
    if problems:
        tell(f"mundap: {folder} is not what its manifest says; export it again, or take it from its backup")
    return INCOMPLETE if problems else DONE
