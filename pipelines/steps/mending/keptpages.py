"""The kept pages of one site, each read again by today's parser."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from crawlers.sites.registry import Site
from pipelines.steps.masking import masked
from pipelines.steps.mending.differences import Compared, compare
from warehouse.errors import Permanent
from warehouse.pages.replay import KeptPage, read_kept, stored_of
from warehouse.pages.snapshots import read_snapshot
from warehouse.records.pages import ParsedPage

_BATCH_PAGES: Final = 100
Reading = tuple[KeptPage, ParsedPage]


class KeptPages:
    """They come in the order of their storing; `damaged` are those that cannot be read, `left_aside` are passed over.

    Both hold numbers of pages, the second with the field that is missed in each.
    """

    def __init__(self, engine: sa.Engine, site: Site, folder: Path, salt: bytes | None, ids: list[int]) -> None:
        self.engine, self.site, self._folder, self._salt, self._ids = engine, site, folder, salt, ids
        self.damaged: set[int] = set()
        self.left_aside: Mapping[int, str] = {}

    def pages(self, on_page: Callable[[int], None]) -> Iterator[Reading]:
        """Read them one by one."""
        for batch in self.batches(on_page):
            yield from batch

    def batches(self, on_page: Callable[[int], None]) -> Iterator[list[Reading]]:
        """Read a hundred at a time; `on_page` hears how many are done."""
        for start in range(0, len(self._ids), _BATCH_PAGES):
            kept = read_kept(self.engine, self._ids[start : start + _BATCH_PAGES])
            wanted = (row for row in kept if not row.is_left_out and row.page_id not in self.left_aside)
            yield [(row, parsed) for row in wanted if (parsed := self._read(row))]
            on_page(min(start + _BATCH_PAGES, len(self._ids)))

    def drifted(self) -> Iterator[Reading]:
        """Read those that a drift has set aside."""
        for start in range(0, len(self._ids), _BATCH_PAGES):
            for row in read_kept(self.engine, self._ids[start : start + _BATCH_PAGES]):
                if row.drifted and (parsed := self._read(row)):
                    yield row, parsed

    def compared(self, kept: KeptPage, parsed: ParsedPage) -> Compared:
        """Compare a page with what is stored of it."""
        with self.engine.connect() as connection:
            return compare(stored_of(connection, kept, parsed), parsed, kept.snapshot.sha256)

    def _read(self, kept: KeptPage) -> ParsedPage | None:
        try:
            return masked(self.site.read(read_snapshot(self._folder, kept.snapshot), self._salt))
        except Permanent:
            self.damaged.add(kept.page_id)
            return None
