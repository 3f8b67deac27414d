"""The gate before every request: nothing passes out of its turn, or while its host is left alone."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from warehouse.errors import Transient
from warehouse.hosts.ledger import RequestRow
from warehouse.hosts.pauses import Pause
from warehouse.hosts.turns import Leaving, take_turn

JITTER_RATIO: Final = 0.3  # added at random to each gap, so that requests keep no beat
KEEPING_SECONDS: Final = 15.0  # how long at most before leases are looked after again: a quarter of a lease


class HostPaused(Transient):
    """Nothing may be sent to the host for now; the request was not sent."""

    def __init__(self, host: str, pause: Pause) -> None:
        super().__init__(f"nothing is sent to {host} until {pause.until:%Y-%m-%d %H:%M:%S} UTC: {pause.why}")
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Passage:
    """Leave to send one request, on record as `entry`; `is_slowed` asks for a report of how it went."""

    entry: RequestRow
    is_slowed: bool


def pass_gate(engine: sa.Engine, host: str, gap_seconds: float, leaving: Leaving, keep: Callable[[], None]) -> Passage:
    """Wait for our turn among all processes; `keep` is called every 15 s at least, so that leases outlast the wait.

    Raises:
        HostPaused: the host asked for a wait, rests or stopped us.
    """
    began = kept = time.monotonic()
    while True:
        leaving = replace(leaving, waited_seconds=time.monotonic() - began)
        jitter = random.uniform(0.0, JITTER_RATIO)
        turn = take_turn(engine, host, gap_seconds, leaving=leaving, jitter_ratio=jitter)
        if turn.pause is not None:
            raise HostPaused(host, turn.pause)
        if turn.entry is not None:
            return Passage(turn.entry, turn.is_slowed)
        if time.monotonic() - kept > KEEPING_SECONDS:
            keep()
            kept = time.monotonic()
        time.sleep(min(turn.wait_seconds, KEEPING_SECONDS))
