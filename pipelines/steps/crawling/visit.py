"""One frontier row's way: gate, fetch, snapshot, parse, mask, store. Whatever goes wrong has a place to go."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from crawlers.browser import BrowserFell
from crawlers.fetch import Request
from crawlers.politeness import backoff_seconds
from crawlers.sites.registry import rebase
from pipelines.steps.crawling.desk import Desk, Tally
from pipelines.steps.crawling.gate import HostPaused
from pipelines.steps.crawling.holding import Held, judge
from pipelines.steps.crawling.known import settle_if_known
from pipelines.steps.crawling.sending import Sent, send
from pipelines.steps.crawling.settling import DONE, Ending, Group, followed, settle
from pipelines.steps.crawling.stopping import STOPPING, stop
from pipelines.steps.crawling.waiting import told, wait_out
from warehouse.errors import Permanent, Refused, Transient
from warehouse.frontier.claims import claim, release, renew
from warehouse.frontier.holders import this_process
from warehouse.frontier.leases import Claim
from warehouse.frontier.links import all_found_by
from warehouse.frontier.revisits import content_sha256
from warehouse.frontier.unjudged import ROWS_LOST
from warehouse.hosts.answers import answered, pushed_back
from warehouse.hosts.ledger import record_request
from warehouse.records.pages import Page, ParsedPage

BATCH_PAGES: Final = 8
_RENEW_SECONDS: Final = 15.0  # a quarter of the lease of 60 s
_MAX_ATTEMPTS: Final = 5
SILENCE_LIMIT: Final = 8  # pages in a row without a proper answer: the site is down, not the page
_RESTING: Final = timedelta(hours=1)  # for a page that failed five times; the next run tries it at once
_CODES: Final = {"unknown": "unknown_layout"}  # for a kind of page whose name alone says too little
_SILENT: Final = "{origin} does not answer as it should; run the same command again ({trouble})"
WITHOUT_ROWS: Final = Ending("done", "a list that had rows shows none; not judged yet", ROWS_LOST)
TOLD_TO_STOP: Final = "it was told to stop; run the same command again"


def visit_batch(desk: Desk, on_page: Callable[[int], None]) -> Tally:
    """Visit up to eight frontier rows under lease; the rows not reached when the crawl must stop are given back."""
    if pause := wait_out(desk.engine, desk.host):
        return Tally(blocked=pause.kind == "stop", ended=told(desk.host, pause))
    desk.contract.begin_batch()
    claims = claim(
        desk.engine,
        desk.crawl,
        holder=this_process(),
        n=BATCH_PAGES,
        max_pages=desk.max_pages,
        max_depth=desk.max_depth,
        began_at=desk.began_at,
    )
    group = Group(desk)
    try:
        tally = _visit_all(desk, claims, group, on_page)
        return tally + group.settle()
    except BaseException:
        try:
            group.settle()
        finally:
            # Rows that are settled hold no lease any more, and are not touched.
            release(desk.engine, claims)
        raise


def _visit_all(desk: Desk, claims: Sequence[Claim], group: Group, on_page: Callable[[int], None]) -> Tally:
    tally = Tally()
    held: list[Held] = []
    leases = _Leases(desk, claims)
    for number, row in enumerate(claims):
        leases.renew_if_old()
        try:
            visited = _visit(desk, row, leases.renew, group, held)
            # What is held back came before: silence is counted in a row.
            tally = tally + group.settle() + visited if visited.silent else tally + visited
            on_page(number + 1)
        except HostPaused:
            release(desk.engine, claims[number:])
            break
        except Refused as error:
            release(desk.engine, claims[number:])
            tally = replace(tally, blocked=True, ended=str(error))
            break
        except (KeyboardInterrupt, SystemExit):
            tally = tally + group.settle()  # these are fetched: asking for them again would be rude
            release(desk.engine, claims)
            return replace(tally, is_interrupted=True, ended=TOLD_TO_STOP)
        if tally.silent >= SILENCE_LIMIT:
            tally = replace(tally, ended=_SILENT.format(origin=desk.crawl.origin, trouble=tally.trouble))
        # A drift that is sure asks for no further page; only a page held back can make it so.
        if tally.ended or (held and held[-1].row is row and desk.contract.departure()):
            release(desk.engine, claims[number + 1 :])
            break
    tally = tally + group.settle()
    return tally + judge(desk, held, lambda seen: _answered(desk, seen.row, seen.sent, seen.page, seen.parsed, group))


class _Leases:
    """The leases of a batch, held while its pages are visited one after the other."""

    def __init__(self, desk: Desk, claims: Sequence[Claim]) -> None:
        self._engine, self._claims = desk.engine, claims
        self._looked_at = time.monotonic()

    def renew(self) -> None:
        renew(self._engine, self._claims)

    def renew_if_old(self) -> None:
        if time.monotonic() - self._looked_at > _RENEW_SECONDS:
            self.renew()
            self._looked_at = time.monotonic()


def _visit(desk: Desk, row: Claim, keep: Callable[[], None], group: Group, held: list[Held]) -> Tally:
    if known := settle_if_known(desk, row):
        return known
    url = rebase(row.url, desk.crawl.origin)
    referer = rebase(row.referer, desk.crawl.origin) if row.referer else None
    request = Request(url, "POST" if row.form else "GET", row.form, row.etag, row.last_modified, referer)
    sent = send(desk, request, keep)
    parsed = desk.site.read(sent.answer, desk.salt) if isinstance(sent.answer, Page) else None
    if parsed and parsed.kind == "script_only" and sent.entry and desk.fetchers.has_browser:
        record_request(desk.engine, desk.load_id, replace(sent.entry, page_kind=parsed.kind))
        sent = send(desk, request, keep, in_browser=True)
        parsed = desk.site.read(sent.answer, desk.salt) if isinstance(sent.answer, Page) else None
    if isinstance(sent.answer, Transient):
        return _try_later(desk, row, sent, sent.answer)
    if isinstance(sent.answer, Permanent) or parsed is None or sent.entry is None:
        return settle(desk, row, sent.entry, Ending("set_aside", str(sent.answer), _code(sent.answer)))
    if sent.answer.status == 200 and (wrong := desk.contract.departs(row.id, row.kind, parsed)):
        held.append(Held(row, sent, sent.answer, parsed, wrong))
        return Tally()
    return _answered(desk, row, sent, sent.answer, parsed, group)


def _code(error: object) -> str:
    return (error.code if isinstance(error, Permanent) else None) or "unfetchable"


def _answered(desk: Desk, row: Claim, sent: Sent, page: Page, parsed: ParsedPage, group: Group) -> Tally:
    if sent.is_slowed and sent.entry and parsed.kind not in (*STOPPING, "error"):
        answered(desk.engine, sent.entry.host, sent.gap_seconds)
    if page.status == 304:
        desk.watch.note(row, None, None)
        return settle(desk, row, sent.entry, Ending("done"))
    entry = replace(sent.entry, page_kind=parsed.kind) if sent.entry else None
    if parsed.kind in STOPPING:
        return stop(desk, row, entry, page, parsed.kind)
    if parsed.kind == "error":
        return _try_later(desk, row, replace(sent, entry=entry), Transient(f"an error page (HTTP {page.status})"))
    if parsed.kind == "gone":
        return settle(desk, row, entry, Ending("gone", "the site says it is gone", "gone"), page)
    if parsed.kind in ("question", "list", "empty"):
        says = content_sha256(parsed, (key for key, _ in followed(desk.site, parsed)))
        ending = WITHOUT_ROWS if desk.watch.note(row, parsed, says) else DONE
        repeats = desk.lists.repeated(row, parsed, partial(all_found_by, desk.engine, desk.crawl))
        return replace(group.add(row, entry, page, parsed, ending), empty=int(parsed.kind == "empty"), repeats=repeats)
    reason = f"a page of kind {parsed.kind} (HTTP {page.status}); its bytes are kept"
    return settle(desk, row, entry, Ending("set_aside", reason, _CODES.get(parsed.kind, parsed.kind)), page)


def _try_later(desk: Desk, row: Claim, sent: Sent, error: Transient) -> Tally:
    """Put the row back with a growing wait, a long one after five attempts; the host is slowed for all processes."""
    if sent.entry is None or isinstance(error, BrowserFell):
        until = datetime.now(UTC) + timedelta(seconds=backoff_seconds(row.attempts, None, random.Random()))
        return settle(desk, row, sent.entry, Ending("retry", str(error), "no_proper_answer", until))
    wait = error.retry_after_seconds
    host = pushed_back(
        desk.engine, sent.entry.host, sent.gap_seconds, str(error), retry_after_seconds=wait, load_id=desk.load_id
    )
    seconds = max(wait or 0.0, host.slow_gap_seconds)
    # While the host refuses everything it is not this page that is at fault.
    is_at_fault = row.attempts >= _MAX_ATTEMPTS and host.refusals < row.attempts
    until = datetime.now(UTC) + (_RESTING if is_at_fault else timedelta(seconds=seconds))
    return replace(
        settle(desk, row, sent.entry, Ending("retry", str(error), "no_proper_answer", until)),
        silent=1,
        trouble=str(error),
    )
