"""The walk of a crawl: batch after batch until nothing is left, a limit is reached, or the site stops us."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from pipelines.steps.crawling.desk import Desk, Tally
from pipelines.steps.crawling.visit import SILENCE_LIMIT, TOLD_TO_STOP, visit_batch
from pipelines.steps.crawling.waiting import LONGEST_WAIT_SECONDS
from pipelines.steps.runner import Runner
from warehouse.frontier.outlook import Due, next_due

OnPage = Callable[[int, int | None, str], None]
SHORTEST_NAP_SECONDS: Final = 0.2
NO_PROPER_ANSWER: Final = "does not answer as it should; run the same command again"
LONGEST_NAP_SECONDS: Final = 5.0  # a row may come free sooner than its time: its holder died, or gave it back


def walk(desk: Desk, run: Runner, on_page: OnPage, tally: Tally) -> Tally:
    """Visit what is due and go on counting from `tally`; `ended` says why it ended early."""
    waiting_since: float | None = None
    try:
        while not tally.ended:
            batch = run(visit_batch, desk, partial(_onward, on_page, tally.visited, desk))
            tally = tally + batch
            if tally.silent >= SILENCE_LIMIT and not tally.ended:
                return replace(tally, ended=f"{desk.crawl.origin} {NO_PROPER_ANSWER} ({tally.trouble})")
            waiting_since = None if batch.visited or batch.known else waiting_since or time.monotonic()
            if tally.ended or waiting_since is None:
                continue
            due = next_due(desk.engine, desk.crawl, max_pages=desk.max_pages, max_depth=desk.max_depth)
            if due is None:
                break
            seconds = (due.at - datetime.now(UTC)).total_seconds()
            if max(seconds, time.monotonic() - waiting_since) > LONGEST_WAIT_SECONDS:
                return replace(tally, ended=_resting(due))
            time.sleep(min(max(seconds, SHORTEST_NAP_SECONDS), LONGEST_NAP_SECONDS))
    except (KeyboardInterrupt, SystemExit):  # a batch under way has given its rows back by itself
        return replace(tally, is_interrupted=True, ended=TOLD_TO_STOP)
    return tally


def _resting(due: Due) -> str:
    if due.is_held:
        return "another process holds the pages left; leave them to it, or run the same command again later"
    return f"the pages left wait for a retry, the first until {due.at:%H:%M} UTC; run the same command again then"


def _onward(on_page: OnPage, before: int, desk: Desk, done: int) -> None:
    on_page(before + done, desk.max_pages, desk.crawl.topic)
