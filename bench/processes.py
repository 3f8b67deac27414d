"""Processes from outside: started, timed by the operating system's own account, ended."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = (sys.executable, "-m", "pipelines")
RIVAL_PYTHON = str(ROOT / ".venv-bench" / "bin" / "python")


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took: seconds by the clock and of CPU (user and system), MiB at its peak."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    exit_code: int
    printed: str


def environment() -> Mapping[str, str]:
    """Return the environment of a measured process: this checkout's code, one thread for numeric libraries.

    Compiled modules are kept, as they are on any user's machine, but apart from the checkout's.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    own = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "MUNDAP_AUTHOR_SALT": "bench"}
    return kept | own | {"PYTHONPYCACHEPREFIX": str(ROOT / ".venv-bench" / "compiled")}


def spent_by(command: Sequence[str], folder: Path) -> Spent:
    """Run a command to its end in `folder` and return what it took; its last words are kept in `printed`."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read()[-4_000:]
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, printed)


def in_turn(rounds: int, ours: Callable[[Path], Spent], rival: Callable[[Path], Spent]) -> list[tuple[Spent, Spent]]:
    """Run both sides once a round, each in a fresh folder, the other one first in every second round.

    Raises:
        RuntimeError: a side ended with another exit code than 0.
    """
    taken: list[tuple[Spent, Spent]] = []
    for number in range(rounds):
        sides = {"ours": ours, "rival": rival}
        order = list(sides) if number % 2 == 0 else list(reversed(sides))
        found = {name: _once(sides[name]) for name in order}
        taken.append((found["ours"], found["rival"]))
    return taken


def _once(side: Callable[[Path], Spent]) -> Spent:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        spent = side(Path(folder))
    if spent.exit_code:
        raise RuntimeError(f"a side ended with exit code {spent.exit_code}: {spent.printed}")
    return spent
