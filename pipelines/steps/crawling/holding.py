"""Visits whose pages are not as expected, held until their batch is judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipelines.plural import counted
from pipelines.steps.crawling.contract import Departure
from pipelines.steps.crawling.desk import Desk, Tally
from pipelines.steps.crawling.sending import Sent
from pipelines.steps.crawling.settling import Ending, settle
from warehouse.frontier.drifted import DRIFT, Moved, mark_drifted
from warehouse.frontier.leases import Claim
from warehouse.records.pages import Page, ParsedPage

DRIFTED: Final = (
    "{site} {field}: {says}; nothing more is stored, the pages are kept{earlier}. See where it stands now: "
    "mundap drift {site}; after mending the parser: mundap reparse {site} --apply"
)
UNSURE: Final = (
    "{pages} set aside without {field}, too few to be sure that the site has changed; see mundap drift {site}, and "
    "where it has not: the same crawl with --retry set_aside"
)
NEVER: Final = (
    "{site} {field}: {says}, too few to be sure that the parser no longer finds it; compare with a browser: "
    "mundap drift {site}"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A visit that is fetched and read, and not settled yet; `wrong` names the fields that are not as expected."""

    row: Claim
    sent: Sent
    page: Page
    parsed: ParsedPage
    wrong: frozenset[str]


def judge(desk: Desk, held: Sequence[Held], go_on: Callable[[Held], Tally]) -> Tally:
    """Settle the held visits: by `go_on`, or set aside where a field has left its band, which ends the crawl.

    Nothing of these is stored then; `mundap reparse` reads them again when the parser is mended, and with them those
    that were stored before the drift was sure. Where it is not sure yet the visits in doubt are set aside all the
    same, so that the next run counts them, and the crawl goes on.
    """
    departure = desk.contract.departure()
    suspected = (departure,) if departure else desk.contract.doubts()
    tally, aside = Tally(), []
    for visit in held:
        reason = next((found for found in suspected if found.field in visit.wrong), None)
        if reason is None:
            tally = tally + go_on(visit)
            continue
        entry = replace(visit.sent.entry, page_kind=visit.parsed.kind) if visit.sent.entry else None
        ending = Ending("set_aside", reason.says, DRIFT + reason.field)
        tally = tally + settle(desk, visit.row, entry, ending, visit.page)
        aside.append(visit.row.id)
        desk.contract.doubted[reason.field] += departure is None
    return tally if departure is None else tally + _end(desk, departure, aside)


def told_of_doubts(desk: Desk) -> tuple[str, ...]:
    """Say which fields this crawl missed in too few pages to be sure of a drift."""
    site, doubted = desk.site.id, desk.contract.doubted
    unsure = (UNSURE.format(site=site, pages=counted(n, "page"), field=name) for name, n in doubted.items() if n)
    never = (found for found in desk.contract.never_seen() if not doubted[found.field])
    return (*unsure, *(NEVER.format(site=site, field=found.field, says=found.says) for found in never))


def _end(desk: Desk, departure: Departure, aside: Sequence[int]) -> Tally:
    lacking = sorted({*departure.lacking, *aside})
    moved = mark_drifted(desk.engine, lacking, departure.field, departure.says, desk.load_id)
    says = DRIFTED.format(site=desk.site.id, field=departure.field, says=departure.says, earlier=_told(moved))
    return Tally(set_aside=moved.of_load, stored=-moved.stored, ended=says)


def _told(moved: Moved) -> str:
    pages = counted(moved.pages, "page")
    return f", {pages} stored before it was sure set aside with them" if moved.pages else ""
