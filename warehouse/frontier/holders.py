"""Names for processes, by which a lease or a half-written file is known to have lost its owner.

Cloned machines and containers may share a host name, so a name also tells the machine, its start and the numbering of
processes (proc(5), machine-id(5)): only a process that this one could see is ever called gone.
"""

import functools
import hashlib
import os
import socket
from pathlib import Path


def this_process() -> str:
    """This process as "place:pid:start"; `start` tells it from a later process that got the same number."""
    return f"{_place()}:{os.getpid()}:{_start_of(os.getpid())}"


def is_gone(holder: str, *, is_at_stake: bool = False) -> bool:
    """Whether the holder ran here and runs no more; a holder elsewhere is never called gone.

    A machine that was started again since has lost all that ran on it. Clones may share even a machine's id, though:
    where two would do the same work twice (`is_at_stake`), that is no proof.
    """
    parts = holder.rsplit(":", 2)
    if len(parts) != 3 or not parts[1].isdigit():
        return False
    if parts[0] != _place():
        return not is_at_stake and _ran_before_the_start(parts[0])
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


@functools.cache
def _place() -> str:
    machine, boot = _read("/etc/machine-id"), _read("/proc/sys/kernel/random/boot_id")
    try:
        numbering = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        numbering = ""
    # A file may be named by it, so it holds no sign that files may not.
    return ".".join((socket.gethostname(), *(_short(text) for text in (machine, boot, numbering))))


def _ran_before_the_start(place: str) -> bool:
    """Whether it is this machine before it was last started, which ended all that ran on it."""
    host, machine, boot, _ = (place.rsplit(".", 3) + [""] * 3)[:4]
    own_host, own_machine, own_boot, _ = _place().rsplit(".", 3)
    is_known = machine not in ("", _short("")) and boot not in ("", _short(""))
    return is_known and (host, machine) == (own_host, own_machine) and boot != own_boot


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _start_of(pid: int) -> str:
    # proc(5): field 22 of /proc/PID/stat is the start time in clock ticks since boot; the name in field 2 may hold ")".
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return "0"
    # A zombie has ended and only waits to be reaped.
    return "ended" if fields[0] in {"Z", "X"} and pid != os.getpid() else f"t{fields[19]}"
