"""Browsers whose crawl was killed: found by their profile's folder, and ended by the next that starts one.

`kill -9` leaves a crawl no time to end its browser. The folder's name tells whose it is, a file in it which process
leads the browser's group.
"""

import os
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "mundap-chromium-"
_LEADER = "mundap-driver"


def new_profile() -> tempfile.TemporaryDirectory[str]:
    """This makes a browser's profile, named by this process."""
    return tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True)


def note_leader(profile: str, process_id: int) -> None:
    """This notes which process leads the group of driver and browser."""
    Path(profile, _LEADER).write_text(str(process_id), "ascii")


def end_leftovers() -> None:
    """This ends the browsers of processes that are gone, and removes their profiles."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if not owner.isdigit() or _is_there(int(owner)):
            continue
        with suppress(OSError, ValueError):
            leader = int((folder / _LEADER).read_text("ascii"))
            # A number is given again some day: only a driver is ended.
            if b"chromedriver" in Path(f"/proc/{leader}/cmdline").read_bytes():
                os.killpg(leader, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def _is_there(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
