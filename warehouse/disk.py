"""What is written is on the disk before it counts, and a disk that fails is told in plain words."""

import errno
import os
from pathlib import Path

from warehouse.errors import Unready


def unwritable(error: OSError, what: str, place: Path) -> Unready:
    """Word a failure to write; Arrow's own errors name a full disk in their text only."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT} or "No space left" in str(error)
    remedy = "free some space" if full else "check the disk and its permissions"
    said = "No space left on device" if full else error.strerror or error
    return Unready(f"{what} cannot be written to {place} ({said}); {remedy}")


def sync(path: Path) -> None:
    """Force a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
