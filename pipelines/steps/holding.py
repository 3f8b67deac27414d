"""Visits whose pages are not as expected, held until their batch is judged."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from pipelines.steps.desk import Desk, Tally
from pipelines.steps.sending import Sent
from pipelines.steps.settling import Ending, settle
from warehouse.bands import DRIFT
from warehouse.drifted import mark_drifted
from warehouse.leases import Claim
from warehouse.records.pages import Page, ParsedPage

DRIFTED: Final = (
    "{site} {field}: {says}; nothing more is stored, the pages are kept. See where it stands now: mundap drift {site}; "
    "after mending the parser: mundap reparse {site} --apply"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A visit that is fetched and read, and not settled yet."""

    row: Claim
    sent: Sent
    page: Page
    parsed: ParsedPage


def judge(desk: Desk, held: list[Held], go_on: Callable[[Held], Tally]) -> Tally:
    """Settle the held visits: by `go_on`, or set aside where a field has left its band, which ends the crawl.

    Nothing of these is stored then; `mundap reparse` reads them again when the parser is mended, and with them those
    that were stored before the drift was sure.
    """
    departure = desk.contract.departure()
    tally = Tally()
    if departure is None:
        for visit in held:
            tally = tally + go_on(visit)
        return tally
    ending = Ending("set_aside", departure.says, DRIFT + departure.field)
    for visit in held:
        entry = replace(visit.sent.entry, page_kind=visit.parsed.kind) if visit.sent.entry else None
        tally = tally + settle(desk, visit.row, entry, ending, visit.page)
    earlier = set(desk.contract.departed(departure.field)) - {visit.row.id for visit in held}
    mark_drifted(desk.engine, sorted(earlier), departure.field, departure.says)
    says = DRIFTED.format(site=desk.crawl.site, field=departure.field, says=departure.says)
    return replace(tally, ended=says)
