"""What a flow that runs in the caller's own process gets from it: its settings, and a bar to move.

A flow's parameters are plain JSON, so that a worker on the other side of a server can be given the same; a
progress bar is not. It waits here for the flow to take it up; in a worker the seat is empty.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipelines.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Seat:
    """`on_step` is called with whatever the pipeline tells of its progress."""

    settings: Settings
    on_step: Callable[..., Any]


_SEAT: Final[ContextVar[Seat | None]] = ContextVar("mundap_seat", default=None)


@contextmanager
def seated(settings: Settings, on_step: Callable[..., Any]) -> Iterator[None]:
    """Give the flows that this block calls its settings and its progress bar."""
    token = _SEAT.set(Seat(settings, on_step))
    try:
        yield
    finally:
        _SEAT.reset(token)


def seat_for(config: str | None) -> Seat:
    """Return the caller's seat, or one made from the settings file `config` that nobody watches.

    Raises:
        Misuse: the settings file is missing or faulty.
    """
    return _SEAT.get() or Seat(load_settings(Path(config) if config else None), _unwatched)


def config_of(settings: Settings) -> str | None:
    """Return the settings file as a flow's parameter: absolute, None where there is no file."""
    return str(settings.source_file.resolve()) if settings.source_file else None


def _unwatched(*_: object) -> None:
    pass
