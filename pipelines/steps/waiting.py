"""Hosts that want to be left alone for a while."""

import time
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from warehouse.hosts import blocked

LONGEST_WAIT_SECONDS: Final = 300.0  # for a host that asked us to wait, or pages that wait for a retry


def wait_out(engine: sa.Engine, host: str) -> str:
    """Wait until a slowed host may be asked again; a sentence instead where that is too long to wait."""
    stop = blocked(engine, host)
    if stop is None:
        return ""
    until, why = stop
    seconds = (until - datetime.now(UTC)).total_seconds()
    if seconds > LONGEST_WAIT_SECONDS:
        return f"{host} is left alone until {until:%Y-%m-%d %H:%M} UTC ({why}); run the same command again after that"
    time.sleep(max(seconds, 0.0))
    return ""


def is_slowed(engine: sa.Engine, host: str, seconds: float) -> bool:
    """Tell whether the host is to be left alone for longer than `seconds`."""
    stop = blocked(engine, host)
    return stop is not None and (stop[0] - datetime.now(UTC)).total_seconds() > seconds
