"""The command that holds two versions of a dataset beside each other."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import AsJson, Config
from pipelines.exits import DONE
from pipelines.output import print_result, print_table
from pipelines.settings import load_settings

Version = "A version: its folder, NAME (its newest), or NAME@VERSION."


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help=Version)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help=Version)],
    rows: Annotated[int, typer.Option(min=0, help="Rows to name of each cause.")] = 5,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Tell which rows were added to a dataset, are gone or changed from one version to another, and why.

    Example: mundap diff mundap@2026-11-21-1a2b3c4d mundap
    """
    from pipelines.steps.building.versions import diff_fields, diff_versions

    found = diff_versions(load_settings(config), old, new, rows)
    fields = diff_fields(found)
    if as_json:
        print_result(fields, as_json=True)
        return DONE
    facts = ("version", "parent", "recipe", "code_version", "rows", "dropped")
    print_table("", ("", "old", "new"), [(name, fields["old"][name], fields["new"][name]) for name in facts])
    counted = [(kind, why, count) for kind, counts in found.why.items() for why, count in counts.items()]
    print_table("", ("change", "why", "rows"), [*counted, ("none", "the same in both", found.same)])
    if found.rows:
        named = [(change.dialogue_id, change.kind, change.why, change.detail) for change in found.rows]
        print_table("", ("dialogue", "change", "why", "in full"), named)
    return DONE
