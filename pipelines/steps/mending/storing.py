"""What kept pages read as today stored, a batch in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from cleaning.personal.masks import MASK_VERSION
from crawlers.sites.registry import Site
from pipelines.steps.crawling.settling import followed
from pipelines.steps.mending.differences import compare, filled
from pipelines.steps.mending.keptpages import KeptPages, Reading
from warehouse.connect import database_now, in_transaction
from warehouse.errors import Permanent
from warehouse.pages.replay import KeptPage, erase_answers, restate, stored_of
from warehouse.records.pages import ParsedPage
from warehouse.store.rowtext import Provenance


@dataclass(slots=True)
class Applied:
    """What was stored: rows, those of them that changed, new addresses, and the pages whose question is not there."""

    stored: int = 0
    changed: int = 0
    links: int = 0
    load_id: int | None = None
    set_aside: tuple[Reading, ...] = ()


def store_again(walk: KeptPages, load_id: int, allow_loss: bool, on_page: Callable[[int], None]) -> Applied:
    """Store all pages of a walk; without `allow_loss` a field that is no longer found keeps its stored value."""
    total = Applied(load_id=load_id)
    late: list[Reading] = []
    for batch in walk.batches(on_page):
        late += _store(walk, batch, total, allow_loss)
    # Further answers may have come before the page of their question.
    total.set_aside = tuple(_store(walk, late, total, allow_loss))
    return total


def _store(walk: KeptPages, batch: list[Reading], total: Applied, allow_loss: bool) -> list[Reading]:
    """Store a batch in one transaction; give back the pages whose question is not there (yet)."""
    assert total.load_id is not None
    load_id = total.load_id

    def work(connection: sa.Connection) -> tuple[Applied, list[Reading]]:
        done, late = Applied(), []
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
    done: Applied,
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
