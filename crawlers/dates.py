"""Moments as 지식iN and 판 write them (forms read in pages and crawler code of 2014-2026)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

from warehouse.records.moments import KST

Precision = Literal["second", "minute", "hour", "day", "month", "year"]

_AHEAD = KST.utcoffset(None)

_CLOCK = r"(?:(?P<half>오전|오후)\s*)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_FULL = re.compile(
    rf"(?P<year>\d{{4}}|\d{{2}})[.\-/]\s?(?P<month>\d{{1,2}})[.\-/]\s?(?P<day>\d{{1,2}})\.?(?:\s*{_CLOCK})?"
)
_MONTH_DAY = re.compile(rf"(?P<month>\d{{1,2}})\.(?P<day>\d{{1,2}})\.?(?:\s+{_CLOCK})?")
_MONTH = re.compile(r"(?P<year>\d{4})\.(?P<month>\d{1,2})\.?")
_TODAY = re.compile(_CLOCK)
_AGO = re.compile(r"(?P<count>\d{1,5})\s*(?P<unit>초|분|시간|일|주|개월|달|년)\s*전")
_UNITS: dict[str, tuple[timedelta, Precision]] = {
    "초": (timedelta(seconds=1), "second"),
    "분": (timedelta(minutes=1), "minute"),
    "시간": (timedelta(hours=1), "hour"),
    "일": (timedelta(days=1), "day"),
    "주": (timedelta(days=7), "day"),
    "개월": (timedelta(days=30), "month"),
    "달": (timedelta(days=30), "month"),
    "년": (timedelta(days=365), "year"),
}
_MOMENT = re.compile(
    r"(?<!\d)(?:\d{4}|\d{2})[.\-/]\s?\d{1,2}[.\-/]\s?\d{1,2}\.?(?!\d)(?:\s*(?:오전|오후)?\s*\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|(?<!\d)\d{1,5}\s*(?:초|분|시간|일|주|개월|달|년)\s*전|방금(?: 전)?|어제|그제|그저께|(?<!\d)\d{1,2}:\d{2}(?!\d)"
)
_DAYS = {"오늘": 0, "어제": 1, "그제": 2, "그저께": 2}


def resolve(raw: str | None, fetched_at: datetime) -> tuple[datetime | None, Precision | None]:
    """This turns a page's date text into an aware UTC moment and says how exact it is.

    Times on the page are Korean time. What is only exact to the day, month or year stands at the Korean midnight
    that begins it; a form without a year or a day takes the newest one that is not after `fetched_at`. Text of
    no known form gives (None, None).

    >>> resolve("2021.03.09.", datetime(2026, 10, 7, tzinfo=UTC))
    (datetime.datetime(2021, 3, 8, 15, 0, tzinfo=datetime.timezone.utc), 'day')
    >>> resolve("24분 전", datetime(2026, 10, 7, 3, 30, tzinfo=UTC))
    (datetime.datetime(2026, 10, 7, 3, 6, tzinfo=datetime.timezone.utc), 'minute')
    """
    text = (raw or "").strip()
    if not text:
        return None, None
    try:
        # Nearly every date of a page is a full one.
        if full := _FULL.fullmatch(text):
            return _moment(full)
        local, precision = _short(text, fetched_at.astimezone(KST)) or (None, None)
        return (None, None) if local is None else (local.astimezone(UTC), precision)
    except (ValueError, OverflowError):  # 2021.13.40 is text, not a date
        return None, None


def date_in(line: str | None) -> str | None:
    """This is the first date that stands in a line among other words, as it is written there.

    >>> date_in("작성일 2019.07.24. 16:38:30 조회 12"), date_in("조회 12")
    ('2019.07.24. 16:38:30', None)
    """
    found = _MOMENT.search(line or "")
    return found[0].strip() if found else None


def _relative(text: str, now: datetime) -> tuple[datetime, Precision] | None:
    if text in ("방금", "방금 전"):
        return now, "minute"
    if text in _DAYS:
        return _midnight(now - timedelta(days=_DAYS[text])), "day"
    ago = _AGO.fullmatch(text)
    if ago is None:
        return None
    step, precision = _UNITS[ago["unit"]]
    moment = now - int(ago["count"]) * step
    return _begin(moment, precision), precision


def _moment(full: re.Match[str]) -> tuple[datetime, Precision]:
    year, month, day, half, hour, minute, second = full.groups()
    whole_year = int(year) + (2000 if len(year) == 2 else 0)
    if hour is None:
        return datetime(whole_year, int(month), int(day), tzinfo=UTC) - _AHEAD, "day"
    clock = _hour(hour, half), int(minute), int(second or 0)
    return datetime(whole_year, int(month), int(day), *clock, tzinfo=UTC) - _AHEAD, "second" if second else "minute"


def _short(text: str, now: datetime) -> tuple[datetime, Precision] | None:
    if ago := _relative(text, now):
        return ago
    precision: Precision
    if month := _MONTH.fullmatch(text):
        return datetime(int(month["year"]), int(month["month"]), 1, tzinfo=KST), "month"
    if clock := _TODAY.fullmatch(text):
        moment, precision = _at(_midnight(now), clock)
        return (moment - timedelta(days=1) if moment > now else moment), precision
    if day_only := _MONTH_DAY.fullmatch(text):
        day = datetime(now.year, int(day_only["month"]), int(day_only["day"]), tzinfo=KST)
        moment, precision = _at(day, day_only) if day_only["hour"] else (day, "day")
        return (moment.replace(year=now.year - 1) if moment > now else moment), precision
    return None


def _at(day: datetime, clock: re.Match[str]) -> tuple[datetime, Precision]:
    hour = _hour(clock["hour"], clock["half"])
    moment = day.replace(hour=hour, minute=int(clock["minute"]), second=int(clock["second"] or 0))
    return moment, "second" if clock["second"] else "minute"


def _hour(hour: str, half: str | None) -> int:
    return int(hour) % 12 + (12 if half == "오후" else 0) if half else int(hour)


def _begin(moment: datetime, precision: Precision) -> datetime:
    if precision == "day":
        return _midnight(moment)
    if precision == "month":
        return _midnight(moment).replace(day=1)
    return _midnight(moment).replace(month=1, day=1) if precision == "year" else moment


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
