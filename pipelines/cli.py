"""The command line's table of contents; the commands stand in `pipelines.commands`, by what they work on."""

from typing import Annotated

import typer

from pipelines.commands import analysis, collect, dataset, environment, mending, model, operate, proof, versions
from pipelines.commands.crawl import crawl
from pipelines.commands.listed_help import FaultHelp, FormatHelp

app = typer.Typer(
    name="mundap",
    help="Korean Q&A on the web to a dialogue dataset, a fine-tuned KoGPT2 and a chat.",
    epilog="Begin with: mundap demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        from pipelines.version import code_version

        print(f"mundap {code_version()}")
        raise typer.Exit


@app.callback()
def _mundap(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    pass


_HELP = {"replica": FaultHelp, "import": FormatHelp}

for name, command, panel in (
    ("demo", operate.demo, "Start here"),
    ("init", environment.init, "Start here"),
    ("doctor", environment.doctor, "Start here"),
    ("status", environment.status, "Start here"),
    ("replica", collect.replica, "Collect"),
    ("crawl", crawl, "Collect"),
    ("parse", collect.parse, "Collect"),
    ("politeness", proof.politeness, "Collect"),
    ("drift", mending.drift, "Collect"),
    ("reparse", mending.reparse, "Collect"),
    ("expire", mending.expire, "Collect"),
    ("import", collect.import_, "Collect"),
    ("prepare", dataset.prepare, "Datasets"),
    ("clean", dataset.clean, "Datasets"),
    ("recipes", dataset.recipes, "Datasets"),
    ("why", dataset.why, "Datasets"),
    ("export", dataset.export, "Datasets"),
    ("verify", dataset.verify, "Datasets"),
    ("diff", versions.diff, "Datasets"),
    ("audit", proof.audit, "Datasets"),
    ("pii-eval", proof.pii_eval, "Datasets"),
    ("train", model.train, "Models"),
    ("evaluate", model.evaluate, "Models"),
    ("leaderboard", model.leaderboard, "Models"),
    ("promote", model.promote, "Models"),
    ("rollback", model.rollback, "Models"),
    ("generate", model.generate, "Models"),
    ("chat", model.chat, "Models"),
    ("query", analysis.query, "Warehouse"),
    ("describe", analysis.describe, "Warehouse"),
    ("browse", analysis.browse, "Warehouse"),
    ("deploy", operate.deploy, "Operate"),
    ("worker", operate.worker, "Operate"),
):
    app.command(name, rich_help_panel=panel, cls=_HELP.get(name))(command)
