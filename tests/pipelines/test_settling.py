"""Pages that are settled together: fewer flushes and transactions, the same order, the same rows."""

from itertools import pairwise
from typing import Any

import pytest

from pipelines.steps.crawling import settling
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.steps.crawling.settling import GROUP_PAGES
from warehouse.connect import LeaseLost
from warehouse.pages.snapshots import SnapshotWriter
from warehouse.queries.query import run_select


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What happens in a crawl, in its order: each flush to disk, and the number of pages of each transaction."""
    seen: list[Any] = []
    flush, store = SnapshotWriter.flush, settling.store_visits

    def flushed(writer: SnapshotWriter) -> None:
        flush(writer)
        seen.append("flush")

    def stored(engine: Any, visits: Any) -> Any:
        seen.append(len(visits))
        return store(engine, visits)

    monkeypatch.setattr(SnapshotWriter, "flush", flushed)
    monkeypatch.setattr(settling, "store_visits", stored)
    return seen


@pytest.mark.parametrize(
    ("gap", "together"), [pytest.param(0.0, GROUP_PAGES, id="no gap"), pytest.param(0.01, 1, id="gap")]
)
def test_pages_are_on_disk_before_the_ledger_knows_them(settings, serve, events, gap, together) -> None:
    plan = CrawlPlan("naver_kin", base_url=serve().base_url, browser="never", gap=gap, max_pages=30)
    assert crawl_site(settings, plan).fetched == 30
    assert max(event for event in events if event != "flush") == together
    assert all(before == "flush" for before, event in pairwise(events) if event != "flush")


def test_one_lost_lease_costs_the_pages_beside_it_nothing(settings, serve, monkeypatch) -> None:
    def refuse(engine: object, visits: object) -> None:
        raise LeaseLost("another process has one of them")

    monkeypatch.setattr(settling, "store_visits", refuse)
    plan = CrawlPlan("naver_kin", base_url=serve().base_url, browser="never", max_pages=30)
    assert crawl_site(settings, plan).fetched == 30
    assert run_select(settings.database_url, "select count(*) as n from page")["n"][0] == 30
