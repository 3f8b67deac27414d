"""Commands for the day when a site changes its pages: drift, reparse, expire."""

from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.options import AsJson, Config, finish
from pipelines.exits import DONE, INCOMPLETE
from pipelines.output import print_result, print_table, progress, tell
from pipelines.plural import counted
from pipelines.settings import load_settings

if TYPE_CHECKING:
    from pipelines.steps.mending.reparse import ReparseReport

UNRAISED = (
    "{} read otherwise by a parser of the same version, {}: raise PARSER_VERSION in crawlers/sites, or nobody can tell "
    "which of them read a row"
)
UNREAD = (
    "{} unread, for which today's parser is no remedy yet ({}); see where it stands in them now: mundap drift {}; mend "
    "the parser, then the same command again{}"
)
OR_ALLOW = " (or store them without it: --allow-loss)"
SiteName = Annotated[str, typer.Argument(metavar="SITE", help="naver_kin or nate_pann.")]


def reparse(
    site: SiteName,
    apply: Annotated[bool, typer.Option("--apply", help="Store the result; without it nothing is written.")] = False,
    allow_loss: Annotated[
        bool, typer.Option("--allow-loss", help="Store even where the parser finds less; empties those values.")
    ] = False,
    topic: Annotated[str | None, typer.Option(help="Only pages of this topic's (or query's) crawl.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only pages fetched since this day (UTC).")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Read the kept pages again with today's parser, without network, and show what would differ, field by field.

    With --apply it exits 1 where pages that a drift set aside, or too many others, stay unread.

    Example: mundap reparse naver_kin
    """
    from pipelines.steps.mending.reparse import ReparsePlan
    from pipelines.steps.mending.reparse import reparse as run

    settings = load_settings(config)
    moment = datetime.combine(since, time(), UTC) if since else None
    plan = ReparsePlan(site, apply=apply, topic=topic, since=moment, allow_loss=allow_loss)
    with progress("reparse", quiet=as_json) as advance:
        report = run(settings, plan, advance)
    result = asdict(report)
    refused = result.pop("refused")
    result.pop("versions")
    if not as_json:
        rows = [(c.field, c.pages, c.changed, c.added, c.lost, _examples(c.examples)) for c in report.fields]
        print_table(
            "", ("field", "pages", "changed", "added", "lost", "old → new"), rows, whole=("field",)
        ) if rows else None
        result.pop("fields")
    code = finish(settings, result, rows=report.pages + report.set_aside, as_json=as_json)
    if report.unread:
        tell(f"mundap: {_unread(report, site)}")
    if report.unraised:
        tell(f"{UNRAISED.format(counted(report.unraised, 'page'), ', '.join(report.versions))}")
    if refused:
        tell(f"mundap: {refused}")
        return INCOMPLETE
    if not report.applied and (report.changed or report.added or report.lost or report.settled):
        tell("nothing was written; to store this: the same command with --apply")
    unread = sum(report.unread.values())
    is_gap = report.drifting or unread > settings.limits.set_aside_share * (report.pages + report.drifting)
    return INCOMPLETE if report.applied and is_gap else code


def _unread(report: "ReparseReport", site: str) -> str:
    number = sum(report.unread.values())
    stays = f"{counted(number, 'page')} {'stays' if number == 1 else 'stay'}"
    reasons = ", ".join(f"{name} {pages:,}" for name, pages in sorted(report.unread.items()))
    return UNREAD.format(stays, reasons, site, OR_ALLOW if report.drifting else "")


def drift(site: SiteName, config: Config = None, as_json: AsJson = False) -> int:
    """Show how well the newest pages hold each field, and where a lost one stands now; exit 1 where one is lost.

    Example: mundap drift naver_kin
    """
    from pipelines.steps.mending.drifting import drift as run

    result = run(load_settings(config), site)
    code = INCOMPLETE if any(entry["state"] == "left" for entry in result["fields"]) else DONE
    if as_json:
        print_result(result, as_json=True)
        return code
    rows = [
        (entry["field"], entry["seen"], entry["pages"], f"{entry['floor']:.0%}", entry["state"])
        for entry in result["fields"]
    ]
    print_table(
        f"{site} at {result['origin']}", ("field", "seen", "pages", "at least", "state"), rows, whole=("field",)
    )
    for entry in result["fields"]:
        for when in ("before", "now"):
            found = [(p["selector"], f"{p['pages']} of {p['of']}", p["evidence"], p["example"]) for p in entry[when]]
            if found:
                print_table(f"{entry['field']}, {when}", ("selector", "hits once", "told by", "example"), found)
    return code


def expire(
    days: Annotated[int | None, typer.Option(min=0, help="Age in days (default: warehouse.snapshot_days).")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Erase raw pages that are older than the settings allow; the rows made of them stay.

    Example: mundap expire
    """
    from pipelines.steps.expiring import expire_snapshots

    print_result(asdict(expire_snapshots(load_settings(config), days)), as_json=as_json)
    return DONE


def _examples(examples: tuple[dict[str, str | None], ...]) -> str:
    return "\n".join(f"{item['old'] or '-'} → {item['new'] or '-'}" for item in examples)
