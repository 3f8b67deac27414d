import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.politeness import backoff_seconds, retry_after_seconds

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@given(st.integers(1, 1_000), st.none() | st.floats(0, 3_600), st.integers())
def test_a_wait_is_never_under_what_was_asked(attempt: int, asked: float | None, seed: int) -> None:
    wait = backoff_seconds(attempt, asked, random.Random(seed))
    assert wait >= (asked or 0.0)
    assert wait <= max(300.0, asked or 0.0) * 1.1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 01 Nov 2026 00:01:00 GMT", 60.0),
        ("Sat, 31 Oct 2026 00:00:00 GMT", 0.0),
        ("99999999999", 604_800.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_both_forms_of_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@given(st.text(max_size=40))
def test_no_header_raises(value: str) -> None:
    wait = retry_after_seconds(value, NOW)
    assert wait is None or 0.0 <= wait <= 604_800.0
