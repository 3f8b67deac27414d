"""The one place where an outcome becomes an exit code."""

import errno
from typing import Final

from warehouse.errors import Busy, Misuse, MundapError, Refused, Unready

DONE: Final = 0
INCOMPLETE: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
ENVIRONMENT: Final = 4


def exit_code(error: MundapError | OSError) -> int:
    """Map an error that ended a command.

    A Transient or Permanent one leaves the work incomplete; a Busy one is the environment's.
    """
    if isinstance(error, Misuse):
        return USAGE
    if isinstance(error, Refused):
        return REFUSED
    return ENVIRONMENT if isinstance(error, Unready | Busy | OSError) else INCOMPLETE


def in_one_line(error: MundapError | OSError) -> str:
    """Word an error for the user, one line, with what to do next."""
    if not isinstance(error, OSError):
        return " ".join(str(error).split())
    place = f" at {error.filename}" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"no space left on the disk{place}; free some, then run the same command again"
    if isinstance(error, PermissionError):
        return f"not allowed to write or read{place}; check the owner and mode of that path"
    return f"{error.strerror or error}{place}; check that path, then run the same command again"
