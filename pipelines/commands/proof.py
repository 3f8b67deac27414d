"""The commands that prove something: how a crawl behaved, that a dataset is leak-free, what the masks find."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cleaning.personal.labelled import LabelledSet
from pipelines.commands.options import AsJson, Config
from pipelines.exits import DONE, INCOMPLETE
from pipelines.output import print_result, print_table, progress, tell
from pipelines.plural import counted
from pipelines.settings import load_settings

if TYPE_CHECKING:
    from pipelines.steps.personalmeasure import Measured, Rate

SHOWN_BREACHES: Final = 3  # of each rule


def politeness(
    load: Annotated[int | None, typer.Option(help="Judge the requests of this load only (mundap status).")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Prove from the ledger that every request was polite: gap, robots.txt, waits, stops; exit 1 on a breach.

    Example: mundap politeness --load 3
    """
    from pipelines.steps.proof.politeness import prove

    proof = prove(load_settings(config), load)
    rules: dict[str, list[str]] = {}
    for breach in proof.breaches:
        rules.setdefault(breach.rule, []).append(breach.line)
    hosts = [asdict(host) for host in proof.hosts]
    result = {
        "requests": proof.requests,
        "breaches": len(proof.breaches),
        "min_gap_seconds": proof.min_gap_seconds,
        "hosts": hosts,
        "rules": {rule: len(lines) for rule, lines in rules.items()},
        "lines": [breach.line for breach in proof.breaches],
    }
    for rule, lines in rules.items():
        tell(f"breach: {rule}, {counted(len(lines), 'time')}")
        for line in lines[:SHOWN_BREACHES]:
            tell(f"  {line}")
        if len(lines) > SHOWN_BREACHES:
            tell(f"  and {len(lines) - SHOWN_BREACHES:,} more (all with --json)")
    if as_json:
        print_result(result, as_json=True)
    else:
        if hosts:
            print_table("", tuple(hosts[0]), [tuple(host.values()) for host in hosts])
        print(f"{counted(proof.requests, 'request')}, {counted(len(proof.breaches), 'breach')}")
    return INCOMPLETE if proof.breaches else DONE


def audit(
    path: Annotated[Path, typer.Argument(help="A dataset version's folder (or its name, for the newest version).")],
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Prove that nothing crosses a dataset's splits and no personal data is left in it; exit 1 with the rows.

    Near-copies are found by an exact index. Threads and askers are compared where the warehouse knows the rows. Answers
    are compared as a whole, and turn by turn from ten letters on: shorter turns link nothing.

    Example: mundap audit mundap
    """
    from cleaning.splits.links import LEAST_LINKING_LETTERS
    from pipelines.steps.building.auditing import audit as look_through

    with progress("audit", quiet=as_json) as advance:
        report = look_through(load_settings(config), path, advance)
    total, ok = sum(report.found.values()), not any(report.found.values())
    for line in report.problems:
        tell(f"problem: {line}")
    if total > len(report.problems):
        tell(f"and {total - len(report.problems):,} more of the same kinds")
    rows = sum(report.rows.values()) - report.rows["dropped"]
    if report.on_record < rows:
        tell(f"threads and askers of {rows - report.on_record:,} of {rows:,} rows are not in this warehouse: unchecked")
    result = {"ok": ok, **asdict(report)}
    if total:
        text = f"{report.folder}: {rows:,} rows, " + ", ".join(f"{kind} {n:,}" for kind, n in report.found.items() if n)
    else:
        text = f"{report.folder}: {rows:,} rows, nothing crosses (single turns of an answer count from "
        text += f"{LEAST_LINKING_LETTERS} letters on), no personal data by {report.masks}, dropped/ included"
    print_result(result, as_json=as_json, text=text)
    return DONE if ok else INCOMPLETE


def pii_eval(
    recipe: Annotated[str, typer.Option(help="A name of `mundap recipes`, or a TOML file.")] = "dialogue",
    least: Annotated[
        float | None, typer.Option("--min", min=0, max=1, help="Exit 1 where a precision or recall is lower.")
    ] = None,
    which: Annotated[
        LabelledSet, typer.Option("--set", help="The set the rules were made with, or the one their authors never saw.")
    ] = LabelledSet.first,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Measure what the personal-data rules find in a labelled Korean set of our own: precision and recall by class.

    A value counts as found when exactly it is masked, by the token of its class. Half a mask is a miss. The last line
    of the first set, name, is the opt-in rule `real_names`, which no recipe of ours has; the floor does not ask for it.

    Example: mundap pii-eval --set unseen --min 0.85
    """
    from pipelines.steps.personalmeasure import measure_personal

    load_settings(config)
    measured = measure_personal(recipe, which)
    if as_json:
        print_result({**asdict(measured), "below": measured.below(least or 0)}, as_json=True)
    else:
        _show_measured(measured)
    below = measured.below(least or 0)
    if below:
        tell(f"mundap: below {least} in precision or recall: {', '.join(below)}")
    return INCOMPLETE if below else DONE


def _show_measured(measured: "Measured") -> None:
    print_table(
        f"recipe {measured.recipe}, {measured.set} set: {measured.sentences:,} sentences, {measured.without:,} of "
        "them without any",
        (
            "class",
            "spans",
            "found",
            "false",
            "precision",
            "recall",
            "of what the spec knows" if measured.names else "of plain ways",
        ),
        [
            (
                one.name,
                one.spans,
                one.found,
                one.alarms,
                *map(_shown, (one.precision, one.recall, one.recall_in_spec or one.recall_plain)),
            )
            for one in (*measured.classes, *([measured.names] if measured.names else []))
        ],
    )
    print_table("ways of writing that are missed", ("class", "written", "missed", "of"), measured.missed)
    print_table("false alarms", ("class", "sentence"), measured.false)


def _shown(rate: "Rate | None") -> str:
    return "–" if rate is None else f"{rate.value:.3f} ({rate.low:.3f} to {rate.high:.3f})"
