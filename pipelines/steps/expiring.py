"""Raw pages erased at the age that the settings name."""

from datetime import UTC, datetime, timedelta

from pipelines.settings import Settings
from pipelines.steps.ledger import load
from warehouse.connect import open_warehouse
from warehouse.pages.expiry import Expired, expire
from warehouse.pages.snapshots import cut_torn_tail


def expire_snapshots(settings: Settings, days: int | None = None) -> Expired:
    """Erase the raw pages fetched more than so many days ago, the settings' number where none is given.

    Raises:
        Unready: no warehouse, or the database fails.
        OSError: a snapshot file cannot be written or removed.
    """
    engine = open_warehouse(settings.database_url)
    folder = settings.folder / "snapshots"
    age = timedelta(days=settings.warehouse.snapshot_days if days is None else days)
    with load(settings, engine, "expire") as entry:
        cut_torn_tail(folder)
        expired = expire(engine, folder, datetime.now(UTC) - age)
        entry.counts.update(pages=expired.pages, files=expired.files, rewritten=expired.rewritten)
    return expired
