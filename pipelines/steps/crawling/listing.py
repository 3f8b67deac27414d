"""Lists that show the same rows again and again, told from lists that simply end."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from warehouse.frontier.leases import Claim
from warehouse.records.pages import ParsedPage

REMEMBERED: Final = 500  # list pages: two in a row are never so many pages apart
REPEATS: Final = (
    "list {url} repeats after page {page}, {rows} rows seen: the page after it shows the same rows again, so that what "
    "lies beyond is not listed"
)


@dataclass(frozen=True, slots=True)
class _ListPage:
    first_url: str
    number: int
    rows: int
    names: frozenset[str]


@dataclass(slots=True)
class Lists:
    """The list pages that a crawl has seen lately, by their address."""

    _pages: OrderedDict[str, _ListPage] = field(default_factory=OrderedDict)

    def repeated(self, row: Claim, parsed: ParsedPage, known: Callable[[str, frozenset[str]], bool]) -> tuple[str, ...]:
        """Say whether a list page shows the rows of the page that led to it.

        `known` tells of a page that somebody else saw, by its address, whether these questions were found on it.
        """
        names = frozenset(link.external_id or link.url for link in parsed.links if link.kind == "question")
        before = self._pages.get(row.referer or "") if row.kind == "next" else None
        if names and row.kind == "next" and row.referer:
            same = before.names == names if before else known(row.referer, names)
            if same:
                seen = before or _ListPage(row.referer, 1, len(names), names)
                return (REPEATS.format(url=seen.first_url, page=seen.number, rows=f"{seen.rows:,}"),)
        page = _ListPage(row.url, 1, len(names), names)
        if before:
            page = _ListPage(before.first_url, before.number + 1, before.rows + len(names - before.names), names)
        self._pages[row.url] = page
        if len(self._pages) > REMEMBERED:
            self._pages.popitem(last=False)
        return ()
