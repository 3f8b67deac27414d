"""What a site's pages usually hold, learnt from what is stored, and when a crawl has left it.

Learnt from the newest stored rows of a site and origin: the share of pages that show a field, and the lengths of its
text. A site's parser brings floors of its own besides, so that a first crawl is not without any (`with_floors`): it
claims them of pages that show something to read, for what people leave out is no fault of it. The rule has two sides.

Presence. `floor` is nine tenths of the Wilson score interval's lower bound (99 %, Wilson 1927) of the learnt share
where the site shows the field nearly always (`ALWAYS`), a quarter of it where it shows it only sometimes, since
boards differ in that. A crawl has left the band when the chance to see so few among its last rows, were the floor
the true share (binomial tail), is below `ALPHA`; it is in doubt when that chance is below `DOUBT`, or when no page at
all has shown the field yet.

Length. The range goes from a quarter of the learnt 0.5 % quantile to four times the 99.5 % quantile: another topic
writes shorter or longer, but not that much. The crawl has left it when so many texts outside would have a chance below
`ALPHA` even if a quarter of all texts were outside.

Pages are judged in their order, from the newest back: whatever good pages came before, a site that changed just now is
told by its last ones. Every number of last pages up to 24 is tried, then every eighth.

False alarms, by calculation: a test errs with a probability below 1e-6 even for a site that shows the field at the
floor itself. At the learnt share it is far rarer: with 100 learnt rows, all showing the field, the floor is 0.844 and
the first alarm comes when 8 of 8 pages lack it; a site at that Wilson bound (0.938) gives that with 0.062^8 = 2e-10,
one with 500 rows (0.987) with 8e-16; the longer ends of the sequence need more and add less. At most 25 fields after
each batch of 8 pages make 3,125 judgments in 1,000 pages, each of some ten ends that are no copies of one another:
below 1e-5 in 1,000 pages. What is shown by few rows binds only after many: a share of 0.5 has a floor of 0.11 and
needs 118 pages in a row without it. A doubt ends nothing: it sets the doubtful pages aside (with 100 learnt rows, 3 in
a row).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final, NamedTuple

from warehouse.drift.chances import tail_below, wilson_lower
from warehouse.drift.facts import Fact

ALPHA: Final = 1e-6
DOUBT: Final = 0.01
ALWAYS: Final = 0.9
MIN_ROWS: Final = 30
_OUTSIDE: Final = 0.25
_WIDER: Final = 4
_BINDING: Final = 0.5  # where fewer pages than that must show a field, one without it is ordinary
_ALL_ENDS: Final = 24
_EVERY_SO_MANY: Final = 8


@dataclass(frozen=True, slots=True)
class Band:
    """What is expected of a field: in at least `floor` of the pages, `shortest` to `longest` code points long.

    `claimed` is the parser's own floor, of pages that are not silent about the field.
    """

    name: str
    rows: int
    share: float
    floor: float
    shortest: float | None
    longest: float | None
    claimed: float = 0.0

    def holds(self, fact: Fact) -> bool:
        """Whether one fact is as expected; a field that is shown only sometimes may be missing."""
        if not fact.is_there:
            return self.floor < _BINDING and (self.claimed < _BINDING or fact.is_silent)
        if fact.length is None or self.shortest is None or self.longest is None:
            return True
        return self.shortest <= fact.length <= self.longest

    @property
    def is_binding(self) -> bool:
        """Whether at least half of the pages must show the field."""
        return self.expected >= _BINDING

    @property
    def expected(self) -> float:
        """The higher of both floors."""
        return max(self.floor, self.claimed)

    def left_by(self, facts: Sequence[Fact]) -> str:
        """Say what was seen and what was expected where these rows have left the band, else nothing."""
        return self._left(self._tallies(facts)[-1])

    def left_lately(self, facts: Sequence[Fact]) -> tuple[str, int]:
        """Say it of the last so many of these rows, in their order, whatever came before, with their number."""
        for tally in self._tallies(facts)[1:]:
            if (tally.pages <= _ALL_ENDS or tally.pages % _EVERY_SO_MANY == 0) and (says := self._left(tally)):
                return says, tally.pages
        return "", 0

    def doubted_by(self, facts: Sequence[Fact]) -> str:
        """Say what was seen where the last of these rows look as if the field were lost, too few to be sure of it."""
        if not self.is_binding or len(facts) < 2:
            return ""
        tallies = self._tallies(facts)
        lately = (self._presence(tally, DOUBT) for tally in tallies[1 : _ALL_ENDS + 1])
        return next(filter(None, lately), "") or self._never(tallies[-1], at_least=2)

    def never_shown_by(self, facts: Sequence[Fact]) -> str:
        """Say it where every page must show the field and none of these rows does, few as they are."""
        return self._never(self._tallies(facts)[-1], at_least=1) if self.is_binding else ""

    def is_undershot_by(self, facts: Sequence[Fact]) -> bool:
        """Whether fewer of these rows show the field than should, be it by chance."""
        tally = self._tallies(facts)[-1]
        return any(tally.there < floor * pages for pages, floor in self._sides(tally))

    def _tallies(self, facts: Sequence[Fact]) -> list["_Tally"]:
        return list(accumulate(reversed(facts), self._with, initial=_Tally(0, 0, 0, 0)))

    def _with(self, tally: "_Tally", fact: Fact) -> "_Tally":
        is_outside = fact.is_there and not self.holds(fact)
        return _Tally(
            tally.pages + 1, tally.there + fact.is_there, tally.outside + is_outside, tally.silent + fact.is_silent
        )

    def _left(self, tally: "_Tally") -> str:
        there, outside = tally.there, tally.outside
        if says := self._presence(tally, ALPHA):
            return says
        # Here and below a comparison spares most of the reckoning: a tail above its mean is no small one.
        if outside > _OUTSIDE * there and tail_below(there, there - outside, 1 - _OUTSIDE) < ALPHA:
            return f"{outside} of {there} texts are not {self.shortest:,.0f} to {self.longest:,.0f} characters long"
        return ""

    def _presence(self, tally: "_Tally", chance: float) -> str:
        for pages, floor in self._sides(tally):
            if tally.there < floor * pages and tail_below(pages, tally.there, floor) < chance:
                return _seen(pages, tally.there, floor)
        return ""

    def _sides(self, tally: "_Tally") -> tuple[tuple[int, float], tuple[int, float]]:
        return (tally.pages, self.floor), (tally.pages - tally.silent, self.claimed)

    def _never(self, tally: "_Tally", at_least: int) -> str:
        pages, floor = self._sides(tally)[self.floor < self.claimed]
        return _seen(pages, 0, floor) if not tally.there and pages >= at_least else ""


class _Tally(NamedTuple):
    """How many of the last rows show a field, how many of these not as long as expected, and how many are silent."""

    pages: int
    there: int
    outside: int
    silent: int


def _seen(pages: int, there: int, floor: float) -> str:
    return f"seen in {there} of {pages} page{'' if pages == 1 else 's'}, expected in at least {floor:.0%}"


def learn(facts: Iterable[Fact]) -> dict[str, Band]:
    """The bands of fields with at least 30 rows that are ever shown."""
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        by_name.setdefault(fact.name, []).append(fact)
    return {name: _band(name, found) for name, found in by_name.items() if len(found) >= MIN_ROWS and _any(found)}


def with_floors(bands: Mapping[str, Band], floors: Mapping[str, float]) -> dict[str, Band]:
    """The bands by field name, with what the parser claims beside what is learnt.

    What a parser reads wrongly from the first day on cannot teach that it is ordinary.
    """
    unlearnt = {name: Band(name, 0, 0.0, 0.0, None, None) for name in floors}
    return {name: replace(band, claimed=floors.get(name, 0.0)) for name, band in (unlearnt | dict(bands)).items()}


def _band(name: str, facts: Sequence[Fact]) -> Band:
    there = sum(fact.is_there for fact in facts)
    share = there / len(facts)
    floor = wilson_lower(len(facts), there) * (0.9 if share >= ALWAYS else 0.25)
    lengths = sorted(fact.length for fact in facts if fact.length is not None)
    if len(lengths) < MIN_ROWS:
        return Band(name, len(facts), share, floor, None, None)
    beyond = len(lengths) // 200
    return Band(name, len(facts), share, floor, lengths[beyond] / _WIDER, lengths[-1 - beyond] * _WIDER)


def _any(facts: Sequence[Fact]) -> bool:
    return any(fact.is_there for fact in facts)
