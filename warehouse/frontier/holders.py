"""Names for processes, by which a lease or a half-written file is known to have lost its owner."""

import os
import socket
from pathlib import Path


def this_process() -> str:
    """This process as "host:pid:start"; `start` tells it from a later process that got the same number."""
    return f"{socket.gethostname()}:{os.getpid()}:{_start_of(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Whether the holder ran on this host and runs no more; a holder elsewhere is never called gone."""
    parts = holder.rsplit(":", 2)
    if len(parts) != 3 or parts[0] != socket.gethostname() or not parts[1].isdigit():
        return False
    pid = int(parts[1])
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        return False
    started = _start_of(pid)
    if started == "ended":
        return True
    # Only names made here carry a comparable start ("t" and clock ticks).
    return parts[2].startswith("t") and started.startswith("t") and parts[2] != started


def _start_of(pid: int) -> str:
    # proc(5): field 22 of /proc/PID/stat is the start time in clock ticks since boot; the name in field 2 may hold ")".
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return "0"
    # A zombie has ended and only waits to be reaped.
    return "ended" if fields[0] in {"Z", "X"} and pid != os.getpid() else f"t{fields[19]}"
