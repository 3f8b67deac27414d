"""What a browser's tab is sent for, and what it brings back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

# Told of each request that a page makes besides itself (method, URL) before it is sent. It may wait, or raise:
# Permanent keeps this one from being sent, all else gives the page up. What it gives is told the answer's status (None
# where none came) and its Retry-After.
Answered = Callable[[int | None, str | None], None]
Beside = Callable[[str, str], Answered]


def free(method: str, url: str) -> Answered:
    """This lets a page's own request go at once."""
    return lambda status, retry_after: None


TOO_LARGE: Final = "more than a page may hold"


@dataclass(slots=True)
class Shown:
    """What came of an address; `error` is Chromium's own word where no page came.

    `leads_to` is where the page goes by itself, `said` what its first box said, `value` what a script's call gave.
    """

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    leads_to: str | None = None
    said: str | None = None
    error: str | None = None
    value: Any = None

    @property
    def is_redirect(self) -> bool:
        """Whether the answer leads elsewhere by its status."""
        return self.status is not None and 300 <= self.status < 400 and "location" in dict(self.headers)

    def note_reply(self, event: dict[str, Any]) -> None:
        """This takes what a command's reply says."""
        result = event.get("result", {})
        self.error = result.get("errorText") or event.get("error", {}).get("message")
        if "exceptionDetails" in result:
            self.error = str(result["exceptionDetails"].get("text"))
        self.value = result.get("result", {}).get("value")


@dataclass(slots=True)
class Errand:
    """What is done with the tab; `kind` is page, call (of a script), read, leave or stand-in."""

    kind: str
    beside: Beside
    deadline: float
    shown: Shown = field(default_factory=Shown)
    key: str | None = None
    reply: int | None = None
    is_replied: bool = False
    is_loaded: bool = False
    asked_for_more: bool = False
    heard_at: float = 0.0
    boxes: int = 0
    received_bytes: int = 0
