"""Commands that drive everything: demo, deploy, worker."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import AsJson, Config
from pipelines.exits import DONE
from pipelines.output import print_result, tell
from pipelines.settings import load_settings


def demo(
    corpus: Annotated[Path | None, typer.Option(help="Serve this CSV or JSONL as 지식iN instead.")] = None,
    folder: Annotated[Path, typer.Option("--dir", help="Where everything of the demo goes.")] = Path("mundap-demo"),
    pages: Annotated[int | None, typer.Option(min=10, help="Pages in all, lists included.")] = None,
    as_json: AsJson = False,
) -> int:
    """Run the whole pipeline on this machine: replica, crawl, clean, dataset, training, evaluation.

    Example: mundap demo --corpus talks.csv --pages 2000
    """
    if not as_json:
        tell(f"the whole pipeline, into {folder}: loading what it needs ...")
    from pipelines.demo import run_demo
    from pipelines.demo_shown import show_demo

    report = run_demo(folder, corpus=corpus, pages=pages, quiet=as_json)
    if as_json:
        print_result(report.fields(), as_json=True)
    else:
        show_demo(report)
    return DONE


def deploy(config: Config = None, as_json: AsJson = False) -> int:
    """Make pools, deployments, schedules and automations on the running Prefect server.

    Example: mundap deploy
    """
    from pipelines.flows.deployments import deploy as run_deploy

    print_result(asdict(run_deploy(load_settings(config))), as_json=as_json)
    return DONE


def worker(
    pool: Annotated[str, typer.Argument(help="crawl or gpu.")],
    config: Config = None,
) -> int:
    """Work for a pool until stopped.

    Example: mundap worker gpu
    """
    from pipelines.flows.worker import run_worker

    return run_worker(load_settings(config), pool)
