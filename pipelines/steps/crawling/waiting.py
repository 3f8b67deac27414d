"""Hosts that are left alone for a while: short pauses are waited out, longer ones end the run."""

import time
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from warehouse.errors import MundapError, Refused, Transient
from warehouse.hosts.pauses import Pause
from warehouse.hosts.turns import blocked

LONGEST_WAIT_SECONDS: Final = 300.0  # for a host that asked us to wait, or pages that wait for a retry

PERSON: Final = (
    "Open it in your own browser to see what it wants, ask the site for leave or crawl more slowly (--gap), and run "
    "the same command again after that"
)
LOGIN: Final = (
    "Only pages that everybody may see are crawled: see in your own browser which page wants a login, leave out the "
    "lists that lead to it (--topic, --query), and run the command after that"
)


def wait_out(engine: sa.Engine, host: str) -> Pause | None:
    """Wait until a paused host may be asked again; the pause instead where that is too long to wait."""
    while pause := blocked(engine, host):
        seconds = (pause.until - datetime.now(UTC)).total_seconds()
        if seconds > LONGEST_WAIT_SECONDS or pause.kind == "stop":
            return pause
        time.sleep(max(seconds, 0.01))
    return None


def left_alone(host: str, pause: Pause) -> MundapError:
    """Return the error for a command that comes while the host is left alone: a stop is a refusal, else it may wait."""
    return Refused(told(host, pause)) if pause.kind == "stop" else Transient(told(host, pause))


def told(host: str, pause: Pause) -> str:
    """Return who is left alone, until when, why, and what to do."""
    until = f"{pause.until:%Y-%m-%d %H:%M:%S} UTC"
    if pause.kind == "stop":
        return (
            f"{host} answered with {pause.why}; nothing more is sent to it, by any process, until {until}. "
            f'{LOGIN if "login" in pause.why else PERSON}; where the cause is gone sooner: --lift-stop "who, why"'
        )
    return f"{host} is left alone until {until} ({pause.why}); run the same command again after that"
