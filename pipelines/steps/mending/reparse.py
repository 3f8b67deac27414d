"""Kept pages read again by today's parser: what would differ from the stored rows, and storing it on demand.

Two walks over the same pages in the same order. The first only compares; the second, with `apply`, stores, a batch in
one transaction. A walk that was killed is simply walked again: what is stored already then reads as equal.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from cleaning.personal import MASK_VERSION
from crawlers.sites.registry import Site, for_adults, site_by_id
from pipelines.settings import Settings, author_salt
from pipelines.steps.crawling.settling import followed
from pipelines.steps.ledger import load
from pipelines.steps.masking import masked
from pipelines.steps.mending.differences import Compared, compare, filled
from pipelines.steps.mending.fieldchanges import FieldChange, FieldChanges
from pipelines.steps.mending.undrifted import still_drifting
from warehouse.connect import database_now, in_transaction, open_warehouse
from warehouse.errors import Permanent
from warehouse.pages.replay import KeptPage, erase_answers, kept_page_ids, read_kept, restate, stored_of
from warehouse.pages.snapshots import read_snapshot
from warehouse.records.pages import ParsedPage
from warehouse.store.upserts import Provenance

BATCH_PAGES: Final = 100
Reading = tuple[KeptPage, ParsedPage]


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
    not mended; `links` new addresses came out of them. `unraised` pages read otherwise than the parser of the same
    version (`versions`) read them before. `refused` says why nothing was stored though asked for.
    """

    pages: int
    changed: int
    added: int
    lost: int
    expired: int
    set_aside: int
    settled: int
    drifting: int
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
    walk = _Walk(engine, site, settings.folder / "snapshots", author_salt(settings), ids)
    if not plan.allow_loss:
        walk.left_aside = still_drifting(engine, site, walk.drifted())
    changes = FieldChanges()
    settled = 0
    same_version: dict[int, str] = {}
    for kept, parsed in walk.pages(lambda done: on_page(done, len(ids), "comparing")):
        changes.add(kept.page_id, kept.crawl.origin, walk.compared(kept, parsed))
        if kept.parser_version == parsed.parser_version:
            same_version[kept.page_id] = parsed.parser_version
        settled += kept.state == "set_aside" and parsed.kind in ("question", "list", "empty")
    fields = changes.by_field()
    unraised = {page_id: same_version[page_id] for page_id in changes.pages() & same_version.keys()}
    refused = "" if plan.allow_loss or not plan.apply else _too_much_lost(fields)
    applied = _Applied()
    if plan.apply and not refused:
        with load(settings, engine, f"reparse {site.id}") as entry:
            applied = _apply(walk, entry.load_id, plan.allow_loss, lambda done: on_page(done, len(ids), "storing"))
            entry.counts.update(stored=applied.stored, changed=applied.changed, set_aside=len(applied.set_aside))
    return ReparseReport(
        pages=len(ids) - len(walk.damaged) - len(walk.left_aside),
        changed=sum(item.changed for item in fields),
        added=sum(item.added for item in fields),
        lost=sum(item.lost for item in fields),
        expired=expired,
        set_aside=len(walk.damaged) + len(applied.set_aside),
        settled=settled,
        drifting=len(walk.left_aside),
        links=applied.links,
        stored=applied.stored,
        applied=plan.apply and not refused,
        load_id=applied.load_id,
        unraised=len(unraised),
        versions=tuple(sorted(set(unraised.values()))),
        refused=refused,
        fields=fields,
    )


@dataclass(slots=True)
class _Applied:
    stored: int = 0
    changed: int = 0
    links: int = 0
    load_id: int | None = None
    set_aside: tuple[Reading, ...] = ()


class _Walk:
    """The kept pages of one site, read in the order of their storing; `damaged` holds those that cannot be."""

    def __init__(self, engine: sa.Engine, site: Site, folder: Path, salt: bytes | None, ids: list[int]) -> None:
        self.engine, self.site, self._folder, self._salt, self._ids = engine, site, folder, salt, ids
        self.damaged: set[int] = set()
        self.left_aside: frozenset[int] = frozenset()

    def pages(self, on_page: Callable[[int], None]) -> Iterator[Reading]:
        for batch in self.batches(on_page):
            yield from batch

    def batches(self, on_page: Callable[[int], None]) -> Iterator[list[Reading]]:
        for start in range(0, len(self._ids), BATCH_PAGES):
            kept = read_kept(self.engine, self._ids[start : start + BATCH_PAGES])
            wanted = (row for row in kept if not row.is_left_out and row.page_id not in self.left_aside)
            yield [(row, parsed) for row in wanted if (parsed := self.read(row))]
            on_page(min(start + BATCH_PAGES, len(self._ids)))

    def drifted(self) -> Iterator[Reading]:
        for start in range(0, len(self._ids), BATCH_PAGES):
            for row in read_kept(self.engine, self._ids[start : start + BATCH_PAGES]):
                if row.drifted and (parsed := self.read(row)):
                    yield row, parsed

    def compared(self, kept: KeptPage, parsed: ParsedPage) -> Compared:
        with self.engine.connect() as connection:
            return compare(stored_of(connection, kept, parsed), parsed, kept.snapshot.sha256)

    def read(self, kept: KeptPage) -> ParsedPage | None:
        try:
            return masked(self.site.read(read_snapshot(self._folder, kept.snapshot), self._salt))
        except Permanent:
            self.damaged.add(kept.page_id)
            return None


def _too_much_lost(fields: list[FieldChange]) -> str:
    losing = [f"{item.field} ({item.lost:,} of {item.compared:,})" for item in fields if item.is_loss]
    return (
        f"today's parser no longer finds {', '.join(losing)}; nothing was stored: mend the parser, or store "
        "without these values by --allow-loss"
        if losing
        else ""
    )


def _apply(walk: _Walk, load_id: int, allow_loss: bool, on_page: Callable[[int], None]) -> _Applied:
    total = _Applied(load_id=load_id)
    late: list[Reading] = []
    for batch in walk.batches(on_page):
        late += _store(walk, batch, total, allow_loss)
    # Further answers may have come before the page of their question.
    total.set_aside = tuple(_store(walk, late, total, allow_loss))
    return total


def _store(walk: _Walk, batch: list[Reading], total: _Applied, allow_loss: bool) -> list[Reading]:
    """Store a batch in one transaction; give back the pages whose question is not there (yet)."""
    assert total.load_id is not None
    load_id = total.load_id

    def work(connection: sa.Connection) -> tuple[_Applied, list[Reading]]:
        done, late = _Applied(), []
        for kept, parsed in batch:
            try:
                with connection.begin_nested():
                    _store_page(connection, walk.site, kept, parsed, load_id, allow_loss, done)
            except Permanent:
                late.append((kept, parsed))
        return done, late

    done, late = in_transaction(walk.engine, work)
    total.stored, total.changed = total.stored + done.stored, total.changed + done.changed
    total.links += done.links
    return late


def _store_page(
    connection: sa.Connection,
    site: Site,
    kept: KeptPage,
    parsed: ParsedPage,
    load_id: int,
    allow_loss: bool,
    done: _Applied,
) -> None:
    sha256 = kept.snapshot.sha256
    stored = stored_of(connection, kept, parsed)
    if allow_loss and stored.question is not None:
        erase_answers(connection, kept, compare(stored, parsed, sha256).lost_answers, stored.question.external_id)
    wanted = parsed if allow_loss else filled(stored, parsed)
    provenance = Provenance(sha256, MASK_VERSION, load_id, database_now(connection))
    rows, links = restate(connection, kept, wanted, followed(site, parsed), provenance)
    done.stored, done.changed, done.links = (
        done.stored + rows.questions, done.changed + rows.changed, done.links + links,
    )  # fmt: skip
