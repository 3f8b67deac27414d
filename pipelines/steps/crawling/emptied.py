"""Lists without a row: told apart from boards without a post, ends of lists, searches and lists of a day.

The sure sign needs nothing learnt: a list that had rows when it was last visited has none now. One alone may have been
cleared by the site; two, a list's first page among them, while no list of the crawl shows any row, have not, nor have
eight first pages in a row, whatever was seen before.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from crawlers.sites.links import split_url
from crawlers.sites.registry import Site
from pipelines.plural import counted
from warehouse.frontier.emptied import LIST_ROWS, NOTHING_SAID
from warehouse.frontier.leases import Claim
from warehouse.frontier.unjudged import SeenList
from warehouse.records.pages import ParsedPage

_IN_A_ROW: Final = 8  # were one list in twenty cleared between two visits, a false alarm had a chance of 4e-11
_FEW: Final = 3  # boards without a post that a site may well have
_TOLD: Final = "{lost} of {lists} that had rows {show} none now"
_LOST: Final = (
    "{site} {field}: {told}; their pages are kept, and the next run looks at them again. Compare one with a browser: "
    "{url}; after mending the parser run the same command again ([crawl] stop_on_drift = false where they are "
    "rightly empty)"
)
_UNSURE: Final = "{told}, such as {url}: has the site changed?"
_BARE: Final = "{bare} of {lists} show no row although they are no end of a list, such as {url}: has the site changed?"


def _unknown(frontier_id: int) -> str | None:
    """Know nothing of what a page said before."""


def _leave(said: Mapping[int, str], reason: str) -> int:
    """Put nothing back."""
    return 0


def take_it(frontier_ids: Collection[int]) -> None:
    """Note nothing."""


@dataclass(slots=True)
class ListWatch:
    """The lists that one crawl has seen.

    `said_before` gives the hash of what a frontier row said at its last visit, `put_back` makes such rows due again.
    `ordinary` holds the paths where an empty list is no sign, None where no list is one. `home` holds those of pages
    that lead to the lists: that one of them is well tells nothing of the lists. Without `ends` nothing is put back,
    only told. `accept` takes lists that are judged to be rightly empty.
    """

    site: str = ""
    ordinary: frozenset[str] | None = None
    home: frozenset[str] = frozenset()
    ends: bool = False
    said_before: Callable[[int], str | None] = _unknown
    put_back: Callable[[Mapping[int, str], str], int] = _leave
    accept: Callable[[Collection[int]], None] = take_it
    _lost: dict[int, str] = field(default_factory=dict)
    _lost_firsts: int = 0
    _kept: int = 0
    _in_a_row: int = 0
    _firsts: int = 0
    _bare: int = 0
    _url: str = ""

    def recall(self, seen: Sequence[SeenList]) -> None:
        """Take up what earlier runs saw and did not come to judge."""
        for one in seen:
            path = split_url(one.url).path
            if self.ordinary is None or path in self.ordinary or path in self.home:
                continue
            if one.said is None:
                self._keep(is_first=one.kind == "list")
            else:
                self._lose(one.frontier_id, one.url, one.said, is_first=one.kind == "list")

    def note(self, row: Claim, parsed: ParsedPage | None, says: str | None) -> bool:
        """Note a list's page before it is settled, and tell whether it lost its rows.

        `parsed` and `says`, its hash, are None for an unchanged answer.
        """
        path = split_url(row.url).path
        if row.kind not in ("list", "next") or self.ordinary is None or path in self.ordinary:
            return False
        is_first = row.kind == "list"
        kinds = {link.kind for link in parsed.links} if parsed else set()
        if path in self.home and (parsed is None or kinds):
            return False
        before = None if "question" in kinds else self.said_before(row.id)
        has_said = before not in (None, NOTHING_SAID)
        self._firsts += is_first
        if "question" in kinds or (parsed is None and has_said):
            self._keep(is_first=is_first)
        elif "list" not in kinds and parsed is not None and before is not None and has_said and before != says:
            self._lose(row.id, row.url, before, is_first=is_first)
            return True
        elif is_first and not kinds:
            self._bare += 1
            self._url = self._url or row.url
        return False

    def _keep(self, *, is_first: bool) -> None:
        self._kept += 1
        self._in_a_row = 0 if is_first else self._in_a_row

    def _lose(self, frontier_id: int, url: str, said: str, *, is_first: bool) -> None:
        is_new = frontier_id not in self._lost  # a run may see again what the run before it saw
        self._lost[frontier_id] = said
        self._lost_firsts += is_first and is_new
        self._in_a_row += is_first and is_new
        self._url = url if is_first else self._url or url

    def judge(self, *, is_whole: bool = True) -> str:
        """Judge the lists noted so far: why the crawl is incomplete, nothing where they are as they should be.

        A run that is not `is_whole` leaves to the next what it is not sure of.
        """
        if not self.ends or not self._is_sure():
            if is_whole or not self.ends:
                self.accept(self._lost)
            return ""
        says = _LOST.format(site=self.site, field=LIST_ROWS, told=self._told(), url=self._url)
        self.put_back(self._lost, self._told())
        return says

    def doubts(self, *, has_questions: bool) -> tuple[str, ...]:
        """Say what looks as if the site had changed, while it is not sure."""
        if self._lost_firsts and len(self._lost) > self._kept:
            return (_UNSURE.format(told=self._told(), url=self._url),)
        if has_questions and self._bare >= _FEW and 2 * self._bare > self._firsts:
            told = {"bare": self._bare, "lists": counted(self._firsts, "list"), "url": self._url}
            return (_BARE.format(**told),)
        return ()

    def _is_sure(self) -> bool:
        is_none_left = bool(self._lost_firsts) and len(self._lost) >= 2 and not self._kept
        return is_none_left or self._in_a_row >= _IN_A_ROW

    def _told(self) -> str:
        lost = len(self._lost)
        show = "shows" if lost == 1 else "show"
        return _TOLD.format(lost=lost, lists=counted(lost + self._kept, "list"), show=show)


def home_paths(site: Site) -> frozenset[str]:
    """Paths of the site that lead to all its lists."""
    return frozenset(split_url(link.url).path for link in site.seeds(None, None))


def ordinary_paths(site: Site, day: date) -> frozenset[str]:
    """Paths of the site where an empty list is ordinary: its searches, and its lists of one day."""
    by_day = (*site.backfill(None, None, day), *site.backfill(None, "x", day))
    return frozenset(split_url(link.url).path for link in (*site.seeds(None, "x"), *by_day)) - home_paths(site)
