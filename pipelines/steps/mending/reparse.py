"""Kept pages read again by today's parser: what would differ from the stored rows, and storing it on demand.

Two walks over the same pages in the same order. The first only compares; the second, with `apply`, stores, a batch in
one transaction. A walk that was killed is simply walked again: what is stored already then reads as equal.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crawlers.sites.registry import for_adults, site_by_id
from pipelines.settings import Settings, author_salt
from pipelines.steps.ledger import load
from pipelines.steps.mending.fieldchanges import FieldChange, FieldChanges
from pipelines.steps.mending.keptpages import KeptPages
from pipelines.steps.mending.storing import Applied, store_again
from pipelines.steps.mending.undrifted import still_drifting
from warehouse.connect import open_warehouse
from warehouse.pages.replay import kept_page_ids


@dataclass(frozen=True, slots=True)
class ReparsePlan:
    """Whose pages to read again; with `apply` the result is stored, with `allow_loss` even what empties fields."""

    site: str
    apply: bool = False
    topic: str | None = None
    since: datetime | None = None
    allow_loss: bool = False


@dataclass(frozen=True, slots=True)
class ReparseReport:
    """What reading again came to: `changed`, `added` and `lost` count values (one field of one row).

    `pages` were read, `expired` ones have no snapshot any more, `set_aside` ones are damaged or lack their question.
    `settled` pages had been set aside and are read now, `drifting` ones were set aside by a drift that this parser has
    not mended; `unread` counts all pages that this parser cannot read either, by the field or the reason for which they
    were set aside, those `drifting` among them. `links` new addresses came out of the pages read. `unraised` pages read
    otherwise than the parser of the same version (`versions`) read them before. `refused` says why nothing was stored
    though asked for.
    """

    pages: int
    changed: int
    added: int
    lost: int
    expired: int
    set_aside: int
    settled: int
    drifting: int
    unread: dict[str, int]
    links: int
    stored: int
    applied: bool
    load_id: int | None
    unraised: int
    versions: tuple[str, ...]
    refused: str
    fields: list[FieldChange]


def nothing(done: int, total: int | None = None, note: str = "") -> None:
    """Show nothing."""


def reparse(
    settings: Settings, plan: ReparsePlan, on_page: Callable[[int, int | None, str], None] = nothing
) -> ReparseReport:
    """Compare the kept pages of a site, read by today's parser, with what is stored; store on demand. No network.

    Raises:
        Misuse: an unknown site.
        Unready: no warehouse, or the database fails.
    """
    site = site_by_id(plan.site) if settings.crawl.with_minors else for_adults(site_by_id(plan.site))
    engine = open_warehouse(settings.database_url)
    ids, expired = kept_page_ids(engine, site.id, topic=plan.topic, since=plan.since)
    walk = KeptPages(engine, site, settings.folder / "snapshots", author_salt(settings), ids)
    if not plan.allow_loss:
        walk.left_aside = still_drifting(engine, site, walk.drifted())
    found = _compared(walk, lambda done: on_page(done, len(ids), "comparing"))
    refused = "" if plan.allow_loss or not plan.apply else _too_much_lost(found.fields)
    applied = Applied()
    if plan.apply and not refused:
        applied = _stored(settings, walk, plan, lambda done: on_page(done, len(ids), "storing"))
    return ReparseReport(
        pages=len(ids) - len(walk.damaged) - len(walk.left_aside),
        changed=sum(item.changed for item in found.fields),
        added=sum(item.added for item in found.fields),
        lost=sum(item.lost for item in found.fields),
        expired=expired,
        set_aside=len(walk.damaged) + len(applied.set_aside),
        settled=found.settled,
        drifting=len(walk.left_aside),
        unread=dict(found.unread + Counter(walk.left_aside.values())),
        links=applied.links,
        stored=applied.stored,
        applied=plan.apply and not refused,
        load_id=applied.load_id,
        unraised=len(found.unraised),
        versions=tuple(sorted(set(found.unraised.values()))),
        refused=refused,
        fields=found.fields,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What the first walk found; `unraised` names the parser's version by the number of a page that it reads otherwise.

    `settled` counts pages that had been set aside and are read now, `unread` those that still are not, by their reason.
    """

    fields: list[FieldChange]
    settled: int
    unread: Counter[str]
    unraised: dict[int, str]


def _compared(walk: KeptPages, on_page: Callable[[int], None]) -> _Found:
    changes = FieldChanges()
    settled = 0
    unread: Counter[str] = Counter()
    same_version: dict[int, str] = {}
    for kept, parsed in walk.pages(on_page):
        changes.add(kept.page_id, kept.crawl.origin, walk.compared(kept, parsed))
        if kept.parser_version == parsed.parser_version:
            same_version[kept.page_id] = parsed.parser_version
        if kept.state == "set_aside" and kept.is_newest:
            is_read = parsed.kind in ("question", "list", "empty", "gone")
            settled += is_read
            unread[kept.drifted or kept.reason_code or parsed.kind] += not is_read
    unraised = {page_id: same_version[page_id] for page_id in changes.pages() & same_version.keys()}
    return _Found(changes.by_field(), settled, +unread, unraised)


def _stored(settings: Settings, walk: KeptPages, plan: ReparsePlan, on_page: Callable[[int], None]) -> Applied:
    with load(settings, walk.engine, f"reparse {plan.site}") as entry:
        applied = store_again(walk, entry.load_id, plan.allow_loss, on_page)
        entry.counts.update(stored=applied.stored, changed=applied.changed, set_aside=len(applied.set_aside))
    return applied


def _too_much_lost(fields: list[FieldChange]) -> str:
    losing = [f"{item.field} ({item.lost:,} of {item.compared:,})" for item in fields if item.is_loss]
    return (
        f"today's parser no longer finds {', '.join(losing)}; nothing was stored: mend the parser, or store "
        "without these values by --allow-loss"
        if losing
        else ""
    )
