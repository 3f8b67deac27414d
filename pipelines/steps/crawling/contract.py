"""A crawl's pages against what its site's pages usually hold: a page that departs is held until it is judged."""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from warehouse.drift.bands import Band
from warehouse.drift.facts import Fact, facts_in
from warehouse.drift.witnesses import Witness
from warehouse.records.pages import ParsedPage

WINDOW: Final = 200  # pages of its own that a crawl looks back on
LEARN_EVERY: Final = 50  # pages after which a young site's bands are learnt anew
ENOUGH: Final = 300  # learnt pages from which a site is no longer young
Seen = tuple[int, Fact]


@dataclass(frozen=True, slots=True)
class Departure:
    """A field that left its band, or seems to; `says` tells what was seen and what was expected.

    `lacking` are the frontier rows of the pages that tell it, those of earlier runs and other processes among them.
    """

    field: str
    says: str
    lacking: tuple[int, ...] = ()


@dataclass(slots=True)
class Contract:
    """What one crawl has seen, beside what it may expect.

    `learn` gives the bands by field name, `remember` the newest pages that other processes and earlier runs kept, in
    their order: they are asked for only where a page departs, once a batch.
    """

    learn: Callable[[], Mapping[str, Band]]
    remember: Callable[[], Sequence[Witness]] = tuple
    doubted: Counter[str] = field(default_factory=Counter)
    _bands: Mapping[str, Band] = field(default_factory=dict)
    _learnt_at: int | None = None
    _seen: dict[str, deque[Seen]] = field(default_factory=dict)
    _witnesses: Sequence[Witness] | None = None
    _wrong: set[str] = field(default_factory=set)
    _pages: int = 0

    def begin_batch(self) -> None:
        """Forget what others kept, and what departed in the batch before."""
        self._witnesses = None
        self._wrong.clear()

    def departs(self, frontier_id: int, link_kind: str, parsed: ParsedPage) -> frozenset[str]:
        """Note the page of a frontier row, and name the fields of it that are not as expected."""
        if parsed.kind not in ("question", "list", "empty", "unknown"):
            return frozenset()
        facts = facts_in(link_kind, parsed)
        bands = self._known()
        self._pages += 1
        for fact in facts:
            self._seen.setdefault(fact.name, deque(maxlen=WINDOW)).append((frontier_id, fact))
        wrong = frozenset(fact.name for fact in facts if fact.name in bands and not bands[fact.name].holds(fact))
        self._wrong |= wrong
        return wrong

    def departure(self) -> Departure | None:
        """Judge the pages noted so far: the first field that has left its band, None while all are within."""
        bands = self._known()
        # The layout first: a page that nobody can read shows no other field either.
        for name in sorted(self._seen, key=lambda name: (not name.endswith(".layout"), name)):
            # Where this batch has nothing against a field that every page must show, old witnesses are no reason.
            if name in bands and (name in self._wrong or not bands[name].is_binding):
                seen = self._all_seen(name)
                says, last = bands[name].left_lately([fact for _, fact in seen])
                if says:
                    return Departure(name, says, _lacking(bands[name], seen, last))
        return None

    def doubts(self) -> tuple[Departure, ...]:
        """Name the fields of this batch that seem to be lost, while too few pages tell it to be sure."""
        bands = self._known()
        # A page of an unknown layout is set aside as such.
        names = sorted(name for name in self._wrong if name in bands and not name.endswith(".layout"))
        found = ((name, bands[name].doubted_by([fact for _, fact in self._all_seen(name)])) for name in names)
        return tuple(Departure(name, says) for name, says in found if says)

    def never_seen(self) -> tuple[Departure, ...]:
        """Name the fields that every page must show and none of this crawl did, few as they are."""
        bands = self._known()
        own = ((name, [fact for _, fact in seen]) for name, seen in sorted(self._seen.items()) if name in bands)
        found = ((name, bands[name].never_shown_by(facts)) for name, facts in own)
        return tuple(Departure(name, says) for name, says in found if says)

    def _all_seen(self, name: str) -> list[Seen]:
        own = list(self._seen[name])
        if name not in self._wrong:
            return own
        if self._witnesses is None:
            self._witnesses = self.remember()
        theirs = [(row.frontier_id, fact) for row in self._witnesses for fact in row.facts if fact.name == name]
        return theirs + own

    def _known(self) -> Mapping[str, Band]:
        # A first crawl begins with nothing learnt: its own rows must teach it.
        is_young = max((band.rows for band in self._bands.values()), default=0) < ENOUGH
        if self._learnt_at is None or (is_young and self._pages - self._learnt_at >= LEARN_EVERY):
            self._bands, self._learnt_at = self.learn(), self._pages
        return self._bands


def _lacking(band: Band, seen: Sequence[Seen], last: int) -> tuple[int, ...]:
    """Return the rows that lack a field among the last so many, and right before these."""
    first = len(seen) - last
    while first > 0 and not band.holds(seen[first - 1][1]):
        first -= 1
    return tuple(number for number, fact in seen[first:] if not band.holds(fact))
