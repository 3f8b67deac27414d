"""Telling whoever waits that a transaction is tried again: the warehouse knows no screen, so that it is lent one."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

Tell = Callable[[str], None]
TOLD_AFTER_SECONDS: Final = 3  # what is over before that nobody wonders about: a deadlock, a writer's turn

_tell: ContextVar[Tell | None] = ContextVar("tell", default=None)


def tell_waits_to(tell: Tell) -> None:
    """From here on `tell` gets a line whenever a transaction that has waited for seconds waits on."""
    _tell.set(tell)


def say_that_it_waits(why: BaseException | None, seconds: float) -> None:
    """Tell, where somebody listens, why a transaction is tried again after `seconds` of trying."""
    tell = _tell.get()
    if tell and seconds >= TOLD_AFTER_SECONDS:
        tell(f"{str(why).removesuffix('; try again')}; waiting for it ({seconds:.0f} s so far)")
