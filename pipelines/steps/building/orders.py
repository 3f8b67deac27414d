"""Work that was handed to somebody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Order:
    """A step under way: `result` waits for what it gives (or raises what ended it), `is_done` asks without waiting."""

    result: Callable[[], Any]
    is_done: Callable[[], bool]
