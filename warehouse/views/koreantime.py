"""Columns of views in Korean time."""

from typing import Final

from warehouse.views.view import Computed

KOREAN: Final = "Korean time"


def kst(sql: str, meaning: str) -> Computed:
    """A moment in Korean time."""
    return Computed(f"{{kst:{sql}}}", meaning, KOREAN, "TEXT", "DATETIME2(6)")


def day(sql: str, meaning: str) -> Computed:
    """A day in Korean time."""
    return Computed(f"{{day:{sql}}}", meaning, KOREAN, "TEXT", "DATE")


def month(sql: str, meaning: str) -> Computed:
    """A month in Korean time, such as 2026-11."""
    return Computed(f"{{month:{sql}}}", f"{meaning}, as 2026-11", KOREAN, "TEXT", "NCHAR(7)")
