"""How long to wait: pure functions; who waits, and for which host, is the caller's affair."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# A wait that a site asks for is kept whole; only nonsense is cut, at a week.
_LONGEST_WAIT_SECONDS = 604_800.0
_FIRST_BACKOFF_SECONDS = 2.0
_LONGEST_BACKOFF_SECONDS = 300.0


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """This reads a Retry-After header in either form, seconds or a date (RFC 9110); None for anything else.

    >>> retry_after_seconds("120", datetime(2026, 11, 1, tzinfo=UTC))
    120.0
    >>> retry_after_seconds("Sun, 01 Nov 2026 00:00:30 GMT", datetime(2026, 11, 1, tzinfo=UTC))
    30.0
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without a zone is UTC by the RFC.
    wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wait.total_seconds(), 0.0), _LONGEST_WAIT_SECONDS)


def backoff_seconds(attempt: int, retry_after: float | None = None, rng: random.Random | None = None) -> float:
    """This is the wait before try number `attempt` + 1 (from 1): doubling with jitter, never under Retry-After.

    Jitter only adds, so that the wait asked for is always kept.
    """
    doubled = min(_FIRST_BACKOFF_SECONDS * 2.0 ** min(max(attempt, 1) - 1, 30), _LONGEST_BACKOFF_SECONDS)
    least = max(doubled, retry_after or 0.0)
    return least * (1.0 + (rng or random.Random()).uniform(0.0, 0.1))
