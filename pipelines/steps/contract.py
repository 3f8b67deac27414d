"""A crawl's pages against what its site's pages usually hold: a page that departs is held until the batch is judged."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from warehouse.bands import Band, Fact, facts_in
from warehouse.records.pages import ParsedPage

WINDOW: Final = 200  # pages that a judgment looks back on
LEARN_EVERY: Final = 50  # pages after which a young site's bands are learnt anew
ENOUGH: Final = 300  # learnt pages from which a site is no longer young


@dataclass(frozen=True, slots=True)
class Departure:
    """A field that left its band; `says` tells what was seen and what was expected."""

    field: str
    says: str


@dataclass(slots=True)
class Contract:
    """What one crawl has seen, beside what it may expect; `learn` gives the bands by field name."""

    learn: Callable[[], Mapping[str, Band]]
    _bands: Mapping[str, Band] = field(default_factory=dict)
    _learnt_at: int | None = None
    _seen: dict[str, deque[Fact]] = field(default_factory=dict)
    _departed: deque[tuple[int, frozenset[str]]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _pages: int = 0

    def departs(self, frontier_id: int, link_kind: str, parsed: ParsedPage) -> bool:
        """Note the page of a frontier row, and tell whether any field of it is not as expected."""
        if parsed.kind not in ("question", "list", "empty", "unknown"):
            return False
        facts = facts_in(link_kind, parsed)
        bands = self._known()
        self._pages += 1
        for fact in facts:
            self._seen.setdefault(fact.name, deque(maxlen=WINDOW)).append(fact)
        wrong = {fact.name for fact in facts if fact.name in bands and not bands[fact.name].holds(fact)}
        if wrong:
            self._departed.append((frontier_id, frozenset(wrong)))
        return bool(wrong)

    def departed(self, field: str) -> list[int]:
        """Frontier rows of the pages noted lately whose `field` was not as expected."""
        return [frontier_id for frontier_id, wrong in self._departed if field in wrong]

    def departure(self) -> Departure | None:
        """Judge the pages noted so far: the first field that has left its band, None while all are within."""
        bands = self._known()
        # The layout first: a page that nobody can read shows no other field either.
        for name in sorted(self._seen, key=lambda name: (not name.endswith(".layout"), name)):
            if name in bands and (says := bands[name].left_by(self._seen[name])):
                return Departure(name, says)
        return None

    def _known(self) -> Mapping[str, Band]:
        # A first crawl begins with nothing learnt: its own rows must teach it.
        is_young = max((band.rows for band in self._bands.values()), default=0) < ENOUGH
        if self._learnt_at is None or (is_young and self._pages - self._learnt_at >= LEARN_EVERY):
            self._bands, self._learnt_at = self.learn(), self._pages
        return self._bands
