"""How hard a host is asked after it pushed back: pure rules on seconds and counts.

The figures are our own choice; no site publishes any. A gap doubles with each refusal and shrinks by a tenth with each
proper answer, so that ten minutes of trouble are not forgotten after one good page.
"""

from typing import Final

BREAK_AFTER: Final = 5  # refusals in a row, over all processes, after which the host rests
_FIRST_SECONDS = 0.1  # for a copy on this machine, which is asked without a gap
_LONGEST_SECONDS = 300.0
_SHORT_LONGEST_SECONDS = 0.5
_LONGEST_IN_GAPS = 60.0
_REST_IN_GAPS = 100.0
_LONGEST_REST_SECONDS = 3_600.0
_SHRINKING = 0.9


def grown_gap(gap_seconds: float, slow_gap_seconds: float) -> float:
    """The gap after one more refusal; `gap_seconds` is the usual one.

    >>> grown_gap(5.0, 0.0), grown_gap(5.0, 10.0), grown_gap(5.0, 290.0)
    (10.0, 20.0, 300.0)
    """
    bound = min(_LONGEST_SECONDS, max(_LONGEST_IN_GAPS * gap_seconds, _SHORT_LONGEST_SECONDS))
    return max(min(max(2.0 * max(gap_seconds, slow_gap_seconds), _FIRST_SECONDS), bound), gap_seconds)


def shrunk_gap(gap_seconds: float, slow_gap_seconds: float) -> float | None:
    """The gap after a proper answer, None once the usual one is enough again.

    >>> shrunk_gap(5.0, 10.0), shrunk_gap(5.0, 5.5)
    (9.0, None)
    """
    shrunk = slow_gap_seconds * _SHRINKING
    return None if shrunk <= max(gap_seconds, _FIRST_SECONDS / 2) else shrunk


def rest_seconds(gap_seconds: float, slow_gap_seconds: float, refusals: int) -> float:
    """How long a host rests after that many refusals in a row, 0 while it need not; it doubles with each failed trial.

    >>> rest_seconds(5.0, 80.0, 4), rest_seconds(5.0, 160.0, 5), rest_seconds(5.0, 300.0, 6)
    (0.0, 500.0, 1000.0)
    """
    if refusals < BREAK_AFTER:
        return 0.0
    doubled = _REST_IN_GAPS * gap_seconds * 2.0 ** min(refusals - BREAK_AFTER, 10)
    return min(max(doubled, slow_gap_seconds), _LONGEST_REST_SECONDS)
