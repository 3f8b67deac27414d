"""How a crawl ends: what it came to, what is left and why, in a report or in the error that holds one."""

from dataclasses import replace
from typing import Final, Self

import sqlalchemy as sa

from pipelines.plural import counted
from pipelines.steps.crawling.backfill import left_out, told_about
from pipelines.steps.crawling.desk import Desk, Tally
from pipelines.steps.crawling.holding import told_of_doubts
from pipelines.steps.crawling.plan import CrawlReport
from pipelines.steps.crawling.route import Route
from pipelines.steps.ledger import Load
from warehouse.errors import MundapError, Refused, Transient
from warehouse.frontier.backfill import finished_days
from warehouse.frontier.claims import FrontierCounts, counts
from warehouse.frontier.outlook import next_due

REPEATED: Final = (
    "{lists} repeated instead of going on, so that rows are missing; narrow what is asked for: other words (--query), "
    "a topic with more places, or a search day by day (--since)"
)
_UNSIGNED: Final = (
    "no author salt: author keys are stored null, and who wrote what can not be told later; run mundap init, or set "
    "MUNDAP_AUTHOR_SALT, before the next crawl"
)
_MANY_GONE: Final = 5  # fewer may well have been deleted by those who asked


class _Ended(BaseException):
    """How a run ended, with its report: flows carry it to another process whole, not by its sentence alone."""

    def __init__(self, report: CrawlReport) -> None:
        super().__init__(report.ended)
        self.report = report

    def __reduce__(self) -> tuple[type[Self], tuple[CrawlReport]]:
        return type(self), (self.report,)


class Interrupted(_Ended, KeyboardInterrupt):
    """The crawl was told to stop (Ctrl-C, SIGTERM): nothing is lost, `report` says what is left."""


class TurnedAway(_Ended, Refused):
    """The other side refuses before the first page; `report` says what is left."""


class PutOff(_Ended, Transient):
    """The host is left alone for longer than a run waits; `report` says what is left."""


def not_begun(engine: sa.Engine, route: Route, entry: Load, error: MundapError) -> CrawlReport:
    """Report a crawl that may not ask for one page."""
    left = counts(engine, route.crawl)
    return CrawlReport(
        *(0, 0, 0, 0, 0),
        remaining=left.pending + left.leased,
        blocked=isinstance(error, Refused),
        load_id=entry.load_id,
        ended=str(error),
    )


def close(desk: Desk, tally: Tally, route: Route, entry: Load) -> CrawlReport:
    """Report what a crawl came to, and write it into its load."""
    left = counts(desk.engine, desk.crawl)
    tally = replace(tally, ended=tally.ended or _shortfall(desk, tally, left))
    remaining = left.pending + left.leased
    report = CrawlReport(
        fetched=tally.fetched,
        unchanged=tally.unchanged,
        stored=tally.stored,
        set_aside=tally.set_aside,
        gone=tally.gone,
        remaining=remaining,
        blocked=tally.blocked,
        load_id=entry.load_id,
        known=tally.known,
        settled=tally.visited,
        ended=tally.ended,
        notes=_notes(desk, tally, route, remaining),
    )
    names = ("fetched", "known", "stored", "set_aside", "gone")
    entry.counts.update({name: getattr(tally, name) for name in names})
    entry.outcome = "stopped" if report.blocked else "incomplete" if report.ended else "done"
    return report


def _shortfall(desk: Desk, tally: Tally, left: FrontierCounts) -> str:
    """Say why a crawl that ran to its end is incomplete all the same; nothing where it is not."""
    if not left.done and tally.visited:
        return f"not one page of {desk.site.name} was found at {desk.crawl.origin}; check --base-url"
    return REPEATED.format(lists=counted(len(tally.repeats), "list")) if tally.repeats else ""


def _notes(desk: Desk, tally: Tally, route: Route, remaining: int) -> tuple[str, ...]:
    finished = len(finished_days(desk.engine, desk.crawl).intersection(route.days)) if route.dated else 0
    return (
        *told_about(desk.site, route.days, len(route.dated), finished),
        *_waiting(desk, tally, remaining),
        *left_out(desk, tally.left_out),
        *_empty(tally, route),
        *_most_gone(tally, route),
        *tally.repeats,
        *(() if tally.ended else told_of_doubts(desk)),
        *(() if tally.ended else desk.watch.doubts(has_questions=_has_questions(tally))),
        *((_UNSIGNED,) if desk.salt is None and tally.stored else ()),
    )


def _waiting(desk: Desk, tally: Tally, remaining: int) -> tuple[str, ...]:
    """Say which of the crawl's own limits keeps pages waiting."""
    if tally.ended or not remaining:
        return ()
    left = counted(remaining, "page")
    if next_due(desk.engine, desk.crawl, max_depth=desk.max_depth) is None:
        return (f"{left} deeper than {counted(desk.max_depth or 0, 'link')} left for a larger --max-depth",)
    if desk.max_pages is None:  # found by another process after this one was done
        return ()
    return (f"the budget of {counted(desk.max_pages, 'page')} is spent; {left} left for a larger --max-pages",)


def _empty(tally: Tally, route: Route) -> tuple[str, ...]:
    if route.dated or not tally.empty or _has_questions(tally):
        return ()
    lists = counted(tally.empty, "list")
    return (f"{lists} without a single row, and no question: is the topic or query right, or has the site changed?",)


def _has_questions(tally: Tally) -> bool:
    return bool(tally.known + tally.stored + tally.unchanged + tally.set_aside + tally.gone)


def _most_gone(tally: Tally, route: Route) -> tuple[str, ...]:
    gone, seen = tally.questions_gone, tally.questions
    if route.plan.retry in ("gone", "all") or gone < _MANY_GONE or 2 * gone <= seen:
        return ()
    return (
        f"{gone:,} of {counted(seen, 'question')} are gone: if the site only hides them, ask again with --retry gone",
    )
