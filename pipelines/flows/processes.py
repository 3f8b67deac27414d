"""Child processes that never outlive us: each leads a group of its own, and the whole group is ended."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Final

Handler = Callable[[int, FrameType | None], object]
LAST_WAIT_SECONDS: Final = 5.0  # a group that was sent SIGKILL needs no longer


@contextmanager
def child_group(
    command: Sequence[str], environment: Mapping[str, str], *, log: IO[bytes] | None = None, grace_seconds: float = 5.0
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `command` as the leader of a new group while the block runs; end the group with it.

    Its output goes to `log`, or where ours goes. The group gets SIGTERM, and after `grace_seconds` SIGKILL.
    """
    child = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT if log else None,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        end_group(child, grace_seconds)


def end_group(child: "subprocess.Popen[bytes]", grace_seconds: float) -> None:
    """End the child and everything in its group: SIGTERM, and SIGKILL for who is left after `grace_seconds`."""
    signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    signal_group(child, signal.SIGKILL)
    child.wait(LAST_WAIT_SECONDS)


def signal_group(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Send a signal to the child and everything in its group, whoever of them still lives."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


@contextmanager
def on_signals(handler: Handler, *numbers: signal.Signals) -> Iterator[None]:
    """Let `handler` take these signals while the block runs; nothing where we are not the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def leave_on(number: int, _frame: FrameType | None) -> None:
    """Leave by way of every `finally`, with the exit code that a shell gives for this signal."""
    raise SystemExit(128 + number)


def _lives(child: "subprocess.Popen[bytes]") -> bool:
    """Tell whether anyone of the group is left; the child itself is reaped first, it would count as a zombie."""
    child.poll()
    try:
        os.killpg(child.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
