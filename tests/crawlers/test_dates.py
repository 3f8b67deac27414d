from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.dates import resolve

# 2026-10-07 12:30:15 in Korea.
FETCHED = datetime(2026, 10, 7, 3, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "moment", "precision"),
    [
        pytest.param("2018.07.30", "2018-07-29T15:00:00", "day", id="question date, no final dot"),
        pytest.param("2021.03.09.", "2021-03-08T15:00:00", "day", id="answer date, final dot"),
        pytest.param("2019.07.24. 16:38:30", "2019-07-24T07:38:30", "second", id="comment"),
        pytest.param("2026.07.28 12:41", "2026-07-28T03:41:00", "minute", id="pann post"),
        pytest.param("08.04.18 14:00", "2008-04-18T05:00:00", "minute", id="pann search, two-digit year"),
        pytest.param("2026.07.28. 오후 3:05", "2026-07-28T06:05:00", "minute", id="afternoon"),
        pytest.param("2026.07.28. 오전 12:05", "2026-07-27T15:05:00", "minute", id="just after midnight"),
        pytest.param("09:14", "2026-10-07T00:14:00", "minute", id="clock of today"),
        pytest.param("23:50", "2026-10-06T14:50:00", "minute", id="clock later than now is yesterday's"),
        pytest.param("09.22", "2026-09-21T15:00:00", "day", id="month and day of this year"),
        pytest.param("12.24", "2025-12-23T15:00:00", "day", id="month and day still to come is last year's"),
        pytest.param("2018.07", "2018-06-30T15:00:00", "month", id="month"),
        pytest.param("방금", "2026-10-07T03:30:15", "minute", id="just now"),
        pytest.param("24분 전", "2026-10-07T03:06:15", "minute", id="minutes ago"),
        pytest.param("16시간 전", "2026-10-06T11:30:15", "hour", id="hours ago"),
        pytest.param("어제", "2026-10-05T15:00:00", "day", id="yesterday"),
        pytest.param("3일 전", "2026-10-03T15:00:00", "day", id="days ago"),
        pytest.param("2주 전", "2026-09-22T15:00:00", "day", id="weeks ago"),
        pytest.param("2개월 전", "2026-07-31T15:00:00", "month", id="months ago"),
        pytest.param("1년 전", "2024-12-31T15:00:00", "year", id="a year ago"),
    ],
)
def test_a_known_form_is_resolved(raw: str, moment: str, precision: str) -> None:
    assert resolve(raw, FETCHED) == (datetime.fromisoformat(moment).replace(tzinfo=UTC), precision)


@pytest.mark.parametrize(
    "raw", ["", None, "2021.13.40", "25:99", "답변 1", "내일", "99999년 전", "2027년 전", "0001.1", "02.30"]
)
def test_other_text_is_no_date(raw: str | None) -> None:
    assert resolve(raw, FETCHED) == (None, None)


@given(st.text(alphabet="0123456789.:-/ 년개월일시간분초전어제방금오후", max_size=24))
def test_no_text_raises_and_every_moment_is_utc(raw: str) -> None:
    moment, precision = resolve(raw, FETCHED)
    assert (moment is None) == (precision is None)
    assert moment is None or moment.tzinfo is UTC
