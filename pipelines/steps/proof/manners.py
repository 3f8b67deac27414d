"""What is rude: each rule looks at one request of the ledger, and what the ledger knew before it."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from crawlers.robots import Robots, allows, crawl_delay
from crawlers.sites.registry import SITES
from pipelines.steps.crawling.stopping import STOP_SECONDS, STOPPING
from warehouse.hosts.pauses import Pause
from warehouse.hosts.robots import RobotsRow
from warehouse.hosts.sent import SentRow
from warehouse.hosts.slowing import grown_gap

_A_DAY: Final = timedelta(hours=24)  # RFC 9309: no copy of robots.txt is used for longer
_ROUNDING: Final = timedelta(milliseconds=1)
_ANSWERED_MEANWHILE: Final = 0.8  # proper answers to other processes may have shrunk the gap twice
_NOTED_WITHIN: Final = timedelta(seconds=60)  # a pause on record belongs to an answer that came at most so long before


@dataclass(slots=True)
class HostLedger:
    """What is known of one host up to a moment of its ledger; `waits` are (beginning, end, why)."""

    pauses: list[Pause]
    before: SentRow | None = None
    waits: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    least_gap_seconds: float = math.inf

    def add(self, sent: SentRow) -> None:
        """Take a request as seen, with what its answer asked of us."""
        self.before = sent
        self.least_gap_seconds = min(self.least_gap_seconds, sent.gap_seconds)
        if sent.retry_after_seconds:
            until = sent.answered_at + timedelta(seconds=sent.retry_after_seconds)
            asked = f"request {sent.request_id} was answered {sent.status} with Retry-After: "
            self._wait(sent, "wait", until, f"{asked}{sent.retry_after_seconds:g} s")
        if sent.page_kind in STOPPING:
            until = sent.answered_at + timedelta(seconds=STOP_SECONDS)
            self._wait(sent, "stop", until, f"request {sent.request_id} was answered with {STOPPING[sent.page_kind]}")

    def _wait(self, sent: SentRow, kind: str, until: datetime, why: str) -> None:
        # Another process learns of a wait when it stands on record, a moment after the answer.
        noted = (
            pause
            for pause in self.pauses
            if pause.kind == kind and sent.answered_at <= pause.begins_at <= sent.answered_at + _NOTED_WITHIN
        )
        pause = next(noted, None)
        if pause is None:
            self.waits.append((sent.answered_at, until, why))
        else:
            # Whoever lifted a stop stands on record with the reason, or the stop holds.
            self.waits.append((pause.begins_at, min(until, pause.ends_at) if pause.lifted_at else until, why))


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule broken, by its short name, and the line that tells where and how."""

    rule: str
    line: str


Told = Iterator[tuple[str, str]]


def breaches(sent: SentRow, known: HostLedger, robots: RobotsRow | None) -> Iterator[Breach]:
    """Tell each rule that a request broke; `robots` is the copy that it names."""
    about = f"request {sent.request_id} ({sent.url}, {sent.sent_at:%Y-%m-%d %H:%M:%S.%f} UTC)"
    found = [*_gaps(sent, known), *_waits(sent, known), *(() if is_for_robots(sent) else _rules(sent, robots))]
    yield from (Breach(rule, f"{about} {what}") for rule, what in found)


def is_for_robots(sent: SentRow) -> bool:
    """Tell whether a request asked for robots.txt itself."""
    return urlsplit(sent.url).path == "/robots.txt" or sent.page_kind == "robots"


def _gaps(sent: SentRow, known: HostLedger) -> Told:
    before = known.before
    if before is None:
        return
    seen = sent.sent_at - before.sent_at
    wanted = max(sent.gap_seconds, before.gap_seconds)
    if seen + _ROUNDING < timedelta(seconds=wanted):
        yield (
            "gap",
            f"was sent {seen.total_seconds():.3f} s after request {before.request_id}, "
            f"the gap in force was {wanted:.3f} s",
        )
    # Within one load requests follow one another, so that the second knew how the first was answered.
    if sent.load_id == before.load_id and before.status is not None and (before.status == 429 or before.status >= 500):
        least = grown_gap(known.least_gap_seconds, before.gap_seconds) * _ANSWERED_MEANWHILE
        if sent.gap_seconds < least:
            yield (
                "gap after a refusal",
                f"followed a {before.status} (request {before.request_id}) and the gap in force, "
                f"{sent.gap_seconds:.3f} s, had not grown to {least:.3f} s",
            )


def _waits(sent: SentRow, known: HostLedger) -> Told:
    for begins_at, ends_at, why in known.waits:
        if begins_at < sent.sent_at < ends_at - _ROUNDING:
            early = (ends_at - sent.sent_at).total_seconds()
            yield "wait", f"was sent {early:.3f} s before the wait was over: {why}"
    for pause in known.pauses:
        is_told = any(begins_at == pause.begins_at for begins_at, _, _ in known.waits)
        if not is_told and pause.begins_at < sent.sent_at < pause.ends_at - _ROUNDING:
            yield (
                "pause",
                f"was sent while the host was left alone until {pause.until:%Y-%m-%d %H:%M:%S} UTC ({pause.why})",
            )


def _rules(sent: SentRow, robots: RobotsRow | None) -> Told:
    if robots is None:
        kept = "names no robots.txt in force" if sent.robots_id is None else "names a robots.txt that is not kept"
        yield "robots.txt missing", kept
        return
    if robots.host != sent.host:
        yield "robots.txt of another host", f"names the robots.txt of another host, {robots.host}"
    if robots.fetched_at > sent.sent_at:
        read = f"{robots.fetched_at:%Y-%m-%d %H:%M:%S} UTC"
        yield "robots.txt read later", f"was sent before its robots.txt was read ({read})"
    if sent.sent_at - robots.fetched_at > _A_DAY:
        read = f"{robots.fetched_at:%Y-%m-%d %H:%M:%S} UTC"
        yield "robots.txt too old", f"obeyed a robots.txt older than a day, read {read}"
    if hashlib.sha256(robots.body.encode()).hexdigest() != robots.sha256:
        yield "robots.txt altered", "names a robots.txt whose kept text does not match its hash"
    if sent.user_agent is None:
        yield "user agent", "does not say what it called itself"
    elif sent.user_agent != robots.user_agent:
        asked = f"was sent as {sent.user_agent!r}, its robots.txt was read as {robots.user_agent!r}"
        yield "user agent", asked
    yield from _permission(sent, robots, sent.user_agent or robots.user_agent or "mundap")


def _permission(sent: SentRow, robots: RobotsRow, agent: str) -> Told:
    kept = Robots(robots.url, robots.status, robots.sha256, robots.body, robots.fetched_at)
    if not robots.permission and not allows(kept, sent.url, agent):
        refused = f"is refused by the robots.txt in force (number {robots.robots_id}), and no permission is on record"
        yield "refused by robots.txt", refused
    least = max(crawl_delay(kept, agent) or 0.0, 0.0 if robots.permission else _site_delay(sent.host))
    if sent.gap_seconds + _ROUNDING.total_seconds() < least:
        asked = f"had a gap of {sent.gap_seconds:g} s in force, less than the {least:g} s that the host asks for"
        yield "gap too small", asked


def _site_delay(host: str) -> float:
    return max((site.delay_seconds for site in SITES.values() if host in site.hosts), default=0.0)
