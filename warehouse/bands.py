"""What a site's pages usually hold, learnt from what is stored, and when a crawl has left it.

A fact is one field of one page: there or not, and how long. Learnt from the newest stored rows of a site and origin:
the share of pages that show the field, and the lengths of its text. The rule has two sides.

Presence. `floor` is nine tenths of the Wilson score interval's lower bound (99 %, Wilson 1927) of the learnt share
where the site shows the field nearly always (`ALWAYS`), a quarter of it where it shows it only sometimes, since
boards differ in that. A crawl has left the band when the chance to see so few among its last rows, were the floor
the true share (binomial tail), is below `ALPHA`.

Length. The range goes from a quarter of the learnt 0.5 % quantile to four times the 99.5 % quantile: another topic
writes shorter or longer, but not that much. The crawl has left it when so many texts outside would have a chance below
`ALPHA` even if a quarter of all texts were outside.

False alarms, by calculation: a test errs with a probability below 1e-6 even for a site that shows the field at the
floor itself. At most 25 fields after each batch of 8 pages make 3,125 tests in 1,000 pages: below 4e-3 in 1,000 pages.
At the learnt share it is far rarer: with 100 learnt rows, all showing the field, the floor is 0.844 and the first alarm
comes when 8 of 8 pages lack it; a site at that Wilson bound (0.938) gives that with 0.062^8 = 2e-10, one with 500 rows
(0.987) with 8e-16. What is shown by few rows binds only after many: a share of 0.5 has a floor of 0.11 and needs 118
pages in a row without it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final

from warehouse.chances import tail_below, wilson_lower
from warehouse.records.pages import Answer, ParsedPage, Question

ALPHA: Final = 1e-6
ALWAYS: Final = 0.9
MIN_ROWS: Final = 30
_OUTSIDE: Final = 0.25
_WIDER: Final = 4
_QUESTION: Final = ("title", "body", "topic", "asked_at", "views", "votes_up", "votes_down", "answers_total")
_ANSWER: Final = ("body", "author_grade", "answered_at", "votes_up", "votes_down")
_TEXTS: Final = {"title", "body"}
DRIFT: Final = "drift "  # begins the reason code of a page set aside so; the field's name follows


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of one page, such as question.body: whether it is there, and its length in code points if text."""

    name: str
    is_there: bool
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """What is expected of a field: in at least `floor` of the pages, `shortest` to `longest` code points long."""

    name: str
    rows: int
    share: float
    floor: float
    shortest: float | None
    longest: float | None

    def holds(self, fact: Fact) -> bool:
        """Whether one fact is as expected; a field that is shown only sometimes may be missing."""
        if not fact.is_there:
            return self.share < ALWAYS
        if fact.length is None or self.shortest is None or self.longest is None:
            return True
        return self.shortest <= fact.length <= self.longest

    def left_by(self, facts: Sequence[Fact]) -> str:
        """Say what was seen and what was expected where these rows have left the band, else nothing."""
        there = [fact for fact in facts if fact.is_there]
        if tail_below(len(facts), len(there), self.floor) < ALPHA:
            return f"seen in {len(there)} of {len(facts)} pages, expected in at least {self.floor:.0%}"
        outside = sum(not self.holds(fact) for fact in there)
        if there and tail_below(len(there), len(there) - outside, 1 - _OUTSIDE) < ALPHA:
            return (
                f"{outside} of {len(there)} texts are not {self.shortest:,.0f} to {self.longest:,.0f} characters long"
            )
        return ""


def facts_of(asked: Question | None, answers: Iterable[Answer]) -> list[Fact]:
    """The facts of one page: its question's fields, and one of each field of its answers, comments and follow-ups.

    The answers of a page make one fact together, told by most of them, since they are no independent witnesses.
    Whether answers are shown is a fact only where the page claims any.
    """
    by_kind: dict[str, list[Answer]] = {}
    for row in answers:
        by_kind.setdefault(row.kind, []).append(row)
    facts = [_fact(rows, kind, name) for kind, rows in by_kind.items() for name in _ANSWER]
    if asked is not None:
        facts += [_fact([asked], "question", name) for name in _QUESTION]
        if asked.answers_total:
            facts.append(Fact("question.answers", bool(by_kind)))
    return facts


def facts_in(link_kind: str, parsed: ParsedPage) -> list[Fact]:
    """All facts of the page behind a link of this kind."""
    facts = [layout_fact(link_kind, parsed.kind)]
    return facts + (facts_of(parsed.question, parsed.answers) if parsed.kind == "question" else [])


def learn(facts: Iterable[Fact]) -> dict[str, Band]:
    """The bands of fields with at least 30 rows that are ever shown."""
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        by_name.setdefault(fact.name, []).append(fact)
    return {name: _band(name, found) for name, found in by_name.items() if len(found) >= MIN_ROWS and _any(found)}


def layout_fact(link_kind: str, page_kind: str) -> Fact:
    """Whether the page behind a link was of a layout that somebody knows."""
    return Fact(f"{link_kind}.layout", page_kind != "unknown")


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


def _fact(rows: Sequence[Question | Answer], kind: str, name: str) -> Fact:
    values = [value for row in rows if (value := getattr(row, name)) is not None]
    is_there = 2 * len(values) >= len(rows)
    return Fact(f"{kind}.{name}", is_there, median_low(map(len, values)) if is_there and name in _TEXTS else None)
