"""Commands about where Mundap stands: init, doctor, status."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import AsJson, Config
from pipelines.exits import DONE, ENVIRONMENT
from pipelines.output import print_result, print_table
from pipelines.settings import load_settings


def init(
    folder: Annotated[Path, typer.Argument(help="Where to begin.")] = Path(),
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Make settings, a secret salt and the warehouse; what is there stays (a warehouse is brought up to date).

    Example: mundap init
    """
    from pipelines.steps.start import initialise

    print_result(initialise(folder, config), as_json=as_json)
    return DONE


def doctor(config: Config = None, as_json: AsJson = False) -> int:
    """Check this machine and these settings; each failure comes with its remedy.

    Example: mundap doctor
    """
    from pipelines.steps.doctor import examine

    checks = examine(load_settings(config))
    if as_json:
        print_result({"checks": checks}, as_json=True)
    else:
        print_table("", ("check", "state", "found", "remedy"), [tuple(check.values()) for check in checks])
    return ENVIRONMENT if any(check["state"] == "failed" for check in checks) else DONE


def status(config: Config = None, as_json: AsJson = False) -> int:
    """Show what is in the warehouse and what is going on: loads, frontier, datasets, runs.

    Example: mundap status
    """
    from pipelines.commands.status_shown import show_status
    from pipelines.steps.standing import overview
    from pipelines.steps.training.runs import going

    sections = overview(load_settings(config))
    if as_json:
        print_result(sections, as_json=True)
        return DONE
    failed = [f"run {row['run_id']} failed: {row['reason']}" for row in sections["runs"] if row["reason"]]
    sections["runs"] = going(sections["runs"])
    show_status(sections)
    print("\n".join(failed), end="\n" if failed else "")
    return DONE
