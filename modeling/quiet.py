"""Silence for `transformers` while it works: its lines and bars would mix with the commands' own output."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from transformers.utils import logging as transformers_logging

_control: Final[Any] = transformers_logging  # its functions carry no types


@contextmanager
def quiet() -> Iterator[None]:
    """Errors only and no bars meanwhile; what was set before is restored."""
    verbosity, had_bars = _control.get_verbosity(), _control.is_progress_bar_enabled()
    _control.set_verbosity_error()
    _control.disable_progress_bar()
    try:
        yield
    finally:
        _control.set_verbosity(verbosity)
        if had_bars:
            _control.enable_progress_bar()
