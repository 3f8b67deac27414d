"""What `status` shows of the warehouse: one table a section, fit for a terminal of 80 columns."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from textwrap import fill
from typing import Any, Final
from urllib.parse import urlsplit

from pipelines.output import print_table
from warehouse.records.moments import KST

_TITLES: Final = {"set_aside": "pages set aside"}
Rows = Sequence[Mapping[str, Any]]


def show_status(sections: Mapping[str, Rows]) -> None:
    """Print the sections of `status`, those without a row in one word."""
    for name, rows in sections.items():
        title = _TITLES.get(name, name)
        if not rows:
            print(f"{title}: none\n")
        elif name == "set_aside":
            _show_set_aside(title, rows)
        else:
            shown = [_readable(row) for row in rows]
            print_table(title, tuple(shown[0]), [tuple(row.values()) for row in shown], whole=("load", "started (KST)"))
            _tell_reasons(rows if name == "loads" else ())


def minute(moment: str | None) -> str | None:
    """Return an ISO moment as a minute in Korea.

    >>> minute("2026-11-21T17:47:42+00:00")
    '2026-11-22 02:47'
    """
    return f"{datetime.fromisoformat(moment).astimezone(KST):%Y-%m-%d %H:%M}" if moment else None


def _readable(entry: Mapping[str, Any]) -> dict[str, Any]:
    row = dict(entry)
    moments = {"started": "started (KST)", "until": "until (KST)"}
    if "load" in row:
        row = {name: value for name, value in row.items() if name != "reason"}
    # Each moment once, and in Korea.
    row = {name: value for name, value in row.items() if f"{name}_kst" not in row}
    if moment := row.pop("recorded_at_kst", None):
        row["recorded (KST)"] = str(moment)[:16]
    return {moments.get(name, name): minute(value) if name in moments else value for name, value in row.items()}


def _tell_reasons(loads: Rows) -> None:
    for row in loads:
        if row["reason"]:
            told = f"load {row['load']}, {row['outcome']}: {row['reason']}"
            print(fill(told, 80, initial_indent="  ", subsequent_indent="    ", break_long_words=False))
    print(end="\n" if loads else "")


def _show_set_aside(title: str, rows: Rows) -> None:
    shown = [
        (row["pages"], row["reason_code"], str(row["newest_at_kst"])[:16], _crawl(row))
        for row in rows
    ]  # fmt: skip
    print_table(title, ("pages", "why", "newest (KST)", "crawl"), shown, whole=("pages", "why", "newest (KST)"))
    for code, reason in {row["reason_code"]: row["reason"] for row in rows}.items():
        print(f"  {code}: {reason}")
    print()


def _crawl(row: Mapping[str, Any]) -> str:
    return f"{row['site']} {row['topic'] or ''}".strip() + f"\n{urlsplit(row['origin']).netloc}"
