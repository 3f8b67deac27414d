"""A Prefect server of our own for the length of a block: on a free loopback port, quiet, gone afterwards."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipelines.flows.processes import child_group, leave_on, on_signals
from pipelines.flows.server import QUIET, answers, pointed_at
from warehouse.errors import Unready

READY_SECONDS: Final = 180.0  # the first start on two idle cores takes 12 s, on busy ones several times that
LOG: Final = "server.log"
# The console stays silent, the server still gets the runs' logs.
SILENT: Final = {
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_CLI_PROMPT": "false",
}


def load_prefect() -> None:
    """Import what flows need; it takes as long as a good part of the server's own start."""
    import prefect.events.worker  # noqa: F401
    import prefect.logging.handlers  # noqa: F401


@contextmanager
def local_server(folder: Path, *, meanwhile: Callable[[], object] = load_prefect) -> Iterator[str]:
    """Start a server with its database under `folder`, yield its API URL, end it with the block.

    Prefect is pointed at it for the block; `meanwhile` is called while it starts.

    Raises:
        Unready: the server ended, or did not answer in time; its log stands in `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    home = {"PREFECT_HOME": str(folder.resolve())}
    command = [
        sys.executable,
        "-m",
        "prefect",
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-ui",
    ]
    with (
        (folder / LOG).open("wb") as log,
        on_signals(leave_on, signal.SIGTERM),
        child_group(command, _environment(home), log=log) as child,
        pointed_at(url, {**home, **SILENT}),
    ):
        meanwhile()
        _await_ready(child, url, folder / LOG)
        try:
            yield url
        finally:
            _hand_over()


def _environment(home: dict[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    return {**inherited, **QUIET, **home, "PREFECT_SERVER_LOGGING_LEVEL": "WARNING"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _await_ready(child: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not answers(url):
        if child.poll() is not None:
            raise Unready(f"the Prefect server ended at once ({_last_line(log)}); see {log}, then try again")
        if time.monotonic() > deadline:
            raise Unready(f"the Prefect server was not ready after {READY_SECONDS:.0f} s; see {log}, then try again")
        time.sleep(0.1)


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _hand_over() -> None:
    """Let Prefect send what it still holds, so that nothing looks for the server after its end."""
    if "prefect.events.worker" not in sys.modules:
        return
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for service in (EventsWorker, APILogWorker):
        service.drain_all(timeout=5.0)
