"""Raw pages go at their age: records, orphans, whole files; what is young stays readable, and rows stay."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.steps.expiring import expire_snapshots
from pipelines.steps.mending.reparse import ReparsePlan, reparse
from tests.pipelines.conftest import stored_rows
from tests.warehouse.test_warc import passes, records_of
from warehouse.connect import open_warehouse, transaction
from warehouse.pages import expiry
from warehouse.pages.expiry import Expired, expire
from warehouse.pages.snapshots import SnapshotRef, SnapshotWriter, read_snapshot
from warehouse.queries.query import run_select

CUT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def folder(settings: Settings, serve: Any) -> Path:
    crawl_site(settings, CrawlPlan("naver_kin", base_url=serve(posts=10).base_url, browser="never"))
    return settings.folder / "snapshots"


def age(settings: Settings, which: str) -> None:
    with transaction(open_warehouse(settings.database_url)) as connection:
        connection.execute(sa.text(f"update page set fetched_at = '2026-01-01 00:00:00.000000' where {which}"))


def pages(settings: Settings, which: str) -> list[Any]:
    columns = "page_id, url, warc_file, warc_offset, warc_length, sha256"
    return list(run_select(settings.database_url, f"select {columns} from page where {which}").itertuples())


def test_young_pages_stay(settings, folder):
    assert expire_snapshots(settings) == Expired()
    assert pages(settings, "erased_at is not null") == []


def test_a_file_of_old_pages_goes_and_its_rows_stay(settings, folder):
    rows, kept = stored_rows(settings), len(pages(settings, "1 = 1"))
    found = expire_snapshots(settings, days=0)
    assert (found.pages, found.files, found.rewritten) == (kept, 1, 0) and found.bytes > 0
    assert list(folder.iterdir()) == [] and stored_rows(settings) == rows
    assert pages(settings, "erased_at is null") == []
    assert reparse(settings, ReparsePlan("naver_kin")).pages == 0


def test_old_records_and_orphans_leave_a_file_whose_young_ones_stay(settings, folder):
    (file,) = folder.iterdir()
    age(settings, "page_id % 3 = 0")
    with transaction(open_warehouse(settings.database_url)) as connection:  # the crawl was killed before this row
        connection.execute(sa.text("delete from page where page_id = 4"))
    young = pages(settings, "page_id % 3 > 0")
    found = expire_snapshots(settings)
    assert (found.files, found.rewritten) == (0, 1) and found.pages > 0 and found.bytes > 0
    (new,) = folder.iterdir()
    assert new.name != file.name and passes(new)
    assert len(records_of(new)) == 1 + len(young)
    for row in pages(settings, "erased_at is null"):
        ref = SnapshotRef(row.warc_file, row.warc_offset, row.warc_length, row.sha256)
        assert read_snapshot(folder, ref).url == row.url
    assert [row.page_id for row in pages(settings, "erased_at is null")] == [row.page_id for row in young]
    assert expire_snapshots(settings) == Expired()


@pytest.mark.parametrize("dies_in", ["in_transaction", "_copy"])
def test_a_stop_at_any_point_loses_no_young_page(settings, folder, monkeypatch, dies_in):
    age(settings, "page_id % 2 = 0")
    engine = open_warehouse(settings.database_url)
    real = getattr(expiry, dies_in)

    def dying(*given: Any) -> Any:
        done = real(*given)
        raise KeyboardInterrupt(str(done))

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(expiry, dies_in, dying)
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # killed: nothing is tidied up
        expire(engine, folder, CUT)
    expire(engine, folder, CUT)
    left = pages(settings, "erased_at is null")
    assert left and {row.page_id % 2 for row in left} == {1}
    for row in left:
        read_snapshot(folder, SnapshotRef(row.warc_file, row.warc_offset, row.warc_length, row.sha256))
    expire(engine, folder, datetime.now(UTC))
    assert list(folder.iterdir()) == []


def test_a_file_that_is_being_written_waits(settings, folder):
    with SnapshotWriter(folder, "alive") as alive:
        (row,) = pages(settings, "page_id = 1")
        alive.write(read_snapshot(folder, SnapshotRef(row.warc_file, row.warc_offset, row.warc_length, row.sha256)))
        expire_snapshots(settings, days=0)
        assert {file.name for file in folder.iterdir()} == {alive.file, f"{alive.file}.writer"}
    expire_snapshots(settings, days=0)
    assert list(folder.iterdir()) == []
